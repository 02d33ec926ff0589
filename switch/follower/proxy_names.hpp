// What proxies say and whom they show: the texts behind the directories' registrations, which cells
// know by hash and reference only. Read model of the follower, on its thread.
#pragma once

#include <map>
#include <string>

#include "common/scheme/proxy.hpp"
#include "switch/core/cell.hpp"
#include "switch/journal/record.hpp"

namespace lowu::follower {

/// One registration in words.
struct ProxyTexts {
    core::Rail rail{};
    Hash128 proxy;
    core::ParticipantIndex participant;
    scheme::ProxyKind kind{};
    std::string value;    ///< As typed.
    std::string name_en;  ///< Masked.
    std::string name_zh;
};

class ProxyNames {
public:
    /// Looks at a command before the cell takes it: what it replaces is forgotten.
    void before(const core::Cell& cell, const core::Command& command);
    /// And after: what the directory holds now is remembered.
    void after(const core::Cell& cell, const journal::Entry& entry);

    /// Null when no registration has this reference.
    [[nodiscard]] const ProxyTexts* find(core::ProxyReference reference) const {
        const auto found = texts_.find(reference);
        return found == texts_.end() ? nullptr : &found->second;
    }
    /// By reference, which is the order of registration.
    [[nodiscard]] const std::map<core::ProxyReference, ProxyTexts>& all() const { return texts_; }

private:
    std::map<core::ProxyReference, ProxyTexts> texts_;
    core::ProxyReference replaced_;  ///< By the command at hand; 0: none.
};

}  // namespace lowu::follower
