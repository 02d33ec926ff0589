// What the batch log makes of a crash and of damage: torn tails, refusals, and the property that no
// acknowledged batch is ever lost, whatever the disk kept of the others.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/log/log_reader.hpp"
#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

using test::LogWriter;
using test::read_all;
using test::small_log_options;
using test::WrittenBatch;

constexpr std::uint64_t kEpochAt = kSegmentHeaderBytes;
constexpr std::uint64_t kFirstBatchAt = kEpochAt + kRecordHeaderBytes;

// A log of `batches` batches of 100 bytes each (a stride of 192) in segment 1, closed again.
std::vector<WrittenBatch> write_log(MemoryDirectory& directory, int batches) {
    const auto log = SegmentLog::open(directory, small_log_options());
    EXPECT_TRUE(log.ok());
    LogWriter writer(**log, 7);
    EXPECT_TRUE(writer.acquire());
    Prng prng(11);
    for (int i = 0; i < batches; ++i) {
        EXPECT_EQ(writer.append(1, test::random_payload(prng, 100)), AppendOutcome::kOk);
    }
    return writer.acknowledged();
}

std::vector<WrittenBatch> reopen_and_read(MemoryDirectory& directory) {
    const auto log = SegmentLog::open(directory, small_log_options());
    if (!log) {
        ADD_FAILURE() << log.error().what;
        return {};
    }
    const auto read = read_all(**log, 1, (*log)->head().next_sequence - 1);
    if (!read) {
        ADD_FAILURE() << read.error().what;
        return {};
    }
    return *read;
}

Error refusal(MemoryDirectory& directory, const LogOptions& options = small_log_options()) {
    const auto log = SegmentLog::open(directory, options);
    EXPECT_FALSE(log.ok());
    return log ? Error{} : log.error();
}

void flip(MemoryDirectory& directory, std::uint64_t segment, std::uint64_t offset) {
    const std::string file = segment_file_name(segment);
    const std::byte flipped =
        directory.contents(file)[static_cast<std::size_t>(offset)] ^ std::byte{0x40};
    directory.corrupt(file, offset, std::span(&flipped, 1));
}

TEST(Recovery, CutsATornTailAtEveryByteOfTheLastRecord) {
    constexpr std::uint64_t kLastAt = kFirstBatchAt + 2 * 192;
    constexpr std::uint64_t kLastBytes = 164;
    for (std::uint64_t kept = 0; kept < kLastBytes; ++kept) {
        MemoryDirectory directory;
        std::vector<WrittenBatch> expected = write_log(directory, 3);
        expected.pop_back();
        const std::vector<std::byte> zeros(kLastBytes - kept);
        directory.corrupt(segment_file_name(1), kLastAt + kept, zeros);
        const auto log = SegmentLog::open(directory, small_log_options());
        ASSERT_TRUE(log.ok()) << log.error().what;
        const RecoveryReport& report = (*log)->report();
        // The last bytes of what was kept may be zeros of the header, which nobody can see.
        EXPECT_LE(report.dropped_bytes, kept);
        EXPECT_EQ(report.dropped_bytes > 0, kept > 0) << kept;
        if (kept > kRecordHeaderBytes) {
            EXPECT_EQ(report.dropped_bytes, kept);
        }
        if (kept > 0) {
            EXPECT_EQ(report.dropped_at_byte, kLastAt);
            EXPECT_EQ(report.dropped_from, segment_file_name(1));
        }
        // The tail is clean: what is appended now is found by the next process.
        LogWriter writer(**log, 1);
        ASSERT_TRUE(writer.acquire());
        ASSERT_EQ(writer.append_random(40), AppendOutcome::kOk);
        expected.push_back(writer.attempted());
        directory.kill_process();
        ASSERT_EQ(reopen_and_read(directory), expected) << kept;
    }
}

TEST(Recovery, CutsATailOfWhichOnlyTheEndReachedTheDisk) {
    MemoryDirectory directory;
    std::vector<WrittenBatch> expected = write_log(directory, 3);
    expected.pop_back();
    const std::vector<std::byte> zeros(100);
    directory.corrupt(segment_file_name(1), kFirstBatchAt + 2 * 192, zeros);
    EXPECT_EQ(reopen_and_read(directory), expected);
    const std::vector<std::byte> contents = directory.contents(segment_file_name(1));
    for (std::size_t i = kFirstBatchAt + 2 * 192; i < contents.size(); ++i) {
        ASSERT_EQ(contents[i], std::byte{0}) << i;
    }
}

