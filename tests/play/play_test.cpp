// Scenarios played over the production cells: the same seed comes to the same and another to
// another; the report's totals are the orders'; every kind of fault and action is seen in what
// becomes of payments, and is not when it is not there; and books that do not add up are found.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "lowu/config/v1/simulation.pb.h"
#include "simulator/play/customers.hpp"
#include "simulator/play/hash_log.hpp"
#include "simulator/play/payments.hpp"
#include "simulator/play/play.hpp"
#include "simulator/scenario/load.hpp"
#include "simulator/scenario/read_scenario.hpp"

namespace lowu::simulator {
namespace {

using scheme::ResultCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

config::v1::SimulationScenario file_of(const std::string& name) {
    config::v1::SimulationScenario file;
    const std::string path = LOWU_SOURCE_DIR "/simulator/scenarios/" + name + ".txtpb";
    const auto read = rpc::load_text_config(
        path, file, []() -> std::optional<rpc::ConfigFault> { return std::nullopt; });
    EXPECT_TRUE(read.ok()) << read.error().what;
    return file;
}

/// A day of the bad day's banks in which nothing goes wrong, at a hundredth of its volume.
config::v1::SimulationScenario good_day() {
    config::v1::SimulationScenario file = file_of("bad-day");
    file.clear_faults();
    file.clear_actions();
    file.set_volume_permille(10);
    return file;
}

Scenario checked(const config::v1::SimulationScenario& file) {
    auto read = read_scenario(file);
    const auto* fault = std::get_if<rpc::ConfigFault>(&read);
    EXPECT_EQ(fault, nullptr) << fault->field << " " << fault->rule;
    return std::get<Scenario>(std::move(read));
}

Played played(const config::v1::SimulationScenario& file) {
    const Scenario scenario = checked(file);
    auto result = play(scenario, {"test", nullptr});
    EXPECT_TRUE(result.ok()) << result.error().what;
    EXPECT_THAT(result->wrong, IsEmpty());
    return std::move(result).value();
}

std::int64_t refused_by(const Played& played, ResultCode rule) {
    for (const auto& [result, count] : played.report.sum().refusals) {
        if (result == rule) return count;
    }
    return 0;
}

void add(config::v1::SimulationScenario& file, const std::string& field, const std::string& text) {
    const bool parsed = google::protobuf::TextFormat::MergeFromString(
        field + " { title: \"x\" " + text + " }", &file);
    ASSERT_TRUE(parsed) << text;
}

Played with_fault(const std::string& text) {
    config::v1::SimulationScenario file = good_day();
    add(file, "faults", text);
    return played(file);
}

Played with_action(const std::string& text) {
    config::v1::SimulationScenario file = good_day();
    add(file, "actions", text);
    return played(file);
}

const std::string kFromTenToTwelve = " from: \"2025-11-12 10:00\" until: \"2025-11-12 12:00\" ";

// The same and another.

TEST(Play, OneSeedComesToOneDigestAndAnotherToAnother) {
    config::v1::SimulationScenario file = file_of("bad-day");
    file.set_volume_permille(5);
    const Played once = played(file);
    const Played again = played(file);
    EXPECT_EQ(to_hex(once.digest), to_hex(again.digest));
    EXPECT_EQ(once.records, again.records);
    EXPECT_EQ(report::digest_of(once.report), report::digest_of(again.report));
    file.set_seed(file.seed() + 1);
    EXPECT_NE(to_hex(once.digest), to_hex(played(file).digest));
}

TEST(Play, TheReportCountsEveryOrder) {
    const config::v1::SimulationScenario file = good_day();
    const Played day = played(file);
    const Scenario scenario = checked(file);
    Traffic traffic(scenario);
    EXPECT_EQ(day.counts.ordered, traffic.total());
    EXPECT_GT(day.counts.ordered, 2'000);
    const report::Flow sum = day.report.sum();
    EXPECT_EQ(sum.ordered, day.counts.ordered);
    EXPECT_EQ(sum.settled, day.counts.settled);
    EXPECT_EQ(sum.refused, day.counts.refused);
    EXPECT_EQ(sum.settled + sum.refused, sum.ordered);
    EXPECT_EQ(sum.pending, 0);
    std::int64_t sent = 0;
    std::int64_t received = 0;
    for (const report::BankTotal& bank : day.report.banks) {
        sent += bank.sent_minor;
        received += bank.received_minor;
    }
    EXPECT_EQ(sent, sum.settled_minor);
    EXPECT_EQ(received, sum.settled_minor);
    EXPECT_EQ(refused_by(day, ResultCode::kLinkDown), 0);
    EXPECT_EQ(refused_by(day, ResultCode::kPayeeAgentSilent), 0);
}

TEST(Play, MistakesAreRefusedByWhoeverFindsThem) {
    const config::v1::SimulationScenario file = good_day();
    const Played day = played(file);
    const Scenario scenario = checked(file);
    std::array<std::int64_t, kMistakes> made{};
    Traffic traffic(scenario);
    while (const auto order = traffic.next())
        ++made[static_cast<std::size_t>(order->mistake)];
    EXPECT_GT(made[1], 0);
    EXPECT_EQ(refused_by(day, ResultCode::kPayeeAccountUnknown), made[1]);
    EXPECT_EQ(refused_by(day, ResultCode::kPayeeNameMismatch), made[2]);
    EXPECT_EQ(refused_by(day, ResultCode::kPayerProxy), made[3]);
}

TEST(Play, PaymentsAreSentBack) {
    config::v1::SimulationScenario file = good_day();
    for (auto& traffic : *file.mutable_traffic()) {
        traffic.set_returned_permille(100);
        traffic.set_returned_within_minutes(30);
    }
    const Played day = played(file);
    EXPECT_GT(day.counts.returned, day.counts.settled / 20);
    EXPECT_EQ(day.report.sum().returned, day.counts.returned);
}

TEST(Play, ExchangesAndBillsInHkdSettle) {
    config::v1::SimulationScenario file = good_day();
    for (auto& traffic : *file.mutable_traffic()) {
        traffic.set_hkd_account_permille(1'000);
        traffic.set_by_proxy_permille(0);
    }
    const Played day = played(file);
    EXPECT_GT(day.counts.settled, day.counts.ordered * 9 / 10);
    EXPECT_EQ(refused_by(day, ResultCode::kExchangeArithmetic), 0);
}

// Faults.

TEST(PlayFault, ASilentBankIsNotWaitedForForEver) {
    const Played day = with_fault("kind: BANK_SILENT bank: \"X11\"" + kFromTenToTwelve);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentSilent), 100);
}

TEST(PlayFault, ASlowBankIsLate) {
    const Played quick = played(good_day());
    const Played day = with_fault(
        "kind: BANK_SLOW bank: \"X11\" latency { min_us: 2000000 p50_us: 5000000 p99_us: "
        "12000000 }" +
        kFromTenToTwelve);
    EXPECT_GT(day.report.latency_us.p99, 2'000'000);
    EXPECT_LT(quick.report.latency_us.p99, 1'000'000);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentSilent), 0);
}

