// Commands to records and back; see record.hpp. Encoders stand in the order of core::Command,
// decoders in the same.
#include "switch/journal/record.hpp"

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/core/limits.hpp"

namespace lowu::journal {
namespace {

using core::ParticipantIndex;
using core::ResultCode;
using core::Uetr;

template <class Message>
void put_uetr(const Uetr& uetr, Message& message) {
    message.set_uetr_high(uetr.high);
    message.set_uetr_low(uetr.low);
}

template <class Message>
Uetr get_uetr(const Message& message) {
    return {message.uetr_high(), message.uetr_low()};
}

struct Encoder {
    const Body& body;
    v1::Record& record;

    void operator()(const core::OpenCell& command) const {
        auto& to = *record.mutable_open_cell();
        to.set_rail(static_cast<std::uint32_t>(command.rail));
        to.set_payee_deadline_us(command.parameters.payee_deadline.us);
        to.set_origin_deadline_us(command.parameters.origin_deadline.us);
        to.set_link_allowance_us(command.parameters.link_allowance.us);
        to.set_queue_allowance_us(command.parameters.queue_allowance.us);
        to.set_creation_window_ms(command.parameters.creation_window.whole_ms());
        to.set_creation_skew_ms(command.parameters.creation_skew.whole_ms());
        to.set_payments_max(command.parameters.payments_max);
        to.set_scheme_start_ms(command.scheme_start.value);
    }
    void operator()(const core::AdmitParticipant& command) const {
        auto& to = *record.mutable_admit_participant();
        to.set_code(command.code.value);
        to.set_participation(command.participation.bits);
        to.set_opening_cny_minor(command.opening_cny.value);
        to.set_opening_hkd_minor(command.opening_hkd.value);
        to.set_net_debit_cap_minor(command.net_debit_cap.value);
    }
    void operator()(const core::OpenLink& command) const {
        auto& to = *record.mutable_open_link();
        to.set_agent_code(command.agent.value);
        to.set_opening_cny_minor(command.opening_cny.value);
        to.set_net_debit_cap_minor(command.net_debit_cap.value);
    }
    void operator()(const core::SessionUp& command) const {
        auto& to = *record.mutable_session_up();
        to.set_participant(command.participant.value);
        to.set_incarnation(command.incarnation);
    }
    void operator()(const core::SessionDown& command) const {
        record.mutable_session_down()->set_participant(command.participant.value);
    }
    void operator()(const core::LinkState& command) const {
        record.mutable_link_state()->set_up(command.up);
    }
    void operator()(const core::CreditTransfer& command) const {
        auto& to = *record.mutable_credit_transfer();
        to.set_participant(command.participant.value);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        to.set_service(static_cast<std::uint32_t>(command.service));
        to.set_payee_agent(command.payee_agent.value);
        to.set_amount_minor(command.amount.value);
        to.set_creation_time_ms(command.creation_time.value);
        to.set_payer_account(body.payer_account);
        to.set_payee_account(body.payee_account);
        to.set_carried(body.carried);
    }
    void operator()(const core::CreditTransferAnswer& command) const {
        auto& to = *record.mutable_answer();
        to.set_participant(command.participant.value);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        to.set_result(static_cast<std::uint32_t>(command.result));
    }
    void operator()(const core::CreditReport& command) const {
        auto& to = *record.mutable_credit_report();
        to.set_participant(command.participant.value);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
    }
    void operator()(const core::RejectMessage& command) const {
        auto& to = *record.mutable_reject_message();
        to.set_participant(command.participant.value);
        to.set_number(command.number);
        to.set_field(static_cast<std::uint32_t>(command.field));
        to.set_rule(body.carried);
        put_uetr(command.uetr, to);
    }
    void operator()(const core::OutboxAcknowledged& command) const {
        auto& to = *record.mutable_outbox_acknowledged();
        to.set_participant(command.participant.value);
        to.set_number(command.number);
    }
    void operator()(const core::LinkDelivery& command) const {
        auto& to = *record.mutable_link_delivery();
        const core::LinkMessage& message = command.message;
        to.set_number(command.number);
        to.set_kind(static_cast<std::uint32_t>(message.kind));
        put_uetr(message.uetr, to);
        to.set_service(static_cast<std::uint32_t>(message.service));
        to.set_payer_agent(message.payer_agent.value);
        to.set_payee_agent(message.payee_agent.value);
        to.set_amount_minor(message.amount.value);
        to.set_acceptance_time_ms(message.acceptance_time.value);
        to.set_result(static_cast<std::uint32_t>(message.result));
        to.set_body_sequence(message.body_sequence.value);
    }
    void operator()(const core::LinkAcknowledged& command) const {
        record.mutable_link_acknowledged()->set_number(command.number);
    }
    void operator()(const core::Tick& /*command*/) const { record.mutable_tick(); }
};

Error corrupt(std::string what) {
    return {Error::Kind::kCorrupt, "record " + std::move(what)};
}

Result<ParticipantIndex> participant(std::uint32_t number) {
    if (number >= core::kMaxParticipants) return corrupt("names no participant");
    return ParticipantIndex{static_cast<std::uint16_t>(number)};
}

/// Sets `result` from its number; false when there is none.
bool get_result(std::uint32_t number, ResultCode& result) {
    const auto known = core::result_of_number(number);
    if (known) result = *known;
    return known.has_value();
}

core::Command decode_open_cell(const v1::OpenCell& from) {
    core::OpenCell command;
    command.rail = from.rail() == 0 ? core::Rail::kFps : core::Rail::kIbps;
    command.parameters.payee_deadline = Duration::from_us(from.payee_deadline_us());
    command.parameters.origin_deadline = Duration::from_us(from.origin_deadline_us());
    command.parameters.link_allowance = Duration::from_us(from.link_allowance_us());
    command.parameters.queue_allowance = Duration::from_us(from.queue_allowance_us());
    command.parameters.creation_window = Duration::from_ms(from.creation_window_ms());
    command.parameters.creation_skew = Duration::from_ms(from.creation_skew_ms());
    command.parameters.payments_max = from.payments_max();
    command.scheme_start = SchemeTime{from.scheme_start_ms()};
    return command;
}

core::Command decode_admit(const v1::AdmitParticipant& from) {
    core::AdmitParticipant command;
    command.code = core::AgentCode{from.code()};
    command.participation.bits = from.participation();
    command.opening_cny = core::AmountMinor{from.opening_cny_minor()};
    command.opening_hkd = core::AmountMinor{from.opening_hkd_minor()};
    command.net_debit_cap = core::AmountMinor{from.net_debit_cap_minor()};
    return command;
}

core::Command decode_open_link(const v1::OpenLink& from) {
    return core::OpenLink{core::AgentCode{from.agent_code()},
                          core::AmountMinor{from.opening_cny_minor()},
                          core::AmountMinor{from.net_debit_cap_minor()}};
}

Result<core::Command> decode_transfer(const v1::CreditTransfer& from, Body& body) {
    const auto agent = participant(from.participant());
    const auto service = scheme::service_from_number(from.service());
    if (!agent.ok()) return agent.error();
    if (!service) return corrupt("names no service");
    body.payer_account = from.payer_account();
    body.payee_account = from.payee_account();
    body.carried = from.carried();
    body.creation_time = SchemeTime{from.creation_time_ms()};
    core::CreditTransfer command;
    command.participant = *agent;
    command.number = from.number();
    command.uetr = get_uetr(from);
    command.service = *service;
    command.payee_agent = core::AgentCode{from.payee_agent()};
    command.amount = core::AmountMinor{from.amount_minor()};
    command.creation_time = body.creation_time;
    hash_body(body, command);
    return core::Command{command};
}

Result<core::Command> decode_answer(const v1::CreditTransferAnswer& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    core::CreditTransferAnswer command{*agent, from.number(), get_uetr(from),
                                       ResultCode::kAccepted};
    if (!get_result(from.result(), command.result)) return corrupt("names no result");
    return core::Command{command};
}

Result<core::Command> decode_report(const v1::CreditReport& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::CreditReport{*agent, from.number(), get_uetr(from)}};
}

Result<core::Command> decode_reject(const v1::RejectMessage& from, Body& body) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    if (from.field() > scheme::kFieldLast) return corrupt("names no field");
    body.carried = from.rule();
    return core::Command{core::RejectMessage{
        *agent, from.number(), static_cast<scheme::Field>(from.field()), get_uetr(from)}};
}

