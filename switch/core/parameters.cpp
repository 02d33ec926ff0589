// The rule book; see parameters.hpp. The table of parameters is in parameter_table.cpp.
#include "switch/core/parameters.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/state_io.hpp"

namespace lowu::core {

using enum ParameterId;

const char* Parameters::broken_rule() const {
    if (payee_deadline.us <= 0 || link_allowance.us <= 0 || queue_allowance.us < 0) {
        return "deadlines and allowances must be positive";
    }
    if (creation_window.us <= 0 || creation_skew.us < 0) {
        return "creation_window must be positive and creation_skew not negative";
    }
    if (origin_deadline <= payee_deadline + queue_allowance + link_allowance * 2) {
        return "origin_deadline must exceed payee_deadline + queue_allowance + 2 x link_allowance";
    }
    if (payments_max == 0 || payments_max > kMaxPayments) {
        return "payments_max must be 1 to 64,000,000";
    }
    if (quota_records_max == 0 || quota_records_max > kMaxQuotaRecords) {
        return "quota_records_max must be 1 to 16,000,000";
    }
    if (proxies_max == 0 || proxies_max > kMaxProxies) {
        return "proxies_max must be 1 to 16,000,000";
    }
    return nullptr;
}

void RuleBook::open(Rail rail, const Parameters& parameters) {
    rail_ = rail;
    parameters_ = parameters;
    for (const ParameterRow& row : parameter_table()) {
        if (row.scope == ParameterScope::kRail) {
            by_rail_[rail_slot(row.id)] = default_value(rail, row.id, {});
            continue;
        }
        for (std::uint8_t i = 0; i < kCorridors; ++i) {
            by_corridor_[corridor_slot(row.id, Corridor{i})] =
                default_value(rail, row.id, Corridor{i});
        }
    }
    by_rail_[rail_slot(kPayeeDeadline)] = parameters.payee_deadline.whole_ms();
    by_rail_[rail_slot(kOriginDeadline)] = parameters.origin_deadline.whole_ms();
    by_rail_[rail_slot(kLinkAllowance)] = parameters.link_allowance.whole_ms();
    by_rail_[rail_slot(kQueueAllowance)] = parameters.queue_allowance.whole_ms();
    by_rail_[rail_slot(kCreationWindow)] = parameters.creation_window.whole_ms();
    by_rail_[rail_slot(kCreationSkew)] = parameters.creation_skew.whole_ms();
    std::int64_t& memory_ms = by_rail_[rail_slot(kPaymentMemory)];
    memory_ms = std::max(memory_ms, (parameters.spoken_of() + 1_ms).whole_ms());
}

std::size_t RuleBook::rail_slot(ParameterId id) {
    const std::size_t slot = static_cast<std::size_t>(id) - 1;
    LOWU_ASSERT(slot < kRailParameters, "a parameter of the rail");
    return slot;
}

std::size_t RuleBook::corridor_slot(ParameterId id, Corridor corridor) {
    // 20, 21, 22 become 0 to 2; 30 to 36 become 3 to 9.
    const auto number = static_cast<std::size_t>(id);
    const std::size_t column = id < kPurposes ? number - static_cast<std::size_t>(kOffered)
                                              : number - static_cast<std::size_t>(kPurposes) + 3;
    LOWU_ASSERT(column < kCorridorParameters, "a parameter of corridors");
    return corridor.index * kCorridorParameters + column;
}

std::size_t RuleBook::own_slot(ParameterId id, Corridor corridor) {
    std::size_t column = kOwnParameters;
    if (id == kOpensAt) column = 0;
    if (id == kClosesAt) column = 1;
    if (id == kBankPaymentLimit) column = 2;
    if (id == kPersonDayLimit) column = 3;
    LOWU_ASSERT(column < kOwnParameters, "a parameter that banks may have their own value of");
    return corridor.index * kOwnParameters + column;
}

std::int64_t RuleBook::rail_value(ParameterId id) const {
    return by_rail_[rail_slot(id)];
}

void RuleBook::put_rail(ParameterId id, std::int64_t value, SchemeTime since) {
    if (id == kTokenVersion && value != rail_value(id)) token_version_since_ = since;
    by_rail_[rail_slot(id)] = value;
    // Cells ask for these with every payment, as durations.
    parameters_.payee_deadline = Duration::from_ms(rail_value(kPayeeDeadline));
    parameters_.origin_deadline = Duration::from_ms(rail_value(kOriginDeadline));
    parameters_.link_allowance = Duration::from_ms(rail_value(kLinkAllowance));
    parameters_.queue_allowance = Duration::from_ms(rail_value(kQueueAllowance));
    parameters_.creation_window = Duration::from_ms(rail_value(kCreationWindow));
    parameters_.creation_skew = Duration::from_ms(rail_value(kCreationSkew));
}

std::int64_t RuleBook::value(ParameterId id, Corridor corridor) const {
    return by_corridor_[corridor_slot(id, corridor)];
}

std::int64_t RuleBook::own_value(ParameterId id, Corridor corridor,
                                 ParticipantIndex participant) const {
    return own_.at(participant.value)[own_slot(id, corridor)];
}

std::int64_t RuleBook::value(const ParameterKey& key) const {
    const ParameterRow* row = find_parameter(static_cast<std::uint32_t>(key.id));
    LOWU_ASSERT(row != nullptr, "every parameter has a row");
    if (row->scope == ParameterScope::kRail) return rail_value(key.id);
    if (key.participant != kNoParticipant) {
        return own_value(key.id, key.corridor, key.participant);
    }
    return value(key.id, key.corridor);
}

bool RuleBook::within_hours(Corridor corridor, ParticipantIndex bank, SchemeTime time) const {
    constexpr std::int64_t kMinuteMs = 60'000;
    const std::int64_t now_ms = scheme::time_of_day_ms(time);
    const auto within = [&](std::int64_t opens, std::int64_t closes) {
        return now_ms >= opens * kMinuteMs && now_ms < closes * kMinuteMs;
    };
    if (!within(value(kOpensAt, corridor), value(kClosesAt, corridor))) return false;
    if (bank == kNoParticipant) return true;
    const std::int64_t opens = own_value(kOpensAt, corridor, bank);
    const std::int64_t closes = own_value(kClosesAt, corridor, bank);
    constexpr std::int64_t kMinutesADay = 24 * 60;
    return within(opens == kUnset ? 0 : opens, closes == kUnset ? kMinutesADay : closes);
}

AmountMinor RuleBook::limit(ParameterId id, Corridor corridor, ParticipantIndex bank) const {
    const std::int64_t scheme_limit = value(id, corridor);
    const std::int64_t own = own_value(id, corridor, bank);
    if (own == kUnset) return AmountMinor{scheme_limit};
    // Northbound the day's limit is the scheme's; the rest are defaults that each bank sets.
    const bool only_narrows =
        id == kPersonDayLimit && corridor.direction() == Direction::kNorthbound;
    if (!only_narrows || scheme_limit == 0) return AmountMinor{own};
    return AmountMinor{own == 0 ? scheme_limit : std::min(own, scheme_limit)};
}

bool RuleBook::token_version_fits(std::uint32_t version, SchemeTime created) const {
    if (version == token_version()) return true;
    // Made before the change and on its way while it came.
    return version + 1 == token_version() && created < token_version_since_;
}

// Changes.

ResultCode RuleBook::check_one(const ParameterSetting& setting, std::uint16_t participants) const {
    const ParameterKey& key = setting.key;
    const ParameterRow* row = find_parameter(static_cast<std::uint32_t>(key.id));
    if (row == nullptr) return ResultCode::kParameterUnknown;
    if (!has_place(rail_, key.id, key.corridor)) return ResultCode::kParameterPlace;
    const bool own = key.participant != kNoParticipant;
    if (own && !row->banks_own) return ResultCode::kParameterPlace;
    if (own && key.participant.value >= participants) return ResultCode::kUnknownParticipant;
    if (own && setting.value == kNoOwnValue) return ResultCode::kAccepted;
    if (setting.value < row->lowest || setting.value > row->highest) {
        return ResultCode::kParameterRange;
    }
    return ResultCode::kAccepted;
}

/// What must hold between parameters, at every moment.
bool RuleBook::fits_together() const {
    if (parameters_.broken_rule() != nullptr) return false;
    if (payment_memory() <= parameters_.spoken_of()) return false;
    // So that what was forgotten is older than the delay, and needs no other judgement.
    if (Duration::from_ms(rail_value(kEnquiryAfter)) > parameters_.spoken_of()) return false;
    for (std::uint8_t i = 0; i < kCorridors; ++i) {
        const Corridor corridor{i};
        if (value(kOpensAt, corridor) >= value(kClosesAt, corridor)) return false;
        for (std::uint16_t bank = 0; bank < own_.size(); ++bank) {
            const std::int64_t opens = own_value(kOpensAt, corridor, ParticipantIndex{bank});
            const std::int64_t closes = own_value(kClosesAt, corridor, ParticipantIndex{bank});
            if (opens != kUnset && closes != kUnset && opens >= closes) return false;
        }
    }
    return true;
}

ResultCode RuleBook::check(std::span<const ParameterSetting> settings, SchemeTime effective,
                           std::uint16_t participants, std::size_t* broken) const {
    for (*broken = 0; *broken < settings.size(); ++*broken) {
        const ResultCode result = check_one(settings[*broken], participants);
        if (result != ResultCode::kAccepted) return result;
    }
    *broken = 0;
    if (schedule_.size() + settings.size() > kMaxScheduledSettings) {
        return ResultCode::kScheduleFull;
    }
    // Play the schedule forward on a copy: all that is ever in force must fit together.
    RuleBook trial = *this;
    for (const ParameterSetting& setting : settings)
        trial.set(setting, effective, SchemeTime{effective.value - 1});
    while (!trial.schedule_.empty()) {
        const std::uint32_t version = trial.token_version();
        trial.advance(trial.schedule_.front().effective);
        if (trial.token_version() != version && trial.token_version() != version + 1) {
            return ResultCode::kTokenVersionOrder;
        }
        if (!trial.fits_together()) return ResultCode::kParametersTogether;
    }
    return ResultCode::kAccepted;
}

void RuleBook::set(const ParameterSetting& setting, SchemeTime effective, SchemeTime now) {
    if (effective <= now) return put(setting, now);
    const auto same =
        std::find_if(schedule_.begin(), schedule_.end(), [&](const ScheduledSetting& other) {
            return other.effective == effective && other.setting.key == setting.key;
        });
    if (same != schedule_.end()) {
        same->setting.value = setting.value;  // The last word on that moment stands.
        return;
    }
    const auto later = std::upper_bound(
        schedule_.begin(), schedule_.end(), effective,
        [](SchemeTime time, const ScheduledSetting& other) { return time < other.effective; });
    schedule_.insert(later, {effective, setting});
}

void RuleBook::put(const ParameterSetting& setting, SchemeTime since) {
    const ParameterKey& key = setting.key;
    const ParameterRow* row = find_parameter(static_cast<std::uint32_t>(key.id));
    LOWU_ASSERT(row != nullptr, "only what was checked is set");
    if (row->scope == ParameterScope::kRail) return put_rail(key.id, setting.value, since);
    if (key.participant == kNoParticipant) {
        by_corridor_[corridor_slot(key.id, key.corridor)] = setting.value;
    } else {
        own_.at(key.participant.value)[own_slot(key.id, key.corridor)] = setting.value;
    }
}

void RuleBook::advance(SchemeTime now) {
    std::size_t due = 0;
    while (due < schedule_.size() && schedule_[due].effective <= now) {
        put(schedule_[due].setting, schedule_[due].effective);
        ++due;
    }
    schedule_.erase(schedule_.begin(), schedule_.begin() + static_cast<std::ptrdiff_t>(due));
}

void RuleBook::rebuild(StateReader& reader) const {
    if (!reader.ok()) return;
    if (const char* broken = parameters_.broken_rule()) return reader.fail(broken);
    const auto banks = static_cast<std::uint16_t>(own_.size());
    for (std::size_t i = 0; i < schedule_.size(); ++i) {
        const bool in_order = i == 0 || schedule_[i - 1].effective <= schedule_[i].effective;
        if (!in_order || check_one(schedule_[i].setting, banks) != ResultCode::kAccepted) {
            return reader.fail("a change to come cannot be made");
        }
    }
}

}  // namespace lowu::core
