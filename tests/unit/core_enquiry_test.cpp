// Status enquiries: who may ask about what, when and how often, and that the answer is what the
// cell knows at that moment. Boundaries and full tables, which no scenario shows.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

using enum ResultCode;

constexpr Duration kAfter = 5'000_ms;    // enquiry_after_ms
constexpr Duration kWindow = 60'000_ms;  // enquiry_window_ms
constexpr std::uint32_t kMost = 3;       // enquiries_per_window

/// A cell with two banks, link and rate.
class EnquiryTest : public testing::Test {
protected:
    EnquiryTest() {
        bank_ = bench_.admit(code(1), 1'000, kAllParticipation);
        other_ = bench_.admit(code(2), 1'000, kAllParticipation);
        bench_.open_link(1'000);
        bench_.apply(SessionUp{bank_, 1});
        bench_.apply(SessionUp{other_, 1});
        bench_.set_rate();
    }

    /// What the bank is told.
    OutboxEntry enquire(ParticipantIndex bank, std::uint64_t number, Side side,
                        std::optional<ArchivedAnswer> archived = {}) {
        const MessageNumber before = bench_.cell().participant(bank).outbox.next();
        const MessageNumber link_before = bench_.cell().link_outbox().next();
        bench_.apply(
            StatusRequest{bank, bench_.next_number(bank), uetr(number), side, std::move(archived)});
        EXPECT_EQ(bench_.cell().participant(bank).outbox.next(), before + 1) << "one answer";
        EXPECT_EQ(bench_.cell().link_outbox().next(), link_before) << "and nothing else";
        EXPECT_EQ(bench_.last_told(bank).uetr, uetr(number));
        return bench_.last_told(bank);
    }
    /// The answer's standing; kNone when it is refused, which it must be for `why` then.
    Standing standing(ParticipantIndex bank, std::uint64_t number, Side side,
                      ResultCode why = kAccepted) {
        const OutboxEntry told = enquire(bank, number, side);
        if (told.kind == OutboxKind::kEnquiryAnswer) {
            EXPECT_NE(told.payment, kNoPayment);
            EXPECT_EQ(told.result, why);
            return told.standing;
        }
        EXPECT_EQ(told.kind, OutboxKind::kMessageReject);
        EXPECT_EQ(told.result, why);
        EXPECT_EQ(told.rejected_number, bench_.cell().participant(bank).last_number);
        EXPECT_EQ(told.field, scheme::Field::kUetr);
        return Standing::kNone;
    }
    ResultCode refusal(ParticipantIndex bank, std::uint64_t number, Side side,
                       std::optional<ArchivedAnswer> archived = {}) {
        const OutboxEntry told = enquire(bank, number, side, std::move(archived));
        return told.kind == OutboxKind::kMessageReject ? told.result : kAccepted;
    }
    void hear(LinkKind kind, std::uint64_t number, ResultCode result = kAccepted) {
        LinkMessage message;
        message.kind = kind;
        message.uetr = uetr(number);
        message.result = result;
        bench_.deliver(message);
    }

    Bench bench_{20};
    ParticipantIndex bank_;
    ParticipantIndex other_;
};

TEST_F(EnquiryTest, ThePayersBankHearsWhereItsPaymentStands) {
    bench_.send(bank_, remittance(1, 100));
    bench_.send(bank_, remittance(2, 100));
    bench_.send(bank_, remittance(3, 100));
    hear(LinkKind::kSettled, 2);
    hear(LinkKind::kRefused, 3, kPayeeAccountClosed);
    bench_.pass(kAfter);
    EXPECT_EQ(standing(bank_, 1, Side::kPayer), Standing::kPayerPending);
    EXPECT_EQ(standing(bank_, 2, Side::kPayer), Standing::kPayerSettled);
    EXPECT_EQ(standing(bank_, 3, Side::kPayer, kPayeeAccountClosed), Standing::kPayerRejected);
    EXPECT_EQ(bench_.cell().pending(), 1U) << "a question moves nothing";
}

TEST_F(EnquiryTest, ThePayeesBankHearsOfWhatItWasAsked) {
    bench_.deliver(transfer_message(1, code(1), 100));
    bench_.deliver(transfer_message(2, code(1), 100));
    bench_.deliver(transfer_message(3, code(1), 100));
    bench_.answer(bank_, uetr(2));
    bench_.apply(CreditTransferAnswer{bank_, bench_.next_number(bank_), uetr(3), kPayeeRegulatory});
    bench_.pass(kAfter);
    EXPECT_EQ(standing(bank_, 1, Side::kPayee), Standing::kPayeePending);
    EXPECT_EQ(standing(bank_, 2, Side::kPayee), Standing::kPayeeSettled);
    EXPECT_EQ(standing(bank_, 3, Side::kPayee, kPayeeRegulatory), Standing::kPayeeRejected);
}

TEST_F(EnquiryTest, BothBanksOfADomesticPaymentAskForThemselves) {
    bench_.send(bank_, domestic(1, 100, code(2)));
    bench_.pass(kAfter);
    EXPECT_EQ(standing(bank_, 1, Side::kPayer), Standing::kPayerPending);
    EXPECT_EQ(standing(other_, 1, Side::kPayee), Standing::kPayeePending);
    EXPECT_EQ(standing(bank_, 1, Side::kPayee, kEnquiryUnknown), Standing::kNone);
    EXPECT_EQ(standing(other_, 1, Side::kPayer, kEnquiryUnknown), Standing::kNone);
}

TEST_F(EnquiryTest, NobodyLearnsOfPaymentsThatItHasNoPartIn) {
    bench_.send(bank_, remittance(1, 100));
    bench_.deliver(transfer_message(2, code(1), 100));
    bench_.apply(ForceAvailability{bank_, false, {}});
    bench_.deliver(transfer_message(3, code(1), 100));
    EXPECT_EQ(bench_.last_sent().result, kPayeeAgentLoggedOff);
    bench_.pass(kAfter);
    for (const Side side : {Side::kPayer, Side::kPayee}) {
        EXPECT_EQ(refusal(other_, 1, side), kEnquiryUnknown);
        EXPECT_EQ(refusal(other_, 2, side), kEnquiryUnknown);
        EXPECT_EQ(refusal(bank_, 9, side), kEnquiryUnknown) << "nobody has sent it";
    }
    EXPECT_EQ(refusal(bank_, 1, Side::kPayee), kEnquiryUnknown) << "of the other side";
    EXPECT_EQ(refusal(bank_, 2, Side::kPayer), kEnquiryUnknown);
    EXPECT_EQ(refusal(bank_, 3, Side::kPayee), kEnquiryUnknown) << "never asked";
    EXPECT_TRUE(bench_.cell().enquiries().all().empty()) << "what is refused does not count";
}

TEST_F(EnquiryTest, AReturnIsAskedAboutByWhoSentIt) {
    bench_.deliver(transfer_message(1, code(1), 100));
    bench_.answer(bank_, uetr(1));
    bench_.apply(PaymentReturn{bank_, bench_.next_number(bank_), uetr(2), uetr(1), AmountMinor{100},
                               scheme::ReturnReason::kMd06});
    bench_.send(other_, domestic(3, 100, code(1)));
    bench_.answer(bank_, uetr(3));
    bench_.apply(PaymentReturn{bank_, bench_.next_number(bank_), uetr(4), uetr(3), AmountMinor{40},
                               scheme::ReturnReason::kMd06});
    bench_.pass(kAfter);
    EXPECT_EQ(standing(bank_, 2, Side::kPayer), Standing::kPayerPending);
    EXPECT_EQ(standing(bank_, 4, Side::kPayer), Standing::kPayerSettled);
    EXPECT_EQ(refusal(other_, 4, Side::kPayee), kEnquiryUnknown) << "it was told, not asked";
    EXPECT_EQ(refusal(bank_, 2, Side::kPayee), kEnquiryUnknown);
}

TEST_F(EnquiryTest, WhatCameBackWasNotSentFromHere) {
    bench_.send(bank_, remittance(1, 100));
    hear(LinkKind::kSettled, 1);
    LinkMessage back = transfer_message(2, code(1), 100);
    back.kind = LinkKind::kReturn;
    back.original = uetr(1);
    back.return_reason = scheme::ReturnReason::kMd06;
    bench_.deliver(back);
    EXPECT_EQ(bench_.last_told(bank_).kind, OutboxKind::kReturned);
    bench_.pass(kAfter);
    EXPECT_EQ(refusal(bank_, 2, Side::kPayer), kEnquiryUnknown);
    EXPECT_EQ(refusal(bank_, 2, Side::kPayee), kEnquiryUnknown);
}

TEST_F(EnquiryTest, TheFirstMayComeExactlyAfterTheDelay) {
    bench_.send(bank_, remittance(1, 100));
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooSoon);
    bench_.pass(kAfter - 1_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooSoon);
    bench_.pass(1_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
}

TEST_F(EnquiryTest, ThePayeesDelayCountsFromTheOriginsAcceptance) {
    LinkMessage transfer = transfer_message(1, code(1), 100);
    transfer.acceptance_time = kStart - 2'000_ms;
    bench_.deliver(transfer);
    bench_.pass(kAfter - 2'001_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayee), kEnquiryTooSoon);
    bench_.pass(1_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayee), kAccepted);
}

TEST_F(EnquiryTest, ADelayOfZeroIsNone) {
    bench_.set(ParameterId::kEnquiryAfter, {}, 0);
    bench_.send(bank_, remittance(1, 100));
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
}

TEST_F(EnquiryTest, UnknownComesBeforeTooSoonBeforeTooOften) {
    bench_.set(ParameterId::kEnquiryAfter, {}, 0);
    bench_.send(bank_, remittance(1, 100));
    for (std::uint32_t i = 0; i < kMost; ++i)
        EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften);
    bench_.set(ParameterId::kEnquiryAfter, {}, kAfter.whole_ms());
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooSoon);
    EXPECT_EQ(refusal(other_, 1, Side::kPayer), kEnquiryUnknown);
}

TEST_F(EnquiryTest, SoManyInAnyWindow) {
    bench_.send(bank_, remittance(1, 100));
    hear(LinkKind::kSettled, 1);
    bench_.pass(kAfter);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    bench_.pass(kWindow - 2_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften);
    bench_.pass(1_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften) << "the first still counts";
    bench_.pass(1_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted) << "its window is over";
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften) << "the window slides";
    EXPECT_EQ(bench_.cell().enquiries().all().size(), 3U) << "what is over is dropped";
}

