// Removing the beginning of a log: what goes, what stays whatever interrupts it, what readers and
// the next process find; and the id by which a log is told from another.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

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

std::unique_ptr<SegmentLog> open_log(Directory& directory) {
    auto log = SegmentLog::open(directory, small_log_options());
    EXPECT_TRUE(log.ok()) << (log ? "" : log.error().what);
    return log ? std::move(*log) : nullptr;
}

// A log of several segments that somebody writes.
struct WrittenLog {
    explicit WrittenLog(std::size_t segments, std::uint64_t seed = 3) : log(open_log(directory)) {
        writer = std::make_unique<LogWriter>(*log, seed);
        EXPECT_TRUE(writer->acquire());
        while (directory.list()->size() < segments) {
            EXPECT_EQ(writer->append_random(900), AppendOutcome::kOk);
        }
        log.reset();
        log = open_log(directory);
        writer = std::make_unique<LogWriter>(*log, seed + 1);
        EXPECT_TRUE(writer->acquire());
        for (std::size_t i = 0; i < segments; ++i) {
            const DecodedSegment decoded =
                decode_segment_header(directory.contents(segment_file_name(i + 1)));
            starts.push_back(decoded.header.start.next_sequence);
        }
    }

    [[nodiscard]] std::vector<std::string> names() { return *directory.list(); }

    MemoryDirectory directory{"data"};
    std::unique_ptr<SegmentLog> log;
    std::unique_ptr<LogWriter> writer;
    std::vector<std::uint64_t> starts;  // first sequence of each segment
};

std::vector<std::string> segment_names(std::uint64_t first, std::uint64_t last) {
    std::vector<std::string> names;
    for (std::uint64_t number = first; number <= last; ++number) {
        names.push_back(segment_file_name(number));
    }
    return names;
}

TEST(Trim, RemovesWholeSegmentsBelowTheSequenceOldestFirst) {
    WrittenLog written(6);
    SegmentLog& log = *written.log;
    EXPECT_EQ(log.first_sequence(), 1U);
    ASSERT_TRUE(log.remove_before(1).ok());
    ASSERT_TRUE(log.remove_before(written.starts[1] - 1).ok());
    EXPECT_EQ(written.names(), segment_names(1, 6)) << "one record short of the second segment";

    written.directory.start_trace();
    ASSERT_TRUE(log.remove_before(written.starts[3] + 1).ok());
    EXPECT_EQ(
        written.directory.trace(),
        (std::vector<std::string>{"remove segment-0000000001.log", "remove segment-0000000002.log",
                                  "remove segment-0000000003.log"}));
    EXPECT_EQ(written.names(), segment_names(4, 6));
    EXPECT_EQ(log.first_sequence(), written.starts[3]);
    EXPECT_EQ(log.read(written.starts[3] - 1).error().kind, Error::Kind::kNotFound);
    const auto rest = read_all(log, written.starts[3], written.writer->durable_through());
    ASSERT_TRUE(rest.ok()) << rest.error().what;
    EXPECT_EQ(rest->front().first_sequence, written.starts[3]);
}

TEST(Trim, NeverRemovesTheCurrentSegmentOrASpare) {
    WrittenLog written(3);
    while (written.names().size() == 3) {
        ASSERT_TRUE(written.log->ensure_space(1000).ok());
        ASSERT_EQ(written.writer->append_random(900), AppendOutcome::kOk);
    }
    ASSERT_TRUE(written.log->remove_before(~std::uint64_t{0}).ok());
    EXPECT_EQ(written.names(), segment_names(3, 4));
    EXPECT_EQ(written.log->first_sequence(), written.starts[2]);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(written.writer->append_random(900), AppendOutcome::kOk);
    }
    EXPECT_TRUE(read_all(*written.log, written.starts[2], written.writer->durable_through()).ok());
}

TEST(Trim, OnlyTheOwnerRemoves) {
    WrittenLog written(3);
    written.log = nullptr;
    written.log = open_log(written.directory);
    EXPECT_EQ(written.log->remove_before(written.starts[2]).error().kind, Error::Kind::kFenced);
    LogWriter writer(*written.log, 9);
    ASSERT_TRUE(writer.acquire());
    written.directory.fail_datasync(1);
    ASSERT_EQ(writer.append_random(10), AppendOutcome::kUnknown);
    EXPECT_EQ(written.log->remove_before(written.starts[2]).error().kind, Error::Kind::kUnknown);
    EXPECT_EQ(written.names(), segment_names(1, 3));
}

