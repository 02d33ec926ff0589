// Translates field by field; see reference_commands.hpp.
#include "tests/support/reference_commands.hpp"

#include "common/base/assert.hpp"

namespace lowu::support {

namespace ref = reference;

ref::BankCode bank_code(scheme::AgentCode code) {
    if (code == scheme::kNoAgent) return {};
    if (!scheme::is_agent_code(code)) return "code " + std::to_string(code.value);
    return scheme::format_agent_code(code);
}

ref::BankCode bank_code(const core::Cell& cell, core::ParticipantIndex participant) {
    if (participant == core::kNoParticipant) return {};
    if (participant.value >= cell.participants()) {
        return "participant " + std::to_string(participant.value);
    }
    return bank_code(cell.participant(participant).code);
}

ref::Corridor reference_corridor(core::Corridor corridor) {
    if (corridor.domestic()) return ref::kDomesticCorridor;
    if (corridor.index >= core::kCorridors) return ref::kWholeRail;
    return {corridor.service(), corridor.direction()};
}

ref::Stamp reference_stamp(const core::Stamp& stamp) {
    return {stamp.sequence.value, stamp.scheme, stamp.elapsed};
}

namespace {

/// A parameter of the rail stands at the first corridor in the log: there it has no corridor.
ref::ParameterSetting setting_of(const core::Cell& cell, const core::ParameterSetting& setting) {
    const auto number = static_cast<std::uint32_t>(setting.key.id);
    const core::ParameterRow* row = core::find_parameter(number);
    const bool of_rail = row != nullptr && row->scope == core::ParameterScope::kRail &&
                         setting.key.corridor == core::Corridor{};
    return {{number, of_rail ? ref::kWholeRail : reference_corridor(setting.key.corridor),
             bank_code(cell, setting.key.participant)},
            setting.value};
}

ref::ReferenceRate rate_of(const core::ReferenceRate& rate) {
    return {rate.day, rate.cny_per_hkd.value, rate.cny_per_usd.value};
}

ref::PayeeProxy proxy_of(const core::PayeeProxy& proxy) {
    return {proxy.proxy, proxy.reference.value};
}

ref::PersonTokens tokens_of(const core::PersonTokens& tokens) {
    return {tokens.current, tokens.previous};
}

ref::LinkMessage link_message_of(const core::LinkMessage& message) {
    ref::LinkMessage to;
    to.kind = static_cast<ref::LinkKind>(message.kind);
    to.uetr = message.uetr;
    to.service = message.service;
    to.payer_agent = bank_code(message.payer_agent);
    to.payee_agent = bank_code(message.payee_agent);
    to.amount = message.amount.value;
    to.acceptance_time = message.acceptance_time;
    to.result = message.result;
    to.payee_proxy = proxy_of(message.payee_proxy);
    to.original = message.original;
    to.return_reason = message.return_reason;
    return to;
}

ref::Announcement announcement_of(const core::Cell& cell, const core::SystemEvent& event) {
    ref::Announcement to;
    to.kind = static_cast<ref::AnnouncementKind>(event.kind);
    to.forced = event.forced;
    to.bank = bank_code(event.participant);
    to.booked = event.booked;
    to.effective = event.effective;
    to.expected_back = event.expected_back;
    const bool of_setting = event.kind == core::SystemEventKind::kParameter ||
                            event.kind == core::SystemEventKind::kTokenKey;
    if (of_setting) to.setting = setting_of(cell, event.setting);
    to.rate = rate_of(event.rate);
    return to;
}

/// One overload for each kind of command.
struct Translator {
    const core::Cell& cell;

    [[nodiscard]] ref::BankCode bank(core::ParticipantIndex index) const {
        return bank_code(cell, index);
    }

