// The batch log on a disk in memory: round trips, reopening, fencing, the order of write, sync and
// release, space, readers. What recovery makes of damage is log_recovery_test.cpp.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/hex.hpp"
#include "common/log/log_reader.hpp"
#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

using test::LogWriter;
using test::read_all;
using test::small_log_options;
using test::WrittenBatch;

std::unique_ptr<SegmentLog> open_log(Directory& directory,
                                     const LogOptions& options = small_log_options()) {
    Result<std::unique_ptr<SegmentLog>> log = SegmentLog::open(directory, options);
    EXPECT_TRUE(log.ok()) << (log ? "" : log.error().what);
    return log ? std::move(*log) : nullptr;
}

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

TEST(Record, LayoutIsPinned) {
    BatchBuffer buffer;
    buffer.append(bytes_of("lowu"));
    const RecordHeader header{.kind = RecordKind::kBatch,
                              .count = 3,
                              .epoch = 2,
                              .first_sequence = 0x0102030405060708,
                              .previous_hash = Hash128{.high = 5, .low = 6}};
    const Hash128 hash = seal_record(buffer.record(), header);
    EXPECT_EQ(to_hex(std::span<const std::byte>(buffer.record()).subspan(20)),
              "4c424143"  // magic
              "04000000"
              "03000000"          // payload length, count
              "0200000000000000"  // epoch
              "0807060504030201"  // first sequence
              "0600000000000000"
              "0500000000000000"  // hash of the record before
              "6c6f7775");
    RecordHeader parsed;
    ASSERT_EQ(parse_record_header(buffer.record(), parsed), HeaderState::kValid);
    EXPECT_EQ(parsed.hash, hash);
    EXPECT_EQ(parsed.payload_bytes, 4U);
    EXPECT_TRUE(sealed(buffer.record(), parsed));
    buffer.record().back() = std::byte{0};
    EXPECT_FALSE(sealed(buffer.record(), parsed));
}

TEST(Segment, NamesSortAndParse) {
    EXPECT_EQ(segment_file_name(7), "segment-0000000007.log");
    EXPECT_EQ(segment_number("segment-0000000007.log"), 7U);
    EXPECT_EQ(segment_number("segment-0000000000.log"), std::nullopt);
    EXPECT_EQ(segment_number("segment-00000000x7.log"), std::nullopt);
    EXPECT_EQ(segment_number("LOCK"), std::nullopt);
}

TEST(SegmentLog, RoundTripAcrossSegmentsKeepsTheChain) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    EXPECT_TRUE(log->report().created);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(writer.append_random(2000), AppendOutcome::kOk);
    }
    EXPECT_GT(directory.list()->size(), 5U);
    const auto reader = LogReader::open(directory, 1);
    ASSERT_TRUE(reader.ok());
    std::optional<Hash128> previous;
    for (const WrittenBatch& expected : writer.acknowledged()) {
        const auto next = (*reader)->read_next(writer.durable_through());
        ASSERT_TRUE(next.ok()) << next.error().what;
        ASSERT_TRUE(next->has_value());
        EXPECT_EQ(test::written(**next), expected);
        if (previous) {
            EXPECT_EQ((*next)->previous_hash, *previous);
        }
        previous = (*next)->hash;
    }
    EXPECT_EQ(previous, log->head().hash);
    EXPECT_FALSE((*reader)->read_next(writer.durable_through())->has_value());
}

TEST(SegmentLog, ReopensWhereItEndedUnderALaterEpoch) {
    MemoryDirectory directory;
    std::vector<WrittenBatch> all;
    for (std::uint64_t epoch = 1; epoch <= 6; ++epoch) {
        const auto log = open_log(directory);
        ASSERT_NE(log, nullptr);
        EXPECT_EQ(log->report().created, epoch == 1);
        EXPECT_EQ(log->report().batches, all.size());
        EXPECT_EQ(log->report().dropped_bytes, 0U);
        EXPECT_EQ(log->report().head, log->head());
        LogWriter writer(*log, epoch);
        ASSERT_TRUE(writer.acquire());
        EXPECT_EQ(writer.epoch(), epoch);
        for (int i = 0; i < 13; ++i) {
            ASSERT_EQ(writer.append_random(1500), AppendOutcome::kOk);
        }
        all.insert(all.end(), writer.acknowledged().begin(), writer.acknowledged().end());
        const auto read = read_all(*log, 1, writer.durable_through());
        ASSERT_TRUE(read.ok()) << read.error().what;
        EXPECT_EQ(*read, all);
    }
}

