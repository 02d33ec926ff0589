// SmallLog: a SegmentLog whose segments are small. Exists because the engine's log writer asks for
// room for the largest batch there may be, 16 MiB; tests have far smaller batches, and small
// segments roll within a run. One thread.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "common/log/segment_log.hpp"

namespace lowu::simulator {

inline constexpr std::uint32_t kSmallBatchBytes = 48 * 1024;

class SmallLog final : public log::BatchLog {
public:
    [[nodiscard]] static log::LogOptions options() {
        return log::LogOptions{.form = "fps/0+ibps/0",
                               .rules_version = 1,
                               .segment_bytes = log::segment_min_bytes(kSmallBatchBytes),
                               .max_payload_bytes = kSmallBatchBytes,
                               .missing = log::MissingLog::kCreate};
    }

    explicit SmallLog(std::unique_ptr<log::SegmentLog> log) : log_(std::move(log)) {}

    [[nodiscard]] const log::RecoveryReport& report() const { return log_->report(); }

    Result<std::uint64_t> acquire() override { return log_->acquire(); }
    [[nodiscard]] log::LogId id() const override { return log_->id(); }
    [[nodiscard]] log::LogHead head() const override { return log_->head(); }
    [[nodiscard]] log::AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                            std::uint32_t count, const Hash128& previous_hash,
                                            log::BatchBuffer& batch) override {
        return log_->append(epoch, first_sequence, count, previous_hash, batch);
    }
    [[nodiscard]] const std::optional<Error>& failure() const override { return log_->failure(); }
    Result<void> ensure_space(std::uint64_t payload_bytes) override {
        return log_->ensure_space(std::min<std::uint64_t>(payload_bytes, kSmallBatchBytes));
    }
    [[nodiscard]] bool low_on_space() const override { return log_->low_on_space(); }
    Result<std::unique_ptr<log::BatchReader>> read(std::uint64_t from_sequence) override {
        return log_->read(from_sequence);
    }
    [[nodiscard]] std::uint64_t first_sequence() const override { return log_->first_sequence(); }
    Result<void> remove_before(std::uint64_t sequence) override {
        return log_->remove_before(sequence);
    }

private:
    std::unique_ptr<log::SegmentLog> log_;
};

}  // namespace lowu::simulator
