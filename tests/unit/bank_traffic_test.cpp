// Generated customers' payments and the histogram of their latency.
#include "bank_sim/model/latency_histogram.hpp"
#include "bank_sim/model/traffic.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

TEST(LatencyHistogram, QuantilesAreWithinABucket) {
    LatencyHistogram histogram;
    EXPECT_EQ(histogram.quantile_us(50, 100), 0);
    for (std::int64_t value = 1; value <= 100'000; ++value)
        histogram.record(value);
    EXPECT_GE(histogram.quantile_us(50, 100), 50'000);
    EXPECT_LE(histogram.quantile_us(50, 100), 50'000 + 50'000 / 64);
    EXPECT_GE(histogram.quantile_us(999, 1'000), 99'900);
    EXPECT_LE(histogram.quantile_us(999, 1'000), 100'000);
    EXPECT_EQ(histogram.quantile_us(100, 100), 100'000);
    EXPECT_EQ(histogram.max_us(), 100'000);
    histogram.record(-5);
    histogram.record(INT64_MAX);
    EXPECT_EQ(histogram.max_us(), INT64_MAX);
}

class TrafficModel : public BankModel {
protected:
    v1::StartTrafficRequest run(std::int64_t payments) {
        EXPECT_FALSE(hk_.open_traffic_accounts(5));
        EXPECT_FALSE(mainland_.open_traffic_accounts(5));
        greet_both();
        v1::StartTrafficRequest request;
        request.set_payments(payments);
        request.set_seed(7);
        request.add_payee_agents("102100099996");
        return request;
    }

    void drive(Traffic& traffic, int rounds) {
        for (int round = 0; round < rounds; ++round) {
            now_ = now_ + kFrameGap;
            if (traffic.next_at() <= now_) traffic.step(now_);
            rail_.exchange(now_);
            for (const FinalNotice& notice : hk_.finals())
                traffic.take(notice);
            hk_.finals().clear();
        }
    }

    static v1::GetTrafficResponse view_of(const Traffic& traffic) {
        v1::GetTrafficResponse view;
        traffic.describe(view);
        return view;
    }
};

TEST_F(TrafficModel, AClosedLoopKeepsSoManyInFlightAndEnds) {
    v1::StartTrafficRequest request = run(500);
    request.set_in_flight(40);
    ASSERT_FALSE(Traffic::check(request, {&hk_}).has_value());
    Traffic traffic(request, {&hk_}, now_);
    traffic.step(now_);
    EXPECT_EQ(view_of(traffic).sent(), 40);
    EXPECT_EQ(traffic.next_at(), kNever);
    drive(traffic, 200);
    EXPECT_FALSE(traffic.running());
    const v1::GetTrafficResponse view = view_of(traffic);
    EXPECT_EQ(view.sent(), 500);
    EXPECT_EQ(view.settled(), 500);
    EXPECT_EQ(view.refused(), 0);
    EXPECT_GT(view.latency_p50_us(), 0);
    EXPECT_EQ(mainland_.credited(), 500);
    expect_balanced(hk_);
    expect_balanced(mainland_);
}

TEST_F(TrafficModel, AnOpenLoopSendsWhenDueAndCountsFromTheSchedule) {
    v1::StartTrafficRequest request = run(100);
    request.set_rate_per_second(1'000);
    Traffic traffic(request, {&hk_}, now_);
    EXPECT_EQ(traffic.next_at(), now_);
    traffic.step(now_ + 50_ms);  // late: all that was due goes at once
    EXPECT_EQ(view_of(traffic).sent(), 51);
    now_ = now_ + 50_ms;
    drive(traffic, 200);
    EXPECT_FALSE(traffic.running());
    EXPECT_EQ(view_of(traffic).settled(), 100);
    EXPECT_GE(view_of(traffic).latency_max_us(), 50'000);
}

TEST_F(TrafficModel, RefusalsAreCountedByReason) {
    v1::StartTrafficRequest request = run(50);
    Bank empty{{scheme::Rail::kIbps, "103100000026", "Bank C", "丙银行", 1, 13, token_keys()}};
    rail_.add(empty);
    rail_.greet(empty, now_);
    request.clear_payee_agents();
    request.add_payee_agents("103100000026");
    Traffic traffic(request, {&hk_}, now_);
    drive(traffic, 200);
    EXPECT_FALSE(traffic.running());
    EXPECT_EQ(view_of(traffic).refused(), 50);
    EXPECT_EQ(view_of(traffic).refused_by_reason().at("AC03"), 50);
}

TEST_F(TrafficModel, TheSameSeedPaysTheSame) {
    const v1::StartTrafficRequest request = run(30);
    Traffic first(request, {&hk_}, now_);
    drive(first, 100);
    const std::int64_t once = balance(hk_, "T0001");
    Traffic second(request, {&hk_}, now_);
    drive(second, 100);
    EXPECT_EQ(100'000'000'000 - once, once - balance(hk_, "T0001"));
}

TEST_F(TrafficModel, ChecksNameTheField) {
    v1::StartTrafficRequest request = run(0);
    const auto field = [&] { return Traffic::check(request, {&hk_})->field; };
    EXPECT_EQ(field(), "payments");
    request.set_payments(1);
    request.set_rate_per_second(-1);
    EXPECT_EQ(field(), "rate_per_second");
    request.set_rate_per_second(0);
    request.set_in_flight(100'001);
    EXPECT_EQ(field(), "in_flight");
    request.set_in_flight(0);
    request.set_payee_agents(0, "012");
    EXPECT_EQ(field(), "payee_agents");
    request.set_payee_agents(0, "102100099996");
    hk_.session().disconnect();
    EXPECT_EQ(Traffic::check(request, {&hk_})->kind, CallError::Kind::kNotReady);
}

}  // namespace
}  // namespace lowu::bank