TEST_F(EnquiryTest, PaymentsAndSidesCountApart) {
    bench_.send(bank_, domestic(1, 100, code(2)));
    bench_.send(bank_, domestic(2, 100, code(2)));
    bench_.pass(kAfter);
    for (std::uint32_t i = 0; i < kMost; ++i)
        EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften);
    EXPECT_EQ(refusal(bank_, 2, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(other_, 1, Side::kPayee), kAccepted);
}

TEST_F(EnquiryTest, TheNumbersAreParameters) {
    bench_.send(bank_, remittance(1, 100));
    bench_.pass(kAfter);
    bench_.set(ParameterId::kEnquiriesPerWindow, {}, 1);
    bench_.set(ParameterId::kEnquiryWindow, {}, 10);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kEnquiryTooOften);
    bench_.pass(10_ms);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
}

TEST_F(EnquiryTest, AnAnswerTakesTheSlotThatItsNumberKept) {
    bench_.send(bank_, remittance(1, 100));
    bench_.pass(kAfter);
    const MessageNumber credit = bench_.cell().credit_limit(bank_);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer), kAccepted);
    EXPECT_EQ(bench_.cell().participant(bank_).outbox.replies(), 1U);
    EXPECT_EQ(bench_.cell().credit_limit(bank_), credit);
    bench_.acknowledge(bank_);
    EXPECT_EQ(bench_.cell().credit_limit(bank_), credit + 1);
}

