// The plan of a scenario's day: its figures to the fen, its caps, its customers, and that it is the
// same from the same seed. Judges the file that is shipped.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <variant>

#include "bank_sim/model/day_amounts.hpp"
#include "bank_sim/model/day_orders.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "bank_sim/model/day_rules.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/exchange.hpp"
#include "common/scheme/masked_name.hpp"
#include "common/scheme/names.hpp"

namespace lowu::bank {
namespace {

using scheme::Direction;
using scheme::Rail;

constexpr std::array kDirections{Direction::kNorthbound, Direction::kSouthbound};
constexpr std::uint64_t kOtherSeed = 7;

config::v1::DayScenario shipped() {
    std::ifstream file(LOWU_SOURCE_DIR "/bank_sim/scenarios/launch-day.txtpb");
    std::stringstream text;
    text << file.rdbuf();
    config::v1::DayScenario scenario;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text.str(), &scenario));
    return scenario;
}

DayRules shipped_rules() {
    const auto rules = read_day(shipped());
    const auto* fault = std::get_if<DayFault>(&rules);
    EXPECT_EQ(fault, nullptr) << fault->field << " " << fault->rule;
    return std::get<DayRules>(rules);
}

DayPlan plan_of(const DayRules& rules, std::uint64_t seed) {
    auto made = DayPlan::make(rules, seed);
    const auto* fault = std::get_if<DayFault>(&made);
    EXPECT_EQ(fault, nullptr) << fault->field << " " << fault->rule;
    return std::get<DayPlan>(std::move(made));
}

SchemeTime moment(const char* text) {
    return *scheme::parse_utc8(text);
}

struct Figures {
    std::int64_t count = 0;
    std::int64_t sum_minor = 0;
    std::int64_t mistakes = 0;
};

Figures figures(const DayPlan& plan, Direction direction, SchemeTime before) {
    Figures figures;
    for (const DayOrder& order : plan.orders(direction)) {
        if (order.at >= before) continue;
        if (order.mistake != DayMistake::kNone) {
            ++figures.mistakes;
            continue;
        }
        ++figures.count;
        figures.sum_minor += order.cny_minor;
    }
    return figures;
}

using Who = std::tuple<Rail, std::uint32_t, std::uint32_t>;

Who who(const DayPlace& place) {
    return {place.rail, place.bank, place.customer};
}

class ShippedDay : public ::testing::TestWithParam<std::uint64_t> {
protected:
    const DayRules rules_ = shipped_rules();
    const DayPlan plan_ = plan_of(rules_, GetParam());
};

INSTANTIATE_TEST_SUITE_P(Seeds, ShippedDay, ::testing::Values(20250622, 1, 2, 3, kOtherSeed));

