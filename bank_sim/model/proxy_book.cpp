// Proxies as a bank knows them. See proxy_book.hpp.
#include "bank_sim/model/proxy_book.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::bank {

std::optional<CallError> check_proxy(scheme::Rail rail, const v1::Proxy& proxy,
                                     std::string_view field) {
    const auto kind = scheme::proxy_kind_from_number(proxy.kind());
    if (!kind) {
        return malformed(std::string(field) + ".kind",
                         "must be PROXY_KIND_MOBILE, PROXY_KIND_EMAIL or PROXY_KIND_FPS_ID");
    }
    if (const auto rule = scheme::check_proxy(rail, *kind, proxy.value())) {
        return malformed(std::string(field) + ".value", *rule);
    }
    return std::nullopt;
}

Hash128 hash_of(const v1::Proxy& proxy) {
    const auto kind = scheme::proxy_kind_from_number(proxy.kind());
    LOWU_ASSERT(kind.has_value(), "proxies are checked before they are looked up");
    return scheme::proxy_hash(*kind, proxy.value());
}

const OwnProxy* ProxyBook::find(const v1::Proxy& proxy) const {
    const auto found = by_hash_.find(hash_of(proxy));
    return found == by_hash_.end() ? nullptr : &found->second;
}

std::vector<const OwnProxy*> ProxyBook::of(CustomerId customer) const {
    std::vector<const OwnProxy*> proxies;
    const auto found = of_customer_.find(customer.value);
    if (found == of_customer_.end()) {
        return proxies;
    }
    for (const Hash128& hash : found->second) {
        proxies.push_back(&by_hash_.find(hash)->second);
    }
    return proxies;
}

std::optional<CallError> ProxyBook::begin_change(const v1::Proxy& proxy, bool adds) {
    if (adds && find(proxy) == nullptr && by_hash_.size() + changing_.size() >= kMaxProxies) {
        return CallError{CallError::Kind::kFull, "PROXIES_FULL", "",
                         "this bank can register no more proxies"};
    }
    if (!changing_.insert(hash_of(proxy)).second) {
        return CallError{CallError::Kind::kState, "PROXY_CHANGING", "proxy",
                         "must not be changed while another change of it is under way"};
    }
    return std::nullopt;
}

void ProxyBook::end_change(const v1::Proxy& proxy) {
    const auto ended = changing_.erase(hash_of(proxy));
    LOWU_ASSERT(ended == 1, "a change ends once");
}

void ProxyBook::set(OwnProxy proxy) {
    remove(proxy.proxy);
    const Hash128 hash = hash_of(proxy.proxy);
    of_customer_[proxy.account.value].push_back(hash);
    by_hash_.emplace(hash, std::move(proxy));
}

void ProxyBook::remove(const v1::Proxy& proxy) {
    const auto found = by_hash_.find(hash_of(proxy));
    if (found == by_hash_.end()) {
        return;
    }
    const auto owner = of_customer_.find(found->second.account.value);
    std::erase(owner->second, found->first);
    if (owner->second.empty()) {
        of_customer_.erase(owner);
    }
    by_hash_.erase(found);
}

// By hash, as the map has no order that could be relied on.
void ProxyBook::add_to(Digest& digest) const {
    std::vector<Hash128> hashes;
    hashes.reserve(by_hash_.size());
    for (const auto& [hash, proxy] : by_hash_) {
        hashes.push_back(hash);
    }
    std::sort(hashes.begin(), hashes.end());
    digest.add(hashes.size());
    for (const Hash128& hash : hashes) {
        const OwnProxy& proxy = by_hash_.find(hash)->second;
        digest.add_text(proxy.proxy.SerializeAsString());
        digest.add(proxy.account);
        digest.add(proxy.reference);
    }
}

void ResolutionBook::add_to(Digest& digest) const {
    digest.add(first_);
    for (std::size_t index = 0; index < found_.size(); ++index) {
        digest.add(found_[index].key);
        digest.add_text(found_[index].response.SerializeAsString());
    }
}

void ResolutionBook::add(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found) {
    const Hash128 key = key_of(proxy, found.payee_proxy().reference());
    if (const auto before = by_key_.find(key); before != by_key_.end()) {
        found_[static_cast<std::size_t>(before->second - first_)].response = found;
        return;
    }
    if (found_.full()) {
        by_key_.erase(found_.front().key);
        found_.pop();
        ++first_;
    }
    by_key_.emplace(key, first_ + found_.size());
    const bool added = found_.push(Found{key, found});
    LOWU_ASSERT(added, "room was made for the resolution");
}

const v1::ResolveProxyResponse* ResolutionBook::find(const v1::Proxy& proxy,
                                                     std::uint64_t reference) const {
    const auto found = by_key_.find(key_of(proxy, reference));
    return found == by_key_.end()
               ? nullptr
               : &found_[static_cast<std::size_t>(found->second - first_)].response;
}

Hash128 ResolutionBook::key_of(const v1::Proxy& proxy, std::uint64_t reference) {
    Hash128 key = hash_of(proxy);
    key.high ^= mix64(reference);
    return key;
}

}  // namespace lowu::bank
