// The arithmetic of payments with an HKD side: one rule, HKD times rate, rounded half up, is CNY.
// Exists so that the bank that quotes, the cell that checks and the bank that is paid count alike.
// A rate is CNY for one HKD (common/money/rate.hpp). Any thread.
#pragma once

#include <optional>

#include "common/money/amount.hpp"
#include "common/money/rate.hpp"

namespace lowu::scheme {

inline constexpr money::Rounding kExchangeRounding = money::Rounding::kHalfUp;

// CNY that stand for these HKD; nullopt when the rate is not positive, nothing is left, or it does
// not fit in 64 bits. May exceed what an instruction carries.
[[nodiscard]] std::optional<money::AmountMinor> cny_of_hkd(money::AmountMinor hkd,
                                                           money::Rate rate);

// The least HKD whose CNY is exactly `cny`; nullopt when there is none (a rate above 1 leaves
// gaps), `cny` is no amount of an instruction, or the rate is not positive or above
// money::kRateMax.
[[nodiscard]] std::optional<money::AmountMinor> hkd_for_cny(money::AmountMinor cny,
                                                            money::Rate rate);

// HKD that a payee gets for `cny` when nothing was fixed before: CNY divided by the rate, rounded
// down. nullopt when the rate is not positive or the result does not fit in 64 bits; may be zero.
[[nodiscard]] std::optional<money::AmountMinor> hkd_of_cny(money::AmountMinor cny,
                                                           money::Rate rate);

// What a CNY amount counts against a quota held in another currency, at a reference rate of CNY for
// one unit: divided, rounded up, so that rounding never lets more through than the quota. nullopt
// as with hkd_of_cny.
[[nodiscard]] std::optional<money::AmountMinor> quota_amount(money::AmountMinor cny,
                                                             money::Rate reference);

}  // namespace lowu::scheme
