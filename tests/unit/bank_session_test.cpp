// The bank's end of the session: numbers, credit, pace, what is sent again; and its memory.
#include <string>

#include "bank_sim/model/remittance_store.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

// --- session

TEST_F(BankModel, AFreshBankGoesOnWhereItsParticipantStood) {
    rail_.side(hk_).received = 7;
    rail_.side(hk_).next_number = 30;
    rail_.greet(hk_, now_);
    EXPECT_FALSE(rail_.last_hello().has_last_received());
    EXPECT_EQ(rail_.last_hello().incarnation(), 1U);
    ASSERT_NE(send(order()), nullptr);
    const v1::ParticipantFrame* frame = hk_.session().next_frame(now_);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->first_number(), 8U);
    EXPECT_EQ(frame->acknowledged(), 29U);
    EXPECT_EQ(frame->credit(), 29U + kReceiveWindow);
    hk_.session().frame_sent();
}

TEST_F(BankModel, WhatIsNotAcknowledgedIsSentAgain) {
    rail_.silent = true;
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    now_ = now_ + kFrameGap;
    const v1::ParticipantFrame* frame = hk_.session().next_frame(now_);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->messages_size(), 1);
    hk_.session().disconnect();  // lost on its way, while the transport still held the frame
    EXPECT_FALSE(hk_.session().open());
    v1::SendRemittanceRequest second = order();
    second.set_uetr(kOtherUetr);
    ASSERT_NE(send(second), nullptr) << "the bank goes on while it is cut off";

    rail_.greet(hk_, now_);
    EXPECT_EQ(rail_.last_hello().last_received(), 0U);
    EXPECT_EQ(rail_.last_hello().lowest_resendable(), 1U);
    settle_down();
    EXPECT_EQ(rail_.transfers, 2);
    EXPECT_EQ(rail_.side(hk_).received, 2U);

    // Held by the switch though its acknowledgement never came: not sent again.
    hk_.session().disconnect();
    rail_.greet(hk_, now_);
    settle_down();
    EXPECT_EQ(rail_.transfers, 2);
}

TEST_F(BankModel, RepeatsFromTheSwitchAreDroppedAndGapsEndTheCall) {
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    const std::uint64_t next = rail_.side(hk_).next_number;
    v1::SwitchFrame frame;
    frame.set_first_number(next - 1);
    frame.add_messages()->mutable_status_report()->set_uetr(kUetr);
    frame.set_acknowledged(rail_.side(hk_).received);
    EXPECT_TRUE(hk_.receive(frame, now_).ok());
    EXPECT_EQ(hk_.anomalies(), Anomalies{}) << "seen before, so not looked at";
    frame.set_first_number(next + 1);
    EXPECT_FALSE(hk_.receive(frame, now_).ok());
    frame.set_first_number(next);
    frame.set_acknowledged(99);
    EXPECT_FALSE(hk_.receive(frame, now_).ok()) << "acknowledges what was never sent";
    frame.set_acknowledged(rail_.side(hk_).received);
    frame.mutable_hello_reply();
    EXPECT_FALSE(hk_.receive(frame, now_).ok()) << "greets twice";
}

TEST_F(BankModel, ASwitchThatForgotIsNotFollowed) {
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    hk_.session().disconnect();
    hk_.session().connect();
    ASSERT_NE(hk_.session().next_frame(now_), nullptr);
    hk_.session().frame_sent();
    v1::SwitchFrame reply = rail_.greeting(hk_);
    reply.mutable_hello_reply()->set_last_received(0);
    EXPECT_FALSE(hk_.receive(reply, now_).ok()) << "lost what it had acknowledged";
    reply = rail_.greeting(hk_);
    reply.mutable_hello_reply()->set_next_number(rail_.side(hk_).next_number + 1);
    EXPECT_FALSE(hk_.receive(reply, now_).ok()) << "would leave a number out";
    reply = rail_.greeting(hk_);
    reply.mutable_hello_reply()->set_rail(v1::RAIL_IBPS);
    EXPECT_FALSE(hk_.receive(reply, now_).ok());
    EXPECT_TRUE(hk_.receive(rail_.greeting(hk_), now_).ok());
}

