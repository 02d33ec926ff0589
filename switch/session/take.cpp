// From a bank's frame to the engine's words; see translate.hpp. Fields are judged in the contract's
// order, so that a message with many faults always gets the same answer.
#include "common/money/amount.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/service.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/limits.hpp"
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

std::optional<FieldFault> check_account_field(Field field, const std::string& account) {
    const auto rule = scheme::check_account(account);
    if (!rule) return std::nullopt;
    return FieldFault{field, *rule};
}

std::optional<FieldFault> check_transfer(const wire::v1::CreditTransfer& transfer,
                                         std::string_view own_code, scheme::Rail own_rail) {
    if (!scheme::service_from_number(transfer.service())) {
        return FieldFault{Field::kService, "must be a service that is offered: P2P_REMITTANCE"};
    }
    if (transfer.payer_agent() != own_code) {
        return FieldFault{Field::kPayerAgent, "must be the code of the session's own participant"};
    }
    if (const auto rule =
            scheme::check_agent_code(scheme::other(own_rail), transfer.payee_agent())) {
        return FieldFault{Field::kPayeeAgent, *rule};
    }
    if (const auto fault = check_account_field(Field::kPayerAccount, transfer.payer_account())) {
        return fault;
    }
    if (const auto fault = check_account_field(Field::kPayeeAccount, transfer.payee_account())) {
        return fault;
    }
    if (transfer.amount_minor() <= 0 || transfer.amount_minor() > money::kMaxAmountMinor.value) {
        return FieldFault{Field::kAmount, "must be 1 to 99,999,999,999,999,999 minor units"};
    }
    if (transfer.currency() != static_cast<int>(money::Currency::kCny)) {
        return FieldFault{Field::kCurrency, "must be CURRENCY_CNY: nothing else crosses the link"};
    }
    if (transfer.creation_time_ms() <= 0) {
        return FieldFault{Field::kCreationTime, "must be milliseconds since 1970-01-01 UTC"};
    }
    if (transfer.carried().size() > core::kMaxCarriedBytes) {
        return FieldFault{Field::kCarried, "must be at most 4,096 bytes"};
    }
    return std::nullopt;
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
    out.hello.reset();
    out.inputs.clear();
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
    return std::nullopt;
}

engine::Input Translator::input_of(const wire::v1::ParticipantMessage& message) const {
    switch (message.body_case()) {
        case wire::v1::ParticipantMessage::kCreditTransfer:
            return transfer_of(message.credit_transfer());
        case wire::v1::ParticipantMessage::kAnswer:
            return answer_of(message.answer());
        case wire::v1::ParticipantMessage::kCreditReport:
            return report_of(message.credit_report());
        case wire::v1::ParticipantMessage::BODY_NOT_SET:
            break;
    }
    return reject({Field::kMessage, "must be of a kind that this switch knows"}, std::nullopt);
}

engine::Input Translator::transfer_of(const wire::v1::CreditTransfer& transfer) const {
    const auto uetr = scheme::parse_uetr(transfer.uetr());
    if (!uetr) return reject({Field::kUetr, scheme::kUetrRule}, uetr);
    if (const auto fault = check_transfer(transfer, code_, rail_)) return reject(*fault, uetr);
    // Never read, but whoever gets it must be able to: one unreadable message would spoil its
    // frame, and with it everything that waits behind it for the payee's bank.
    if (!carried_->ParseFromString(transfer.carried())) {
        return reject({Field::kCarried, "must be CarriedDetails, its texts in UTF-8"}, uetr);
    }
    engine::Input input;
    input.body.payer_account = transfer.payer_account();
    input.body.payee_account = transfer.payee_account();
    input.body.carried = transfer.carried();
    input.body.creation_time = SchemeTime{transfer.creation_time_ms()};
    core::CreditTransfer command;
    command.uetr = *uetr;
    command.service = *scheme::service_from_number(transfer.service());
    command.payee_agent = *scheme::parse_agent_code(transfer.payee_agent());
    command.amount = money::AmountMinor{transfer.amount_minor()};
    command.creation_time = input.body.creation_time;
    journal::hash_body(input.body, command);
    input.command = command;
    return input;
}

}  // namespace lowu::session
