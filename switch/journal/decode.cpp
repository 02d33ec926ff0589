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

/// Sets `code` from its packing; false when no code is packed so. Zero is none.
bool get_agent(std::uint64_t packed, core::AgentCode& code) {
    code = core::AgentCode{packed};
    return code == scheme::kNoAgent || scheme::is_agent_code(code);
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

Result<core::Command> decode_admit(const v1::AdmitParticipant& from) {
    core::AdmitParticipant command;
    if (!get_agent(from.code(), command.code)) return corrupt("names no agent");
    command.participation.bits = from.participation();
    command.opening_cny = core::AmountMinor{from.opening_cny_minor()};
    command.opening_hkd = core::AmountMinor{from.opening_hkd_minor()};
    command.net_debit_cap = core::AmountMinor{from.net_debit_cap_minor()};
    return core::Command{command};
}

Result<core::Command> decode_open_link(const v1::OpenLink& from) {
    core::OpenLink command;
    if (!get_agent(from.agent_code(), command.agent)) return corrupt("names no agent");
    command.opening_cny = core::AmountMinor{from.opening_cny_minor()};
    command.net_debit_cap = core::AmountMinor{from.net_debit_cap_minor()};
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
    if (!get_agent(from.payee_agent(), command.payee_agent)) return corrupt("names no agent");
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
    if (from.kind() < 1 || from.kind() > static_cast<std::uint32_t>(core::LinkKind::kDefault)) {
        return corrupt("names no kind of link message");
    }
    message.kind = static_cast<core::LinkKind>(from.kind());
    message.uetr = get_uetr(from);
    const bool is_return = message.kind == core::LinkKind::kReturn;
    const bool of_a_service = is_return || message.kind == core::LinkKind::kTransfer;
    const auto service = scheme::service_from_number(from.service());
    if (!service && (of_a_service || from.service() != 0)) return corrupt("names no service");
    message.service = service.value_or(core::Service{});
    if (!get_agent(from.payer_agent(), message.payer_agent) ||
        !get_agent(from.payee_agent(), message.payee_agent)) {
        return corrupt("names no agent");
    }
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

/// Enums of a leg; what it has none of is 0.
Result<void> decode_leg_enums(const v1::Recollect& from, core::Payment& payment) {
    const auto service = scheme::service_from_number(from.service());
    const auto purpose = scheme::purpose_from_number(from.purpose());
    if (!service && from.service() != 0) return corrupt("names no service");
    if (!purpose && from.purpose() != 0) return corrupt("names no purpose");
    if (from.currency() != static_cast<std::uint32_t>(core::Currency::kCny) &&
        from.currency() != static_cast<std::uint32_t>(core::Currency::kHkd)) {
        return corrupt("names no currency");
    }
    if (from.leg() > static_cast<std::uint32_t>(core::Leg::kReturnReceived)) {
        return corrupt("names no leg");
    }
    if (from.state() != static_cast<std::uint32_t>(core::PaymentState::kSettled) &&
        from.state() != static_cast<std::uint32_t>(core::PaymentState::kRejected)) {
        return corrupt("recollects a payment that has not ended");
    }
    if (!get_result(from.result(), payment.result)) return corrupt("names no result");
    payment.service = service.value_or(core::Service{});
    payment.purpose = purpose.value_or(core::Purpose{});
    payment.currency = static_cast<core::Currency>(from.currency());
    payment.leg = static_cast<core::Leg>(from.leg());
    payment.state = static_cast<core::PaymentState>(from.state());
    return {};
}

Result<core::Payment> decode_leg(const v1::Recollect& from) {
    core::Payment payment;
    payment.uetr = get_uetr(from);
    payment.amount = core::AmountMinor{from.amount_minor()};
    if (!get_agent(from.remote_agent(), payment.remote_agent)) return corrupt("names no agent");
    payment.creation_time = SchemeTime{from.creation_time_ms()};
    payment.acceptance_time = SchemeTime{from.acceptance_time_ms()};
    payment.payer_account_hash = from.payer_account_hash();
    payment.payee_account_hash = from.payee_account_hash();
    payment.carried_hash = from.carried_hash();
    payment.payer_hash = from.payer_hash();
    payment.payee_proxy_hash = from.payee_proxy_hash();
    payment.exchange_hash = from.exchange_hash();
    payment.body_sequence = core::Sequence{from.body_sequence()};
    payment.returned = core::AmountMinor{from.returned_minor()};
    payment.local_agent = core::kNoParticipant;
    if (from.has_participant()) {
        const auto agent = participant(from.participant());
        if (!agent.ok()) return agent.error();
        payment.local_agent = *agent;
    }
    payment.asked = from.asked();
    payment.credited = from.credited();
    if (auto known = decode_leg_enums(from, payment); !known.ok()) return known.error();
    return payment;
}

core::QuotaHold get_hold(const v1::QuotaHold& from) {
    return {core::UseIndex{from.at_institution()},
            core::UseIndex{from.over_all()},
            {from.day(), from.year()},
            {core::AmountMinor{from.day_minor()}, core::AmountMinor{from.year_minor()}}};
}

Result<core::Command> decode_recollect(const v1::Recollect& from) {
    core::Recollect command;
    command.index = core::PaymentIndex{from.index()};
    const auto payment = decode_leg(from);
    if (!payment.ok()) return payment.error();
    command.leg.payment = *payment;
    if (from.has_return_record() != core::is_return(payment->leg)) {
        return corrupt("says of what a payment is the return, or of a return not");
    }
    if (from.has_return_record()) {
        const v1::ReturnRecord& of = from.return_record();
        const auto reason = scheme::return_reason_from_number(of.reason());
        if (!reason) return corrupt("names no reason of a return");
        command.leg.record =
            core::ReturnRecord{core::PaymentIndex{of.original()}, get_original(of), *reason};
    } else if (from.has_hold()) {
        command.leg.hold = get_hold(from.hold());
    }
    return core::Command{command};
}

Result<core::Command> decode_status_request(const v1::StatusRequest& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    core::StatusRequest command;
    command.participant = *agent;
    command.number = from.number();
    command.uetr = get_uetr(from);
    if (from.side() < 1 || from.side() > 2) return corrupt("names no side of a payment");
    command.side = static_cast<core::Side>(from.side());
    if (!from.has_archived()) return core::Command{command};
    core::ArchivedAnswer archived;
    if (!get_agent(from.archived().agent(), archived.agent)) return corrupt("names no agent");
    const bool settled =
        from.archived().state() == static_cast<std::uint32_t>(core::PaymentState::kSettled);
    archived.state = settled ? core::PaymentState::kSettled : core::PaymentState::kRejected;
    if (from.archived().state() != static_cast<std::uint32_t>(archived.state)) {
        return corrupt("archives what is not final");
    }
    if (!get_result(from.archived().result(), archived.result)) return corrupt("names no result");
    command.archived = archived;
    return core::Command{command};
}

Result<core::Command> decode_default(const v1::DeclareDefault& from) {
    const auto agent = participant(from.participant());
    if (!agent.ok()) return agent.error();
    return core::Command{core::DeclareDefault{*agent}};
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
        case v1::Record::kForget:
            return core::Command{core::Forget{core::PaymentIndex{record.forget().through()}}};
        case v1::Record::kRecollect:
            return decode_recollect(record.recollect());
        case v1::Record::kStatusRequest:
            return decode_status_request(record.status_request());
        case v1::Record::kDeclareDefault:
            return decode_default(record.declare_default());
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
