// From a bank's frame to the engine's words; see translate.hpp. Fields are judged in the contract's
// order, so that a message with many faults always gets the same answer.
#include <algorithm>

#include "common/money/amount.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/return_reason.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/limits.hpp"
#include "switch/session/read_transfer.hpp"
#include "switch/session/translate.hpp"

namespace lowu::session {
namespace {

using scheme::Field;
using scheme::FieldFault;

engine::Input reject(const FieldFault& fault, const std::optional<scheme::Uetr>& uetr) {
    engine::Input input;
    core::RejectMessage command;
    command.field = fault.field;
    command.uetr = uetr.value_or(scheme::Uetr{});
    input.command = command;
    input.body.carried = fault.rule;
    return input;
}

engine::Input answer_of(const v1::CreditTransferAnswer& answer) {
    const auto uetr = scheme::parse_uetr(answer.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    core::CreditTransferAnswer command;
    command.uetr = *uetr;
    if (answer.answer() == v1::ANSWER_REJECTED) {
        const auto result = core::payee_agent_result(answer.reason_code());
        if (!result) {
            return reject({Field::kReasonCode, "must be a code that a creditor agent may give"},
                          uetr);
        }
        command.result = *result;
    } else if (answer.answer() != v1::ANSWER_ACCEPTED) {
        return reject({Field::kAnswer, "must be ANSWER_ACCEPTED or ANSWER_REJECTED"}, uetr);
    }
    engine::Input input;
    input.command = command;
    return input;
}

engine::Input report_of(const v1::CreditReport& report) {
    const auto uetr = scheme::parse_uetr(report.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    core::CreditReport command;
    command.uetr = *uetr;
    engine::Input input;
    input.command = command;
    return input;
}

engine::Input return_of(const v1::PaymentReturn& from) {
    const auto uetr = scheme::parse_uetr(from.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    const auto original = scheme::parse_uetr(from.original_uetr());
    if (!original) return reject({Field::kOriginalUetr, scheme::kUetrRule}, uetr);
    if (from.amount_minor() <= 0 || from.amount_minor() > money::kMaxAmountMinor.value) {
        return reject({Field::kAmount, "must be 1 to 99,999,999,999,999,999 minor units"}, uetr);
    }
    const auto reason = scheme::parse_return_reason(from.reason_code());
    if (!reason) {
        return reject(
            {Field::kReasonCode, "must be AC04, AM09, BE01, CURR, MD06, NARR, FOCR or FR01"}, uetr);
    }
    core::PaymentReturn command;
    command.uetr = *uetr;
    command.original = *original;
    command.amount = money::AmountMinor{from.amount_minor()};
    command.reason = *reason;
    engine::Input input;
    input.command = command;
    return input;
}

engine::Input status_request_of(const v1::StatusRequest& from) {
    const auto uetr = scheme::parse_uetr(from.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    core::StatusRequest command;
    command.uetr = *uetr;
    if (from.side() == v1::SIDE_PAYER) {
        command.side = core::Side::kPayer;
    } else if (from.side() == v1::SIDE_PAYEE) {
        command.side = core::Side::kPayee;
    } else {
        return reject({Field::kSide, "must be SIDE_PAYER or SIDE_PAYEE"}, uetr);
    }
    engine::Input input;
    input.command = command;
    return input;
}

engine::Input rate_sheet_of(const v1::FxRateSheet& sheet, scheme::Rail own_rail) {
    const auto malformed = [](std::string_view rule) {
        return reject({Field::kFxRateSheet, rule}, std::nullopt);
    };
    if (own_rail != scheme::Rail::kFps) {
        return malformed("must come from a bank in Hong Kong: only they exchange");
    }
    if (sheet.bid_e8() <= 0 || sheet.ask_e8() > money::kRateMax.value) {
        return malformed("must have rates above 0 and at most 1,000,000 CNY for one HKD");
    }
    if (sheet.bid_e8() > sheet.ask_e8()) return malformed("must have a bid_e8 of at most ask_e8");
    if (sheet.valid_until_ms() <= 0) {
        return malformed("must have a valid_until_ms in milliseconds since 1970-01-01 UTC");
    }
    core::FxRateSheet command;
    command.bid = money::Rate{sheet.bid_e8()};
    command.ask = money::Rate{sheet.ask_e8()};
    command.valid_until = SchemeTime{sheet.valid_until_ms()};
    engine::Input input;
    input.command = command;
    return input;
}

engine::Input availability_of(const v1::AvailabilityRequest& request) {
    if (request.expected_back_ms() < 0) {
        return reject({Field::kAvailability,
                       "must have an expected_back_ms that is 0 or milliseconds since 1970-01-01 "
                       "UTC"},
                      std::nullopt);
    }
    core::AvailabilityRequest command;
    command.available = request.available();
    command.expected_back = SchemeTime{request.expected_back_ms()};
    engine::Input input;
    input.command = command;
    return input;
}

/// As ISO 20022 spells reasons; which of them a bank may give is for whoever asked.
bool is_reason_code(std::string_view code) {
    return !code.empty() && code.size() <= 4 && std::all_of(code.begin(), code.end(), [](char one) {
        return (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
    });
}

/// The rule that the answer breaks, or nullopt.
std::optional<std::string_view> read_quote_answer(const v1::QuoteAnswer& from,
                                                  engine::QuoteAnswer& answer) {
    answer.query_id = from.query_id();
    if (from.has_exchange() == !from.reason_code().empty()) {
        return "must each have either an exchange or a reason_code";
    }
    if (!from.has_exchange()) {
        if (!is_reason_code(from.reason_code())) {
            return "must have a reason_code of 1 to 4 characters of A-Z and 0-9";
        }
        answer.reason_code = from.reason_code();
        return std::nullopt;
    }
    if (check_exchange(from.exchange())) {
        return "must have an exchange with a version 4 UUID, an amount and a rate above 0";
    }
    if (from.cny_minor() <= 0 || from.cny_minor() > money::kMaxAmountMinor.value) {
        return "must have a cny_minor of 1 to 99,999,999,999,999,999";
    }
    if (from.expires_ms() <= 0) {
        return "must have an expires_ms in milliseconds since 1970-01-01 UTC";
    }
    answer.quoted = true;
    answer.quote_id = from.exchange().quote_id();
    answer.hkd = money::AmountMinor{from.exchange().hkd_minor()};
    answer.rate = money::Rate{from.exchange().rate_e8()};
    answer.cny = money::AmountMinor{from.cny_minor()};
    answer.expires = SchemeTime{from.expires_ms()};
    return std::nullopt;
}

std::optional<FieldFault> read_quote_answers(const wire::v1::ParticipantFrame& frame,
                                             std::vector<engine::QuoteAnswer>& answers) {
    if (frame.quote_answers_size() > static_cast<int>(core::kMaxQuoteRequests)) {
        return FieldFault{Field::kQuoteAnswers, "must be at most 64 in a frame"};
    }
    for (const auto& one : frame.quote_answers()) {
        if (const auto rule = read_quote_answer(one, answers.emplace_back())) {
            return FieldFault{Field::kQuoteAnswers, *rule};
        }
    }
    return std::nullopt;
}

std::optional<FieldFault> read_hello(const v1::Hello& from, engine::Hello& hello,
                                     scheme::Rail& rail) {
    const auto own_rail = scheme::rail_of_code(from.participant());
    if (!own_rail) {
        return FieldFault{Field::kParticipant,
                          "must be an FPS clearing code or an IBPS code with its check digit"};
    }
    if (from.incarnation() == 0) return FieldFault{Field::kIncarnation, "must be above 0"};
    rail = *own_rail;
    hello.participant = *scheme::parse_agent_code(from.participant());
    hello.incarnation = from.incarnation();
    if (from.has_last_received()) hello.last_received = from.last_received();
    if (from.has_lowest_resendable()) hello.lowest_resendable = from.lowest_resendable();
    return std::nullopt;
}

}  // namespace

Translator::Translator() : carried_(std::make_unique<v1::CarriedDetails>()) {}
Translator::~Translator() = default;

std::optional<FieldFault> Translator::take(const wire::v1::ParticipantFrame& frame,
                                           engine::InboundFrame& out) {
    // The frame's memory is used again; what the engine noted of the one before must not be.
    out.hello.reset();
    out.inputs.clear();
    out.quote_answers.clear();
    out.begun = false;
    out.taken = 0;
    out.wants_room = false;
    if (frame.messages_size() > static_cast<int>(core::kMaxFrameMessages)) {
        return FieldFault{Field::kFrame, "must hold at most 4,096 messages"};
    }
    if (frame.has_hello()) {
        engine::Hello hello;
        if (const auto fault = read_hello(frame.hello(), hello, rail_)) return fault;
        code_ = frame.hello().participant();
        out.hello = hello;
    }
    out.first_number = frame.first_number();
    out.acknowledged = frame.acknowledged();
    out.credit = frame.credit();
    for (const auto& message : frame.messages())
        out.inputs.push_back(input_of(message));
    return read_quote_answers(frame, out.quote_answers);
}

engine::Input Translator::input_of(const wire::v1::ParticipantMessage& message) const {
    switch (message.body_case()) {
        case wire::v1::ParticipantMessage::kCreditTransfer:
            return transfer_of(message.credit_transfer());
        case wire::v1::ParticipantMessage::kAnswer:
            return answer_of(message.answer());
        case wire::v1::ParticipantMessage::kCreditReport:
            return report_of(message.credit_report());
        case wire::v1::ParticipantMessage::kFxRateSheet:
            return rate_sheet_of(message.fx_rate_sheet(), rail_);
        case wire::v1::ParticipantMessage::kAvailability:
            return availability_of(message.availability());
        case wire::v1::ParticipantMessage::kPaymentReturn:
            return return_of(message.payment_return());
        case wire::v1::ParticipantMessage::kStatusRequest:
            return status_request_of(message.status_request());
        case wire::v1::ParticipantMessage::BODY_NOT_SET:
            break;
    }
    return reject({Field::kMessage, "must be of a kind that this switch knows"}, std::nullopt);
}

engine::Input Translator::transfer_of(const wire::v1::CreditTransfer& transfer) const {
    const auto uetr = scheme::parse_uetr(transfer.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    engine::Input input;
    core::CreditTransfer command;
    command.uetr = *uetr;
    if (const auto fault = read_transfer(transfer, code_, rail_, command, input.body)) {
        return reject(*fault, uetr);
    }
    // Never read, but whoever gets it must be able to: one unreadable message would spoil its
    // frame, and with it everything that waits behind it for the payee's bank.
    if (!carried_->ParseFromString(transfer.carried())) {
        return reject({Field::kCarried, "must be CarriedDetails, its texts in UTF-8"}, uetr);
    }
    input.command = command;
    return input;
}

}  // namespace lowu::session
