// Sessions of the engine: how one begins, what its numbers mean, and how it ends. The rules are
// those at the head of proto/lowu/v1/participant.proto.
#include <gmock/gmock.h>

#include "common/base/prng.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using testing::ElementsAre;
using testing::HasSubstr;

class SessionTest : public EngineTest {
protected:
    const HelloReply& last_reply() {
        EXPECT_TRUE(outlet_->frames.back().hello_reply.has_value());
        return *outlet_->frames.back().hello_reply;
    }
    void expect_closed(SessionId session, CloseReason reason, const std::string& text) {
        ASSERT_FALSE(outlet_->closed.empty());
        EXPECT_EQ(last_close().session, session);
        EXPECT_EQ(last_close().reason, reason);
        EXPECT_THAT(last_close().text, HasSubstr(text));
        EXPECT_EQ(engine().sessions(), sessions_left_);
    }
    std::size_t sessions_left_ = 0;
};

// Hello.

TEST_F(SessionTest, ANewBankIsGreeted) {
    pass(5_s);
    const SessionId session = greet({code(kFpsBank), 7, std::nullopt, std::nullopt});
    ASSERT_EQ(outlet_->frames.size(), 1U);
    const SentFrame& frame = outlet_->frames[0];
    EXPECT_EQ(frame.session, session);
    EXPECT_EQ(last_reply().last_received, 0U);
    EXPECT_EQ(last_reply().next_number, 1U);
    EXPECT_EQ(last_reply().scheme_time, scheme::kDefaultSchemeStart + 5_s);
    EXPECT_EQ(last_reply().parameters.payee_deadline, core::Parameters{}.payee_deadline);
    EXPECT_EQ(frame.acknowledged, 0U);
    EXPECT_EQ(frame.credit, core::kReplySlots);
    EXPECT_TRUE(participant(kFpsBank).online);
    EXPECT_EQ(participant(kFpsBank).incarnation, 7U);
    EXPECT_EQ(engine().sessions(), 1U);
}

TEST_F(SessionTest, TheFirstFrameMustCarryHelloAndNoOther) {
    InboundFrame empty;
    EXPECT_TRUE(engine().on_frame(SessionId{1}, empty));
    expect_closed(SessionId{1}, CloseReason::kHelloMissing, "must carry hello");
    BankEnd bank = connect(kFpsBank);
    InboundFrame again;
    again.hello = Hello{code(kFpsBank), 1, std::nullopt, std::nullopt};
    EXPECT_TRUE(engine().on_frame(bank.session, again));
    expect_closed(bank.session, CloseReason::kHelloRepeated, "first frame only");
    EXPECT_FALSE(participant(kFpsBank).online);
}

TEST_F(SessionTest, AStrangerIsTurnedAway) {
    const SessionId session = greet({code("X77"), 1, std::nullopt, std::nullopt});
    expect_closed(session, CloseReason::kUnknownParticipant, "participant X77 is not known");
    EXPECT_TRUE(outlet_->frames.empty());
}

TEST_F(SessionTest, AnOlderStartOfTheBankIsTurnedAway) {
    greet({code(kFpsBank), 5, std::nullopt, std::nullopt});
    sessions_left_ = 1;
    const SessionId older = greet({code(kFpsBank), 4, std::nullopt, std::nullopt});
    expect_closed(older, CloseReason::kOlderIncarnation, "at least 5");
    EXPECT_TRUE(participant(kFpsBank).online) << "the newer session is not disturbed";
    process_->sync();
    restart();
    sessions_left_ = 0;
    const SessionId after = greet({code(kFpsBank), 4, std::nullopt, std::nullopt});
    expect_closed(after, CloseReason::kOlderIncarnation, "at least 5");
}

TEST_F(SessionTest, ANewerSessionTakesOver) {
    BankEnd first = connect(kFpsBank);
    process_->sync();
    BankEnd second = connect(kFpsBank);
    sessions_left_ = 1;
    expect_closed(first.session, CloseReason::kTakenOver, "a newer session has taken over");
    EXPECT_TRUE(participant(kFpsBank).online);
    // The transport of the old one ends afterwards: that changes nothing.
    engine().on_closed(first.session);
    EXPECT_TRUE(participant(kFpsBank).online);
    say_durably(second, {reject("r")});
    EXPECT_THAT(outlet_->kinds(second.session), ElementsAre(OutboxKind::kMessageReject));
    say(first, {reject("r")});
    EXPECT_EQ(last_close().reason, CloseReason::kHelloMissing) << "frames that come too late";
    EXPECT_EQ(participant(kFpsBank).last_number, 1U);
}