    ref::Command operator()(const core::OpenCell& from) const {
        ref::OpenRail to;
        to.payee_deadline_ms = from.parameters.payee_deadline.whole_ms();
        to.origin_deadline_ms = from.parameters.origin_deadline.whole_ms();
        to.link_allowance_ms = from.parameters.link_allowance.whole_ms();
        to.queue_allowance_ms = from.parameters.queue_allowance.whole_ms();
        to.creation_window_ms = from.parameters.creation_window.whole_ms();
        to.creation_skew_ms = from.parameters.creation_skew.whole_ms();
        to.payments_max = from.parameters.payments_max;
        to.quota_records_max = from.parameters.quota_records_max;
        to.proxies_max = from.parameters.proxies_max;
        return to;
    }
    ref::Command operator()(const core::AdmitParticipant& from) const {
        ref::AdmitBank to;
        to.bank = bank_code(from.code);
        for (std::uint8_t i = 0; i < core::kCorridors; ++i) {
            const core::Corridor corridor{i};
            if (from.participation.live(corridor))
                to.takes_part.insert(reference_corridor(corridor));
        }
        to.opening_cny = from.opening_cny.value;
        to.opening_hkd = from.opening_hkd.value;
        to.net_debit_cap = from.net_debit_cap.value;
        return to;
    }
    ref::Command operator()(const core::OpenLink& from) const {
        return ref::OpenLink{bank_code(from.agent), from.opening_cny.value,
                             from.net_debit_cap.value};
    }
    ref::Command operator()(const core::SessionUp& from) const {
        return ref::SessionUp{bank(from.participant), from.incarnation};
    }
    ref::Command operator()(const core::SessionDown& from) const {
        return ref::SessionDown{bank(from.participant)};
    }
    ref::Command operator()(const core::LinkState& from) const { return ref::LinkState{from.up}; }
    ref::Command operator()(const core::CreditTransfer& from) const {
        ref::CreditTransfer to;
        to.bank = bank(from.participant);
        to.number = from.number;
        to.uetr = from.uetr;
        to.service = from.service;
        to.payee_agent = bank_code(from.payee_agent);
        to.amount = from.amount.value;
        to.currency = from.currency;
        to.purpose = from.purpose;
        to.creation_time = from.creation_time;
        to.payer.kind = from.payer.kind;
        to.payer.document = from.payer.document;
        to.payer.token_version = from.payer.token_version;
        to.payer.tokens = tokens_of(from.payer.tokens);
        to.payee_proxy = proxy_of(from.payee_proxy);
        to.exchange.hkd = from.exchange.hkd.value;
        to.exchange.rate = from.exchange.rate.value;
        to.exchange.quote_hash = from.exchange.quote_hash;
        to.payer_account_hash = from.payer_account_hash;
        to.payee_account_hash = from.payee_account_hash;
        to.carried_hash = from.carried_hash;
        return to;
    }
    ref::Command operator()(const core::CreditTransferAnswer& from) const {
        return ref::CreditTransferAnswer{bank(from.participant), from.number, from.uetr,
                                         from.result};
    }
    ref::Command operator()(const core::CreditReport& from) const {
        return ref::CreditReport{bank(from.participant), from.number, from.uetr};
    }
    ref::Command operator()(const core::RejectMessage& from) const {
        return ref::RejectMessage{bank(from.participant), from.number, from.field, from.uetr};
    }
    ref::Command operator()(const core::OutboxAcknowledged& from) const {
        return ref::OutboxAcknowledged{bank(from.participant), from.number};
    }
    ref::Command operator()(const core::LinkDelivery& from) const {
        return ref::LinkDelivery{from.number, link_message_of(from.message)};
    }
    ref::Command operator()(const core::LinkAcknowledged& from) const {
        return ref::LinkAcknowledged{from.number};
    }
    ref::Command operator()(const core::Tick& /*from*/) const { return ref::Tick{}; }
    ref::Command operator()(const core::FxRateSheet& from) const {
        return ref::FxRateSheet{bank(from.participant), from.number, from.bid.value, from.ask.value,
                                from.valid_until};
    }
    ref::Command operator()(const core::AvailabilityRequest& from) const {
        return ref::AvailabilityRequest{bank(from.participant), from.number, from.available,
                                        from.expected_back};
    }
    ref::Command operator()(const core::SetParameters& from) const {
        ref::SetParameters to;
        for (const core::ParameterSetting& setting : from.settings)
            to.settings.push_back(setting_of(cell, setting));
        to.effective = from.effective;
        return to;
    }
    ref::Command operator()(const core::SetReferenceRate& from) const {
        return ref::SetReferenceRate{rate_of(from.rate)};
    }
    ref::Command operator()(const core::ForceAvailability& from) const {
        return ref::ForceAvailability{bank(from.forced_participant), from.available,
                                      from.expected_back};
    }
    ref::Command operator()(const core::SetPriorUse& from) const {
        return ref::SetPriorUse{tokens_of(from.person), from.year, from.amount.value};
    }
    ref::Command operator()(const core::RegisterProxy& from) const {
        const core::ProxyRegistration& registration = from.registration;
        return ref::RegisterProxy{registration.proxy, bank(registration.participant),
                                  registration.holder, registration.default_receiver,
                                  registration.cross_boundary};
    }
    ref::Command operator()(const core::RemoveProxy& from) const {
        return ref::RemoveProxy{from.proxy, bank(from.registrant)};
    }
    ref::Command operator()(const core::SetProxyWarning& from) const {
        return ref::SetProxyWarning{from.proxy, from.suspicious};
    }
    ref::Command operator()(const core::AdvanceSchemeTime& /*from*/) const {
        return ref::AdvanceSchemeTime{};
    }
    ref::Command operator()(const core::PaymentReturn& from) const {
        return ref::PaymentReturn{bank(from.participant), from.number,       from.uetr,
                                  from.original,          from.amount.value, from.reason};
    }
    ref::Command operator()(const core::StatusRequest& from) const {
        ref::StatusRequest to;
        to.bank = bank(from.participant);
        to.number = from.number;
        to.uetr = from.uetr;
        to.side = static_cast<ref::Side>(from.side);
        if (from.archived) {
            to.archived = ref::ArchivedAnswer{bank_code(from.archived->agent),
                                              static_cast<ref::State>(from.archived->state),
                                              from.archived->result};
        }
        return to;
    }
    ref::Command operator()(const core::DeclareDefault& from) const {
        return ref::DeclareDefault{bank(from.defaulter)};
    }
    ref::Command operator()(const core::Forget& from) const {
        return ref::Forget{from.through.value};
    }
    ref::Command operator()(const core::Recollect& from) const {
        const core::Payment& payment = from.leg.payment;
        ref::Recollect to;
        to.arrival = from.index.value;
        to.uetr = payment.uetr;
        to.leg = static_cast<ref::Leg>(payment.leg);
        to.state = static_cast<ref::State>(payment.state);
        to.result = payment.result;
        const ref::BankCode here = bank(payment.local_agent);
        const ref::BankCode there = bank_code(payment.remote_agent);
        to.payer_agent = core::begins(payment.leg) ? here : there;
        to.payee_agent = core::begins(payment.leg) ? there : here;
        to.amount = payment.amount.value;
        to.returned = payment.returned.value;
        to.asked = payment.asked;
        to.credited = payment.credited;
        if (from.leg.hold) {
            to.quota_day = from.leg.hold->amounts.day.value;
            to.quota_year = from.leg.hold->amounts.year.value;
        }
        if (from.leg.record) to.original = from.leg.record->original_uetr;
        return to;
    }
};

}  // namespace

ref::Command reference_command(const core::Cell& cell, const core::Command& command) {
    return std::visit(Translator{cell}, command);
}

ref::Said reference_said(const core::Cell& cell, core::ParticipantIndex participant,
                         core::MessageNumber number, const core::OutboxEntry& entry) {
    ref::Said said;
    said.to = bank_code(cell, participant);
    said.number = number;
    said.kind = static_cast<ref::SaidKind>(entry.kind);
    said.uetr = entry.uetr;
    said.result = entry.result;
    said.field = entry.field;
    said.spoken_of = entry.rejected_number;
    said.standing = static_cast<ref::Standing>(entry.standing);
    if (entry.kind == core::OutboxKind::kEvent && entry.rejected_number != 0) {
        const core::SystemEvent* event = cell.events().find(entry.rejected_number);
        LOWU_ASSERT(event != nullptr, "an announcement is kept when it is made");
        said.event = announcement_of(cell, *event);
    }
    return said;
}

ref::Said reference_said(core::MessageNumber number, const core::LinkMessage& message) {
    ref::Said said;
    said.number = number;
    said.kind = ref::SaidKind::kLink;
    said.link = link_message_of(message);
    return said;
}

}  // namespace lowu::support
