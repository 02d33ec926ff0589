// One simulated bank and what it takes up. See bank.hpp; its accounts are in bank_accounts.cpp,
// what it asks the directory in bank_directory.cpp, rates, absence and behaviour in bank_desk.cpp,
// what it shows in bank_views.cpp, what its log holds in bank_inputs.cpp.
#include "bank_sim/model/bank.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/result.hpp"

namespace lowu::bank {

namespace {

// The rail knows persons under another version of the key than this bank.
bool is_about_token_version(const v1::StatusReason& reason) {
    const scheme::ResultRow& row = scheme::row_of(scheme::ResultCode::kTokenVersion);
    return reason.native_code() == row.fps_native || reason.native_code() == row.ibps_native;
}

}  // namespace

// A bank misbehaves alike at each start, unless it is given another seed.
Bank::Bank(Options options)
    : options_(std::move(options)),
      session_({options_.code, options_.rail, options_.incarnation}, outbox_),
      exchange_(options_.rail, options_.code, books_, proxies_),
      behavior_(hash64(options_.code)),
      payer_side_({options_.rail, options_.code, std::move(options_.token_keys)},
                  {books_, outbox_, exchange_, behavior_, token_version_, resolutions_}),
      payee_side_(options_.rail, {books_, outbox_, exchange_, behavior_, proxies_}),
      prng_(options_.seed) {
    LOWU_ASSERT(!scheme::check_agent_code(options_.rail, options_.code),
                "the caller checks the bank's code");
}

Result<void> Bank::receive(const v1::SwitchFrame& frame, ElapsedTime now) {
    const std::uint64_t acknowledged_before = session_.acknowledged_position();
    Result<std::size_t> seen = session_.receive(frame, now);
    if (!seen) {
        return std::move(seen).error();
    }
    const SessionEnd::Taken taken = session_.taken(*seen);
    const bool says = frame.has_hello_reply() || !frame.quote_requests().empty() ||
                      *seen < static_cast<std::size_t>(frame.messages_size());
    if (says || session_.acknowledged_position() != acknowledged_before) {
        take_up(frame, *seen, now);
        inputs_.received(now, says ? &frame : nullptr, says ? taken : session_.taken(0));
    }
    return {};
}

// What a frame means, once its numbers have been judged; also at a replay.
void Bank::take_up(const v1::SwitchFrame& frame, std::size_t seen, ElapsedTime now) {
    if (frame.has_hello_reply()) {
        token_version_.greeted(session_.token_version());
        publish_rates(now);
    }
    token_version_.advance(scheme_time(now));
    for (int index = static_cast<int>(seen); index < frame.messages_size(); ++index) {
        apply(frame.messages(index), now);
    }
    for (const v1::QuoteRequest& request : frame.quote_requests()) {
        session_.add_quote_answer(exchange_.answer(request, fresh_uetr(), scheme_time(now)));
    }
}

void Bank::apply(const v1::SwitchMessage& message, ElapsedTime now) {
    switch (message.body_case()) {
        case v1::SwitchMessage::kRequest:
            if (!payee_side_.take_request(message.request(),
                                          {now, scheme_time(now), session_.payee_deadline()})) {
                ++anomalies_.unanswerable_request;
            }
            return;
        case v1::SwitchMessage::kStatusReport:
            apply_report(message.status_report(), moment(now));
            return;
        case v1::SwitchMessage::kMessageReject:
            apply_reject(message.message_reject(), moment(now));
            return;
        case v1::SwitchMessage::kSystemEvent:
            apply_event(message.system_event(), now);
            return;
        case v1::SwitchMessage::kPaymentReturned:
            apply_returned(message.payment_returned(), moment(now));
            return;
        case v1::SwitchMessage::BODY_NOT_SET:
            return;  // of a later version: acknowledged and ignored
    }
}

void Bank::apply_report(const v1::StatusReport& report, Moment now) {
    if (report.answers_request()) {
        keep_enquiry_answer({0, report, std::nullopt});
    }
    if (report.side() == v1::SIDE_PAYER) {
        count(payer_side_.take_report(report, now), report);
        keep_refused_returns();
        if (is_about_token_version(report.reason())) {
            doubt_token_version(report, now.scheme);
        }
    } else if (report.side() == v1::SIDE_PAYEE) {
        if (report.answers_request()) {
            return;  // no outcome: that comes by itself, and is kept until it has come
        }
        const bool known = payee_side_.take_report(report, now.scheme);
        if (!known && report.status() == v1::PAYMENT_STATUS_ACSC) {
            ++anomalies_.settled_without_promise;
        }
    } else {
        ++anomalies_.unknown_payment;
    }
}

void Bank::count(PayerSide::ReportTaken taken, const v1::StatusReport& report) {
    switch (taken) {
        case PayerSide::ReportTaken::kDone:
            return;
        case PayerSide::ReportTaken::kUnknownPayment:
            // To an enquiry about a payment that the bank has forgotten there is an answer too.
            anomalies_.unknown_payment += report.answers_request() ? 0U : 1U;
            return;
        case PayerSide::ReportTaken::kContradiction:
            ++anomalies_.contradicted;
            return;
    }
    LOWU_UNREACHABLE("every way to take a report is counted");
}

// A change of the key was announced before this bank started, or is among what it has missed;
// unless it has learned of it since it sent the payment.
void Bank::doubt_token_version(const v1::StatusReport& report, SchemeTime now) {
    const auto uetr = scheme::parse_uetr(report.uetr());
    const OutgoingRemittance* refused = uetr ? payer_side_.find(*uetr) : nullptr;
    v1::CreditTransfer transfer;
    if (refused != nullptr && transfer.ParseFromString(refused->transfer) &&
        transfer.payer().token_version() == token_version_.at(now)) {
        greet_anew_ = true;
    }
}

void Bank::apply_reject(const v1::MessageReject& reject, Moment now) {
    ++anomalies_.message_rejected;
    const auto position = session_.position_of(reject.rejected_number());
    if (position) {
        // What is rejected may also be an answer, a report or an enquiry, which moved nothing.
        if (!payer_side_.take_reject(reject, *position, now)) {
            keep_enquiry_answer({*position, std::nullopt, reject});
        }
        keep_refused_returns();
    }
}

// Whoever does not fetch answers misses some.
void Bank::keep_enquiry_answer(EnquiryAnswer answer) {
    static_cast<void>(enquiry_answers_.push(std::move(answer)));
}

Outcome<std::uint64_t> Bank::enquire(const std::string& uetr, v1::Side side) {
    if (!scheme::parse_uetr(uetr)) {
        return malformed("uetr", scheme::kUetrRule);
    }
    if (side != v1::SIDE_PAYER && side != v1::SIDE_PAYEE) {
        return malformed("side", "must be SIDE_PAYER or SIDE_PAYEE");
    }
    if (!outbox_.has_own_room()) {
        return CallError{CallError::Kind::kFull, "OUTBOX_FULL", "",
                         "the switch has not taken up what was sent before"};
    }
    const std::uint64_t position = outbox_.end_position();
    v1::StatusRequest& request = outbox_.add_status_request();
    request.set_uetr(uetr);
    request.set_side(side);
    inputs_.enquire(uetr, side);
    return position;
}

void Bank::set_enquire_after(Duration after) {
    payer_side_.set_enquire_after(after);
    inputs_.enquire_after(after);
}

void Bank::start(std::uint64_t incarnation, std::uint64_t seed) {
    session_.restart(incarnation);
    prng_ = Prng(seed);
    greet_anew_ = false;
}

Deeds Bank::deeds() const {
    return {payer_side_.debits(), payee_side_.promises(),
            static_cast<std::uint64_t>(payee_side_.credited())};
}

void Bank::apply_event(const v1::SystemEvent& event, ElapsedTime now) {
    if (events_.full()) {
        events_.pop();
    }
    const bool kept = events_.push(event);
    LOWU_ASSERT(kept, "room was made for the event");
    if (event.kind() == v1::SYSTEM_EVENT_KIND_TIME_ADVANCED) {
        session_.advance_scheme_time(SchemeTime{event.effective_time_ms()}, now);
        publish_rates(now);
    } else if (event.kind() == v1::SYSTEM_EVENT_KIND_TOKEN_KEY) {
        const auto version = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(event.parameter().value(), 1, UINT32_MAX));
        if (!token_version_.announced(version, SchemeTime{event.effective_time_ms()})) {
            ++anomalies_.announcement_dropped;
        }
    } else if (event.kind() == v1::SYSTEM_EVENT_KIND_MISSED) {
        greet_anew_ = true;
    }
}

