// Records to commands; see record.hpp. The log holds only what encode.cpp wrote, so whatever cannot
// be is corruption, named by its sequence.
#include <limits>

#include "common/scheme/proxy.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/core/limits.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {
namespace {

using core::ParticipantIndex;
using core::ResultCode;

Error corrupt(std::string what) {
    return {Error::Kind::kCorrupt, "record " + std::move(what)};
}

template <class Message>
core::Uetr get_uetr(const Message& message) {
    return {message.uetr_high(), message.uetr_low()};
}

template <class Message>
core::Uetr get_original(const Message& message) {
    return {message.original_high(), message.original_low()};
}

template <class Message>
core::PersonTokens get_person(const Message& message) {
    return {{message.token_high(), message.token_low()},
            {message.previous_token_high(), message.previous_token_low()}};
}

template <class Message>
Hash128 get_hash(const Message& message) {
    return {message.proxy_high(), message.proxy_low()};
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

/// A proxy into the body; `directory` is the rail that holds it.
template <class Message>
Result<void> get_proxy(const Message& message, core::Rail directory, Body& body) {
    const auto kind = scheme::proxy_kind_from_number(message.proxy_kind());
    if (!kind || scheme::check_proxy(directory, *kind, message.payee_proxy())) {
        return corrupt("names no proxy");
    }
    body.payee_proxy = message.payee_proxy();
    body.proxy_kind = static_cast<std::uint8_t>(*kind);
    return {};
}

Hash128 proxy_hash_of(const Body& body) {
    return scheme::proxy_hash(static_cast<scheme::ProxyKind>(body.proxy_kind), body.payee_proxy);
}

Result<core::Command> decode_open_cell(const v1::OpenCell& from) {
    if (from.rail() > 1) return corrupt("names no rail");
    core::OpenCell command;
    command.rail = static_cast<core::Rail>(from.rail());
    command.parameters.payee_deadline = Duration::from_us(from.payee_deadline_us());
    command.parameters.origin_deadline = Duration::from_us(from.origin_deadline_us());
    command.parameters.link_allowance = Duration::from_us(from.link_allowance_us());
    command.parameters.queue_allowance = Duration::from_us(from.queue_allowance_us());
    command.parameters.creation_window = Duration::from_ms(from.creation_window_ms());
    command.parameters.creation_skew = Duration::from_ms(from.creation_skew_ms());
    command.parameters.payments_max = from.payments_max();
    command.parameters.quota_records_max = from.quota_records_max();
    command.parameters.proxies_max = from.proxies_max();
    command.scheme_start = SchemeTime{from.scheme_start_ms()};
    return core::Command{command};
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

/// What kind of payment and payer; the enums must be known.
Result<void> decode_judged_enums(const v1::CreditTransfer& from, core::CreditTransfer& command) {
    const auto service = scheme::service_from_number(from.service());
    const auto purpose = scheme::purpose_from_number(from.purpose());
    const auto kind = scheme::party_kind_from_number(from.payer_kind());
    const auto document = scheme::document_type_from_number(from.document());
    if (!service) return corrupt("names no service");
    if (from.currency() != static_cast<std::uint32_t>(core::Currency::kCny) &&
        from.currency() != static_cast<std::uint32_t>(core::Currency::kHkd)) {
        return corrupt("names no currency");
    }
    if (!purpose) return corrupt("names no purpose");
    if (!kind) return corrupt("names no kind of payer");
    if (!document) return corrupt("names no document");
    command.service = *service;
    command.currency = static_cast<core::Currency>(from.currency());
    command.purpose = *purpose;
    command.payer.kind = *kind;
    command.payer.document = *document;
    return {};
}

/// `rail` is the payer's.
Result<void> decode_payee_proxy(const v1::CreditTransfer& from, core::Rail rail,
                                core::Service service, Body& body) {
    if (from.proxy_kind() == 0 && from.payee_proxy().empty() && from.proxy_reference() == 0) {
        return {};
    }
    if (from.proxy_reference() == 0) return corrupt("names a proxy without its reference");
    body.proxy_reference = from.proxy_reference();
    return get_proxy(from, service == core::Service::kDomestic ? rail : scheme::other(rail), body);
}

Result<core::Command> decode_transfer(const v1::CreditTransfer& from, core::Rail rail, Body& body) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    core::CreditTransfer command;
    command.participant = *agent;
    command.number = from.number();
    command.uetr = get_uetr(from);
    if (auto known = decode_judged_enums(from, command); !known.ok()) return known.error();
    command.payee_agent = core::AgentCode{from.payee_agent()};
    command.amount = core::AmountMinor{from.amount_minor()};
    command.creation_time = SchemeTime{from.creation_time_ms()};
    command.payer.token_version = from.token_version();
    command.payer.tokens = get_person(from);
    command.payee_proxy.reference = core::ProxyReference{from.proxy_reference()};
    command.exchange.hkd = core::AmountMinor{from.hkd_minor()};
    command.exchange.rate = core::Rate{from.rate_e8()};
    body.payer_account = from.payer_account();
    body.payee_account = from.payee_account();
    body.carried = from.carried();
    body.creation_time = command.creation_time;
    body.quote_id = from.quote_id();
    body.hkd = command.exchange.hkd;
    body.rate = command.exchange.rate;
    body.purpose = command.purpose;
    body.payer_kind = command.payer.kind;
    if (auto known = decode_payee_proxy(from, rail, command.service, body); !known.ok()) {
        return known.error();
    }
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

Result<core::Command> decode_outbox_acknowledged(const v1::OutboxAcknowledged& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::OutboxAcknowledged{*agent, from.number()}};
}

Result<core::Command> decode_delivery(const v1::LinkDelivery& from) {
    core::LinkDelivery command;
    command.number = from.number();
    core::LinkMessage& message = command.message;
    if (from.kind() < 1 || from.kind() > static_cast<std::uint32_t>(core::LinkKind::kReturn)) {
        return corrupt("names no kind of link message");
    }
    message.kind = static_cast<core::LinkKind>(from.kind());
    message.uetr = get_uetr(from);
    const bool is_return = message.kind == core::LinkKind::kReturn;
    const bool of_a_service = is_return || message.kind == core::LinkKind::kTransfer;
    const auto service = scheme::service_from_number(from.service());
    if (!service && (of_a_service || from.service() != 0)) return corrupt("names no service");
    message.service = service.value_or(core::Service{});
    message.payer_agent = core::AgentCode{from.payer_agent()};
    message.payee_agent = core::AgentCode{from.payee_agent()};
    message.amount = core::AmountMinor{from.amount_minor()};
    message.acceptance_time = SchemeTime{from.acceptance_time_ms()};
    if (!get_result(from.result(), message.result)) return corrupt("names no result");
    message.body_sequence = core::Sequence{from.body_sequence()};
    message.payee_proxy = {get_hash(from), core::ProxyReference{from.proxy_reference()}};
    message.original = get_original(from);
    const auto reason = scheme::return_reason_from_number(from.return_reason());
    if (!reason && (is_return || from.return_reason() != 0)) {
        return corrupt("names no reason of a return");
    }
    message.return_reason = reason.value_or(scheme::ReturnReason{});
    return core::Command{command};
}

Result<core::Command> decode_rate_sheet(const v1::FxRateSheet& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::FxRateSheet{*agent, from.number(), core::Rate{from.bid_e8()},
                                           core::Rate{from.ask_e8()},
                                           SchemeTime{from.valid_until_ms()}}};
}

Result<core::Command> decode_availability(const v1::AvailabilityRequest& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::AvailabilityRequest{*agent, from.number(), from.available(),
                                                   SchemeTime{from.expected_back_ms()}}};
}

