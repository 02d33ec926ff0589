// Plans: what is drawn for each item, their words, lists of their numbers, what is never tried.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/simulation/simulation.hpp"

namespace lowu::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Plan, IsAListOfNumberedItemsOfEveryKind) {
    std::set<What> seen;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Plan plan;
        plan.seed = seed;
        const std::vector<Item> items = items_of(plan);
        for (std::size_t i = 0; i < items.size(); ++i) {
            ASSERT_EQ(items[i].number, i + 1);
            seen.insert(items[i].what);
            ASSERT_THAT(in_words(items[i]), HasSubstr(std::to_string(i + 1) + "  "));
        }
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(What::kOldBusiness) + 1);
}

TEST(Plan, AnItemIsSaidInWords) {
    const Plan plan;
    std::string text;
    for (const Item& item : items_of(plan))
        text += in_words(item) + "\n";
    EXPECT_THAT(text, HasSubstr("1  always  some frames are late\n"));
    EXPECT_THAT(text, HasSubstr("bank X01: its connection breaks\n"));
    EXPECT_THAT(text, HasSubstr("the switch is killed, once payments wait\n"));
    EXPECT_THAT(text, HasSubstr(" after advance 2  bank X02: goes through what is over\n"));
    EXPECT_THAT(text, HasSubstr("A-1 pays "));
}

TEST(Plan, PlaysOnlyWhatItIsAskedTo) {
    Plan plan;
    EXPECT_EQ(played_items(plan).size(), items_of(plan).size());
    plan.only = {2, 5};
    const std::vector<Item> played = played_items(plan);
    ASSERT_EQ(played.size(), 2U);
    EXPECT_EQ(played[1].seed, items_of(plan)[4].seed);
    const Faults faults = faults_of(plan, played);
    EXPECT_EQ(faults.late_frame.of, 0U);
    EXPECT_GT(faults.slow_write.of, 0U);
    EXPECT_GT(faults.lag.of, 0U);
    EXPECT_FALSE(faults.misbehaviour);
}

TEST(Plan, NumbersAreWrittenAndReadAsRanges) {
    EXPECT_EQ(format_numbers({3, 17, 57, 58, 59}), "3,17,57-59");
    EXPECT_EQ(format_numbers({}), "none");
    EXPECT_THAT(*parse_numbers("17,3,57-59,58"), ElementsAre(3, 17, 57, 58, 59));
    EXPECT_THAT(*parse_numbers("none"), ElementsAre());
    for (const char* wrong : {"", "a", "1,", ",1", "1-", "1-2-3", "-1", "100001", "1 2"})
        EXPECT_FALSE(parse_numbers(wrong)) << wrong;
}

TEST(Counts, SayWhatWasNeverTried) {
    EXPECT_THAT(never_tried(Counts{}), testing::Contains("returns: 0, must be above 50"));
}

}  // namespace
}  // namespace lowu::simulator
