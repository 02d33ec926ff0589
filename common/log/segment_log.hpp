// SegmentLog: the embedded log, a chain of preallocated segment files in one directory. Exists
// because one pwrite and one fdatasync on a zero-filled file is the cheapest durable batch there
// is. Owned by the switch's log runner; every call on that one thread, but for id(),
// first_sequence(), read() and remove_before(), which one other thread may call meanwhile:
// unlinking takes its time, and appending does not wait for it. Readers made by read() may move to
// threads of their own: they share nothing with this but the files (and the Directory, which
// outlives both).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/log/batch_log.hpp"
#include "common/log/file.hpp"
#include "common/log/record.hpp"
#include "common/log/recovery.hpp"

namespace lowu::log {

class SegmentLog final : public BatchLog {
public:
    // Locks the directory and recovers. kBusy when another holds it; kNotFound when there is no log
    // and options.missing is kRefuse; kInvalid for another form, rules or format version, or for
    // options that break their limits; kCorrupt for damage that is not a torn tail.
    static Result<std::unique_ptr<SegmentLog>> open(Directory& directory,
                                                    const LogOptions& options);

    [[nodiscard]] const RecoveryReport& report() const { return report_; }

    // The epoch is a record of its own in the chain: a former owner is then fenced by what every
    // reader verifies anyway, and the header of a segment is never written twice.
    Result<std::uint64_t> acquire() override;

    [[nodiscard]] LogId id() const override { return id_; }

    [[nodiscard]] LogHead head() const override { return head_; }

    // One pwrite, one fdatasync, no allocation; the first batch of a segment pays for the segment's
    // header too. Without a preceding ensure_space() the next segment may have to be made here.
    [[nodiscard]] AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                       std::uint32_t count, const Hash128& previous_hash,
                                       BatchBuffer& batch) override;

    [[nodiscard]] const std::optional<Error>& failure() const override { return failure_; }

    // Prepares the next segment from the moment a quarter of this one is used: each call zeroes a
    // stretch twice as long as the batch, at least 1 MiB, so that it is ready in time.
    Result<void> ensure_space(std::uint64_t payload_bytes) override;

    [[nodiscard]] bool low_on_space() const override { return space_error_.has_value(); }

    Result<std::unique_ptr<BatchReader>> read(std::uint64_t from_sequence) override;

    [[nodiscard]] std::uint64_t first_sequence() const override;

    // Whole segments, one durable removal after the other.
    Result<void> remove_before(std::uint64_t sequence) override;

private:
    enum class Ownership { kNobody, kOurs, kUnknown };

    SegmentLog(Directory& directory, LogOptions options, std::unique_ptr<DirectoryLock> lock,
               Recovered recovered);

    Result<void> write_record(std::span<std::byte> record, const RecordHeader& header);
    Result<void> make_room(std::uint64_t stride_bytes);
    Result<void> begin_segment();
    void advance_spare(std::uint64_t bytes);
    void fail(Error error);
    [[nodiscard]] std::optional<std::uint64_t> removable(std::uint64_t sequence) const;
    [[nodiscard]] bool fits(std::uint64_t stride_bytes) const;

    Directory& directory_;
    const LogOptions options_;
    const std::unique_ptr<DirectoryLock> lock_;
    LogId id_;  // set before anybody else sees this object

    std::unique_ptr<File> current_;  // null only until the first segment is begun
    std::uint64_t current_number_ = 0;
    std::uint64_t used_bytes_ = 0;
    std::unique_ptr<File> spare_;           // the next segment, ready
    std::unique_ptr<PendingFile> pending_;  // the next segment, being filled

    LogHead head_;
    std::optional<Error> failure_;      // set once: nothing is written any more
    std::optional<Error> space_error_;  // the last attempt at a spare failed
    RecoveryReport report_;

    // What remove_before() and first_sequence() share with the log's thread.
    mutable std::mutex segments_mutex_;
    std::vector<SegmentStart> segments_;  // in use, in order; the last is current_
    std::atomic<Ownership> ownership_{Ownership::kNobody};
    std::optional<Error> removal_error_;  // of remove_before()'s caller alone
};

}  // namespace lowu::log
