// The judges over doctored facts: a judgement that cannot fail proves nothing. Which bug of the
// program each of them finds is shown by tests/planted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "simulator/world/scheme.hpp"
#include "tests/simulation/simulation.hpp"

namespace lowu::judges {
namespace {

using simulator::run;
using testing::HasSubstr;

class DoctoredEnding : public testing::Test {
protected:
    static void SetUpTestSuite() {
        simulator::Plan plan;
        plan.seed = 11;
        sound_ = new Ending(run(plan).ending);
    }
    static void TearDownTestSuite() {
        delete sound_;
        sound_ = nullptr;
    }

    void SetUp() override {
        ending_ = *sound_;
        ASSERT_EQ(verdict(), "");
    }

    PaymentFacts& payment(core::PaymentState state) {
        const auto found = std::find_if(ending_.payments.begin(), ending_.payments.end(),
                                        [&](const PaymentFacts& one) {
                                            return one.origin == state && one.destination == state;
                                        });
        EXPECT_NE(found, ending_.payments.end());
        return *found;
    }

    /// What the judges say about the one thing that was changed.
    [[nodiscard]] std::string verdict() const {
        Court court;
        court.conclude(ending_);
        std::string text;
        for (const Complaint& one : court.complaints())
            text += one.judge + ": " + one.what + "\n";
        return text;
    }

