// The table of parameters: names, ranges, defaults and where the defaults come from. The one place
// to look when a published rule changes. See parameters.hpp.
#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "switch/core/parameters.hpp"

namespace lowu::core {
namespace {

using enum ParameterId;
using enum ParameterScope;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostCreditMs = 30 * kDayMs;
constexpr std::int64_t kMinutesADay = 24 * 60;
constexpr std::int64_t kMostMinor = money::kMaxAmountMinor.value;
constexpr std::uint32_t kAllPurposes = (1U << scheme::kPurposes.size()) - 1U;

constexpr std::array kRows{
    ParameterRow{kPayeeDeadline, "payee_deadline_ms", kRail, false, 1, kDayMs,
                 "The payee's bank must answer within this."},
    ParameterRow{kOriginDeadline, "origin_deadline_ms", kRail, false, 1, kDayMs,
                 "The origin asks the destination to cancel after this."},
    ParameterRow{kLinkAllowance, "link_allowance_ms", kRail, false, 1, kDayMs,
                 "One crossing of the link takes at most this."},
    ParameterRow{kQueueAllowance, "queue_allowance_ms", kRail, false, 0, kDayMs,
                 "A payment may wait in queues for this."},
    ParameterRow{kCreationWindow, "creation_window_ms", kRail, false, 1, kDayMs,
                 "A creation time may lie this far in the past."},
    ParameterRow{kCreationSkew, "creation_skew_ms", kRail, false, 0, kDayMs,
                 "A creation time may lie this far in the future."},
    ParameterRow{kReferenceRateDays, "reference_rate_days", kRail, false, 0, 366,
                 "A reference rate stays in force for this many days after its own."},
    ParameterRow{kTokenVersion, "token_version", kRail, false, 1, 1'000'000,
                 "Version of the key under which persons' tokens are made."},
    ParameterRow{kLookupDeadline, "lookup_deadline_ms", kRail, false, 1, 60'000,
                 "A proxy or quote query must be answered within this."},
    ParameterRow{kLookupsPerBank, "lookups_per_bank_per_second", kRail, false, 1, 1'000'000,
                 "Proxy look-ups that one bank may make in a second."},
    ParameterRow{kLookupsPerPerson, "lookups_per_person_per_minute", kRail, false, 1, 1'000'000,
                 "Proxy look-ups that one payer may make in a minute."},
    ParameterRow{kPaymentMemory, "payment_memory_ms", kRail, false, 1'200'000, 31 * kDayMs,
                 "Payments are remembered for this long; older ones are in the archive."},
    ParameterRow{kEnquiryAfter, "enquiry_after_ms", kRail, false, 0, kDayMs,
                 "A bank may ask where a payment stands this long after its acceptance."},
    ParameterRow{kEnquiryWindow, "enquiry_window_ms", kRail, false, 1, kDayMs,
                 "For this long an answered enquiry counts against the next ones."},
    ParameterRow{kEnquiriesPerWindow, "enquiries_per_window", kRail, false, 1, 1'000,
                 "Enquiries about one payment that a bank may make in a window."},
    ParameterRow{kCreditDeadline, "credit_deadline_ms", kRail, false, 1, kMostCreditMs,
                 "A settled payment that is not reported credited within this is overdue."},
    ParameterRow{kOutboxFull, "outbox_full_ms", kRail, false, 1, kDayMs,
                 "A bank that leaves no room for requests for this long is degraded."},

    ParameterRow{kOffered, "offered", kCorridor, false, 0, 1, "The service is offered at all."},
    ParameterRow{kOpensAt, "opens_at_minute", kCorridor, true, 0, kMinutesADay - 1,
                 "The first minute of the day in which it is open."},
    ParameterRow{kClosesAt, "closes_at_minute", kCorridor, true, 1, kMinutesADay,
                 "The first minute of the day in which it is closed again."},

    ParameterRow{kPurposes, "purposes", kOriginCorridor, false, 0, kAllPurposes,
                 "The purposes offered: 1 personal, 2 tuition, 4 medical, 8 utility, 16 salary, 32 "
                 "subsidy, 64 other, added up."},
    ParameterRow{kAmountMaximum, "amount_maximum", kOriginCorridor, false, 0, kMostMinor,
                 "The largest payment; 0: none."},
    ParameterRow{kBankPaymentLimit, "bank_payment_limit", kOriginCorridor, true, 0, kMostMinor,
                 "The largest payment that a bank lets its customers make; 0: none."},
    ParameterRow{kPersonDayLimit, "person_day_limit", kOriginP2p, true, 0, kMostMinor,
                 "What a person may send in a day; 0: no limit."},
    ParameterRow{kPersonYearLimit, "person_year_limit", kOriginP2p, false, 0, kMostMinor,
                 "What a person may send in a calendar year; 0: no limit."},
    ParameterRow{kDayAcrossInstitutions, "day_across_institutions", kOriginP2p, false, 0, 1,
                 "The day's limit counts all institutions together."},
    ParameterRow{kYearAcrossInstitutions, "year_across_institutions", kOriginP2p, false, 0, 1,
                 "The year's limit counts all institutions together."},
};

bool is_p2p(Corridor corridor, Direction direction) {
    return !corridor.domestic() && corridor.service() == Service::kP2pRemittance &&
           corridor.direction() == direction;
}

/// Hours that were published for southbound remittances; for fees the same is our assumption.
bool has_window(Corridor corridor) {
    return !corridor.domestic() && corridor.direction() == Direction::kSouthbound &&
           corridor.service() != Service::kBusinessToPerson;
}

std::int64_t default_purposes(Corridor corridor) {
    using scheme::purpose_bit;
    switch (corridor.service()) {
        case Service::kP2pRemittance:
            return purpose_bit(Purpose::kPersonal);
        case Service::kFeeCollection:
            return purpose_bit(Purpose::kTuition) | purpose_bit(Purpose::kMedical) |
                   purpose_bit(Purpose::kUtility);
        case Service::kBusinessToPerson:
            return purpose_bit(Purpose::kSalary) | purpose_bit(Purpose::kSubsidy);
        case Service::kDomestic:
            return kAllPurposes;
    }
    LOWU_UNREACHABLE("every service has purposes");
}

}  // namespace

std::span<const ParameterRow> parameter_table() {
    return kRows;
}

const ParameterRow* find_parameter(std::string_view name) {
    const auto found = std::find_if(kRows.begin(), kRows.end(),
                                    [&](const ParameterRow& row) { return row.name == name; });
    return found == kRows.end() ? nullptr : &*found;
}

const ParameterRow* find_parameter(std::uint32_t number) {
    const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const ParameterRow& row) {
        return static_cast<std::uint32_t>(row.id) == number;
    });
    return found == kRows.end() ? nullptr : &*found;
}

