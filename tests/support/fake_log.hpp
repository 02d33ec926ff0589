// FakeLog: a BatchLog in memory that answers as scripted. Exists so that an engine can be tested
// against a fence or an unknown outcome, which a healthy SegmentLog never gives. Hashes and epochs
// are those of a SegmentLog that was given the same batches. Used by tests on one thread; outlives
// its readers.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/assert.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/record.hpp"

namespace lowu::test {

class FakeLog final : public log::BatchLog {
public:
    struct Batch {
        log::BatchView view;  // without payload
        std::vector<std::byte> payload;
    };

    // What one append to come does. `stored` is for kUnknown: whether the batch is there after all,
    // as the next process would find.
    struct Answer {
        log::AppendOutcome outcome = log::AppendOutcome::kOk;
        bool stored = false;
    };

    // Appends take the scripted answers in order, then succeed.
    void script(Answer answer) { script_.push_back(answer); }

    // Makes ensure_space() fail and low_on_space() true, or ends that.
    void set_full(bool full) { full_ = full; }

    // Makes remove_before() fail, or ends that.
    void set_removal_fails(bool fails) { removal_fails_ = fails; }

    // As a restart of the process does: what is stored stays, an unknown outcome is forgotten, and
    // nobody owns the log.
    void restart() {
        failure_.reset();
        script_.clear();
        acquired_ = false;
    }

    [[nodiscard]] const std::vector<Batch>& batches() const { return batches_; }

    // How often append() was called.
    [[nodiscard]] std::uint64_t appends() const { return appends_; }

    Result<std::uint64_t> acquire() override {
        if (failure_) {
            return *failure_;
        }
        std::array<std::byte, log::kRecordHeaderBytes> record{};
        log::RecordHeader header{.kind = log::RecordKind::kEpoch,
                                 .epoch = head_.epoch + 1,
                                 .first_sequence = head_.next_sequence,
                                 .previous_hash = head_.hash};
        header.hash = log::seal_record(record, header);
        head_ = log::head_after(header);
        acquired_ = true;
        fenced_ = false;
        return head_.epoch;
    }

    [[nodiscard]] log::LogId id() const override { return {.high = 0xfa4e, .low = 1}; }

    [[nodiscard]] log::LogHead head() const override { return head_; }

    [[nodiscard]] log::AppendOutcome append(std::uint64_t epoch, std::uint64_t first_sequence,
                                            std::uint32_t count, const Hash128& previous_hash,
                                            log::BatchBuffer& batch) override {
        LOWU_ASSERT(count > 0, "a batch carries at least one command");
        ++appends_;
        if (failure_) {
            return log::AppendOutcome::kUnknown;
        }
        Answer answer;
        if (!script_.empty()) {
            answer = script_.front();
            script_.pop_front();
        }
        if (answer.outcome == log::AppendOutcome::kFenced || !acquired_ || epoch != head_.epoch ||
            previous_hash != head_.hash) {
            fenced_ = fenced_ || answer.outcome == log::AppendOutcome::kFenced;
            return log::AppendOutcome::kFenced;
        }
        LOWU_ASSERT(first_sequence == head_.next_sequence, "batches continue without a gap");
        const bool unknown = answer.outcome == log::AppendOutcome::kUnknown;
        if (!unknown || answer.stored) {
            store(epoch, first_sequence, count, batch);
        }
        if (unknown) {
            failure_ = Error{Error::Kind::kUnknown, "fake log: scripted unknown outcome"};
        }
        return answer.outcome;
    }

    [[nodiscard]] const std::optional<Error>& failure() const override { return failure_; }

    Result<void> ensure_space(std::uint64_t /*payload_bytes*/) override {
        if (failure_) {
            return *failure_;
        }
        if (full_) {
            return Error{Error::Kind::kExhausted, "fake log: scripted full disk"};
        }
        return {};
    }

    [[nodiscard]] bool low_on_space() const override { return full_; }