TEST(SegmentLog, EveryPayloadSizeUpToTheLimitFits) {
    MemoryDirectory directory;
    LogOptions options = small_log_options();
    options.max_payload_bytes = 300;
    options.segment_bytes = segment_min_bytes(300);
    const auto log = open_log(directory, options);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    Prng prng(3);
    for (std::size_t bytes = 0; bytes <= 300; ++bytes) {
        ASSERT_EQ(writer.append(1, test::random_payload(prng, bytes)), AppendOutcome::kOk);
    }
    const auto read = read_all(*log, 1, writer.durable_through());
    ASSERT_TRUE(read.ok()) << read.error().what;
    EXPECT_EQ(*read, writer.acknowledged());
}

TEST(SegmentLog, RefusesOptionsOutsideTheirLimits) {
    MemoryDirectory directory;
    LogOptions options = small_log_options();
    options.segment_bytes = segment_min_bytes(options.max_payload_bytes) - 1;
    EXPECT_EQ(SegmentLog::open(directory, options).error().kind, Error::Kind::kInvalid);
    options = small_log_options();
    options.form = std::string(kFormIdMaxBytes + 1, 'x');
    EXPECT_EQ(SegmentLog::open(directory, options).error().kind, Error::Kind::kInvalid);
    options.form.clear();
    EXPECT_EQ(SegmentLog::open(directory, options).error().kind, Error::Kind::kInvalid);
    options = small_log_options();
    options.missing = MissingLog::kRefuse;
    EXPECT_EQ(SegmentLog::open(directory, options).error().kind, Error::Kind::kNotFound);
    EXPECT_TRUE(directory.list()->empty());
}

TEST(SegmentLog, SecondOpenerIsToldWhichDirectoryIsInUse) {
    MemoryDirectory directory("data/switch");
    const auto log = open_log(directory);
    const auto second = SegmentLog::open(directory, small_log_options());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, Error::Kind::kBusy);
    EXPECT_NE(second.error().what.find("data/switch"), std::string::npos);
}

TEST(SegmentLog, FencesEveryOwnerButTheLast) {
    MemoryDirectory directory;
    auto log = open_log(directory);
    BatchBuffer buffer;
    buffer.append(bytes_of("a"));
    EXPECT_EQ(log->append(0, 1, 1, Hash128{}, buffer), AppendOutcome::kFenced) << "nobody owns it";
    ASSERT_EQ(*log->acquire(), 1U);
    const Hash128 before = log->head().hash;
    ASSERT_EQ(log->append(1, 1, 1, before, buffer), AppendOutcome::kOk);
    EXPECT_EQ(log->append(1, 2, 1, before, buffer), AppendOutcome::kFenced) << "the chain moved on";
    ASSERT_EQ(*log->acquire(), 2U);
    const MemoryCalls calls = directory.calls();
    EXPECT_EQ(log->append(1, 2, 1, log->head().hash, buffer), AppendOutcome::kFenced);
    EXPECT_EQ(directory.calls(), calls);
    EXPECT_EQ(log->append(2, 2, 1, log->head().hash, buffer), AppendOutcome::kOk);
    log.reset();
    log = open_log(directory);
    EXPECT_EQ(log->append(2, 3, 1, log->head().hash, buffer), AppendOutcome::kFenced)
        << "an epoch of the process before is not this one's";
    EXPECT_EQ(*log->acquire(), 3U);
}

