// ProxyBook: which proxies the directory holds for this bank's customers, and for which account
// each stands. Exists because a payment by proxy comes without an account. ResolutionBook: what the
// directory has said of other banks' customers lately, for the payments that follow. Both know only
// what the directory has confirmed. On the bank's thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/limits.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/hash.hpp"
#include "common/scheme/proxy.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/directory.pb.h"
#include "lowu/v1/types.pb.h"

namespace lowu::bank {

/// Why a proxy cannot stand in the directory of this rail; `field` is the path of the proxy.
[[nodiscard]] std::optional<CallError> check_proxy(scheme::Rail rail, const v1::Proxy& proxy,
                                                   std::string_view field);

/// Both ends of a comparison have passed check_proxy.
[[nodiscard]] Hash128 hash_of(const v1::Proxy& proxy);

/// A proxy of a customer of this bank, as the directory holds it.
struct OwnProxy {
    v1::Proxy proxy;
    CustomerId account;
    std::uint64_t reference = 0;
};

class ProxyBook {
public:
    /// nullptr when the bank has registered no such proxy. The pointer holds until the next change.
    [[nodiscard]] const OwnProxy* find(const v1::Proxy& proxy) const;
    [[nodiscard]] std::vector<const OwnProxy*> of(CustomerId customer) const;
    [[nodiscard]] std::size_t size() const { return by_hash_.size(); }

    /// One change of a proxy at a time is under way, so that the book ends as the directory does.
    /// Why none can begin now; nullopt when it has. `adds`: the book must have room for one more.
    [[nodiscard]] std::optional<CallError> begin_change(const v1::Proxy& proxy, bool adds);
    void end_change(const v1::Proxy& proxy);

    // What the directory has confirmed.
    void set(OwnProxy proxy);
    void remove(const v1::Proxy& proxy);

    /// Without the changes under way: they end with the process.
    void add_to(Digest& digest) const;

private:
    boost::unordered_flat_map<Hash128, OwnProxy, std::hash<Hash128>> by_hash_;
    boost::unordered_flat_map<std::uint32_t, std::vector<Hash128>> of_customer_;
    boost::unordered_flat_set<Hash128, std::hash<Hash128>> changing_;
};

class ResolutionBook {
public:
    /// `proxy`: as it was asked for.
    void add(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found);
    /// nullptr when this bank has not been told so lately.
    [[nodiscard]] const v1::ResolveProxyResponse* find(const v1::Proxy& proxy,
                                                       std::uint64_t reference) const;

    void add_to(Digest& digest) const;

private:
    [[nodiscard]] static Hash128 key_of(const v1::Proxy& proxy, std::uint64_t reference);

    struct Found {
        Hash128 key;
        v1::ResolveProxyResponse response;
    };

    BoundedRing<Found> found_{kMaxResolutions};
    std::uint64_t first_ = 0;  // index of the front, counting every one ever added
    boost::unordered_flat_map<Hash128, std::uint64_t, std::hash<Hash128>> by_key_;
};

}  // namespace lowu::bank
