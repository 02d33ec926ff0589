// The table of payments and its index against slow, obvious models: what is added, forgotten, kept,
// swept and recollected in any order, and saved and loaded in between.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "common/base/prng.hpp"
#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

// The index.

class IndexModelTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(IndexModelTest, FindsWhatTheModelHas) {
    Prng prng(GetParam());
    const auto most = static_cast<std::uint32_t>(prng.between(1, 300));
    UetrIndex index;
    index.open(most);
    ASSERT_GE(index.capacity(), most + most / 2) << "three slots for two entries";
    std::map<std::uint32_t, std::uint32_t> tag_of;  // By payment.
    std::uint32_t next = 0;
    // Many share a home or wrap round the end; some share a whole tag.
    const auto some_tag = [&] {
        const std::uint64_t kind = prng.below(4);
        if (kind == 0) return static_cast<std::uint32_t>(prng.next_u64());
        if (kind == 1) return static_cast<std::uint32_t>(0xffff'ffffU - prng.below(3));
        if (kind == 2) return 0xffff'ffffU << prng.below(8);
        return static_cast<std::uint32_t>(prng.below(2));
    };
    for (int step = 0; step < 4'000; ++step) {
        if (tag_of.size() < most && (tag_of.empty() || prng.chance(11, 20))) {
            const std::uint32_t tag = some_tag();
            index.insert(tag, PaymentIndex{next});
            tag_of.emplace(next++, tag);
        } else {
            auto victim = tag_of.begin();
            std::advance(victim, static_cast<std::ptrdiff_t>(prng.below(tag_of.size())));
            index.erase(victim->second, PaymentIndex{victim->first});
            tag_of.erase(victim);
        }
        ASSERT_EQ(index.size(), tag_of.size());
        if (step % 16 != 0) continue;
        for (std::uint32_t payment = 0; payment < next; ++payment) {
            const auto known = tag_of.find(payment);
            const std::uint32_t tag = known == tag_of.end() ? some_tag() : known->second;
            const auto found =
                index.find(tag, [&](PaymentIndex one) { return one.value == payment; });
            ASSERT_EQ(found.has_value(), known != tag_of.end()) << payment << " at " << step;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, IndexModelTest,
                         testing::Range(std::uint64_t{1}, std::uint64_t{17}));

TEST(UetrIndex, ErasingLeavesNothingBehind) {
    UetrIndex index;
    index.open(8);
    // Over and over, so that any mark left behind would fill the table.
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        index.insert(0xffff'ffff, PaymentIndex{i});
        if (i >= 7) index.erase(0xffff'ffff, PaymentIndex{i - 7});
    }
    EXPECT_EQ(index.size(), 7U);
    EXPECT_FALSE(index.find(0xffff'ffff, [](PaymentIndex) { return false; }));
    EXPECT_DEATH(index.erase(0xffff'ffff, PaymentIndex{3}), "only what is there");
}

// The table.

constexpr std::uint32_t kMost = 1'024;

class TableModelTest : public testing::TestWithParam<std::uint64_t> {
protected:
    TableModelTest() { open(); }

    void open() {
        table_ = std::make_unique<PaymentTable>();
        table_->open(kMost, 1);
    }
    static Payment payment(std::uint64_t number, Leg leg) {
        Payment one;
        one.uetr = uetr(number);
        one.amount = AmountMinor{static_cast<std::int64_t>(number)};
        one.leg = leg;
        one.state = PaymentState::kSettled;
        return one;
    }
    static QuotaHold some_hold(std::uint64_t number) {
        return {UseIndex{static_cast<std::uint32_t>(number)}, {}, {1, 2}, {}};
    }
    static ReturnRecord some_record(std::uint64_t number) {
        return {PaymentIndex{0}, uetr(number + 1), scheme::ReturnReason::kMd06};
    }
    Stamp stamp() {
        ++now_;
        return {Sequence{now_}, SchemeTime{static_cast<std::int64_t>(now_)}, {}};
    }

    void add() {
        if (table_->full()) return;
        // A UETR that is forgotten may come again, as another payment.
        std::uint64_t number = 1'000 + now_;
        if (!forgotten_.empty() && prng_.chance(1, 20)) number = some_forgotten()->second;
        if (table_->find(uetr(number))) return;
        const std::uint64_t kind = prng_.below(3);
        const Stamp when = stamp();
        PaymentIndex index;
        if (kind == 0) {
            index =
                table_->add_return(payment(number, Leg::kReturnSent), some_record(number), when);
        } else {
            index = table_->add(payment(number, Leg::kOrigin), when);
            if (kind == 1) table_->put_hold(index, some_hold(number));
        }
        ASSERT_EQ(index.value, numbers_.size());
        numbers_.push_back(number);
        kinds_.push_back(kind);
        remembered_.insert(index);
    }
    std::map<PaymentIndex, std::uint64_t>::iterator some_forgotten() {
        auto one = forgotten_.begin();
        std::advance(one, static_cast<std::ptrdiff_t>(prng_.below(forgotten_.size())));
        return one;
    }
    PaymentTable::Hears gone() {
        return [this](PaymentIndex index, const Payment& going) {
            EXPECT_EQ(going.uetr, uetr(numbers_[index.value]));
            EXPECT_EQ(table_->get(index), &going) << "it is there while it is said to go";
            EXPECT_EQ(find(index), index);
            check(index);
            remembered_.erase(index);
            forgotten_.emplace(index, numbers_[index.value]);
        };
    }
    void drop() {
        if (!table_->end_of_oldest()) return;
        const PaymentIndex end = *table_->end_of_oldest();
        table_->drop_oldest([this](PaymentIndex, const Payment&) { return prng_.chance(1, 9); },
                            gone());
        EXPECT_EQ(table_->first_remembered(), end);
    }
    void sweep() {
        const auto before = table_->kept();
        const auto most = static_cast<std::uint32_t>(prng_.below(40));
        table_->sweep(
            most, [this](PaymentIndex, const Payment&) { return prng_.chance(1, 2); }, gone());
        EXPECT_GE(table_->kept() + most, before);
    }
    void drop_recollected() {
        const auto before = table_->recollected();
        const auto most = static_cast<std::uint32_t>(prng_.below(40));
        const auto stayed = table_->stayed();
        std::uint32_t stay = 0;
        table_->drop_recollected(
            most,
            [&](PaymentIndex, const Payment&) {
                const bool stays = prng_.chance(1, 5);
                stay += stays ? 1U : 0U;
                return stays;
            },
            gone());
        EXPECT_EQ(table_->recollected(), before - std::min(before, most));
        EXPECT_EQ(table_->stayed(), stayed + stay);
    }
    void recollect() {
        if (forgotten_.empty() || table_->recollected() == table_->recollected_max()) return;
        const auto one = some_forgotten();
        const auto [index, number] = *one;
        if (table_->find(uetr(number))) ++shared_;
        const std::uint64_t kind = kinds_[index.value];
        WholeLeg leg{payment(number, kind == 0 ? Leg::kReturnSent : Leg::kOrigin), {}, {}};
        if (kind == 0) leg.record = some_record(number);
        if (kind == 1) leg.hold = some_hold(number);
        table_->recollect(index, leg, stamp().sequence);
        remembered_.insert(index);
        forgotten_.erase(one);
    }
    void save_and_load() {
        Bytes bytes;
        StateWriter writer(into(bytes));
        writer(std::as_const(*table_));
        ASSERT_TRUE(writer.finish().ok());
        open();
        StateReader reader(out_of(bytes));
        reader(*table_);
        ASSERT_TRUE(reader.ok()) << reader.status().error().what;
        EXPECT_EQ(reader.bytes(), bytes.size());
    }

    /// By its UETR, though another one may have it too.
    std::optional<PaymentIndex> find(PaymentIndex index) {
        const Payment* wanted = table_->get(index);
        return table_->find(uetr(numbers_[index.value]),
                            [&](const Payment& one) { return &one == wanted; });
    }
    /// The newest that is remembered with this UETR.
    std::optional<PaymentIndex> newest(std::uint64_t number) {
        std::optional<PaymentIndex> found;
        for (const PaymentIndex index : remembered_) {
            if (numbers_[index.value] == number) found = index;
        }
        return found;
    }
    void check(PaymentIndex index) {
        const std::uint64_t number = numbers_[index.value];
        const WholeLeg leg = table_->whole(index);
        EXPECT_EQ(leg.payment.uetr, uetr(number));
        EXPECT_EQ(leg.record.has_value(), kinds_[index.value] == 0);
        EXPECT_EQ(leg.hold.has_value(), kinds_[index.value] == 1);
        if (leg.record) {
            EXPECT_EQ(leg.record->original_uetr, uetr(number + 1));
        }
        if (leg.hold) {
            EXPECT_EQ(leg.hold->at_institution, some_hold(number).at_institution);
        }
    }
    void compare() {
        ASSERT_EQ(table_->so_far(), numbers_.size());
        ASSERT_EQ(table_->remembered(), remembered_.size());
        ASSERT_EQ(table_->forgotten(), numbers_.size() - remembered_.size());
        std::vector<PaymentIndex> all;
        table_->for_each([&](PaymentIndex index, const Payment&) { all.push_back(index); });
        ASSERT_EQ(all, std::vector<PaymentIndex>(remembered_.begin(), remembered_.end()));
        for (PaymentIndex index; index.value < numbers_.size(); ++index.value) {
            const bool known = remembered_.contains(index);
            ASSERT_EQ(table_->get(index) != nullptr, known) << index.value;
            const auto found = table_->find(uetr(numbers_[index.value]));
            ASSERT_EQ(found, newest(numbers_[index.value]));
            if (!known) continue;
            ASSERT_EQ(find(index), index);
            check(index);
        }
        EXPECT_EQ(table_->get(PaymentIndex{table_->so_far()}), nullptr);
        EXPECT_EQ(table_->get(kNoPayment), nullptr);
    }

    Prng prng_{GetParam()};
    std::unique_ptr<PaymentTable> table_;
    std::uint64_t now_ = 0;
    std::uint64_t shared_ = 0;            ///< Recollections of a UETR that another one has.
    std::vector<std::uint64_t> numbers_;  ///< UETRs by payment.
    std::vector<std::uint64_t> kinds_;    ///< 0 a return, 1 with a hold, 2 neither.
    std::set<PaymentIndex> remembered_;
    std::map<PaymentIndex, std::uint64_t> forgotten_;
};

TEST_P(TableModelTest, RemembersWhatTheModelDoes) {
    ASSERT_EQ(table_->segment_payments(), 64U);
    for (int step = 0; step < 6'000; ++step) {
        const std::uint64_t what = prng_.below(1'000);
        if (what < 900) {
            add();
        } else if (what < 925) {
            drop();
        } else if (what < 932) {
            sweep();
        } else if (what < 940) {
            drop_recollected();
        } else if (what < 996) {
            recollect();
        } else {
            save_and_load();
        }
        if (HasFatalFailure()) return;
        if (step % 500 == 0) compare();
    }
    compare();
    EXPECT_GT(table_->forgotten(), 1'000U);
    EXPECT_GT(shared_, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TableModelTest, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

TEST(PaymentTable, SegmentsFitTheirTable) {
    const auto segment = [](std::uint32_t payments_max) {
        PaymentTable table;
        table.open(payments_max, 1);
        return table.segment_payments();
    };
    EXPECT_EQ(segment(1), kMinSegmentPayments);
    EXPECT_EQ(segment(2'047), 64U);
    EXPECT_EQ(segment(2'048), 128U);
    EXPECT_EQ(segment(1U << 20U), 65'536U);
    EXPECT_EQ(segment(kMaxPayments), kMaxSegmentPayments);
}

TEST(PaymentTable, ASweepGoesOnWhereTheLastOneStopped) {
    PaymentTable table;
    table.open(kMost, 1);
    for (std::uint32_t i = 0; i < 64; ++i) {
        Payment payment;
        payment.uetr = uetr(i);
        table.add(payment, {});
    }
    const auto stays = [](PaymentIndex, const Payment&) { return true; };
    const auto gone = [](PaymentIndex, const Payment&) {};
    table.drop_oldest(stays, gone);
    std::vector<std::uint32_t> seen;
    for (int i = 0; i < 4; ++i) {
        table.sweep(
            20,
            [&](PaymentIndex index, const Payment&) {
                seen.push_back(index.value);
                return true;
            },
            gone);
    }
    ASSERT_EQ(seen.size(), 80U);
    for (std::uint32_t i = 0; i < seen.size(); ++i)
        EXPECT_EQ(seen[i], i % 64);
}

TEST(PaymentTable, WhatIsKeptTakesNoRoomFromNewPayments) {
    PaymentTable table;
    table.open(kMost, 1);
    const auto stays = [](PaymentIndex, const Payment&) { return true; };
    for (std::uint32_t i = 0; i < 4 * kMost; ++i) {
        if (table.full()) table.drop_oldest(stays, [](PaymentIndex, const Payment&) {});
        Payment payment;
        payment.uetr = uetr(i);
        table.add(payment, {});
    }
    EXPECT_EQ(table.remembered(), 4 * kMost);
    EXPECT_EQ(table.in_segments(), kMost);
    EXPECT_TRUE(table.full());
}

TEST(PaymentTable, ABankThatComesLaterBringsRoomAndHidesNothing) {
    PaymentTable table;
    table.open(kMost, 0);
    EXPECT_EQ(table.stayed_max(), kMost / 8);
    const auto add = [&](std::uint64_t number) {
        Payment payment;
        payment.uetr = uetr(number);
        table.add(payment, {});
    };
    for (std::uint64_t i = 0; i < 64; ++i)
        add(i);
    WholeLeg first = table.whole(PaymentIndex{0});
    const auto none = [](PaymentIndex, const Payment&) { return false; };
    table.drop_oldest(none, [](PaymentIndex, const Payment&) {});
    add(0);
    table.recollect(PaymentIndex{0}, first, Sequence{1});
    table.admit(1);
    EXPECT_EQ(table.stayed_max(), kMost / 8 + kMaxPinnedOfBank);
    EXPECT_EQ(table.find(uetr(0)), PaymentIndex{64});
    EXPECT_EQ(table.find(uetr(0), [&](const Payment& one) { return &one == table.get({}); }),
              PaymentIndex{0});
}

TEST(PaymentTable, ASegmentsLastHoldIsAHold) {
    // Of a full segment in which every payment has one.
    PaymentTable table;
    table.open(1U << 20U, 1);
    for (std::uint32_t i = 0; i < kMaxSegmentPayments; ++i) {
        Payment payment;
        payment.uetr = uetr(i);
        const PaymentIndex index = table.add(payment, {});
        table.put_hold(index, {UseIndex{i}, {}, {}, {}});
    }
    EXPECT_EQ(table.hold_of(PaymentIndex{kMaxSegmentPayments - 1})->at_institution,
              UseIndex{kMaxSegmentPayments - 1});
}

}  // namespace
}  // namespace lowu::core