TEST(SegmentLog, OneWriteThenOneSyncBeforeAnythingIsReleased) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    directory.start_trace();
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(writer.append(1, bytes_of("0123456789")), AppendOutcome::kOk);
        directory.mark("release");
    }
    const std::string file = "segment-0000000001.log ";
    const std::vector<std::string> expected{file + "pwrite 4160+74", file + "datasync", "release",
                                            file + "pwrite 4288+74", file + "datasync", "release",
                                            file + "pwrite 4416+74", file + "datasync", "release"};
    EXPECT_EQ(directory.trace(), expected);
}

TEST(SegmentLog, AfterAFailedSyncNothingMoreIsWritten) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    ASSERT_EQ(writer.append_random(100), AppendOutcome::kOk);
    const LogHead head = log->head();
    directory.fail_datasync(1);
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kUnknown);
    ASSERT_TRUE(log->failure().has_value());
    EXPECT_NE(log->failure()->what.find("fdatasync"), std::string::npos);
    const MemoryCalls calls = directory.calls();
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kUnknown);
    EXPECT_FALSE(writer.acquire());
    EXPECT_FALSE(log->ensure_space(10).ok());
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kUnknown);
    EXPECT_EQ(directory.calls(), calls);
    EXPECT_EQ(log->head(), head);
}

TEST(SegmentLog, AfterAFailedWriteNothingMoreIsWritten) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    directory.fail_pwrite(1, 30);
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kUnknown);
    const MemoryCalls calls = directory.calls();
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kUnknown);
    EXPECT_EQ(directory.calls(), calls) << "no sync after the failed write either";
}

TEST(SegmentLog, FullDiskShowsBeforeABatchIsAdmitted) {
    MemoryDirectory directory;
    directory.set_free_bytes(small_log_options().segment_bytes);
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    const std::vector<std::byte> payload(1000, std::byte{7});
    int appended = 0;
    int appended_low = 0;
    while (log->ensure_space(payload.size()).ok()) {
        appended_low += log->low_on_space() ? 1 : 0;
        ASSERT_EQ(writer.append(1, payload), AppendOutcome::kOk);
        ++appended;
    }
    EXPECT_EQ(appended, 11) << "12 KiB of records";
    EXPECT_GE(appended_low, 8) << "low on space shows with most of the segment left";
    EXPECT_EQ(log->ensure_space(payload.size()).error().kind, Error::Kind::kExhausted);
    EXPECT_TRUE(log->low_on_space());
    EXPECT_FALSE(log->failure().has_value());

    directory.set_free_bytes(std::nullopt);
    EXPECT_TRUE(log->ensure_space(payload.size()).ok());
    EXPECT_FALSE(log->low_on_space());
    EXPECT_EQ(writer.append(1, payload), AppendOutcome::kOk);
}

TEST(SegmentLog, NextSegmentIsReadyBeforeItIsNeeded) {
    MemoryDirectory directory;
    LogOptions options = small_log_options();
    options.segment_bytes = 8 * 1024 * 1024;
    const auto log = open_log(directory, options);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    const std::vector<std::byte> payload(4000, std::byte{7});
    while (directory.list()->size() == 1) {
        ASSERT_TRUE(log->ensure_space(payload.size()).ok());
        ASSERT_EQ(writer.append(1, payload), AppendOutcome::kOk);
    }
    EXPECT_LT(writer.durable_through() * 4064, options.segment_bytes * 3 / 10);
}

TEST(SegmentLog, PreparedSegmentIsTakenUpAfterReopening) {
    MemoryDirectory directory;
    auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    while (directory.list()->size() == 1) {
        ASSERT_TRUE(log->ensure_space(1000).ok());
        ASSERT_EQ(writer.append_random(1000), AppendOutcome::kOk);
    }
    log.reset();
    log = open_log(directory);
    EXPECT_EQ(log->report().segments, 1U);
    directory.set_free_bytes(0);
    EXPECT_TRUE(log->ensure_space(4096).ok());
    LogWriter again(*log, 2);
    ASSERT_TRUE(again.acquire());
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(again.append(1, std::vector<std::byte>(3000)), AppendOutcome::kOk);
    }
    EXPECT_EQ(directory.list()->size(), 2U);
}

