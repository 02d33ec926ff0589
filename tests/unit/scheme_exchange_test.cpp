// Tests of common/scheme/exchange: the one rule between HKD and CNY, its inverse, and what counts
// against quotas.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "common/base/int128.hpp"
#include "common/base/prng.hpp"
#include "common/scheme/exchange.hpp"

namespace lowu::scheme {
namespace {

using money::AmountMinor;
using money::kMaxAmountMinor;
using money::kRateMax;
using money::kRateScale;
using money::kZeroAmount;
using money::Rate;

constexpr AmountMinor kLargest{std::numeric_limits<std::int64_t>::max()};

TEST(CnyOfHkd, IsTheProductRoundedHalfUp) {
    struct Row {
        std::int64_t hkd_minor;
        std::int64_t rate_scaled;
        std::int64_t cny_minor;
    };
    const std::vector<Row> rows = {
        {100'000, 91'520'000, 91'520},  // HKD 1,000.00 at 0.9152
        {100'000, 91'523'456, 91'523},
        {1, 50'000'000, 1},  // a half goes up
        {3, 50'000'000, 2},  // 1.5
        {5, 50'000'000, 3},  // 2.5: not to the even neighbour
        {1, 149'999'999, 1},
        {1, 150'000'000, 2},
        {1, kRateMax.value, 1'000'000},
        {kMaxAmountMinor.value, kRateScale, kMaxAmountMinor.value},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(cny_of_hkd(AmountMinor{row.hkd_minor}, Rate{row.rate_scaled}),
                  AmountMinor{row.cny_minor})
            << row.hkd_minor << " at " << row.rate_scaled;
    }
}

TEST(CnyOfHkd, HasNoAnswerWhenNothingIsLeft) {
    EXPECT_EQ(cny_of_hkd(AmountMinor{1}, Rate{49'999'999}), std::nullopt);  // less than half a fen
    EXPECT_EQ(cny_of_hkd(kZeroAmount, Rate{kRateScale}), std::nullopt);
    EXPECT_EQ(cny_of_hkd(AmountMinor{-100}, Rate{kRateScale}), std::nullopt);
    EXPECT_EQ(cny_of_hkd(AmountMinor{100}, Rate{0}), std::nullopt);
    EXPECT_EQ(cny_of_hkd(AmountMinor{100}, Rate{-1}), std::nullopt);
    EXPECT_EQ(cny_of_hkd(kLargest, Rate{kRateScale + 1}), std::nullopt);
}

TEST(HkdForCny, KnowsItsEdges) {
    struct Row {
        std::int64_t cny_minor;
        std::int64_t rate_scaled;
        std::optional<AmountMinor> hkd;
    };
    const std::vector<Row> rows = {
        {91'520, 91'520'000, AmountMinor{100'000}},
        {1, 91'520'000, AmountMinor{1}},
        {2, 91'520'000, AmountMinor{2}},
        // At 0.01 a fen is the CNY of 50 to 149 cents, two fen that of 150 and more.
        {1, 1'000'000, AmountMinor{50}},
        {2, 1'000'000, AmountMinor{150}},
        // At 1.5 one cent is 2 fen, two are 3, three are 5 (4.5 goes up): 1 and 4 are gaps.
        {1, 150'000'000, std::nullopt},
        {2, 150'000'000, AmountMinor{1}},
        {3, 150'000'000, AmountMinor{2}},
        {4, 150'000'000, std::nullopt},
        {5, 150'000'000, AmountMinor{3}},
        {1'000'000, kRateMax.value, AmountMinor{1}},
        {999'999, kRateMax.value, std::nullopt},
        {1'000'001, kRateMax.value, std::nullopt},
        {kMaxAmountMinor.value, kRateScale, kMaxAmountMinor},
        // The least HKD does not fit in 64 bits.
        {kMaxAmountMinor.value, 1, std::nullopt},
        // No amount of an instruction.
        {0, kRateScale, std::nullopt},
        {-1, kRateScale, std::nullopt},
        {kMaxAmountMinor.value + 1, kRateScale, std::nullopt},
        {kLargest.value, kRateScale, std::nullopt},
        // No rate.
        {100, 0, std::nullopt},
        {100, -kRateScale, std::nullopt},
        {1'000'000, kRateMax.value + 1, std::nullopt},
        {100, kLargest.value, std::nullopt},
        {100, std::numeric_limits<std::int64_t>::min(), std::nullopt},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(hkd_for_cny(AmountMinor{row.cny_minor}, Rate{row.rate_scaled}), row.hkd)
            << row.cny_minor << " at " << row.rate_scaled;
    }
}

// Whatever the rate: exact and least, or there is none at all.
TEST(HkdForCny, IsTheLeastThatIsExact) {
    Prng prng(1);
    int gaps = 0;
    for (int round = 0; round < 50'000; ++round) {
        const Rate rate{prng.between(kRateScale / 100, 3 * kRateScale)};
        const AmountMinor cny{prng.between(1, std::int64_t{1} << prng.between(1, 50))};
        const auto hkd = hkd_for_cny(cny, rate);
        if (hkd) {
            ASSERT_EQ(cny_of_hkd(*hkd, rate), cny);
            ASSERT_LT(cny_of_hkd(AmountMinor{hkd->value - 1}, rate).value_or(kZeroAmount), cny);
            continue;
        }
        ++gaps;
        // The two neighbours that could have been it: one falls short, the other goes beyond.
        const AmountMinor below = *hkd_of_cny(cny, rate);
        const AmountMinor above{below.value + 1};
        ASSERT_GT(rate.value, kRateScale) << "up to 1 every fen has its cents";
        ASSERT_LT(cny_of_hkd(below, rate).value_or(kZeroAmount), cny);
        ASSERT_GT(cny_of_hkd(above, rate).value_or(kZeroAmount), cny);
    }
    EXPECT_GT(gaps, 1'000);
}

// Small numbers, all of them, against a search that knows the rule only.
TEST(HkdForCny, AgreesWithASearch) {
    for (const std::int64_t rate_scaled :
         {1'000'000LL, 33'333'333LL, 50'000'000LL, 91'523'456LL, 99'999'999LL, 100'000'000LL,
          100'000'001LL, 149'999'999LL, 150'000'000LL, 250'000'000LL, 733'333'333LL}) {
        const Rate rate{rate_scaled};
        std::int64_t searched = 0;
        for (std::int64_t cny = 1; cny <= 300; ++cny) {
            while (cny_of_hkd(AmountMinor{searched}, rate).value_or(kZeroAmount).value < cny) {
                ++searched;
            }
            const bool exact = cny_of_hkd(AmountMinor{searched}, rate) == AmountMinor{cny};
            const auto expected =
                exact ? std::optional<AmountMinor>(AmountMinor{searched}) : std::nullopt;
            ASSERT_EQ(hkd_for_cny(AmountMinor{cny}, rate), expected)
                << cny << " at " << rate_scaled;
        }
    }
}

TEST(HkdOfCny, IsRoundedDown) {
    EXPECT_EQ(hkd_of_cny(AmountMinor{92'000}, Rate{92'000'000}), AmountMinor{100'000});
    EXPECT_EQ(hkd_of_cny(AmountMinor{91'999}, Rate{92'000'000}), AmountMinor{99'998});
    EXPECT_EQ(hkd_of_cny(AmountMinor{1}, Rate{kRateScale + 1}), kZeroAmount);
    EXPECT_EQ(hkd_of_cny(AmountMinor{1}, Rate{0}), std::nullopt);
    EXPECT_EQ(hkd_of_cny(AmountMinor{1}, Rate{-1}), std::nullopt);
    EXPECT_EQ(hkd_of_cny(kMaxAmountMinor, Rate{1}), std::nullopt);
}

// What a payee is credited never stands for more CNY than came in.
TEST(HkdOfCny, NeverGivesMoreThanCameIn) {
    Prng prng(2);
    for (int round = 0; round < 20'000; ++round) {
        const Rate rate{prng.between(kRateScale / 100, 3 * kRateScale)};
        const AmountMinor cny{prng.between(1, 1'000'000'000)};
        const AmountMinor hkd = *hkd_of_cny(cny, rate);
        const Int128 value = static_cast<Int128>(hkd.value) * rate.value;
        const Int128 came_in = static_cast<Int128>(cny.value) * kRateScale;
        ASSERT_LE(value, came_in);
        ASSERT_GT(value + rate.value, came_in);
    }
}

TEST(QuotaAmount, MeetsTheQuotaExactlyAndIsAboveItWithOneFenMore) {
    constexpr Rate kCnyPerHkd{92'000'000};         // 0.92
    constexpr AmountMinor kDayQuota{1'000'000};    // HKD 10,000.00
    constexpr AmountMinor kYearQuota{20'000'000};  // HKD 200,000.00
    EXPECT_EQ(quota_amount(AmountMinor{920'000}, kCnyPerHkd), kDayQuota);
    EXPECT_EQ(quota_amount(AmountMinor{919'999}, kCnyPerHkd), AmountMinor{999'999});
    EXPECT_GT(*quota_amount(AmountMinor{920'001}, kCnyPerHkd), kDayQuota);
    EXPECT_EQ(quota_amount(AmountMinor{18'400'000}, kCnyPerHkd), kYearQuota);
    EXPECT_GT(*quota_amount(AmountMinor{18'400'001}, kCnyPerHkd), kYearQuota);

    constexpr Rate kCnyPerUsd{717'890'000};      // 7.1789
    constexpr AmountMinor kUsdQuota{5'000'000};  // USD 50,000.00 = CNY 358,945.00
    EXPECT_EQ(quota_amount(AmountMinor{35'894'500}, kCnyPerUsd), kUsdQuota);
    EXPECT_GT(*quota_amount(AmountMinor{35'894'501}, kCnyPerUsd), kUsdQuota);
}

TEST(QuotaAmount, CountsTheSmallestPaymentAsSomething) {
    EXPECT_EQ(quota_amount(AmountMinor{1}, Rate{717'890'000}), AmountMinor{1});
    EXPECT_EQ(quota_amount(AmountMinor{1}, kRateMax), AmountMinor{1});
    EXPECT_EQ(quota_amount(kZeroAmount, Rate{92'000'000}), kZeroAmount);
    EXPECT_EQ(quota_amount(AmountMinor{1}, Rate{0}), std::nullopt);
    EXPECT_EQ(quota_amount(AmountMinor{1}, Rate{-1}), std::nullopt);
    EXPECT_EQ(quota_amount(kMaxAmountMinor, Rate{1}), std::nullopt);
}

// Splitting a payment never lets more through than the quota.
TEST(QuotaAmount, OfPartsIsNeverLessThanOfTheWhole) {
    Prng prng(3);
    for (int round = 0; round < 20'000; ++round) {
        const Rate rate{prng.between(kRateScale / 100, 10 * kRateScale)};
        const AmountMinor first{prng.between(1, 10'000'000)};
        const AmountMinor second{prng.between(1, 10'000'000)};
        const AmountMinor whole = *quota_amount(AmountMinor{first.value + second.value}, rate);
        ASSERT_GE(quota_amount(first, rate)->value + quota_amount(second, rate)->value,
                  whole.value);
        ASSERT_GE(whole, *hkd_of_cny(AmountMinor{first.value + second.value}, rate));
    }
}

}  // namespace
}  // namespace lowu::scheme
