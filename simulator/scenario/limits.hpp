// Every maximum of a simulation's scenario. Read by the loader; the numbers stand in
// proto/lowu/config/v1/simulation.proto too.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bank_sim/model/limits.hpp"

namespace lowu::simulator {

inline constexpr std::int64_t kMaxDays = 500;
/// A rail: persons' invented numbers hold two digits for the bank.
inline constexpr std::size_t kMaxBanks = bank::kMaxDayBanks;
/// Of one bank: invented numbers again.
inline constexpr std::int64_t kMaxPersons = bank::kMaxDayCustomers;
inline constexpr std::int64_t kMaxInstitutions = 1'000;
/// Of one corridor, factors included.
inline constexpr std::int64_t kMaxOrdersADay = 10'000'000;
inline constexpr std::size_t kMaxVolumes = 64;
/// Seasons, fundings, faults, actions, parameters: of each.
inline constexpr std::size_t kMaxEntries = 256;
inline constexpr std::size_t kMaxNotes = 32;
inline constexpr std::size_t kMaxTitleBytes = 200;
inline constexpr std::size_t kMaxNoteBytes = 1'000;
inline constexpr std::int64_t kMaxFactorPermille = 100'000;
inline constexpr std::int64_t kMaxWeight = 1'000'000;
inline constexpr std::int64_t kMaxLatencyUs = 3'600'000'000;
inline constexpr std::int64_t kMaxEnquiriesASecond = 100'000;
/// Balances and caps: sums of a whole side stay far from 64 bits.
inline constexpr std::int64_t kMaxBalanceMinor = 100'000'000'000'000;
/// Of one payment.
inline constexpr std::int64_t kMaxAmountMinor = bank::kMaxDayMinor;

static_assert(kMaxBanks * kMaxBalanceMinor < INT64_MAX / 2, "all banks' money can be summed");

}  // namespace lowu::simulator