TEST(Recovery, TakesNoRecordInsideATornPayloadForAnAcknowledgedOne) {
    MemoryDirectory directory;
    {
        const auto log = SegmentLog::open(directory, small_log_options());
        LogWriter writer(**log, 7);
        ASSERT_TRUE(writer.acquire());
        BatchBuffer forged;
        forged.append(std::vector<std::byte>(10, std::byte{1}));
        seal_record(forged.record(), RecordHeader{.count = 1, .epoch = 1, .first_sequence = 2});
        std::vector<std::byte> payload(forged.record().begin(), forged.record().end());
        payload.resize(200, std::byte{9});
        ASSERT_EQ(writer.append(1, payload), AppendOutcome::kOk);
    }
    flip(directory, 1, kFirstBatchAt + kRecordHeaderBytes + 199);
    EXPECT_TRUE(reopen_and_read(directory).empty());
}

TEST(Recovery, RefusesADamagedMiddleAtEveryByte) {
    for (std::uint64_t byte = 0; byte < 164; ++byte) {
        MemoryDirectory directory("data");
        write_log(directory, 3);
        flip(directory, 1, kFirstBatchAt + 192 + byte);
        const Error error = refusal(directory);
        EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
        EXPECT_NE(error.what.find("data/segment-0000000001.log at byte 4352, where sequence 2 was "
                                  "expected"),
                  std::string::npos)
            << error.what;
        EXPECT_NE(error.what.find("a sound one follows at byte 4544"), std::string::npos)
            << error.what;
    }
}

TEST(Recovery, RefusesADamagedEndOfAnEarlierSegment) {
    MemoryDirectory directory;
    std::uint64_t first_of_second = 0;
    {
        const auto log = SegmentLog::open(directory, small_log_options());
        LogWriter writer(**log, 7);
        ASSERT_TRUE(writer.acquire());
        while (directory.list()->size() == 1) {
            first_of_second = (*log)->head().next_sequence;
            ASSERT_EQ(writer.append(1, std::vector<std::byte>(1000, std::byte{1})),
                      AppendOutcome::kOk);
        }
    }
    // The last record of segment 1: eleven of 1088 bytes behind the epoch.
    flip(directory, 1, kFirstBatchAt + (first_of_second - 2) * 1088 + 500);
    const Error error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
    EXPECT_NE(error.what.find("segment-0000000001.log at byte"), std::string::npos) << error.what;
    EXPECT_NE(error.what.find("where sequence " + std::to_string(first_of_second - 1)),
              std::string::npos)
        << error.what;
}

TEST(Recovery, RefusesAMissingSegmentAndADamagedHeader) {
    MemoryDirectory directory;
    {
        const auto log = SegmentLog::open(directory, small_log_options());
        LogWriter writer(**log, 7);
        ASSERT_TRUE(writer.acquire());
        while (directory.list()->size() < 4) {
            ASSERT_EQ(writer.append_random(3000), AppendOutcome::kOk);
        }
    }
    flip(directory, 4, 30);
    Error error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
    EXPECT_NE(error.what.find("segment-0000000004.log"), std::string::npos) << error.what;
    flip(directory, 4, 30);
    flip(directory, 2, 30);
    error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
    EXPECT_NE(error.what.find("segment-0000000002.log"), std::string::npos) << error.what;
    ASSERT_TRUE(directory.remove(segment_file_name(2)).ok());
    error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
    EXPECT_NE(error.what.find("segment-0000000002.log is missing"), std::string::npos)
        << error.what;
}

TEST(Recovery, RefusesARecordThatBreaksTheChain) {
    MemoryDirectory directory;
    write_log(directory, 2);
    // Sound in itself, but it follows nothing here.
    BatchBuffer stray;
    stray.append(std::vector<std::byte>(10, std::byte{1}));
    seal_record(stray.record(), RecordHeader{.count = 1, .epoch = 1, .first_sequence = 3});
    directory.corrupt(segment_file_name(1), kFirstBatchAt + 2 * 192, stray.record());
    const Error error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kCorrupt);
    EXPECT_NE(error.what.find("breaks the chain"), std::string::npos) << error.what;
}