    static Ending* sound_;
    Ending ending_;
};

Ending* DoctoredEnding::sound_ = nullptr;

TEST_F(DoctoredEnding, PaymentsThatPartiesSeeDifferently) {
    using core::PaymentState;
    payment(PaymentState::kSettled).payee_bank_credited = false;
    EXPECT_THAT(verdict(), HasSubstr("settled and not credited"));
    ending_ = *sound_;
    payment(PaymentState::kSettled).payer_bank_says = v1::PAYMENT_STATUS_RJCT;
    EXPECT_THAT(verdict(), HasSubstr("the payer's bank holds it for PAYMENT_STATUS_RJCT"));
    ending_ = *sound_;
    payment(PaymentState::kSettled).destination = PaymentState::kRejected;
    EXPECT_THAT(verdict(), HasSubstr("the rails differ: REJECTED"));
    ending_ = *sound_;
    payment(PaymentState::kSettled).destination = PaymentState::kNone;
    EXPECT_THAT(verdict(), HasSubstr("the rails differ: NONE"));
    ending_ = *sound_;
    payment(PaymentState::kSettled).reported = false;
    EXPECT_THAT(verdict(), HasSubstr("credited and not reported"));
    ending_ = *sound_;
    payment(PaymentState::kSettled).same_content = false;
    EXPECT_THAT(verdict(), HasSubstr("have read different instructions"));
    ending_ = *sound_;
    payment(PaymentState::kRejected).payee_bank_credited = true;
    EXPECT_THAT(verdict(), HasSubstr("credited and not settled"));
    ending_ = *sound_;
    payment(PaymentState::kRejected).origin = PaymentState::kCancelling;
    EXPECT_THAT(verdict(), HasSubstr("not final at the origin: CANCELLING"));
}

TEST_F(DoctoredEnding, BanksBooksThatDoNotFit) {
    const auto expect = [&](auto change, const std::string& words) {
        ending_ = *sound_;
        change(ending_.banks[0]);
        EXPECT_THAT(verdict(), HasSubstr(words));
    };
    using Bank = BankFacts;
    expect([](Bank& bank) { bank.pending = 1; }, "payments pending 1");
    expect([](Bank& bank) { bank.promised = 1; }, "promises open 1");
    expect([](Bank& bank) { bank.credited += 1; }, "all banks: credits");
    expect([](Bank& bank) { bank.outbox_left = 1; }, "messages not acknowledged 1");
    expect([](Bank& bank) { bank.at_rest = false; }, "session at rest 0");
    expect([](Bank& bank) { bank.anomalies.settled_without_promise = 1; }, "counted anomalies");
    expect([](Bank& bank) { bank.proxies_lost = {"+852-1"}; }, "does not hold +852-1");
    for (const std::size_t i : {0U, 1U}) {
        expect([i](Bank& bank) { bank.money[i].in_transit_minor = 1; }, "money in transit 1");
        expect([i](Bank& bank) { bank.money[i].unapplied_minor = 1; }, "money that is nobody's 1");
        expect([i](Bank& bank) { bank.money[i].customers_minor += 1; }, "customers' money");
        expect([i](Bank& bank) { bank.money[i].exchange_minor += 1; }, "customers' money");
        expect([i](Bank& bank) { bank.money[i].position_minor += 1; },
               "settlement by its own entries");
        expect([i](Bank& bank) { bank.money[i].settlement_minor += 1; }, ": gained 1 instead of 0");
    }
}

TEST_F(DoctoredEnding, CellsThatDoNotFit) {
    ending_.scheme.fps.accounts[1].account.reserved.value += 1;
    EXPECT_THAT(verdict(), HasSubstr("fps: left reserved 1 instead of 0"));
    EXPECT_THAT(verdict(), HasSubstr("reservations match payments"));
    ending_ = *sound_;
    ending_.scheme.ibps.accounts[1].account.balance.value += 1;
    EXPECT_THAT(verdict(), HasSubstr("money is conserved"));
    EXPECT_THAT(verdict(), HasSubstr("positions follow payments"));
    ending_ = *sound_;
    const auto& messages = ending_.scheme.ibps.messages;
    const auto outcome = std::find_if(messages.begin(), messages.end(), [](const auto& message) {
        return message.kind == core::OutboxKind::kVoid;
    });
    ASSERT_NE(outcome, messages.end());
    ending_.scheme.ibps.messages.push_back(*outcome);
    EXPECT_THAT(verdict(), HasSubstr("one outcome a request"));
    ending_ = *sound_;
    ending_.link_messages_left = 1;
    EXPECT_THAT(verdict(), HasSubstr("messages on the link 1"));
    ending_ = *sound_;
    ending_.scheme.ibps.pending = 1;
    EXPECT_THAT(verdict(), HasSubstr("ibps: payments pending 1"));
    ending_ = *sound_;
    ending_.scheme.ibps.quota_reserved.year.value = 1;
    EXPECT_THAT(verdict(), HasSubstr("ibps: quota reserved of a year 1"));
    EXPECT_THAT(verdict(), HasSubstr("quotas follow payments"));
    ending_ = *sound_;
    ASSERT_FALSE(ending_.scheme.fps.quota_uses.empty());
    ending_.scheme.fps.quota_uses[0].use.used.day.value += 1;
    EXPECT_THAT(verdict(), HasSubstr("quotas follow payments"));
    ending_ = *sound_;
    ending_.calls_left = 1;
    EXPECT_THAT(verdict(), HasSubstr("calls without an answer 1"));
    ending_ = *sound_;
    ending_.follower[0].low ^= 1;
    EXPECT_THAT(verdict(), HasSubstr("the follower's cells differ"));
    ending_ = *sound_;
    ending_.replayed[1].high ^= 1;
    EXPECT_THAT(verdict(), HasSubstr("replay from the first batch gives other cells"));
    ending_ = *sound_;
    ending_.not_recovered = "no room";
    EXPECT_THAT(verdict(), HasSubstr("cannot be recovered: no room"));
    ending_ = *sound_;
    ending_.recovered[0].high ^= 1;
    EXPECT_THAT(verdict(), HasSubstr("recovery gives other cells"));
    ending_ = *sound_;
    ending_.payments_listed -= 1;
    EXPECT_THAT(verdict(), HasSubstr("it lists"));
    ending_ = *sound_;
    ending_.archive_differs = "17";
    EXPECT_THAT(verdict(), HasSubstr("not the batch at sequence 17"));
    ending_ = *sound_;
    ending_.follower_totals = "fps account 1";
    EXPECT_THAT(verdict(), HasSubstr("entries do not sum to the balance: fps account 1"));
}

/// An engine that nobody is connected to.
struct LoneEngine {
    struct Outlet final : engine::Outlet {
        bool ready(engine::SessionId /*session*/) override { return false; }
        void send(engine::SessionId /*session*/, const engine::OutboundFrame& /*frame*/) override {}
        void close(engine::SessionId /*session*/, engine::CloseReason /*reason*/,
                   const std::string& /*text*/) override {}
        void on_change(engine::ChangeId /*change*/,
                       const engine::ChangeOutcome& /*outcome*/) override {}
        void on_quote(engine::QuoteId /*quote*/, const engine::QuoteAnswer& /*answer*/) override {}
        void on_no_quote(engine::QuoteId /*quote*/, core::ResultCode /*why*/) override {}
    };
    struct Bodies final : engine::BodySource {
        Result<journal::Body> load(core::Sequence /*sequence*/) override {
            return Error{Error::Kind::kNotFound, "no log"};
        }
    };
    ManualClock clock;
    Outlet outlet;
    Bodies bodies;
    engine::Engine engine{clock, outlet, bodies};
    engine::SealedBatch batch;
};

TEST(RunningCourt, FindsABatchThatIsNotWhatTheLiveCellsDid) {
    LoneEngine sound;
    LoneEngine doctored;
    ASSERT_TRUE(sound.engine.start(simulator::genesis(simulator::starts()[0])).ok());
    engine::Genesis richer = simulator::genesis(simulator::starts()[0]);
    std::get<core::AdmitParticipant>(richer[1].second).opening_cny.value += 1;
    ASSERT_TRUE(doctored.engine.start(richer).ok());
    sound.engine.seal(sound.batch);
    Court court;
    court.take(sound.batch, sound.engine);
    EXPECT_TRUE(court.complaints().empty());
    doctored.engine.seal(doctored.batch);
    Court other;
    other.take(doctored.batch, sound.engine);
    ASSERT_EQ(other.complaints().size(), 1U);
    EXPECT_THAT(other.complaints()[0].what, HasSubstr("replay differs from the live cells"));
}

TEST(RunningCourt, FindsARecoveryThatLostWhatWasReleased) {
    LoneEngine fresh;
    Court court;
    court.recovered(fresh.engine, core::Sequence{0});
    EXPECT_TRUE(court.complaints().empty());
    court.recovered(fresh.engine, core::Sequence{5});
    ASSERT_EQ(court.complaints().size(), 1U);
    EXPECT_THAT(court.complaints()[0].what, HasSubstr("released through 5"));
}

// Judges who remember, told what never happened.

struct Notebook final : Complaints {
    void say(std::string_view /*judge*/, std::string what) override {
        text += std::move(what) + "\n";
    }
    std::string text;
};

/// One command after the other, about payments of an otherwise empty cell.
class ToldToJudges : public testing::Test {
protected:
    void tell(Judge& judge, const std::vector<Step>& steps, const std::vector<MoneyDeed>& money) {
        stamp_.sequence = stamp_.sequence.next();
        const core::Command command = core::Tick{};
        judge.on_command({cell_, stamp_, command, effects_, steps, money, {}}, heard_);
    }
    void end_batch(Judge& judge, ElapsedTime at) {
        stamp_.elapsed = at;
        Replayed batch;
        batch.last = stamp_;
        judge.on_batch(batch, heard_);
    }

