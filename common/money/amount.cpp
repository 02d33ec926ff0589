// Amounts as people write them. See amount.hpp.
#include "common/money/amount.hpp"

#include <cstddef>

namespace lowu::money {

namespace {

static_assert(kMaxAmountMinor.value % 100 == 99, "whole units bound the amount exactly");

constexpr std::string_view kTooMuchRule = "must be at most 999999999999999.99";

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

ParsedAmount broken(std::string_view rule) {
    return ParsedAmount{std::nullopt, rule};
}

}  // namespace

std::optional<std::string_view> check_amount(AmountMinor amount) {
    if (amount <= kZeroAmount) {
        return "must be more than zero";
    }
    if (amount > kMaxAmountMinor) {
        return kTooMuchRule;
    }
    return std::nullopt;
}

std::string format_amount(AmountMinor amount) {
    // Unsigned, because the smallest 64-bit value has no positive counterpart.
    const bool negative = amount.value < 0;
    const std::uint64_t minor = negative
                                    ? std::uint64_t{0} - static_cast<std::uint64_t>(amount.value)
                                    : static_cast<std::uint64_t>(amount.value);
    std::string text = negative ? "-" : "";
    text += std::to_string(minor / 100);
    text += '.';
    text += static_cast<char>('0' + minor % 100 / 10);
    text += static_cast<char>('0' + minor % 10);
    return text;
}

ParsedAmount parse_amount(std::string_view text) {
    if (text.empty()) {
        return broken("must not be empty");
    }
    if (text.front() == '-' || text.front() == '+') {
        return broken("must be written without a sign");
    }
    std::int64_t minor = 0;
    std::size_t whole_digits = 0;
    std::size_t decimals = 0;
    bool after_point = false;
    for (const char character : text) {
        if (character == ',' || character == '\'' || character == ' ' || character == '_') {
            return broken("must be written without thousands separators or spaces: 1234.56");
        }
        if (character == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(character)) {
            return broken("must be digits with at most one decimal point: 1234.56");
        }
        if (after_point && ++decimals > 2) {
            return broken("must have at most two decimals");
        }
        whole_digits += after_point ? 0 : 1;
        minor = minor * 10 + (character - '0');
        // Until the point come whole units; bounded so that two decimals still fit behind them.
        if (!after_point && minor > kMaxAmountMinor.value / 100) {
            return broken(kTooMuchRule);
        }
    }
    if (whole_digits == 0 || (after_point && decimals == 0)) {
        return broken("must have a digit before and after the decimal point: 0.50");
    }
    for (; decimals < 2; ++decimals) {
        minor *= 10;
    }
    return ParsedAmount{AmountMinor{minor}, {}};
}

}  // namespace lowu::money
