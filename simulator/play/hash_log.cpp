// The log that keeps hashes; see hash_log.hpp.
#include "simulator/play/hash_log.hpp"

#include <algorithm>

namespace lowu::simulator {

class HashLog::Reader final : public log::BatchReader {
public:
    Reader(const HashLog& log, std::uint64_t from) : log_(log), next_(from) {}

    Result<std::optional<log::BatchView>> read_next(std::uint64_t through) override {
        if (next_ > through) return std::optional<log::BatchView>();
        auto found = read_at(next_);
        if (!found.ok()) return found.error();
        next_ = found->last_sequence() + 1;
        return std::optional(*found);
    }

    Result<log::BatchView> read_at(std::uint64_t sequence) override {
        const auto after = std::upper_bound(
            log_.kept_.begin(), log_.kept_.end(), sequence,
            [](std::uint64_t wanted, const Kept& one) { return wanted < one.view.first_sequence; });
        if (after == log_.kept_.begin() || sequence > std::prev(after)->view.last_sequence()) {
            return Error{Error::Kind::kNotFound,
                         "the simulated log does not keep sequence " + std::to_string(sequence)};
        }
        log::BatchView view = std::prev(after)->view;
        view.payload = std::prev(after)->bytes;
        return view;
    }

private:
    const HashLog& log_;
    std::uint64_t next_;
};

void HashLog::keep_from_now() {
    kept_.clear();
    keeping_ = true;
    if (last_.count > 0) kept_.push_back({last_, {}});
}

log::AppendOutcome HashLog::append(std::uint64_t epoch, std::uint64_t first_sequence,
                                   std::uint32_t count, const Hash128& previous_hash,
                                   log::BatchBuffer& batch) {
    if (epoch != head_.epoch || first_sequence != head_.next_sequence ||
        previous_hash != head_.hash) {
        return log::AppendOutcome::kFenced;
    }
    const std::uint64_t seed = mix64(mix64(previous_hash.high, previous_hash.low),
                                     mix64(first_sequence, mix64(epoch, count)));
    last_ = {epoch, first_sequence, count, previous_hash, hash128(batch.payload(), seed), {}};
    head_.hash = last_.hash;
    head_.next_sequence = first_sequence + count;
    if (keeping_) kept_.push_back({last_, {batch.payload().begin(), batch.payload().end()}});
    return log::AppendOutcome::kOk;
}

Result<std::unique_ptr<log::BatchReader>> HashLog::read(std::uint64_t from_sequence) {
    return std::unique_ptr<log::BatchReader>(std::make_unique<Reader>(*this, from_sequence));
}

Result<void> HashLog::remove_before(std::uint64_t sequence) {
    while (!kept_.empty() && kept_.front().view.last_sequence() < sequence)
        kept_.pop_front();
    return {};
}

}  // namespace lowu::simulator
