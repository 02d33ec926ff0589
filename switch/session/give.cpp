// From the engine's words to a frame for the bank; see translate.hpp.
#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/return_reason.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/result.hpp"
#include "switch/session/convert.hpp"
#include "switch/session/translate.hpp"

namespace lowu::session {
namespace {

using core::OutboxKind;
using core::Standing;

/// `digits` decimal digits of `number`, the lowest ones.
std::string padded(std::uint64_t number, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i > 0; --i) {
        text[i - 1] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    return text;
}

void put_uetr(const scheme::Uetr& uetr, std::string& text) {
    text.resize(scheme::kUetrLength);
    scheme::write_uetr(uetr, text.data());
}

void put_reason(scheme::Rail rail, const core::OutboxEntry& entry, v1::StatusReason& reason) {
    const core::ResultRow& row = core::row_of(entry.result);
    reason.set_code(row.iso_code.data(), row.iso_code.size());
    const auto native = rail == scheme::Rail::kFps ? row.fps_native : row.ibps_native;
    reason.set_native_code(native.data(), native.size());
    reason.set_text(row.meaning.data(), row.meaning.size());
    const auto field = scheme::to_string(entry.field);
    reason.set_field(field.data(), field.size());
}

/// The payee's proxy and the exchange, as the instruction had them.
void put_options(const journal::Body& body, wire::v1::CreditTransfer& transfer) {
    if (body.proxy_kind != 0) {
        v1::ProxyReference& proxy = *transfer.mutable_payee_proxy();
        proxy.mutable_proxy()->set_kind(static_cast<v1::ProxyKind>(body.proxy_kind));
        proxy.mutable_proxy()->set_value(body.payee_proxy);
        proxy.set_reference(body.proxy_reference);
    }
    if (body.hkd.value != 0) {
        v1::Exchange& exchange = *transfer.mutable_exchange();
        exchange.set_quote_id(body.quote_id);
        exchange.set_hkd_minor(body.hkd.value);
        exchange.set_rate_e8(body.rate.value);
    }
}

void put_request(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                 wire::v1::CreditTransferRequest& request) {
    LOWU_ASSERT(message.payment != nullptr && message.body != nullptr, "a request has both");
    const core::Payment& payment = *message.payment;
    const journal::Body& body = *message.body;
    auto& transfer = *request.mutable_transfer();
    put_uetr(message.entry->uetr, *transfer.mutable_uetr());
    transfer.set_service(static_cast<int>(payment.service));
    transfer.set_payer_agent(scheme::format_agent_code(message.payer_agent));
    transfer.set_payee_agent(scheme::format_agent_code(frame.participant));
    transfer.set_payer_account(body.payer_account);
    transfer.set_payee_account(body.payee_account);
    transfer.set_amount_minor(payment.amount.value);
    transfer.set_currency(static_cast<int>(payment.currency));
    transfer.set_creation_time_ms(body.creation_time.value);
    transfer.set_purpose(static_cast<int>(body.purpose));
    // Neither document nor token: by them the origin counts, and nobody else needs to know.
    transfer.mutable_payer()->set_kind(static_cast<v1::PartyKind>(body.payer_kind));
    put_options(body, transfer);
    transfer.set_carried(body.carried);
    request.set_acceptance_time_ms(payment.acceptance_time.value);
}

void put_report(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                v1::PaymentStatus status, v1::Side side, v1::StatusReport& report) {
    put_uetr(message.entry->uetr, *report.mutable_uetr());
    report.set_side(side);
    report.set_status(status);
    report.set_booking_time_ms(message.entry->scheme_time.value);
    if (status == v1::PAYMENT_STATUS_RJCT) {
        put_reason(frame.rail, *message.entry, *report.mutable_reason());
    }
    if (message.payment != nullptr) {
        report.set_clearing_reference(
            clearing_reference(frame.rail, *message.payment, message.entry->payment));
    }
}

/// No booking time: the rail keeps none, and the answer's own would be taken for it.
void put_answer(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                v1::StatusReport& report) {
    const auto put = [&](v1::PaymentStatus status, v1::Side side) {
        put_report(frame, message, status, side, report);
        report.clear_booking_time_ms();
        report.set_answers_request(true);
    };
    switch (message.entry->standing) {
        case Standing::kPayerPending:
            return put(v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYER);
        case Standing::kPayerSettled:
            return put(v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYER);
        case Standing::kPayerRejected:
            return put(v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYER);
        case Standing::kPayeePending:
            return put(v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYEE);
        case Standing::kPayeeSettled:
            return put(v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYEE);
        case Standing::kPayeeRejected:
            return put(v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYEE);
        case Standing::kNone:
            break;
    }
    LOWU_UNREACHABLE("an answer says where the payment stands");
}

void put_reject(const engine::OutboundMessage& message, v1::MessageReject& reject) {
    reject.set_rejected_number(message.entry->rejected_number);
    const auto field = scheme::to_string(message.entry->field);
    reject.set_field(field.data(), field.size());
    if (message.body != nullptr) {
        reject.set_rule(message.body->carried);
    } else {
        const auto meaning = core::row_of(message.entry->result).meaning;
        reject.set_rule(meaning.data(), meaning.size());
    }
    if (scheme::is_uetr(message.entry->uetr)) {
        put_uetr(message.entry->uetr, *reject.mutable_uetr());
    }
}

void put_setting(scheme::Rail rail, const core::SystemEvent& event, v1::Parameter& parameter) {
    write_parameter(rail, event.setting, scheme::format_agent_code(event.participant), parameter);
}

void put_event(scheme::Rail rail, const engine::OutboundMessage& message, v1::SystemEvent& to) {
    if (message.event == nullptr) {  // Forgotten before this bank took it: all it can be told.
        to.set_kind(v1::SYSTEM_EVENT_KIND_MISSED);
        to.set_booking_time_ms(message.entry->scheme_time.value);
        to.set_effective_time_ms(message.entry->scheme_time.value);
        return;
    }
    const core::SystemEvent& event = *message.event;
    to.set_kind(static_cast<v1::SystemEventKind>(event.kind));
    to.set_booking_time_ms(event.booked.value);
    to.set_effective_time_ms(event.effective.value);
    switch (event.kind) {
        case core::SystemEventKind::kParameter:
        case core::SystemEventKind::kTokenKey:
            return put_setting(rail, event, *to.mutable_parameter());
        case core::SystemEventKind::kReferenceRate:
            return write_reference_rate(event.rate, *to.mutable_reference_rate());
        case core::SystemEventKind::kLoggedOff:
        case core::SystemEventKind::kLoggedOn:
            to.set_participant(scheme::format_agent_code(event.participant));
            to.set_forced(event.forced);
            to.set_expected_back_ms(event.expected_back.value);
            return;
        case core::SystemEventKind::kDegraded:
        case core::SystemEventKind::kRestored:
        case core::SystemEventKind::kDefault:
            to.set_participant(scheme::format_agent_code(event.participant));
            return;
        case core::SystemEventKind::kTimeAdvanced:
        case core::SystemEventKind::kMissed:
            return;
    }
    LOWU_UNREACHABLE("every kind of event is told");
}

/// Clearing references count all payments of a rail; a return is one.
void put_returned(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                  v1::PaymentReturned& to) {
    LOWU_ASSERT(message.payment != nullptr, "what came back is remembered");
    put_uetr(message.entry->uetr, *to.mutable_uetr());
    put_uetr(message.original, *to.mutable_original_uetr());
    to.set_amount_minor(message.payment->amount.value);
    to.set_currency(static_cast<v1::Currency>(message.payment->currency));
    const auto reason = scheme::to_string(message.return_reason);
    to.set_reason_code(reason.data(), reason.size());
    to.set_booking_time_ms(message.entry->scheme_time.value);
    to.set_clearing_reference(
        clearing_reference(frame.rail, *message.payment, message.entry->payment));
}

void put_message(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                 wire::v1::SwitchMessage& out) {
    const auto report = [&](v1::PaymentStatus status, v1::Side side) {
        put_report(frame, message, status, side, *out.mutable_status_report());
    };
    switch (message.entry->kind) {
        case OutboxKind::kPending:
            return report(v1::PAYMENT_STATUS_ACSP, v1::SIDE_PAYER);
        case OutboxKind::kSettled:
            return report(v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYER);
        case OutboxKind::kRejected:
            return report(v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYER);
        case OutboxKind::kMessageReject:
            return put_reject(message, *out.mutable_message_reject());
        case OutboxKind::kRequest:
            return put_request(frame, message, *out.mutable_request());
        case OutboxKind::kCreditNow:
            return report(v1::PAYMENT_STATUS_ACSC, v1::SIDE_PAYEE);
        case OutboxKind::kVoid:
            return report(v1::PAYMENT_STATUS_RJCT, v1::SIDE_PAYEE);
        case OutboxKind::kEvent:
            return put_event(frame.rail, message, *out.mutable_system_event());
        case OutboxKind::kReturned:
            return put_returned(frame, message, *out.mutable_payment_returned());
        case OutboxKind::kEnquiryAnswer:
            return put_answer(frame, message, *out.mutable_status_report());
    }
    LOWU_UNREACHABLE("every kind of entry is a message");
}

void put_hello_reply(const engine::OutboundFrame& frame, v1::HelloReply& reply) {
    const engine::HelloReply& from = *frame.hello_reply;
    reply.set_last_received(from.last_received);
    reply.set_next_number(from.next_number);
    reply.set_scheme_time_ms(from.scheme_time.value);
    reply.set_creation_window_ms(from.parameters.creation_window.whole_ms());
    reply.set_creation_skew_ms(from.parameters.creation_skew.whole_ms());
    reply.set_rail(write_rail(frame.rail));
    reply.set_payee_deadline_ms(from.parameters.payee_deadline.whole_ms());
    reply.set_token_version(from.token_version);
}

void put_quote_request(const engine::QuoteRequest& from, v1::QuoteRequest& to) {
    to.set_query_id(from.query_id);
    to.set_payer_agent(scheme::format_agent_code(from.payer_agent));
    to.set_payee_account(from.payee_account);
    if (from.proxy_kind != 0) {
        to.mutable_payee_proxy()->set_kind(static_cast<v1::ProxyKind>(from.proxy_kind));
        to.mutable_payee_proxy()->set_value(from.proxy_value);
    }
    to.set_hkd_minor(from.hkd.value);
    to.set_deadline_ms(from.deadline.whole_ms());
}

}  // namespace

void give(const engine::OutboundFrame& frame, wire::v1::SwitchFrame& out) {
    out.Clear();
    if (frame.hello_reply) put_hello_reply(frame, *out.mutable_hello_reply());
    out.set_first_number(frame.messages.empty() ? 0 : frame.first_number);
    for (const engine::OutboundMessage& message : frame.messages) {
        put_message(frame, message, *out.add_messages());
    }
    out.set_acknowledged(frame.acknowledged);
    out.set_credit(frame.credit);
    for (const engine::QuoteRequest& request : frame.quote_requests)
        put_quote_request(request, *out.add_quote_requests());
}

std::string clearing_reference(scheme::Rail rail, const core::Payment& payment,
                               core::PaymentIndex index) {
    const scheme::CalendarTime date = scheme::to_utc8(payment.acceptance_time);
    const std::uint64_t day = static_cast<std::uint64_t>(date.year) * 10'000 +
                              static_cast<std::uint64_t>(date.month) * 100 +
                              static_cast<std::uint64_t>(date.day);
    const std::uint64_t number = index.value + std::uint64_t{1};
    if (rail == scheme::Rail::kFps) return "FRN" + padded(day, 8) + "PAYC01" + padded(number, 11);
    // As the national processing centre (NPC) numbers its own messages.
    return "000000050000" + padded(day, 8) + padded(number, 8);
}

}  // namespace lowu::session
