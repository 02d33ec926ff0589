// What the customers of a simulation order: counts and sums that are exact, everything else drawn
// within what the scenario says, and the same again from the same seed. Also volumes and rates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "common/scheme/calendar.hpp"
#include "simulator/scenario/exchange_path.hpp"
#include "simulator/scenario/load.hpp"
#include "simulator/scenario/traffic.hpp"
#include "simulator/scenario/volume.hpp"

namespace lowu::simulator {
namespace {

using money::Currency;
using scheme::Direction;
using scheme::Rail;
using scheme::Service;
using ::testing::ElementsAre;

constexpr std::int64_t kHourMs = 3'600'000;

Scenario loaded(const std::string& name, const Overrides& overrides = {}) {
    auto scenario =
        load_scenario(LOWU_SOURCE_DIR "/simulator/scenarios/" + name + ".txtpb", overrides);
    EXPECT_TRUE(scenario.ok()) << (scenario.ok() ? "" : scenario.error().what);
    return scenario.ok() ? std::move(scenario).value() : Scenario();
}

std::vector<Order> orders_of(const Scenario& scenario) {
    Traffic traffic(scenario);
    std::vector<Order> orders;
    while (auto order = traffic.next())
        orders.push_back(*order);
    EXPECT_EQ(static_cast<std::int64_t>(orders.size()), traffic.total());
    return orders;
}

Day date(const char* text) {
    return *scheme::parse_date(text);
}

SchemeTime moment(const char* text) {
    return *scheme::parse_utc8(text);
}

TEST(SimulationVolume, GrowsByTheSameFactorBetweenPoints) {
    const std::vector<VolumePoint> points{{100, 1'000}, {110, 2'000}, {120, 500}};
    EXPECT_EQ(volume_of_day(points, 99), 0);
    EXPECT_EQ(volume_of_day(points, 100), 1'000);
    EXPECT_EQ(volume_of_day(points, 105), 1'414);  // times the root of two
    EXPECT_EQ(volume_of_day(points, 110), 2'000);
    EXPECT_EQ(volume_of_day(points, 115), 1'000);  // halfway to a quarter
    EXPECT_EQ(volume_of_day(points, 120), 500);
    EXPECT_EQ(volume_of_day(points, 9'999), 500);
    EXPECT_EQ(volume_of_day(std::vector<VolumePoint>{{100, 0}, {110, 7}}, 109), 0);
    EXPECT_EQ(volume_of_day(std::vector<VolumePoint>{{100, 7}, {110, 0}}, 109), 7);
    EXPECT_EQ(volume_of_day(std::vector<VolumePoint>{{0, 1}, {500, 10'000'000}}, 250), 3'162);
}

TEST(SimulationVolume, FactorsMultiplyAndRoundOnce) {
    const std::vector<VolumePoint> points{{0, 1'001}};
    Factors factors;
    factors.month_day.fill(1'000);
    const Corridor corridor{Rail::kFps, Rail::kIbps, Service::kP2pRemittance};
    const Day sunday = date("2025-06-22");
    const auto orders = [&](const std::vector<Season>& seasons, std::uint32_t permille) {
        return orders_of_day(points, factors, seasons, corridor, permille, sunday);
    };
    EXPECT_EQ(weekday_of(sunday), 6U);
    EXPECT_EQ(orders({}, 1'000), 1'001);
    factors.weekday[6] = 500;
    EXPECT_EQ(orders({}, 1'000), 501);  // 500.5
    factors.month_day[22] = 3'000;
    EXPECT_EQ(orders({}, 1'000), 1'502);  // 1,501.5
    const Season holds{"", sunday, sunday, 2'000, std::nullopt, std::nullopt};
    EXPECT_EQ(orders({holds}, 1'000), 3'003);
    EXPECT_EQ(orders({holds}, 10), 30);
    Season other = holds;
    other.direction = Direction::kSouthbound;
    EXPECT_EQ(orders({other}, 1'000), 1'502);
    other.direction = Direction::kNorthbound;
    other.service = Service::kFeeCollection;
    EXPECT_EQ(orders({other}, 1'000), 1'502);
    other.service = Service::kP2pRemittance;
    other.from = sunday + 1;
    other.until = sunday + 9;
    EXPECT_EQ(orders({other}, 1'000), 1'502);
}

TEST(SimulationVolume, HoursGetWholeOrdersByLargestRemainder) {
    std::array<bank::DayWeight, 24> hours{};
    hours[9] = 1;
    hours[10] = 1;
    hours[11] = 1;
    auto counts = share_out(100, hours, 0);
    EXPECT_EQ(counts[9], 34);
    EXPECT_EQ(counts[10], 33);
    EXPECT_EQ(counts[11], 33);
    counts = share_out(100, hours, 10);
    EXPECT_EQ(counts[9], 0);
    EXPECT_EQ(counts[10], 50);
    EXPECT_EQ(counts[11], 50);
    hours[11] = 2;
    counts = share_out(5, hours, 0);  // 1.25, 1.25, 2.5
    EXPECT_THAT((std::array{counts[9], counts[10], counts[11]}), ElementsAre(1, 1, 3));
}

struct Sums {
    std::int64_t noon = 0;
    std::int64_t count = 0;
    std::int64_t minor = 0;
    std::array<std::int64_t, kMistakes> mistakes{};
};

std::array<Sums, 2> launch_sums(const std::vector<Order>& orders) {
    std::array<Sums, 2> sums;
    for (const Order& order : orders) {
        Sums& sum = sums[order.flow];
        ++sum.mistakes[static_cast<std::size_t>(order.mistake)];
        if (order.mistake != Mistake::kNone) continue;
        ++sum.count;
        sum.minor += order.amount_minor;
        if (order.at < moment("2025-06-22 12:00")) ++sum.noon;
    }
    return sums;
}

class LaunchDay : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, LaunchDay, ::testing::Values(20250622, 1, 2, 3));

TEST_P(LaunchDay, HasThePublishedCountsAndAveragesToTheFen) {
    const auto sums = launch_sums(orders_of(loaded("launch-day", {GetParam(), {}, {}})));
    EXPECT_EQ(sums[0].noon, 2'000);
    EXPECT_EQ(sums[0].count, 6'900);
    EXPECT_EQ(sums[0].minor, std::int64_t{6'900} * 80'000);
    EXPECT_EQ(sums[1].noon, 7'400);
    EXPECT_EQ(sums[1].count, 19'000);
    EXPECT_EQ(sums[1].minor, std::int64_t{19'000} * 310'000);
    EXPECT_THAT(sums[0].mistakes, ElementsAre(6'900, 55, 83, 35, 0));
    EXPECT_THAT(sums[1].mistakes, ElementsAre(19'000, 152, 228, 95, 0));
}

TEST_P(LaunchDay, KeepsEveryPersonBelowTheBound) {
    const Scenario scenario = loaded("launch-day", {GetParam(), {}, {}});
    std::map<std::tuple<int, int, std::uint32_t>, std::int64_t> spent;
    for (const Order& order : orders_of(scenario)) {
        auto& sum = spent[{order.flow, order.payer_bank, order.payer}];
        sum += order.amount_minor;
        EXPECT_LE(sum, scenario.flows[order.flow].person_day_max_minor);
    }
}

TEST(SimulationTraffic, HoursHaveExactlyTheirShare) {
    const Scenario scenario = loaded("example", {{}, 3, {}});
    std::map<std::tuple<std::size_t, Day, std::size_t>, std::int64_t> counted;
    for (const Order& order : orders_of(scenario)) {
        if (order.mistake != Mistake::kNone) continue;
        const auto hour = static_cast<std::size_t>(scheme::time_of_day_ms(order.at) / kHourMs);
        ++counted[{order.flow, scheme::day_number(order.at), hour}];
    }
    for (std::size_t flow = 0; flow < scenario.flows.size(); ++flow) {
        for (Day day = scenario.first_day; day < scenario.end_day(); ++day) {
            const auto index = static_cast<std::size_t>(day - scenario.first_day);
            const std::size_t first = index == 0 ? 6 : 0;  // it starts at six
            const auto wanted = share_out(scenario.flows[flow].orders_by_day[index],
                                          scenario.flows[flow].hours, first);
            for (std::size_t hour = 0; hour < 24; ++hour) {
                EXPECT_EQ((counted[{flow, day, hour}]), wanted[hour]) << flow << " " << hour;
            }
        }
    }
}

TEST(SimulationTraffic, ComesInOrderOfTimeFromStartToEnd) {
    const Scenario scenario = loaded("example");
    SchemeTime before = scenario.start;
    for (const Order& order : orders_of(scenario)) {
        ASSERT_GE(order.at, before);
        before = order.at;
    }
    EXPECT_LT(before, scenario.end());
}

TEST(SimulationTraffic, SameSeedSameOrdersOtherSeedOthers) {
    const auto once = orders_of(loaded("example"));
    EXPECT_EQ(once, orders_of(loaded("example")));
    EXPECT_NE(once, orders_of(loaded("example", {8, {}, {}})));
    // A shorter simulation is the beginning of the longer one.
    const auto shorter = orders_of(loaded("example", {{}, 5, {}}));
    ASSERT_LT(shorter.size(), once.size());
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), once.begin()));
}

TEST(SimulationTraffic, OnlyWhoTakesPartPaysAndIsPaid) {
    const Scenario scenario = loaded("example");
    std::set<std::size_t> seen;
    for (const Order& order : orders_of(scenario)) {
        const Corridor& corridor = scenario.flows[order.flow].corridor;
        const Bank& payer = scenario.banks[order.payer_bank];
        const Bank& payee = scenario.banks[order.payee_bank];
        const Day day = scheme::day_number(order.at);
        ASSERT_TRUE(payer.there(day) && payer.takes_part(corridor));
        ASSERT_TRUE(payee.there(day) && payee.takes_part(corridor));
        ASSERT_EQ(payer.rail, corridor.payer_rail);
        ASSERT_EQ(payee.rail, corridor.payee_rail);
        ASSERT_NE(order.payer_bank, order.payee_bank);
        const auto customers = [](const Bank& bank, bool person) {
            return person ? bank.persons : bank.institutions;
        };
        ASSERT_LT(order.payer, customers(payer, corridor.payer_is_person()));
        const bool nobody =
            order.mistake == Mistake::kWrongAccount || order.mistake == Mistake::kUnknownProxy;
        ASSERT_EQ(order.payee >= customers(payee, corridor.payee_is_person()), nobody);
        seen.insert(order.payer_bank);
        seen.insert(order.payee_bank);
    }
    EXPECT_EQ(seen.size(), scenario.banks.size());
}

TEST(SimulationTraffic, ProxiesAndHkdAreAsTheScenarioSays) {
    const Scenario scenario = loaded("example");
    for (const Order& order : orders_of(scenario)) {
        const Flow& flow = scenario.flows[order.flow];
        const Bank& payee = scenario.banks[order.payee_bank];
        if (order.mistake == Mistake::kUnknownProxy) {
            ASSERT_TRUE(order.by_proxy);
        }
        if (order.mistake == Mistake::kWrongAccount) {
            ASSERT_FALSE(order.by_proxy);
        }
        if (order.mistake == Mistake::kWrongName) {
            ASSERT_FALSE(order.by_proxy);
        }
        if (order.currency == Currency::kHkd) {
            ASSERT_TRUE(order.hkd_account);
        }
        if (order.mistake != Mistake::kNone || !order.by_proxy) continue;
        if (flow.corridor.payee_is_person()) {
            ASSERT_LT(order.payee, scenario.persons_with_proxy(payee));
        }
        if (flow.corridor.payee_rail == Rail::kFps && !flow.corridor.domestic()) {
            ASSERT_EQ(order.hkd_account, scenario.proxy_is_hkd(payee, order.payee));
        }
    }
}

// Shares within four standard deviations of what was asked for.
void expect_share(std::int64_t part, std::int64_t whole, std::int64_t permille, const char* what) {
    const double share = static_cast<double>(permille) / 1'000;
    const double wanted = static_cast<double>(whole) * share;
    const double deviation = 4 * std::sqrt(wanted * (1 - share)) + 1;
    EXPECT_NEAR(static_cast<double>(part), wanted, deviation) << what;
}

TEST(SimulationTraffic, SharesAreMet) {
    const Scenario scenario = loaded("example");
    std::int64_t all = 0;
    std::int64_t by_proxy = 0;
    std::int64_t hkd = 0;
    std::int64_t fixed = 0;
    std::int64_t returned = 0;
    std::int64_t by_regulars = 0;
    std::int64_t of_big_bank = 0;
    std::int64_t two_banks = 0;
    for (const Order& order : orders_of(scenario)) {
        if (order.flow != 0 || order.mistake != Mistake::kNone) continue;
        ++all;
        by_proxy += order.by_proxy ? 1 : 0;
        hkd += order.hkd_account ? 1 : 0;
        fixed += order.currency == Currency::kHkd ? 1 : 0;
        returned += order.return_after_s > 0 ? 1 : 0;
        ASSERT_LE(order.return_after_s, 240U * 60);
        const Bank& bank = scenario.banks[order.payer_bank];
        by_regulars += order.payer < bank.persons / 10 ? 1 : 0;
        two_banks += order.at < moment("2025-10-02 00:00") ? 1 : 0;
        of_big_bank += order.at < moment("2025-10-02 00:00") && order.payer_bank == 0 ? 1 : 0;
    }
    expect_share(by_proxy, all, 600, "by proxy");
    expect_share(hkd, all, 650, "out of HKD");
    expect_share(fixed, hkd, 300, "fixed in HKD");
    expect_share(returned, all, 5, "sent back");
    expect_share(of_big_bank, two_banks, 750, "three of four by weight");
    // A tenth orders four tenths, and its part of the rest; a bound for a day moves a few on.
    EXPECT_GT(by_regulars, all * 40 / 100);
    EXPECT_LT(by_regulars, all * 50 / 100);
}

TEST(SimulationTraffic, MistakesComeToTheirShareHoweverSmallTheDays) {
    const Scenario scenario = loaded("first-year", {{}, 60, 20});
    std::array<std::int64_t, kMistakes> mistakes{};
    std::int64_t fees = 0;
    std::int64_t above = 0;
    for (const Order& order : orders_of(scenario)) {
        if (order.mistake == Mistake::kAboveLimit) {
            ++above;
            ASSERT_EQ(scenario.flows[order.flow].corridor.service, Service::kP2pRemittance);
            ASSERT_EQ(order.amount_minor, scenario.mistakes.above_limit_minor);
        }
        if (order.flow != 3) continue;  // southbound fees: 7 a day
        ++mistakes[static_cast<std::size_t>(order.mistake)];
        fees += order.mistake == Mistake::kNone ? 1 : 0;
    }
    EXPECT_GT(above, 0);
    EXPECT_LT(scenario.flows[3].orders_by_day[0], 10);
    EXPECT_EQ(mistakes[1], (fees * 8 + 500) / 1'000);
    EXPECT_EQ(mistakes[2], (fees * 12 + 500) / 1'000);
    EXPECT_EQ(mistakes[4], 0);
}

TEST(SimulationTraffic, FirstYearGrowsTenfold) {
    const Scenario scenario = loaded("first-year");
    const Flow& south = scenario.flows[1];
    // Sunday 22 June 2025 and Wednesday 2 September 2026, with their factors of a weekday.
    EXPECT_EQ(south.orders_by_day.front(), 19'000 * 1'050 / 1'000);
    EXPECT_EQ(south.orders_by_day.back(), 190'000 * 960 / 1'000);
}

TEST(ExchangePath, FollowsFromTheSeedAndRestsAtWeekends) {
    Scenario scenario = loaded("first-year");
    const ExchangePath path(scenario);
    const ExchangePath again(scenario);
    scenario.seed = 5;
    const ExchangePath other(scenario);
    int moved = 0;
    int differ = 0;
    for (Day day = scenario.first_day + 1; day < scenario.end_day(); ++day) {
        const DayRates rates = path.rates(day);
        EXPECT_EQ(rates.cny_per_hkd, again.rates(day).cny_per_hkd);
        differ += rates.cny_per_hkd != other.rates(day).cny_per_hkd ? 1 : 0;
        const DayRates before = path.rates(day - 1);
        if (!path.is_published(day)) {
            EXPECT_GE(weekday_of(day), 5U);
            EXPECT_EQ(rates.cny_per_hkd, before.cny_per_hkd);
            continue;
        }
        moved += rates.cny_per_hkd != before.cny_per_hkd ? 1 : 0;
        // Pegged: both move by the same share, but for rounding.
        const double hkd = static_cast<double>(rates.cny_per_hkd.value) /
                           static_cast<double>(before.cny_per_hkd.value);
        const double usd = static_cast<double>(rates.cny_per_usd.value) /
                           static_cast<double>(before.cny_per_usd.value);
        EXPECT_NEAR(hkd, usd, 1e-6);
        EXPECT_NEAR(hkd, 1, 0.0015 * 6 + 0.001);
    }
    EXPECT_EQ(path.rates(scenario.first_day).cny_per_hkd.value, 91'330'000);
    EXPECT_GT(moved, 300);
    EXPECT_GT(differ, 400);
}

TEST(ExchangePath, BanksStayAroundTheReference) {
    const Scenario scenario = loaded("first-year");
    const ExchangePath path(scenario);
    std::set<std::int64_t> spreads;
    for (std::size_t bank = 0; bank < scenario.banks.size(); ++bank) {
        const std::int64_t reference = path.rates(scenario.first_day).cny_per_hkd.value;
        const BankRates rates = path.bank_rates(scenario.first_day, bank);
        EXPECT_LE(rates.bid.value, reference - reference / 1'000);
        EXPECT_GE(rates.bid.value, reference - reference * 4 / 1'000 - 1);
        EXPECT_GE(rates.ask.value, reference + reference / 1'000);
        EXPECT_LE(rates.ask.value, reference + reference * 4 / 1'000);
        spreads.insert(rates.ask.value - rates.bid.value);
    }
    EXPECT_GT(spreads.size(), 10U);
}

}  // namespace
}  // namespace lowu::simulator