TEST(LogReader, FollowsTheWriterOnAnotherThreadAcrossSegments) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 5);
    ASSERT_TRUE(writer.acquire());
    auto reader = log->read(1);
    ASSERT_TRUE(reader.ok());
    constexpr std::uint64_t kStop = ~std::uint64_t{0};
    std::atomic<std::uint64_t> durable{0};
    std::vector<WrittenBatch> followed;
    std::string fault;
    std::thread follower([&] {
        std::uint64_t seen = 0;
        while (fault.empty()) {
            durable.wait(seen);
            seen = durable.load();
            const std::uint64_t through = seen == kStop ? writer.durable_through() : seen;
            for (;;) {
                const auto next = (*reader)->read_next(through);
                if (!next) {
                    fault = next.error().what;
                }
                if (!next || !*next) {
                    break;
                }
                followed.push_back(test::written(**next));
            }
            if (seen == kStop) {
                return;
            }
        }
    });
    for (int i = 0; i < 2000; ++i) {
        EXPECT_EQ(writer.append_random(600), AppendOutcome::kOk);
        durable.store(writer.durable_through());
        durable.notify_one();
    }
    durable.store(kStop);
    durable.notify_one();
    follower.join();
    EXPECT_EQ(fault, "");
    EXPECT_EQ(followed, writer.acknowledged());
    EXPECT_GT(directory.list()->size(), 20U);
}

TEST(LogReader, ReadsNothingThatIsNotSaidToBeDurable) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    ASSERT_EQ(writer.append(3, bytes_of("x")), AppendOutcome::kOk);
    ASSERT_EQ(writer.append(3, bytes_of("y")), AppendOutcome::kOk);
    auto reader = log->read(1);
    ASSERT_TRUE(reader.ok());
    const std::uint64_t preads = directory.calls().preads;
    EXPECT_FALSE((*reader)->read_next(0)->has_value());
    EXPECT_EQ(directory.calls().preads, preads);
    EXPECT_FALSE((*reader)->read_next(2)->has_value()) << "the batch ends at 3";
    EXPECT_EQ((*(*reader)->read_next(5))->first_sequence, 1U);
    EXPECT_FALSE((*reader)->read_next(5)->has_value());
    EXPECT_EQ((*(*reader)->read_next(6))->first_sequence, 4U);
    EXPECT_EQ((*reader)->read_next(7).error().kind, Error::Kind::kCorrupt)
        << "the log does not hold what it is said to hold";
}

TEST(LogReader, FindsTheBatchOfEverySequenceInAnyOrder) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 9);
    ASSERT_TRUE(writer.acquire());
    for (int i = 0; i < 150; ++i) {
        ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    }
    auto reader = log->read(1);
    ASSERT_TRUE(reader.ok());
    for (auto batch = writer.acknowledged().rbegin(); batch != writer.acknowledged().rend();
         ++batch) {
        for (std::uint32_t i = 0; i < batch->count; ++i) {
            const auto found = (*reader)->read_at(batch->first_sequence + i);
            ASSERT_TRUE(found.ok()) << found.error().what;
            EXPECT_EQ(test::written(*found), *batch);
        }
    }
    EXPECT_EQ((*reader)->read_at(writer.durable_through() + 1).error().kind,
              Error::Kind::kNotFound);
    EXPECT_EQ((*(*reader)->read_next(writer.durable_through()))->first_sequence, 1U)
        << "random reads do not move the other cursor";
    // Written after the reader was opened, found all the same.
    ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    EXPECT_TRUE((*reader)->read_at(writer.durable_through()).ok());
}

