// Texts behind the directories; see proxy_names.hpp.
#include "switch/follower/proxy_names.hpp"

namespace lowu::follower {

void ProxyNames::before(const core::Cell& cell, const core::Command& command) {
    replaced_ = core::ProxyReference{0};
    const auto note = [&](const Hash128& proxy, core::ParticipantIndex participant) {
        const core::ProxyRegistration* known = cell.directory().find(proxy, participant);
        if (known != nullptr) replaced_ = known->reference;
    };
    if (const auto* put = std::get_if<core::RegisterProxy>(&command)) {
        note(put->registration.proxy, put->registration.participant);
    } else if (const auto* remove = std::get_if<core::RemoveProxy>(&command)) {
        note(remove->proxy, remove->registrant);
    }
}

void ProxyNames::after(const core::Cell& cell, const journal::Entry& entry) {
    if (const auto* remove = std::get_if<core::RemoveProxy>(&entry.command)) {
        const bool gone = cell.directory().find(remove->proxy, remove->registrant) == nullptr;
        if (gone && replaced_.value != 0) texts_.erase(replaced_);
        return;
    }
    const auto* put = std::get_if<core::RegisterProxy>(&entry.command);
    if (put == nullptr) return;
    const core::ProxyRegistration* held =
        cell.directory().find(put->registration.proxy, put->registration.participant);
    if (held == nullptr || held->reference.value != entry.stamp.sequence.value) return;
    if (replaced_.value != 0) texts_.erase(replaced_);
    texts_[held->reference] = {cell.rail(),
                               held->proxy,
                               held->participant,
                               static_cast<scheme::ProxyKind>(entry.body.proxy_kind),
                               entry.body.payee_proxy,
                               entry.body.name_en,
                               entry.body.name_zh};
}

}  // namespace lowu::follower