TEST(Trim, NextProcessGoesOnFromWhereTheLogBegins) {
    WrittenLog written(5);
    const LogId id = written.log->id();
    const LogHead head = written.log->head();
    ASSERT_TRUE(written.log->remove_before(written.starts[3]).ok());
    written.directory.kill_process();
    written.log = open_log(written.directory);
    const RecoveryReport& report = written.log->report();
    EXPECT_EQ(report.first_sequence, written.starts[3]);
    EXPECT_EQ(report.segments, 2U);
    EXPECT_EQ(report.head, head);
    EXPECT_EQ(report.id, id);
    EXPECT_EQ(written.log->first_sequence(), written.starts[3]);
    // It can be trimmed and written further.
    LogWriter writer(*written.log, 5);
    ASSERT_TRUE(writer.acquire());
    EXPECT_EQ(writer.epoch(), head.epoch + 1);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    }
    ASSERT_TRUE(written.log->remove_before(head.next_sequence).ok());
    EXPECT_EQ(written.names().front(), segment_file_name(5));
    const auto rest =
        read_all(*written.log, written.log->first_sequence(), writer.durable_through());
    ASSERT_TRUE(rest.ok()) << rest.error().what;
    EXPECT_EQ(rest->back(), writer.attempted());
}

// Every place where a removal can be interrupted: before and after the n-th unlink.
TEST(Trim, WhateverInterruptsItTheLogStaysWhole) {
    for (std::uint64_t nth = 1; nth <= 4; ++nth) {
        for (const bool removed : {false, true}) {
            for (const bool power_loss : {false, true}) {
                SCOPED_TRACE(std::to_string(nth) + (removed ? " removed" : " kept") +
                             (power_loss ? " power" : " kill"));
                WrittenLog written(6);
                const auto all = read_all(*written.log, 1, written.writer->durable_through());
                ASSERT_TRUE(all.ok());
                written.directory.fail_remove(nth, removed);
                const auto failed = written.log->remove_before(written.starts[4]);
                ASSERT_FALSE(failed.ok());
                EXPECT_EQ(failed.error().kind, Error::Kind::kIo);
                // Appending goes on; removing does not, whatever the disk says now.
                EXPECT_EQ(written.writer->append_random(100), AppendOutcome::kOk);
                EXPECT_EQ(written.log->remove_before(written.starts[4]).error().what,
                          failed.error().what);
                Prng prng(nth);
                if (power_loss) {
                    written.directory.crash(prng);
                } else {
                    written.directory.kill_process();
                }
                const std::uint64_t gone = nth - 1 + (removed ? 1 : 0);
                written.log = open_log(written.directory);
                ASSERT_NE(written.log, nullptr);
                EXPECT_EQ(written.log->first_sequence(), written.starts[gone]);
                LogWriter writer(*written.log, 1);
                ASSERT_TRUE(writer.acquire());
                ASSERT_TRUE(written.log->remove_before(written.starts[4]).ok());
                EXPECT_EQ(written.names().front(), segment_file_name(5));
                const auto rest =
                    read_all(*written.log, written.starts[4], writer.durable_through());
                ASSERT_TRUE(rest.ok()) << rest.error().what;
                ASSERT_EQ(rest->back(), written.writer->attempted());
                EXPECT_EQ(rest->front().first_sequence, written.starts[4]);
            }
        }
    }
}

TEST(Trim, ReaderUnderWhichSegmentsGoIsToldAndDoesNotCrash) {
    WrittenLog written(6);
    SegmentLog& log = *written.log;
    const std::uint64_t through = written.writer->durable_through();
    auto reader = log.read(1);
    ASSERT_TRUE(reader.ok());
    ASSERT_EQ((*(*reader)->read_next(through))->first_sequence, 1U);
    ASSERT_TRUE(log.remove_before(written.starts[3]).ok());

    // It has segment 1 open and reads that to its end; the next one it would need is gone.
    std::uint64_t last = 0;
    for (;;) {
        const auto next = (*reader)->read_next(through);
        if (!next) {
            EXPECT_EQ(next.error().kind, Error::Kind::kNotFound);
            EXPECT_EQ(next.error().what, "data: sequence " + std::to_string(written.starts[1]) +
                                             " is no longer in the log; the oldest is " +
                                             std::to_string(written.starts[3]));
            break;
        }
        ASSERT_TRUE(next->has_value());
        last = (*next)->last_sequence();
    }
    EXPECT_EQ(last, written.starts[1] - 1);
    for (const std::uint64_t sequence : {std::uint64_t{1}, written.starts[3] - 1}) {
        const auto gone = (*reader)->read_at(sequence);
        ASSERT_FALSE(gone.ok());
        EXPECT_EQ(gone.error().kind, Error::Kind::kNotFound);
        EXPECT_NE(gone.error().what.find("oldest is " + std::to_string(written.starts[3])),
                  std::string::npos)
            << gone.error().what;
    }
    for (std::uint64_t sequence = written.starts[3]; sequence <= through; ++sequence) {
        const auto found = (*reader)->read_at(sequence);
        ASSERT_TRUE(found.ok()) << found.error().what;
        ASSERT_LE(found->first_sequence, sequence);
        ASSERT_GE(found->last_sequence(), sequence);
    }
}

