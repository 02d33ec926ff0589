// What a cell forgets, what it keeps beyond its segment and why, and what it does with a payment
// that comes back from the archive.
#include <set>

#include "tests/unit/core_memory_fixture.hpp"

namespace lowu::core {
namespace {

// When.

TEST_F(MemoryTest, NothingIsForgottenBeforeItIsOldAndItsSegmentFull) {
    const auto nothing = [&] { return cell().forgettable_through() == cell().first_remembered(); };
    EXPECT_TRUE(nothing());
    settle_inward(1);
    acknowledge_all();
    later(Duration::from_hours(30));
    EXPECT_TRUE(nothing()) << "its segment is not full";
    fill(1);
    EXPECT_TRUE(nothing()) << "its newest payment is young";
    later(Duration::from_hours(24));
    EXPECT_TRUE(nothing()) << "not older than the memory yet";
    later(1_ms);
    EXPECT_EQ(cell().forgettable_through(), end_of(1));
    bench_.apply(LinkState{false});
    EXPECT_TRUE(nothing()) << "the other rail may have to be told still";
    bench_.apply(LinkState{true});
    EXPECT_EQ(cell().forgettable_through(), end_of(1));
    EXPECT_EQ(cell().newest_sequence_before(end_of(1)),
              cell().payment(PaymentIndex{63}).body_sequence);
    EXPECT_DEATH(bench_.apply(Forget{end_of(2)}), "the oldest segment");
    EXPECT_DEATH(bench_.apply(Forget{PaymentIndex{1}}), "the oldest segment");
}

TEST_F(MemoryTest, TheMemoryIsAParameter) {
    fill(1);
    bench_.set(ParameterId::kPaymentMemory, {}, 1'200'000);
    ASSERT_EQ(bench_.effects().outcome, ResultCode::kAccepted);
    later(1'200'000_ms);
    EXPECT_EQ(cell().forgettable_through(), PaymentIndex{0});
    later(1_ms);
    EXPECT_EQ(cell().forgettable_through(), end_of(1));
    // Longer than the window, the skew and the origin's deadline together.
    bench_.set(ParameterId::kCreationWindow, {}, 1'200'000 - 60'000 - 20'000);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kParametersTogether);
    bench_.set(ParameterId::kCreationWindow, {}, 1'200'000 - 60'000 - 20'000 - 1);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kAccepted);
}

