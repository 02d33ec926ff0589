// Statements and position histories, held against a slow book that heard the live cells.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/follower_archive_fixture.hpp"

namespace lowu::follower {
namespace {

using testing::IsEmpty;

class StatementTest : public FollowerArchiveTest {
protected:
    static AccountName bank(core::AgentCode owner, Rail rail) {
        return {rail, owner, core::AccountKind::kSettlement, core::Currency::kCny};
    }
    static std::string words(Sequence sequence, SchemeTime time,
                             const std::optional<core::Uetr>& uetr, AmountMinor amount,
                             AmountMinor balance) {
        return std::to_string(sequence.value) + " " + std::to_string(time.value) + " " +
               (uetr ? scheme::format_uetr(*uetr) : "outside") + " " +
               std::to_string(amount.value) + " " + std::to_string(balance.value);
    }
    struct Told {
        std::vector<std::string> lines;
        AmountMinor opening;
        AmountMinor closing;
        std::size_t pages = 0;
    };
    /// All pages together; each goes on where the one before ended.
    Told read(const AccountName& name, SchemeTime from, SchemeTime before, std::size_t page_size,
              std::uint32_t rows_max = kMaxRowsOfPage) {
        Told told;
        StatementQuery query{name, from, before, page_size, std::nullopt};
        const auto index = follower_->find_account(name);
        const StatementAccount account{
            name.rail, *index, bench_.cell(name.rail).ledger().account(*index).balance,
            follower_->position_history(name, slot_begin(), {})->empty()
                ? std::nullopt
                : std::optional(follower_->position_history(name, slot_begin(), {})->front())};
        do {
            const auto page = rows_max == kMaxRowsOfPage
                                  ? follower_->statement(query)
                                  : read_statement(*archive_, account, query, rows_max);
            EXPECT_TRUE(page.ok());
            if (!page.ok()) break;
            EXPECT_LE(page->entries.size(), page_size);
            if (told.pages == 0) told.opening = page->opening;
            EXPECT_TRUE(told.pages == 0 || page->opening == told.closing);
            told.closing = page->closing;
            for (const StatementEntry& one : page->entries) {
                told.lines.push_back(
                    words(one.sequence, one.booking_time, one.uetr, one.amount, one.balance));
            }
            query.place = page->next;
            ++told.pages;
        } while (query.place && told.pages < 100'000);
        return told;
    }
    SchemeTime slot_begin() { return begin_of(slot_of(bench_.now().scheme)); }
    void expect_model(const AccountName& name, SchemeTime from, SchemeTime before,
                      const Told& told) {
        std::vector<std::string> expected;
        AmountMinor opening{0};
        AmountMinor closing{0};
        const auto index = follower_->find_account(name);
        for (const auto& line : bench_.books(name.rail).lines.at(*index)) {
            if (line.time < from) opening = closing = line.balance;
            if (line.time < from || (before.value != 0 && line.time >= before)) continue;
            closing = line.balance;
            expected.push_back(
                words(line.sequence, line.time, line.uetr, line.amount, line.balance));
        }
        const auto differ = std::ranges::mismatch(told.lines, expected);
        EXPECT_TRUE(differ.in1 == told.lines.end() && differ.in2 == expected.end())
            << "line " << differ.in1 - told.lines.begin() << ": "
            << (differ.in1 == told.lines.end() ? "none" : *differ.in1) << " instead of "
            << (differ.in2 == expected.end() ? "none" : *differ.in2);
        EXPECT_EQ(told.opening, opening);
        EXPECT_EQ(told.closing, closing);
    }
};

TEST_F(StatementTest, IsTheModelsForEveryPeriodAndPageSize) {
    some_days(2);
    for (int i = 0; i < 5; ++i)
        some_payments();  // In the slot that is not over.
    follow();
    const SchemeTime start = scheme::kDefaultSchemeStart;
    const std::vector<std::pair<SchemeTime, SchemeTime>> periods{
        {start, {}},
        {SchemeTime{0}, {}},
        {start + 100_s, start + 300_s},
        {start + Duration::from_hours(10), start + Duration::from_hours(12)},  // Nothing in it.
        {start + Duration::from_hours(24), start + Duration::from_hours(48)},
        {start + 301_s, start + Duration::from_hours(26)},
        {bench_.now().scheme - 20_s, {}},
        {bench_.now().scheme + 1_s, {}}};
    for (const AccountName& name :
         {bank(kHongKongBank, Rail::kFps), bank(kOtherHongKongBank, Rail::kFps),
          bank(kMainlandBank, Rail::kIbps),
          AccountName{Rail::kFps, bench_.cell(Rail::kFps).link_agent(),
                      core::AccountKind::kLinkAgent, core::Currency::kCny}}) {
        for (const auto& [from, before] : periods) {
            for (const std::size_t page_size : {std::size_t{1'000}, std::size_t{13}})
                expect_model(name, from, before, read(name, from, before, page_size));
        }
    }
}

TEST_F(StatementTest, PagesOfOneEntryTileItToo) {
    some_days(1);
    follow();
    for (const AccountName& name :
         {bank(kHongKongBank, Rail::kFps), bank(kMainlandBank, Rail::kIbps)}) {
        const SchemeTime from = scheme::kDefaultSchemeStart + 200_s;
        expect_model(name, from, from + 200_s, read(name, from, from + 200_s, 1));
    }
}

TEST_F(StatementTest, APageLooksAtABoundedNumberOfRows) {
    some_days(1);
    follow();
    const AccountName name = bank(kHongKongBank, Rail::kFps);
    const Told told = read(name, scheme::kDefaultSchemeStart, {}, 1'000, 5);
    EXPECT_GT(told.pages, 10U) << "a page ends after five rows";
    expect_model(name, scheme::kDefaultSchemeStart, {}, told);
}

TEST_F(StatementTest, HkdStandsApart) {
    follow();
    AccountName name = bank(kHongKongBank, Rail::kFps);
    name.currency = core::Currency::kHkd;
    const Told told = read(name, SchemeTime{0}, {}, 10);
    EXPECT_EQ(told.lines.size(), 1U) << "its opening money";
    name.owner = kMainlandBank;
    EXPECT_FALSE(follower_->find_account(name));
    EXPECT_EQ(follower_->statement({name, {}, {}, 10, std::nullopt}).error().kind,
              Error::Kind::kNotFound);
    const Follower without(10);
    EXPECT_EQ(without.statement({name, {}, {}, 10, std::nullopt}).error().kind,
              Error::Kind::kUnavailable);
}

TEST_F(StatementTest, PositionsAreTheModels) {
    some_days(2);
    some_payments();
    follow();
    const AccountName name = bank(kHongKongBank, Rail::kFps);
    const auto index = follower_->find_account(name);
    std::map<Slot, PositionSample> expected;
    for (const auto& move : bench_.books(Rail::kFps).moves.at(*index)) {
        const Slot slot = slot_of(move.time);
        auto [place, fresh] = expected.try_emplace(slot);
        PositionSample& sample = place->second;
        sample.slot = slot;
        sample.balance = move.balance;
        sample.reserved = move.reserved;
        sample.lowest_available = fresh ? move.lowest_available
                                        : std::min(sample.lowest_available, move.lowest_available);
    }
    const auto compare = [&](SchemeTime from, SchemeTime before) {
        const auto told = follower_->position_history(name, from, before);
        ASSERT_TRUE(told.ok());
        std::size_t count = 0;
        for (const auto& [slot, sample] : expected) {
            if (begin_of(slot) < from || (before.value != 0 && begin_of(slot) >= before)) continue;
            ASSERT_LT(count, told->size());
            const PositionSample& one = (*told)[count++];
            EXPECT_EQ(one.slot, slot);
            EXPECT_EQ(one.balance, sample.balance);
            EXPECT_EQ(one.reserved, sample.reserved);
            EXPECT_EQ(one.lowest_available, sample.lowest_available);
        }
        EXPECT_EQ(count, told->size());
    };
    compare(SchemeTime{0}, {});
    compare(scheme::kDefaultSchemeStart + 1_s, bench_.now().scheme);
    compare(bench_.now().scheme + Duration::from_days(1), {});
}

}  // namespace
}  // namespace lowu::follower