TEST_F(SessionTest, ABankResumesFromWhatItHolds) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b"), reject("c")});
    ASSERT_EQ(outlet_->kinds(bank.session).size(), 3U);
    engine().on_closed(bank.session);
    process_->sync();
    EXPECT_FALSE(participant(kFpsBank).online);
    outlet_->messages.clear();
    // It holds the first only.
    bank.session = greet({code(kFpsBank), 1, 1, 4});
    EXPECT_EQ(last_reply().next_number, 2U);
    EXPECT_EQ(last_reply().last_received, 3U);
    EXPECT_EQ(participant(kFpsBank).outbox.first(), 2U) << "hello acknowledges";
    bank.received = 1;
    say_durably(bank, {});
    ASSERT_EQ(outlet_->messages.size(), 2U);
    EXPECT_EQ(outlet_->messages[0].number, 2U);
    EXPECT_EQ(outlet_->messages[0].body->carried, "b");
    EXPECT_EQ(outlet_->messages[1].number, 3U);
}

TEST_F(SessionTest, ABankWithoutMemoryTakesUpWhereTheSwitchStands) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b"), reject("c")});
    bank.received = 1;
    say_durably(bank, {});
    outlet_->messages.clear();
    bank.session = greet({code(kFpsBank), 2, std::nullopt, std::nullopt});
    EXPECT_EQ(last_reply().next_number, 2U) << "what it has not acknowledged comes again";
    EXPECT_EQ(last_reply().last_received, 3U) << "its own next message has number 4";
    bank.received = 0;
    bank.next = 4;
    bank.credit = 10;
    InboundFrame frame;
    frame.credit = 10;
    frame.acknowledged = 1;
    EXPECT_TRUE(engine().on_frame(bank.session, frame));
    EXPECT_EQ(outlet_->messages.size(), 2U);
}

TEST_F(SessionTest, AGapAtTheBeginningIsNamed) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b"), reject("c")});
    bank.received = 2;
    say_durably(bank, {});
    engine().on_closed(bank.session);
    const SessionId too_old = greet({code(kFpsBank), 1, 1, 1});
    expect_closed(too_old, CloseReason::kGap, "can send again only from number 3");
    const SessionId too_new = greet({code(kFpsBank), 1, 4, 1});
    expect_closed(too_new, CloseReason::kGap, "last_received must be below 4");
    const SessionId missing = greet({code(kFpsBank), 1, 2, 5});
    expect_closed(missing, CloseReason::kGap, "needs messages from number 4");
    EXPECT_EQ(participant(kFpsBank).outbox.first(), 3U) << "a refused hello acknowledges nothing";
    greet({code(kFpsBank), 1, 3, 4});
    EXPECT_EQ(engine().sessions(), 1U);
}

TEST_F(SessionTest, HelloIsAnsweredWhenItIsDurable) {
    const SessionId session = hello({code(kFpsBank), 1, std::nullopt, std::nullopt});
    EXPECT_TRUE(outlet_->frames.empty());
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    engine().on_writable(session);
    EXPECT_TRUE(outlet_->frames.empty());
    process_->release();
    ASSERT_EQ(outlet_->frames.size(), 1U);
    EXPECT_TRUE(outlet_->frames[0].hello_reply.has_value());
    engine().on_writable(session);
    EXPECT_EQ(outlet_->frames.size(), 1U) << "once";
}

TEST_F(SessionTest, TheReplyCoversAllThatTheBankHasEverSent) {
    BankEnd bank = connect(kFpsBank);
    say(bank, {reject("a")});  // Taken up, not durable.
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    BankEnd again;
    again.session = hello({code(kFpsBank), 1, 0, 1});
    process_->release();
    EXPECT_EQ(last_close().reason, CloseReason::kTakenOver);
    EXPECT_TRUE(outlet_->messages.empty());
    process_->sync();
    EXPECT_EQ(last_reply().last_received, 1U);
    // The bank may send it again all the same; it counts once.
    say_durably(again, {reject("a")});
    EXPECT_EQ(participant(kFpsBank).last_number, 1U);
    EXPECT_THAT(outlet_->kinds(again.session), ElementsAre(OutboxKind::kMessageReject));
    EXPECT_EQ(outlet_->frames.back().acknowledged, 1U);
}

TEST_F(SessionTest, MessagesBeforeTheReplyAreBeyondCredit) {
    BankEnd bank;
    bank.session = hello({code(kFpsBank), 1, std::nullopt, std::nullopt});
    say(bank, {reject("a")});
    expect_closed(bank.session, CloseReason::kBeyondCredit, "may be sent up to number 0");
}