TEST(PlayFault, ADisconnectedBankIsOffline) {
    const Played day = with_fault("kind: BANK_DISCONNECTED bank: \"X11\"" + kFromTenToTwelve);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentOffline), 100);
    // What its customers order meanwhile is too old when it comes back.
    EXPECT_GT(refused_by(day, ResultCode::kCreationTimeOutsideWindow), 0);
}

TEST(PlayFault, AKilledBankTakesNoOrders) {
    const Played day = with_fault("kind: BANK_KILLED bank: \"X11\"" + kFromTenToTwelve);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentOffline), 100);
    EXPECT_GT(refused_by(day, ResultCode::kMessageNotTakenUp), 0);
    EXPECT_EQ(refused_by(day, ResultCode::kCreationTimeOutsideWindow), 0);
}

TEST(PlayFault, AStormOfEnquiriesIsAnsweredWithinItsLimits) {
    const Played day = with_fault(
        "kind: STATUS_STORM bank: \"999000000119\" enquiries_a_second: 20 "
        "from: \"2025-11-12 19:00\" until: \"2025-11-12 19:05\"");
    EXPECT_EQ(day.counts.enquiries, 6'000);
    EXPECT_EQ(day.counts.enquiries_answered + day.counts.enquiries_refused, 6'000);
    EXPECT_GT(day.counts.enquiries_answered, 0);
    EXPECT_GT(day.counts.enquiries_refused, 0);
}

TEST(PlayFault, NothingCrossesALinkThatIsDown) {
    const Played day = with_fault("kind: LINK_DOWN" + kFromTenToTwelve);
    EXPECT_GT(refused_by(day, ResultCode::kLinkDown), 300);
}

TEST(PlayFault, AKilledSwitchRecoversAndGoesOn) {
    config::v1::SimulationScenario file = good_day();
    file.set_volume_permille(100);
    add(file, "faults",
        "kind: SWITCH_KILLED from: \"2025-11-12 12:30\" until: \"2025-11-12 12:31\"");
    add(file, "faults",
        "kind: SWITCH_KILLED from: \"2025-11-12 18:30\" until: \"2025-11-12 19:00\"");
    // At once after it has come back, and a moment later.
    add(file, "faults",
        "kind: SWITCH_KILLED from: \"2025-11-12 19:00\" until: \"2025-11-12 19:01\"");
    add(file, "faults",
        "kind: SWITCH_KILLED from: \"2025-11-12 19:02\" until: \"2025-11-12 19:03\"");
    const Played day = played(file);
    EXPECT_EQ(day.recoveries, 4U);
    // Orders that came meanwhile are sent when it is back, the younger ones in time.
    EXPECT_GT(refused_by(day, ResultCode::kCreationTimeOutsideWindow), 0);
    EXPECT_GT(day.counts.settled, day.counts.ordered * 9 / 10);
}

// Operators, money, banks that come and go.

TEST(PlayAction, AParameterChangesWhenItIsEffective) {
    const Played day = with_action(
        "kind: SET_PARAMETER at: \"2025-11-12 09:00\" effective: \"2025-11-12 12:00\" "
        "parameter { name: \"offered\" rail: RAIL_FPS direction: DIRECTION_NORTHBOUND "
        "service: SERVICE_P2P_REMITTANCE value: 0 }");
    EXPECT_GT(refused_by(day, ResultCode::kServiceNotOffered), 200);
    const report::Flow& northbound = day.report.totals[0];
    EXPECT_GT(northbound.settled, 100);
}

TEST(PlayAction, ABankIsForcedOffAndLetOn) {
    config::v1::SimulationScenario file = good_day();
    add(file, "actions", "kind: FORCE_OFF bank: \"X11\" at: \"2025-11-12 12:00\"");
    add(file, "actions", "kind: LET_ON bank: \"X11\" at: \"2025-11-12 13:00\"");
    const Played hour = played(file);
    const Played day = with_action("kind: FORCE_OFF bank: \"X11\" at: \"2025-11-12 12:00\"");
    EXPECT_GT(refused_by(hour, ResultCode::kPayeeAgentLoggedOff), 20);
    EXPECT_GT(refused_by(hour, ResultCode::kPayerAgentLoggedOff), 0);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentLoggedOff),
              2 * refused_by(hour, ResultCode::kPayeeAgentLoggedOff));
}

