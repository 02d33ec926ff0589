// Tests of common/money: what people may type as an amount, and every rounding at its edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "common/base/int128.hpp"
#include "common/base/prng.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/money/rate.hpp"

namespace lowu::money {
namespace {

constexpr AmountMinor kLargest{std::numeric_limits<std::int64_t>::max()};
constexpr AmountMinor kSmallest{std::numeric_limits<std::int64_t>::min()};

TEST(Currency, NamesReadBack) {
    for (const Currency currency : {Currency::kCny, Currency::kHkd}) {
        EXPECT_EQ(parse_currency(to_string(currency)), currency);
    }
    for (const std::string_view text : {"", "cny", "USD", "CNY ", "unspecified"}) {
        EXPECT_EQ(parse_currency(text), std::nullopt) << text;
    }
}

TEST(Amount, AddsUntilTheIntegerEnds) {
    EXPECT_EQ(checked_add(AmountMinor{2}, AmountMinor{3}), AmountMinor{5});
    EXPECT_EQ(checked_add(kMaxAmountMinor, kMaxAmountMinor), AmountMinor{199'999'999'999'999'998});
    EXPECT_EQ(checked_add(kLargest, AmountMinor{0}), kLargest);
    EXPECT_EQ(checked_add(kLargest, AmountMinor{1}), std::nullopt);
    EXPECT_EQ(checked_add(kSmallest, AmountMinor{-1}), std::nullopt);
    EXPECT_EQ(checked_subtract(AmountMinor{2}, AmountMinor{3}), AmountMinor{-1});
    EXPECT_EQ(checked_subtract(kSmallest, AmountMinor{1}), std::nullopt);
    EXPECT_EQ(checked_subtract(AmountMinor{0}, kSmallest), std::nullopt);
}

TEST(Amount, AnInstructionCarriesMoreThanNothingAndNoMoreThanTheMaximum) {
    EXPECT_EQ(check_amount(AmountMinor{1}), std::nullopt);
    EXPECT_EQ(check_amount(kMaxAmountMinor), std::nullopt);
    EXPECT_EQ(check_amount(kZeroAmount), "must be more than zero");
    EXPECT_EQ(check_amount(AmountMinor{-1}), "must be more than zero");
    EXPECT_EQ(check_amount(AmountMinor{kMaxAmountMinor.value + 1}),
              "must be at most " + format_amount(kMaxAmountMinor));
}

TEST(Amount, IsWrittenWithTwoDecimals) {
    const std::vector<std::pair<std::int64_t, std::string>> cases = {
        {0, "0.00"},
        {1, "0.01"},
        {10, "0.10"},
        {99, "0.99"},
        {100, "1.00"},
        {123'456, "1234.56"},
        {-5, "-0.05"},
        {-123'456, "-1234.56"},
        {kMaxAmountMinor.value, "999999999999999.99"},
        {kLargest.value, "92233720368547758.07"},
        {kSmallest.value, "-92233720368547758.08"},
    };
    for (const auto& [minor, text] : cases) {
        EXPECT_EQ(format_amount(AmountMinor{minor}), text);
    }
}

TEST(Amount, ReadsWhatPeopleWrite) {
    const std::vector<std::pair<std::string, std::int64_t>> cases = {
        {"0", 0},
        {"0.00", 0},
        {"1", 100},
        {"1.5", 150},
        {"1.50", 150},
        {"1234.56", 123'456},
        {"0.01", 1},
        {"007", 700},
        {"999999999999999.99", kMaxAmountMinor.value},
        {"000000000000000000000001.00", 100},
    };
    for (const auto& [text, minor] : cases) {
        const ParsedAmount parsed = parse_amount(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.broken_rule;
        EXPECT_EQ(parsed.amount->value, minor) << text;
        EXPECT_TRUE(parsed.broken_rule.empty());
    }
}

TEST(Amount, RefusesTheRestAndSaysWhy) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "must not be empty"},
        {"-1", "without a sign"},
        {"+1", "without a sign"},
        {"-", "without a sign"},
        {"1.234", "at most two decimals"},
        {"1.000", "at most two decimals"},
        {"1,234.56", "without thousands separators"},
        {"1'234", "without thousands separators"},
        {" 1", "without thousands separators or spaces"},
        {"1 000", "without thousands separators or spaces"},
        {".5", "a digit before and after"},
        {"5.", "a digit before and after"},
        {".", "a digit before and after"},
        {"1.2.3", "at most one decimal point"},
        {"1e3", "must be digits"},
        {"0x10", "must be digits"},
        {"12元", "must be digits"},
        {"１２", "must be digits"},
        {std::string("1\0", 2), "must be digits"},
        {"NaN", "must be digits"},
        {"1000000000000000", "at most 999999999999999.99"},
        {"1000000000000000.00", "at most 999999999999999.99"},
        {"99999999999999999", "at most 999999999999999.99"},
        {std::string(400, '9'), "at most 999999999999999.99"},
    };
    for (const auto& [text, rule] : cases) {
        const ParsedAmount parsed = parse_amount(text);
        EXPECT_FALSE(parsed) << text;
        EXPECT_THAT(std::string(parsed.broken_rule), testing::HasSubstr(rule)) << text;
    }
}

TEST(Amount, EveryAmountReadsBack) {
    Prng prng(1);
    for (int round = 0; round < 20'000; ++round) {
        const AmountMinor amount{prng.between(0, kMaxAmountMinor.value >> prng.below(56))};
        const ParsedAmount parsed = parse_amount(format_amount(amount));
        ASSERT_EQ(parsed.amount, amount);
    }
}

TEST(Amount, AnyTextIsReadOrRefusedWithARule) {
    Prng prng(2);
    constexpr std::string_view kAlphabet = "0123456789..,- ";
    for (int round = 0; round < 50'000; ++round) {
        std::string text;
        for (std::uint64_t length = prng.below(24); length > 0; --length) {
            text += kAlphabet[static_cast<std::size_t>(prng.below(kAlphabet.size()))];
        }
        const ParsedAmount parsed = parse_amount(text);
        ASSERT_EQ(parsed.amount.has_value(), parsed.broken_rule.empty()) << text;
        if (parsed) {
            ASSERT_GE(*parsed.amount, kZeroAmount) << text;
            ASSERT_LE(*parsed.amount, kMaxAmountMinor) << text;
        }
    }
}

struct RoundingCase {
    std::int64_t source_minor;
    std::int64_t rate_scaled;
    std::int64_t half_up;
    std::int64_t half_even;
    std::int64_t down;
    std::int64_t up;
};

TEST(Rate, RoundsAsNamed) {
    constexpr std::int64_t kHalf = kRateScale / 2;
    const std::vector<RoundingCase> cases = {
        {100, kRateScale, 100, 100, 100, 100},  // nothing to round
        {1, kHalf, 1, 0, 0, 1},                 // 0.5
        {3, kHalf, 2, 2, 1, 2},                 // 1.5
        {5, kHalf, 3, 2, 2, 3},                 // 2.5
        {1, kHalf - 1, 0, 0, 0, 1},             // just below a half
        {1, kHalf + 1, 1, 1, 0, 1},             // just above a half
        {-1, kHalf, -1, 0, 0, -1},              // signs are treated alike
        {-3, kHalf, -2, -2, -1, -2},
        {-5, kHalf, -3, -2, -2, -3},
        {1, 1, 0, 0, 0, 1},  // the smallest rate
        {0, kHalf, 0, 0, 0, 0},
        {100'000, 91'523'456, 91'523, 91'523, 91'523, 91'524},  // HKD 1,000.00 at 0.91523456
    };
    for (const RoundingCase& row : cases) {
        const AmountMinor source{row.source_minor};
        const Rate rate{row.rate_scaled};
        EXPECT_EQ(convert(source, rate, Rounding::kHalfUp), AmountMinor{row.half_up});
        EXPECT_EQ(convert(source, rate, Rounding::kHalfEven), AmountMinor{row.half_even});
        EXPECT_EQ(convert(source, rate, Rounding::kDown), AmountMinor{row.down});
        EXPECT_EQ(convert(source, rate, Rounding::kUp), AmountMinor{row.up});
    }
}

TEST(Rate, RefusesWhatHasNoAnswer) {
    for (const Rounding rounding :
         {Rounding::kHalfUp, Rounding::kHalfEven, Rounding::kDown, Rounding::kUp}) {
        EXPECT_EQ(convert(AmountMinor{1}, Rate{0}, rounding), std::nullopt);
        EXPECT_EQ(convert(AmountMinor{1}, Rate{-kRateScale}, rounding), std::nullopt);
        EXPECT_EQ(convert(kLargest, Rate{kRateScale + 1}, rounding), std::nullopt);
        EXPECT_EQ(convert(kSmallest, Rate{kRateScale + 1}, rounding), std::nullopt);
        EXPECT_EQ(convert(kSmallest, Rate{kLargest.value}, rounding), std::nullopt);
        EXPECT_EQ(convert(kLargest, Rate{kRateScale}, rounding), kLargest);
        EXPECT_EQ(convert(kSmallest, Rate{kRateScale}, rounding), kSmallest);
    }
}

// The defining inequalities of each rounding, in units of 1 / (2 * kRateScale).
TEST(Rate, IsTheNamedNeighbourOfTheExactProduct) {
    Prng prng(3);
    for (int round = 0; round < 20'000; ++round) {
        const AmountMinor source{prng.between(-10'000'000, 10'000'000)};
        const Rate rate{prng.between(1, 20 * kRateScale)};
        const Int128 exact = static_cast<Int128>(source.value) * rate.value;
        const auto error_of = [&](Rounding rounding) {
            const auto target = convert(source, rate, rounding);
            EXPECT_TRUE(target.has_value());
            return static_cast<Int128>(target.value_or(kZeroAmount).value) * kRateScale - exact;
        };
        const Int128 sign = exact < 0 ? -1 : 1;
        const Int128 down = error_of(Rounding::kDown) * sign;
        const Int128 up = error_of(Rounding::kUp) * sign;
        ASSERT_TRUE(down <= 0 && down > -kRateScale);
        ASSERT_TRUE(up >= 0 && up < kRateScale);
        for (const Rounding nearest : {Rounding::kHalfUp, Rounding::kHalfEven}) {
            const Int128 error = error_of(nearest) * 2;
            ASSERT_TRUE(error <= kRateScale && error >= -kRateScale);
        }
    }
}

TEST(Rate, DividesBackAndRoundsAsNamed) {
    constexpr std::int64_t kTwo = 2 * kRateScale;
    const std::vector<RoundingCase> cases = {
        {100, kRateScale, 100, 100, 100, 100},
        {1, kTwo, 1, 0, 0, 1},  // 0.5
        {3, kTwo, 2, 2, 1, 2},  // 1.5
        {5, kTwo, 3, 2, 2, 3},  // 2.5
        {-1, kTwo, -1, 0, 0, -1},
        {-3, kTwo, -2, -2, -1, -2},
        {-5, kTwo, -3, -2, -2, -3},
        {1, kTwo + 1, 0, 0, 0, 1},  // just below a half
        {1, kTwo - 1, 1, 1, 0, 1},  // just above a half
        {0, kTwo, 0, 0, 0, 0},
        {1, 1, kRateScale, kRateScale, kRateScale, kRateScale},  // the smallest rate
        {1, kLargest.value, 0, 0, 0, 1},
        {920'000, 92'000'000, 1'000'000, 1'000'000, 1'000'000, 1'000'000},
        {920'001, 92'000'000, 1'000'001, 1'000'001, 1'000'001, 1'000'002},
    };
    for (const RoundingCase& row : cases) {
        const AmountMinor target{row.source_minor};
        const Rate rate{row.rate_scaled};
        EXPECT_EQ(convert_back(target, rate, Rounding::kHalfUp), AmountMinor{row.half_up});
        EXPECT_EQ(convert_back(target, rate, Rounding::kHalfEven), AmountMinor{row.half_even});
        EXPECT_EQ(convert_back(target, rate, Rounding::kDown), AmountMinor{row.down});
        EXPECT_EQ(convert_back(target, rate, Rounding::kUp), AmountMinor{row.up});
    }
}

TEST(Rate, RefusesToDivideBackWhatHasNoAnswer) {
    for (const Rounding rounding :
         {Rounding::kHalfUp, Rounding::kHalfEven, Rounding::kDown, Rounding::kUp}) {
        EXPECT_EQ(convert_back(AmountMinor{1}, Rate{0}, rounding), std::nullopt);
        EXPECT_EQ(convert_back(AmountMinor{1}, Rate{-kRateScale}, rounding), std::nullopt);
        EXPECT_EQ(convert_back(kLargest, Rate{kRateScale - 1}, rounding), std::nullopt);
        EXPECT_EQ(convert_back(kSmallest, Rate{1}, rounding), std::nullopt);
        EXPECT_EQ(convert_back(kLargest, Rate{kRateScale}, rounding), kLargest);
        EXPECT_EQ(convert_back(kSmallest, Rate{kRateScale}, rounding), kSmallest);
    }
}

// Down and up are neighbours that hold the exact quotient between them; the nearest is one of them.
TEST(Rate, DividesBackToANeighbourOfTheExactQuotient) {
    Prng prng(4);
    for (int round = 0; round < 20'000; ++round) {
        const AmountMinor target{prng.between(-10'000'000, 10'000'000)};
        const Rate rate{prng.between(kRateScale / 100, 20 * kRateScale)};
        const Int128 exact = static_cast<Int128>(target.value) * kRateScale;
        const auto error_of = [&](Rounding rounding) {
            const auto source = convert_back(target, rate, rounding);
            EXPECT_TRUE(source.has_value());
            return static_cast<Int128>(source.value_or(kZeroAmount).value) * rate.value - exact;
        };
        const Int128 sign = exact < 0 ? -1 : 1;
        const Int128 down = error_of(Rounding::kDown) * sign;
        const Int128 up = error_of(Rounding::kUp) * sign;
        ASSERT_TRUE(down <= 0 && down > -rate.value);
        ASSERT_TRUE(up >= 0 && up < rate.value);
        for (const Rounding nearest : {Rounding::kHalfUp, Rounding::kHalfEven}) {
            const Int128 error = error_of(nearest) * 2;
            ASSERT_TRUE(error <= rate.value && error >= -rate.value);
        }
    }
}

TEST(Rate, ReadsWhatPeopleWrite) {
    const std::vector<std::pair<std::string, std::int64_t>> cases = {
        {"0.9152", 91'520'000},
        {"0.91520000", 91'520'000},
        {"0.00000001", 1},
        {"1", kRateScale},
        {"1.0", kRateScale},
        {"007.25", 725'000'000},
        {"7.17890001", 717'890'001},
        {"1000000", kRateMax.value},
        {"1000000.00000000", kRateMax.value},
        {"999999.99999999", kRateMax.value - 1},
    };
    for (const auto& [text, scaled] : cases) {
        EXPECT_EQ(parse_rate(text), Rate{scaled}) << text;
    }
}

TEST(Rate, RefusesTheRest) {
    const std::vector<std::string> cases = {
        "",
        ".",
        "0",
        "0.0",
        "0.00000000",
        ".5",
        "5.",
        "-1",
        "+1",
        "1,5",
        " 1",
        "1 ",
        "1.2.3",
        "1e3",
        "0x1",
        "NaN",
        "１",
        std::string("1\0", 2),
        "0.000000001",  // nine decimals
        "0.915200000",
        "1000000.00000001",
        "1000001",
        std::string(400, '9'),
        "0." + std::string(400, '9'),
    };
    for (const std::string& text : cases) {
        EXPECT_EQ(parse_rate(text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_rate(std::string(400, '0') + "1.5"), Rate{150'000'000});
}

TEST(Rate, EveryRateReadsBack) {
    Prng prng(5);
    for (int round = 0; round < 20'000; ++round) {
        const Rate rate{prng.between(1, kRateMax.value >> prng.below(46))};
        ASSERT_EQ(parse_rate(format_rate(rate)), rate);
    }
}

TEST(Rate, IsWrittenWithEightDecimals) {
    EXPECT_EQ(format_rate(Rate{91'520'000}), "0.91520000");
    EXPECT_EQ(format_rate(Rate{1}), "0.00000001");
    EXPECT_EQ(format_rate(Rate{12 * kRateScale + 5}), "12.00000005");
    EXPECT_EQ(format_rate(Rate{-1}), "-0.00000001");
}

TEST(Rounding, HasNames) {
    EXPECT_EQ(to_string(Rounding::kHalfUp), "half up");
    EXPECT_EQ(to_string(Rounding::kHalfEven), "half even");
    EXPECT_EQ(to_string(Rounding::kDown), "down");
    EXPECT_EQ(to_string(Rounding::kUp), "up");
}

}  // namespace
}  // namespace lowu::money
