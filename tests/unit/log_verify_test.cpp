// Verification: every kind of damage is named with its place, a whole log is counted right, and a
// writer beside it makes no difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "common/log/verify.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

using test::LogWriter;
using test::small_log_options;
using test::WrittenBatch;

class Verify : public ::testing::Test {
protected:
    // Two owners, several segments.
    Verify() {
        for (std::uint64_t life = 1; life <= 2; ++life) {
            const auto log = SegmentLog::open(directory_, small_log_options());
            LogWriter writer(**log, life);
            EXPECT_TRUE(writer.acquire());
            for (int i = 0; i < 40; ++i) {
                EXPECT_EQ(writer.append_random(900), AppendOutcome::kOk);
            }
            all_.insert(all_.end(), writer.acknowledged().begin(), writer.acknowledged().end());
            head_ = (*log)->head();
            id_ = (*log)->id();
        }
        segments_ = directory_.list()->size();
        EXPECT_GT(segments_, 2U);
    }
    [[nodiscard]] LogFacts facts(const VerifyOptions& options = {}) {
        const auto verified = verify_log(directory_, options);
        EXPECT_TRUE(verified.ok()) << verified.error().what;
        return verified ? *verified : LogFacts{};
    }
    void overwrite(std::uint64_t segment, std::uint64_t offset, std::string_view text) {
        directory_.corrupt(segment_file_name(segment), offset, std::as_bytes(std::span(text)));
    }

    MemoryDirectory directory_{"data"};
    std::vector<WrittenBatch> all_;
    LogHead head_;
    LogId id_;
    std::uint64_t segments_ = 0;
};

TEST_F(Verify, CountsAWholeLogAndChangesNothing) {
    std::vector<WrittenBatch> read;
    const MemoryCalls before = directory_.calls();
    VerifyOptions options;
    options.take = [&](const BatchView& batch) -> Result<bool> {
        read.push_back(test::written(batch));
        return true;
    };
    const LogFacts found = facts(options);
    EXPECT_EQ(found.damage.has_value(), false);
    EXPECT_EQ(found.torn.has_value(), false);
    EXPECT_EQ(read, all_);
    EXPECT_EQ(found.id, id_);
    EXPECT_EQ(found.form, "fps/0+ibps/0");
    EXPECT_EQ(found.rules_version, 1U);
    EXPECT_EQ(found.segments, segments_);
    EXPECT_EQ(found.segments_read, segments_);
    EXPECT_EQ(found.spares, 0U);
    EXPECT_EQ(found.file_bytes, segments_ * small_log_options().segment_bytes);
    EXPECT_EQ(found.first_sequence, 1U);
    EXPECT_EQ(found.head, head_);
    EXPECT_EQ(found.batches, all_.size());
    EXPECT_EQ(found.commands, head_.next_sequence - 1);
    EXPECT_EQ(found.owners, 2U);
    EXPECT_EQ(directory_.calls().pwrites, before.pwrites);
    EXPECT_EQ(directory_.calls().datasyncs, before.datasyncs);
}

TEST_F(Verify, TakesNoLockAndReadsBesideAWriter) {
    const auto log = SegmentLog::open(directory_, small_log_options());
    ASSERT_TRUE(log.ok());
    LogWriter writer(**log, 7);
    ASSERT_TRUE(writer.acquire());
    std::atomic<bool> stop{false};
    std::thread other([&] {
        for (int i = 0; i < 3000 && !stop.load(); ++i) {
            EXPECT_TRUE((*log)->ensure_space(900).ok());
            EXPECT_EQ(writer.append_random(900), AppendOutcome::kOk);
        }
    });
    for (int i = 0; i < 40; ++i) {
        const LogFacts found = facts();
        EXPECT_FALSE(found.damage.has_value())
            << found.damage->file << " " << found.damage->byte << " " << found.damage->what;
        EXPECT_GE(found.batches, all_.size());
    }
    stop.store(true);
    other.join();
    EXPECT_EQ(facts().head, (*log)->head());
    EXPECT_EQ(facts().spares, directory_.list()->size() - facts().segments);
}

TEST_F(Verify, TrimmedLogBeginsWhereItBegins) {
    const auto log = SegmentLog::open(directory_, small_log_options());
    LogWriter writer(**log, 7);
    ASSERT_TRUE(writer.acquire());
    ASSERT_TRUE((*log)->remove_before(head_.next_sequence).ok());
    const LogFacts found = facts();
    EXPECT_FALSE(found.damage.has_value());
    EXPECT_EQ(found.first_segment, segments_);
    EXPECT_EQ(found.first_sequence, (*log)->first_sequence());
    EXPECT_EQ(found.start.next_sequence, found.first_sequence);
    EXPECT_EQ(found.head, (*log)->head());
}