TEST(PlayAction, ABankInDefaultTakesPartInNothingNew) {
    const Played day = with_action("kind: DECLARE_DEFAULT bank: \"X11\" at: \"2025-11-12 12:00\"");
    EXPECT_GT(refused_by(day, ResultCode::kPayerAgentNotLive), 0);
    EXPECT_GT(refused_by(day, ResultCode::kPayeeAgentNotLive), 100);
}

TEST(Play, MoneyIsPaidInWhereItIsShort) {
    config::v1::SimulationScenario file = good_day();
    file.set_days(3);
    file.mutable_mainland()->set_bank_net_debit_cap_minor(60'000'000);
    const Played dry = played(file);
    EXPECT_GT(refused_by(dry, ResultCode::kPayerAgentLiquidity), 0);
    auto& funding = *file.add_funding();
    funding.set_rail(v1::RAIL_IBPS);
    funding.set_currency(v1::CURRENCY_CNY);
    funding.set_at("06:30");
    funding.set_below_minor(60'000'000);
    funding.set_up_to_minor(60'000'000);
    const Played paid = played(file);
    EXPECT_GT(paid.counts.funded, 0);
    EXPECT_LT(refused_by(paid, ResultCode::kPayerAgentLiquidity),
              refused_by(dry, ResultCode::kPayerAgentLiquidity));
}

TEST(Play, ALinkAgentIsPaidBackByTheOther) {
    config::v1::SimulationScenario file = good_day();
    file.set_days(3);
    file.mutable_link()->set_fps_opening_cny_minor(300'000'000);
    EXPECT_GT(refused_by(played(file), ResultCode::kLinkAgentLiquidity), 0);
    auto& funding = *file.add_funding();
    funding.set_rail(v1::RAIL_FPS);
    funding.set_link_agent(true);
    funding.set_currency(v1::CURRENCY_CNY);
    funding.set_at("06:30");
    funding.set_below_minor(250'000'000);
    funding.set_up_to_minor(600'000'000);
    EXPECT_GT(played(file).counts.funded, 0);
}