ElapsedTime Bank::next_at() const {
    const auto sheet_due = exchange_.sheet_due();
    const ElapsedTime sheet_at =
        sheet_due && outbox_.has_own_room() ? session_.elapsed_at(*sheet_due) : kNever;
    return std::min({payee_side_.next_at(), payer_side_.enquiry_at(), sheet_at});
}

void Bank::on_time(ElapsedTime now) {
    token_version_.advance(scheme_time(now));
    payee_side_.on_time(now);
    payer_side_.enquire(now);
    publish_rates(now);
    inputs_.due(now);
}

// Without a greeting the bank does not know until when a sheet can hold; without room it comes back
// when the switch has taken something up.
void Bank::publish_rates(ElapsedTime now) {
    const auto due = exchange_.sheet_due();
    const auto scheme_now = session_.scheme_time(now);
    if (!due || !scheme_now || *scheme_now < *due || !outbox_.has_own_room()) {
        return;
    }
    exchange_.write_sheet(*scheme_now, outbox_.add_rate_sheet());
    sheet_position_ = outbox_.end_position();
}

bool Bank::rates_published() const {
    if (!exchange_.has_rates()) {
        return true;
    }
    return sheet_position_ > 0 && session_.acknowledged_position() >= sheet_position_;
}

bool Bank::knows_persons(ElapsedTime now) const {
    return payer_side_.has_token_keys(scheme_time(now));
}

// 0 before the bank's first session, when only accounts can be opened.
SchemeTime Bank::scheme_time(ElapsedTime now) const {
    return session_.known_scheme_time(now);
}

scheme::Uetr Bank::next_uetr() const {
    Prng prng = prng_;
    const std::uint64_t high = prng.next_u64();
    return scheme::uetr_from_random(high, prng.next_u64());
}

scheme::Uetr Bank::fresh_uetr() {
    const scheme::Uetr uetr = next_uetr();
    static_cast<void>(prng_.next_u64());
    static_cast<void>(prng_.next_u64());
    return uetr;
}

}  // namespace lowu::bank
