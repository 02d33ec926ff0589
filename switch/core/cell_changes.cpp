// What changes the scheme while it runs: parameters and reference rates with their days, banks that
// log off or are forced off, rate sheets, prior use of quotas, proxies, scheme time. Every change
// is a command; what concerns all banks is announced to all. See cell.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {

void Cell::announce(const Stamp& stamp, SystemEvent event) {
    event.booked = stamp.scheme;
    const EventNumber number = events_.add(event);
    decisions_.add(std::uint64_t{number} << 8U | static_cast<std::uint64_t>(event.kind),
                   event.participant.value ^ static_cast<std::uint64_t>(event.setting.value));
    for (std::uint16_t i = 0; i < participants_.size(); ++i) {
        Participant& participant = participants_[i];
        if (participant.incarnation == 0) continue;  // Has never been here: it begins from now.
        if (participant.outbox.events() >= kEventSlots) {
            participant.events_missed = true;
            continue;
        }
        OutboxEntry entry;
        entry.kind = OutboxKind::kEvent;
        entry.rejected_number = number;
        put_out(stamp, ParticipantIndex{i}, entry);
    }
}

// Parameters and rates.

void Cell::on(const Stamp& stamp, const SetParameters& command) {
    std::size_t broken = 0;
    const SchemeTime effective = std::max(command.effective, stamp.scheme);
    effects_->outcome = rules_.check(command.settings, effective, participants(), &broken);
    effects_->outcome_detail = static_cast<std::uint32_t>(broken);
    if (effects_->outcome != ResultCode::kAccepted) return;
    for (const ParameterSetting& setting : command.settings) {
        rules_.set(setting, effective, stamp.scheme);
        SystemEvent event;
        event.kind = setting.key.id == ParameterId::kTokenVersion ? SystemEventKind::kTokenKey
                                                                  : SystemEventKind::kParameter;
        event.effective = effective;
        event.setting = setting;
        if (setting.key.participant != kNoParticipant) {
            event.participant = participant(setting.key.participant).code;
        }
        announce(stamp, event);
    }
}

ResultCode Cell::check_reference_rate(const Stamp& stamp, const ReferenceRate& rate) const {
    const auto today = static_cast<std::int32_t>(scheme::day_number(stamp.scheme));
    if (rate.day > today + kMaxReferenceRateAhead) return ResultCode::kReferenceRatePast;
    if (rate.day < today && !reference_rates_.all().empty()) return ResultCode::kReferenceRatePast;
    const ReferenceRate* known = reference_rates_.of_day(rate.day);
    if (rate.day == today && known != nullptr && *known != rate) {
        return ResultCode::kReferenceRateSet;
    }
    return ResultCode::kAccepted;
}

void Cell::on(const Stamp& stamp, const SetReferenceRate& command) {
    const ReferenceRate* known = reference_rates_.of_day(command.rate.day);
    if (known != nullptr && *known == command.rate) return;  // Said before.
    effects_->outcome = check_reference_rate(stamp, command.rate);
    if (effects_->outcome != ResultCode::kAccepted) return;
    reference_rates_.set(command.rate);
    SystemEvent event;
    event.kind = SystemEventKind::kReferenceRate;
    event.effective = std::max(scheme::start_of_day(command.rate.day), stamp.scheme);
    event.rate = command.rate;
    announce(stamp, event);
}

void Cell::on(const Stamp& stamp, const FxRateSheet& command) {
    take_number(command.participant, command.number);
    at(command.participant).rates =
        RateSheet{command.bid, command.ask, command.valid_until, stamp.scheme};
}

// Planned absence.

void Cell::on(const Stamp& stamp, const AvailabilityRequest& command) {
    take_number(command.participant, command.number);
    Participant& participant = at(command.participant);
    if (participant.logged_off != command.available) return;  // It is so already.
    const bool too_soon = participant.availability_since.value != 0 &&
                          stamp.elapsed < participant.availability_since +
                                              Duration::from_seconds(kAvailabilityIntervalSeconds);
    if (too_soon) {
        OutboxEntry entry;
        entry.rejected_number = command.number;
        entry.field = scheme::Field::kAvailability;
        entry.result = ResultCode::kAvailabilityTooSoon;
        return reject_message(stamp, command.participant, entry);
    }
    participant.availability_since = std::max(stamp.elapsed, ElapsedTime{1});
    const bool was_off = participant.off();
    participant.logged_off = !command.available;
    // The operator's word on when a forced absence ends stands.
    if (!participant.forced_off) {
        participant.expected_back = command.available ? SchemeTime{} : command.expected_back;
    }
    decide_on_standing(command.participant);
    if (participant.off() != was_off) tell_availability(stamp, command.participant);
}