// What the cell has forgotten.

TEST_F(EnquiryTest, TheArchiveAnswersForWhatTheCellDoesNotKnow) {
    const ArchivedAnswer settled{code(1), PaymentState::kSettled, kAccepted};
    const ArchivedAnswer refused{code(1), PaymentState::kRejected, kPayeeAgentSilent};
    OutboxEntry told = enquire(bank_, 1, Side::kPayee, settled);
    EXPECT_EQ(told.kind, OutboxKind::kEnquiryAnswer);
    EXPECT_EQ(told.standing, Standing::kPayeeSettled);
    EXPECT_EQ(told.payment, kNoPayment);
    told = enquire(bank_, 2, Side::kPayer, refused);
    EXPECT_EQ(told.standing, Standing::kPayerRejected);
    EXPECT_EQ(told.result, kPayeeAgentSilent);
    EXPECT_EQ(refusal(other_, 1, Side::kPayee, settled), kEnquiryUnknown) << "not its payment";
}

TEST_F(EnquiryTest, ArchivedAnswersCountTheSame) {
    const ArchivedAnswer settled{code(1), PaymentState::kSettled, kAccepted};
    for (std::uint32_t i = 0; i < kMost; ++i)
        EXPECT_EQ(refusal(bank_, 1, Side::kPayer, settled), kAccepted);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer, settled), kEnquiryTooOften);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayee, settled), kAccepted) << "the other side";
    bench_.pass(kWindow);
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer, settled), kAccepted);
}

