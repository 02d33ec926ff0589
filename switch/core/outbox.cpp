// Outboxes; see outbox.hpp.
#include "switch/core/outbox.hpp"

#include "common/base/assert.hpp"

namespace lowu::core {

std::uint32_t& Outbox::slots_of(OutboxKind kind) {
    if (is_reply(kind)) return replies_;
    return kind == OutboxKind::kEvent ? events_ : requests_;
}

void Outbox::append(const OutboxEntry& entry) {
    slots_of(entry.kind) += 1;
    const bool kept = entries_.push(entry);
    LOWU_ASSERT(kept, "admission keeps a slot for every message");
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
