// Outboxes; see outbox.hpp.
#include "switch/core/outbox.hpp"

#include "common/base/assert.hpp"

namespace lowu::core {

void Outbox::append(const OutboxEntry& entry) {
    (is_reply(entry.kind) ? replies_ : requests_) += 1;
    const bool kept = entries_.push(entry);
    LOWU_ASSERT(kept, "admission keeps a slot for every message");
}

bool Outbox::acknowledge(MessageNumber number) {
    if (number >= next()) return false;
    while (first_ <= number) {
        (is_reply(entries_.front().kind) ? replies_ : requests_) -= 1;
        entries_.pop();
        ++first_;
    }
    return true;
}

const OutboxEntry& Outbox::entry(MessageNumber number) const {
    LOWU_ASSERT(number >= first_ && number < next(), "the entry is kept");
    return entries_[number - first_];
}

void LinkOutbox::append(const LinkEntry& entry) {
    const bool kept = entries_.push(entry);
    LOWU_ASSERT(kept, "admission keeps a slot for every link message");
}

bool LinkOutbox::acknowledge(MessageNumber number) {
    if (number >= next()) return false;
    while (first_ <= number) {
        entries_.pop();
        ++first_;
    }
    return true;
}

const LinkEntry& LinkOutbox::entry(MessageNumber number) const {
    LOWU_ASSERT(number >= first_ && number < next(), "the entry is kept");
    return entries_[number - first_];
}

}  // namespace lowu::core