// A reader that saw only the beginning, of which nothing is left.
TEST(Trim, ReaderFindsWhatWasWrittenSinceItWasOpened) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 2);
    ASSERT_TRUE(writer.acquire());
    ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    auto reader = log->read(1);
    ASSERT_TRUE(reader.ok());
    while (directory.list()->size() < 8) {
        ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    }
    const std::uint64_t wanted = writer.durable_through();
    ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    ASSERT_TRUE(log->remove_before(wanted).ok());
    const auto found = (*reader)->read_at(wanted);
    ASSERT_TRUE(found.ok()) << found.error().what;
    EXPECT_EQ(found->last_sequence(), wanted);
    const auto behind = (*reader)->read_next(wanted);
    ASSERT_FALSE(behind.ok());
    EXPECT_EQ(behind.error().kind, Error::Kind::kNotFound);
}

TEST(Trim, GoesOnBesideTheWriterAndAReader) {
    MemoryDirectory directory;
    const auto log = open_log(directory);
    LogWriter writer(*log, 5);
    ASSERT_TRUE(writer.acquire());
    auto reader = log->read(1);
    ASSERT_TRUE(reader.ok());
    std::atomic<std::uint64_t> durable{0};
    std::atomic<bool> ended{false};
    std::string fault;
    std::uint64_t followed = 0;
    // As the follower does: reads what is durable, and lets go what it has read.
    std::thread follower([&] {
        for (bool last = false; !last && fault.empty();) {
            last = ended.load();
            const auto next = (*reader)->read_next(durable.load());
            if (!next) {
                fault = next.error().what;
            } else if (*next) {
                last = false;
                followed = (*next)->last_sequence();
                const auto removed = log->remove_before(followed);
                fault = removed ? "" : removed.error().what;
            }
        }
    });
    for (int i = 0; i < 1500; ++i) {
        EXPECT_EQ(writer.append_random(600), AppendOutcome::kOk);
        durable.store(writer.durable_through());
    }
    ended.store(true);
    follower.join();
    EXPECT_EQ(fault, "");
    EXPECT_EQ(followed, writer.durable_through());
    EXPECT_LE(directory.list()->size(), 2U);
    EXPECT_GT(log->first_sequence(), 1U);
}

// Trimming among all the other faults: what is left is what was acknowledged.
TEST(Trim, NoAcknowledgedBatchAboveTheCutIsLostInAnyCrash) {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Prng prng(seed);
        MemoryDirectory directory;
        std::vector<WrittenBatch> acknowledged;
        std::optional<WrittenBatch> doubtful;
        std::uint64_t cut = 1;
        for (int life = 0; life < 8; ++life) {
            const auto log = open_log(directory);
            ASSERT_NE(log, nullptr);
            ASSERT_LE(log->first_sequence(), cut);
            auto found = read_all(*log, log->first_sequence(), log->head().next_sequence - 1);
            ASSERT_TRUE(found.ok()) << found.error().what;
            if (doubtful && !found->empty() && found->back() == *doubtful) {
                acknowledged.push_back(*doubtful);
            }
            ASSERT_LE(found->size(), acknowledged.size());
            ASSERT_TRUE(std::equal(found->rbegin(), found->rend(), acknowledged.rbegin()));
            doubtful.reset();
            LogWriter writer(*log, prng.next_u64());
            if (prng.chance(1, 3)) directory.fail_datasync(1 + prng.below(20));
            if (prng.chance(1, 3)) directory.fail_remove(1 + prng.below(3), prng.chance(1, 2));
            bool alive = writer.acquire();
            for (std::uint64_t i = prng.below(40); alive && i > 0; --i) {
                alive = writer.append_random(900) == AppendOutcome::kOk;
                if (!alive) doubtful = writer.attempted();
                if (alive && prng.chance(1, 8)) {
                    const std::uint64_t below = 1 + prng.below(log->head().next_sequence);
                    cut = std::max(cut, below);
                    static_cast<void>(log->remove_before(below));
                }
            }
            acknowledged.insert(acknowledged.end(), writer.acknowledged().begin(),
                                writer.acknowledged().end());
            if (prng.chance(1, 2)) {
                directory.crash(prng);
            } else {
                directory.kill_process();
            }
        }
    }
}

