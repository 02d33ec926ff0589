// What the engine forgets and asks the archive for. Real cells in their smallest memory.
#include <gmock/gmock.h>

#include "tests/unit/engine_memory_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using core::Side;
using core::Standing;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Forgetting.

TEST_F(EngineMemoryTest, OneSegmentOfOneRailACallAndOnlyWhatTheFollowerHas) {
    pay_many(1, kSegment);
    pass_scheme(kMemory + Duration::from_seconds(1));
    const core::Sequence newest =
        engine().cell(Rail::kFps).newest_sequence_before(core::PaymentIndex{kSegment});
    engine().forget_old(core::Sequence{newest.value - 1});
    EXPECT_FALSE(engine().has_batch()) << "the follower has not seen the last of them";
    EXPECT_EQ(engine().last_forget(), core::Sequence{0});
    engine().forget_old(engine().durable());
    EXPECT_EQ(leg(Rail::kFps, 1), nullptr);
    EXPECT_NE(leg(Rail::kIbps, 1), nullptr) << "the other rail's turn comes";
    EXPECT_EQ(engine().last_forget(), engine().cell(Rail::kFps).last_stamp().sequence);
    engine().forget_old(engine().durable());
    EXPECT_EQ(leg(Rail::kIbps, 1), nullptr);
    process_->sync();
    engine().forget_old(engine().durable());
    EXPECT_FALSE(engine().has_batch()) << "nothing more is old";
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, NothingIsWantedBeforeAnythingWasForgotten) {
    pay_many(1, 5);
    pass_scheme(kMemory + Duration::from_seconds(1));
    EXPECT_THAT(say_looked_up(payer_, {transfer(900, kIbpsBank), enquiry(901)}), IsEmpty());
    EXPECT_THAT(say_looked_up(payee_, {send_back(902, 903, 1)}), IsEmpty());
}

TEST_F(EngineMemoryTest, OnlyForgettingMovesLastForget) {
    forget_a_segment();
    const core::Sequence forgotten = engine().last_forget();
    EXPECT_GT(forgotten, core::Sequence{0});
    say_looked_up(payer_, {transfer(3, kIbpsBank)});
    EXPECT_EQ(engine().last_forget(), forgotten) << "one more is remembered, and none less";
    engine().forget_old(engine().durable());
    EXPECT_FALSE(engine().has_batch()) << "there is room for more";
    std::vector<Input> many;
    for (std::uint64_t number = 1; number <= kSegment; ++number)
        many.push_back(transfer(number, kIbpsBank));
    say_looked_up(payer_, many);
    EXPECT_EQ(engine().last_forget(), forgotten);
    pay_many(200, 1);
    say_looked_up(payer_, {transfer(200, kIbpsBank)});
    EXPECT_EQ(engine().last_forget(), forgotten) << "and when nothing had to be recollected";
}

TEST_F(EngineMemoryTest, AFrameThatNamesNothingForgottenWantsNothing) {
    forget_a_segment();
    EXPECT_THAT(say_looked_up(payer_, {fresh(transfer(100, kIbpsBank))}), IsEmpty());
    EXPECT_THAT(say_looked_up(payee_, {answer(100), reject("a rule")}), IsEmpty());
    EXPECT_THAT(say_looked_up(payee_, {report(100)}), IsEmpty());
    EXPECT_THAT(say_looked_up(payer_, {enquiry(100)}), IsEmpty());
    EXPECT_THAT(say_looked_up(payee_, {}), IsEmpty());
}

TEST_F(EngineMemoryTest, AFirstFrameWithItsHelloWantsWhatItNames) {
    forget_a_segment();
    InboundFrame frame;
    frame.hello = Hello{code(kFpsBank), 2, std::nullopt, std::nullopt};
    frame.first_number = payer_.next;
    frame.inputs = {transfer(3, kIbpsBank)};
    const auto wanted = engine().wanted(SessionId{++last_session_}, frame);
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].uetr, uetr(3));
    EXPECT_EQ(wanted[0].asker, (Asker{Rail::kFps, core::ParticipantIndex{0}, code(kFpsBank)}));
    frame.hello->participant = code("X99");
    EXPECT_THAT(engine().wanted(SessionId{++last_session_}, frame), IsEmpty());
}