bool has_place(Rail rail, ParameterId id, Corridor corridor) {
    const ParameterRow* row = find_parameter(static_cast<std::uint32_t>(id));
    if (row == nullptr || corridor.index >= kCorridors) return false;
    switch (row->scope) {
        case kRail:
            return corridor == Corridor{};
        case kCorridor:
            return true;
        case kOriginCorridor:
            return corridor.domestic() || scheme::origin_of(corridor.direction()) == rail;
        case kOriginP2p:
            return !corridor.domestic() && corridor.service() == Service::kP2pRemittance &&
                   scheme::origin_of(corridor.direction()) == rail;
    }
    LOWU_UNREACHABLE("every scope is handled");
}

std::int64_t default_value(Rail rail, ParameterId id, Corridor corridor) {
    static const Parameters kTimes;
    const bool origin = corridor.domestic() || scheme::origin_of(corridor.direction()) == rail;
    const bool northbound_p2p = is_p2p(corridor, Direction::kNorthbound);
    const bool southbound_p2p = is_p2p(corridor, Direction::kSouthbound);
    switch (id) {
        case kPayeeDeadline:
            return kTimes.payee_deadline.whole_ms();
        case kOriginDeadline:
            return kTimes.origin_deadline.whole_ms();
        case kLinkAllowance:
            return kTimes.link_allowance.whole_ms();
        case kQueueAllowance:
            return kTimes.queue_allowance.whole_ms();
        case kCreationWindow:
            return kTimes.creation_window.whole_ms();
        case kCreationSkew:
            return kTimes.creation_skew.whole_ms();
        case kReferenceRateDays:
            return 10;
        case kTokenVersion:
            return 1;
        case kLookupDeadline:
            return 5'000;
        case kLookupsPerBank:
            return 2'000;
        case kLookupsPerPerson:
            return 20;
        case kPaymentMemory:
            return kDayMs;
        case kEnquiryAfter:
            return 5'000;
        case kEnquiryWindow:
            return 60'000;
        case kEnquiriesPerWindow:
            return 3;
        case kCreditDeadline:
            return 60'000;
        case kOutboxFull:
            return 10'000;
        case kOffered:
            return 1;
        case kOpensAt:
            return origin && has_window(corridor) ? 7 * 60 : 0;
        case kClosesAt:
            return origin && has_window(corridor) ? 23 * 60 : kMinutesADay;
        case kPurposes:
            return origin ? default_purposes(corridor) : 0;
        case kAmountMaximum:
            return 0;
        case kBankPaymentLimit:
            return southbound_p2p ? 1'000'000 : 0;
        case kPersonDayLimit:
            return northbound_p2p ? 1'000'000 : (southbound_p2p ? 5'000'000 : 0);
        case kPersonYearLimit:
            return northbound_p2p ? 20'000'000 : (southbound_p2p ? 5'000'000 : 0);
        case kDayAcrossInstitutions:
            return 0;
        case kYearAcrossInstitutions:
            return southbound_p2p ? 1 : 0;
    }
    LOWU_UNREACHABLE("every parameter has a default");
}