TEST_F(BankModel, FramesObeyCreditAndThePace) {
    SmallRail narrow(3);
    narrow.silent = true;
    narrow.add(hk_);
    narrow.greet(hk_, now_);
    v1::SendRemittanceRequest request = order();
    request.clear_uetr();
    for (int payment = 0; payment < 5; ++payment)
        ASSERT_NE(send(request), nullptr);
    const v1::ParticipantFrame* frame = hk_.session().next_frame(now_);
    ASSERT_NE(frame, nullptr);
    EXPECT_EQ(frame->messages_size(), 3);
    EXPECT_EQ(hk_.session().next_frame(now_), nullptr) << "one frame in use at a time";
    EXPECT_EQ(hk_.session().send_at(), kNever);
    hk_.session().frame_sent();
    EXPECT_EQ(hk_.session().send_at(), kNever) << "no credit left";
    v1::SwitchFrame more;
    more.set_acknowledged(3);
    more.set_credit(10);
    ASSERT_TRUE(hk_.receive(more, now_).ok());
    EXPECT_EQ(hk_.session().send_at(), now_ + kFrameGap) << "busy: gathers";
    EXPECT_EQ(hk_.session().next_frame(now_), nullptr);
    now_ = now_ + kFrameGap;
    EXPECT_EQ(hk_.session().next_frame(now_)->messages_size(), 2);
    hk_.session().frame_sent();
}

TEST_F(BankModel, AcknowledgementsTravelAloneOnlyAfterAWhile) {
    greet_both();
    ASSERT_NE(send(order()), nullptr);
    now_ = now_ + kFrameGap;
    rail_.take_from(hk_, now_);
    v1::SwitchFrame frame;
    frame.set_first_number(1);
    frame.add_messages();
    frame.set_acknowledged(1);
    frame.set_credit(100);
    ASSERT_TRUE(hk_.receive(frame, now_).ok());
    EXPECT_EQ(hk_.session().send_at(), now_ + kAcknowledgementDelay);
    const v1::ParticipantFrame* sent = hk_.session().next_frame(now_ + kAcknowledgementDelay);
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->acknowledged(), 1U);
    EXPECT_EQ(sent->messages_size(), 0);
    hk_.session().frame_sent();
    EXPECT_EQ(hk_.session().send_at(), kNever);
}

TEST_F(BankModel, FramesStayBelowTheirLimits) {
    SmallRail wide(1'000'000);
    wide.add(hk_);
    wide.silent = true;
    wide.greet(hk_, now_);
    v1::SendRemittanceRequest request = order();
    request.clear_uetr();
    request.set_amount_minor(1);
    std::string long_text;
    for (int character = 0; character < 140; ++character)
        long_text += "\xF0\xA0\xAE\xB7";  // 𠮷
    request.set_payee_name(long_text);
    request.set_remittance_information(long_text);
    constexpr int kPayments = 3'000;
    for (int payment = 0; payment < kPayments; ++payment)
        ASSERT_NE(send(request), nullptr);
    int seen = 0;
    for (int frames = 0; seen < kPayments && frames < 100; ++frames) {
        now_ = now_ + kFrameGap;
        const v1::ParticipantFrame* frame = hk_.session().next_frame(now_);
        ASSERT_NE(frame, nullptr);
        EXPECT_LE(frame->ByteSizeLong(), kMaxFrameBytes);
        EXPECT_LE(static_cast<std::size_t>(frame->messages_size()), kMaxFrameMessages);
        EXPECT_EQ(frame->messages(0).credit_transfer().carried().payee_name(), long_text);
        seen += frame->messages_size();
        hk_.session().frame_sent();
    }
    EXPECT_EQ(seen, kPayments);
}

TEST_F(BankModel, ATakenUpOutboxIsUsedAgainAndAFullOneRefuses) {
    SmallRail closed(0);
    closed.add(hk_);
    closed.greet(hk_, now_);
    v1::SendRemittanceRequest request = order();
    request.clear_uetr();
    request.set_amount_minor(1);
    for (std::size_t payment = 0; payment < kMaxOutboxOwn; ++payment) {
        ASSERT_NE(send(request), nullptr);
    }
    EXPECT_EQ(refusal(request).kind, CallError::Kind::kFull);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000 - static_cast<std::int64_t>(kMaxOutboxOwn));
    expect_balanced(hk_);
}

// --- memory

struct SmallRecord {
    scheme::Uetr uetr;
    bool done = false;
    [[nodiscard]] bool final() const { return done; }
};

TEST(RemittanceStore, TheOldestFinalOneMakesRoom) {
    RemittanceStore<SmallRecord> store(2);
    store.add({{1, 0}, true});
    store.add({{2, 0}, false});
    EXPECT_TRUE(store.has_room());
    store.add({{3, 0}, true});
    EXPECT_EQ(store.find({1, 0}), nullptr);
    ASSERT_NE(store.find({3, 0}), nullptr);
    EXPECT_FALSE(store.has_room()) << "the oldest is pending";
    store.find({2, 0})->done = true;
    store.add({{4, 0}, false});
    EXPECT_EQ(store.find({2, 0}), nullptr);
    EXPECT_NE(store.find({4, 0}), nullptr);
}

}  // namespace
}  // namespace lowu::bank