TEST_F(SessionTest, WhatWaitsFollowsTheReplyWhenHelloBroughtCredit) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b")});
    engine().on_closed(bank.session);
    process_->sync();
    outlet_->messages.clear();
    InboundFrame frame;
    frame.hello = Hello{code(kFpsBank), 1, 0, 3};
    frame.credit = 10;
    const SessionId session{++last_session_};
    EXPECT_TRUE(engine().on_frame(session, frame));
    outlet_->set_busy(session, true);  // By the reply itself.
    process_->sync();
    EXPECT_TRUE(outlet_->frames.back().hello_reply.has_value());
    EXPECT_TRUE(outlet_->wanted(session)) << "else nobody comes back for the rest";
    outlet_->set_busy(session, false);
    engine().on_writable(session);
    EXPECT_EQ(outlet_->kinds(session).size(), 2U);
}

TEST_F(SessionTest, WhatIsNotDurableCannotHaveBeenReceived) {
    BankEnd bank = connect(kFpsBank);
    say(bank, {reject("a")});  // Its answer is in the outbox, and not durable.
    engine().on_closed(bank.session);
    const SessionId session = hello({code(kFpsBank), 1, 1, 1});
    expect_closed(session, CloseReason::kGap, "last_received must be below 1");
}

// Numbers.

TEST_F(SessionTest, AGapBetweenFramesEndsTheSession) {
    BankEnd bank = connect(kFpsBank);
    bank.next = 2;
    say(bank, {reject("a")});
    expect_closed(bank.session, CloseReason::kGap, "must have number 1");
    EXPECT_EQ(participant(kFpsBank).last_number, 0U);
    EXPECT_FALSE(participant(kFpsBank).online);
}

TEST_F(SessionTest, NumberZeroIsAGap) {
    BankEnd bank = connect(kFpsBank);
    bank.next = 0;
    say(bank, {reject("a")});
    expect_closed(bank.session, CloseReason::kGap, "must have number 1");
}

TEST_F(SessionTest, MessagesBeyondCreditEndTheSession) {
    BankEnd bank = connect(kFpsBank);
    for (MessageNumber sent = 0; sent < core::kReplySlots; sent += core::kMaxFrameMessages) {
        say(bank, std::vector<Input>(core::kMaxFrameMessages, reject("r")));
    }
    EXPECT_EQ(engine().sessions(), 1U) << "all of the credit may be used";
    say(bank, {reject("one more")});
    expect_closed(bank.session, CloseReason::kBeyondCredit,
                  "may be sent up to number " + std::to_string(core::kReplySlots));
    EXPECT_EQ(participant(kFpsBank).last_number, core::kReplySlots);
}

TEST_F(SessionTest, WhatHasBeenSeenIsDropped) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b")});
    for (const MessageNumber first : {1U, 2U}) {
        bank.next = first;
        say_durably(bank, {reject("again"), reject("again")});
    }
    // The second repetition brought number 3.
    EXPECT_EQ(participant(kFpsBank).last_number, 3U);
    ASSERT_EQ(outlet_->messages.size(), 3U);
    EXPECT_EQ(outlet_->messages[1].body->carried, "b");
    EXPECT_EQ(outlet_->messages[2].body->carried, "again");
    EXPECT_EQ(outlet_->messages[2].entry.rejected_number, 3U);
}

TEST_F(SessionTest, WhatWasNeverSentCannotBeAcknowledged) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a")});
    bank.received = 2;
    say(bank, {});
    expect_closed(bank.session, CloseReason::kBadAcknowledgement, "must be below 2");
    EXPECT_EQ(participant(kFpsBank).outbox.size(), 1U);
}

TEST_F(SessionTest, WhatIsPutOutAndNotYetSentCannotBeAcknowledged) {
    BankEnd bank = connect(kFpsBank);
    process_->sync();
    say(bank, {reject("a")});  // In the outbox, not durable, so not sent.
    bank.received = 1;
    say(bank, {});
    expect_closed(bank.session, CloseReason::kBadAcknowledgement, "must be below 1");
}

TEST_F(SessionTest, AcknowledgementsMayRepeatAndFallBehind) {
    BankEnd bank = connect(kFpsBank);
    say_durably(bank, {reject("a"), reject("b")});
    for (const MessageNumber number : {2U, 2U, 1U, 0U}) {
        bank.received = number;
        say_durably(bank, {});
    }
    EXPECT_EQ(engine().sessions(), 1U);
    EXPECT_EQ(participant(kFpsBank).outbox.first(), 3U);
}

// Credit.

TEST_F(SessionTest, NothingIsSentBeyondTheBanksCredit) {
    BankEnd bank = connect(kFpsBank);
    engine().on_closed(bank.session);
    bank.session = greet({code(kFpsBank), 1, 0, 1});
    bank.credit = 2;
    say_durably(bank, {reject("a"), reject("b"), reject("c"), reject("d")});
    EXPECT_EQ(outlet_->kinds(bank.session).size(), 2U);
    bank.credit = 1;  // An older figure changes nothing.
    say_durably(bank, {});
    EXPECT_EQ(outlet_->kinds(bank.session).size(), 2U);
    bank.credit = 3;
    say_durably(bank, {});
    EXPECT_EQ(outlet_->kinds(bank.session).size(), 3U);
    bank.credit = 100;
    say_durably(bank, {});
    EXPECT_EQ(outlet_->kinds(bank.session).size(), 4U);
    EXPECT_EQ(outlet_->messages.back().number, 4U);
}

