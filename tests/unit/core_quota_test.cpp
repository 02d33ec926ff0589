// The quota register against a slow, obvious model that remembers every hold for ever; rooms and
// rotation besides.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "switch/core/quota.hpp"

namespace lowu::core {
namespace {

constexpr std::uint32_t kPersons = 5;
constexpr std::uint16_t kInstitutions = 3;
constexpr int kOperations = 3'000;

PersonToken token(std::uint32_t person, std::uint32_t version) {
    return {person + 1, version};
}
PersonTokens tokens(std::uint32_t person, std::uint32_t version) {
    return {token(person, version), version > 1 ? token(person, version - 1) : PersonToken{}};
}
QuotaAmounts amounts(std::int64_t day, std::int64_t year) {
    return {AmountMinor{day}, AmountMinor{year}};
}
QuotaAmounts plus(QuotaAmounts left, QuotaAmounts right) {
    return amounts(left.day.value + right.day.value, left.year.value + right.year.value);
}

/// What one payment took, and what became of it.
struct Taken {
    std::uint32_t person = 0;
    ParticipantIndex institution;
    QuotaDate date;
    QuotaAmounts amounts;
    bool pending = true;
    bool released = false;
    QuotaAmounts given_back;
};

/// Everything that was ever taken, added up anew for each question.
class Model {
public:
    std::vector<Taken> all;
    std::map<std::pair<std::uint32_t, std::int32_t>, std::int64_t> prior;

