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

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.rail);
        sink(self.proxy);
        sink(self.participant);
        auto number = static_cast<std::uint8_t>(self.kind);
        sink(number);
        if constexpr (Sink::kLoads) {
            const auto kind = scheme::proxy_kind_from_number(number);
            if (!kind) return sink.fail("a registered proxy is of no kind");
            self.kind = *kind;
            for (std::string* text : {&self.value, &self.name_en, &self.name_zh})
                *text = sink.text(kMaxProxyText, "a text of a proxy");
        } else {
            for (const std::string* text : {&self.value, &self.name_en, &self.name_zh})
                sink.text(*text);
        }
    }
    static constexpr std::size_t kMaxProxyText = 4'096;
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

    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        auto count = static_cast<std::uint32_t>(self.texts_.size());
        sink(count);
        if constexpr (Sink::kLoads) {
            for (std::uint32_t i = 0; i < count && sink.ok(); ++i) {
                core::ProxyReference reference;
                sink(reference);
                sink(self.texts_[reference]);
            }
        } else {
            for (const auto& [reference, texts] : self.texts_) {
                sink(reference);
                sink(texts);
            }
        }
    }

private:
    std::map<core::ProxyReference, ProxyTexts> texts_;
    core::ProxyReference replaced_;  ///< By the command at hand; 0: none.
};

}  // namespace lowu::follower
