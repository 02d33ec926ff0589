// HashLog: a log that keeps the chain of hashes and nothing else, until it is told to keep what
// comes: then what follows can be read back, as recovery from a snapshot does. Exists because a
// simulated year writes some hundred gigabytes that nobody reads. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "common/log/batch_log.hpp"

namespace lowu::simulator {

class HashLog final : public log::BatchLog {
public:
    explicit HashLog(log::LogId id) : id_(id) {}

    /// From the last batch on, which stands for a snapshot's end, everything is kept.
    void keep_from_now();
    /// And now nothing is.
    void keep_no_more() {
        kept_.clear();
        keeping_ = false;
    }

    Result<std::uint64_t> acquire() override { return ++head_.epoch; }
    [[nodiscard]] log::LogId id() const override { return id_; }
    [[nodiscard]] log::LogHead head() const override { return head_; }
    [[nodiscard]] log::AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                            std::uint32_t count, const Hash128& previous_hash,
                                            log::BatchBuffer& batch) override;
    [[nodiscard]] const std::optional<Error>& failure() const override { return failure_; }
    Result<void> ensure_space(std::uint64_t /*payload_bytes*/) override { return {}; }
    [[nodiscard]] bool low_on_space() const override { return false; }
    Result<std::unique_ptr<log::BatchReader>> read(std::uint64_t from_sequence) override;
    [[nodiscard]] std::uint64_t first_sequence() const override {
        return kept_.empty() ? head_.next_sequence : kept_.front().view.first_sequence;
    }
    Result<void> remove_before(std::uint64_t sequence) override;

private:
    struct Kept {
        log::BatchView view;  ///< Its payload is `bytes`.
        std::vector<std::byte> bytes;
    };
    class Reader;

    log::LogId id_;
    log::LogHead head_;
    log::BatchView last_;  ///< Without payload.
    std::deque<Kept> kept_;
    bool keeping_ = false;
    std::optional<Error> failure_;
};

}  // namespace lowu::simulator
