// AmountMinor: money as a whole number of minor units (fen, cents). Exists so that money is never a
// fraction and never a bare integer. Parsing is for what people type; the wire carries the integer.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/strong.hpp"

namespace lowu::money {

// Minor units: 100 is one yuan or one Hong Kong dollar. Negative values occur in books only, never
// in an instruction.
struct AmountMinorTag {};
using AmountMinor = Strong<AmountMinorTag, std::int64_t>;

inline constexpr AmountMinor kZeroAmount{0};

// 999,999,999,999,999.99: the largest amount of the FPS message schema (ActiveCurrencyAndAmount, 17
// digits of which two are decimals). The largest that one instruction may carry.
inline constexpr AmountMinor kMaxAmountMinor{99'999'999'999'999'999};

// nullopt when the result does not fit in 64 bits. Sums of books may exceed kMaxAmountMinor.
[[nodiscard]] constexpr std::optional<AmountMinor> checked_add(AmountMinor left,
                                                               AmountMinor right) {
    std::int64_t sum_minor = 0;
    if (__builtin_add_overflow(left.value, right.value, &sum_minor)) {
        return std::nullopt;
    }
    return AmountMinor{sum_minor};
}
[[nodiscard]] constexpr std::optional<AmountMinor> checked_subtract(AmountMinor left,
                                                                    AmountMinor right) {
    std::int64_t difference_minor = 0;
    if (__builtin_sub_overflow(left.value, right.value, &difference_minor)) {
        return std::nullopt;
    }
    return AmountMinor{difference_minor};
}

// The rule that an instruction's amount breaks (above zero, at most kMaxAmountMinor), in words that
// a customer understands; nullopt when it breaks none.
[[nodiscard]] std::optional<std::string_view> check_amount(AmountMinor amount);

// "1234.56", "-0.05": two decimals always, no separators.
[[nodiscard]] std::string format_amount(AmountMinor amount);

// Either an amount, or the rule that the text breaks, in words that a customer understands.
struct ParsedAmount {
    std::optional<AmountMinor> amount;
    std::string_view broken_rule;  // empty when there is an amount

    explicit operator bool() const { return amount.has_value(); }
};

// Takes "12", "12.5" and "12.50". Refuses emptiness, signs, separators, more than two decimals, and
// more than kMaxAmountMinor. Zero is an amount; check_amount refuses it.
[[nodiscard]] ParsedAmount parse_amount(std::string_view text);

}  // namespace lowu::money