TEST_F(Verify, BeginsWithTheSegmentThatIsAskedForAndStopsWhenTold) {
    const LogFacts whole = facts();
    for (const WrittenBatch& wanted : all_) {
        std::vector<WrittenBatch> read;
        VerifyOptions options;
        options.from_sequence = wanted.first_sequence + wanted.count - 1;
        options.take = [&](const BatchView& batch) -> Result<bool> {
            if (batch.last_sequence() < options.from_sequence) return true;
            read.push_back(test::written(batch));
            return read.size() < 2;
        };
        const LogFacts found = facts(options);
        ASSERT_FALSE(read.empty());
        EXPECT_EQ(read[0], wanted);
        EXPECT_LE(found.batches, whole.batches);
    }
}

TEST_F(Verify, NamesDamageInTheMiddleWithFileByteAndSequence) {
    // Segment 1: the epoch, then the first batch.
    const std::uint64_t second =
        kSegmentHeaderBytes + kRecordHeaderBytes + record_stride_bytes(all_[0].payload.size());
    overwrite(1, second + 3, "!");
    const LogFacts found = facts();
    ASSERT_TRUE(found.damage.has_value());
    EXPECT_EQ(found.damage->file, "segment-0000000001.log");
    EXPECT_EQ(found.damage->byte, second);
    EXPECT_EQ(found.damage->sequence, all_[1].first_sequence);
    EXPECT_NE(found.damage->what.find("a sound one follows at byte"), std::string::npos);
    EXPECT_EQ(found.batches, 1U);
    EXPECT_EQ(SegmentLog::open(directory_, small_log_options()).error().kind, Error::Kind::kCorrupt)
        << "recovery judges alike";
}

// Reads the log from its beginning to its head.
Result<void> read_through(SegmentLog& log) {
    auto reader = log.read(log.first_sequence());
    if (!reader) return reader.error();
    while (true) {
        const auto batch = (*reader)->read_next(log.head().next_sequence - 1);
        if (!batch) return batch.error();
        if (!*batch) return {};
    }
}

// What stands behind the last record of a full segment is nobody's: recovery takes the log, and so
// it can be read.
TEST_F(Verify, AByteBehindAFullSegmentsLastRecordIsNobodys) {
    const std::string file = segment_file_name(1);
    const std::vector<std::byte> before = directory_.contents(file);
    const auto last = std::find_if(before.rbegin(), before.rend(),
                                   [](std::byte one) { return one != std::byte{0}; });
    const auto end = static_cast<std::uint64_t>(before.rend() - last);
    int taken = 0;
    for (std::uint64_t at = end; at < before.size(); ++at) {
        const std::byte turned{0x10};
        directory_.corrupt(file, at, std::span(&turned, 1));
        const auto opened = SegmentLog::open(directory_, small_log_options());
        if (opened) {
            const Result<void> read = read_through(**opened);
            EXPECT_TRUE(read.ok()) << "byte " << at << ": " << read.error().what;
            ++taken;
        }
        directory_.corrupt(file, 0, before);
    }
    EXPECT_GT(taken, 40) << "or nothing was tried";
}

// Verification and recovery agree on every byte: what one calls damage the other refuses.
TEST_F(Verify, JudgesEveryByteAsRecoveryDoes) {
    for (const std::uint64_t number : {std::uint64_t{1}, segments_}) {
        const std::string file = segment_file_name(number);
        const std::vector<std::byte> before = directory_.contents(file);
        for (std::uint64_t at = 0; at < before.size(); at += at < 160 ? 1 : 97) {
            const std::byte turned = before[static_cast<std::size_t>(at)] ^ std::byte{0x10};
            directory_.corrupt(file, at, std::span(&turned, 1));
            const auto verified = verify_log(directory_);
            const bool sound = verified.ok() && !verified->damage;
            const bool opens = SegmentLog::open(directory_, small_log_options()).ok();
            EXPECT_EQ(sound, opens)
                << file << " byte " << at << ": "
                << (verified ? verified->damage ? verified->damage->what : "sound"
                             : verified.error().what);
            directory_.corrupt(file, 0, before);
        }
    }
}

TEST_F(Verify, ShowsATornTailWithoutCuttingIt) {
    const std::string file = segment_file_name(segments_);
    const std::vector<std::byte> before = directory_.contents(file);
    const std::string torn(70, 'x');
    overwrite(segments_, before.size() - 128, torn);
    const std::vector<std::byte> with_tail = directory_.contents(file);
    const LogFacts found = facts();
    EXPECT_FALSE(found.damage.has_value());
    ASSERT_TRUE(found.torn.has_value());
    EXPECT_EQ(found.torn->file, file);
    EXPECT_EQ(found.torn->byte + found.torn->bytes, before.size() - 128 + torn.size());
    EXPECT_EQ(found.head, head_);
    EXPECT_TRUE(directory_.contents(file) == with_tail) << "it was written to";
}