// Instructions.

TEST_F(EngineMemoryTest, AnOldInstructionIsAnsweredAsItWasAndMovesNothing) {
    forget_a_segment();
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payer_, {transfer(3, kIbpsBank), transfer(kRefused, kIbpsBank)}),
                ElementsAre(uetr(3), uetr(kRefused)));
    const auto entries = heard(payer_);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].kind, OutboxKind::kSettled);
    EXPECT_EQ(entries[1].kind, OutboxKind::kRejected);
    EXPECT_EQ(entries[1].result, ResultCode::kPayeeAccountUnknown);
    EXPECT_THAT(heard(payee_), IsEmpty());
    EXPECT_EQ(positions(), before);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, WithoutTheArchiveItWouldBeRefusedForItsAge) {
    forget_a_segment();
    archive_ = {};
    EXPECT_THAT(say_looked_up(payer_, {transfer(3, kIbpsBank)}), ElementsAre(uetr(3)));
    const auto entry = only_heard(payer_);
    EXPECT_EQ(entry.result, ResultCode::kCreationTimeOutsideWindow);
}

TEST_F(EngineMemoryTest, AnotherContentOrBankUnderAForgottenUetrIsRefused) {
    forget_a_segment();
    const auto before = positions();
    say_looked_up(payer_, {transfer(3, kIbpsBank, 101)});
    auto entry = only_heard(payer_);
    EXPECT_EQ(entry.result, ResultCode::kUetrContentDiffers);
    EXPECT_EQ(entry.field, scheme::Field::kAmount);
    say_looked_up(other_payer_, {transfer(4, kIbpsBank)});
    entry = only_heard(other_payer_);
    EXPECT_EQ(entry.result, ResultCode::kUetrOfAnotherAgent);
    EXPECT_EQ(entry.payment, core::kNoPayment) << "not a word about the other's payment";
    EXPECT_EQ(positions(), before);
}

TEST_F(EngineMemoryTest, WhatWasForgottenEarlyIsWantedWhenTheWindowHasGrown) {
    forget_a_segment();
    // Created half an hour ago was too old to be taken up; now it is not.
    ASSERT_EQ(change_durably({setting(Rail::kFps, core::ParameterId::kPaymentMemory, {},
                                      Duration::from_minutes(180).whole_ms()),
                              setting(Rail::kFps, core::ParameterId::kCreationWindow, {},
                                      Duration::from_minutes(60).whole_ms())})
                  .result,
              ResultCode::kAccepted);
    heard_ = outlet_->messages.size();
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payer_, {transfer(3, kIbpsBank)}), ElementsAre(uetr(3)));
    EXPECT_EQ(only_heard(payer_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions(), before);
}

// Returns.

TEST_F(EngineMemoryTest, AForgottenPaymentIsSentBackOnBothRailsAndNoMoreOfItThanThereWas) {
    forget_a_segment();
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 5, 60)}),
                UnorderedElementsAre(uetr(500), uetr(5)));
    EXPECT_EQ(only_heard(payee_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions()[0], before[0] + 60);
    EXPECT_EQ(positions()[1], before[1] - 60);
    for (const Rail rail : kRails) {
        ASSERT_NE(leg(rail, 5), nullptr);
        EXPECT_EQ(leg(rail, 5)->returned.value, 60);
        EXPECT_EQ(leg(rail, 500)->state, core::PaymentState::kSettled);
    }
    say_looked_up(payee_, {send_back(501, 5, 41)});
    auto entry = only_heard(payee_);
    EXPECT_EQ(entry.kind, OutboxKind::kRejected);
    EXPECT_EQ(entry.result, ResultCode::kReturnAmount);
    say_looked_up(payee_, {send_back(502, 5, 40)});
    EXPECT_EQ(only_heard(payee_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions()[0], before[0] + 100);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, WhatHasComeBackCountsWhenItIsForgottenAgain) {
    forget_a_segment();
    say_looked_up(payee_, {send_back(500, 5, 60)});
    acknowledge(payer_);
    acknowledge(payee_);
    pay_fresh_segment(200);
    pass_scheme(kMemory + Duration::from_seconds(1));
    forget_all();
    ASSERT_TRUE(forgotten(5));
    ASSERT_TRUE(forgotten(500));
    heard_ = outlet_->messages.size();
    // The same return once more, and one of more than what is left.
    say_looked_up(payee_, {send_back(500, 5, 60), send_back(501, 5, 41)});
    const auto entries = heard(payee_);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].kind, OutboxKind::kSettled);
    EXPECT_EQ(entries[1].result, ResultCode::kReturnAmount);
}