TEST(Recovery, RefusesAnotherFormRulesOrFormatVersionNamingBoth) {
    MemoryDirectory directory;
    write_log(directory, 1);
    LogOptions options = small_log_options();
    options.form = "fps/0";
    Error error = refusal(directory, options);
    EXPECT_EQ(error.kind, Error::Kind::kInvalid);
    EXPECT_NE(error.what.find("\"fps/0+ibps/0\""), std::string::npos) << error.what;
    EXPECT_NE(error.what.find("\"fps/0\""), std::string::npos) << error.what;

    options = small_log_options();
    options.rules_version = 22;
    error = refusal(directory, options);
    EXPECT_EQ(error.kind, Error::Kind::kInvalid);
    EXPECT_NE(error.what.find("rules version 1, but 22"), std::string::npos) << error.what;

    const std::byte version{77};
    directory.corrupt(segment_file_name(1), 8, std::span(&version, 1));
    error = refusal(directory);
    EXPECT_EQ(error.kind, Error::Kind::kInvalid);
    EXPECT_NE(error.what.find("format version 77, but this program reads 2"), std::string::npos)
        << error.what;
}

TEST(Recovery, WritesTheLastRecordAgainBecauseTheCacheMayBeAheadOfTheDisk) {
    MemoryDirectory directory;
    WrittenBatch doubtful;
    {
        const auto log = SegmentLog::open(directory, small_log_options());
        LogWriter writer(**log, 7);
        ASSERT_TRUE(writer.acquire());
        directory.fail_datasync(1);
        ASSERT_EQ(writer.append_random(2000), AppendOutcome::kUnknown);
        doubtful = writer.attempted();
    }
    // The next process reads the batch from the page cache and goes on from it ...
    EXPECT_EQ(reopen_and_read(directory), std::vector{doubtful});
    // ... so that it must not be lost when the power fails afterwards, whatever the disk keeps.
    Prng prng(1);
    for (int i = 0; i < 20; ++i) {
        directory.crash(prng);
        EXPECT_EQ(reopen_and_read(directory), std::vector{doubtful});
    }
}

// One life of a process: opens, checks what it finds, writes until a scripted fault or until it is
// told to stop, and dies with or without the machine.
class CrashingLife {
public:
    CrashingLife(MemoryDirectory& directory, Prng& prng) : directory_(directory), prng_(prng) {}

    void live() {
        const auto log = SegmentLog::open(directory_, small_log_options());
        ASSERT_TRUE(log.ok()) << log.error().what;
        check_found(**log);
        LogWriter writer(**log, prng_.next_u64());
        schedule_fault();
        if (writer.acquire()) {
            write(**log, writer);
        }
        if (prng_.chance(2, 3)) {
            directory_.crash(prng_);
        } else {
            directory_.kill_process();
        }
    }

private:
    // All that was acknowledged; then perhaps the one batch whose outcome was unknown.
    void check_found(SegmentLog& log) {
        const auto found = read_all(log, 1, log.head().next_sequence - 1);
        ASSERT_TRUE(found.ok()) << found.error().what;
        if (found->size() == acknowledged_.size() + 1 && doubtful_) {
            acknowledged_.push_back(*doubtful_);
        }
        ASSERT_EQ(*found, acknowledged_);
        doubtful_.reset();
    }

    void schedule_fault() {
        const std::uint64_t kind = prng_.below(3);
        const std::uint64_t nth = 1 + prng_.below(12);
        if (kind == 0) {
            directory_.fail_datasync(nth);
        } else if (kind == 1) {
            directory_.fail_pwrite(nth, prng_.below(4096));
        }
    }

    void write(SegmentLog& log, LogWriter& writer) {
        const std::uint64_t batches = prng_.below(20);
        for (std::uint64_t i = 0; i < batches; ++i) {
            if (prng_.chance(1, 2)) {
                EXPECT_TRUE(log.ensure_space(4096).ok());
            }
            if (writer.append_random(prng_.chance(1, 4) ? 4096 : 300) != AppendOutcome::kOk) {
                doubtful_ = writer.attempted();
                break;
            }
        }
        acknowledged_.insert(acknowledged_.end(), writer.acknowledged().begin(),
                             writer.acknowledged().end());
    }

    MemoryDirectory& directory_;
    Prng& prng_;
    std::vector<WrittenBatch> acknowledged_;
    std::optional<WrittenBatch> doubtful_;
};

TEST(Recovery, NoAcknowledgedBatchIsLostInAnyCrash) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Prng prng(seed);
        MemoryDirectory directory;
        CrashingLife process(directory, prng);
        for (int life = 0; life < 12; ++life) {
            process.live();
            if (::testing::Test::HasFailure()) {
                return;
            }
        }
    }
}

}  // namespace
}  // namespace lowu::log
