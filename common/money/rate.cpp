// Conversion between currencies. See rate.hpp.
#include "common/money/rate.hpp"

#include <cstddef>
#include <limits>

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"

namespace lowu::money {

namespace {

constexpr std::size_t kDecimals = 8;  // of a rate; kRateScale is ten to their power

// Whether the magnitude `whole` + `rest` / `divisor` becomes whole + 1. None is negative.
bool rounds_away(Int128 whole, Int128 rest, Int128 divisor, Rounding rounding) {
    const Int128 twice = rest * 2;
    switch (rounding) {
        case Rounding::kHalfUp:
            return twice >= divisor;
        case Rounding::kHalfEven:
            return twice > divisor || (twice == divisor && whole % 2 != 0);
        case Rounding::kDown:
            return false;
        case Rounding::kUp:
            return rest != 0;
    }
    LOWU_UNREACHABLE("every rounding has a rule");
}

// amount * factor / divisor. Factor and divisor are positive and fit in 64 bits, so that nothing
// here leaves 128 bits. nullopt when the result does not fit in 64.
std::optional<AmountMinor> scale(AmountMinor amount, std::int64_t factor, std::int64_t divisor,
                                 Rounding rounding) {
    const bool negative = amount.value < 0;
    const Int128 product = static_cast<Int128>(amount.value) * factor;
    const Int128 magnitude = negative ? -product : product;
    const Int128 whole = magnitude / divisor;
    const Int128 rest = magnitude % divisor;
    const Int128 rounded = whole + (rounds_away(whole, rest, divisor, rounding) ? 1 : 0);
    const Int128 scaled = negative ? -rounded : rounded;
    if (scaled > std::numeric_limits<std::int64_t>::max() ||
        scaled < std::numeric_limits<std::int64_t>::min()) {
        return std::nullopt;
    }
    return AmountMinor{static_cast<std::int64_t>(scaled)};
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
    return scale(source, rate.value, kRateScale, rounding);
}

std::optional<AmountMinor> convert_back(AmountMinor target, Rate rate, Rounding rounding) {
    if (rate.value <= 0) {
        return std::nullopt;
    }
    return scale(target, kRateScale, rate.value, rounding);
}

std::optional<Rate> parse_rate(std::string_view text) {
    std::int64_t scaled = 0;
    std::size_t whole_digits = 0;
    std::size_t decimals = 0;
    bool after_point = false;
    for (const char character : text) {
        if (character == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (character < '0' || character > '9') {
            return std::nullopt;
        }
        if (after_point) {
            ++decimals;
        } else {
            ++whole_digits;
        }
        scaled = scaled * 10 + (character - '0');
        // Until the point come whole units; bounded so that eight decimals still fit behind them.
        const bool too_much = !after_point && scaled > kRateMax.value / kRateScale;
        if (decimals > kDecimals || too_much) {
            return std::nullopt;
        }
    }
    if (whole_digits == 0 || (after_point && decimals == 0)) {
        return std::nullopt;
    }
    for (; decimals < kDecimals; ++decimals) {
        scaled *= 10;
    }
    if (scaled == 0 || scaled > kRateMax.value) {
        return std::nullopt;
    }
    return Rate{scaled};
}

std::string format_rate(Rate rate) {
    const bool negative = rate.value < 0;
    const std::uint64_t scaled = negative
                                     ? std::uint64_t{0} - static_cast<std::uint64_t>(rate.value)
                                     : static_cast<std::uint64_t>(rate.value);
    constexpr std::uint64_t kScale = static_cast<std::uint64_t>(kRateScale);
    std::string decimals = std::to_string(scaled % kScale);
    decimals.insert(0, kDecimals - decimals.size(), '0');
    return (negative ? "-" : "") + std::to_string(scaled / kScale) + "." + decimals;
}

}  // namespace lowu::money
