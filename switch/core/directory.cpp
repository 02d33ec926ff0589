// The proxy directory; see directory.hpp.
#include "switch/core/directory.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "switch/core/state_io.hpp"

namespace lowu::core {

void ProxyDirectory::open(std::uint32_t proxies_max) {
    proxies_max_ = proxies_max;
    entries_.reserve(proxies_max);
    first_of_proxy_.reserve(proxies_max);
}

ProxyDirectory::Slot ProxyDirectory::first(const Hash128& proxy) const {
    const auto found = first_of_proxy_.find(proxy);
    return found == first_of_proxy_.end() ? kNone : found->second;
}

ProxyDirectory::Slot ProxyDirectory::slot_of(const Hash128& proxy,
                                             ParticipantIndex participant) const {
    Slot slot = first(proxy);
    while (slot != kNone && entries_[slot].registration.participant != participant)
        slot = entries_[slot].next;
    return slot;
}

const ProxyRegistration* ProxyDirectory::find(const Hash128& proxy,
                                              ParticipantIndex participant) const {
    const Slot slot = slot_of(proxy, participant);
    return slot == kNone ? nullptr : &entries_[slot].registration;
}

const ProxyRegistration* ProxyDirectory::find_default(const Hash128& proxy) const {
    for (Slot slot = first(proxy); slot != kNone; slot = entries_[slot].next) {
        if (entries_[slot].registration.default_receiver) return &entries_[slot].registration;
    }
    return nullptr;
}

bool ProxyDirectory::has_room(const Hash128& proxy, ParticipantIndex participant) const {
    return count_ < proxies_max_ || slot_of(proxy, participant) != kNone;
}

/// Behind the banks that have registered the same proxy.
ProxyDirectory::Slot ProxyDirectory::add(const ProxyRegistration& registration) {
    Slot slot = static_cast<Slot>(entries_.size());
    if (free_.empty()) {
        entries_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    entries_[slot] = {registration, kNone, true};
    ++count_;
    Slot last = first(registration.proxy);
    if (last == kNone) {
        first_of_proxy_.emplace(registration.proxy, slot);
        return slot;
    }
    while (entries_[last].next != kNone)
        last = entries_[last].next;
    entries_[last].next = slot;
    return slot;
}

void ProxyDirectory::make_default(const Hash128& proxy, Slot chosen) {
    for (Slot slot = first(proxy); slot != kNone; slot = entries_[slot].next)
        entries_[slot].registration.default_receiver = slot == chosen;
}

const ProxyRegistration& ProxyDirectory::put(ProxyRegistration registration, bool has_default) {
    LOWU_ASSERT(has_room(registration.proxy, registration.participant), "the caller has looked");
    const bool wanted = registration.default_receiver && has_default;
    Slot slot = slot_of(registration.proxy, registration.participant);
    if (slot == kNone) {
        registration.default_receiver = false;
        slot = add(registration);
    } else {
        registration.default_receiver = entries_[slot].registration.default_receiver;
        entries_[slot].registration = registration;
    }
    if (has_default && (wanted || find_default(registration.proxy) == nullptr)) {
        make_default(registration.proxy, slot);
    }
    return entries_[slot].registration;
}

bool ProxyDirectory::remove(const Hash128& proxy, ParticipantIndex participant, bool has_default) {
    const Slot slot = slot_of(proxy, participant);
    if (slot == kNone) return false;
    Slot before = first(proxy);
    const Slot next = entries_[slot].next;
    if (before == slot) {
        first_of_proxy_.erase(proxy);
        if (next != kNone) first_of_proxy_.emplace(proxy, next);
    } else {
        while (entries_[before].next != slot)
            before = entries_[before].next;
        entries_[before].next = next;
    }
    const bool was_default = entries_[slot].registration.default_receiver;
    entries_[slot] = {};
    free_.push_back(slot);
    --count_;
    if (has_default && was_default) make_default(proxy, first(proxy));
    return true;
}

void ProxyDirectory::set_suspicious(const Hash128& proxy, bool suspicious) {
    if (suspicious) {
        suspicious_.insert(proxy);
    } else {
        suspicious_.erase(proxy);
    }
}

std::vector<Hash128> ProxyDirectory::suspicious_in_order() const {
    std::vector<Hash128> all(suspicious_.begin(), suspicious_.end());
    std::sort(all.begin(), all.end());
    return all;
}

/// Finds the first of every chain again: the one that is nobody's next.
void ProxyDirectory::rebuild(StateReader& reader) {
    std::vector<bool> is_next(entries_.size());
    std::vector<bool> is_free(entries_.size());
    for (const Slot slot : free_) {
        if (slot >= entries_.size() || entries_[slot].taken || is_free[slot]) {
            return reader.fail("a free place of the directory is taken");
        }
        is_free[slot] = true;
    }
    for (const Entry& entry : entries_) {
        if (entry.taken) ++count_;
        if (entry.next == kNone) continue;
        if (!entry.taken || entry.next >= entries_.size() || !entries_[entry.next].taken ||
            entries_[entry.next].registration.proxy != entry.registration.proxy ||
            is_next[entry.next]) {
            return reader.fail("banks of one proxy do not follow each other");
        }
        is_next[entry.next] = true;
    }
    std::size_t reached = 0;
    for (Slot slot = 0; slot < entries_.size(); ++slot) {
        if (!entries_[slot].taken || is_next[slot]) continue;
        if (!first_of_proxy_.emplace(entries_[slot].registration.proxy, slot).second) {
            return reader.fail("a proxy is in the directory twice");
        }
        for (Slot bank = slot; bank != kNone; bank = entries_[bank].next)
            ++reached;
    }
    if (reached != count_ || count_ + free_.size() != entries_.size()) {
        reader.fail("places of the directory are lost");
    }
}

}  // namespace lowu::core
