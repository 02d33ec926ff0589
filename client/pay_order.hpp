// What `lowu pay` was asked for, judged and turned into a request. Exists apart from the command so
// that the rules of the command line can be tested without a process. Pure, but for the random
// UETR; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::client {

// As typed; empty or absent: not given.
struct PayOptions {
    std::string from;
    std::string to;
    std::string proxy;
    std::string proxy_kind;
    std::string payee_bank;
    std::string payee_name;
    std::optional<std::string> amount;
    std::optional<std::string> hkd;
    std::optional<std::string> bill_hkd;
    std::string currency = "CNY";
    std::string quote_id;
    std::string service;
    std::string purpose;
    std::string text;
    std::string uetr;
    std::int32_t wait_ms = 30'000;
    bool wait_credit = false;
    bool no_wait = false;
    bool yes = false;
};

struct PayOrder {
    // Complete but for what a look-up of the proxy and a quote add.
    v1::SendRemittanceRequest request;
    scheme::Rail payer_rail = scheme::Rail::kFps;
    scheme::Rail payee_rail = scheme::Rail::kFps;
    bool uetr_was_given = false;
    std::string_view hkd_option = "currency";  // which option says that it is HKD, for errors

    [[nodiscard]] bool crosses() const { return payer_rail != payee_rail; }
    [[nodiscard]] bool by_proxy() const { return request.has_payee_proxy(); }
    // An amount in HKD that crosses the boundary is fixed by a quote; ask for one unless it is
    // there.
    [[nodiscard]] bool names_hkd() const {
        return crosses() && request.currency() == v1::CURRENCY_HKD && request.quote_id().empty();
    }
    // Whether an HKD account would need a quote for this: look what currency the payer's account
    // has.
    [[nodiscard]] bool may_pay_from_hkd() const {
        return crosses() && payer_rail == scheme::Rail::kFps && request.quote_id().empty();
    }
};

// The client names a payment itself, so that a call whose answer got lost can be repeated.
[[nodiscard]] std::string new_uetr();

// kInvalid names the option or field and its rule.
[[nodiscard]] Result<PayOrder> pay_order_of(const PayOptions& options);

}  // namespace lowu::client
