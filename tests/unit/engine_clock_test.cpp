// What the engine does when time or a bank stands still: a clock that jumps is not believed, a bank
// that does not read is cut off and catches up later.
#include <gmock/gmock.h>

#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Duration kLimit = 60_s;

class ClockTest : public EngineTest {
protected:
    /// A payment that waits for the payee's bank: its deadline is ten seconds away.
    void ask() {
        payer_ = connect(kFpsBank);
        payee_ = connect(kIbpsBank);
        say_durably(payer_, {transfer(1, kIbpsBank)});
    }
    void tick() {
        EXPECT_TRUE(engine().on_time());
        process_->sync();
    }
    core::PaymentState state() {
        const core::Cell& cell = engine().cell(Rail::kFps);
        return cell.payment(*cell.find_payment(uetr(1))).state;
    }
    BankEnd payer_;
    BankEnd payee_;
};

TEST_F(ClockTest, AStepWithinTheLimitIsBelieved) {
    ask();
    engine().watch_clock(kLimit);
    pass(kLimit);
    tick();
    EXPECT_FALSE(engine().clock_jump());
    EXPECT_EQ(state(), core::PaymentState::kRejected) << "the deadline is over";
}

TEST_F(ClockTest, AfterAJumpTimeStandsAndNothingExpires) {
    ask();
    engine().watch_clock(kLimit);
    pass(kLimit + 1_us);
    tick();
    EXPECT_EQ(engine().clock_jump(), kLimit + 1_us);
    pass(5_s);
    tick();
    EXPECT_EQ(engine().clock_jump(), kLimit + 1_us) << "what it was when it was seen";
    EXPECT_EQ(state(), core::PaymentState::kForwarded);
    EXPECT_FALSE(engine().has_batch());
}

TEST_F(ClockTest, AnIgnoredJumpLeavesTheDeadlineWhereItWas) {
    ask();
    engine().watch_clock(kLimit);
    pass(3_s);
    tick();
    pass(kLimit + 1_s);
    tick();
    engine().confirm_clock(false);
    EXPECT_FALSE(engine().clock_jump());
    pass(7_s - 1_us);
    tick();
    EXPECT_EQ(state(), core::PaymentState::kForwarded) << "three and almost seven seconds";
    pass(1_us);
    tick();
    EXPECT_EQ(state(), core::PaymentState::kRejected);
}

TEST_F(ClockTest, AJumpThatWasTimeExpiresWhatIsDue) {
    ask();
    engine().watch_clock(kLimit);
    const SchemeTime before =
        engine().cell(Rail::kFps).payment(core::PaymentIndex{0}).acceptance_time;
    pass(kLimit + 1_s);
    tick();
    engine().confirm_clock(true);
    tick();
    EXPECT_EQ(state(), core::PaymentState::kRejected);
    EXPECT_EQ(outlet_->messages.back().entry.scheme_time, before + kLimit + 1_s);
}

TEST_F(ClockTest, WithoutALimitEveryStepIsBelieved) {
    ask();
    pass(Duration::from_days(400));
    tick();
    EXPECT_FALSE(engine().clock_jump());
    EXPECT_EQ(state(), core::PaymentState::kRejected);
}

class StalledTest : public EngineTest {
protected:
    void tick() {
        EXPECT_TRUE(engine().on_time());
        process_->sync();
    }
};

TEST_F(StalledTest, ABankThatDoesNotReadIsCutAndCatchesUpFromItsOutbox) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    outlet_->set_busy(payee.session, true);
    say_durably(payer, {transfer(1, kIbpsBank)});
    EXPECT_EQ(engine().until_next_timer(), 10_s);
    pass(10_s - 1_us);
    tick();
    EXPECT_TRUE(outlet_->closed.empty());
    pass(1_us);
    tick();
    ASSERT_EQ(outlet_->closed.size(), 1U) << "and the payer's bank is not disturbed";
    EXPECT_EQ(last_close().session, payee.session);
    EXPECT_EQ(last_close().reason, CloseReason::kTooSlow);
    EXPECT_THAT(last_close().text, HasSubstr("10 seconds"));
    EXPECT_FALSE(participant(kIbpsBank).online);
    outlet_->messages.clear();
    payee.session = greet({code(kIbpsBank), 1, 0, 1});
    say_durably(payee, {});
    EXPECT_THAT(outlet_->kinds(payee.session),
                ElementsAre(OutboxKind::kRequest, OutboxKind::kVoid));
}

TEST_F(StalledTest, ABankThatReadsAgainInTimeGoesOn) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    outlet_->set_busy(payee.session, true);
    say_durably(payer, {transfer(1, kIbpsBank)});
    pass(9_s);
    outlet_->set_busy(payee.session, false);
    engine().on_writable(payee.session);
    EXPECT_THAT(outlet_->kinds(payee.session), Contains(OutboxKind::kRequest));
    pass(60_s);
    tick();
    EXPECT_TRUE(outlet_->closed.empty());
}

}  // namespace
}  // namespace lowu::engine
