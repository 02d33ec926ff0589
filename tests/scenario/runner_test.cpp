// The runner itself: a scenario proves something only if its link really misbehaves, its file reads
// as it is written, and a line with a mistake is refused instead of passed over.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/scenario/player.hpp"
#include "tests/scenario/script.hpp"

namespace lowu::scenario {
namespace {

using scheme::Rail;

TEST(LinkHarness, DeliversAtOnceUnlessHeld) {
    LinkHarness link(LinkMode::kAtOnce, 1);
    link.send(Rail::kFps, 1, ElapsedTime{5});
    EXPECT_EQ(link.next_due(), ElapsedTime{5});
    EXPECT_EQ(link.next_news_due(), ElapsedTime{5});
    link.hold(true);
    EXPECT_FALSE(link.next_due());
    EXPECT_FALSE(link.next_news_due());
    link.hold(false);
    EXPECT_EQ(link.take().number, 1U);
    link.received(Rail::kFps, 1, ElapsedTime{5});
    EXPECT_TRUE(link.take().acknowledgement);
    EXPECT_FALSE(link.next_due());
}

TEST(LinkHarness, WhenDelayedItRepeatsBreaksAndForgetsButKeepsTheOrder) {
    LinkHarness link(LinkMode::kDelayed, 7);
    constexpr core::MessageNumber kMessages = 300;
    ElapsedTime now{0};
    core::MessageNumber received = 0;
    int late = 0;
    int repeated = 0;
    int acknowledged = 0;
    int broken = 0;
    for (core::MessageNumber number = 1; number <= kMessages; ++number) {
        link.send(Rail::kIbps, number, now);
        if (!link.breaks(now)) continue;
        ++broken;
        for (core::MessageNumber again = received + 1; again <= number; ++again)
            link.send(Rail::kIbps, again, now);
    }
    while (const auto due = link.next_due()) {
        const LinkHarness::Event event = link.take();
        ASSERT_EQ(event.due, *due);
        now = event.due;
        if (event.acknowledgement) {
            ++acknowledged;
            continue;
        }
        late += event.due > ElapsedTime{0} ? 1 : 0;
        repeated += event.number <= received ? 1 : 0;
        ASSERT_LE(event.number, received + 1) << "a gap";
        received = std::max(received, event.number);
        link.received(Rail::kIbps, received, now);
    }
    EXPECT_EQ(received, kMessages);
    EXPECT_GT(late, 0);
    EXPECT_GT(repeated, 0);
    EXPECT_GT(broken, 0);
    EXPECT_GT(acknowledged, 0);
    EXPECT_LT(acknowledged, late) << "some acknowledgements are missing";
}

TEST(Script, IsWrittenAsItWasRead) {
    const std::string text =
        "# Why.\n"
        "start\n"
        "----\n"
        "\n"
        "# A second block.\n"
        "wait 5\n"
        "books\n"
        "----\n"
        "  5.000 something\n"
        "another line\n";
    const std::vector<Block> blocks = parse_script(text);
    ASSERT_EQ(blocks.size(), 2U);
    ASSERT_EQ(blocks[1].steps.size(), 2U);
    EXPECT_EQ(blocks[1].steps[0].text, "wait 5");
    EXPECT_EQ(blocks[1].steps[0].line_number, 6U);
    EXPECT_EQ(write_script(blocks, {blocks[0].expected, blocks[1].expected}), text);
}

TEST(Words, TakeAmountsDurationsAndQuotes) {
    Words words("12.50 9.999 -600.001 10min 24h \"two words\" \"\"");
    EXPECT_EQ(words.take_amount(), money::AmountMinor{1'250});
    EXPECT_EQ(words.take_duration(), Duration::from_ms(9'999));
    EXPECT_EQ(words.take_duration(), Duration::from_ms(-600'001));
    EXPECT_EQ(words.take_duration(), Duration::from_minutes(10));
    EXPECT_EQ(words.take_duration(), Duration::from_hours(24));
    EXPECT_EQ(words.take("text"), "two words");
    EXPECT_EQ(words.take("text"), "");
    EXPECT_TRUE(words.finish().ok());
}

TEST(Player, RefusesLinesThatMeanNothing) {
    const auto fault = [](Player& player, const char* line) {
        const auto done = player.perform(line);
        return done ? std::string() : done.error().what;
    };
    Player player(LinkMode::kAtOnce, 0);
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00"), "'pay' stands after 'start'");
    EXPECT_EQ(fault(player, "start"), "'agents' comes before 'start'");
    EXPECT_EQ(fault(player, "participant fps 999100000011"), "the code is of another rail");
    EXPECT_EQ(fault(player, "participant fps X01 cap 5.00"), "'cap' is no option here");
    EXPECT_NE(fault(player, "participant ibps 999100000012"), "") << "a wrong check digit";
    EXPECT_EQ(fault(player, "participant fps X01 funds 100.00"), "");
    EXPECT_EQ(fault(player, "participant fps X01"), "X01 is admitted already");
    EXPECT_EQ(fault(player, "agents fps X90 ibps 999900000017"), "");
    EXPECT_NE(fault(player, "parameters origin-deadline 5"), "") << "a broken rule";
    EXPECT_EQ(fault(player, "parameters origin-deadline 20"), "");
    EXPECT_EQ(fault(player, "start"), "");
    EXPECT_EQ(fault(player, "table fps 5"), "'table' stands before 'start'");
    EXPECT_EQ(fault(player, "dance"), "'dance' is no step");
    EXPECT_EQ(fault(player, "pay P1 X01 -> 999100000011 1.00"),
              "a bank that is offline says nothing");
    EXPECT_EQ(fault(player, "online all"), "");
    EXPECT_EQ(fault(player, "pay P1 X01 -> 999100000011 1.001"),
              "amount '1.001' must have at most two decimals");
    EXPECT_EQ(fault(player, "pay P1 X01 -> 999100000011 0.00"),
              "amount '0.00' must be more than zero");
    EXPECT_EQ(fault(player, "pay P1 X01 -> 999100000011 1.00 colour blue"), "'colour' is no field");
    EXPECT_EQ(fault(player, "answer P1 accept"), "no payment is called 'P1'");
    EXPECT_EQ(fault(player, "wait 5 6"), "unexpected '6'");
    EXPECT_EQ(fault(player, "wait -5"), "time never goes back");
    EXPECT_EQ(fault(player, "link sideways"), "link up, down, hold or release");
}

}  // namespace
}  // namespace lowu::scenario
