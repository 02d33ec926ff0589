// Tests of common/base: each type's promise, and the numbers that must be the same on every
// machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "common/base/assert.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/clock.hpp"
#include "common/base/hash.hpp"
#include "common/base/hex.hpp"
#include "common/base/prng.hpp"
#include "common/base/result.hpp"
#include "common/base/strong.hpp"
#include "common/base/time.hpp"

namespace lowu {
namespace {

constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();

TEST(Assert, StaysSilentWhileTheRuleHolds) {
    int evaluations = 0;
    LOWU_ASSERT(++evaluations == 1, "the condition runs once");
    EXPECT_EQ(evaluations, 1);
}

TEST(AssertDeathTest, NamesPlaceExpressionAndReason) {
    EXPECT_DEATH(LOWU_ASSERT(1 + 1 == 3, "sums add up"),
                 "base_test.cpp:[0-9]+: assertion failed: 1 \\+ 1 == 3: sums add up");
    EXPECT_DEATH(LOWU_UNREACHABLE("nobody comes here"), "unreachable: nobody comes here");
}

Result<int> half_of(int number) {
    if (number % 2 != 0) {
        return Error{Error::Kind::kInvalid, "odd"};
    }
    return number / 2;
}

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> good = half_of(8);
    ASSERT_TRUE(good.ok());
    EXPECT_TRUE(static_cast<bool>(good));
    EXPECT_EQ(good.value(), 4);
    EXPECT_EQ(*good, 4);

    const Result<int> bad = half_of(7);
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(bad.error().what, "odd");
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
    Result<std::unique_ptr<std::string>> result(std::make_unique<std::string>("moved"));
    const std::unique_ptr<std::string> taken = std::move(result).value();
    EXPECT_EQ(*taken, "moved");
}

TEST(Result, OfNothingSucceedsByDefault) {
    const Result<void> good = {};
    EXPECT_TRUE(good.ok());
    const Result<void> bad = Error{Error::Kind::kFenced, "epoch 4 owns the log"};
    EXPECT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().what, "epoch 4 owns the log");
}

TEST(ResultDeathTest, AskingForWhatIsNotThereAborts) {
    EXPECT_DEATH(static_cast<void>(half_of(7).value()), "holds an error");
    EXPECT_DEATH(static_cast<void>(half_of(8).error()), "holds a value");
    EXPECT_DEATH(static_cast<void>(Result<void>{}.error()), "succeeded");
}

