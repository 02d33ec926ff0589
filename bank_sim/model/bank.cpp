// One simulated bank and what it takes up. See bank.hpp; its accounts are in bank_accounts.cpp,
// what it asks the directory in bank_directory.cpp, rates, absence and behaviour in bank_desk.cpp,
// what it shows in bank_views.cpp.
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
    Result<std::size_t> seen = session_.receive(frame, now);
    if (!seen) {
        return std::move(seen).error();
    }
    if (frame.has_hello_reply()) {
        token_version_.greeted(session_.token_version());
        publish_rates(now);
    }
    for (int index = static_cast<int>(*seen); index < frame.messages_size(); ++index) {
        apply(frame.messages(index), now);
    }
    for (const v1::QuoteRequest& request : frame.quote_requests()) {
        session_.add_quote_answer(exchange_.answer(request, fresh_uetr(), scheme_time(now)));
    }
    return {};
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
    if (report.side() == v1::SIDE_PAYER) {
        if (!payer_side_.take_report(report, now)) {
            ++anomalies_.unknown_payment;
        }
        keep_refused_returns();
        if (is_about_token_version(report.reason())) {
            doubt_token_version(report, now.scheme);
        }
    } else if (report.side() == v1::SIDE_PAYEE) {
        const bool known = payee_side_.take_report(report, now.scheme);
        if (!known && report.status() == v1::PAYMENT_STATUS_ACSC) {
            ++anomalies_.settled_without_promise;
        }
    } else {
        ++anomalies_.unknown_payment;
    }
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
        // What is rejected may also be an answer or a report, which moved nothing.
        static_cast<void>(payer_side_.take_reject(reject, *position, now));
        keep_refused_returns();
    }
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
    return std::min(payee_side_.next_at(), sheet_at);
}

void Bank::on_time(ElapsedTime now) {
    payee_side_.on_time(now);
    publish_rates(now);
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

bool Bank::knows_persons(ElapsedTime now) {
    return payer_side_.has_token_keys(scheme_time(now));
}

// 0 before the bank's first session, when only accounts can be opened.
SchemeTime Bank::scheme_time(ElapsedTime now) const {
    return session_.scheme_time(now).value_or(SchemeTime{});
}

scheme::Uetr Bank::fresh_uetr() {
    return scheme::uetr_from_random(prng_.next_u64(), prng_.next_u64());
}

}  // namespace lowu::bank
