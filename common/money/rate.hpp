// Rate: an exchange rate as an integer, and conversion with a named rounding. Exists because money
// meets division here and nowhere else. Called by the banks that quote and by the cell that checks
// a quoted payment. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/strong.hpp"
#include "common/money/amount.hpp"

namespace lowu::money {

// How a result that is not a whole minor unit becomes one. Signs are treated alike: "up" is away
// from zero.
enum class Rounding : std::uint8_t {
    kHalfUp,    // the nearest; a half away from zero
    kHalfEven,  // the nearest; a half to the even neighbour
    kDown,      // towards zero
    kUp,        // away from zero
};

// "half up", "half even", "down", "up".
[[nodiscard]] std::string_view to_string(Rounding rounding);

inline constexpr std::int64_t kRateScale = 100'000'000;

// Target units for one source unit, times kRateScale: with source HKD and target CNY,
// Rate{91'520'000} says that HKD 1 buys CNY 0.9152. A rate does not know its two currencies: the
// quote or rate sheet that holds it names them, source first.
struct RateTag {};
using Rate = Strong<RateTag, std::int64_t>;

// 1,000,000: the highest rate that parse_rate takes, far above any that two currencies need.
inline constexpr Rate kRateMax{1'000'000 * kRateScale};

// The source amount in the target currency. nullopt when the rate is not positive or the result
// does not fit in 64 bits.
[[nodiscard]] std::optional<AmountMinor> convert(AmountMinor source, Rate rate, Rounding rounding);

// The inverse: the target amount divided by the rate, in the source currency. nullopt as with
// convert.
[[nodiscard]] std::optional<AmountMinor> convert_back(AmountMinor target, Rate rate,
                                                      Rounding rounding);

// A positive rate of at most eight decimals, at most kRateMax, with a digit before and behind the
// point: "0.9152"; nullopt otherwise.
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);

// "0.91520000": eight decimals always.
[[nodiscard]] std::string format_rate(Rate rate);

}  // namespace lowu::money
