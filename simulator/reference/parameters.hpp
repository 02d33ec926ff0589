// The rules of the scheme as numbers: places, ranges, defaults, banks' own values, changes to come.
// Used by the rules; one thread.
#pragma once

#include <cstdint>

#include "simulator/reference/step.hpp"

namespace lowu::reference {

/// Numbers are those of the log.
enum class Parameter : std::uint32_t {
    // Of the rail.
    kPayeeDeadlineMs = 1,
    kOriginDeadlineMs = 2,
    kLinkAllowanceMs = 3,
    kQueueAllowanceMs = 4,
    kCreationWindowMs = 5,
    kCreationSkewMs = 6,
    kReferenceRateDays = 7,
    kTokenVersion = 8,
    kLookupDeadlineMs = 9,
    kLookupsPerBank = 10,
    kLookupsPerPerson = 11,
    kPaymentMemoryMs = 12,
    kEnquiryAfterMs = 13,
    kEnquiryWindowMs = 14,
    kEnquiriesPerWindow = 15,
    kCreditDeadlineMs = 16,
    kOutboxFullMs = 17,
    // Of a corridor, on both of its rails.
    kOffered = 20,
    kOpensAtMinute = 21,
    kClosesAtMinute = 22,
    // Of a corridor, where it begins.
    kPurposes = 30,
    kAmountMaximum = 31,
    kBankPaymentLimit = 32,
    kPersonDayLimit = 33,
    kPersonYearLimit = 34,
    kDayAcrossInstitutions = 35,
    kYearAcrossInstitutions = 36,
};

/// A bank that has no own value, or gives it up.
inline constexpr std::int64_t kNoOwnValue = -1;

/// Those of genesis.
void open_parameters(RailState& rail, const OpenRail& command);

[[nodiscard]] std::int64_t value_of(const RailState& rail, Parameter parameter);
[[nodiscard]] std::int64_t value_of(const RailState& rail, Parameter parameter,
                                    const Corridor& corridor);
/// A bank's own value, or kNoOwnValue.
[[nodiscard]] std::int64_t own_value(const RailState& rail, Parameter parameter,
                                     const Corridor& corridor, const BankCode& bank);
[[nodiscard]] Duration duration_of(const RailState& rail, Parameter parameter);

/// Whether the time lies within the corridor's hours and the bank's own ones.
[[nodiscard]] bool within_hours(const RailState& rail, const Corridor& corridor,
                                const BankCode& bank, SchemeTime time);
/// The limit of this bank's customers; 0: none.
[[nodiscard]] std::int64_t limit_of(const RailState& rail, Parameter parameter,
                                    const Corridor& corridor, const BankCode& bank);
/// Whether tokens of this version may be used by what was created then.
[[nodiscard]] bool token_version_fits(const RailState& rail, std::uint32_t version,
                                      SchemeTime created);
/// For so long a payment may be spoken of: its instruction repeated, or a cancel come.
[[nodiscard]] Duration spoken_of(const RailState& rail);

/// Puts into force what is due.
void advance_parameters(RailState& rail, SchemeTime now);
void set_parameters(Step& step, const SetParameters& command);

}  // namespace lowu::reference