TEST_F(SessionTest, TheBanksOwnCreditNeverFalls) {
    Prng prng(3);
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    std::uint64_t paid = 0;
    for (int round = 0; round < 120; ++round) {
        std::vector<Input> transfers;
        std::vector<Input> answers;
        for (std::uint64_t i = prng.below(100); i > 0; --i) {
            transfers.push_back(transfer(++paid, kIbpsBank, 1));
            answers.push_back(answer(paid));
        }
        say_durably(payer, std::move(transfers));
        say_durably(payee, std::move(answers));
        if (prng.chance(1, 3)) acknowledge(payer);
        if (prng.chance(1, 3)) acknowledge(payee);
    }
    acknowledge(payer);
    for (const BankEnd& bank : {payer, payee}) {
        MessageNumber credit = 0;
        MessageNumber acknowledged = 0;
        for (const SentFrame& frame : outlet_->frames) {
            if (frame.session != bank.session) continue;
            EXPECT_GE(frame.credit, credit);
            EXPECT_GE(frame.acknowledged, acknowledged);
            credit = frame.credit;
            acknowledged = frame.acknowledged;
        }
        EXPECT_GT(credit, core::kReplySlots) << "acknowledged replies make room for more";
        EXPECT_EQ(acknowledged, bank.next - 1);
    }
}

TEST_F(SessionTest, PendingPaymentsKeepTheirRoom) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank), transfer(2, kIbpsBank)});
    EXPECT_EQ(engine().cell(Rail::kFps).credit_limit(core::ParticipantIndex{0}), core::kReplySlots)
        << "two numbers used, two replies owed";
}

// Writing and ending.

TEST_F(SessionTest, ABusyConnectionGetsTheRestWhenItIsWritable) {
    BankEnd bank = connect(kFpsBank);
    process_->sync();
    outlet_->set_busy(bank.session, true);
    say_durably(bank, {reject("a")});
    say_durably(bank, {reject("b")});
    EXPECT_TRUE(outlet_->messages.empty());
    EXPECT_TRUE(outlet_->wanted(bank.session));
    outlet_->set_busy(bank.session, false);
    engine().on_writable(bank.session);
    EXPECT_EQ(outlet_->messages.size(), 2U);
    EXPECT_EQ(outlet_->frames.back().messages, 2U) << "in one frame";
    const std::size_t frames = outlet_->frames.size();
    engine().on_writable(bank.session);
    EXPECT_EQ(outlet_->frames.size(), frames) << "nothing new, so nothing said";
}

TEST_F(SessionTest, ASlowBankHarmsOnlyItself) {
    BankEnd payer = connect(kFpsBank);
    BankEnd slow = connect(kIbpsBank);
    BankEnd quick = connect(kOtherIbpsBank);
    process_->sync();
    outlet_->set_busy(slow.session, true);
    say_durably(payer, {transfer(1, kIbpsBank), transfer(2, kOtherIbpsBank)});
    say_durably(quick, {answer(2)});
    EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kSettled));
    EXPECT_TRUE(outlet_->kinds(slow.session).empty());
}

TEST_F(SessionTest, AClosedConnectionIsASessionThatIsDown) {
    BankEnd bank = connect(kFpsBank);
    engine().on_closed(bank.session);
    EXPECT_FALSE(participant(kFpsBank).online);
    EXPECT_TRUE(outlet_->closed.empty()) << "who is gone needs not be told";
    engine().on_closed(bank.session);
    engine().on_closed(SessionId{999});
    process_->sync();
    EXPECT_EQ(engine().sessions(), 0U);
}

TEST_F(SessionTest, ShuttingDownEndsEverySession) {
    connect(kFpsBank);
    connect(kOtherFpsBank);
    connect(kIbpsBank);
    engine().close_all(CloseReason::kShuttingDown, "the switch stops");
    ASSERT_EQ(outlet_->closed.size(), 3U);
    for (const Closed& one : outlet_->closed) {
        EXPECT_EQ(one.reason, CloseReason::kShuttingDown);
        EXPECT_EQ(one.text, "the switch stops");
    }
    EXPECT_EQ(engine().sessions(), 0U);
    EXPECT_TRUE(engine().has_batch()) << "and the log says so";
    process_->sync();
    restart();
    EXPECT_FALSE(engine().has_batch());
}

}  // namespace
}  // namespace lowu::engine