    static constexpr scheme::Uetr kUetr{1, 2};
    core::Cell cell_;
    core::Stamp stamp_;
    core::Effects effects_;
    Notebook heard_;
};

TEST_F(ToldToJudges, WhatHasEndedMovesAgain) {
    using core::PaymentState;
    FinalIsFinal judge;
    const MoneyDeed booked{Deed::kBooked, kUetr, core::Leg::kDestination};
    tell(judge, {{kUetr, PaymentState::kAsked, PaymentState::kSettled}}, {booked});
    EXPECT_EQ(heard_.text, "");
    tell(judge, {}, {booked});
    EXPECT_THAT(heard_.text, HasSubstr("has ended, and money is booked"));
    tell(judge, {{kUetr, PaymentState::kSettled, PaymentState::kRejected}}, {});
    EXPECT_THAT(heard_.text, HasSubstr("becomes REJECTED"));
}

TEST_F(ToldToJudges, AReservationOutlivesItsDeadlineAndARound) {
    ReservationsEnd judge;
    const MoneyDeed reserved{Deed::kReserved, kUetr, core::Leg::kDestination};
    const ElapsedTime deadline = ElapsedTime{} + cell_.parameters().payee_deadline;
    tell(judge, {}, {reserved});
    end_batch(judge, deadline);
    EXPECT_EQ(heard_.text, "");
    end_batch(judge, deadline + 1_ms);
    EXPECT_THAT(heard_.text, HasSubstr("still reserved at"));
    heard_.text.clear();
    tell(judge, {}, {reserved});
    tell(judge, {}, {{Deed::kReleased, kUetr, core::Leg::kDestination}});
    end_batch(judge, deadline + 10_s);
    end_batch(judge, deadline + 20_s);
    EXPECT_EQ(heard_.text, "");
}

TEST_F(ToldToJudges, NumbersThatRepeatOrSkip) {
    SessionsKeepOrder judge;
    const std::string bank = "X01";
    v1::ParticipantFrame frame;
    const auto greet = [&](std::uint64_t connection, std::uint64_t last_received) {
        engine::OutboundFrame reply;
        reply.hello_reply = engine::HelloReply{last_received, 1, {}, {}, 1};
        frame.Clear();
        frame.mutable_hello()->set_last_received(0);
        judge.on_bank_frame({connection, bank, frame}, heard_);
        judge.on_switch_frame({connection, bank, reply, core::Sequence{}}, heard_);
    };
    const auto send = [&](std::uint64_t connection, std::uint64_t number, const char* uetr) {
        frame.Clear();
        frame.set_first_number(number);
        frame.add_messages()->mutable_credit_report()->set_uetr(uetr);
        judge.on_bank_frame({connection, bank, frame}, heard_);
    };
    greet(1, 0);
    send(1, 1, "a");
    send(1, 2, "b");
    greet(2, 1);
    send(2, 2, "b");
    EXPECT_EQ(heard_.text, "");
    send(2, 2, "b");
    EXPECT_THAT(heard_.text, HasSubstr("goes on with number 2 where 3 is next"));
    greet(3, 1);
    send(3, 2, "c");
    EXPECT_THAT(heard_.text, HasSubstr("another message as number 2"));
    greet(4, 3);
    heard_.text.clear();
    send(4, 5, "d");
    EXPECT_THAT(heard_.text, HasSubstr("goes on with number 5 where 4 is next"));
    send(5, 1, "a");
    EXPECT_THAT(heard_.text, HasSubstr("before it is greeted"));
}

TEST_F(ToldToJudges, WhatIsNotDurableIsAcknowledged) {
    NothingIsSaidTooEarly judge;
    const std::string bank = "X01";
    engine::OutboundFrame frame;
    frame.acknowledged = 0;
    judge.on_switch_frame({1, bank, frame, core::Sequence{7}}, heard_);
    EXPECT_EQ(heard_.text, "");
    frame.acknowledged = 3;
    judge.on_switch_frame({1, bank, frame, core::Sequence{7}}, heard_);
    EXPECT_THAT(heard_.text, HasSubstr("number 3 of bank X01 is acknowledged when 7 is durable"));
}

}  // namespace
}  // namespace lowu::judges
