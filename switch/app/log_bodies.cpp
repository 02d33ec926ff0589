// Reads bodies back from the log; see log_bodies.hpp.
#include "switch/app/log_bodies.hpp"

namespace lowu::app {

Result<journal::Body> LogBodies::load(core::Sequence sequence) {
    if (!reader_) {
        auto reader = log_.read(1);
        if (!reader.ok()) return reader.error();
        reader_ = std::move(reader).value();
    }
    const auto batch = reader_->read_at(sequence.value);
    if (!batch.ok()) return batch.error();
    if (auto opened = records_.open(batch->payload, core::Sequence{batch->first_sequence});
        !opened.ok()) {
        return opened.error();
    }
    journal::Entry entry;
    while (true) {
        const auto more = records_.next(entry);
        if (!more.ok()) return more.error();
        if (!*more) break;
        if (entry.stamp.sequence == sequence) return std::move(entry.body);
    }
    return Error{Error::Kind::kCorrupt, "the log's batch does not hold its own sequence"};
}

}  // namespace lowu::app
