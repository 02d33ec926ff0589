// What a bank asks the directory and what it makes of the answers. Part of Bank.
#include <utility>
#include <variant>

#include "bank_sim/model/bank.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/masked_name.hpp"
#include "common/scheme/party.hpp"

namespace lowu::bank {
namespace {

// What payers see before they confirm. An institution is public, a person is not.
void write_names(const Customer& customer, v1::ProxyRegistration& registration) {
    const bool person = customer.holder == scheme::PartyKind::kPerson;
    registration.set_display_name_en(person ? scheme::mask_name_latin(customer.name_en)
                                            : customer.name_en);
    registration.set_display_name_zh(person ? scheme::mask_name_chinese(customer.name_zh)
                                            : customer.name_zh);
}

}  // namespace

Outcome<const OutgoingRemittance*> Bank::refuse_unresolved(
    const v1::SendRemittanceRequest& request, ElapsedTime now, std::string_view why,
    std::optional<ElapsedTime> scheduled_at) {
    const auto given = scheme::parse_uetr(request.uetr());
    const bool known = given && payer_side_.find(*given) != nullptr;
    auto refused =
        payer_side_.refuse_unresolved(request, next_uetr(), moment(now), why, scheduled_at);
    if (!known && std::holds_alternative<const OutgoingRemittance*>(refused)) {
        static_cast<void>(fresh_uetr());
        inputs_.refuse_unresolved(now, request, why, scheduled_at);
    }
    return refused;
}

Outcome<std::optional<v1::ResolveProxyRequest>> Bank::lookup_for(
    const v1::SendRemittanceRequest& request, ElapsedTime now) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    return payer_side_.lookup_for(request, moment(now));
}

Outcome<v1::ResolveProxyRequest> Bank::lookup_for(const v1::ResolvePayeeRequest& request,
                                                  ElapsedTime now) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    return payer_side_.lookup_for(request, moment(now));
}

Outcome<v1::RegisterProxyRequest> Bank::register_proxy(
    const v1::RegisterAccountProxyRequest& request) {
    if (const auto rule = scheme::check_account(request.account())) {
        return malformed("account", *rule);
    }
    if (auto error = check_proxy(options_.rail, request.proxy(), "proxy")) {
        return *std::move(error);
    }
    if (request.default_receiver() && options_.rail != scheme::Rail::kFps) {
        return malformed("default_receiver", "must be false: on the Mainland there is none");
    }
    const auto account = books_.find(request.account());
    if (!account) {
        return CallError{CallError::Kind::kNotFound, "NO_SUCH_ACCOUNT", "account",
                         "must be an account of this bank"};
    }
    if (auto error = proxies_.begin_change(request.proxy(), true)) {
        return *std::move(error);
    }
    const Customer& customer = books_.customer(*account);
    v1::RegisterProxyRequest asked;
    v1::ProxyRegistration& registration = *asked.mutable_registration();
    *registration.mutable_proxy() = request.proxy();
    registration.set_participant(options_.code);
    registration.set_default_receiver(request.default_receiver());
    registration.set_cross_boundary(!request.no_cross_boundary());
    registration.set_holder(static_cast<v1::PartyKind>(customer.holder));
    write_names(customer, registration);
    return asked;
}

Outcome<v1::RemoveProxyRequest> Bank::remove_proxy(const v1::RemoveAccountProxyRequest& request) {
    if (auto error = check_proxy(options_.rail, request.proxy(), "proxy")) {
        return *std::move(error);
    }
    if (auto error = proxies_.begin_change(request.proxy(), false)) {
        return *std::move(error);
    }
    v1::RemoveProxyRequest asked;
    asked.set_participant(options_.code);
    *asked.mutable_proxy() = request.proxy();
    return asked;
}

void Bank::registered(const v1::RegisterAccountProxyRequest& request,
                      const v1::ProxyRegistration& held) {
    proxies_.end_change(request.proxy());
    hold_proxy(request.account(), request.proxy(), held.reference());
}

void Bank::removed(const v1::Proxy& proxy) {
    proxies_.end_change(proxy);
    drop_proxy(proxy);
}

void Bank::hold_proxy(const std::string& account, const v1::Proxy& proxy, std::uint64_t reference) {
    if (const auto customer = books_.find(account)) {
        proxies_.set({proxy, *customer, reference});
    }
    no_longer_want(proxy);
    inputs_.hold_proxy(account, proxy, reference);
}

void Bank::drop_proxy(const v1::Proxy& proxy) {
    proxies_.remove(proxy);
    no_longer_want(proxy);
    inputs_.drop_proxy(proxy);
}

void Bank::take_resolution(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found) {
    resolutions_.add(proxy, found);
    inputs_.resolved(proxy, found);
}

std::optional<CallError> Bank::want_proxy(const v1::RegisterAccountProxyRequest& request) {
    if (auto error = check_proxy(options_.rail, request.proxy(), "proxy")) {
        return error;
    }
    const Hash128 hash = hash_of(request.proxy());
    if (!configured_proxies_.insert(hash).second) {
        return std::nullopt;
    }
    const std::uint64_t order = configured_proxies_.size();
    wanted_proxies_.emplace(order, request);
    wanted_order_.emplace(hash, order);
    inputs_.want_proxy(request);
    return std::nullopt;
}

void Bank::no_longer_want(const v1::Proxy& proxy) {
    const auto found = wanted_order_.find(hash_of(proxy));
    if (found != wanted_order_.end()) {
        wanted_proxies_.erase(found->second);
        wanted_order_.erase(found);
    }
}

std::vector<v1::RegisterAccountProxyRequest> Bank::wanted_proxies() const {
    std::vector<v1::RegisterAccountProxyRequest> wanted;
    wanted.reserve(wanted_proxies_.size());
    for (const auto& [order, request] : wanted_proxies_) {
        wanted.push_back(request);
    }
    return wanted;
}

}  // namespace lowu::bank
