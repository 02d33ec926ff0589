// Each fault that the File seam can model, and what the log makes of it: at once, and in the next
// process. The random mixture of them is in log_recovery_test.cpp and log_trim_test.cpp.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

using test::LogWriter;
using test::read_all;
using test::small_log_options;
using test::WrittenBatch;

class Faults : public ::testing::Test {
protected:
    Faults() { open(); }

    void open() {
        writer_.reset();
        log_.reset();
        auto opened = SegmentLog::open(directory_, small_log_options());
        ASSERT_TRUE(opened.ok()) << opened.error().what;
        log_ = std::move(*opened);
        writer_ = std::make_unique<LogWriter>(*log_, ++lives_);
    }
    void write(int batches, std::uint64_t max_bytes = 900) {
        if (writer_->epoch() == 0) {
            ASSERT_TRUE(writer_->acquire());
        }
        for (int i = 0; i < batches; ++i) {
            ASSERT_EQ(writer_->append_random(max_bytes), AppendOutcome::kOk);
            kept_.push_back(writer_->attempted());
        }
    }
    void close() {
        writer_.reset();
        log_.reset();
    }
    [[nodiscard]] std::vector<WrittenBatch> found() {
        const auto read = read_all(*log_, 1, log_->head().next_sequence - 1);
        EXPECT_TRUE(read.ok()) << read.error().what;
        return read ? *read : std::vector<WrittenBatch>();
    }
    [[nodiscard]] Error refusal() {
        close();
        const auto log = SegmentLog::open(directory_, small_log_options());
        EXPECT_FALSE(log.ok());
        return log ? Error{} : log.error();
    }

    MemoryDirectory directory_{"data"};
    std::unique_ptr<SegmentLog> log_;
    std::unique_ptr<LogWriter> writer_;
    std::vector<WrittenBatch> kept_;
    std::uint64_t lives_ = 0;
};

// A raw file, so that what the seam itself does to bytes is seen without the log's help.
TEST_F(Faults, UnsyncedWritesAreLostWholeOrTornBetweenSectors) {
    bool lost = false;
    bool whole = false;
    bool torn = false;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        MemoryDirectory disk;
        const auto file = disk.create_zeroed("file", 16 * kSectorBytes);
        ASSERT_TRUE(file.ok());
        const std::vector<std::byte> synced(4 * kSectorBytes, std::byte{1});
        ASSERT_TRUE((*file)->pwrite(0, synced).ok());
        ASSERT_TRUE((*file)->datasync().ok());
        const std::vector<std::byte> unsynced(6 * kSectorBytes, std::byte{2});
        ASSERT_TRUE((*file)->pwrite(2 * kSectorBytes, unsynced).ok());
        Prng prng(seed);
        disk.crash(prng);
        EXPECT_FALSE((*file)->datasync().ok()) << "files of the process before are dead";
        const std::vector<std::byte> left = disk.contents("file");
        std::size_t survived = 0;
        for (std::size_t sector = 0; sector < 16; ++sector) {
            const std::byte expected = sector < 4 ? std::byte{1} : std::byte{0};
            const std::byte first = left[sector * kSectorBytes];
            for (std::size_t i = 0; i < kSectorBytes; ++i) {
                ASSERT_EQ(left[sector * kSectorBytes + i], first) << "a sector is never torn";
            }
            ASSERT_TRUE(first == expected || (first == std::byte{2} && sector >= 2 && sector < 8));
            survived += first == std::byte{2} ? 1U : 0U;
        }
        lost = lost || survived == 0;
        whole = whole || survived == 6;
        torn = torn || (survived > 0 && survived < 6);
    }
    EXPECT_TRUE(lost && whole && torn);
}

TEST_F(Faults, TornWriteWithoutSyncCostsOnlyWhatWasNotAcknowledged) {
    write(20);
    Prng prng(4);
    for (int i = 0; i < 40; ++i) {
        directory_.fail_datasync(1);
        ASSERT_EQ(writer_->append_random(4096), AppendOutcome::kUnknown);
        const WrittenBatch doubtful = writer_->attempted();
        directory_.crash(prng);
        open();
        const std::vector<WrittenBatch> read = found();
        if (read.size() == kept_.size() + 1) kept_.push_back(doubtful);
        ASSERT_EQ(read, kept_);
        write(1);
    }
}

