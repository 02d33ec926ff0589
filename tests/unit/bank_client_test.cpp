// Customers' calls that wait: each ends exactly once, by a final state, by time, or at the end.
#include <gtest/gtest.h>

#include <string>

#include "bank_sim/client/waits.hpp"
#include "bank_sim/model/bank.hpp"

namespace lowu::bank {
namespace {

class WaitsOfTwoBanks : public ::testing::Test {
protected:
    Waits::Done say(const std::string& word) {
        return [this, word] { said_ += word + " "; };
    }

    Bank one_{{scheme::Rail::kFps, "012", "Bank A", "甲銀行", 1, 1}};
    Bank other_{{scheme::Rail::kFps, "015", "Bank B", "乙銀行", 1, 2}};
    scheme::Uetr uetr_ = scheme::uetr_from_random(1, 2);
    Waits waits_;
    std::string said_;
};

TEST_F(WaitsOfTwoBanks, AFinalStateEndsAllWaitsOfThisBanksPayment) {
    waits_.add(one_, uetr_, ElapsedTime{30}, say("a"));
    waits_.add(one_, uetr_, ElapsedTime{20}, say("a"));
    waits_.add(other_, uetr_, ElapsedTime{10}, say("b"));
    waits_.finish(one_, scheme::uetr_from_random(3, 4));
    EXPECT_EQ(said_, "");
    waits_.finish(one_, uetr_);
    EXPECT_EQ(said_, "a a ");
    EXPECT_EQ(waits_.next_at(), ElapsedTime{10});
    waits_.expire(ElapsedTime{100});
    EXPECT_EQ(said_, "a a b ");
    EXPECT_EQ(waits_.next_at(), kNever);
}

TEST_F(WaitsOfTwoBanks, TimeEndsWaitsInOrder) {
    waits_.add(one_, uetr_, ElapsedTime{30}, say("late"));
    waits_.add(one_, uetr_, ElapsedTime{20}, say("early"));
    waits_.expire(ElapsedTime{19});
    EXPECT_EQ(said_, "");
    waits_.expire(ElapsedTime{20});
    EXPECT_EQ(said_, "early ");
    waits_.finish_all();
    waits_.finish(one_, uetr_);
    EXPECT_EQ(said_, "early late ");
}

TEST_F(WaitsOfTwoBanks, AWaitMayBeAddedByTheOneThatEnds) {
    waits_.add(one_, uetr_, ElapsedTime{10},
               [this] { waits_.add(one_, uetr_, ElapsedTime{50}, say("again")); });
    waits_.expire(ElapsedTime{10});
    EXPECT_EQ(waits_.next_at(), ElapsedTime{50});
    waits_.finish_all();
    EXPECT_EQ(said_, "again ");
}

}  // namespace
}  // namespace lowu::bank