TEST_F(EngineMemoryTest, AReturnOfWhatNeverWasIsRefused) {
    forget_a_segment();
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 999, 60)}),
                UnorderedElementsAre(uetr(500), uetr(999)));
    const auto entry = only_heard(payee_);
    EXPECT_EQ(entry.kind, OutboxKind::kRejected);
    EXPECT_EQ(entry.result, ResultCode::kOriginalNotSettled);
}

// Answers and reports that come late.

TEST_F(EngineMemoryTest, ALateCreditReportReachesItsPayment) {
    for (std::uint64_t segment = 0; segment < 4; ++segment)
        pay_many(1 + segment * kSegment, kSegment, false);
    pass_scheme(kMemory + Duration::from_seconds(1));
    forget_all();
    std::uint64_t late = 1;  // What is owed stays while there is room, the oldest of it first.
    while (late <= 4 * kSegment && leg(Rail::kIbps, late) != nullptr)
        ++late;
    if (late == kRefused) ++late;
    while (leg(Rail::kIbps, late) != nullptr)
        ++late;
    ASSERT_LE(late, 4 * kSegment);
    EXPECT_THAT(say_looked_up(payee_, {report(late)}), ElementsAre(uetr(late)));
    ASSERT_NE(leg(Rail::kIbps, late), nullptr);
    EXPECT_TRUE(leg(Rail::kIbps, late)->credited);
    EXPECT_EQ(leg(Rail::kFps, late), nullptr) << "only the rail that hears it needs it";
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, ALateAnswerChangesNothing) {
    forget_a_segment();
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payee_, {answer(3), answer(kRefused)}),
                ElementsAre(uetr(3), uetr(kRefused)));
    EXPECT_EQ(leg(Rail::kIbps, 3)->state, core::PaymentState::kSettled);
    EXPECT_EQ(leg(Rail::kIbps, kRefused)->state, core::PaymentState::kRejected);
    EXPECT_EQ(positions(), before);
}

// Enquiries.

TEST_F(EngineMemoryTest, AnEnquiryIsAnsweredFromTheArchiveAtEitherEnd) {
    forget_a_segment();
    EXPECT_THAT(say_looked_up(payer_, {enquiry(3), enquiry(kRefused)}),
                ElementsAre(uetr(3), uetr(kRefused)));
    auto entries = heard(payer_);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].kind, OutboxKind::kEnquiryAnswer);
    EXPECT_EQ(entries[0].standing, Standing::kPayerSettled);
    EXPECT_EQ(entries[1].standing, Standing::kPayerRejected);
    EXPECT_EQ(entries[1].result, ResultCode::kPayeeAccountUnknown);
    say_looked_up(payee_, {enquiry(3, Side::kPayee), enquiry(kRefused, Side::kPayee)});
    entries = heard(payee_);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].standing, Standing::kPayeeSettled);
    EXPECT_EQ(entries[1].standing, Standing::kPayeeRejected);
    EXPECT_TRUE(forgotten(3)) << "nothing need be remembered for it";
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, WhoHasNoPartInAForgottenPaymentLearnsNothing) {
    forget_a_segment();
    for (const Side side : {Side::kPayer, Side::kPayee}) {
        say_looked_up(other_payer_, {enquiry(3, side)});
        const auto entry = only_heard(other_payer_);
        EXPECT_EQ(entry.kind, OutboxKind::kMessageReject);
        EXPECT_EQ(entry.result, ResultCode::kEnquiryUnknown);
    }
    say_looked_up(payer_, {enquiry(3, Side::kPayee)});
    EXPECT_EQ(only_heard(payer_).result, ResultCode::kEnquiryUnknown) << "it was not asked";
    say_looked_up(payee_, {enquiry(3, Side::kPayer)});
    EXPECT_EQ(only_heard(payee_).result, ResultCode::kEnquiryUnknown) << "it did not begin it";
    say_looked_up(payer_, {enquiry(999)});
    EXPECT_EQ(only_heard(payer_).result, ResultCode::kEnquiryUnknown) << "it never was";
}