TEST_F(MemoryTest, NobodyIsToldTooSoonOfWhatIsForgotten) {
    // The window of ten minutes, the skew of one and the origin's deadline together.
    bench_.set(ParameterId::kEnquiryAfter, {}, 680'001);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kParametersTogether);
    bench_.set(ParameterId::kEnquiryAfter, {}, 680'000);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kAccepted);
}

TEST_F(MemoryTest, ATableThatIsNearlyFullForgetsSooner) {
    fill(14);
    const Parameters& rules = cell().parameters();
    later(rules.creation_window + rules.creation_skew + rules.origin_deadline +
          rules.link_allowance * 2);
    EXPECT_EQ(cell().forgettable_through(), PaymentIndex{0});
    later(1_ms);
    EXPECT_EQ(cell().forgettable_through(), PaymentIndex{0}) << "seven eighths are not nearly full";
    send(domestic(1, 1, code(999)));
    EXPECT_EQ(cell().forgettable_through(), end_of(1));
    forget();
    EXPECT_EQ(cell().forgettable_through(), end_of(1)) << "there is room again";
}

TEST_F(MemoryTest, AFullTableRefusesUntilItHasForgotten) {
    fill(16);
    send(remittance(1, 100));
    EXPECT_EQ(bench_.last_told(kBank).result, ResultCode::kPaymentTableFull);
    later(Duration::from_hours(1));
    forget();
    send(remittance(1, 100));
    EXPECT_TRUE(remembers(1)) << "it was not remembered, and so not spent";
}

// What stays.

TEST_F(MemoryTest, KeepsExactlyWhatIsNeeded) {
    send(remittance(1, 100));  // 0: pending at the origin.
    ask(2);                    // 1: its answer is to come.
    settle_inward(3);          // 2: not credited yet.
    settle_inward(4);          // 3: credited.
    report(4);
    settle_inward(5);  // 4: sent back as a whole; 5 is that return, 6 settled it.
    send_back(6, 5, 100);
    deliver(LinkKind::kSettled, 6);
    settle_inward(7);  // 6: credited, but its return (7) is pending.
    report(7);
    send_back(8, 7, 40);
    settle_inward(9);  // 8: sent back in part, the payee has not the rest yet.
    send_back(10, 9, 40);
    deliver(LinkKind::kSettled, 10);  // 9.
    while (cell().payments_so_far() < 63)
        settle_outward(100 + cell().payments_so_far(), 1);
    acknowledge_all();
    send(domestic(12, 1, code(999)));  // 63: refused, and its bank has not taken note.
    ASSERT_EQ(index_of(12), PaymentIndex{63});
    EXPECT_EQ(cell().payment(index_of(12)).pins, 1);
    later(Duration::from_hours(25));
    forget();
    EXPECT_EQ(kept(), (std::set<std::uint32_t>{0, 1, 2, 6, 7, 8, 63}));
    EXPECT_EQ(witness_.gone.size(), 57U);
    EXPECT_EQ(cell().forgotten(), 57U);

    // Each reason ends by itself.
    acknowledge(kBank);
    fill(2);
    later(Duration::from_hours(25));
    forget();
    EXPECT_EQ(kept(), (std::set<std::uint32_t>{0, 1, 2, 6, 7, 8}));
    deliver(LinkKind::kRefused, 1, ResultCode::kPayeeAgentSilent);
    bench_.answer(kPayee, uetr(2));
    report(2);
    report(3);
    deliver(LinkKind::kSettled, 8);
    send_back(13, 9, 60);
    deliver(LinkKind::kSettled, 13);
    acknowledge_all();
    forget_all();
    EXPECT_EQ(kept(), std::set<std::uint32_t>{});
    EXPECT_TRUE(witness_.archived.at(PaymentIndex{2}).payment.credited);
    EXPECT_EQ(witness_.archived.at(PaymentIndex{8}).payment.returned, AmountMinor{100});
    EXPECT_EQ(cell().pending(), 0U);
}

TEST_F(MemoryTest, WhatABankInDefaultOwesDoesNotStay) {
    settle_inward(1);
    acknowledge_all();
    forget_all();
    ASSERT_TRUE(remembers(1));
    bench_.apply(DeclareDefault{kPayee});
    acknowledge_all();
    forget_all();
    EXPECT_FALSE(remembers(1));
}

TEST_F(MemoryTest, ARefusedReturnGivesBackToAKeptOriginal) {
    settle_inward(1);
    report(1);
    send_back(2, 1, 40);
    forget_all();
    ASSERT_TRUE(remembers(1)) << "its return is pending";
    EXPECT_EQ(cell().returned(index_of(1)), AmountMinor{40});
    deliver(LinkKind::kRefused, 2, ResultCode::kPayeeAgentCongested);
    EXPECT_EQ(cell().returned(index_of(1)), AmountMinor{0});
    acknowledge_all();
    forget_all();
    EXPECT_FALSE(remembers(1));
    EXPECT_FALSE(remembers(2));
}

TEST_F(MemoryTest, AKeptPaymentEndsLikeAnyOther) {
    send(remittance(1, 100));
    ASSERT_NE(cell().hold_of(index_of(1)), nullptr);
    const QuotaAmounts held = cell().quota().reserved_total();
    ASSERT_NE(held, QuotaAmounts{});
    forget_all();
    ASSERT_TRUE(remembers(1));
    EXPECT_EQ(index_of(1), PaymentIndex{0}) << "its number is its own for ever";
    ASSERT_NE(cell().hold_of(index_of(1)), nullptr) << "its hold is carried along";
    EXPECT_EQ(cell().quota().reserved_total(), held);
    deliver(LinkKind::kRefused, 1, ResultCode::kPayeeAgentSilent);
    EXPECT_EQ(cell().quota().reserved_total(), QuotaAmounts{});
    EXPECT_EQ(bench_.last_told(kBank).payment, PaymentIndex{0});
    EXPECT_EQ(cell().payment(PaymentIndex{0}).pins, 1);
    acknowledge(kBank);
    EXPECT_EQ(cell().payment(PaymentIndex{0}).pins, 0);
}

TEST_F(MemoryTest, TimersOfForgottenPaymentsAreDroppedInSilence) {
    settle_inward(1);
    report(1);
    settle_outward(2);
    acknowledge_all();
    ask(3);
    forget_all();
    ASSERT_FALSE(remembers(1));
    ASSERT_FALSE(remembers(2));
    const auto due = cell().parameters().payee_deadline;
    EXPECT_EQ(bench_.next_deadline(), ElapsedTime{due.us});
    bench_.apply(Tick{}, ElapsedTime{Duration::from_minutes(1).us});
    EXPECT_EQ(cell().payment(index_of(3)).result, ResultCode::kPayeeAgentSilent)
        << "a kept payment's timer fires";
    EXPECT_EQ(bench_.next_deadline(), std::nullopt);
}

// What comes back.

TEST_F(MemoryTest, AReturnOfARecollectedPaymentWorks) {
    settle_inward(1);
    report(1);
    acknowledge_all();
    const PaymentIndex original = index_of(1);
    forget_all();
    send_back(2, 1, 60);
    EXPECT_EQ(bench_.last_told(kPayee).result, ResultCode::kOriginalNotSettled);
    EXPECT_FALSE(remembers(2)) << "and is not spent";

    recollect(original);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kAccepted);
    ASSERT_TRUE(remembers(1));
    EXPECT_EQ(index_of(1), original);
    send_back(2, 1, 60);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kReturn);
    EXPECT_EQ(bench_.last_sent().original, uetr(1));
    EXPECT_EQ(cell().return_of(index_of(2)).original, original);
    deliver(LinkKind::kSettled, 2);
    acknowledge_all();

    // Forgotten once more, with what has come back of it.
    const PaymentIndex sent = index_of(2);
    forget_all();
    EXPECT_FALSE(remembers(1));
    EXPECT_EQ(witness_.archived.at(original).payment.returned, AmountMinor{60});
    EXPECT_EQ(witness_.archived.at(sent).record->original_uetr, uetr(1));
    recollect(original);
    send_back(3, 1, 41);
    EXPECT_EQ(bench_.last_told(kPayee).result, ResultCode::kReturnAmount);
    send_back(4, 1, 40);
    EXPECT_EQ(bench_.last_sent().uetr, uetr(4));

    // The return, said again, is known again; though its original might not be.
    recollect(sent);
    send_back(2, 1, 60);
    EXPECT_EQ(bench_.last_told(kPayee).kind, OutboxKind::kSettled);
    send_back(2, 3, 60);
    EXPECT_EQ(bench_.last_told(kPayee).field, scheme::Field::kOriginalUetr);
}