TEST_P(ShippedDay, HasThePublishedCountsAndSumsToTheFen) {
    const Figures noon_north = figures(plan_, Direction::kNorthbound, moment("2025-06-22 12:00"));
    const Figures noon_south = figures(plan_, Direction::kSouthbound, moment("2025-06-22 12:00"));
    EXPECT_EQ(noon_north.count, 2'000);
    EXPECT_EQ(noon_south.count, 7'400);
    const Figures north = figures(plan_, Direction::kNorthbound, moment("2025-06-22 18:00"));
    const Figures south = figures(plan_, Direction::kSouthbound, moment("2025-06-22 18:00"));
    EXPECT_EQ(north.count, 6'900);
    EXPECT_EQ(south.count, 19'000);
    EXPECT_EQ(north.sum_minor, std::int64_t{6'900} * 80'000);
    EXPECT_EQ(south.sum_minor, std::int64_t{19'000} * 310'000);
    EXPECT_EQ(north.mistakes, 55 + 83 + 35);  // 8, 12 and 5 of 1,000
    EXPECT_EQ(south.mistakes, 152 + 228 + 95);
}

TEST_P(ShippedDay, IsSpreadOverItsHours) {
    for (const Direction direction : kDirections) {
        SchemeTime before = moment("2025-06-22 09:00");
        std::map<std::int64_t, std::int64_t> by_hour;
        for (const DayOrder& order : plan_.orders(direction)) {
            EXPECT_GE(order.at, before) << "by time";
            before = order.at;
            ++by_hour[scheme::time_of_day_ms(order.at) / 3'600'000];
        }
        EXPECT_LT(before, moment("2025-06-22 18:00"));
        EXPECT_EQ(by_hour.size(), 9U);
        EXPECT_LT(by_hour[9], by_hour[10]);
        EXPECT_GT(by_hour[10], by_hour[17]);
    }
}

// Whatever succeeds and whatever fails: nobody reaches a limit, at the reference rate or at a rate
// that a bank might have.
TEST_P(ShippedDay, KeepsEveryPersonBelowEveryLimit) {
    constexpr std::int64_t kHkdDayLimit = 1'000'000;
    constexpr std::int64_t kPaymentLimit = 1'000'000;
    constexpr std::int64_t kDayLimit = 5'000'000;
    for (const Direction direction : kDirections) {
        std::map<Who, std::int64_t> spent;
        std::map<Who, int> payments;
        for (const DayOrder& order : plan_.orders(direction)) {
            EXPECT_GT(order.cny_minor, 0);
            spent[who(order.payer)] += order.cny_minor;
            ++payments[who(order.payer)];
            if (direction == Direction::kSouthbound) {
                EXPECT_LE(order.cny_minor, kPaymentLimit);
            }
        }
        for (const auto& [person, minor] : spent) {
            if (direction == Direction::kSouthbound) {
                EXPECT_LE(minor, kDayLimit);
                continue;
            }
            for (const std::int64_t rate : {91'330'000, 90'500'000}) {
                const auto hkd = scheme::quota_amount(money::AmountMinor{minor}, money::Rate{rate});
                ASSERT_TRUE(hkd.has_value());
                EXPECT_LE(hkd->value, kHkdDayLimit);
            }
        }
        const auto most = std::max_element(
            payments.begin(), payments.end(),
            [](const auto& one, const auto& other) { return one.second < other.second; });
        EXPECT_LE(most->second, 3) << "most pay once or twice";
    }
}

TEST_P(ShippedDay, PaysOnlyCustomersThatAreThereButForMistakes) {
    int by_proxy = 0;
    int to_hkd = 0;
    int from_hkd = 0;
    int count = 0;
    for (const Direction direction : kDirections) {
        const DaySide& payee_side = rules_.side(destination_of(direction));
        for (const DayOrder& order : plan_.orders(direction)) {
            EXPECT_EQ(order.payer.rail, origin_of(direction));
            EXPECT_EQ(order.payee.rail, destination_of(direction));
            EXPECT_LT(order.payer.customer, rules_.side(origin_of(direction)).customers_per_bank);
            const bool nobody = order.mistake == DayMistake::kWrongAccount ||
                                order.mistake == DayMistake::kUnknownProxy;
            EXPECT_EQ(order.payee.customer >= payee_side.customers_per_bank, nobody);
            if (order.by_proxy && !nobody) {
                EXPECT_TRUE(plan_.has_proxy(order.payee));
                EXPECT_EQ(order.to_hkd, plan_.proxy_is_hkd(order.payee));
            }
            EXPECT_FALSE(order.by_proxy && order.mistake == DayMistake::kWrongName);
            EXPECT_FALSE(direction == Direction::kNorthbound && order.to_hkd);
            EXPECT_FALSE(direction == Direction::kSouthbound && order.from_hkd);
            ++count;
            by_proxy += order.by_proxy ? 1 : 0;
            to_hkd += order.to_hkd ? 1 : 0;
            from_hkd += order.from_hkd ? 1 : 0;
        }
    }
    EXPECT_NEAR(by_proxy, count * 6 / 10, count / 20);
    EXPECT_NEAR(to_hkd, 19'475 * 55 / 100, 19'475 / 20);
    EXPECT_NEAR(from_hkd, 7'073 * 65 / 100, 7'073 / 20);
}

TEST_P(ShippedDay, LikesRoundAmounts) {
    int hundreds = 0;
    int count = 0;
    for (const DayOrder& order : plan_.orders(Direction::kSouthbound)) {
        hundreds += order.cny_minor % 10'000 == 0 ? 1 : 0;
        ++count;
    }
    EXPECT_GT(hundreds * 2, count);
}

TEST(DayPlan, IsTheSameFromTheSameSeedAndAnotherFromAnother) {
    const DayRules rules = shipped_rules();
    const DayPlan first = plan_of(rules, rules.seed);
    const DayPlan again = plan_of(rules, rules.seed);
    const DayPlan other = plan_of(rules, kOtherSeed);
    for (const Direction direction : kDirections) {
        const auto& orders = first.orders(direction);
        ASSERT_EQ(orders.size(), again.orders(direction).size());
        int differing = 0;
        for (std::size_t index = 0; index < orders.size(); ++index) {
            const std::string text = request_of(first, orders[index]).SerializeAsString();
            EXPECT_EQ(text, request_of(again, again.orders(direction)[index]).SerializeAsString());
            EXPECT_EQ(orders[index].at, again.orders(direction)[index].at);
            differing +=
                text != request_of(other, other.orders(direction)[index]).SerializeAsString() ? 1
                                                                                              : 0;
        }
        EXPECT_GT(static_cast<std::size_t>(differing) * 10, orders.size() * 9);
    }
}

TEST(DayPerson, HasWellFormedWordsThatNobodyElseHas) {
    const DayRules rules = shipped_rules();
    std::set<std::string> proxies;
    std::set<std::string> names;
    std::size_t persons = 0;
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        const DaySide& side = rules.side(rail);
        std::set<std::string> documents;
        for (std::uint32_t bank = 0; bank < side.banks.size(); ++bank) {
            const std::string& code = side.banks[bank].code;
            std::set<std::string> accounts;
            for (std::uint32_t customer = 0; customer < side.customers_per_bank; ++customer) {
                const DayPlace place{rail, bank, customer};
                const DayName name = day_name(place, rules.seed);
                EXPECT_FALSE(scheme::check_name(name.en, scheme::Field::kNone)) << name.en;
                EXPECT_FALSE(scheme::check_name(name.zh, scheme::Field::kNone)) << name.zh;
                names.insert(name.en);
                const std::string cny = day_cny_account(place, code);
                EXPECT_FALSE(scheme::check_account(cny)) << cny;
                EXPECT_TRUE(accounts.insert(cny).second) << cny;
                if (rail == Rail::kFps) {
                    const std::string hkd = day_hkd_account(place, code);
                    EXPECT_FALSE(scheme::check_account(hkd)) << hkd;
                    EXPECT_TRUE(accounts.insert(hkd).second) << hkd;
                }
                for (const DayProxy& proxy : {day_proxy(place), day_mobile(place)}) {
                    EXPECT_FALSE(scheme::check_proxy(rail, proxy.kind, proxy.value)) << proxy.value;
                }
                EXPECT_TRUE(proxies.insert(day_proxy(place).value).second);
                EXPECT_TRUE(documents.insert(day_document_number(place, code)).second);
                ++persons;
            }
        }
    }
    EXPECT_EQ(persons, 6U * 1'500 + 6U * 2'400);
    EXPECT_GT(names.size(), 5'000U);
}

TEST(DayPerson, IsMistypedSoThatThePayeesBankSees) {
    const DayRules rules = shipped_rules();
    const DayPlan plan = plan_of(rules, rules.seed);
    int mistyped = 0;
    for (const Direction direction : kDirections) {
        for (const DayOrder& order : plan.orders(direction)) {
            if (order.by_proxy) continue;
            const DayName name = day_name(order.payee, plan.seed());
            const bool wrong = order.mistake == DayMistake::kWrongName;
            EXPECT_EQ(scheme::names_match(request_of(plan, order).payee_name(), name.en, name.zh),
                      !wrong);
            mistyped += wrong ? 1 : 0;
        }
    }
    EXPECT_EQ(mistyped, 83 + 228);
}

TEST(DayAmounts, ReachTheSumExactlyInsideTheirBands) {
    Prng prng(11);
    for (int round = 0; round < 200; ++round) {
        DayFlow flow;
        const std::int64_t low = prng.between(1, 5'000);
        const std::int64_t high = low + prng.between(10'000, 400'000);
        flow.bands = {{3, low, high}, {1, high, 2 * high}};
        flow.average_minor = prng.between(low + (high - low) / 2, high);
        const std::vector<DayStep> steps = {{5, 5'000}, {2, prng.between(1, 100)}};
        const std::int64_t count = prng.between(40, 400);
        const auto amounts = draw_amounts(flow, steps, count, prng);
        ASSERT_TRUE(amounts.has_value()) << round;
        EXPECT_EQ(std::accumulate(amounts->begin(), amounts->end(), std::int64_t{0}),
                  count * flow.average_minor);
        EXPECT_GE(*std::min_element(amounts->begin(), amounts->end()), low);
        EXPECT_LE(*std::max_element(amounts->begin(), amounts->end()), 2 * high);
    }
}

TEST(DayAmounts, SayWhenTheSumCannotBe) {
    DayFlow flow;
    flow.bands = {{1, 100, 200}};
    flow.average_minor = 201;
    Prng prng(1);
    EXPECT_FALSE(draw_amounts(flow, {{1, 1}}, 10, prng).has_value());
    flow.average_minor = 200;
    EXPECT_THAT(*draw_amounts(flow, {{1, 1}}, 10, prng), ::testing::Each(200));
}

TEST(DayRules, NameTheFieldThatIsWrong) {
    const auto field = [](auto change) {
        config::v1::DayScenario scenario = shipped();
        change(scenario);
        const auto read = read_day(scenario);
        const auto* fault = std::get_if<DayFault>(&read);
        return fault == nullptr ? std::string() : fault->field;
    };
    using Scenario = config::v1::DayScenario;
    EXPECT_EQ(field([](Scenario&) {}), "");
    EXPECT_EQ(field([](Scenario& day) { day.set_start("2025-06-22 09:30"); }), "start");
    EXPECT_EQ(field([](Scenario& day) { day.clear_checkpoints(); }), "checkpoints");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_checkpoints(1)->set_at("2025-06-23 01:00"); }),
              "checkpoints[1].at");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_checkpoints(1)->set_northbound_settled(1); }),
              "checkpoints[1].northbound_settled");
    EXPECT_EQ(field([](Scenario& day) { day.clear_steps(); }), "steps");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_steps(0)->set_step_minor(20'000); }),
              "northbound.bands[0]");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_southbound()->mutable_hours(4)->set_hour(3); }),
              "southbound.hours");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_southbound()->set_by_proxy_permille(1'001); }),
              "southbound.by_proxy_permille");
    EXPECT_EQ(field([](Scenario& day) {
                  day.mutable_mainland()->mutable_banks(2)->set_code("102100099996");
              }),
              "mainland.banks[2].code");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_hong_kong()->set_proxies_per_bank(0); }),
              "hong_kong.proxies_per_bank");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_mainland()->set_opening_hkd_minor(1); }),
              "mainland.opening_hkd_minor");
    EXPECT_EQ(field([](Scenario& day) { day.mutable_mistakes()->set_wrong_name_permille(-1); }),
              "mistakes.wrong_name_permille");
    EXPECT_EQ(field([](Scenario& day) { day.set_slice_minutes(7); }), "slice_minutes");
    EXPECT_EQ(field([](Scenario& day) { day.set_orders_per_second(0); }), "orders_per_second");
    EXPECT_EQ(field([](Scenario& day) { day.set_seed(0); }), "seed");
}

TEST(DayPlan, SaysWhatMakesADayImpossible) {
    const auto field = [](auto change) {
        config::v1::DayScenario scenario = shipped();
        change(scenario);
        const auto made = DayPlan::make(std::get<DayRules>(read_day(scenario)), scenario.seed());
        const auto* fault = std::get_if<DayFault>(&made);
        return fault == nullptr ? std::string() : fault->field;
    };
    using Scenario = config::v1::DayScenario;
    EXPECT_EQ(field([](Scenario& day) { day.mutable_northbound()->set_average_minor(900'000); }),
              "northbound.average_minor");
    EXPECT_EQ(field([](Scenario& day) {
                  day.mutable_mainland()->set_customers_per_bank(200);
                  day.mutable_mainland()->set_proxies_per_bank(100);
              }),
              "southbound.person_day_max_minor");
}

}  // namespace
}  // namespace lowu::bank