// Room.

class EngineRoomTest : public EngineMemoryTest {
protected:
    /// Three segments that both rails have forgotten: more than can be recollected at once.
    EngineRoomTest() {
        for (std::uint64_t segment = 0; segment < 3; ++segment)
            pay_many(1 + segment * kSegment, kSegment);
        pass_scheme(kMemory + Duration::from_seconds(1));
        forget_all();
        heard_ = outlet_->messages.size();
    }
    /// In frames that the test's log takes; in how many parts they were taken.
    int say_all(BankEnd& end, const std::vector<Input>& inputs) {
        int parts = 0;
        for (std::size_t from = 0; from < inputs.size(); from += 16) {
            const auto begin = inputs.begin() + static_cast<std::ptrdiff_t>(from);
            const auto rest = inputs.end() - begin;
            say_looked_up(end, {begin, begin + std::min<std::ptrdiff_t>(16, rest)});
            parts += parts_;
        }
        return parts;
    }
    static constexpr std::uint64_t kMany = 3 * kSegment;
};

TEST_F(EngineRoomTest, WhenHalfOfItIsTakenWhatHasServedGoesThoughNoSegmentMay) {
    const core::Sequence forgotten = engine().last_forget();
    std::vector<Input> again;
    for (std::uint64_t number = 1; number <= kSegment + 1; ++number)
        again.push_back(transfer(number, kIbpsBank));
    say_all(payer_, again);
    acknowledge(payer_);
    EXPECT_NE(leg(Rail::kFps, 5), nullptr);
    engine().forget_old(core::Sequence{0});
    EXPECT_GT(engine().last_forget(), forgotten);
    EXPECT_EQ(leg(Rail::kFps, 5), nullptr);
    process_->sync();
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineRoomTest, WhatFindsNoRoomWaitsAndIsNeverGuessed) {
    ASSERT_LT(engine().cell(Rail::kFps).room_to_recollect(), kMany);
    // With the window widened meanwhile each of them could be taken for a new one.
    ASSERT_EQ(change_durably({setting(Rail::kFps, core::ParameterId::kPaymentMemory, {},
                                      Duration::from_minutes(180).whole_ms()),
                              setting(Rail::kFps, core::ParameterId::kCreationWindow, {},
                                      Duration::from_minutes(60).whole_ms())})
                  .result,
              ResultCode::kAccepted);
    heard_ = outlet_->messages.size();
    const auto before = positions();
    std::vector<Input> again;
    for (std::uint64_t number = 1; number <= kMany; ++number)
        again.push_back(transfer(number, kIbpsBank));
    EXPECT_EQ(say_all(payer_, again), kMany / 16 + 1);
    const auto entries = heard(payer_);
    ASSERT_EQ(entries.size(), kMany);
    for (std::uint64_t i = 0; i < kMany; ++i) {
        EXPECT_EQ(entries[i].uetr, uetr(1 + i));
        EXPECT_EQ(entries[i].kind,
                  1 + i == kRefused ? OutboxKind::kRejected : OutboxKind::kSettled);
    }
    EXPECT_EQ(positions(), before);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineRoomTest, ReturnsWaitForRoomOnTheOtherRailToo) {
    std::vector<Input> reports;  // The payer's rail needs nothing for these.
    for (std::uint64_t number = 1; number <= 100; ++number)
        reports.push_back(report(number == kRefused ? 1 : number));
    say_all(payee_, reports);
    std::vector<Input> instructions;  // And these leave it little.
    for (std::uint64_t number = 1; number <= 120; ++number)
        instructions.push_back(transfer(number, kIbpsBank));
    say_all(payer_, instructions);
    heard_ = outlet_->messages.size();
    const auto before = positions();
    std::vector<Input> returns;
    for (std::uint64_t number = 101; number <= 180; ++number)
        returns.push_back(send_back(1'000 + number, number, 1));
    EXPECT_GT(say_all(payee_, returns), 80 / 16);
    for (const auto& entry : heard(payee_))
        EXPECT_EQ(entry.kind, OutboxKind::kSettled);
    EXPECT_EQ(positions()[0], before[0] + 80);
    EXPECT_EQ(positions()[1], before[1] - 80);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

class EngineLargeFrameTest : public EngineMemoryTest {
protected:
    EngineLargeFrameTest() : EngineMemoryTest(forgetful_genesis(65'536)) {}
};

TEST_F(EngineLargeFrameTest, AFrameIsTakenInPartsWhenItsRecordsDoNotFit) {
    constexpr std::uint64_t kPayments = core::kMaxFrameMessages;
    for (std::uint64_t first = 1; first <= kPayments; first += kSegment)
        pay_many(first, kSegment);
    pass_scheme(kMemory + Duration::from_seconds(1));
    forget_all();
    ASSERT_TRUE(forgotten(kPayments));
    // A batch that is not full yet.
    for (BankEnd* bank : {&payer_, &other_payer_})
        say(*bank, std::vector<Input>(core::kMaxFrameMessages, reject("r")));
    ASSERT_FALSE(engine().batch_full());
    InboundFrame frame;
    frame.first_number = payee_.next;
    frame.acknowledged = payee_.received;
    frame.credit = payee_.credit;
    for (std::uint64_t number = 1; number <= kPayments; ++number) {
        if (number != kRefused) frame.inputs.push_back(send_back(10'000 + number, number, 1));
    }
    payee_.next += frame.inputs.size();
    const auto before = positions();
    int parts = 0;
    for (bool whole = false; !whole; ++parts) {
        ASSERT_LT(parts, 10);
        std::vector<Recollection> found;
        for (const Wanted& wanted : engine().wanted(payee_.session, frame))
            found.push_back(look_up(wanted));
        whole = engine().on_frame(payee_.session, frame, found);
        engine().seal(process_->batch);  // The test's log takes small batches only.
        EXPECT_LE(process_->batch.count, core::kMaxBatchRecords);
        process_->release();
    }
    EXPECT_GE(parts, 2);
    EXPECT_EQ(positions()[0], before[0] + static_cast<std::int64_t>(kPayments) - 1);
}

// What need not be asked.

TEST_F(EngineMemoryTest, AReturnOfWhatIsInMemoryAsksForItselfOnly) {
    forget_a_segment();
    say_durably(payer_, {fresh(transfer(100, kIbpsBank))});
    say_durably(payee_, {answer(100), report(100)});
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 100, 1)}), ElementsAre(uetr(500)));
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 100, 1)}), IsEmpty()) << "known";
    // One that was recollected may have been sent back before it was forgotten.
    EXPECT_THAT(say_looked_up(payee_, {send_back(501, 5, 1)}),
                UnorderedElementsAre(uetr(501), uetr(5)));
    EXPECT_THAT(say_looked_up(payee_, {send_back(502, 5, 1)}), ElementsAre(uetr(502)));
}

