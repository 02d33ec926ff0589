// Banks that cannot keep up and banks in default: when a bank becomes degraded and when it has
// caught up, to the slot and the microsecond, what it may still do, and what both mean to payments.
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

using enum ResultCode;

constexpr Duration kFull = 10'000_ms;  // outbox_full_ms

/// A cell with a slow bank, one that reads, and room for more payments than fit an outbox. Payments
/// wait for their answers as long as a test needs.
class StandingTest : public testing::Test {
protected:
    StandingTest() : bench_(patient()) {
        slow_ = bench_.admit(code(1), 1'000'000, kAllParticipation);
        quick_ = bench_.admit(code(2), 1'000'000, kAllParticipation);
        bench_.open_link(1'000'000);
        bench_.apply(SessionUp{slow_, 1});
        bench_.apply(SessionUp{quick_, 1});
    }

    static Parameters patient() {
        Parameters parameters = small_tables(kRequestSlots);
        parameters.payee_deadline = 60_min;
        parameters.origin_deadline = 120_min;
        return parameters;
    }
    [[nodiscard]] const Participant& slow() const { return bench_.cell().participant(slow_); }
    /// What the origin hears about a transfer to the slow bank; kAccepted when it is asked.
    ResultCode pay(std::uint64_t number) {
        const std::uint32_t owed = slow().outcomes_owed;
        bench_.deliver(transfer_message(number, code(1), 1));
        return slow().outcomes_owed > owed ? kAccepted : bench_.last_sent().result;
    }
    /// The kinds of events put out to a bank and not acknowledged.
    std::vector<SystemEventKind> heard(ParticipantIndex bank) const {
        std::vector<SystemEventKind> kinds;
        const Outbox& outbox = bench_.cell().participant(bank).outbox;
        for (MessageNumber number = outbox.first(); number < outbox.next(); ++number) {
            if (outbox.entry(number).kind != OutboxKind::kEvent) continue;
            const auto* event = bench_.cell().events().find(outbox.entry(number).rejected_number);
            EXPECT_EQ(event->participant, code(1));
            EXPECT_EQ(event->effective, event->booked);
            kinds.push_back(event->kind);
        }
        return kinds;
    }
    void degrade() {
        congest_payee(bench_, code(1));
        bench_.pass(kFull);
        bench_.apply(Tick{});
        EXPECT_TRUE(slow().degraded);
    }

    Bench bench_;
    ParticipantIndex slow_;
    ParticipantIndex quick_;
};

using Kinds = std::vector<SystemEventKind>;

TEST_F(StandingTest, ABankWithoutRoomForTooLongIsDegraded) {
    bench_.pass(7_ms);
    congest_payee(bench_, code(1));
    EXPECT_EQ(bench_.next_deadline(), bench_.elapsed() + kFull);
    EXPECT_EQ(pay(1), kPayeeAgentCongested);
    bench_.pass(kFull - 1_us);
    bench_.apply(Tick{});
    EXPECT_FALSE(slow().degraded);
    EXPECT_EQ(pay(2), kPayeeAgentCongested);
    bench_.pass(1_us);
    EXPECT_EQ(pay(3), kPayeeAgentDegraded) << "found before the stamp's command";
    EXPECT_TRUE(slow().degraded);
    EXPECT_EQ(heard(quick_), Kinds{SystemEventKind::kDegraded});
    EXPECT_EQ(heard(slow_), Kinds{SystemEventKind::kDegraded}) << "events have room of their own";
    EXPECT_GT(*bench_.next_deadline(), bench_.elapsed()) << "found once";
}

TEST_F(StandingTest, RoomInBetweenBeginsAnew) {
    congest_payee(bench_, code(1));
    bench_.pass(kFull - 1_us);
    bench_.apply(OutboxAcknowledged{slow_, 2});
    EXPECT_EQ(pay(1), kAccepted) << "room for one request and its outcome";
    EXPECT_EQ(pay(2), kPayeeAgentCongested);
    bench_.pass(kFull - 1_us);
    bench_.apply(Tick{});
    EXPECT_FALSE(slow().degraded);
    bench_.pass(1_us);
    bench_.apply(Tick{});
    EXPECT_TRUE(slow().degraded);
}