TEST(LogReader, StartsInTheMiddle) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 9);
    ASSERT_TRUE(writer.acquire());
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    }
    const auto& all = writer.acknowledged();
    for (std::uint64_t from = 1; from <= writer.durable_through(); ++from) {
        const auto read = read_all(*log, from, writer.durable_through());
        ASSERT_TRUE(read.ok()) << read.error().what;
        const auto first = std::find_if(all.begin(), all.end(), [&](const WrittenBatch& batch) {
            return from < batch.first_sequence + batch.count;
        });
        EXPECT_EQ(*read, std::vector<WrittenBatch>(first, all.end()));
    }
    // Beyond the end: waits for it.
    auto reader = log->read(writer.durable_through() + 2);
    ASSERT_TRUE(reader.ok());
    EXPECT_FALSE((*reader)->read_next(writer.durable_through())->has_value());
    ASSERT_EQ(writer.append(1, bytes_of("passed over")), AppendOutcome::kOk);
    ASSERT_EQ(writer.append(1, bytes_of("wanted")), AppendOutcome::kOk);
    const auto next = (*reader)->read_next(writer.durable_through());
    EXPECT_EQ(test::written(**next), writer.attempted());
}

TEST(LogReader, NamesTheOldestSequenceWhenEarlierSegmentsAreGone) {
    MemoryDirectory directory;
    auto log = open_log(directory);
    LogWriter writer(*log, 9);
    ASSERT_TRUE(writer.acquire());
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(writer.append(1, std::vector<std::byte>(900)), AppendOutcome::kOk);
    }
    log.reset();
    ASSERT_TRUE(directory.remove(segment_file_name(1)).ok());
    log = open_log(directory);
    const std::uint64_t oldest = log->report().first_sequence;
    EXPECT_GT(oldest, 1U);
    const auto early = log->read(oldest - 1);
    ASSERT_FALSE(early.ok());
    EXPECT_EQ(early.error().kind, Error::Kind::kNotFound);
    EXPECT_NE(early.error().what.find("oldest is " + std::to_string(oldest)), std::string::npos);
    EXPECT_EQ(read_all(*log, oldest, log->head().next_sequence - 1)->size(), 61 - oldest);
}

TEST(LogReader, ReportsDamageWhereItIs) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 1);
    ASSERT_TRUE(writer.acquire());
    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(writer.append(1, std::vector<std::byte>(64, std::byte{1})), AppendOutcome::kOk);
    }
    // Epoch at 4096, batches at 4160, 4288, 4416: the second's payload.
    directory.corrupt(segment_file_name(1), 4288 + 70, bytes_of("!"));
    const auto read = read_all(*log, 1, writer.durable_through());
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().kind, Error::Kind::kCorrupt);
    EXPECT_NE(read.error().what.find("segment-0000000001.log at byte 4288, where sequence 2"),
              std::string::npos)
        << read.error().what;
}

TEST(FakeLog, HashesAsTheRealOneAndAnswersAsScripted) {
    MemoryDirectory directory;
    const auto real = open_log(directory);
    test::FakeLog fake;
    for (BatchLog* const log :
         {static_cast<BatchLog*>(real.get()), static_cast<BatchLog*>(&fake)}) {
        LogWriter writer(*log, 4);
        ASSERT_TRUE(writer.acquire());
        for (int i = 0; i < 10; ++i) {
            ASSERT_EQ(writer.append_random(500), AppendOutcome::kOk);
        }
        const auto read = read_all(*log, 1, writer.durable_through());
        ASSERT_TRUE(read.ok());
        EXPECT_EQ(*read, writer.acknowledged());
    }
    EXPECT_EQ(fake.head(), real->head());

    LogWriter writer(fake, 5);
    ASSERT_TRUE(writer.acquire());
    fake.script({.outcome = AppendOutcome::kFenced});
    fake.script({.outcome = AppendOutcome::kUnknown, .stored = true});
    EXPECT_EQ(writer.append_random(10), AppendOutcome::kFenced);
    EXPECT_EQ(fake.batches().size(), 10U);
    EXPECT_EQ(writer.append_random(10), AppendOutcome::kUnknown);
    EXPECT_EQ(writer.append_random(10), AppendOutcome::kUnknown);
    EXPECT_EQ(fake.batches().size(), 11U);
    fake.restart();
    EXPECT_EQ(writer.append_random(10), AppendOutcome::kFenced);
    EXPECT_TRUE(writer.acquire());
    EXPECT_EQ(writer.append_random(10), AppendOutcome::kOk);
}

}  // namespace
}  // namespace lowu::log
