// The writer of the embedded log: see segment_log.hpp.
#include "common/log/segment_log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/assert.hpp"
#include "common/base/crash_step.hpp"
#include "common/log/log_reader.hpp"
#include "common/log/segment.hpp"

namespace lowu::log {
namespace {

constexpr std::uint64_t kSpareStepMinBytes = 1024ULL * 1024;

// With steps twice the batch, a spare is ready after half a segment's worth of batches; it is begun
// with three quarters of the segment left.
constexpr std::uint64_t kSpareStepBatches = 2;
constexpr std::uint64_t kSpareBeginsAfterFraction = 4;

Result<void> check_options(const LogOptions& options) {
    if (options.form.empty() || options.form.size() > kFormIdMaxBytes) {
        return Error{Error::Kind::kInvalid,
                     "the log's form id has " + std::to_string(options.form.size()) +
                         " bytes; it must have 1 to " + std::to_string(kFormIdMaxBytes)};
    }
    const std::uint64_t least = segment_min_bytes(options.max_payload_bytes);
    if (options.segment_bytes < least || options.segment_bytes > kSegmentMaxBytes) {
        return Error{Error::Kind::kInvalid,
                     "segment_bytes is " + std::to_string(options.segment_bytes) +
                         "; with batches of up to " + std::to_string(options.max_payload_bytes) +
                         " bytes it must be " + std::to_string(least) + " to " +
                         std::to_string(kSegmentMaxBytes)};
    }
    return {};
}

}  // namespace

SegmentLog::SegmentLog(Directory& directory, LogOptions options,
                       std::unique_ptr<DirectoryLock> lock, Recovered recovered)
    : directory_(directory),
      options_(std::move(options)),
      lock_(std::move(lock)),
      id_(recovered.report.id),
      current_(std::move(recovered.current)),
      current_number_(recovered.current_number),
      used_bytes_(recovered.used_bytes),
      spare_(std::move(recovered.spare)),
      head_(recovered.report.head),
      report_(std::move(recovered.report)),
      segments_(std::move(recovered.segments)) {}

Result<std::unique_ptr<SegmentLog>> SegmentLog::open(Directory& directory,
                                                     const LogOptions& options) {
    if (Result<void> sound = check_options(options); !sound) {
        return std::move(sound).error();
    }
    Result<std::unique_ptr<DirectoryLock>> lock = directory.lock();
    if (!lock) {
        return std::move(lock).error();
    }
    Result<Recovered> recovered = recover(directory, options);
    if (!recovered) {
        return std::move(recovered).error();
    }
    const bool empty = recovered->current == nullptr;
    if (empty && options.missing == MissingLog::kRefuse) {
        return Error{Error::Kind::kNotFound, std::string(directory.name()) +
                                                 ": there is no log; name the directory that one "
                                                 "was written to"};
    }
    if (empty) {
        const Result<Hash128> id = directory.new_id();
        if (!id) {
            return id.error();
        }
        recovered->report.id = *id;
    }
    std::unique_ptr<SegmentLog> log(
        new SegmentLog(directory, options, std::move(*lock), std::move(*recovered)));
    if (empty) {
        if (Result<void> begun = log->begin_segment(); !begun) {
            return std::move(begun).error();
        }
        log->report_.created = true;
        log->report_.segments = 1;
    }
    return log;
}

Result<std::uint64_t> SegmentLog::acquire() {
    if (failure_) {
        return *failure_;
    }
    std::array<std::byte, kRecordHeaderBytes> record{};
    const RecordHeader header{.kind = RecordKind::kEpoch,
                              .epoch = head_.epoch + 1,
                              .first_sequence = head_.next_sequence,
                              .previous_hash = head_.hash};
    if (Result<void> written = write_record(record, header); !written) {
        fail(std::move(written).error());
        return *failure_;
    }
    ownership_.store(Ownership::kOurs);
    return head_.epoch;
}

AppendOutcome SegmentLog::append(std::uint64_t epoch, std::uint64_t first_sequence,
                                 std::uint32_t count, const Hash128& previous_hash,
                                 BatchBuffer& batch) {
    LOWU_ASSERT(count > 0, "a batch carries at least one command");
    LOWU_ASSERT(batch.payload_bytes() <= options_.max_payload_bytes,
                "a batch is closed before it exceeds max_payload_bytes");
    if (failure_) {
        return AppendOutcome::kUnknown;
    }
    if (ownership_.load() != Ownership::kOurs || epoch != head_.epoch ||
        previous_hash != head_.hash) {
        return AppendOutcome::kFenced;
    }
    LOWU_ASSERT(first_sequence == head_.next_sequence, "batches continue without a gap");
    const RecordHeader header{.kind = RecordKind::kBatch,
                              .count = count,
                              .epoch = epoch,
                              .first_sequence = first_sequence,
                              .previous_hash = previous_hash};
    if (Result<void> written = write_record(batch.record(), header); !written) {
        fail(std::move(written).error());
        return AppendOutcome::kUnknown;
    }
    return AppendOutcome::kOk;
}

void SegmentLog::fail(Error error) {
    failure_ = std::move(error);
    ownership_.store(Ownership::kUnknown);
}

Result<void> SegmentLog::write_record(std::span<std::byte> record, const RecordHeader& header) {
    const std::uint64_t stride = record_stride_bytes(record.size() - kRecordHeaderBytes);
    if (Result<void> room = make_room(stride); !room) {
        return room;
    }
    RecordHeader stored = header;
    stored.hash = seal_record(record, header);
    // The padding is not written: the file is zero there.
    if (Result<void> written = current_->pwrite(used_bytes_, record); !written) {
        return written;
    }
    crash_step(CrashStep::kBatchWritten);
    if (Result<void> synced = current_->datasync(); !synced) {
        return synced;
    }
    used_bytes_ += stride;
    head_ = head_after(stored);
    return {};
}

bool SegmentLog::fits(std::uint64_t stride_bytes) const {
    return used_bytes_ + stride_bytes <= current_->size();
}

Result<void> SegmentLog::make_room(std::uint64_t stride_bytes) {
    if (fits(stride_bytes)) {
        return {};
    }
    return begin_segment();
}

// The header is durable before the first record is written, so that a segment without a header
// cannot hold anything acknowledged.
Result<void> SegmentLog::begin_segment() {
    while (spare_ == nullptr) {
        advance_spare(options_.segment_bytes);
        if (space_error_) {
            return *space_error_;
        }
    }
    std::vector<std::byte> block(kSegmentHeaderBytes);
    encode_segment_header(SegmentHeader{.form = options_.form,
                                        .rules_version = options_.rules_version,
                                        .number = current_number_ + 1,
                                        .segment_bytes = spare_->size(),
                                        .log = id_,
                                        .start = head_},
                          block);
    if (Result<void> written = spare_->pwrite(0, block); !written) {
        return written;
    }
    if (Result<void> synced = spare_->datasync(); !synced) {
        return synced;
    }
    current_ = std::move(spare_);
    ++current_number_;
    used_bytes_ = kSegmentHeaderBytes;
    {
        const std::lock_guard guard(segments_mutex_);
        segments_.push_back({current_number_, head_.next_sequence});
    }
    crash_step(CrashStep::kSegmentBegun);
    return {};
}

Result<void> SegmentLog::ensure_space(std::uint64_t payload_bytes) {
    LOWU_ASSERT(payload_bytes <= options_.max_payload_bytes, "no batch is larger than that");
    if (failure_) {
        return *failure_;
    }
    const std::uint64_t stride = record_stride_bytes(payload_bytes);
    if (spare_ == nullptr && used_bytes_ >= current_->size() / kSpareBeginsAfterFraction) {
        advance_spare(std::max(kSpareStepMinBytes, kSpareStepBatches * stride));
    }
    while (!fits(stride) && spare_ == nullptr) {
        advance_spare(options_.segment_bytes);
        if (space_error_) {
            return *space_error_;
        }
    }
    return {};
}

// A step towards the next segment. A failure gives the half-filled file back to the file system, is
// kept in space_error_, and the next call begins anew.
void SegmentLog::advance_spare(std::uint64_t bytes) {
    space_error_.reset();
    if (pending_ == nullptr) {
        Result<std::unique_ptr<PendingFile>> begun =
            directory_.begin_create(segment_file_name(current_number_ + 1), options_.segment_bytes);
        if (!begun) {
            space_error_ = std::move(begun).error();
            return;
        }
        pending_ = std::move(*begun);
    }
    Result<bool> filled = pending_->advance(bytes);
    if (!filled) {
        space_error_ = std::move(filled).error();
        pending_.reset();
        return;
    }
    if (!*filled) {
        return;
    }
    Result<std::unique_ptr<File>> finished = pending_->finish();
    pending_.reset();
    if (!finished) {
        space_error_ = std::move(finished).error();
        return;
    }
    spare_ = std::move(*finished);
}

Result<std::unique_ptr<BatchReader>> SegmentLog::read(std::uint64_t from_sequence) {
    Result<std::unique_ptr<LogReader>> reader = LogReader::open(directory_, from_sequence);
    if (!reader) {
        return std::move(reader).error();
    }
    return std::unique_ptr<BatchReader>(std::move(*reader));
}

std::uint64_t SegmentLog::first_sequence() const {
    const std::lock_guard guard(segments_mutex_);
    return segments_.front().first_sequence;
}

// The oldest segment's number, when the one after it begins at or before `sequence`.
std::optional<std::uint64_t> SegmentLog::removable(std::uint64_t sequence) const {
    const std::lock_guard guard(segments_mutex_);
    if (segments_.size() < 2 || segments_[1].first_sequence > sequence) {
        return std::nullopt;
    }
    return segments_.front().number;
}

// Each removal is durable before the next begins, so whatever interrupts this, no segment is left
// with a gap behind it.
Result<void> SegmentLog::remove_before(std::uint64_t sequence) {
    switch (ownership_.load()) {
        case Ownership::kNobody:
            return Error{Error::Kind::kFenced, std::string(directory_.name()) +
                                                   ": only the log's owner removes segments"};
        case Ownership::kUnknown:
            return Error{Error::Kind::kUnknown,
                         std::string(directory_.name()) +
                             ": nothing is removed after a write whose outcome is unknown"};
        case Ownership::kOurs:
            break;
    }
    if (removal_error_) {
        return *removal_error_;
    }
    while (const std::optional<std::uint64_t> number = removable(sequence)) {
        if (Result<void> removed = directory_.remove(segment_file_name(*number)); !removed) {
            removal_error_ = std::move(removed).error();
            return *removal_error_;
        }
        {
            const std::lock_guard guard(segments_mutex_);
            segments_.erase(segments_.begin());
        }
        crash_step(CrashStep::kSegmentsRemoved);
    }
    return {};
}

}  // namespace lowu::log