TEST_F(StandingTest, TheTimeIsAParameter) {
    congest_payee(bench_, code(1));
    bench_.set(ParameterId::kOutboxFull, {}, 3);
    EXPECT_EQ(bench_.next_deadline(), bench_.elapsed() + 3_ms);
    bench_.pass(3_ms);
    bench_.apply(Tick{});
    EXPECT_TRUE(slow().degraded);
}

TEST_F(StandingTest, ABankThatIsAwayIsDegradedToo) {
    congest_payee(bench_, code(1));
    bench_.apply(SessionDown{slow_});
    bench_.pass(kFull);
    EXPECT_EQ(pay(1), kPayeeAgentOffline);
    EXPECT_TRUE(slow().degraded);
}

TEST_F(StandingTest, ItIsRestoredWhenAtMostHalfOfItsSlotsAreTaken) {
    degrade();
    // As many requests as outcomes: all requests are half of the slots.
    ASSERT_EQ(slow().request_slots(), kRequestSlots);
    bench_.apply(OutboxAcknowledged{slow_, kRequestSlots / 2 - 1});
    EXPECT_EQ(slow().request_slots(), kRequestSlots / 2 + 1);
    EXPECT_TRUE(slow().degraded);
    EXPECT_EQ(pay(1), kPayeeAgentDegraded) << "with room, but not caught up";
    bench_.apply(OutboxAcknowledged{slow_, kRequestSlots / 2});
    EXPECT_FALSE(slow().degraded);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kRestored);
    EXPECT_EQ(bench_.last_sent().payer_agent, code(1));
    EXPECT_EQ(pay(2), kAccepted);
    const Kinds both{SystemEventKind::kDegraded, SystemEventKind::kRestored};
    EXPECT_EQ(heard(quick_), both);
}

TEST_F(StandingTest, TheOtherRailIsTold) {
    degrade();
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kDegraded);
    EXPECT_EQ(bench_.last_sent().payer_agent, code(1));
    bench_.acknowledge(quick_);
    for (const auto& [said, announced] :
         {std::pair{LinkKind::kDegraded, SystemEventKind::kDegraded},
          std::pair{LinkKind::kRestored, SystemEventKind::kRestored},
          std::pair{LinkKind::kDefault, SystemEventKind::kDefault}}) {
        LinkMessage message;
        message.kind = said;
        message.payer_agent = kRemoteBank;
        bench_.deliver(message);
        const SystemEvent* event = bench_.cell().events().find(bench_.cell().events().last());
        EXPECT_EQ(event->kind, announced);
        EXPECT_EQ(event->participant, kRemoteBank);
    }
}

