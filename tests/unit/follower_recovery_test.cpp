// What a follower begins with, and what recovery refuses: a snapshot that the follower cannot load
// gives way to the older one; a snapshot or an archive that the log does not reach, or that is of
// another history, proves that acknowledged batches are gone.
#include <gmock/gmock.h>

#include "switch/app/recovery.hpp"
#include "switch/journal/snapshot_cells.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "tests/unit/engine_memory_fixture.hpp"

namespace lowu::app {
namespace {

using engine::kSegment;
using engine::Process;
using engine::RecordingOutlet;
using journal::SnapshotSection;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FollowerRecoveryTest : public engine::EngineMemoryTest {
protected:
    FollowerRecoveryTest() { open_archive(); }
    ~FollowerRecoveryTest() override { disk_archive_.reset(); }

    void open_archive() {
        follower::ArchiveOptions options{std::size_t{1} << 20U, std::size_t{256} << 10U,
                                         std::size_t{1} << 20U};
        options.memory = &archive_memory_;
        auto opened = follower::Archive::open("/archive", log_->id(), options);
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        disk_archive_ = std::move(opened).value();
    }
    [[nodiscard]] journal::SnapshotIdentity identity() const {
        const log::LogOptions options = support::SmallLog::options();
        return {options.form, options.rules_version, log_->id()};
    }
    Result<BegunFollower> begin(std::optional<core::Sequence> newest) {
        return begin_follower({*log_, *disk_archive_, snapshots_}, identity(), 100, newest,
                              [this](const Error& error) { warnings_.push_back(error.what); });
    }
    /// Takes what is durable. The header of a snapshot of what comes of it.
    journal::SnapshotHeader follow(BegunFollower& begun) {
        journal::SnapshotHeader header{identity(), {}, 0, {}, engine().genesis()};
        while (begun.follower->replayed() < engine().durable()) {
            const auto batch = begun.tail->read_next(engine().durable().value);
            EXPECT_TRUE(batch.ok() && *batch);
            header.epoch = (*batch)->epoch;
            header.chain_hash = (*batch)->hash;
            EXPECT_TRUE(begun.follower->take(**batch).ok());
        }
        header.last = begun.follower->last();
        return header;
    }
    /// A whole file, of which one section says nothing that a follower could use.
    void write_without_follower(const BegunFollower& begun, const journal::SnapshotHeader& header) {
        journal::SnapshotWriter writer(snapshots_, header);
        journal::save_cell(writer, SnapshotSection::kFps, begun.follower->cell(core::Rail::kFps));
        journal::save_cell(writer, SnapshotSection::kIbps, begun.follower->cell(core::Rail::kIbps));
        writer.begin_section(SnapshotSection::kFollower);
        const std::vector<std::byte> nonsense(1'000, std::byte{0xff});
        writer.write(nonsense);
        writer.end_section();
        const auto written = writer.finish();
        ASSERT_TRUE(written.ok()) << written.error().what;
    }
    /// As a start would.
    Result<Recovered> recover_all() {
        RecordingOutlet outlet(directory_);
        Process process(*log_, clock_, outlet);
        return recover(
            process.engine, *log_, snapshots_, identity(),
            [this](const Error& error) { warnings_.push_back(error.what); },
            [](std::uint64_t /*done*/, std::uint64_t /*total*/) {});
    }
    void expect_refused(const Result<Recovered>& recovered, const std::string& why) {
        ASSERT_FALSE(recovered.ok());
        EXPECT_EQ(recovered.error().kind, Error::Kind::kInvalid) << "not passed over";
        EXPECT_THAT(recovered.error().what,
                    AllOf(HasSubstr(why), HasSubstr("acknowledged are missing from the log"),
                          HasSubstr("take away all snapshots and the archive")));
        EXPECT_THAT(warnings_, IsEmpty());
    }

    follower::ArchiveMemory archive_memory_;
    std::unique_ptr<follower::Archive> disk_archive_;
    journal::MemorySnapshots snapshots_;
    std::vector<std::string> warnings_;
};

TEST_F(FollowerRecoveryTest, ASnapshotThatTheFollowerCannotLoadGivesWayToTheOlderOne) {
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok()) << begun.error().what;
    pay_many(1, 10);
    const auto older = begun->follower->write_snapshot(snapshots_, follow(*begun));
    ASSERT_TRUE(older.ok());
    pay_many(20, 10);
    const auto header = follow(*begun);
    write_without_follower(*begun, header);
    ASSERT_TRUE(disk_archive_->flush().ok());
    pay_many(40, 5);

    const auto recovered = recover_all();
    ASSERT_TRUE(recovered.ok()) << recovered.error().what;
    ASSERT_EQ(recovered->loaded->sequence, header.last.sequence) << "its cells are good";
    auto again = begin(recovered->loaded->sequence);
    ASSERT_TRUE(again.ok()) << again.error().what;
    EXPECT_EQ(again->loaded->sequence, older->sequence);
    EXPECT_THAT(warnings_,
                ElementsAre(AllOf(HasSubstr(journal::snapshot_file_name(header.last.sequence)),
                                  HasSubstr("damaged at byte "), HasSubstr("section follower")),
                            "the follower uses an older one, " + older->file +
                                ", and a longer tail of the log"));
    follow(*again);
    EXPECT_EQ(again->follower->cell(core::Rail::kFps).digest(),
              engine().cell(core::Rail::kFps).digest());
    EXPECT_EQ(again->follower->cell(core::Rail::kIbps).digest(),
              engine().cell(core::Rail::kIbps).digest());
    EXPECT_EQ(again->follower->observer(core::Rail::kFps).origin_payments(), 25);
}

TEST_F(FollowerRecoveryTest, WithoutAnOlderOneTheLogsBeginningServes) {
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok());
    pay_many(1, 10);
    const auto header = follow(*begun);
    write_without_follower(*begun, header);
    auto again = begin(header.last.sequence);
    ASSERT_TRUE(again.ok()) << again.error().what;
    EXPECT_FALSE(again->loaded);
    EXPECT_THAT(warnings_,
                ElementsAre(HasSubstr("the follower cannot use a snapshot: "),
                            "the follower has no older one: it needs the log from its beginning"));
    follow(*again);
    EXPECT_EQ(again->follower->decisions(), begun->follower->decisions());
}

TEST_F(FollowerRecoveryTest, ASnapshotBehindTheLogsEndIsRefused) {
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok());
    pay_many(1, 10);
    journal::SnapshotHeader header = follow(*begun);
    ASSERT_TRUE(begun->follower->write_snapshot(snapshots_, header).ok());
    const std::string end = std::to_string(header.last.sequence.value);
    header.last.sequence.value += 5;
    write_without_follower(*begun, header);
    expect_refused(recover_all(), "memory/" + journal::snapshot_file_name(header.last.sequence) +
                                      " ends with sequence " +
                                      std::to_string(header.last.sequence.value) +
                                      ", the log with sequence " + end);
}