TEST_F(MemoryTest, WhatComesBackOfARecollectedPaymentGivesTheQuotaBack) {
    settle_outward(1, 100);
    acknowledge_all();
    const PaymentIndex original = index_of(1);
    const auto used = [&] {
        return cell().quota().find(person(1).tokens, kNoParticipant)->used.year.value;
    };
    const std::int64_t whole = used();
    ASSERT_GT(whole, 0);
    forget_all();
    ASSERT_TRUE(witness_.archived.at(original).hold);
    come_back(2, 1, 50);
    EXPECT_EQ(bench_.last_sent().result, ResultCode::kOriginalNotSettled);
    recollect(original);
    come_back(3, 1, 50);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kSettled);
    EXPECT_LT(used(), whole);
    forget_all();
    EXPECT_FALSE(remembers(1));
    EXPECT_EQ(witness_.archived.at(original).payment.returned, AmountMinor{50});
}

TEST_F(MemoryTest, ARepeatedInstructionGetsTheStoredAnswer) {
    CreditTransfer transfer = remittance(1, 100);
    transfer.creation_time = now_;
    bench_.send(kBank, transfer);
    deliver(LinkKind::kRefused, 1, ResultCode::kPayeeAgentSilent);
    acknowledge_all();
    const PaymentIndex index = index_of(1);
    forget_all();
    bench_.send(kBank, transfer);
    EXPECT_EQ(bench_.last_told(kBank).result, ResultCode::kCreationTimeOutsideWindow)
        << "so the engine asks the archive before";
    // As new: its number is another one. Recollecting the old one changes nothing for its bank.
    const PaymentIndex newer = index_of(1);
    EXPECT_NE(newer, index);
    recollect(index);
    EXPECT_EQ(index_of(1), newer);
    EXPECT_EQ(cell().begun_by(kBank, uetr(1)), newer) << "of its own payments the newest is meant";

    CreditTransfer second = remittance(2, 100);
    second.creation_time = now_;
    bench_.send(kBank, second);
    deliver(LinkKind::kRefused, 2, ResultCode::kPayeeAgentSilent);
    acknowledge_all();
    const PaymentIndex other = index_of(2);
    forget_all();
    recollect(other);
    bench_.send(kBank, second);
    EXPECT_EQ(bench_.last_told(kBank).kind, OutboxKind::kRejected);
    EXPECT_EQ(bench_.last_told(kBank).result, ResultCode::kPayeeAgentSilent);
    second.amount = AmountMinor{101};
    bench_.send(kBank, second);
    EXPECT_EQ(bench_.last_told(kBank).result, ResultCode::kUetrContentDiffers);
    EXPECT_EQ(bench_.last_told(kBank).field, scheme::Field::kAmount);
}

