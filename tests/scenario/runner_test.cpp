// The runner itself: a scenario proves something only if its link really misbehaves, its file reads
// as it is written, and a line with a mistake is refused instead of passed over.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/scenario/announcements.hpp"
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

TEST(Words, TakeMomentsDaysAndRates) {
    Words words("\"2025-06-22 23:59:59.999\" 2025-06-23 0.9200 2025-13-01");
    EXPECT_EQ(scheme::format_utc8(words.take_moment()), "2025-06-22 23:59:59.999");
    EXPECT_EQ(scheme::format_date(words.take_day()), "2025-06-23");
    EXPECT_EQ(words.take_rate(), money::Rate{92'000'000});
    EXPECT_TRUE(words.ok());
    static_cast<void>(words.take_day());
    EXPECT_FALSE(words.ok());
}

TEST(Parameters, AreWrittenAsTheyAreRead) {
    using core::ParameterId;
    const core::Corridor northbound =
        core::corridor_of(scheme::Direction::kNorthbound, core::Service::kP2pRemittance);
    const auto again = [&](ParameterId id, const char* text) {
        Words words(text);
        const std::int64_t value = take_value(words);
        EXPECT_TRUE(words.ok()) << text;
        return describe_value(id, northbound, value);
    };
    EXPECT_EQ(again(ParameterId::kOpensAt, "07:30"), "07:30");
    EXPECT_EQ(again(ParameterId::kPersonDayLimit, "10000.00"), "HKD 10000.00");
    EXPECT_EQ(again(ParameterId::kPersonDayLimit, "0"), "no limit");
    EXPECT_EQ(again(ParameterId::kBankPaymentLimit, "none"), "none of its own");
    EXPECT_EQ(again(ParameterId::kOffered, "1"), "yes");
    EXPECT_EQ(again(ParameterId::kPurposes, "6"), "tuition+medical");
    EXPECT_EQ(again(ParameterId::kPurposes, "0"), "none");
    EXPECT_EQ(again(ParameterId::kPayeeDeadline, "10000"), "10000");
    for (const char* text : {"7:3x", "1.234", "ten", ""}) {
        Words words(text);
        static_cast<void>(take_value(words));
        EXPECT_FALSE(words.ok()) << text;
    }
}

std::string fault(Player& player, const char* line) {
    const auto done = player.perform(line);
    return done ? std::string() : done.error().what;
}

TEST(Player, RefusesRulesThatMeanNothing) {
    Player player(LinkMode::kAtOnce, 0);
    EXPECT_EQ(fault(player, "rate 2025-06-22 hkd 0.92"), "expected 'usd'");
    EXPECT_EQ(fault(player, "rate none"), "");
    EXPECT_EQ(fault(player, "limits on"), "expected 'off'");
    EXPECT_EQ(fault(player, "participant fps X01 funds 100.00 live eastbound"),
              "'eastbound' is no direction");
    EXPECT_EQ(fault(player, "participant fps X01 funds 100.00 live southbound fee live domestic"),
              "");
    EXPECT_EQ(fault(player, "agents fps X90 ibps 999900000017"), "");
    EXPECT_EQ(fault(player, "start 2025-06-22 23:30"), "");
    EXPECT_EQ(fault(player, "online all"), "");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X01 1.00 service domestic"),
              "a bank does not pay itself");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00 service sea"), "no such service");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00 document passport"), "no such document");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00 token-version 1 previous"),
              "1 has no previous one");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00 proxy Lee looked-up-before"),
              "Lee has not been looked up");
    EXPECT_EQ(fault(player, "pay P1 X01 -> X02 1.00 hkd 1.00 quote Q"), "expected 'rate'");
    EXPECT_EQ(fault(player, "parameter colour 5"), "'colour' is no parameter");
    EXPECT_EQ(fault(player, "parameter offered 1 upward"), "'upward' is no place");
    EXPECT_EQ(fault(player, "advance \"2025-06-22 23:00\""), "that is past already");
    EXPECT_EQ(fault(player, "advance 2025-06-22"),
              "'2025-06-22' is no moment: write \"2025-06-22 09:00\"");
    EXPECT_EQ(fault(player, "log off X02"), "no such participant");
    EXPECT_EQ(fault(player, "force away X01"), "expected 'off'");
    EXPECT_EQ(fault(player, "return R1 P1 1.00"), "no payment is called 'P1'");
    EXPECT_EQ(fault(player, "look at Lee"), "expected 'up'");
}

TEST(Player, RefusesLinesThatMeanNothing) {
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
