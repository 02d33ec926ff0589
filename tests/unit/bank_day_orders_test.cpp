// A scenario's day on two pure banks, a small rail and a directory in memory: what is planned is
// what happens, down to the refusals.
#include <google/protobuf/text_format.h>

#include <deque>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "bank_sim/model/day_customers.hpp"
#include "bank_sim/model/day_orders.hpp"
#include "bank_sim/model/traffic.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

using scheme::Direction;

constexpr std::int64_t kNorthbound = 60;
constexpr std::int64_t kSouthbound = 100;
constexpr std::int64_t kEndMs = kSchemeStartMs + 9 * 3'600'000;

// The shipped day, with a bank a side and few payments.
std::shared_ptr<const DayPlan> small_day() {
    std::ifstream file(LOWU_SOURCE_DIR "/bank_sim/scenarios/launch-day.txtpb");
    std::stringstream text;
    text << file.rdbuf();
    config::v1::DayScenario scenario;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text.str(), &scenario));
    scenario.mutable_checkpoints(0)->set_northbound_settled(20);
    scenario.mutable_checkpoints(0)->set_southbound_settled(40);
    scenario.mutable_checkpoints(1)->set_northbound_settled(kNorthbound);
    scenario.mutable_checkpoints(1)->set_southbound_settled(kSouthbound);
    for (config::v1::DaySide* side : {scenario.mutable_hong_kong(), scenario.mutable_mainland()}) {
        side->mutable_banks()->DeleteSubrange(1, side->banks_size() - 1);
        side->set_customers_per_bank(150);
        side->set_proxies_per_bank(50);
    }
    scenario.mutable_mistakes()->set_wrong_account_permille(50);
    scenario.mutable_mistakes()->set_wrong_name_permille(100);
    scenario.mutable_mistakes()->set_unknown_proxy_permille(150);
    auto made = DayPlan::make(std::get<DayRules>(read_day(scenario)), 3);
    return std::make_shared<const DayPlan>(std::get<DayPlan>(std::move(made)));
}

// Registers at once, answers later.
class SmallDirectory {
public:
    void add(Bank& bank, const v1::RegisterAccountProxyRequest& wanted) {
        const auto request = bank.register_proxy(wanted);
        ASSERT_TRUE(std::holds_alternative<v1::RegisterProxyRequest>(request));
        v1::ProxyRegistration held = std::get<v1::RegisterProxyRequest>(request).registration();
        held.set_reference(++last_reference_);
        bank.registered(wanted, held);
        held_[held.proxy().value()] = held;
    }

    AskDirectory outlet() {
        return [this](v1::ResolveProxyRequest question, TakeDirectoryAnswer take) {
            waiting_.emplace_back(std::move(question), std::move(take));
        };
    }

    void answer(ElapsedTime now) {
        while (!waiting_.empty()) {
            const auto [question, take] = waiting_.front();
            waiting_.pop_front();
            ++asked;
            DirectoryAnswer answer;
            const auto found = held_.find(question.proxy().value());
            if (found != held_.end()) {
                answer.kind = DirectoryAnswer::Kind::kFound;
                *answer.found.mutable_payee_proxy()->mutable_proxy() = question.proxy();
                answer.found.mutable_payee_proxy()->set_reference(found->second.reference());
                answer.found.set_payee_agent(found->second.participant());
                answer.found.set_display_name_en(found->second.display_name_en());
            } else {
                answer.kind = DirectoryAnswer::Kind::kNobody;
            }
            if (failing) answer = DirectoryAnswer{};
            take(answer, now);
        }
    }

    int asked = 0;
    bool failing = false;

private:
    std::map<std::string, v1::ProxyRegistration> held_;
    std::deque<std::pair<v1::ResolveProxyRequest, TakeDirectoryAnswer>> waiting_;
    std::uint64_t last_reference_ = 0;
};

class DayOnBanks : public BankModel {
protected:
    void SetUp() override {
        for (Bank* bank : {&hk_, &mainland_}) {
            ASSERT_FALSE(open_day_customers(*plan_, 0, now_, *bank).has_value());
            const auto proxies = bank->wanted_proxies();
            EXPECT_EQ(proxies.size(), 50U);
            for (const auto& wanted : proxies)
                directory_.add(*bank, wanted);
        }
        v1::SetRatesRequest rates;
        rates.set_bid_e8(91'200'000);
        rates.set_ask_e8(91'420'000);
        ASSERT_FALSE(hk_.set_rates(rates, now_).has_value());
        greet_both();
        settle_down();
    }