std::string_view unit_of(ParameterId id, Corridor corridor) {
    const bool northbound = !corridor.domestic() && corridor.direction() == Direction::kNorthbound;
    switch (id) {
        case kPayeeDeadline:
        case kOriginDeadline:
        case kLinkAllowance:
        case kQueueAllowance:
        case kCreationWindow:
        case kCreationSkew:
        case kLookupDeadline:
        case kPaymentMemory:
        case kEnquiryAfter:
        case kEnquiryWindow:
        case kCreditDeadline:
        case kOutboxFull:
            return "ms";
        case kReferenceRateDays:
            return "days";
        case kTokenVersion:
            return "version";
        case kLookupsPerBank:
            return "a second";
        case kLookupsPerPerson:
            return "a minute";
        case kEnquiriesPerWindow:
            return "a window";
        case kOffered:
        case kDayAcrossInstitutions:
        case kYearAcrossInstitutions:
            return "1 = yes";
        case kOpensAt:
        case kClosesAt:
            return "minute of the day";
        case kPurposes:
            return "sum of purposes";
        case kAmountMaximum:
        case kBankPaymentLimit:
            return corridor.domestic() ? "minor units" : "CNY fen";
        case kPersonDayLimit:
            return northbound ? "HKD cents" : "CNY fen";
        case kPersonYearLimit:
            return northbound ? "HKD cents" : "USD cents";
    }
    LOWU_UNREACHABLE("every parameter has a unit");
}

std::string_view source_of(Rail rail, ParameterId id, Corridor corridor) {
    constexpr std::string_view kAssumption = "our assumption";
    constexpr std::string_view kHkma = "HKMA and HKICL Payment Connect pages";
    constexpr std::string_view kPress = "press at the launch, June 2025";
    const bool p2p = !corridor.domestic() && corridor.service() == Service::kP2pRemittance;
    const bool northbound = !corridor.domestic() && corridor.direction() == Direction::kNorthbound;
    const bool origin = corridor.domestic() || scheme::origin_of(corridor.direction()) == rail;
    switch (id) {
        case kOffered:
        case kPurposes:
            return corridor.domestic() ? kAssumption : kHkma;
        case kOpensAt:
        case kClosesAt:
            if (corridor.domestic()) return "FPS and IBPS run around the clock";
            return p2p && origin ? kHkma : kAssumption;
        case kBankPaymentLimit:
            return p2p && !northbound ? kPress : kAssumption;
        case kPersonDayLimit:
            return p2p ? (northbound ? kHkma : kPress) : kAssumption;
        case kPersonYearLimit:
        case kYearAcrossInstitutions:
            return p2p ? kHkma : kAssumption;
        case kDayAcrossInstitutions:
            return p2p && northbound ? "our reading of \"for each participating institution\""
                                     : kAssumption;
        case kAmountMaximum:
            return "CNAPS ccms.909 broadcasts one; its value is unpublished";
        case kPayeeDeadline:
        case kOriginDeadline:
        case kLinkAllowance:
        case kQueueAllowance:
        case kCreationWindow:
        case kCreationSkew:
        case kReferenceRateDays:
        case kTokenVersion:
        case kLookupDeadline:
        case kLookupsPerBank:
        case kLookupsPerPerson:
        case kPaymentMemory:
        case kEnquiryAfter:
        case kEnquiryWindow:
        case kEnquiriesPerWindow:
        case kCreditDeadline:
        case kOutboxFull:
            return kAssumption;
    }
    LOWU_UNREACHABLE("every parameter has a source");
}

}  // namespace lowu::core
