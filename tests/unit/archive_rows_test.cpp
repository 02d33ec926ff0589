// Rows of the archive without a database: integers, entries, legs, index and samples come back as
// they went in, and damaged ones are told.
#include <gmock/gmock.h>

#include "tests/unit/archive_fixture.hpp"

namespace lowu::follower {
namespace {

using core::AccountIndex;
using core::AmountMinor;
using core::Rail;
using core::Sequence;

TEST(PackingTest, IntegersComeBack) {
    std::string bytes;
    Packer out(bytes);
    const std::uint64_t numbers[] = {0, 1, 127, 128, 16'383, 16'384, 1ULL << 63U, ~0ULL};
    const std::int64_t signed_numbers[] = {0,
                                           -1,
                                           1,
                                           -64,
                                           64,
                                           std::numeric_limits<std::int64_t>::min(),
                                           std::numeric_limits<std::int64_t>::max()};
    for (const std::uint64_t number : numbers)
        out.number(number);
    for (const std::int64_t number : signed_numbers)
        out.signed_number(number);
    out.fixed32(0x1234'5678);
    out.hash({7, 8});
    out.key16(0xfffe);
    out.key64(0x0102'0304'0506'0708);
    out.text("two\0words");
    Unpacker in(bytes);
    for (const std::uint64_t number : numbers)
        EXPECT_EQ(in.number(), number);
    for (const std::int64_t number : signed_numbers)
        EXPECT_EQ(in.signed_number(), number);
    EXPECT_EQ(in.fixed32(), 0x1234'5678U);
    EXPECT_EQ(in.hash(), (Hash128{7, 8}));
    EXPECT_EQ(in.key16(), 0xfffe);
    EXPECT_EQ(in.key64(), 0x0102'0304'0506'0708U);
    EXPECT_EQ(in.text(), "two");
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(in.number(), 0U);
    EXPECT_FALSE(in.ok());
}

TEST(PackingTest, WhatIsNoIntegerIsTold) {
    const std::string endless(11, '\x80');
    Unpacker number(endless);
    EXPECT_EQ(number.number(), 0U);
    EXPECT_FALSE(number.ok());
    const std::string longer = "\x7f text";
    Unpacker text(longer);
    EXPECT_EQ(text.text(), "");
    EXPECT_FALSE(text.ok());
    const std::string large = "\xff\x01";
    Unpacker bounded(large);
    EXPECT_EQ(bounded.number_up_to(std::uint8_t{254}), 0U);
    EXPECT_FALSE(bounded.ok());
}

bool equal(const ArchivedEntry& left, const ArchivedEntry& right) {
    return left.sequence == right.sequence && left.time == right.time && left.rail == right.rail &&
           left.uetr == right.uetr && left.debit == right.debit && left.credit == right.credit &&
           left.amount == right.amount && left.debit_balance == right.debit_balance &&
           left.credit_balance == right.credit_balance;
}

/// Entries between a few accounts, as a ledger would book them.
std::vector<ArchivedEntry> some_entries(std::size_t count) {
    Prng prng(7);
    std::map<std::pair<Rail, AccountIndex>, AmountMinor> balances;
    std::vector<ArchivedEntry> entries;
    for (std::size_t i = 0; i < count; ++i) {
        ArchivedEntry entry;
        entry.sequence = Sequence{1'000 + i / 2};
        entry.time = SchemeTime{1'750'000'000'000 + static_cast<std::int64_t>(i / 3)};
        entry.rail = prng.below(2) == 0 ? Rail::kFps : Rail::kIbps;
        if (i % 5 != 0) entry.uetr = scheme::uetr_from_random(i / 3, 4);
        entry.debit = AccountIndex{static_cast<std::uint32_t>(prng.below(4))};
        entry.credit = AccountIndex{static_cast<std::uint32_t>(prng.below(4) * 500)};
        entry.amount = AmountMinor{static_cast<std::int64_t>(prng.below(100'000'000))};
        AmountMinor& debit = balances[{entry.rail, entry.debit}];
        AmountMinor& credit = balances[{entry.rail, entry.credit}];
        debit.value -= entry.amount.value;
        credit.value += entry.amount.value;
        // As a witness sees it, when all is booked.
        entry.debit_balance = debit;
        entry.credit_balance = credit;
        entries.push_back(entry);
    }
    return entries;
}

TEST(EntryRowTest, EntriesComeBackWithTheirBalances) {
    EntryRowBuilder builder;
    const BatchTimes times{Sequence{1'000}, SchemeTime{1'750'000'000'000},
                           SchemeTime{1'750'000'000'100}};
    for (int round = 0; round < 2; ++round) {  // It starts over.
        const auto entries = some_entries(200);
        for (const ArchivedEntry& entry : entries)
            builder.add(entry);
        const std::string row = builder.take(times);
        EXPECT_LT(row.size(), entries.size() * 26) << "a row must stay small";
        EntryRowReader reader(row);
        EXPECT_EQ(reader.times().first, times.first);
        EXPECT_EQ(reader.times().last_time, times.last_time);
        EXPECT_EQ(reader.opening(entries[0].rail, entries[0].debit), AmountMinor{0});
        EXPECT_FALSE(reader.opening(Rail::kFps, AccountIndex{77}));
        for (const ArchivedEntry& entry : entries) {
            ArchivedEntry found;
            ASSERT_TRUE(reader.next(found));
            if (entry.debit == entry.credit) continue;  // Told in two steps; see below.
            EXPECT_TRUE(equal(found, entry));
        }
        ArchivedEntry none;
        EXPECT_FALSE(reader.next(none));
        EXPECT_TRUE(reader.ok());
    }
}

TEST(EntryRowTest, ABankThatPaysItselfIsDebitedFirst) {
    EntryRowBuilder builder;
    ArchivedEntry entry;
    entry.debit = entry.credit = AccountIndex{3};
    entry.amount = AmountMinor{10};
    entry.debit_balance = entry.credit_balance = AmountMinor{100};
    builder.add(entry);
    const std::string row = builder.take({});
    EntryRowReader reader(row);
    ArchivedEntry found;
    ASSERT_TRUE(reader.next(found));
    EXPECT_EQ(found.debit_balance, AmountMinor{90});
    EXPECT_EQ(found.credit_balance, AmountMinor{100});
}

TEST(EntryRowTest, ARowThatWasCutIsTold) {
    EntryRowBuilder builder;
    for (const ArchivedEntry& entry : some_entries(20))
        builder.add(entry);
    const std::string row = builder.take({Sequence{1}, SchemeTime{1}, SchemeTime{2}});
    for (std::size_t size = 0; size < row.size(); ++size) {
        EntryRowReader reader(std::string_view(row).substr(0, size));
        ArchivedEntry entry;
        while (reader.next(entry)) {
        }
        EXPECT_FALSE(reader.ok()) << size;
    }
}

TEST(LegTest, EverythingComesBack) {
    for (const core::Leg which : {core::Leg::kOrigin, core::Leg::kDestination, core::Leg::kDomestic,
                                  core::Leg::kReturnSent, core::Leg::kReturnReceived}) {
        ArchivedLeg leg = leg_of(5, Rail::kIbps, which, Sequence{100}, Sequence{0});
        core::Payment& payment = leg.leg.payment;
        payment.payee_proxy_hash = 1;
        payment.exchange_hash = ~std::uint64_t{0};
        payment.returned = AmountMinor{3};
        payment.purpose = core::Purpose::kUtility;
        payment.currency = core::Currency::kHkd;
        payment.result = core::ResultCode::kPayeeAgentSilent;
        payment.asked = true;
        payment.credited = true;
        leg.rail = Rail::kFps;  // What the row's key tells, and not the leg.
        if (core::is_return(which)) {
            leg.leg.record = {core::PaymentIndex{9}, scheme::uetr_from_random(1, 2),
                              scheme::ReturnReason::kAm09};
        }
        std::string bytes;
        pack_leg(leg, bytes);
        const auto found = unpack_leg(bytes);
        ASSERT_TRUE(found);
        EXPECT_TRUE(same(*found, leg));
        EXPECT_EQ(found->payment().uetr, payment.uetr);
        EXPECT_EQ(found->payment().payer_account_hash, payment.payer_account_hash);
        EXPECT_EQ(found->payment().exchange_hash, payment.exchange_hash);
        EXPECT_EQ(found->payment().returned, AmountMinor{3});
        EXPECT_EQ(found->payment().currency, core::Currency::kHkd);
        EXPECT_EQ(found->payment().result, core::ResultCode::kPayeeAgentSilent);
        EXPECT_EQ(found->payment().leg, which);
        EXPECT_EQ(found->payment().local_agent, payment.local_agent);
        EXPECT_EQ(found->times, leg.times);
        EXPECT_EQ(found->leg.hold.has_value(), leg.leg.hold.has_value());
        EXPECT_EQ(found->leg.record.has_value(), core::is_return(which));
        EXPECT_EQ(uetr_of_packed(bytes), payment.uetr);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_FALSE(unpack_leg(std::string_view(bytes).substr(0, size))) << size;
        EXPECT_FALSE(unpack_leg(bytes + '\0'));
    }
}

TEST(LegTest, ALegIsSmall) {
    std::string origin;
    pack_leg(leg_of(1'000'000, Rail::kFps, core::Leg::kOrigin, Sequence{5'000'000}, {}), origin);
    EXPECT_LT(origin.size(), 140U);
    std::string destination;
    pack_leg(leg_of(1'000'000, Rail::kIbps, core::Leg::kDestination, Sequence{5'000'000}, {}),
             destination);
    EXPECT_LT(destination.size(), 75U);
}

TEST(ArchiveBatchTest, AForgottenPaymentIsFoundInItsIndexRow) {
    ArchiveBatch batch;
    const Sequence forgotten{1'000'000};
    for (std::uint64_t number = 0; number < 20'000; ++number) {
        batch.add_forgotten(leg_of(number, number % 2 == 0 ? Rail::kFps : Rail::kIbps,
                                   number % 3 == 0 ? core::Leg::kOrigin : core::Leg::kDestination,
                                   Sequence{1 + number * 5}, forgotten));
    }
    EXPECT_LT(batch.leg_rows().size(), 20'000U / 20) << "never a row a payment";
    std::map<std::uint16_t, std::string> rows;
    for (const ArchiveBatch::UetrRow& one : batch.take_uetr_rows()) {
        EXPECT_EQ(one.forgotten, forgotten);
        EXPECT_TRUE(rows.emplace(one.bucket, one.row).second) << "one row a bucket";
    }
    for (std::uint64_t number = 0; number < 20'000; ++number) {
        const ArchivedLeg leg =
            leg_of(number, number % 2 == 0 ? Rail::kFps : Rail::kIbps,
                   number % 3 == 0 ? core::Leg::kOrigin : core::Leg::kDestination,
                   Sequence{1 + number * 5}, forgotten);
        std::vector<LegRowKey> found;
        ASSERT_TRUE(find_in_uetr_row(rows[uetr_bucket(leg.payment().uetr)], leg.payment().uetr,
                                     forgotten, found));
        EXPECT_THAT(found, testing::Contains(row_key_of(leg)));
    }
}

TEST(ArchiveBatchTest, SamplesComeBack) {
    const PositionSample sample{
        0, AmountMinor{-5}, AmountMinor{7}, AmountMinor{-9}, Sequence{100}, Sequence{110}};
    std::string bytes;
    pack_sample(sample, bytes);
    EXPECT_EQ(unpack_sample(bytes), sample);
    EXPECT_FALSE(unpack_sample(std::string_view(bytes).substr(1)));
    EXPECT_EQ(begin_of(slot_of(SchemeTime{1'750'000'123'456})), SchemeTime{1'749'999'900'000});
}

}  // namespace
}  // namespace lowu::follower
