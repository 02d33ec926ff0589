// Conversion between currencies. See rate.hpp.
#include "common/money/rate.hpp"

#include <cstddef>
#include <limits>

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"

namespace lowu::money {

namespace {

// Whether the magnitude `whole` + `rest` / kRateScale becomes whole + 1. Both are not negative.
bool rounds_away(Int128 whole, Int128 rest, Rounding rounding) {
    const Int128 twice = rest * 2;
    switch (rounding) {
        case Rounding::kHalfUp:
            return twice >= kRateScale;
        case Rounding::kHalfEven:
            return twice > kRateScale || (twice == kRateScale && whole % 2 != 0);
        case Rounding::kDown:
            return false;
        case Rounding::kUp:
            return rest != 0;
    }
    LOWU_UNREACHABLE("every rounding has a rule");
}

}  // namespace

std::string_view to_string(Rounding rounding) {
    switch (rounding) {
        case Rounding::kHalfUp:
            return "half up";
        case Rounding::kHalfEven:
            return "half even";
        case Rounding::kDown:
            return "down";
        case Rounding::kUp:
            return "up";
    }
    LOWU_UNREACHABLE("every rounding has a name");
}

std::optional<AmountMinor> convert(AmountMinor source, Rate rate, Rounding rounding) {
    if (rate.value <= 0) {
        return std::nullopt;
    }
    const bool negative = source.value < 0;
    // Two 64-bit factors fit in 128 bits whatever they are.
    const Int128 product = static_cast<Int128>(source.value) * rate.value;
    const Int128 magnitude = negative ? -product : product;
    const Int128 whole = magnitude / kRateScale;
    const Int128 rest = magnitude % kRateScale;
    const Int128 rounded = whole + (rounds_away(whole, rest, rounding) ? 1 : 0);
    const Int128 target = negative ? -rounded : rounded;
    if (target > std::numeric_limits<std::int64_t>::max() ||
        target < std::numeric_limits<std::int64_t>::min()) {
        return std::nullopt;
    }
    return AmountMinor{static_cast<std::int64_t>(target)};
}

std::string format_rate(Rate rate) {
    const bool negative = rate.value < 0;
    const std::uint64_t scaled = negative
                                     ? std::uint64_t{0} - static_cast<std::uint64_t>(rate.value)
                                     : static_cast<std::uint64_t>(rate.value);
    constexpr std::uint64_t kScale = static_cast<std::uint64_t>(kRateScale);
    constexpr std::size_t kDecimals = 8;
    std::string decimals = std::to_string(scaled % kScale);
    decimals.insert(0, kDecimals - decimals.size(), '0');
    return (negative ? "-" : "") + std::to_string(scaled / kScale) + "." + decimals;
}

}  // namespace lowu::money