    static v1::DaySlice slice() {
        v1::DaySlice slice;
        slice.set_from_ms(kSchemeStartMs);
        slice.set_to_ms(kEndMs);
        slice.set_rate_per_second(10'000);
        return slice;
    }

    // All orders of one side, to the end.
    v1::GetTrafficResponse play(Bank& bank, const v1::DaySlice& slice) {
        EXPECT_FALSE(DayOrders::check(slice, plan_.get(), {&bank}, now_).has_value());
        Traffic traffic(std::make_unique<DayOrders>(slice, plan_, std::vector<Bank*>{&bank},
                                                    directory_.outlet()),
                        {slice.rate_per_second(), 0}, {&bank}, now_);
        for (int round = 0; round < 1'000 && traffic.running(); ++round) {
            now_ = now_ + kFrameGap;
            if (traffic.next_at() <= now_) traffic.step(now_);
            directory_.answer(now_);
            rail_.exchange(now_);
            for (const FinalNotice& notice : bank.finals())
                traffic.take(notice);
            bank.finals().clear();
        }
        EXPECT_FALSE(traffic.running());
        v1::GetTrafficResponse view;
        traffic.describe(view);
        return view;
    }

    static std::int64_t refusals(const v1::GetTrafficResponse& view, const std::string& reason) {
        const auto found = view.refused_by_reason().find(reason);
        return found == view.refused_by_reason().end() ? 0 : found->second;
    }

    std::shared_ptr<const DayPlan> plan_ = small_day();
    SmallDirectory directory_;
};

TEST_F(DayOnBanks, NorthboundHappensAsPlanned) {
    const v1::GetTrafficResponse view = play(hk_, slice());
    EXPECT_EQ(view.settled(), kNorthbound);
    EXPECT_EQ(view.settled_cny_minor(), kNorthbound * 80'000);
    EXPECT_EQ(refusals(view, "AC03"), 3);
    EXPECT_EQ(refusals(view, "BE01"), 6);
    EXPECT_EQ(refusals(view, "BE23"), 9);
    EXPECT_EQ(view.refused(), 18);
    EXPECT_EQ(view.not_sent(), 0);
    EXPECT_GT(directory_.asked, 20);
    EXPECT_EQ(mainland_.credited(), kNorthbound);
    expect_balanced(hk_);
    expect_balanced(mainland_);
    EXPECT_EQ(in_transit(hk_), 0);
}

TEST_F(DayOnBanks, SouthboundHappensAsPlanned) {
    const v1::GetTrafficResponse view = play(mainland_, slice());
    EXPECT_EQ(view.settled(), kSouthbound);
    EXPECT_EQ(view.settled_cny_minor(), kSouthbound * 310'000);
    EXPECT_EQ(refusals(view, "AC03"), 5);
    EXPECT_EQ(refusals(view, "BE01"), 10);
    EXPECT_EQ(refusals(view, "BE23"), 15);
    EXPECT_EQ(view.refused(), 30);
    EXPECT_EQ(hk_.credited(), kSouthbound);
    // Some were paid into HKD accounts: the bank took RMB and gave HKD.
    const LedgerSums exchange = hk_.books().sums(LedgerAccount::kExchange, money::Currency::kHkd);
    EXPECT_GT(exchange.debits.value, 0);
    expect_balanced(hk_);
}

TEST_F(DayOnBanks, SlicesAddUpToTheDay) {
    std::int64_t settled = 0;
    std::int64_t settled_minor = 0;
    for (std::int64_t hour = 0; hour < 9; ++hour) {
        v1::DaySlice part = slice();
        part.set_from_ms(kSchemeStartMs + hour * 3'600'000);
        part.set_to_ms(part.from_ms() + 3'600'000);
        v1::SystemEvent event;
        event.set_kind(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED);
        event.set_effective_time_ms(part.from_ms());
        announce(hk_, event);
        announce(mainland_, event);
        const v1::GetTrafficResponse view = play(hk_, part);
        settled += view.settled();
        settled_minor += view.settled_cny_minor();
        if (hour == 2) {
            EXPECT_EQ(settled, 20) << "at noon";
        }
    }
    EXPECT_EQ(settled, kNorthbound);
    EXPECT_EQ(settled_minor, kNorthbound * 80'000);
}

TEST_F(DayOnBanks, ADirectoryThatFailsLosesOrdersAndTheRunEnds) {
    directory_.failing = true;
    const v1::GetTrafficResponse view = play(hk_, slice());
    EXPECT_GT(view.not_sent(), 20);
    EXPECT_EQ(view.not_sent(), directory_.asked);
    EXPECT_EQ(view.sent() + view.not_sent(), kNorthbound + 18);
    EXPECT_EQ(view.settled() + view.refused(), view.sent());
}

TEST_F(DayOnBanks, ChecksNameTheFieldAndTheReason) {
    const auto check = [this](const v1::DaySlice& slice, const DayPlan* plan) {
        return *DayOrders::check(slice, plan, {&hk_}, now_);
    };
    EXPECT_EQ(check(slice(), nullptr).reason, "NO_SCENARIO");
    v1::DaySlice wrong = slice();
    wrong.set_from_ms(-1);
    EXPECT_EQ(check(wrong, plan_.get()).field, "day.from_ms");
    wrong = slice();
    wrong.set_to_ms(wrong.from_ms());
    EXPECT_EQ(check(wrong, plan_.get()).field, "day.to_ms");
    wrong = slice();
    wrong.set_rate_per_second(0);
    EXPECT_EQ(check(wrong, plan_.get()).field, "day.rate_per_second");
    wrong = slice();
    wrong.set_from_ms(kSchemeStartMs + 3'600'000);
    EXPECT_EQ(check(wrong, plan_.get()).reason, "TOO_EARLY");
    hk_.session().disconnect();
    EXPECT_EQ(check(slice(), plan_.get()).kind, CallError::Kind::kNotReady);
}

}  // namespace
}  // namespace lowu::bank
