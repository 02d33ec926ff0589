// The rules of the scheme as numbers; the sources are in domain.md §1.2 and, where nothing was
// published, our assumptions. See parameters.hpp.
#include "simulator/reference/parameters.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/reference/limits.hpp"

namespace lowu::reference {
namespace {

using enum Parameter;

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1'000;
constexpr std::int64_t kDayMinutes = 24 * 60;
constexpr std::int64_t kMost = money::kMaxAmountMinor.value;
constexpr std::int64_t kAllPurposes = 1 + 2 + 4 + 8 + 16 + 32 + 64;

/// Which places a parameter has.
enum class Place : std::uint8_t { kRail, kCorridor, kOrigin, kOriginOfPersons };

struct Row {
    Parameter parameter;
    Place place;
    bool banks_own;  ///< A bank may have a value of its own.
    std::int64_t lowest;
    std::int64_t highest;
};

constexpr std::array kRows{
    Row{kPayeeDeadlineMs, Place::kRail, false, 1, kDayMs},
    Row{kOriginDeadlineMs, Place::kRail, false, 1, kDayMs},
    Row{kLinkAllowanceMs, Place::kRail, false, 1, kDayMs},
    Row{kQueueAllowanceMs, Place::kRail, false, 0, kDayMs},
    Row{kCreationWindowMs, Place::kRail, false, 1, kDayMs},
    Row{kCreationSkewMs, Place::kRail, false, 0, kDayMs},
    Row{kReferenceRateDays, Place::kRail, false, 0, 366},
    Row{kTokenVersion, Place::kRail, false, 1, 1'000'000},
    Row{kLookupDeadlineMs, Place::kRail, false, 1, 60'000},
    Row{kLookupsPerBank, Place::kRail, false, 1, 1'000'000},
    Row{kLookupsPerPerson, Place::kRail, false, 1, 1'000'000},
    Row{kPaymentMemoryMs, Place::kRail, false, 1'200'000, 31 * kDayMs},
    Row{kEnquiryAfterMs, Place::kRail, false, 0, kDayMs},
    Row{kEnquiryWindowMs, Place::kRail, false, 1, kDayMs},
    Row{kEnquiriesPerWindow, Place::kRail, false, 1, 1'000},
    Row{kCreditDeadlineMs, Place::kRail, false, 1, 30 * kDayMs},
    Row{kOutboxFullMs, Place::kRail, false, 1, kDayMs},
    Row{kOffered, Place::kCorridor, false, 0, 1},
    Row{kOpensAtMinute, Place::kCorridor, true, 0, kDayMinutes - 1},
    Row{kClosesAtMinute, Place::kCorridor, true, 1, kDayMinutes},
    Row{kPurposes, Place::kOrigin, false, 0, kAllPurposes},
    Row{kAmountMaximum, Place::kOrigin, false, 0, kMost},
    Row{kBankPaymentLimit, Place::kOrigin, true, 0, kMost},
    Row{kPersonDayLimit, Place::kOriginOfPersons, true, 0, kMost},
    Row{kPersonYearLimit, Place::kOriginOfPersons, false, 0, kMost},
    Row{kDayAcrossInstitutions, Place::kOriginOfPersons, false, 0, 1},
    Row{kYearAcrossInstitutions, Place::kOriginOfPersons, false, 0, 1},
};

const Row* find_row(std::uint32_t number) {
    for (const Row& row : kRows) {
        if (static_cast<std::uint32_t>(row.parameter) == number) return &row;
    }
    return nullptr;
}

/// All corridors, on either rail.
std::vector<Corridor> all_corridors() {
    std::vector<Corridor> all{kDomesticCorridor};
    for (const Direction direction : {Direction::kNorthbound, Direction::kSouthbound}) {
        for (const Service service :
             {Service::kP2pRemittance, Service::kFeeCollection, Service::kBusinessToPerson}) {
            all.push_back({service, direction});
        }
    }
    return all;
}

bool begins_on(Rail rail, const Corridor& corridor) {
    return !corridor.direction || scheme::origin_of(*corridor.direction) == rail;
}

bool has_place(Rail rail, Place place, const Corridor& corridor) {
    if (place == Place::kRail) return corridor == kWholeRail;
    if (corridor == kWholeRail) return false;
    if (place == Place::kCorridor) return true;
    if (place == Place::kOrigin) return begins_on(rail, corridor);
    return corridor.service == Service::kP2pRemittance && begins_on(rail, corridor);
}

// What holds unless somebody says otherwise.

constexpr Corridor kNorthboundPersons{Service::kP2pRemittance, Direction::kNorthbound};
constexpr Corridor kSouthboundPersons{Service::kP2pRemittance, Direction::kSouthbound};
constexpr Corridor kSouthboundFees{Service::kFeeCollection, Direction::kSouthbound};

std::int64_t purposes_of(const Corridor& corridor) {
    switch (corridor.service) {
        case Service::kP2pRemittance:
            return 1;  // personal
        case Service::kFeeCollection:
            return 2 + 4 + 8;  // tuition, medical, utility
        case Service::kBusinessToPerson:
            return 16 + 32;  // salary, subsidy
        case Service::kDomestic:
            return kAllPurposes;
    }
    return 0;
}

std::int64_t default_of_rail(Parameter parameter) {
    switch (parameter) {
        case kReferenceRateDays:
            return 10;
        case kTokenVersion:
            return 1;
        case kLookupDeadlineMs:
        case kEnquiryAfterMs:
            return 5'000;
        case kLookupsPerBank:
            return 2'000;
        case kLookupsPerPerson:
            return 20;
        case kEnquiryWindowMs:
        case kCreditDeadlineMs:
            return 60'000;
        case kEnquiriesPerWindow:
            return 3;
        case kOutboxFullMs:
            return 10'000;
        case kPaymentMemoryMs:
        case kPayeeDeadlineMs:
        case kOriginDeadlineMs:
        case kLinkAllowanceMs:
        case kQueueAllowanceMs:
        case kCreationWindowMs:
        case kCreationSkewMs:
        case kOffered:
        case kOpensAtMinute:
        case kClosesAtMinute:
        case kPurposes:
        case kAmountMaximum:
        case kBankPaymentLimit:
        case kPersonDayLimit:
        case kPersonYearLimit:
        case kDayAcrossInstitutions:
        case kYearAcrossInstitutions:
            break;
    }
    LOWU_UNREACHABLE("genesis says it, or it is of a corridor");
}

std::int64_t default_of_corridor(Rail rail, Parameter parameter, const Corridor& corridor) {
    const bool begins = begins_on(rail, corridor);
    // Southbound remittances and fees pass from 07:00 to 23:00, judged where they begin.
    const bool by_day = begins && (corridor == kSouthboundPersons || corridor == kSouthboundFees);
    if (parameter == kOffered) return 1;
    if (parameter == kOpensAtMinute) return by_day ? 7 * 60 : 0;
    if (parameter == kClosesAtMinute) return by_day ? 23 * 60 : kDayMinutes;
    if (parameter == kPurposes) return begins ? purposes_of(corridor) : 0;
    if (parameter == kBankPaymentLimit) {
        return corridor == kSouthboundPersons ? 1'000'000 : 0;  // RMB 10,000 a payment
    }
    if (parameter == kPersonDayLimit) {
        if (corridor == kNorthboundPersons) return 1'000'000;   // HKD 10,000 a day
        return corridor == kSouthboundPersons ? 5'000'000 : 0;  // RMB 50,000 a day
    }
    if (parameter == kPersonYearLimit) {
        if (corridor == kNorthboundPersons) return 20'000'000;  // HKD 200,000 a year
        return corridor == kSouthboundPersons ? 5'000'000 : 0;  // USD 50,000 a year
    }
    // The Mainland's quota of a year is a person's, over all banks.
    if (parameter == kYearAcrossInstitutions) return corridor == kSouthboundPersons ? 1 : 0;
    return 0;  // amount_maximum, day_across_institutions
}

ParameterKey key_of(Parameter parameter, const Corridor& corridor, const BankCode& bank) {
    return {static_cast<std::uint32_t>(parameter), corridor, bank};
}

void put(RailState& rail, const ParameterSetting& setting, SchemeTime since) {
    const bool token_version =
        setting.key.parameter == static_cast<std::uint32_t>(Parameter::kTokenVersion);
    if (token_version && setting.value != value_of(rail, kTokenVersion)) {
        rail.parameters.token_version_since = since;
    }
    rail.parameters.values[setting.key] = setting.value;
}

/// Puts into the schedule; the last word on one place at one moment stands.
void schedule(RailState& rail, const ParameterSetting& setting, SchemeTime effective) {
    auto& to_come = rail.parameters.to_come;
    for (ScheduledSetting& other : to_come) {
        if (other.effective != effective || other.setting.key != setting.key) continue;
        other.setting.value = setting.value;
        return;
    }
    const auto later =
        std::find_if(to_come.begin(), to_come.end(),
                     [&](const ScheduledSetting& other) { return other.effective > effective; });
    to_come.insert(later, {effective, setting});
}

ResultCode check_setting(const RailState& rail, const ParameterSetting& setting) {
    const Row* row = find_row(setting.key.parameter);
    if (row == nullptr) return ResultCode::kParameterUnknown;
    if (!has_place(rail.rail, row->place, setting.key.corridor)) {
        return ResultCode::kParameterPlace;
    }
    if (!setting.key.bank.empty()) {
        if (!row->banks_own) return ResultCode::kParameterPlace;
        if (find_bank(rail, setting.key.bank) == nullptr) return ResultCode::kUnknownParticipant;
        if (setting.value == kNoOwnValue) return ResultCode::kAccepted;
    }
    if (setting.value < row->lowest || setting.value > row->highest) {
        return ResultCode::kParameterRange;
    }
    return ResultCode::kAccepted;
}

/// Origin deadline > payee deadline + queue allowance + 2 x link allowance; memory longer than a
/// payment may be spoken of, and that not shorter than the delay before an enquiry; every place
/// open before it closes.
bool fits_together(const RailState& rail) {
    const std::int64_t others = value_of(rail, kPayeeDeadlineMs) +
                                value_of(rail, kQueueAllowanceMs) +
                                2 * value_of(rail, kLinkAllowanceMs);
    if (value_of(rail, kOriginDeadlineMs) <= others) return false;
    if (duration_of(rail, kPaymentMemoryMs) <= spoken_of(rail)) return false;
    if (duration_of(rail, kEnquiryAfterMs) > spoken_of(rail)) return false;
    for (const Corridor& corridor : all_corridors()) {
        if (value_of(rail, kOpensAtMinute, corridor) >= value_of(rail, kClosesAtMinute, corridor)) {
            return false;
        }
        for (const auto& [code, bank] : rail.banks) {
            const std::int64_t opens = own_value(rail, kOpensAtMinute, corridor, code);
            const std::int64_t closes = own_value(rail, kClosesAtMinute, corridor, code);
            if (opens != kNoOwnValue && closes != kNoOwnValue && opens >= closes) return false;
        }
    }
    return true;
}

/// Plays all changes to come: what is in force at any moment must fit together, and token keys go
/// up one version at a time.
ResultCode check_future(RailState rail) {
    while (!rail.parameters.to_come.empty()) {
        const std::int64_t version = value_of(rail, kTokenVersion);
        advance_parameters(rail, rail.parameters.to_come.front().effective);
        const std::int64_t next = value_of(rail, kTokenVersion);
        if (next != version && next != version + 1) return ResultCode::kTokenVersionOrder;
        if (!fits_together(rail)) return ResultCode::kParametersTogether;
    }
    return ResultCode::kAccepted;
}

/// The rail's rules and banks, and nothing else: enough to play the future.
RailState rules_of(const RailState& rail) {
    RailState copy;
    copy.rail = rail.rail;
    copy.parameters = rail.parameters;
    for (const auto& [code, bank] : rail.banks)
        copy.banks[code].admitted = bank.admitted;
    return copy;
}

}  // namespace

void open_parameters(RailState& rail, const OpenRail& command) {
    const auto set = [&](Parameter parameter, std::int64_t value) {
        rail.parameters.values[key_of(parameter, kWholeRail, {})] = value;
    };
    set(kPayeeDeadlineMs, command.payee_deadline_ms);
    set(kOriginDeadlineMs, command.origin_deadline_ms);
    set(kLinkAllowanceMs, command.link_allowance_ms);
    set(kQueueAllowanceMs, command.queue_allowance_ms);
    set(kCreationWindowMs, command.creation_window_ms);
    set(kCreationSkewMs, command.creation_skew_ms);
    // A day, or longer where a payment may be spoken of for longer.
    set(kPaymentMemoryMs, std::max(kDayMs, spoken_of(rail).whole_ms() + 1));
}

std::int64_t value_of(const RailState& rail, Parameter parameter) {
    const auto said = rail.parameters.values.find(key_of(parameter, kWholeRail, {}));
    return said != rail.parameters.values.end() ? said->second : default_of_rail(parameter);
}

std::int64_t value_of(const RailState& rail, Parameter parameter, const Corridor& corridor) {
    const auto said = rail.parameters.values.find(key_of(parameter, corridor, {}));
    return said != rail.parameters.values.end()
               ? said->second
               : default_of_corridor(rail.rail, parameter, corridor);
}

std::int64_t own_value(const RailState& rail, Parameter parameter, const Corridor& corridor,
                       const BankCode& bank) {
    const auto said = rail.parameters.values.find(key_of(parameter, corridor, bank));
    return said != rail.parameters.values.end() ? said->second : kNoOwnValue;
}

Duration duration_of(const RailState& rail, Parameter parameter) {
    return Duration::from_ms(value_of(rail, parameter));
}

bool within_hours(const RailState& rail, const Corridor& corridor, const BankCode& bank,
                  SchemeTime time) {
    const std::int64_t minute = scheme::time_of_day_ms(time) / 60'000;
    if (minute < value_of(rail, kOpensAtMinute, corridor)) return false;
    if (minute >= value_of(rail, kClosesAtMinute, corridor)) return false;
    const std::int64_t own_opens = own_value(rail, kOpensAtMinute, corridor, bank);
    const std::int64_t own_closes = own_value(rail, kClosesAtMinute, corridor, bank);
    if (own_opens != kNoOwnValue && minute < own_opens) return false;
    return own_closes == kNoOwnValue || minute < own_closes;
}

std::int64_t limit_of(const RailState& rail, Parameter parameter, const Corridor& corridor,
                      const BankCode& bank) {
    const std::int64_t scheme = value_of(rail, parameter, corridor);
    const std::int64_t own = own_value(rail, parameter, corridor, bank);
    if (own == kNoOwnValue) return scheme;
    // Northbound the day's limit is the scheme's, and a bank can only narrow it; the other limits
    // are defaults that are the bank's to set.
    const bool scheme_stands =
        parameter == kPersonDayLimit && corridor.direction == Direction::kNorthbound;
    if (!scheme_stands || scheme == 0) return own;
    return own == 0 ? scheme : std::min(own, scheme);
}

bool token_version_fits(const RailState& rail, std::uint32_t version, SchemeTime created) {
    const std::int64_t current = value_of(rail, kTokenVersion);
    if (version == current) return true;
    // Made before the change of keys, and on its way while it came.
    return std::int64_t{version} + 1 == current && created < rail.parameters.token_version_since;
}

Duration spoken_of(const RailState& rail) {
    return duration_of(rail, kCreationWindowMs) + duration_of(rail, kCreationSkewMs) +
           duration_of(rail, kOriginDeadlineMs);
}

void advance_parameters(RailState& rail, SchemeTime now) {
    auto& to_come = rail.parameters.to_come;
    while (!to_come.empty() && to_come.front().effective <= now) {
        const ScheduledSetting due = to_come.front();
        to_come.erase(to_come.begin());
        put(rail, due.setting, due.effective);
    }
}

void set_parameters(Step& step, const SetParameters& command) {
    const auto refuse = [&](ResultCode result, std::size_t setting) {
        step.answer.outcome = result;
        step.answer.outcome_detail = static_cast<std::uint32_t>(setting);
    };
    for (std::size_t i = 0; i < command.settings.size(); ++i) {
        const ResultCode result = check_setting(step.rail, command.settings[i]);
        if (result != ResultCode::kAccepted) return refuse(result, i);
    }
    const auto& to_come = step.rail.parameters.to_come;
    if (to_come.size() + command.settings.size() > kScheduledSettings) {
        return refuse(ResultCode::kScheduleFull, 0);
    }
    const SchemeTime effective = std::max(command.effective, step.now.scheme);
    RailState future = rules_of(step.rail);
    for (const ParameterSetting& setting : command.settings)
        schedule(future, setting, effective);
    const ResultCode result = check_future(std::move(future));
    if (result != ResultCode::kAccepted) return refuse(result, 0);

    for (const ParameterSetting& setting : command.settings) {
        if (effective <= step.now.scheme) {
            put(step.rail, setting, step.now.scheme);
        } else {
            schedule(step.rail, setting, effective);
        }
        Announcement event;
        event.kind = setting.key.parameter == static_cast<std::uint32_t>(kTokenVersion)
                         ? AnnouncementKind::kTokenKey
                         : AnnouncementKind::kParameter;
        event.bank = setting.key.bank;
        event.effective = effective;
        event.setting = setting;
        announce(step, event);
    }
}

}  // namespace lowu::reference