TEST(LogId, IsGivenOnceAndStandsInEverySegment) {
    WrittenLog written(3);
    const LogId id = written.log->id();
    EXPECT_NE(id, LogId{});
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const auto decoded =
            decode_segment_header(written.directory.contents(segment_file_name(number)));
        EXPECT_EQ(decoded.header.log, id);
    }
    MemoryDirectory other("other");
    EXPECT_NE(open_log(other)->id(), id);
}

TEST(LogId, SegmentOfAnotherLogIsRefused) {
    WrittenLog one(3, 3);
    WrittenLog two(3, 3);
    one.log.reset();
    // The same batches, so that the chain fits; only the id differs.
    std::vector<std::byte> header = one.directory.contents(segment_file_name(2));
    header.resize(kSegmentHeaderBytes);
    DecodedSegment decoded = decode_segment_header(header);
    decoded.header.log.low ^= 1;
    encode_segment_header(decoded.header, header);
    one.directory.corrupt(segment_file_name(2), 0, header);
    const auto refused = SegmentLog::open(one.directory, small_log_options());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kCorrupt);
    EXPECT_NE(refused.error().what.find("data/segment-0000000002.log"), std::string::npos);
    EXPECT_NE(refused.error().what.find("belongs to log"), std::string::npos);
}

TEST(Recovery, LoneLaterSegmentWithoutHeaderIsNoNewLog) {
    MemoryDirectory directory;
    ASSERT_TRUE(directory.create_zeroed(segment_file_name(5), 16 * 1024).ok());
    const auto refused = SegmentLog::open(directory, small_log_options());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kCorrupt);
    EXPECT_NE(refused.error().what.find("none stands before"), std::string::npos);
}

TEST(FakeLog, RemovesAsTheRealOneDoesAndAsScripted) {
    test::FakeLog log;
    LogWriter writer(log, 1);
    EXPECT_EQ(log.remove_before(1).error().kind, Error::Kind::kFenced) << "nobody owns it";
    ASSERT_TRUE(writer.acquire());
    EXPECT_EQ(log.first_sequence(), 1U);
    for (int i = 0; i < 5; ++i) {
        ASSERT_EQ(writer.append(10, std::vector<std::byte>(8)), AppendOutcome::kOk);
    }
    auto reader = log.read(1);
    ASSERT_TRUE(reader.ok());
    ASSERT_TRUE(log.remove_before(11).ok());
    EXPECT_EQ(log.first_sequence(), 11U);
    ASSERT_TRUE(log.remove_before(1'000).ok());
    EXPECT_EQ(log.first_sequence(), 41U) << "the last one stays";
    EXPECT_EQ(log.read(40).error().kind, Error::Kind::kNotFound);
    EXPECT_EQ((*reader)->read_next(50).error().kind, Error::Kind::kNotFound);
    EXPECT_EQ((*reader)->read_at(40).error().kind, Error::Kind::kNotFound);
    EXPECT_TRUE((*reader)->read_at(41).ok());

    log.set_removal_fails(true);
    EXPECT_EQ(log.remove_before(50).error().kind, Error::Kind::kIo);
    log.set_removal_fails(false);
    log.script({.outcome = AppendOutcome::kFenced});
    EXPECT_EQ(writer.append(1, {}), AppendOutcome::kFenced);
    EXPECT_EQ(log.remove_before(50).error().kind, Error::Kind::kFenced);
    ASSERT_TRUE(writer.acquire());
    log.script({.outcome = AppendOutcome::kUnknown});
    EXPECT_EQ(writer.append(1, {}), AppendOutcome::kUnknown);
    EXPECT_EQ(log.remove_before(50).error().kind, Error::Kind::kUnknown);
}

}  // namespace
}  // namespace lowu::log