/// By range only: the cell refused what it does not know when this was recorded, and does again.
Result<core::ParameterSetting> decode_setting(const v1::ParameterSetting& from) {
    core::ParameterSetting setting;
    if (from.parameter() == 0 || from.parameter() > std::numeric_limits<std::uint8_t>::max()) {
        return corrupt("names no parameter");
    }
    if (from.corridor() >= core::kCorridors) return corrupt("names no corridor");
    setting.key.id = static_cast<core::ParameterId>(from.parameter());
    setting.key.corridor = core::Corridor{static_cast<std::uint8_t>(from.corridor())};
    setting.value = from.value();
    if (from.has_participant()) {
        const auto agent = participant(from.participant());
        if (!agent.ok()) return agent.error();
        setting.key.participant = *agent;
    }
    return setting;
}

Result<core::Command> decode_set_parameters(const v1::SetParameters& from) {
    core::SetParameters command;
    command.effective = SchemeTime{from.effective_ms()};
    if (from.settings_size() > static_cast<int>(core::kMaxSettings)) {
        return corrupt("sets more parameters than a command may");
    }
    for (const auto& one : from.settings()) {
        const auto setting = decode_setting(one);
        if (!setting.ok()) return setting.error();
        command.settings.push_back(*setting);
    }
    return core::Command{std::move(command)};
}