TEST_F(EngineMemoryTest, ADomesticPaymentIsNotAskedForOfTheOtherRail) {
    forget_a_segment();
    say_durably(payer_, {fresh(domestic(100, kOtherFpsBank))});
    say_durably(other_payer_, {answer(100)});
    heard_ = outlet_->messages.size();
    EXPECT_THAT(say_looked_up(other_payer_, {send_back(500, 100, 1)}), ElementsAre(uetr(500)));
    EXPECT_EQ(only_heard(other_payer_).kind, OutboxKind::kSettled);
}

TEST_F(EngineMemoryTest, ARepeatedReturnIsBookedOnceThoughItsOriginalsUetrWasUsedAgain) {
    forget_a_segment();
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 3, 60)}),
                UnorderedElementsAre(uetr(3), uetr(500)));
    pay_fresh_segment(200);
    pass_scheme(kMemory + Duration::from_seconds(1));
    forget_all();
    ASSERT_TRUE(forgotten(500));
    say_durably(payer_, {fresh(transfer(3, kIbpsBank, 70))});
    say_durably(payee_, {answer(3)});
    ASSERT_EQ(leg(Rail::kIbps, 3)->state, core::PaymentState::kSettled);
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 3, 60)}), ElementsAre(uetr(500)));
    EXPECT_EQ(positions(), before) << "it was booked with the first payment";
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

