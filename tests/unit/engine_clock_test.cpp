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

/// Thousands of payments that wait for the payee's bank, and a clock that has passed them all.
class ManyDueTest : public ClockTest {
protected:
    static constexpr std::uint64_t kPayments = 5'000;

    ManyDueTest() {
        payer_ = connect(kFpsBank);
        payee_ = connect(kIbpsBank);
        other_ = connect(kOtherFpsBank);
        for (std::uint64_t first = 1; first <= kPayments; first += 1'000) {
            std::vector<Input> inputs;
            for (std::uint64_t number = first; number < first + 1'000; ++number)
                inputs.push_back(transfer(number, kIbpsBank, 1));
            say(payer_, std::move(inputs));
        }
        sync_one();
    }
    std::uint64_t ended() {
        std::uint64_t count = 0;
        engine()
            .cell(Rail::kFps)
            .payments()
            .for_each([&](core::PaymentIndex, const core::Payment& payment) {
                count += core::is_final(payment.state) ? 1U : 0U;
            });
        return count;
    }
    /// What is being built, as if it were durable (the test's log takes small batches only); how
    /// many records it was.
    std::uint32_t sync_one() {
        engine().seal(process_->batch);
        process_->release();
        return process_->batch.count;
    }
    void sync_rest() {
        while (engine().has_batch())
            sync_one();
    }
    BankEnd other_;
};

TEST_F(ManyDueTest, WhatTheSwitchSaysToItselfFiresNone) {
    say(payer_, {transfer(kPayments + 1, kIbpsBank, 1)});
    pass(60_s);
    EXPECT_EQ(engine().until_next_timer(), Duration{0});
    EXPECT_LT(sync_one(), 10U) << "the link's acknowledgements";
    EXPECT_EQ(ended(), 0U);
    engine().on_closed(payer_.session);
    EXPECT_LT(sync_one(), 10U);
    EXPECT_EQ(ended(), 0U);
}

TEST_F(ManyDueTest, TheyFireInTicksThatFitTheirBatches) {
    pass(60_s);
    std::uint64_t before = 0;
    while (!engine().on_time()) {
        EXPECT_LE(sync_one(), core::kMaxBatchRecords);
        ASSERT_GT(ended(), before);
        before = ended();
    }
    sync_rest();
    EXPECT_EQ(ended(), kPayments);
    const core::Cell& cell = engine().cell(Rail::kFps);
    cell.payments().for_each([&](core::PaymentIndex, const core::Payment& payment) {
        EXPECT_EQ(payment.result, core::ResultCode::kPayeeAgentSilent)
            << "the payee's deadline comes first";
    });
}

TEST_F(ManyDueTest, AFrameWaitsUntilNoneIsDue) {
    // The batch is full before all of them have fired.
    for (BankEnd* bank : {&payer_, &other_, &payee_})
        say(*bank, std::vector<Input>(core::kMaxFrameMessages, reject("r")));
    ASSERT_FALSE(engine().batch_full());
    pass(60_s);
    InboundFrame late;
    late.first_number = payee_.next;
    late.inputs = {answer(kPayments)};
    ASSERT_FALSE(engine().on_frame(payee_.session, late));
    EXPECT_LE(sync_one(), core::kMaxBatchRecords);
    while (!engine().on_frame(payee_.session, late))
        EXPECT_LE(sync_one(), core::kMaxBatchRecords);
    sync_rest();
    EXPECT_EQ(ended(), kPayments) << "too late";
    EXPECT_EQ(engine().cell(Rail::kFps).pending(), 0U);
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