Result<core::Command> decode_delivery(const v1::LinkDelivery& from) {
    core::LinkDelivery command;
    command.number = from.number();
    core::LinkMessage& message = command.message;
    if (from.kind() < 1 ||
        from.kind() > static_cast<std::uint32_t>(core::LinkKind::kAlreadySettled)) {
        return corrupt("names no kind of link message");
    }
    message.kind = static_cast<core::LinkKind>(from.kind());
    message.uetr = get_uetr(from);
    message.service = static_cast<core::Service>(from.service());
    message.payer_agent = core::AgentCode{from.payer_agent()};
    message.payee_agent = core::AgentCode{from.payee_agent()};
    message.amount = core::AmountMinor{from.amount_minor()};
    message.acceptance_time = SchemeTime{from.acceptance_time_ms()};
    if (!get_result(from.result(), message.result)) return corrupt("names no result");
    message.body_sequence = core::Sequence{from.body_sequence()};
    return core::Command{command};
}

Result<core::Command> decode_session_up(const v1::SessionUp& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::SessionUp{*agent, from.incarnation()}};
}

Result<core::Command> decode_session_down(const v1::SessionDown& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::SessionDown{*agent}};
}

Result<core::Command> decode_outbox_acknowledged(const v1::OutboxAcknowledged& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::OutboxAcknowledged{*agent, from.number()}};
}