TEST(Error, EveryKindHasAName) {
    std::set<std::string_view> names;
    for (int kind = 0; kind <= static_cast<int>(Error::Kind::kUnknown); ++kind) {
        names.insert(to_string(static_cast<Error::Kind>(kind)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Error::Kind::kUnknown) + 1);
}

struct PaymentIdTag {
    static constexpr bool kHasNext = true;
};
using PaymentId = Strong<PaymentIdTag, std::uint32_t>;
struct BankIdTag {};
using BankId = Strong<BankIdTag, std::uint32_t>;

template <class Type>
concept HasNext = requires(Type value) {
    value.next();
};

static_assert(HasNext<PaymentId>, "the tag opts in");
static_assert(!HasNext<BankId> && !HasNext<SchemeTime>, "nothing else counts up");
static_assert(!std::is_convertible_v<std::uint32_t, PaymentId>, "construction is explicit");
static_assert(!std::is_constructible_v<PaymentId, BankId>, "ids of two kinds do not mix");
static_assert(!std::is_constructible_v<ElapsedTime, SchemeTime>, "the two times do not mix");

TEST(Strong, ComparesCountsAndHashes) {
    EXPECT_LT(PaymentId{3}, PaymentId{4});
    EXPECT_EQ(PaymentId{3}.next(), PaymentId{4});
    EXPECT_EQ(PaymentId{}.value, 0U);
    const std::unordered_set<PaymentId> ids = {PaymentId{1}, PaymentId{2}, PaymentId{1}};
    EXPECT_EQ(ids.size(), 2U);
}

TEST(Time, DurationsAreMicroseconds) {
    EXPECT_EQ((3_us).us, 3);
    EXPECT_EQ(5_ms, Duration::from_us(5'000));
    EXPECT_EQ(2_s, 2'000 * 1_ms);
    EXPECT_EQ(1_min, 60_s);
    EXPECT_EQ(24_h, Duration::from_days(1));
    EXPECT_EQ((1_s - 1_us).whole_ms(), 999);
    EXPECT_EQ((1_ms - 3_ms).us, -2'000);
}

TEST(Time, EachTimeHasItsOwnUnit) {
    EXPECT_EQ((SchemeTime{1'000} + 2_s).value, 3'000);
    EXPECT_EQ((SchemeTime{1'000} + 1'999_us).value, 1'001);
    EXPECT_EQ((SchemeTime{1'000} - 1_s).value, 0);
    EXPECT_EQ(SchemeTime{3'000} - SchemeTime{1'000}, 2_s);
    EXPECT_EQ((ElapsedTime{10} + 2_ms).value, 2'010);
    EXPECT_EQ((ElapsedTime{2'010} - 2_ms).value, 10);
    EXPECT_EQ(ElapsedTime{2'010} - ElapsedTime{10}, 2_ms);
}

TEST(Time, ArithmeticSaturates) {
    EXPECT_EQ(kNever + 1_us, kNever);
    EXPECT_EQ((SchemeTime{kInt64Max} + 1_s).value, kInt64Max);
    EXPECT_EQ((SchemeTime{kInt64Min} - 1_s).value, kInt64Min);
    EXPECT_EQ((SchemeTime{kInt64Max} - SchemeTime{kInt64Min}).us, kInt64Max);
    EXPECT_EQ((SchemeTime{kInt64Min} - SchemeTime{kInt64Max}).us, kInt64Min);
    EXPECT_EQ(Duration::from_days(kInt64Max).us, kInt64Max);
    EXPECT_EQ(Duration::from_days(kInt64Min).us, kInt64Min);
    EXPECT_EQ((-2 * Duration{kInt64Max}).us, kInt64Min);
}

TEST(Clock, TheSteadyOneNeverGoesBack) {
    SteadyClock clock;
    std::int64_t earlier_us = clock.monotonic_us();
    for (int reading = 0; reading < 1'000; ++reading) {
        const std::int64_t later_us = clock.monotonic_us();
        EXPECT_GE(later_us, earlier_us);
        earlier_us = later_us;
    }
}

TEST(Clock, TheManualOneMovesWhenTold) {
    ManualClock clock(100);
    EXPECT_EQ(clock.monotonic_us(), 100);
    clock.advance(2_ms);
    EXPECT_EQ(clock.monotonic_us(), 2'100);
    clock.set_us(2'100);
    EXPECT_EQ(clock.monotonic_us(), 2'100);
}

TEST(ClockDeathTest, TheManualOneDoesNotGoBack) {
    ManualClock clock(100);
    EXPECT_DEATH(clock.set_us(99), "never goes back");
}

// From an independent implementation of xoshiro256** seeded by splitmix64.
TEST(Prng, IsTheSameOnEveryMachine) {
    Prng prng(42);
    EXPECT_EQ(prng.next_u64(), 0x15780b2e0c2ec716ULL);
    EXPECT_EQ(prng.next_u64(), 0x6104d9866d113a7eULL);
    EXPECT_EQ(prng.next_u64(), 0xae17533239e499a1ULL);
    EXPECT_EQ(prng.next_u64(), 0xecb8ad4703b360a1ULL);
}

TEST(Prng, StaysBelowItsLimitAndReachesAll) {
    Prng prng(7);
    std::array<int, 10> counts{};
    for (int draw = 0; draw < 10'000; ++draw) {
        ++counts.at(static_cast<std::size_t>(prng.below(10)));
    }
    for (const int count : counts) {
        EXPECT_GT(count, 850);
        EXPECT_LT(count, 1'150);
    }
    EXPECT_EQ(prng.below(1), 0U);
    EXPECT_LT(prng.below(~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(Prng, BetweenIncludesBothEnds) {
    Prng prng(8);
    std::set<std::int64_t> seen;
    for (int draw = 0; draw < 200; ++draw) {
        seen.insert(prng.between(-1, 1));
    }
    EXPECT_THAT(seen, testing::ElementsAre(-1, 0, 1));
    EXPECT_EQ(prng.between(kInt64Max, kInt64Max), kInt64Max);
    static_cast<void>(prng.between(kInt64Min, kInt64Max));  // the full width does not divide by 0
}

TEST(Prng, ChancesAreRatios) {
    Prng prng(9);
    int hits = 0;
    for (int draw = 0; draw < 10'000; ++draw) {
        EXPECT_FALSE(prng.chance(0, 5));
        EXPECT_TRUE(prng.chance(5, 5));
        hits += prng.chance(1, 4) ? 1 : 0;
    }
    EXPECT_GT(hits, 2'300);
    EXPECT_LT(hits, 2'700);
}

TEST(Prng, AForkGoesItsOwnWay) {
    Prng first(10);
    Prng second(10);
    Prng fork = first.fork();
    EXPECT_NE(fork.next_u64(), first.next_u64());
    static_cast<void>(second.fork());
    static_cast<void>(second.next_u64());
    EXPECT_EQ(first.next_u64(), second.next_u64());  // the fork's draws did not shift the parent
}

// The empty input's values are published with XXH3; the others pin our byte order.
TEST(Hash, IsTheSameOnEveryMachine) {
    EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
    EXPECT_EQ(to_hex(hash128("")), "99aa06d3014798d86001c324468d497f");
    EXPECT_NE(hash64("lowu"), hash64("lowu", 1));
    EXPECT_NE(hash128("lowu"), hash128("lowu", 1));
    const std::string text = "羅湖";
    EXPECT_EQ(hash64(text), hash64(std::as_bytes(std::span(text.data(), text.size()))));
}

enum class Colour : std::uint8_t { kRed = 3 };

TEST(Digest, IsTheHashOfTheCanonicalBytes) {
    Digest digest;
    digest.add(std::uint16_t{0x0102});
    digest.add(std::int32_t{-2});
    digest.add(Colour::kRed);
    digest.add(PaymentId{9});
    digest.add(true);
    digest.add_text("abc");
    digest.add(Hash128{1, 2});
    std::string bytes;
    const auto word = [&bytes](std::uint64_t value) {
        for (int index = 0; index < 8; ++index) {
            bytes += static_cast<char>((value >> (8 * index)) & 0xFF);
        }
    };
    word(0x0102);
    word(~std::uint64_t{0} - 1);
    word(3);
    word(9);
    word(1);
    word(3);
    bytes += "abc";
    word(1);
    word(2);
    EXPECT_EQ(digest.finish(), hash128(bytes));
    EXPECT_EQ(digest.finish(), hash128(bytes)) << "finishing changes nothing";
    digest.add(std::uint64_t{7});
    word(7);
    EXPECT_EQ(digest.finish(), hash128(bytes)) << "more may follow";
}

TEST(Digest, TellsWhereOneTextEnds) {
    Digest first;
    first.add_text("ab");
    first.add_text("c");
    Digest second;
    second.add_text("a");
    second.add_text("bc");
    EXPECT_NE(first.finish(), second.finish());
}

TEST(Digest, DoesNotDependOnHowItGathersBytes) {
    Prng prng(11);
    for (int round = 0; round < 50; ++round) {
        Digest digest;
        std::string bytes;
        for (int field = 0; field < 40; ++field) {
            const std::string text(static_cast<std::size_t>(prng.below(700)), 'x');
            digest.add_text(text);
            std::uint64_t length = text.size();
            for (int index = 0; index < 8; ++index, length >>= 8) {
                bytes += static_cast<char>(length & 0xFF);
            }
            bytes += text;
        }
        ASSERT_EQ(digest.finish(), hash128(bytes));
    }
}

TEST(Mix, SpreadsNeighboursOverTheWholeWord) {
    std::set<std::uint64_t> low_bits;
    std::set<std::uint64_t> high_bits;
    for (std::uint64_t key = 0; key < 256; ++key) {
        low_bits.insert(mix64(key) & 0xFFFF);
        high_bits.insert(mix64(0, key << 48) >> 48);
    }
    EXPECT_GT(low_bits.size(), 250U);
    EXPECT_GT(high_bits.size(), 250U);
    EXPECT_NE(mix64(1, 2), mix64(2, 1));
}

TEST(Hex, HasAFixedWidth) {
    EXPECT_EQ(to_hex(std::uint8_t{0}), "00");
    EXPECT_EQ(to_hex(std::uint16_t{0xA}), "000a");
    EXPECT_EQ(to_hex(std::uint64_t{0xDEADBEEF}), "00000000deadbeef");
    EXPECT_EQ(to_hex(Hash128{1, 0xFF}), "000000000000000100000000000000ff");
    const std::array<std::byte, 3> bytes = {std::byte{0}, std::byte{0x7F}, std::byte{0xF0}};
    EXPECT_EQ(to_hex(bytes), "007ff0");
}

TEST(BoundedRing, NeverHoldsMoreThanItsMaximum) {
    BoundedRing<int> ring(5, 2);
    EXPECT_EQ(ring.capacity(), 0U) << "idle queues hold no memory";
    for (int number = 0; number < 5; ++number) {
        EXPECT_FALSE(ring.full());
        EXPECT_TRUE(ring.push(number));
    }
    EXPECT_TRUE(ring.full());
    EXPECT_FALSE(ring.push(5));
    EXPECT_EQ(ring.size(), 5U);
    EXPECT_EQ(ring.capacity(), 5U) << "growth stops at the maximum";
    EXPECT_EQ(ring.front(), 0);
    EXPECT_EQ(ring.back(), 4);
}

TEST(BoundedRing, LeavesARefusedElementAlone) {
    BoundedRing<std::unique_ptr<int>> ring(1);
    EXPECT_TRUE(ring.push(std::make_unique<int>(1)));
    auto refused = std::make_unique<int>(2);
    EXPECT_FALSE(ring.push(std::move(refused)));
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(*refused, 2);
}

TEST(BoundedRing, FreesWhatIsPopped) {
    BoundedRing<std::shared_ptr<int>> ring(4);
    const auto tracked = std::make_shared<int>(1);
    EXPECT_TRUE(ring.push(tracked));
    EXPECT_TRUE(ring.push(tracked));
    EXPECT_EQ(tracked.use_count(), 3);
    ring.pop();
    EXPECT_EQ(tracked.use_count(), 2);
    ring.clear();
    EXPECT_EQ(tracked.use_count(), 1);
    EXPECT_TRUE(ring.empty());
}

TEST(BoundedRing, BehavesLikeADequeWithALimit) {
    Prng prng(12);
    for (int round = 0; round < 100; ++round) {
        const auto limit = static_cast<std::size_t>(prng.below(40) + 1);
        BoundedRing<std::uint64_t> ring(limit, static_cast<std::size_t>(prng.below(8)));
        std::deque<std::uint64_t> model;
        for (int step = 0; step < 300; ++step) {
            if (prng.chance(3, 5)) {
                const std::uint64_t number = prng.next_u64();
                ASSERT_EQ(ring.push(number), model.size() < limit);
                if (model.size() < limit) {
                    model.push_back(number);
                }
            } else if (!model.empty()) {
                ASSERT_EQ(ring.take(), model.front());
                model.pop_front();
            }
            ASSERT_EQ(ring.size(), model.size());
            ASSERT_LE(ring.capacity(), limit);
            for (std::size_t position = 0; position < model.size(); ++position) {
                ASSERT_EQ(ring[position], model[position]);
            }
        }
    }
}

TEST(BoundedRingDeathTest, AnEmptyOneHasNoFront) {
    BoundedRing<int> ring(1);
    EXPECT_DEATH(static_cast<void>(ring.front()), "beyond the end");
    EXPECT_DEATH(ring.pop(), "has no front");
    EXPECT_DEATH(BoundedRing<int>(0), "able to hold something");
}

}  // namespace
}  // namespace lowu