    Result<std::unique_ptr<log::BatchReader>> read(std::uint64_t from_sequence) override {
        if (from_sequence < first_sequence()) {
            return no_longer(from_sequence);
        }
        return std::unique_ptr<log::BatchReader>(std::make_unique<Reader>(*this, from_sequence));
    }

    [[nodiscard]] std::uint64_t first_sequence() const override {
        return first_ < batches_.size() ? batches_[first_].view.first_sequence
                                        : head_.next_sequence;
    }

    // Each batch stands for a segment. batches() keeps what is removed.
    Result<void> remove_before(std::uint64_t sequence) override {
        if (failure_) {
            return Error{Error::Kind::kUnknown, failure_->what};
        }
        if (!acquired_ || fenced_) {
            return Error{Error::Kind::kFenced, "fake log: not the owner"};
        }
        if (removal_fails_) {
            return Error{Error::Kind::kIo, "fake log: scripted removal"};
        }
        while (first_ + 1 < batches_.size() && batches_[first_].view.last_sequence() < sequence) {
            ++first_;
        }
        return {};
    }

private:
    class Reader final : public log::BatchReader {
    public:
        Reader(const FakeLog& log, std::uint64_t from_sequence)
            : log_(log), from_sequence_(from_sequence) {}

        Result<std::optional<log::BatchView>> read_next(
            std::uint64_t durable_through_sequence) override {
            if (next_ < log_.first_ &&
                log_.batches_[log_.first_ - 1].view.last_sequence() >= from_sequence_) {
                return log_.no_longer(log_.batches_[next_].view.first_sequence);
            }
            while (next_ < log_.batches_.size() &&
                   log_.batches_[next_].view.last_sequence() <= durable_through_sequence) {
                const log::BatchView view = view_of(log_.batches_[next_]);
                ++next_;
                if (view.last_sequence() >= from_sequence_) {
                    return std::optional<log::BatchView>(view);
                }
            }
            return std::optional<log::BatchView>();
        }

        Result<log::BatchView> read_at(std::uint64_t sequence) override {
            if (sequence < log_.first_sequence()) {
                return log_.no_longer(sequence);
            }
            for (const Batch& batch : log_.batches_) {
                if (batch.view.first_sequence <= sequence &&
                    sequence <= batch.view.last_sequence()) {
                    return view_of(batch);
                }
            }
            return Error{Error::Kind::kNotFound,
                         "fake log: sequence " + std::to_string(sequence) + " is not in the log"};
        }

    private:
        static log::BatchView view_of(const Batch& batch) {
            log::BatchView view = batch.view;
            view.payload = batch.payload;
            return view;
        }

        const FakeLog& log_;
        const std::uint64_t from_sequence_;
        std::size_t next_ = 0;
    };

    [[nodiscard]] Error no_longer(std::uint64_t sequence) const {
        return Error{Error::Kind::kNotFound, "fake log: sequence " + std::to_string(sequence) +
                                                 " is no longer in the log; the oldest is " +
                                                 std::to_string(first_sequence())};
    }

    void store(std::uint64_t epoch, std::uint64_t first_sequence, std::uint32_t count,
               log::BatchBuffer& batch) {
        log::RecordHeader header{.count = count,
                                 .epoch = epoch,
                                 .first_sequence = first_sequence,
                                 .previous_hash = head_.hash};
        header.hash = log::seal_record(batch.record(), header);
        const log::BatchView view{.epoch = epoch,
                                  .first_sequence = first_sequence,
                                  .count = count,
                                  .previous_hash = head_.hash,
                                  .hash = header.hash};
        batches_.push_back(Batch{view, {batch.payload().begin(), batch.payload().end()}});
        head_ = log::head_after(header);
    }

    log::LogHead head_;
    bool acquired_ = false;
    bool fenced_ = false;  // as scripted; appends go on as scripted
    bool full_ = false;
    bool removal_fails_ = false;
    std::size_t first_ = 0;  // of batches_, what has not been removed
    std::uint64_t appends_ = 0;
    std::optional<Error> failure_;
    std::deque<Answer> script_;
    std::vector<Batch> batches_;
};

}  // namespace lowu::test