TEST_F(Faults, RottenSectorOfARecordIsRefusedUnlessItIsTheLast) {
    write(60);
    const std::uint64_t last_segment = directory_.list()->size();
    ASSERT_GT(last_segment, 2U);
    close();
    // Somewhere in every segment's first record, which has sound ones behind it.
    for (std::uint64_t number = 1; number < last_segment; ++number) {
        const std::string file = segment_file_name(number);
        const std::vector<std::byte> before = directory_.contents(file);
        Prng prng(number);
        const std::uint64_t at = directory_.rot(file, kSegmentHeaderBytes, prng);
        ASSERT_TRUE(directory_.contents(file) != before);
        const Error error = refusal();
        // Padding between records carries no meaning: only there rot may pass unseen.
        ASSERT_EQ(error.kind, Error::Kind::kCorrupt) << file << " byte " << at;
        EXPECT_NE(error.what.find("data/" + file + " at byte"), std::string::npos) << error.what;
        directory_.corrupt(file, 0, before);
    }
    open();
    EXPECT_EQ(found(), kept_);
}

TEST_F(Faults, SectorThatCannotBeReadIsNamedAndNothingIsChanged) {
    write(30);
    const auto before = directory_.contents(segment_file_name(2));
    directory_.lose_sector(segment_file_name(2), kSegmentHeaderBytes + 3000);
    const auto reader = read_all(*log_, 1, writer_->durable_through());
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().kind, Error::Kind::kIo);
    const Error error = refusal();
    EXPECT_EQ(error.kind, Error::Kind::kIo);
    EXPECT_NE(error.what.find("data/segment-0000000002.log: pread at byte"), std::string::npos)
        << error.what;
    EXPECT_TRUE(directory_.contents(segment_file_name(2)) == before) << "it was written to";
    // The sector comes back when it is written (a disk gives it a new place), and so does the log.
    const std::span<const std::byte> bytes(before);
    directory_.corrupt(segment_file_name(2), 0, bytes);
    {
        const auto file = directory_.open(segment_file_name(2), FileAccess::kReadWrite);
        ASSERT_TRUE((*file)->pwrite(0, bytes).ok());
        ASSERT_TRUE((*file)->datasync().ok());
    }
    open();
    EXPECT_EQ(found(), kept_);
}

TEST_F(Faults, FailedReadFailsTheOpeningAtEveryCallAndHarmsNothing) {
    write(30);
    close();
    int refused = 0;
    for (std::uint64_t nth = 1; nth < 100; ++nth) {
        directory_.fail_pread(nth);
        const auto log = SegmentLog::open(directory_, small_log_options());
        directory_.fail_pread(0);
        if (log.ok()) break;
        EXPECT_EQ(log.error().kind, Error::Kind::kIo);
        ++refused;
    }
    EXPECT_GT(refused, 2);
    open();
    EXPECT_EQ(found(), kept_);
}

TEST_F(Faults, FailedWriteOrSyncWhileOpeningFailsItAndTheNextTryFindsAll) {
    write(10);
    for (std::uint64_t nth = 1; nth <= 2; ++nth) {
        for (const bool write_fails : {true, false}) {
            close();
            // A torn tail, so that there is something to repair.
            const std::string file = segment_file_name(directory_.list()->size());
            const std::vector<std::byte> torn(100, std::byte{0x55});
            directory_.corrupt(file, 16 * 1024 - 100, torn);
            write_fails ? directory_.fail_pwrite(nth, 50) : directory_.fail_datasync(nth);
            const auto log = SegmentLog::open(directory_, small_log_options());
            if (!log) {
                EXPECT_EQ(log.error().kind, Error::Kind::kIo);
            } else {
                EXPECT_GT(nth, 1U);
            }
            directory_.kill_process();
        }
    }
    open();
    EXPECT_EQ(found(), kept_);
    write(3);
    EXPECT_EQ(found(), kept_);
}