TEST_F(StandingTest, ADegradedBankGoesOnWithEverythingElse) {
    degrade();
    const std::uint32_t owed = slow().outcomes_owed;
    bench_.answer(slow_, uetr(1'000));
    EXPECT_EQ(slow().outcomes_owed, owed - 1) << "it answers, and hears the outcome";
    EXPECT_EQ(bench_.last_told(slow_).kind, OutboxKind::kCreditNow);
    bench_.send(slow_, salary(1, 1));
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kTransfer) << "it pays";
    bench_.apply(PaymentReturn{slow_, bench_.next_number(slow_), uetr(2), uetr(1'000),
                               AmountMinor{1}, scheme::ReturnReason::kMd06});
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kReturn) << "and sends back";
}

TEST_F(StandingTest, ADegradedBankIsNotFoundAgain) {
    degrade();
    bench_.answer(slow_, uetr(1'000));  // Its outcome comes while there is no room for more.
    EXPECT_TRUE(bench_.cell().full_outboxes().all().empty());
    bench_.pass(kFull);
    bench_.apply(Tick{});
    EXPECT_EQ(heard(quick_), Kinds{SystemEventKind::kDegraded}) << "said once";
}

TEST_F(StandingTest, MoneyThatComesBackTakesRoomToo) {
    // One slot is free: none for a request and its outcome, one for what comes back.
    bench_.send(slow_, domestic(1, 100, code(2)));
    bench_.answer(quick_, uetr(1));
    congest_payee(bench_, code(1));
    bench_.apply(OutboxAcknowledged{slow_, 3});
    ASSERT_EQ(slow().request_slots(), kRequestSlots - 2);
    bench_.pass(5_ms);
    bench_.apply(PaymentReturn{quick_, bench_.next_number(quick_), uetr(2), uetr(1),
                               AmountMinor{100}, scheme::ReturnReason::kMd06});
    EXPECT_EQ(bench_.last_told(slow_).kind, OutboxKind::kReturned);
    EXPECT_EQ(bench_.next_deadline(), bench_.elapsed() + kFull);
}

TEST(FullOutboxes, StandInOrderOfTimeThenBank) {
    FullOutboxes full;
    full.add(ElapsedTime{5}, ParticipantIndex{7});
    full.add(ElapsedTime{5}, ParticipantIndex{3});
    full.add(ElapsedTime{9}, ParticipantIndex{7});  // Since 5, not since 9.
    full.add(ElapsedTime{9}, ParticipantIndex{1});
    ASSERT_EQ(full.all().size(), 3U);
    EXPECT_EQ(full.first()->participant, ParticipantIndex{3});
    full.remove(ParticipantIndex{3});
    EXPECT_EQ(full.first()->participant, ParticipantIndex{7});
    EXPECT_EQ(full.first()->since, ElapsedTime{5});
    full.remove(ParticipantIndex{3});
    full.remove(ParticipantIndex{7});
    EXPECT_EQ(full.first()->participant, ParticipantIndex{1});
    full.remove(ParticipantIndex{1});
    EXPECT_FALSE(full.first());
}

TEST(Degraded, OneCommandFindsABoundedNumber) {
    constexpr std::uint16_t kBanks = kMaxDegradedPerCommand + 1;
    Parameters parameters = small_tables(kBanks * kRequestSlots / 2);
    parameters.payee_deadline = 60_min;
    parameters.origin_deadline = 120_min;
    Bench bench(parameters);
    bench.open_link(kBanks * kRequestSlots);
    std::uint64_t number = 0;
    for (std::uint32_t bank = 1; bank <= kBanks; ++bank) {
        bench.apply(SessionUp{bench.admit(code(bank), 0, kAllParticipation), 1});
        for (std::uint32_t i = 0; i < kRequestSlots / 2; ++i)
            bench.deliver(transfer_message(++number, code(bank), 1));
    }
    const auto degraded = [&] {
        std::uint32_t count = 0;
        for (std::uint16_t i = 0; i < kBanks; ++i)
            count += bench.cell().participant(ParticipantIndex{i}).degraded ? 1U : 0U;
        return count;
    };
    bench.pass(kFull);
    bench.apply(Tick{});
    EXPECT_EQ(degraded(), kMaxDegradedPerCommand);
    EXPECT_LE(*bench.next_deadline(), bench.elapsed()) << "the engine ticks again";
    bench.apply(Tick{});
    EXPECT_EQ(degraded(), kBanks);
    EXPECT_GT(*bench.next_deadline(), bench.elapsed());
}

TEST_F(StandingTest, WhoIsFullAndWhoIsDegradedIsInTheDigest) {
    const auto digest_after = [](Duration until_full, bool tick) {
        Bench bench(patient());
        bench.admit(code(1), 0, kAllParticipation);
        bench.open_link(kRequestSlots);
        bench.apply(SessionUp{ParticipantIndex{0}, 1});
        for (std::uint32_t i = 1; i < kRequestSlots / 2; ++i)
            bench.deliver(transfer_message(1'000 + i, code(1), 1));
        bench.pass(until_full);
        bench.deliver(transfer_message(1, code(1), 1));
        bench.pass(kFull - until_full);
        if (tick) bench.apply(Tick{});
        return bench.cell().digest();
    };
    EXPECT_EQ(digest_after(Duration{}, true), digest_after(Duration{}, true));
    EXPECT_NE(digest_after(Duration{}, true), digest_after(Duration{}, false));
}

// In default.

TEST_F(StandingTest, ABankInDefaultTakesPartInNoNewPayment) {
    bench_.apply(DeclareDefault{slow_});
    EXPECT_EQ(bench_.effects().outcome, kAccepted);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kDefault);
    EXPECT_EQ(bench_.last_sent().payer_agent, code(1));
    EXPECT_EQ(heard(slow_), Kinds{SystemEventKind::kDefault});
    EXPECT_EQ(heard(quick_), Kinds{SystemEventKind::kDefault});
    bench_.send(slow_, salary(1, 1));
    EXPECT_EQ(bench_.last_told(slow_).result, kPayerAgentNotLive);
    EXPECT_EQ(pay(2), kPayeeAgentNotLive);
    bench_.send(quick_, domestic(3, 1, code(1)));
    EXPECT_EQ(bench_.last_told(quick_).result, kPayeeAgentNotLive);
    bench_.send(slow_, domestic(4, 1, code(2)));
    EXPECT_EQ(bench_.last_told(slow_).result, kPayerAgentNotLive);
}

TEST_F(StandingTest, ADefaultIsSaidOnceAndForGood) {
    bench_.apply(DeclareDefault{slow_});
    const EventNumber said = bench_.cell().events().last();
    bench_.apply(DeclareDefault{slow_});
    EXPECT_EQ(bench_.effects().outcome, kAccepted);
    bench_.apply(ForceAvailability{slow_, false, {}});
    bench_.apply(ForceAvailability{slow_, true, {}});
    bench_.apply(AvailabilityRequest{slow_, bench_.next_number(slow_), false, {}});
    bench_.pass(kFull);
    bench_.apply(AvailabilityRequest{slow_, bench_.next_number(slow_), true, {}});
    EXPECT_EQ(bench_.cell().events().last(), said) << "no word of being on again";
    EXPECT_TRUE(slow().off());
    EXPECT_EQ(pay(1), kPayeeAgentNotLive);
}

TEST_F(StandingTest, WhatIsPendingEndsAsItWould) {
    EXPECT_EQ(pay(1), kAccepted);
    EXPECT_EQ(pay(2), kAccepted);
    bench_.answer(slow_, uetr(2));
    bench_.send(slow_, salary(3, 1));
    bench_.apply(DeclareDefault{slow_});
    bench_.answer(slow_, uetr(1));
    EXPECT_EQ(bench_.last_told(slow_).kind, OutboxKind::kCreditNow);
    bench_.apply(CreditReport{slow_, bench_.next_number(slow_), uetr(2)});
    EXPECT_TRUE(bench_.cell().payment(*bench_.cell().find_payment(uetr(2))).credited);
    LinkMessage settled;
    settled.kind = LinkKind::kSettled;
    settled.uetr = uetr(3);
    bench_.deliver(settled);
    EXPECT_EQ(bench_.last_told(slow_).kind, OutboxKind::kSettled);
    bench_.apply(PaymentReturn{slow_, bench_.next_number(slow_), uetr(4), uetr(1), AmountMinor{1},
                               scheme::ReturnReason::kMd06});
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kReturn) << "it may give back what it owes";
}

TEST_F(StandingTest, WithoutALinkTheOtherRailCannotBeTold) {
    Bench alone(1);
    const ParticipantIndex bank = alone.admit(code(1), 0, kAllParticipation);
    alone.apply(DeclareDefault{bank});
    EXPECT_EQ(alone.cell().link_outbox().size(), 0U);
    EXPECT_EQ(alone.cell().events().last(), 1U);
}

}  // namespace
}  // namespace lowu::core