TEST_F(FollowerRecoveryTest, ASnapshotOfAnotherHistoryIsRefused) {
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok());
    pay_many(1, 10);
    journal::SnapshotHeader header = follow(*begun);
    header.chain_hash.low ^= 1U;
    write_without_follower(*begun, header);
    pay_many(20, 10);
    expect_refused(recover_all(), "where the log (which ends with sequence " +
                                      std::to_string(engine().durable().value) +
                                      ") has another batch");
}

TEST_F(FollowerRecoveryTest, AnArchiveThatTheLogDoesNotReachIsRefused) {
    EXPECT_TRUE(check_archive(*log_, *disk_archive_).ok()) << "an empty one";
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok());
    pay_many(1, 10);
    follow(*begun);
    pay_many(20, 10);
    EXPECT_TRUE(check_archive(*log_, *disk_archive_).ok()) << "one that is behind";

    log::MemoryDirectory directory;
    auto opened = log::SegmentLog::open(directory, support::SmallLog::options());
    ASSERT_TRUE(opened.ok());
    support::SmallLog shorter(std::move(opened).value());
    const auto behind = check_archive(shorter, *disk_archive_);
    ASSERT_FALSE(behind.ok());
    EXPECT_EQ(behind.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(
        behind.error().what,
        AllOf(HasSubstr("/archive: the archive ends with sequence " +
                        std::to_string(disk_archive_->position().value) + ", the log with nothing"),
              HasSubstr("acknowledged are missing")));

    // One that is long enough, and another.
    RecordingOutlet outlet(directory);
    Process process(shorter, clock_, outlet);
    ASSERT_TRUE(process.start(genesis_).ok());
    for (std::uint64_t i = 1; process.engine.durable() < disk_archive_->position(); ++i) {
        process.engine.advance_scheme_time(
            engine::ChangeId{i},
            process.engine.cell(core::Rail::kFps).last_stamp().scheme + Duration::from_minutes(1));
        process.sync();
    }
    const auto other = check_archive(shorter, *disk_archive_);
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.error().what, HasSubstr(") has another batch: "));
}

TEST_F(FollowerRecoveryTest, AnArchiveThatLacksWhatASnapshotHasIsRefused) {
    auto begun = begin(std::nullopt);
    ASSERT_TRUE(begun.ok());
    pay_many(1, 10);
    const auto taken = begun->follower->write_snapshot(snapshots_, follow(*begun));
    ASSERT_TRUE(taken.ok());
    EXPECT_TRUE(check_archive_reaches(*disk_archive_, *taken).ok());
    journal::SnapshotInfo later = *taken;
    later.sequence = later.sequence.next();
    const auto refused = check_archive_reaches(*disk_archive_, later);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(refused.error().what, AllOf(HasSubstr("/archive: the archive ends with sequence "),
                                            HasSubstr("before " + taken->file)));
}

}  // namespace
}  // namespace lowu::app