TEST(Play, BanksJoinAndLeaveOnTheirDays) {
    config::v1::SimulationScenario file = good_day();
    file.set_days(4);
    file.mutable_banks(2)->set_joins("2025-11-13");
    file.mutable_banks(3)->set_leaves("2025-11-14");
    const Played days = played(file);
    EXPECT_EQ(days.report.periods.front().participants[0], 3);
    EXPECT_EQ(days.report.periods.back().participants[0], 3);
    EXPECT_GT(days.report.banks[2].received, 0);
    EXPECT_GT(days.report.banks[3].received, 0);
    EXPECT_EQ(refused_by(days, ResultCode::kPayeeAgentOffline), 0);
    EXPECT_EQ(refused_by(days, ResultCode::kPayeeAgentLoggedOff), 0);
    EXPECT_EQ(refused_by(days, ResultCode::kPayerAgentLoggedOff), 0);
    // Each event stands in the report.
    const auto is_of = [&](report::EventKind kind) {
        return std::count_if(days.report.events.begin(), days.report.events.end(),
                             [kind](const report::Event& event) { return event.kind == kind; });
    };
    EXPECT_EQ(is_of(report::EventKind::kJoin), 1);
    EXPECT_EQ(is_of(report::EventKind::kLeave), 1);
}

TEST(Play, AParameterThatTheSwitchDoesNotTakeIsNamed) {
    config::v1::SimulationScenario file = good_day();
    auto& parameter = *file.add_parameters();
    parameter.set_name("credit_deadline_ms");
    parameter.set_rail(v1::RAIL_FPS);
    parameter.set_value(0);
    const Scenario scenario = checked(file);
    const auto result = play(scenario, {"test", nullptr});
    ASSERT_FALSE(result.ok());
    EXPECT_THAT(result.error().what, HasSubstr("parameters[0]"));
}

// The parts.

TEST(PlayBooks, ADifferenceIsFound) {
    const Scenario scenario = checked(good_day());
    BankBooks books = open_books(scenario, 0);
    Book& cny = book_of(books, money::Currency::kCny);
    EXPECT_EQ(cny.difference(), 0);
    cny.balances[7] -= 5;
    cny.in_transit += 5;
    EXPECT_EQ(cny.difference(), 0);
    cny.in_transit -= 5;
    EXPECT_EQ(cny.difference(), -5);
    cny.settled -= 5;
    EXPECT_EQ(cny.difference(), 0);
    ++cny.own;
    EXPECT_EQ(cny.difference(), 1);
}

TEST(LivePayments, APlaceIsUsedAgainAndAnOldUetrFindsNothing) {
    LivePayments payments(7);
    LivePayment& first = payments[payments.add(Order())];
    const scheme::Uetr old = first.uetr;
    EXPECT_TRUE(scheme::is_uetr(old));
    EXPECT_EQ(payments.find(old), &first);
    payments.remove_if_over(first);
    EXPECT_EQ(payments.live(), 1U);
    first.final_at_payer = true;
    payments.remove_if_over(first);
    EXPECT_EQ(payments.live(), 0U);
    const std::uint32_t again = payments.add(Order());
    EXPECT_EQ(again, LivePayments::place_of(old));
    EXPECT_EQ(payments.find(old), nullptr);
    EXPECT_NE(payments.find(payments[again].uetr), nullptr);
}

TEST(HashLog, KeepsTheChainAlwaysAndBatchesWhenItIsToldTo) {
    HashLog log(log::LogId{1, 2});
    const std::uint64_t epoch = log.acquire().value();
    const auto append = [&](std::uint64_t first, std::uint32_t count, const std::string& text) {
        log::BatchBuffer batch;
        batch.append(std::as_bytes(std::span(text)));
        return log.append(epoch, first, count, log.head().hash, batch);
    };
    EXPECT_EQ(append(1, 2, "one"), log::AppendOutcome::kOk);
    const Hash128 snapshot = log.head().hash;
    EXPECT_FALSE(log.read(1).value()->read_at(1).ok());
    log.keep_from_now();
    EXPECT_EQ(append(3, 1, "two"), log::AppendOutcome::kOk);
    EXPECT_EQ(append(3, 1, "two"), log::AppendOutcome::kFenced);
    EXPECT_EQ(log.read(1).value()->read_at(2)->hash, snapshot);
    const auto reader = log.read(3);
    const auto batch = (*reader)->read_next(3);
    ASSERT_TRUE(batch.ok() && *batch);
    EXPECT_EQ((*batch)->payload.size(), 3U);
    EXPECT_EQ((*batch)->previous_hash, snapshot);
    EXPECT_FALSE((*reader)->read_next(3).value().has_value());
}

}  // namespace
}  // namespace lowu::simulator