core::Command decode_reference_rate(const v1::SetReferenceRate& from) {
    return core::SetReferenceRate{
        {from.day(), core::Rate{from.cny_per_hkd_e8()}, core::Rate{from.cny_per_usd_e8()}}};
}

Result<core::Command> decode_force_availability(const v1::ForceAvailability& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{
        core::ForceAvailability{*agent, from.available(), SchemeTime{from.expected_back_ms()}}};
}

core::Command decode_prior_use(const v1::SetPriorUse& from) {
    return core::SetPriorUse{get_person(from), from.year(), core::AmountMinor{from.amount_minor()}};
}

Result<core::Command> decode_register_proxy(const v1::RegisterProxy& from, core::Rail rail,
                                            Body& body) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    const auto holder = scheme::party_kind_from_number(from.holder());
    if (!holder) return corrupt("names no kind of holder");
    if (auto known = get_proxy(from, rail, body); !known.ok()) return known.error();
    body.name_en = from.name_en();
    body.name_zh = from.name_zh();
    core::RegisterProxy command;
    command.registration.proxy = proxy_hash_of(body);
    command.registration.participant = *agent;
    command.registration.holder = *holder;
    command.registration.default_receiver = from.default_receiver();
    command.registration.cross_boundary = from.cross_boundary();
    return core::Command{command};
}

Result<core::Command> decode_remove_proxy(const v1::RemoveProxy& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::RemoveProxy{get_hash(from), *agent}};
}

Result<core::Command> decode_proxy_warning(const v1::SetProxyWarning& from, core::Rail rail,
                                           Body& body) {
    if (auto known = get_proxy(from, rail, body); !known.ok()) return known.error();
    return core::Command{core::SetProxyWarning{proxy_hash_of(body), from.suspicious()}};
}

Result<core::Command> decode_return(const v1::PaymentReturn& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    const auto reason = scheme::return_reason_from_number(from.reason());
    if (!reason) return corrupt("names no reason of a return");
    return core::Command{core::PaymentReturn{*agent, from.number(), get_uetr(from),
                                             get_original(from),
                                             core::AmountMinor{from.amount_minor()}, *reason}};
}

Result<core::Command> decode_command(const v1::Record& record, core::Rail rail, Body& body) {
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
            return decode_transfer(record.credit_transfer(), rail, body);
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
        case v1::Record::kFxRateSheet:
            return decode_rate_sheet(record.fx_rate_sheet());
        case v1::Record::kAvailabilityRequest:
            return decode_availability(record.availability_request());
        case v1::Record::kSetParameters:
            return decode_set_parameters(record.set_parameters());
        case v1::Record::kSetReferenceRate:
            return decode_reference_rate(record.set_reference_rate());
        case v1::Record::kForceAvailability:
            return decode_force_availability(record.force_availability());
        case v1::Record::kSetPriorUse:
            return decode_prior_use(record.set_prior_use());
        case v1::Record::kRegisterProxy:
            return decode_register_proxy(record.register_proxy(), rail, body);
        case v1::Record::kRemoveProxy:
            return decode_remove_proxy(record.remove_proxy());
        case v1::Record::kSetProxyWarning:
            return decode_proxy_warning(record.set_proxy_warning(), rail, body);
        case v1::Record::kAdvanceSchemeTime:
            return core::Command{core::AdvanceSchemeTime{}};
        case v1::Record::kPaymentReturn:
            return decode_return(record.payment_return());
        case v1::Record::COMMAND_NOT_SET:
            break;
    }
    return corrupt("holds no command");
}

}  // namespace

Result<void> decode(const v1::Record& record, core::Sequence sequence, Entry& entry) {
    entry.body.clear();  // Not the body of the record before.
    const auto rail = static_cast<core::Rail>(record.cell() == 1);
    auto command =
        record.cell() > 1 ? corrupt("names no cell") : decode_command(record, rail, entry.body);
    if (!command.ok()) {
        return Error{Error::Kind::kCorrupt,
                     "sequence " + std::to_string(sequence.value) + ": " + command.error().what};
    }
    entry.stamp = {sequence, SchemeTime{record.scheme_time_ms()}, ElapsedTime{record.elapsed_us()}};
    entry.rail = rail;
    entry.command = std::move(command).value();
    return {};
}

}  // namespace lowu::journal
