// The proxy directory; see directory.hpp.
#include "switch/core/directory.hpp"

#include "common/base/assert.hpp"

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
    const bool changed =
        suspicious ? suspicious_.insert(proxy).second : suspicious_.erase(proxy) > 0;
    if (!changed) return;
    suspicious_sum_.high ^= proxy.high;
    suspicious_sum_.low ^= proxy.low;
}

void ProxyDirectory::digest(Digest& digest) const {
    for (const Entry& entry : entries_) {
        digest.add(entry.taken);
        digest.add(entry.next);
        digest.add(entry.registration.proxy);
        digest.add(entry.registration.reference);
        digest.add(entry.registration.participant);
        digest.add(entry.registration.holder);
        digest.add(entry.registration.default_receiver);
        digest.add(entry.registration.cross_boundary);
    }
    digest.add(suspicious_.size());
    digest.add(suspicious_sum_);
}

}  // namespace lowu::core
