// The proxy directory of one rail: which bank takes payments sent to a mobile number, an e-mail
// address or an FPS identifier. On fps several banks may register one proxy and one of them is its
// default receiver; on ibps the payer names the bank. Proxies are known by their hash: what they
// say, and the masked names, are in the log under the registration's reference. Used by the cell;
// one thread.
#pragma once

#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "common/base/hash.hpp"
#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// Sequence number of the command that made or last changed a registration.
using ProxyReference = Strong<struct ProxyReferenceTag, std::uint64_t>;

/// One bank's registration of one proxy.
struct ProxyRegistration {
    Hash128 proxy;
    ProxyReference reference;
    ParticipantIndex participant;
    PartyKind holder{};
    bool default_receiver = false;
    bool cross_boundary = false;
};

class StateReader;

class ProxyDirectory {
public:
    void open(std::uint32_t proxies_max);

    /// Whether one more registration has room (a change of a known one always has).
    [[nodiscard]] bool has_room(const Hash128& proxy, ParticipantIndex participant) const;
    /// Registers, or changes; becomes the default receiver when it asks for it or is the first. A
    /// default receiver stays one until another bank takes over.
    const ProxyRegistration& put(ProxyRegistration registration, bool has_default);
    /// Takes a registration out; the oldest other one becomes the default receiver. False when
    /// there is none.
    [[nodiscard]] bool remove(const Hash128& proxy, ParticipantIndex participant, bool has_default);

    /// Null when this bank has not registered it.
    [[nodiscard]] const ProxyRegistration* find(const Hash128& proxy,
                                                ParticipantIndex participant) const;
    /// Null when nobody has.
    [[nodiscard]] const ProxyRegistration* find_default(const Hash128& proxy) const;

    void set_suspicious(const Hash128& proxy, bool suspicious);
    [[nodiscard]] bool suspicious(const Hash128& proxy) const {
        return suspicious_.contains(proxy);
    }
    [[nodiscard]] std::size_t suspicious_count() const { return suspicious_.size(); }

    [[nodiscard]] std::uint32_t size() const { return count_; }

    /// The canonical list of fields; see fields.hpp. It is opened before it is read.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.entries_, self.proxies_max_, "proxies of the directory");
        sink.list(self.free_, self.proxies_max_, "free places of the directory");
        if constexpr (Sink::kLoads) {
            std::vector<Hash128> suspicious;
            sink.list(suspicious, kMaxSuspiciousProxies, "suspicious proxies");
            self.suspicious_.insert(suspicious.begin(), suspicious.end());
        } else {
            const std::vector<Hash128> suspicious = self.suspicious_in_order();
            sink.list(suspicious, kMaxSuspiciousProxies, "suspicious proxies");
        }
    }
    void rebuild(StateReader& reader);

private:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = 0xffff'ffff;
    struct Entry {
        ProxyRegistration registration;
        Slot next = kNone;  ///< The next bank that has registered the same proxy, in order.
        bool taken = false;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.registration);
            sink(self.next);
            sink(self.taken);
        }
    };

    [[nodiscard]] Slot first(const Hash128& proxy) const;
    [[nodiscard]] Slot slot_of(const Hash128& proxy, ParticipantIndex participant) const;
    Slot add(const ProxyRegistration& registration);
    void make_default(const Hash128& proxy, Slot chosen);
    /// The set has none of its own.
    [[nodiscard]] std::vector<Hash128> suspicious_in_order() const;

    std::uint32_t proxies_max_ = 0;
    std::uint32_t count_ = 0;
    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    boost::unordered_flat_map<Hash128, Slot, std::hash<Hash128>> first_of_proxy_;
    boost::unordered_flat_set<Hash128, std::hash<Hash128>> suspicious_;
};

}  // namespace lowu::core