TEST_F(Faults, FailedSyncIsTheEndOfWritingAndTheNextProcessDecides) {
    for (std::uint64_t nth = 1; nth <= 12; ++nth) {
        if (writer_->epoch() == 0) write(2);
        directory_.fail_datasync(nth);
        while (writer_->append_random(3000) == AppendOutcome::kOk) {
            kept_.push_back(writer_->attempted());
        }
        const WrittenBatch doubtful = writer_->attempted();
        EXPECT_EQ(writer_->append_random(10), AppendOutcome::kUnknown);
        directory_.kill_process();
        open();
        const std::vector<WrittenBatch> read = found();
        if (read.size() == kept_.size() + 1) kept_.push_back(doubtful);
        ASSERT_EQ(read, kept_) << nth;
    }
}

TEST_F(Faults, DiskThatFillsWhileZerosAreWrittenShowsBeforeABatchIsAdmitted) {
    ASSERT_TRUE(writer_->acquire());
    directory_.set_full_while_filling(true);
    const std::vector<std::byte> payload(1000, std::byte{7});
    int appended = 0;
    while (log_->ensure_space(payload.size()).ok()) {
        ASSERT_EQ(writer_->append(1, payload), AppendOutcome::kOk);
        kept_.push_back(writer_->attempted());
        ++appended;
    }
    EXPECT_EQ(appended, 11) << "12 KiB of records";
    EXPECT_EQ(log_->ensure_space(payload.size()).error().kind, Error::Kind::kExhausted);
    EXPECT_TRUE(log_->low_on_space());
    EXPECT_FALSE(log_->failure().has_value());
    EXPECT_EQ(directory_.list()->size(), 1U) << "nothing half-filled is left";
    // Space comes back, by itself or by a restart.
    directory_.set_full_while_filling(false);
    directory_.kill_process();
    open();
    EXPECT_EQ(found(), kept_);
    ASSERT_TRUE(log_->ensure_space(payload.size()).ok());
    write(5);
    EXPECT_EQ(found(), kept_);
}

TEST_F(Faults, SpaceComesBackWithWhatIsRemoved) {
    directory_.set_free_bytes(2 * small_log_options().segment_bytes);
    ASSERT_TRUE(writer_->acquire());
    while (log_->ensure_space(900).ok()) {
        ASSERT_EQ(writer_->append_random(900), AppendOutcome::kOk);
    }
    ASSERT_TRUE(log_->remove_before(log_->head().next_sequence).ok());
    EXPECT_TRUE(log_->ensure_space(900).ok());
    EXPECT_EQ(writer_->append_random(900), AppendOutcome::kOk);
}

// While a sync is slow nothing is acknowledged, and readers go on with what is durable.
TEST_F(Faults, SlowSyncHoldsBackOnlyTheBatchThatWaitsForIt) {
    write(5);
    std::promise<void> begun;
    std::promise<void> release;
    std::shared_future<void> released(release.get_future());
    directory_.set_before_datasync([&] {
        begun.set_value();
        released.wait();
    });
    std::atomic<bool> acknowledged{false};
    std::thread slow([&] {
        EXPECT_EQ(writer_->append_random(100), AppendOutcome::kOk);
        acknowledged.store(true);
    });
    begun.get_future().wait();
    const std::uint64_t durable = kept_.back().first_sequence + kept_.back().count - 1;
    const auto reader = log_->read(1);
    ASSERT_TRUE(reader.ok());
    std::size_t read = 0;
    while ((*reader)->read_next(durable)->has_value())
        ++read;
    EXPECT_EQ(read, kept_.size());
    EXPECT_FALSE(acknowledged.load());
    release.set_value();
    slow.join();
    directory_.set_before_datasync(nullptr);
    EXPECT_TRUE(acknowledged.load());
    write(1);
}

}  // namespace
}  // namespace lowu::log