void Cell::on(const Stamp& stamp, const ForceAvailability& command) {
    if (command.forced_participant.value >= participants()) {
        effects_->outcome = ResultCode::kUnknownParticipant;
        return;
    }
    Participant& participant = at(command.forced_participant);
    if (participant.forced_off != command.available) return;  // It is so already.
    const bool was_off = participant.off();
    participant.forced_off = !command.available;
    if (!command.available) participant.expected_back = command.expected_back;
    decide_on_standing(command.forced_participant);
    if (participant.off() != was_off) tell_availability(stamp, command.forced_participant);
}

/// To the banks of this rail, and over the link to those of the other.
void Cell::tell_availability(const Stamp& stamp, ParticipantIndex index) {
    const Participant& one = participant(index);
    SystemEvent event;
    event.kind = one.off() ? SystemEventKind::kLoggedOff : SystemEventKind::kLoggedOn;
    event.forced = one.forced_off;
    event.participant = one.code;
    event.effective = stamp.scheme;
    event.expected_back = one.off() ? one.expected_back : SchemeTime{};
    announce(stamp, event);
    // Who is off is decided here, payment by payment; the other rail's banks are told when the link
    // has room to spare.
    if (!agent_account_ || link_outbox_.free() <= kLinkSlots / 2) return;
    LinkMessage message;
    message.kind = one.off() ? LinkKind::kLoggedOff : LinkKind::kLoggedOn;
    message.payer_agent = one.code;
    message.acceptance_time = event.expected_back;
    if (one.forced_off) message.result = ResultCode::kPayeeAgentLoggedOff;
    send_link(stamp, message);
}

void Cell::on_availability(const Stamp& stamp, const LinkMessage& message) {
    SystemEvent event;
    event.kind = message.kind == LinkKind::kLoggedOff ? SystemEventKind::kLoggedOff
                                                      : SystemEventKind::kLoggedOn;
    event.forced = message.result == ResultCode::kPayeeAgentLoggedOff;
    event.participant = message.payer_agent;
    event.effective = stamp.scheme;
    event.expected_back = message.acceptance_time;
    announce(stamp, event);
}

// Quotas and proxies.

void Cell::on(const Stamp& stamp, const SetPriorUse& command) {
    const std::int32_t this_year = scheme::to_utc8(stamp.scheme).year;
    if (command.year != this_year && command.year != this_year + 1) {
        effects_->outcome = ResultCode::kPriorUseYear;
    } else if (!quota_.set_prior(command.person, command.year, command.amount)) {
        effects_->outcome = ResultCode::kQuotaRegisterFull;
    }
}

void Cell::on(const Stamp& stamp, const RegisterProxy& command) {
    ProxyRegistration registration = command.registration;
    registration.reference = ProxyReference{stamp.sequence.value};
    if (registration.participant.value >= participants()) {
        effects_->outcome = ResultCode::kUnknownParticipant;
    } else if (!directory_.has_room(registration.proxy, registration.participant)) {
        effects_->outcome = ResultCode::kProxyDirectoryFull;
    } else {
        effects_->outcome_detail =
            directory_.put(registration, rail_ == Rail::kFps).default_receiver ? 1 : 0;
    }
}

void Cell::on(const Stamp& /*stamp*/, const RemoveProxy& command) {
    if (!directory_.remove(command.proxy, command.registrant, rail_ == Rail::kFps)) {
        effects_->outcome = ResultCode::kProxyNotRegistered;
    }
}

void Cell::on(const Stamp& /*stamp*/, const SetProxyWarning& command) {
    const bool known = directory_.suspicious(command.proxy);
    if (command.suspicious && !known && directory_.suspicious_count() >= kMaxSuspiciousProxies) {
        effects_->outcome = ResultCode::kProxyDirectoryFull;
        return;
    }
    directory_.set_suspicious(command.proxy, command.suspicious);
}

// Time.

void Cell::on(const Stamp& stamp, const AdvanceSchemeTime& /*command*/) {
    SystemEvent event;
    event.kind = SystemEventKind::kTimeAdvanced;
    event.effective = stamp.scheme;
    announce(stamp, event);
}

}  // namespace lowu::core
