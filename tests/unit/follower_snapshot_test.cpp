// The follower from a snapshot and the tail of the log tells what one that replayed everything
// tells; the archive may be ahead, may have crashed, and must not be behind.
#include <gmock/gmock.h>

#include "switch/journal/snapshot_memory.hpp"
#include "tests/support/crash_copy.hpp"
#include "tests/unit/follower_archive_fixture.hpp"

namespace lowu::follower {
namespace {

using testing::Contains;
using testing::HasSubstr;

class FollowerSnapshotTest : public FollowerArchiveTest {
protected:
    /// Where the follower stands now.
    journal::SnapshotInfo snapshot() {
        const auto written = follower_->write_snapshot(store_, bench_.header());
        EXPECT_TRUE(written.ok()) << (written.ok() ? "" : written.error().what);
        return written.ok() ? *written : journal::SnapshotInfo{};
    }
    Result<void> load(const std::string& file) {
        follower_ = std::make_unique<Follower>(1'000, archive_.get());
        auto reader = journal::SnapshotReader::open(store_, file, FollowerBench::identity());
        if (!reader.ok()) return reader.error();
        if (auto loaded = follower_->load(*reader); !loaded.ok()) return loaded.error();
        return {};
    }
    /// Everything that is told, in words.
    std::vector<std::string> everything() {
        std::vector<std::string> lines;
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            const Hash128 digest = follower_->cell(rail).digest();
            lines.push_back(std::to_string(digest.high) + std::to_string(digest.low));
            const Observer& observer = follower_->observer(rail);
            for (std::uint32_t i = 0; i < follower_->cell(rail).ledger().size(); ++i) {
                const EntryTotals totals = observer.totals(AccountIndex{i});
                lines.push_back(std::to_string(totals.debits.value) + " " +
                                std::to_string(totals.payment_credits.value) + " " +
                                std::to_string(totals.entries));
            }
            for (const std::int64_t number :
                 {observer.pending(), observer.settled_not_credited(), observer.origin_payments()})
                lines.push_back(std::to_string(number));
        }
        for (const std::string& line : list({}, 1'000))
            lines.push_back(line);
        const auto owed = follower_->obligations(std::nullopt, {1_s, 1_s}, 1'000);
        for (const ObligationView& one : owed) {
            lines.push_back(number_of(one.obligation.uetr) + " owed for " +
                            std::to_string(one.age.us));
        }
        const Changes changes = follower_->changes_after(Sequence{0}, 1'000'000);
        for (const PaymentChange& one : changes.changes) {
            lines.push_back(std::to_string(one.sequence.value) + " " + number_of(one.uetr) + " " +
                            std::to_string(static_cast<int>(one.kind)));
            const auto then = follower_->find_at(one);
            EXPECT_TRUE(then.ok());
            if (then.ok() && *then) lines.push_back(words_of(**then));
        }
        const AccountName name{Rail::kFps, kHongKongBank, core::AccountKind::kSettlement,
                               core::Currency::kCny};
        const auto statement =
            follower_->statement({name, SchemeTime{0}, {}, 100'000, std::nullopt});
        for (const StatementEntry& one : statement->entries) {
            lines.push_back(std::to_string(one.sequence.value) + " " +
                            std::to_string(one.balance.value));
        }
        const auto positions = follower_->position_history(name, SchemeTime{0}, {});
        for (const PositionSample& one : *positions) {
            lines.push_back(std::to_string(one.slot) + " " + std::to_string(one.balance.value) +
                            " " + std::to_string(one.lowest_available.value));
        }
        return lines;
    }
    /// A day's begin: payments in every state, and some old ones come back.
    void more() {
        some_payments();
        bench_.send(++number_);  // Stays pending.
        bench_.send_south(++number_);
        some_days(1);
        for (const std::uint64_t old : {1U, 2U, 5U})
            recollect(old);
        some_payments();
    }

    journal::MemorySnapshots store_;
};

TEST_F(FollowerSnapshotTest, SnapshotAndTailTellWhatTheWholeLogTells) {
    some_days(3);
    follow();
    more();
    follow();
    const journal::SnapshotInfo taken = snapshot();
    EXPECT_EQ(taken.sequence, follower_->replayed());
    EXPECT_EQ(archive_->durable_position(), taken.sequence);
    const auto at_snapshot = everything();
    const auto loaded = load(taken.file);
    ASSERT_TRUE(loaded.ok()) << loaded.error().what;
    EXPECT_EQ(follower_->replayed(), taken.sequence);
    EXPECT_EQ(everything(), at_snapshot);
    // The tail, to which the first one goes on as well: the archive is then ahead.
    follower_ = std::make_unique<Follower>(1'000, archive_.get());
    follow();
    more();
    follow();
    const auto whole = everything();
    ASSERT_TRUE(load(taken.file).ok());
    follow();
    EXPECT_EQ(everything(), whole);
}

TEST_F(FollowerSnapshotTest, ASegmentOfWhichEverythingStaysMayHaveGone) {
    // A whole segment northbound is settled and never credited: the payees' bank still owes it.
    constexpr std::uint64_t kSegment = core::kMinSegmentPayments;
    for (number_ = 1; number_ <= kSegment; ++number_) {
        bench_.send(number_);
        bench_.answer(Rail::kIbps, FollowerBench::kFirst, number_);
    }
    bench_.pass(1_s);
    bench_.send(number_);
    follow();
    bench_.next_day();
    follow();
    const core::Cell& there = bench_.cell(Rail::kIbps);
    ASSERT_EQ(there.first_remembered().value, kSegment) << "the segment has gone,";
    ASSERT_EQ(there.forgotten(), 0U) << "and nothing with it";
    const auto before = everything();
    const journal::SnapshotInfo taken = snapshot();
    const auto loaded = load(taken.file);
    ASSERT_TRUE(loaded.ok()) << loaded.error().what;
    EXPECT_EQ(everything(), before);
    bench_.report(Rail::kIbps, FollowerBench::kFirst, 3);
    follow();
    EXPECT_TRUE(view(3).credited);
}

TEST_F(FollowerSnapshotTest, TheArchiveMayHaveLostWhatCameAfterTheSnapshot) {
    some_days(2);
    follow();
    const journal::SnapshotInfo taken = snapshot();
    more();
    follow();
    const auto whole = everything();
    // The process dies: of the archive only what was flushed is left.
    const std::string copy = folder_ + "/crashed";
    support::crash_copy(archive_->directory(), copy);
    follower_.reset();
    open_archive(copy);
    ASSERT_EQ(archive_->position(), taken.sequence);
    ASSERT_TRUE(load(taken.file).ok());
    follow();
    EXPECT_EQ(everything(), whole);
}

TEST_F(FollowerSnapshotTest, AnArchiveThatEndsBeforeTheSnapshotIsRefused) {
    some_days(1);
    follow();
    const journal::SnapshotInfo taken = snapshot();
    follower_.reset();
    open_archive(folder_ + "/another");
    const auto loaded = load(taken.file);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(loaded.error().what,
                HasSubstr("/another: the archive ends at sequence 0, before the snapshot at " +
                          std::to_string(taken.sequence.value)));
}

TEST_F(FollowerSnapshotTest, ADamagedOneIsNamedAndTheOlderOneServes) {
    some_days(1);
    follow();
    const journal::SnapshotInfo older = snapshot();
    some_days(1);
    follow();
    const journal::SnapshotInfo newer = snapshot();
    store_.damage(newer.file, newer.bytes / 2);
    std::vector<std::string> warnings;
    const auto use = [&](journal::SnapshotReader& reader) -> Result<journal::SnapshotInfo> {
        follower_ = std::make_unique<Follower>(1'000, archive_.get());
        if (auto loaded = follower_->load(reader); !loaded.ok()) return loaded.error();
        return older;
    };
    const auto used =
        journal::use_newest_snapshot(store_, FollowerBench::identity(), use,
                                     [&](const Error& error) { warnings.push_back(error.what); });
    ASSERT_TRUE(used.ok() && used->has_value());
    EXPECT_EQ(follower_->replayed(), older.sequence);
    EXPECT_THAT(warnings, Contains(HasSubstr(newer.file + ": damaged at byte ")));
    follow();
}

TEST_F(FollowerSnapshotTest, ATimelineThatLacksItsBeginningIsToldFromTheArchive) {
    bench_.send(1);
    follow();
    const journal::SnapshotInfo taken = snapshot();
    ASSERT_TRUE(load(taken.file).ok());
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 1);
    bench_.send(2);
    follow();
    const auto told = follower_->timeline(FollowerBench::uetr(1));
    ASSERT_TRUE(told.ok() && told->has_value());
    EXPECT_FALSE((*told)->whole);
    EXPECT_THAT(timeline(1).front(), HasSubstr("fps instruction from X01"));
    EXPECT_THAT(timeline(1), Contains("fps debit 1.00 CNY from X01"));
    EXPECT_TRUE((*follower_->timeline(FollowerBench::uetr(2)))->whole);
}

TEST_F(FollowerSnapshotTest, ChangesBeforeTheSnapshotAreStillKnown) {
    follow();
    const Sequence start = follower_->replayed();
    bench_.pay(1);
    follow();
    const journal::SnapshotInfo taken = snapshot();
    ASSERT_TRUE(load(taken.file).ok());
    EXPECT_EQ(follower_->changes_after(start, 100).changes.size(), 3U);
}

TEST_F(FollowerSnapshotTest, WithoutAnArchiveThereAreSnapshotsToo) {
    follower_ = std::make_unique<Follower>(100);
    some_days(2);
    follow();
    const journal::SnapshotInfo taken = snapshot();
    const auto digest = follower_->cell(Rail::kFps).digest();
    follower_ = std::make_unique<Follower>(100);
    auto reader = journal::SnapshotReader::open(store_, taken.file, FollowerBench::identity());
    ASSERT_TRUE(reader.ok());
    ASSERT_TRUE(follower_->load(*reader).ok());
    EXPECT_EQ(follower_->cell(Rail::kFps).digest(), digest);
    some_payments();
    follow();
    EXPECT_FALSE(*follower_->find(FollowerBench::uetr(1))) << "forgotten, and nobody has it";
    EXPECT_FALSE(follower_->list({}, 1'000, std::nullopt)->payments.empty());
}

}  // namespace
}  // namespace lowu::follower