TEST_F(MemoryTest, AnInstructionFromTheFutureStaysRefusedWhenItsTimeHasCome) {
    CreditTransfer transfer = remittance(1, 100);
    transfer.creation_time = now_ + 24_h * 20;
    bench_.send(kBank, transfer);
    ASSERT_EQ(bench_.last_told(kBank).result, ResultCode::kCreationTimeOutsideWindow);
    acknowledge_all();
    forget_all();
    ASSERT_TRUE(remembers(1));
    later(transfer.creation_time - now_);
    bench_.send(kBank, transfer);
    EXPECT_EQ(bench_.last_told(kBank).result, ResultCode::kCreationTimeOutsideWindow);
    acknowledge_all();
    later(cell().parameters().creation_window + 1_ms);
    forget_all();
    EXPECT_FALSE(remembers(1)) << "whoever repeats it now is refused for its age";
    CreditTransfer never = remittance(2, 100);
    never.creation_time = now_ + 24_h * 365;
    bench_.send(kBank, never);
    acknowledge_all();
    forget_all();
    EXPECT_FALSE(remembers(2)) << "it would stay for a year";
}

TEST_F(MemoryTest, ALateReportOfTheCreditIsTaken) {
    settle_inward(1);
    acknowledge_all();
    const PaymentIndex index = index_of(1);
    forget_all();
    ASSERT_TRUE(remembers(1)) << "owed, and there is room";
    report(1);
    forget_all();
    ASSERT_FALSE(remembers(1));
    EXPECT_TRUE(witness_.archived.at(index).payment.credited);
    witness_.archived.at(index).payment.credited = false;  // As if the report had come late.
    recollect(index);
    report(1);
    EXPECT_TRUE(cell().payment(index).credited);
    forget_all();
    EXPECT_TRUE(witness_.archived.at(index).payment.credited) << "archived once more";
}

TEST_F(MemoryTest, RecollectingWhatIsThereChangesNothing) {
    settle_inward(1);
    report(1);
    acknowledge_all();
    const PaymentIndex index = index_of(1);
    forget_all();
    recollect(index);
    send_back(2, 1, 60);
    const std::uint32_t remembered = cell().remembered();
    recollect(index);
    EXPECT_EQ(bench_.effects().outcome, ResultCode::kAccepted);
    EXPECT_EQ(cell().remembered(), remembered);
    EXPECT_EQ(cell().returned(index), AmountMinor{60}) << "the archive is older than that";
    EXPECT_EQ(cell().payment(index).pins, 1);
    // Nor of one that was never forgotten.
    bench_.apply(Recollect{index_of(2), cell().payments().whole(index_of(1))});
    EXPECT_EQ(cell().remembered(), remembered);
    EXPECT_DEATH(bench_.apply(Recollect{PaymentIndex{5'000}, witness_.archived.at(index)}),
                 "has been here");
}

}  // namespace
}  // namespace lowu::core