TEST_F(Verify, NamesMissingSegmentsAndHeaders) {
    const std::vector<std::byte> last = directory_.contents(segment_file_name(segments_));
    overwrite(segments_, 20, "!");
    LogFacts found = facts();
    ASSERT_TRUE(found.damage.has_value()) << "it holds records";
    EXPECT_EQ(found.damage->file, segment_file_name(segments_));
    EXPECT_EQ(found.damage->byte, 0U);
    directory_.corrupt(segment_file_name(segments_), 0, last);
    overwrite(2, 20, "!");
    found = facts();
    ASSERT_TRUE(found.damage.has_value());
    EXPECT_EQ(found.damage->file, segment_file_name(2));
    ASSERT_TRUE(directory_.remove(segment_file_name(2)).ok());
    found = facts();
    ASSERT_TRUE(found.damage.has_value());
    EXPECT_EQ(found.damage->what, "the segment is missing, but later ones exist");
}

// Chain and sequences fit; only the id tells that it is not a segment of this log.
TEST_F(Verify, SegmentOfAnotherLogIsDamage) {
    std::vector<std::byte> header = directory_.contents(segment_file_name(2));
    header.resize(kSegmentHeaderBytes);
    DecodedSegment decoded = decode_segment_header(header);
    decoded.header.log.high ^= 1;
    encode_segment_header(decoded.header, header);
    directory_.corrupt(segment_file_name(2), 0, header);
    const LogFacts found = facts();
    ASSERT_TRUE(found.damage.has_value());
    EXPECT_EQ(found.damage->file, segment_file_name(2));
    EXPECT_EQ(found.damage->byte, 0U);
    EXPECT_EQ(found.segments_read, 1U);
}

TEST_F(Verify, WhatTheTakerFindsIsDamageThere) {
    VerifyOptions options;
    options.take = [&](const BatchView& batch) -> Result<bool> {
        if (batch.first_sequence < all_[50].first_sequence) return true;
        return Error{Error::Kind::kCorrupt, "no such command"};
    };
    const LogFacts found = facts(options);
    ASSERT_TRUE(found.damage.has_value());
    EXPECT_EQ(found.damage->sequence, all_[50].first_sequence);
    EXPECT_EQ(found.damage->what, "no such command");
    EXPECT_GT(found.damage->byte, 0U);
    EXPECT_TRUE(found.damage->file.starts_with("segment-"));
}

// The power failed while the first segment's header was written.
TEST_F(Verify, AFirstSegmentThatWasNeverBegunIsNoLogYet) {
    MemoryDirectory young("young");
    {
        LogOptions options = small_log_options();
        const auto log = SegmentLog::open(young, options);
        ASSERT_TRUE(log.ok());
    }
    const std::vector<std::byte> zeros(kSegmentHeaderBytes);
    young.corrupt(segment_file_name(1), 0, zeros);
    const auto nothing = verify_log(young);
    ASSERT_FALSE(nothing.ok());
    EXPECT_EQ(nothing.error().kind, Error::Kind::kNotFound);
    EXPECT_NE(nothing.error().what.find("was prepared and never begun"), std::string::npos);
    const auto begun = SegmentLog::open(young, small_log_options());
    ASSERT_TRUE(begun.ok()) << "recovery thinks so, too";
    LogWriter writer(**begun, 1);
    ASSERT_TRUE(writer.acquire());
    ASSERT_EQ(writer.append_random(900), AppendOutcome::kOk);
    young.corrupt(segment_file_name(1), 0, zeros);
    const auto lost = verify_log(young);
    ASSERT_TRUE(lost.ok()) << lost.error().what;
    EXPECT_TRUE(lost->damage.has_value()) << "a record stands behind it";
}

TEST_F(Verify, NoLogIsNotFoundAndAnotherFormatInvalid) {
    MemoryDirectory empty("nowhere");
    EXPECT_EQ(verify_log(empty).error().kind, Error::Kind::kNotFound);
    const std::byte version{1};
    directory_.corrupt(segment_file_name(1), 8, std::span(&version, 1));
    const auto refused = verify_log(directory_);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
    EXPECT_NE(refused.error().what.find("format version 1, but this program reads 2"),
              std::string::npos);
}

}  // namespace
}  // namespace lowu::log