// A UETR that is used again.

TEST_F(EngineMemoryTest, EachBankFindsItsOwnPaymentUnderAUetrThatIsUsedAgain) {
    forget_a_segment();
    // Another bank's domestic payment; the first one's is known to the archive alone.
    ASSERT_THAT(say_looked_up(other_payer_, {fresh(domestic(3, kFpsBank, 55))}), IsEmpty());
    ASSERT_NE(leg(Rail::kFps, 3), nullptr);
    heard_ = outlet_->messages.size();
    EXPECT_THAT(say_looked_up(payer_, {enquiry(3)}), ElementsAre(uetr(3)));
    EXPECT_EQ(only_heard(payer_).standing, Standing::kPayerSettled);
    EXPECT_THAT(say_looked_up(other_payer_, {enquiry(3, Side::kPayer)}), IsEmpty());
    EXPECT_EQ(only_heard(other_payer_).result, ResultCode::kEnquiryTooSoon) << "its own is young";

    // The first one's instruction once more, and its return, which needs the leg there.
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payer_, {transfer(3, kIbpsBank)}), ElementsAre(uetr(3)));
    EXPECT_EQ(only_heard(payer_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions(), before);
    say_looked_up(payee_, {send_back(500, 3, 60)});
    EXPECT_EQ(only_heard(payee_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions()[0], before[0] + 60);
    EXPECT_EQ(positions()[1], before[1] - 60);
    // And the newer one goes on.
    say_durably(payer_, {answer(3)});
    EXPECT_EQ(leg(Rail::kFps, 3)->state, core::PaymentState::kSettled);
    EXPECT_EQ(leg(Rail::kFps, 3)->amount.value, 55);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, APaymentThatIsRefusedUnderAnOldUetrHidesNothingThatWasPaid) {
    forget_a_segment();
    ASSERT_THAT(say_looked_up(other_payer_, {fresh(transfer(3, kIbpsBank, 55))}), IsEmpty());
    say_durably(payee_, {answer(3, ResultCode::kPayeeAccountUnknown)});
    ASSERT_EQ(leg(Rail::kIbps, 3)->state, core::PaymentState::kRejected);
    heard_ = outlet_->messages.size();
    const auto before = positions();
    EXPECT_THAT(say_looked_up(payee_, {send_back(500, 3, 60)}), ElementsAre(uetr(3), uetr(500)));
    EXPECT_EQ(only_heard(payee_).kind, OutboxKind::kSettled);
    EXPECT_EQ(positions()[0], before[0] + 60);
    EXPECT_EQ(positions()[1], before[1] - 60);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

TEST_F(EngineMemoryTest, WhenBothAreForgottenEachBankStillFindsItsOwn) {
    forget_a_segment();
    say_looked_up(other_payer_, {fresh(domestic(3, kFpsBank, 55))});
    say_durably(payer_, {answer(3), report(3)});
    acknowledge(other_payer_);
    acknowledge(payer_);
    pay_fresh_segment(200);
    pass_scheme(kMemory + Duration::from_seconds(1));
    forget_all();
    ASSERT_TRUE(forgotten(3));
    heard_ = outlet_->messages.size();
    say_looked_up(payee_, {send_back(500, 3, 100)});
    EXPECT_EQ(only_heard(payee_).kind, OutboxKind::kSettled);
    say_looked_up(payer_, {send_back(501, 3, 100)});
    EXPECT_EQ(only_heard(payer_).result, ResultCode::kReturnAmount) << "it was of 55";
    say_looked_up(payer_, {send_back(502, 3, 55)});
    EXPECT_EQ(only_heard(payer_).kind, OutboxKind::kSettled);
    EXPECT_EQ(replayed_digests(), digests(engine()));
}

}  // namespace
}  // namespace lowu::engine
