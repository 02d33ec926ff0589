// Reads bodies back from the log; see log_bodies.hpp.
#include "switch/engine/log_bodies.hpp"

namespace lowu::engine {

Result<journal::Body> LogBodies::load(core::Sequence sequence) {
    if (sequence < first_ || sequence > last_) {
        if (auto read = read_batch(sequence); !read.ok()) return read.error();
    }
    const auto found = bodies_.find(sequence);
    if (found == bodies_.end()) {
        return Error{Error::Kind::kCorrupt, "the log's batch does not hold its own sequence"};
    }
    return found->second;
}

Result<log::BatchView> LogBodies::find_batch(core::Sequence sequence) {
    if (sequence.value < log_.first_sequence() && older_) return older_(sequence);
    auto batch = read_in_log(sequence);
    // The follower may have let go of it just now.
    const bool gone = !batch.ok() && batch.error().kind == Error::Kind::kNotFound;
    return gone && older_ ? older_(sequence) : batch;
}

Result<log::BatchView> LogBodies::read_in_log(core::Sequence sequence) {
    if (!reader_) {
        auto reader = log_.read(sequence.value);
        if (!reader.ok()) return reader.error();
        reader_ = std::move(reader).value();
    }
    return reader_->read_at(sequence.value);
}

/// Keeps the batch's bodies: a bank that was away mostly needs neighbours.
Result<void> LogBodies::read_batch(core::Sequence sequence) {
    const auto batch = find_batch(sequence);
    if (!batch.ok()) return batch.error();
    first_ = core::Sequence{batch->first_sequence};
    last_ = core::Sequence{batch->last_sequence()};
    bodies_.clear();
    if (auto opened = records_.open(batch->payload, first_); !opened.ok()) return opened;
    journal::Entry entry;
    while (true) {
        const auto more = records_.next(entry);
        if (!more.ok()) return more.error();
        if (!*more) return {};
        if (journal::has_body(entry.command)) {
            bodies_[entry.stamp.sequence] = std::move(entry.body);
        }
    }
}

}  // namespace lowu::engine
