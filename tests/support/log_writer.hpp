// LogWriter: a small owner of a BatchLog for tests: numbers the batches, fills them from a seed,
// and remembers what was acknowledged. Exists so that tests of the log speak of batches only. One
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/prng.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/recovery.hpp"

namespace lowu::test {

// 256 KiB at most in memory: small segments, so that tests roll often.
inline log::LogOptions small_log_options() {
    return log::LogOptions{.form = "fps/0+ibps/0",
                           .rules_version = 1,
                           .segment_bytes = 16 * 1024,
                           .max_payload_bytes = 4096,
                           .missing = log::MissingLog::kCreate};
}

struct WrittenBatch {
    std::uint64_t epoch = 0;
    std::uint64_t first_sequence = 0;
    std::uint32_t count = 0;
    std::vector<std::byte> payload;

    friend bool operator==(const WrittenBatch&, const WrittenBatch&) = default;
};

inline WrittenBatch written(const log::BatchView& view) {
    return WrittenBatch{
        view.epoch, view.first_sequence, view.count, {view.payload.begin(), view.payload.end()}};
}

// No byte is zero, so that every byte that is torn off shows.
inline std::vector<std::byte> random_payload(Prng& prng, std::size_t bytes) {
    std::vector<std::byte> payload(bytes);
    for (std::byte& byte : payload) {
        byte = static_cast<std::byte>(1 + prng.below(255));
    }
    return payload;
}

class LogWriter {
public:
    LogWriter(log::BatchLog& log, std::uint64_t seed) : log_(log), prng_(seed) {}

    // False when the log refused.
    bool acquire() {
        const Result<std::uint64_t> epoch = log_.acquire();
        epoch_ = epoch ? *epoch : 0;
        return epoch.ok();
    }

    log::AppendOutcome append(std::uint32_t count, std::vector<std::byte> payload) {
        const log::LogHead head = log_.head();
        attempted_ = WrittenBatch{epoch_, head.next_sequence, count, std::move(payload)};
        buffer_.clear();
        buffer_.append(attempted_.payload);
        const log::AppendOutcome outcome =
            log_.append(epoch_, head.next_sequence, count, head.hash, buffer_);
        if (outcome == log::AppendOutcome::kOk) {
            acknowledged_.push_back(attempted_);
        }
        return outcome;
    }

    // 1 to 9 commands, 0 to `max_bytes` bytes.
    log::AppendOutcome append_random(std::uint64_t max_bytes) {
        const auto count = static_cast<std::uint32_t>(1 + prng_.below(9));
        const auto bytes = static_cast<std::size_t>(prng_.below(max_bytes + 1));
        return append(count, random_payload(prng_, bytes));
    }

    [[nodiscard]] const std::vector<WrittenBatch>& acknowledged() const { return acknowledged_; }
    [[nodiscard]] const WrittenBatch& attempted() const { return attempted_; }
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] std::uint64_t durable_through() const { return log_.head().next_sequence - 1; }

private:
    log::BatchLog& log_;
    Prng prng_;
    log::BatchBuffer buffer_;
    std::uint64_t epoch_ = 0;
    std::vector<WrittenBatch> acknowledged_;
    WrittenBatch attempted_;
};

// Everything from `from_sequence` through `durable_through`, or the error that stopped it.
inline Result<std::vector<WrittenBatch>> read_all(log::BatchLog& log, std::uint64_t from_sequence,
                                                  std::uint64_t durable_through) {
    Result<std::unique_ptr<log::BatchReader>> reader = log.read(from_sequence);
    if (!reader) {
        return std::move(reader).error();
    }
    std::vector<WrittenBatch> batches;
    for (;;) {
        Result<std::optional<log::BatchView>> next = (*reader)->read_next(durable_through);
        if (!next) {
            return std::move(next).error();
        }
        if (!*next) {
            return batches;
        }
        batches.push_back(written(**next));
    }
}

}  // namespace lowu::test
