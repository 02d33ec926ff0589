// Commands to records; see record.hpp. What decode.cpp would refuse is never written: that is a
// programmer's error here.
#include "common/base/assert.hpp"
#include "lowu/journal/v1/journal.pb.h"
#include "switch/core/limits.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {
namespace {

template <class Message>
void put_uetr(const core::Uetr& uetr, Message& message) {
    message.set_uetr_high(uetr.high);
    message.set_uetr_low(uetr.low);
}

template <class Message>
void put_original(const core::Uetr& uetr, Message& message) {
    message.set_original_high(uetr.high);
    message.set_original_low(uetr.low);
}

template <class Message>
void put_participant(core::ParticipantIndex participant, Message& message) {
    LOWU_ASSERT(participant.value < core::kMaxParticipants, "a record names a participant");
    message.set_participant(participant.value);
}

template <class Message>
void put_person(const core::PersonTokens& person, Message& message) {
    message.set_token_high(person.current.high);
    message.set_token_low(person.current.low);
    message.set_previous_token_high(person.previous.high);
    message.set_previous_token_low(person.previous.low);
}

template <class Message>
void put_proxy(const Body& body, Message& message) {
    message.set_proxy_kind(body.proxy_kind);
    message.set_payee_proxy(body.payee_proxy);
}

template <class Message>
void put_hash(const Hash128& proxy, Message& message) {
    message.set_proxy_high(proxy.high);
    message.set_proxy_low(proxy.low);
}

void put_payment(const core::Payment& payment, v1::Recollect& to) {
    put_uetr(payment.uetr, to);
    to.set_amount_minor(payment.amount.value);
    to.set_remote_agent(payment.remote_agent.value);
    to.set_creation_time_ms(payment.creation_time.value);
    to.set_acceptance_time_ms(payment.acceptance_time.value);
    to.set_payer_account_hash(payment.payer_account_hash);
    to.set_payee_account_hash(payment.payee_account_hash);
    to.set_carried_hash(payment.carried_hash);
    to.set_payer_hash(payment.payer_hash);
    to.set_payee_proxy_hash(payment.payee_proxy_hash);
    to.set_exchange_hash(payment.exchange_hash);
    to.set_body_sequence(payment.body_sequence.value);
    to.set_returned_minor(payment.returned.value);
    if (payment.local_agent != core::kNoParticipant) put_participant(payment.local_agent, to);
    to.set_service(static_cast<std::uint32_t>(payment.service));
    to.set_currency(static_cast<std::uint32_t>(payment.currency));
    to.set_purpose(static_cast<std::uint32_t>(payment.purpose));
    to.set_leg(static_cast<std::uint32_t>(payment.leg));
    LOWU_ASSERT(core::is_final(payment.state), "only what has ended is recollected");
    to.set_state(static_cast<std::uint32_t>(payment.state));
    to.set_result(static_cast<std::uint32_t>(payment.result));
    to.set_asked(payment.asked);
    to.set_credited(payment.credited);
}

void put_hold(const core::QuotaHold& hold, v1::QuotaHold& to) {
    to.set_at_institution(hold.at_institution.value);
    to.set_over_all(hold.over_all.value);
    to.set_day(hold.date.day);
    to.set_year(hold.date.year);
    to.set_day_minor(hold.amounts.day.value);
    to.set_year_minor(hold.amounts.year.value);
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
        to.set_quota_records_max(command.parameters.quota_records_max);
        to.set_proxies_max(command.parameters.proxies_max);
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
        put_participant(command.participant, to);
        to.set_incarnation(command.incarnation);
    }
    void operator()(const core::SessionDown& command) const {
        put_participant(command.participant, *record.mutable_session_down());
    }
    void operator()(const core::LinkState& command) const {
        record.mutable_link_state()->set_up(command.up);
    }
    void operator()(const core::CreditTransfer& command) const {
        auto& to = *record.mutable_credit_transfer();
        put_participant(command.participant, to);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        to.set_service(static_cast<std::uint32_t>(command.service));
        to.set_payee_agent(command.payee_agent.value);
        to.set_amount_minor(command.amount.value);
        to.set_creation_time_ms(command.creation_time.value);
        to.set_payer_account(body.payer_account);
        to.set_payee_account(body.payee_account);
        to.set_carried(body.carried);
        to.set_currency(static_cast<std::uint32_t>(command.currency));
        to.set_purpose(static_cast<std::uint32_t>(command.purpose));
        to.set_payer_kind(static_cast<std::uint32_t>(command.payer.kind));
        to.set_document(static_cast<std::uint32_t>(command.payer.document));
        to.set_token_version(command.payer.token_version);
        put_person(command.payer.tokens, to);
        put_proxy(body, to);
        to.set_proxy_reference(command.payee_proxy.reference.value);
        to.set_hkd_minor(command.exchange.hkd.value);
        to.set_rate_e8(command.exchange.rate.value);
        to.set_quote_id(body.quote_id);
    }
    void operator()(const core::CreditTransferAnswer& command) const {
        auto& to = *record.mutable_answer();
        put_participant(command.participant, to);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        to.set_result(static_cast<std::uint32_t>(command.result));
    }
    void operator()(const core::CreditReport& command) const {
        auto& to = *record.mutable_credit_report();
        put_participant(command.participant, to);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
    }
    void operator()(const core::RejectMessage& command) const {
        auto& to = *record.mutable_reject_message();
        put_participant(command.participant, to);
        to.set_number(command.number);
        to.set_field(static_cast<std::uint32_t>(command.field));
        to.set_rule(body.carried);
        put_uetr(command.uetr, to);
    }
    void operator()(const core::OutboxAcknowledged& command) const {
        auto& to = *record.mutable_outbox_acknowledged();
        put_participant(command.participant, to);
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
        put_hash(message.payee_proxy.proxy, to);
        to.set_proxy_reference(message.payee_proxy.reference.value);
        put_original(message.original, to);
        to.set_return_reason(static_cast<std::uint32_t>(message.return_reason));
    }
    void operator()(const core::LinkAcknowledged& command) const {
        record.mutable_link_acknowledged()->set_number(command.number);
    }
    void operator()(const core::Tick& /*command*/) const { record.mutable_tick(); }
    void operator()(const core::FxRateSheet& command) const {
        auto& to = *record.mutable_fx_rate_sheet();
        put_participant(command.participant, to);
        to.set_number(command.number);
        to.set_bid_e8(command.bid.value);
        to.set_ask_e8(command.ask.value);
        to.set_valid_until_ms(command.valid_until.value);
    }
    void operator()(const core::AvailabilityRequest& command) const {
        auto& to = *record.mutable_availability_request();
        put_participant(command.participant, to);
        to.set_number(command.number);
        to.set_available(command.available);
        to.set_expected_back_ms(command.expected_back.value);
    }
    void operator()(const core::SetParameters& command) const {
        LOWU_ASSERT(command.settings.size() <= core::kMaxSettings, "one command sets so many");
        auto& to = *record.mutable_set_parameters();
        to.set_effective_ms(command.effective.value);
        for (const core::ParameterSetting& setting : command.settings) {
            auto& one = *to.add_settings();
            one.set_parameter(static_cast<std::uint32_t>(setting.key.id));
            one.set_corridor(setting.key.corridor.index);
            one.set_value(setting.value);
            if (setting.key.participant == core::kNoParticipant) continue;
            put_participant(setting.key.participant, one);
        }
    }
    void operator()(const core::SetReferenceRate& command) const {
        auto& to = *record.mutable_set_reference_rate();
        to.set_day(command.rate.day);
        to.set_cny_per_hkd_e8(command.rate.cny_per_hkd.value);
        to.set_cny_per_usd_e8(command.rate.cny_per_usd.value);
    }
    void operator()(const core::ForceAvailability& command) const {
        auto& to = *record.mutable_force_availability();
        put_participant(command.forced_participant, to);
        to.set_available(command.available);
        to.set_expected_back_ms(command.expected_back.value);
    }
    void operator()(const core::SetPriorUse& command) const {
        auto& to = *record.mutable_set_prior_use();
        put_person(command.person, to);
        to.set_year(command.year);
        to.set_amount_minor(command.amount.value);
    }
    void operator()(const core::RegisterProxy& command) const {
        auto& to = *record.mutable_register_proxy();
        put_participant(command.registration.participant, to);
        put_proxy(body, to);
        to.set_holder(static_cast<std::uint32_t>(command.registration.holder));
        to.set_default_receiver(command.registration.default_receiver);
        to.set_cross_boundary(command.registration.cross_boundary);
        to.set_name_en(body.name_en);
        to.set_name_zh(body.name_zh);
    }
    void operator()(const core::RemoveProxy& command) const {
        auto& to = *record.mutable_remove_proxy();
        put_participant(command.registrant, to);
        put_hash(command.proxy, to);
    }
    void operator()(const core::SetProxyWarning& command) const {
        auto& to = *record.mutable_set_proxy_warning();
        put_proxy(body, to);
        to.set_suspicious(command.suspicious);
    }
    void operator()(const core::AdvanceSchemeTime& /*command*/) const {
        record.mutable_advance_scheme_time();
    }
    void operator()(const core::PaymentReturn& command) const {
        auto& to = *record.mutable_payment_return();
        put_participant(command.participant, to);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        put_original(command.original, to);
        to.set_amount_minor(command.amount.value);
        to.set_reason(static_cast<std::uint32_t>(command.reason));
    }
    void operator()(const core::Forget& command) const {
        record.mutable_forget()->set_through(command.through.value);
    }
    void operator()(const core::Recollect& command) const {
        auto& to = *record.mutable_recollect();
        to.set_index(command.index.value);
        put_payment(command.leg.payment, to);
        if (const auto& hold = command.leg.hold) put_hold(*hold, *to.mutable_hold());
        if (const auto& of = command.leg.record) {
            auto& about = *to.mutable_return_record();
            about.set_original(of->original.value);
            put_original(of->original_uetr, about);
            about.set_reason(static_cast<std::uint32_t>(of->reason));
        }
    }
    void operator()(const core::StatusRequest& command) const {
        auto& to = *record.mutable_status_request();
        put_participant(command.participant, to);
        to.set_number(command.number);
        put_uetr(command.uetr, to);
        to.set_side(static_cast<std::uint32_t>(command.side));
        if (!command.archived) return;
        LOWU_ASSERT(core::is_final(command.archived->state), "only what is final is forgotten");
        auto& archived = *to.mutable_archived();
        archived.set_agent(command.archived->agent.value);
        archived.set_state(static_cast<std::uint32_t>(command.archived->state));
        archived.set_result(static_cast<std::uint32_t>(command.archived->result));
    }
    void operator()(const core::DeclareDefault& command) const {
        put_participant(command.defaulter, *record.mutable_declare_default());
    }
};

}  // namespace

void encode(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
            const Body& body, v1::Record& record) {
    record.Clear();
    record.set_cell(static_cast<std::uint32_t>(rail));
    record.set_scheme_time_ms(stamp.scheme.value);
    record.set_elapsed_us(stamp.elapsed.value);
    std::visit(Encoder{body, record}, command);
}

}  // namespace lowu::journal
