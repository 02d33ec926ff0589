// From the engine's words to a frame for the bank; see translate.hpp.
#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/result.hpp"
#include "switch/session/translate.hpp"

namespace lowu::session {
namespace {

using core::OutboxKind;

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

void put_request(const engine::OutboundFrame& frame, const engine::OutboundMessage& message,
                 wire::v1::CreditTransferRequest& request) {
    LOWU_ASSERT(message.payment != nullptr && message.body != nullptr, "a request has both");
    auto& transfer = *request.mutable_transfer();
    put_uetr(message.entry->uetr, *transfer.mutable_uetr());
    transfer.set_service(static_cast<int>(message.payment->service));
    transfer.set_payer_agent(scheme::format_agent_code(message.payment->remote_agent));
    transfer.set_payee_agent(scheme::format_agent_code(frame.participant));
    transfer.set_payer_account(message.body->payer_account);
    transfer.set_payee_account(message.body->payee_account);
    transfer.set_amount_minor(message.payment->amount.value);
    transfer.set_currency(static_cast<int>(money::Currency::kCny));
    transfer.set_creation_time_ms(message.body->creation_time.value);
    transfer.set_carried(message.body->carried);
    request.set_acceptance_time_ms(message.payment->acceptance_time.value);
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
    reply.set_rail(frame.rail == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS);
    reply.set_payee_deadline_ms(from.parameters.payee_deadline.whole_ms());
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