Result<core::Command> decode_command(const v1::Record& record, Body& body) {
    switch (record.command_case()) {
        case v1::Record::kOpenCell:
            return decode_open_cell(record.open_cell());
        case v1::Record::kAdmitParticipant:
            return decode_admit(record.admit_participant());
        case v1::Record::kOpenLink:
            return decode_open_link(record.open_link());
        case v1::Record::kSessionUp:
            return decode_session_up(record.session_up());
        case v1::Record::kSessionDown:
            return decode_session_down(record.session_down());
        case v1::Record::kLinkState:
            return core::Command{core::LinkState{record.link_state().up()}};
        case v1::Record::kCreditTransfer:
            return decode_transfer(record.credit_transfer(), body);
        case v1::Record::kAnswer:
            return decode_answer(record.answer());
        case v1::Record::kCreditReport:
            return decode_report(record.credit_report());
        case v1::Record::kRejectMessage:
            return decode_reject(record.reject_message(), body);
        case v1::Record::kOutboxAcknowledged:
            return decode_outbox_acknowledged(record.outbox_acknowledged());
        case v1::Record::kLinkDelivery:
            return decode_delivery(record.link_delivery());
        case v1::Record::kLinkAcknowledged:
            return core::Command{core::LinkAcknowledged{record.link_acknowledged().number()}};
        case v1::Record::kTick:
            return core::Command{core::Tick{}};
        case v1::Record::COMMAND_NOT_SET:
            break;
    }
    return corrupt("holds no command");
}

}  // namespace

bool has_body(const core::Command& command) {
    return std::holds_alternative<core::CreditTransfer>(command) ||
           std::holds_alternative<core::RejectMessage>(command);
}

void hash_body(const Body& body, core::CreditTransfer& command) {
    command.payer_account_hash = hash64(std::string_view(body.payer_account));
    command.payee_account_hash = hash64(std::string_view(body.payee_account));
    command.carried_hash = hash64(std::string_view(body.carried));
}

void encode(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
            const Body& body, v1::Record& record) {
    record.Clear();
    record.set_cell(static_cast<std::uint32_t>(rail));
    record.set_scheme_time_ms(stamp.scheme.value);
    record.set_elapsed_us(stamp.elapsed.value);
    std::visit(Encoder{body, record}, command);
}

Result<void> decode(const v1::Record& record, core::Sequence sequence, Entry& entry) {
    // Not the body of the record before; the strings keep their memory.
    entry.body.payer_account.clear();
    entry.body.payee_account.clear();
    entry.body.carried.clear();
    entry.body.creation_time = SchemeTime{};
    auto command =
        record.cell() > 1 ? corrupt("names no cell") : decode_command(record, entry.body);
    if (!command.ok()) {
        return Error{Error::Kind::kCorrupt,
                     "sequence " + std::to_string(sequence.value) + ": " + command.error().what};
    }
    entry.stamp = {sequence, SchemeTime{record.scheme_time_ms()}, ElapsedTime{record.elapsed_us()}};
    entry.rail = static_cast<core::Rail>(record.cell());
    entry.command = std::move(command).value();
    return {};
}

std::string describe(core::Rail rail, const core::Command& command) {
    v1::Record record;
    encode({}, rail, command, {}, record);
    const auto* admitted = std::get_if<core::AdmitParticipant>(&command);
    const auto* linked = std::get_if<core::OpenLink>(&command);
    const core::AgentCode code = admitted != nullptr
                                     ? admitted->code
                                     : (linked != nullptr ? linked->agent : scheme::kNoAgent);
    return std::string(scheme::to_string(rail)) + " " + scheme::format_agent_code(code) + " " +
           record.ShortDebugString();
}

}  // namespace lowu::journal
