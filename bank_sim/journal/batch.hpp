// Batches of a bank process's log. BatchBuilder: where the banks' inputs are gathered, in the log's
// own buffer. BatchReader: gives the records of a batch back. Exist so that no record is copied
// twice and no batch grows beyond what the log takes. On the banks' thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "bank_sim/model/input_log.hpp"
#include "bank_sim/model/limits.hpp"
#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"

namespace lowu::banklog::v1 {
class Batch;
class Record;
}  // namespace lowu::banklog::v1

namespace lowu::bank {

/// The largest record: a call with the switch's answer to it (banklog.proto, TakeOffer, Resolved).
/// What a record has beside them is numbers and what gRPC takes as a status in words.
inline constexpr std::size_t kMaxRecordOverheadBytes = 65'536;
inline constexpr std::size_t kMaxRecordBytes =
    kMaxCallBytes + kMaxSwitchAnswerBytes + kMaxRecordOverheadBytes;
static_assert(kMaxReceivedFrameBytes + kMaxRecordOverheadBytes <= kMaxRecordBytes,
              "a frame of the switch is a record, too");

/// The largest payload of a batch.
inline constexpr std::uint32_t kMaxBatchBytes = 8U << 20U;

/// A batch that has gathered so much is closed, and what comes next begins another.
inline constexpr std::size_t kFullBatchBytes = std::size_t{1} << 20U;
static_assert(kFullBatchBytes + kMaxRecordBytes <= kMaxBatchBytes,
              "a batch that is not full has room for any record");

/// A batch on its way to the log.
struct SealedBatch {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    log::BatchBuffer buffer{0};

    [[nodiscard]] std::uint64_t last() const { return first + count - 1; }
};

class BatchBuilder final : public InputSink {
public:
    /// `next`: the sequence number of the first record.
    explicit BatchBuilder(std::uint64_t next) : next_(next) {}

    void take(const banklog::v1::Record& record) override;

    [[nodiscard]] bool empty() const { return gathering_.count == 0 && full_.empty(); }
    /// More than one batch waits: whoever can wait should.
    [[nodiscard]] bool full() const {
        return !full_.empty() || gathering_.buffer.payload_bytes() >= kFullBatchBytes;
    }

    /// Swaps the oldest batch into `batch`, whose memory is used again; not when empty(). True when
    /// it was the last: everything taken so far is in it or before it.
    [[nodiscard]] bool seal(SealedBatch& batch);

private:
    SealedBatch gathering_;
    std::deque<SealedBatch> full_;  // older than gathering_; bounded by what one turn takes up
    std::uint64_t next_;
};

class BatchReader {
public:
    BatchReader();
    ~BatchReader();

    /// The records of a payload, until the next call. kCorrupt when it is no batch of so many.
    [[nodiscard]] Result<const banklog::v1::Batch*> read(const log::BatchView& view);

private:
    std::unique_ptr<banklog::v1::Batch> batch_;
};

}  // namespace lowu::bank