TEST_F(EnquiryTest, WhatTheCellKnowsItKnowsBetterThanTheArchive) {
    const ArchivedAnswer settled{code(1), PaymentState::kSettled, kAccepted};
    const ArchivedAnswer others{code(2), PaymentState::kSettled, kAccepted};
    bench_.send(bank_, remittance(1, 100));
    EXPECT_EQ(refusal(bank_, 1, Side::kPayer, settled), kEnquiryTooSoon);
    bench_.pass(kAfter);
    EXPECT_EQ(enquire(bank_, 1, Side::kPayer, settled).standing, Standing::kPayerPending);
    // Another one that had the UETR before.
    EXPECT_EQ(enquire(other_, 1, Side::kPayer, others).standing, Standing::kPayerSettled);
    EXPECT_EQ(refusal(other_, 1, Side::kPayer, settled), kEnquiryUnknown) << "not its payment";
}

TEST_F(EnquiryTest, EveryAnswerThatCountsIsInTheDigest) {
    const auto digest_after = [](std::uint64_t number, Side side, Duration before, Duration all) {
        Bench bench(2);
        const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
        bench.pass(before);
        bench.apply(StatusRequest{bank, 1, uetr(number), side,
                                  ArchivedAnswer{code(1), PaymentState::kSettled, kAccepted}});
        bench.pass(all - before);
        bench.acknowledge(bank);
        return bench.cell().digest();
    };
    const Hash128 usual = digest_after(1, Side::kPayer, 1_ms, 9_ms);
    EXPECT_EQ(usual, digest_after(1, Side::kPayer, 1_ms, 9_ms));
    EXPECT_NE(usual, digest_after(2, Side::kPayer, 1_ms, 9_ms));
    EXPECT_NE(usual, digest_after(1, Side::kPayee, 1_ms, 9_ms));
    EXPECT_NE(usual, digest_after(1, Side::kPayer, 2_ms, 9_ms));
}

// The table.

Enquiries::Answered about(std::uint64_t number, std::uint16_t bank, ElapsedTime at) {
    return {uetr(number), at, ParticipantIndex{bank}, Side::kPayer};
}

TEST(Enquiries, OneBankCannotTakeAllRoom) {
    Enquiries enquiries;
    const ElapsedTime now{1'000'000};
    std::uint64_t number = 0;
    const auto ask_until_refused = [&](std::uint16_t bank) {
        std::uint32_t answered = 0;
        while (enquiries.count(about(++number, bank, now), kWindow, 1))
            ++answered;
        return answered;
    };
    std::uint32_t shared = 0;
    std::uint16_t bank = 0;
    for (; shared + kMaxEnquiriesOfBank - kOwnEnquiries <= kMaxSharedEnquiries; ++bank) {
        ASSERT_EQ(ask_until_refused(bank), kMaxEnquiriesOfBank) << "bank " << bank;
        shared += kMaxEnquiriesOfBank - kOwnEnquiries;
    }
    EXPECT_EQ(ask_until_refused(bank), kOwnEnquiries + kMaxSharedEnquiries - shared);
    EXPECT_EQ(ask_until_refused(1'000), kOwnEnquiries) << "nobody can take its own places";
    EXPECT_FALSE(enquiries.count(about(++number, 1'000, now + kWindow - 1_us), kWindow, 1));
    EXPECT_TRUE(enquiries.count(about(1, 0, now + kWindow), kWindow, 1)) << "all are over";
    EXPECT_EQ(enquiries.all().size(), 1U);
    EXPECT_FALSE(enquiries.count(about(1, 0, now + kWindow), kWindow, 1));
}

}  // namespace
}  // namespace lowu::core
