// How much a cell can keep and recollect at most, and what becomes of UETRs that are used again.
#include <set>

#include "tests/unit/core_memory_fixture.hpp"

namespace lowu::core {
namespace {

// Limits.

class SmallMemoryTest : public MemoryTest {
protected:
    /// Four segments of 64; room for 32 that are owed, and for 32 that are recollected.
    SmallMemoryTest() : MemoryTest(256) {}
};

TEST_F(SmallMemoryTest, WhatIsOnlyOwedHasRoomThatIsLimited) {
    for (std::uint64_t i = 0; i < 64; ++i)
        settle_inward(1 + i);
    acknowledge_all();
    later(Duration::from_hours(25));
    forget();
    EXPECT_EQ(cell().payments().kept(), 32U);
    EXPECT_EQ(witness_.gone.size(), 32U);
    EXPECT_TRUE(remembers(1)) << "the oldest";
    EXPECT_FALSE(remembers(64));
}

TEST_F(SmallMemoryTest, WhatMustStayHasRoomOfItsOwn) {
    // More than a table as large has places: three times all that is owed, recollected, new.
    for (std::uint64_t first = 1; first < 769; first += 64) {
        for (std::uint64_t i = 0; i < 64; ++i)
            send(salary(first + i, 1));
        later(Duration::from_hours(25));
        forget();
    }
    EXPECT_EQ(cell().payments().kept(), 768U);
    send(salary(1'000, 1));
    ASSERT_TRUE(remembers(1'000)) << "there is room for new ones";
    for (std::uint64_t i = 0; i < 768; ++i)
        deliver(LinkKind::kSettled, 1 + i);
    acknowledge_all();
    forget_all();
    EXPECT_EQ(kept(), std::set<std::uint32_t>{768});
}

TEST_F(SmallMemoryTest, ABankThatNeverAcknowledgesStopsNobody) {
    for (std::uint64_t i = 0; i < kReplySlots; ++i) {
        send(domestic(1 + i, 1, code(999)));
        ASSERT_EQ(bench_.last_told(kBank).result, ResultCode::kPayeeAgentUnknown) << i;
        if (cell().payments_so_far() % 64 != 0) continue;
        later(Duration::from_hours(25));
        forget();
    }
    EXPECT_EQ(cell().payments().kept(), kReplySlots) << "all of them wait for it";
    EXPECT_EQ(cell().credit_limit(kBank), cell().participant(kBank).last_number);
    settle_inward(100'000);
    EXPECT_EQ(cell().payment(index_of(100'000)).state, PaymentState::kSettled);
    acknowledge_all();
    fill(cell().payments_so_far() / 64 + 1);
    later(Duration::from_hours(25));
    forget();
    EXPECT_EQ(kept(), std::set<std::uint32_t>{kReplySlots}) << "only what is owed";
}

TEST_F(SmallMemoryTest, WhatWasOwedGivesWayWhenMuchMustStay) {
    for (std::uint64_t i = 0; i < 32; ++i)
        settle_inward(1 + i);
    acknowledge_all();
    forget_all();
    EXPECT_EQ(cell().payments().kept(), 32U);
    for (std::uint64_t i = 0; i < 64; ++i)
        send(salary(100 + i, 1));
    forget_all();
    forget_all();
    EXPECT_EQ(cell().payments().kept(), 64U);
    EXPECT_FALSE(remembers(1));
    EXPECT_TRUE(remembers(100));
}

class RecollectionRoomTest : public SmallMemoryTest {
protected:
    RecollectionRoomTest() {
        for (std::uint64_t i = 0; i < 128; ++i) {
            settle_inward(1 + i, 1);
            report(1 + i);
        }
        acknowledge_all();
        later(Duration::from_hours(25));
        forget();
        forget();
    }
    void recollect_many(std::uint32_t first, std::uint32_t count) {
        for (std::uint32_t i = first; i < first + count; ++i)
            recollect(PaymentIndex{i});
    }
};

TEST_F(RecollectionRoomTest, ThereIsRoomWhateverElseIsFull) {
    fill(6);  // Four segments are all there is.
    send(salary(1'000, 1));
    ASSERT_EQ(bench_.last_told(kBank).result, ResultCode::kPaymentTableFull);
    EXPECT_EQ(cell().room_to_recollect(), 32U);
    recollect_many(0, 32);
    EXPECT_EQ(cell().room_to_recollect(), 0U);
    EXPECT_TRUE(remembers(32));
    EXPECT_DEATH(recollect(PaymentIndex{32}), "looks for room");
    recollect(PaymentIndex{7});  // Is there.
}

TEST_F(RecollectionRoomTest, TheNextForgetMakesRoomEvenWhenNoSegmentGoes) {
    recollect_many(0, 16);
    EXPECT_FALSE(cell().short_of_recollections());
    recollect_many(16, 1);
    EXPECT_TRUE(cell().short_of_recollections());
    send_back(500, 3, 1);  // Pending: the original must stay.
    const PaymentIndex first = cell().first_remembered();
    bench_.apply(Forget{first});
    EXPECT_EQ(cell().first_remembered(), first);
    EXPECT_EQ(cell().room_to_recollect(), 32U);
    EXPECT_EQ(kept(), std::set<std::uint32_t>{2});
    EXPECT_EQ(cell().asked_of(kPayee, uetr(3)), PaymentIndex{2});
    recollect_many(3, 32);
    EXPECT_EQ(cell().room_to_recollect(), 0U);
}

// A UETR that is used again.

class UsedAgainTest : public MemoryTest {
protected:
    /// A payment to kPayee is forgotten; then another bank uses its UETR for one of its own.
    UsedAgainTest() {
        settle_inward(1);
        report(1);
        acknowledge_all();
        old_ = index_of(1);
        forget_all();
        send(remittance(1, 77));
        newer_ = index_of(1);
    }
    PaymentIndex old_;
    PaymentIndex newer_;
};

TEST_F(UsedAgainTest, EachBankMeansItsOwn) {
    ASSERT_NE(newer_, old_);
    EXPECT_EQ(cell().asked_of(kPayee, uetr(1)), std::nullopt) << "the archive has it";
    recollect(old_);
    EXPECT_EQ(cell().asked_of(kPayee, uetr(1)), old_);
    EXPECT_EQ(cell().begun_by(kBank, uetr(1)), newer_);
    EXPECT_EQ(cell().sent_to(kRemoteBank, uetr(1)), std::nullopt) << "it is not paid yet";
    EXPECT_EQ(index_of(1), newer_);

    send_back(2, 1, 60);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kReturn);
    EXPECT_EQ(cell().return_of(index_of(2)).original, old_);
    EXPECT_EQ(cell().payment(old_).returned, AmountMinor{60});
    deliver(LinkKind::kSettled, 1);
    EXPECT_EQ(cell().payment(newer_).state, PaymentState::kSettled);
    EXPECT_EQ(cell().sent_to(kRemoteBank, uetr(1)), newer_);
    EXPECT_EQ(bench_.last_told(kBank).payment, newer_);
    come_back(3, 1, 7);
    EXPECT_EQ(bench_.last_sent().kind, LinkKind::kSettled);
    EXPECT_EQ(cell().payment(newer_).returned, AmountMinor{7});

    const Bench copy(bench_);
    EXPECT_EQ(copy.cell().digest(), cell().digest());
    EXPECT_EQ(copy.cell().asked_of(kPayee, uetr(1)), old_);
    EXPECT_EQ(copy.cell().find_payment(uetr(1)), newer_);
}

TEST_F(MemoryTest, WhatIsRefusedUnderAnOldUetrHidesNothingThatWasPaid) {
    settle_inward(1);
    report(1);
    acknowledge_all();
    const PaymentIndex paid = index_of(1);
    forget_all();
    ask(1, 55);  // Another bank's, to the same one.
    const PaymentIndex refused = index_of(1);
    recollect(paid);
    EXPECT_EQ(cell().asked_of(kPayee, uetr(1)), refused) << "an answer is about this one";
    report(1);
    EXPECT_EQ(bench_.last_told(kPayee).kind, OutboxKind::kRequest) << "told once more, not refused";
    bench_.answer(kPayee, uetr(1), ResultCode::kPayeeAgentUnspecified);
    ASSERT_EQ(cell().payment(refused).state, PaymentState::kRejected);
    EXPECT_EQ(cell().settled_to(kPayee, uetr(1)), paid);
    send_back(2, 1, 60);
    EXPECT_EQ(cell().return_of(index_of(2)).original, paid);
    EXPECT_EQ(cell().payment(paid).returned, AmountMinor{60});
}

TEST_F(UsedAgainTest, TheOlderOneComesToLightWhenTheNewerIsForgotten) {
    deliver(LinkKind::kSettled, 1);
    acknowledge_all();
    recollect(old_);
    send_back(2, 1, 60);  // Pending, so that the old one must stay.
    forget_all();
    EXPECT_EQ(index_of(1), old_);
    recollect(newer_);
    EXPECT_EQ(index_of(1), newer_);
    EXPECT_EQ(cell().asked_of(kPayee, uetr(1)), old_);
    deliver(LinkKind::kSettled, 2);
    acknowledge_all();
    forget_all();
    EXPECT_FALSE(remembers(1));
    EXPECT_EQ(witness_.archived.at(old_).payment.returned, AmountMinor{60});
}

TEST_F(UsedAgainTest, AnEnquiryOfTheOlderOneIsAnsweredFromTheArchive) {
    const ArchivedAnswer archived{kPayeeCode, PaymentState::kSettled, ResultCode::kAccepted};
    bench_.apply(
        StatusRequest{kPayee, bench_.next_number(kPayee), uetr(1), Side::kPayee, archived});
    EXPECT_EQ(bench_.last_told(kPayee).standing, Standing::kPayeeSettled);
    // Of the newer one its bank hears from the cell, whatever comes along.
    later(Duration::from_minutes(1));
    bench_.apply(StatusRequest{kBank, bench_.next_number(kBank), uetr(1), Side::kPayer, archived});
    EXPECT_EQ(bench_.last_told(kBank).standing, Standing::kPayerPending);
}

}  // namespace
}  // namespace lowu::core