    [[nodiscard]] QuotaAmounts counted(std::uint32_t person, ParticipantIndex institution,
                                       QuotaDate date) const {
        QuotaAmounts sum;
        for (const Taken& one : all) {
            const bool here = institution == kNoParticipant || one.institution == institution;
            if (one.person != person || !here || one.released) continue;
            if (one.date.day == date.day) {
                sum.day.value += one.amounts.day.value - one.given_back.day.value;
            }
            if (one.date.year == date.year) {
                sum.year.value += one.amounts.year.value - one.given_back.year.value;
            }
        }
        const auto other = prior.find({person, date.year});
        if (other != prior.end()) sum.year.value += other->second;
        return sum;
    }
    [[nodiscard]] QuotaAmounts reserved() const {
        QuotaAmounts sum;
        for (const Taken& one : all) {
            if (one.pending) sum = plus(sum, one.amounts);
        }
        return sum;
    }
};

/// Does the same to both.
class Twins {
public:
    explicit Twins(std::uint64_t seed) : random_(seed) { register_.open(1'000); }

    void step() {
        const std::uint64_t draw = random_.below(100);
        if (draw < 45) return reserve();
        if (draw < 75) return settle();
        if (draw < 85) return give_back();
        if (draw < 90) return set_prior();
        if (draw < 98) return next_day();
        rotate();
    }
    void compare() const {
        for (std::uint32_t person = 0; person < kPersons; ++person) {
            for (std::uint16_t i = 0; i <= kInstitutions; ++i) {
                const ParticipantIndex where =
                    i == kInstitutions ? kNoParticipant : ParticipantIndex{i};
                ASSERT_EQ(register_.counted(tokens(person, version_), where, date_),
                          model_.counted(person, where, date_))
                    << "person " << person << " at " << where.value;
            }
        }
        ASSERT_EQ(register_.reserved_total(), model_.reserved());
        ASSERT_LE(register_.persons(), kPersons) << "nobody is two persons";
    }

private:
    /// As the banks name the person: under the key in force, or still under the one before.
    PersonTokens some_tokens(std::uint32_t person) {
        if (version_ > 1 && random_.chance(1, 3)) return {token(person, version_ - 1), {}};
        return tokens(person, version_);
    }
    std::uint32_t some_person() { return static_cast<std::uint32_t>(random_.below(kPersons)); }

    void reserve() {
        Taken one;
        one.person = some_person();
        one.institution =
            ParticipantIndex{static_cast<std::uint16_t>(random_.below(kInstitutions))};
        one.date = date_;
        one.amounts = amounts(random_.between(1, 1'000), random_.between(1, 1'000));
        const PersonTokens named = some_tokens(one.person);
        ASSERT_TRUE(register_.has_room(register_.place_of(named, one.institution)));
        holds_.push_back(register_.reserve(named, one.institution, date_, one.amounts));
        ASSERT_EQ(holds_.back().amounts, one.amounts) << "frozen";
        model_.all.push_back(one);
        const auto version = static_cast<std::uint32_t>(named.current.low);
        seen_under_[one.person] = std::max(seen_under_[one.person], version);
    }
    /// One that is (not) pending, or none.
    Taken* some(bool pending, std::size_t* index) {
        if (model_.all.empty()) return nullptr;
        *index = random_.below(model_.all.size());
        Taken& one = model_.all[*index];
        return one.pending == pending && !one.released ? &one : nullptr;
    }
    void settle() {
        std::size_t index = 0;
        Taken* one = some(true, &index);
        if (one == nullptr) return;
        one->pending = false;
        one->released = random_.chance(1, 2);
        if (one->released) {
            register_.release(holds_[index]);
        } else {
            register_.commit(holds_[index]);
        }
    }
    void give_back() {
        std::size_t index = 0;
        Taken* one = some(false, &index);
        if (one == nullptr) return;
        const QuotaAmounts part =
            amounts(random_.between(0, one->amounts.day.value - one->given_back.day.value),
                    random_.between(0, one->amounts.year.value - one->given_back.year.value));
        one->given_back = plus(one->given_back, part);
        register_.give_back(holds_[index], part);
    }
    void set_prior() {
        const std::uint32_t person = some_person();
        const std::int32_t year = date_.year + (random_.chance(1, 2) ? 1 : 0);
        const std::int64_t amount = random_.between(0, 5'000);
        ASSERT_TRUE(register_.set_prior(tokens(person, version_), year, AmountMinor{amount}));
        model_.prior[{person, year}] = amount;
        seen_under_[person] = version_;
    }
    void next_day() {
        date_.day += static_cast<std::int32_t>(random_.between(1, 3));
        if (random_.chance(1, 6)) date_.year += 1;
    }
    /// A person is found again who has paid, or was spoken of, since the rotation before.
    void rotate() {
        for (std::uint32_t person = 0; person < kPersons; ++person) {
            if (seen_under_.contains(person) && seen_under_[person] < version_) {
                ASSERT_TRUE(register_.set_prior(tokens(person, version_), date_.year,
                                                AmountMinor{model_.prior[{person, date_.year}]}));
                seen_under_[person] = version_;
            }
        }
        version_ += 1;
    }

    Prng random_;
    QuotaRegister register_;
    Model model_;
    std::vector<QuotaHold> holds_;
    QuotaDate date_{20'000, 2025};
    std::uint32_t version_ = 1;
    std::map<std::uint32_t, std::uint32_t> seen_under_;
};

class QuotaModelTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(QuotaModelTest, TheRegisterCountsAsTheModelDoes) {
    Twins twins(GetParam());
    for (int i = 0; i < kOperations && !HasFatalFailure(); ++i) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", operation " + std::to_string(i));
        twins.step();
        if (!HasFatalFailure()) twins.compare();
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, QuotaModelTest, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

// Rooms, rotation, frozen keys.

constexpr ParticipantIndex kHere{0};
constexpr ParticipantIndex kThere{1};
constexpr QuotaDate kToday{20'000, 2025};
constexpr QuotaDate kTomorrow{20'001, 2025};
constexpr QuotaDate kNextYear{20'200, 2026};

TEST(QuotaRegister, HasRoomForUsesAndPersons) {
    QuotaRegister quota;
    quota.open(3);
    EXPECT_TRUE(quota.has_room(quota.place_of(tokens(1, 1), kHere)));
    static_cast<void>(quota.reserve(tokens(1, 1), kHere, kToday, amounts(1, 1)));
    EXPECT_TRUE(quota.has_room(quota.place_of(tokens(1, 1), kHere))) << "what is there needs none";
    EXPECT_TRUE(quota.has_room(quota.place_of(tokens(1, 1), kThere))) << "one more use";
    EXPECT_FALSE(quota.has_room(quota.place_of(tokens(2, 1), kHere))) << "a person needs two";
    static_cast<void>(quota.reserve(tokens(1, 1), kThere, kToday, amounts(1, 1)));
    EXPECT_FALSE(quota.has_room(quota.place_of(tokens(1, 1), ParticipantIndex{2})));
    EXPECT_TRUE(quota.set_prior(tokens(2, 1), 2025, AmountMinor{5}));
    EXPECT_TRUE(quota.set_prior(tokens(3, 1), 2025, AmountMinor{5}));
    EXPECT_FALSE(quota.set_prior(tokens(4, 1), 2025, AmountMinor{5}));
    EXPECT_TRUE(quota.set_prior(tokens(1, 1), 2025, AmountMinor{5})) << "a known person";
    EXPECT_EQ(quota.persons(), 3U);
}

TEST(QuotaRegister, GivesBackToTheFrozenDayAndYear) {
    QuotaRegister quota;
    quota.open(10);
    const PersonTokens person = tokens(1, 1);
    const QuotaHold old = quota.reserve(person, kHere, kToday, amounts(70, 7));
    const QuotaHold fresh = quota.reserve(person, kHere, kTomorrow, amounts(50, 5));
    EXPECT_EQ(quota.counted(person, kHere, kTomorrow), amounts(50, 12));
    quota.release(old);
    EXPECT_EQ(quota.counted(person, kHere, kTomorrow), amounts(50, 5)) << "of the day nothing";
    const QuotaHold next = quota.reserve(person, kHere, kNextYear, amounts(30, 3));
    quota.commit(fresh);
    EXPECT_EQ(quota.counted(person, kHere, kNextYear), amounts(30, 3)) << "of the year nothing";
    EXPECT_EQ(quota.reserved_total(), amounts(30, 3));
    quota.commit(next);
    EXPECT_EQ(quota.reserved_total(), amounts(0, 0));
    EXPECT_EQ(quota.use(next.over_all).used, amounts(30, 3));
}

TEST(QuotaRegister, OneInstitutionMayBeADayBehindTheOthers) {
    QuotaRegister quota;
    quota.open(10);
    const PersonTokens person = tokens(1, 1);
    const QuotaHold here = quota.reserve(person, kHere, kToday, amounts(70, 7));
    static_cast<void>(quota.reserve(person, kThere, kTomorrow, amounts(50, 5)));
    quota.commit(here);
    EXPECT_EQ(quota.counted(person, kHere, kTomorrow), amounts(0, 7));
    EXPECT_EQ(quota.counted(person, kNoParticipant, kTomorrow), amounts(50, 12));
}

TEST(QuotaRegister, KnowsAPersonByBothTokensFromTheFirstOn) {
    QuotaRegister quota;
    quota.open(10);
    static_cast<void>(quota.reserve(tokens(1, 2), kHere, kToday, amounts(1, 1)));
    const PersonTokens old{token(1, 1), {}};
    EXPECT_EQ(quota.counted(old, kNoParticipant, kToday), amounts(1, 1))
        << "another bank still names the person by the key before";
    static_cast<void>(quota.reserve(old, kThere, kToday, amounts(1, 1)));
    EXPECT_EQ(quota.persons(), 1U);
    EXPECT_EQ(quota.counted(tokens(1, 2), kNoParticipant, kToday), amounts(2, 2));
}

TEST(QuotaRegister, DropsTheTokenBeforeThePreviousOne) {
    QuotaRegister quota;
    quota.open(10);
    for (std::uint32_t version = 1; version <= 3; ++version)
        static_cast<void>(quota.reserve(tokens(1, version), kHere, kToday, amounts(1, 1)));
    EXPECT_EQ(quota.persons(), 1U);
    EXPECT_NE(quota.find({token(1, 3), {}}, kHere), nullptr);
    EXPECT_NE(quota.find({token(1, 2), {}}, kHere), nullptr);
    EXPECT_EQ(quota.find({token(1, 1), {}}, kHere), nullptr);
}

TEST(QuotaRegister, ATokenThatIsItsOwnPreviousOneIsOneToken) {
    QuotaRegister quota;
    quota.open(10);
    const PersonTokens odd{token(1, 2), token(1, 2)};
    static_cast<void>(quota.reserve(odd, kHere, kToday, amounts(1, 1)));
    static_cast<void>(quota.reserve(tokens(1, 3), kHere, kToday, amounts(1, 1)));
    EXPECT_EQ(quota.persons(), 1U);
    EXPECT_NE(quota.find({token(1, 2), {}}, kHere), nullptr);
    EXPECT_NE(quota.find({token(1, 3), {}}, kHere), nullptr);
}

TEST(QuotaRegister, KeepsPriorUseOfTwoYears) {
    QuotaRegister quota;
    quota.open(10);
    const PersonTokens person = tokens(1, 1);
    const auto set = [&](std::int32_t year, std::int64_t amount) {
        EXPECT_TRUE(quota.set_prior(person, year, AmountMinor{amount}));
    };
    const auto expect = [&](std::int64_t of_2025, std::int64_t of_2026, std::int64_t of_2027) {
        EXPECT_EQ(quota.prior(person, 2025), AmountMinor{of_2025});
        EXPECT_EQ(quota.prior(person, 2026), AmountMinor{of_2026});
        EXPECT_EQ(quota.prior(person, 2027), AmountMinor{of_2027});
    };
    set(2026, 6);
    expect(0, 6, 0);
    set(2025, 5);
    expect(5, 6, 0);
    set(2025, 55);
    expect(55, 6, 0);
    set(2027, 7);
    expect(0, 6, 7);
    set(2026, 66);
    expect(0, 66, 7);
    set(2029, 9);
    expect(0, 0, 0);
    EXPECT_EQ(quota.prior(tokens(2, 1), 2025), AmountMinor{0});
}

TEST(QuotaRegisterDeathTest, OnlyWhatIsReservedIsGivenBack) {
    QuotaRegister quota;
    quota.open(10);
    const QuotaHold hold = quota.reserve(tokens(1, 1), kHere, kToday, amounts(7, 7));
    quota.commit(hold);
    EXPECT_DEATH(quota.release(hold), "only what is reserved");
    EXPECT_DEATH(quota.give_back(hold, amounts(8, 7)), "only what is reserved");
    EXPECT_DEATH(static_cast<void>(
                     quota.reserve(tokens(1, 1), kHere, {kToday.day - 1, 2025}, amounts(1, 1))),
                 "scheme time never goes back");
}

}  // namespace
}  // namespace lowu::core
