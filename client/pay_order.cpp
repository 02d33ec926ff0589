// Judges the command line of `lowu pay`. See pay_order.hpp.
#include "client/pay_order.hpp"

#include <random>
#include <string_view>

#include "client/bank_account.hpp"
#include "client/context.hpp"
#include "client/words.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

Result<void> take_payee_account(const PayOptions& options, PayOrder& order) {
    const auto to = parse_bank_account("--to", options.to);
    if (!to) return to.error();
    if (!options.payee_bank.empty()) {
        return usage_error("--bank", "goes with --proxy; --to names the bank itself");
    }
    order.payee_rail = to->rail;
    order.request.set_payee_agent(to->bank);
    order.request.set_payee_account(to->account);
    return {};
}

// Without a bank's name a proxy means its default receiver, which only the FPS has.
Result<void> take_proxy(const PayOptions& options, PayOrder& order) {
    order.payee_rail = scheme::Rail::kFps;
    if (!options.payee_bank.empty()) {
        const auto rail = parse_bank_code("--bank", options.payee_bank);
        if (!rail) return rail.error();
        order.payee_rail = *rail;
    } else if (is_mainland_mobile(options.proxy)) {
        return usage_error("--bank", kMainlandBankRule);
    }
    const auto proxy = parse_proxy(order.payee_rail, options.proxy_kind, options.proxy);
    if (!proxy) return proxy.error();
    order.request.set_payee_agent(options.payee_bank);
    *order.request.mutable_payee_proxy() = *proxy;
    return {};
}

Result<void> take_payee(const PayOptions& options, PayOrder& order) {
    if (options.to.empty() == options.proxy.empty()) {
        return usage_error("payee", "must be named by either --to BANK/ACCOUNT or --proxy VALUE");
    }
    if (auto taken =
            options.to.empty() ? take_proxy(options, order) : take_payee_account(options, order);
        !taken) {
        return taken;
    }
    // By proxy the payer has seen the masked name, and none is compared.
    if (options.payee_name.empty() && order.by_proxy()) return {};
    if (const auto fault = scheme::check_name(options.payee_name, scheme::Field::kPayeeName)) {
        return usage_error("--name (" + std::string(to_string(fault->field)) + ")", fault->rule);
    }
    order.request.set_payee_name(options.payee_name);
    return {};
}

// --hkd and --bill-hkd are an amount in HKD, each for its direction.
Result<void> take_hkd(std::string_view option, const std::string& text, scheme::Rail payer_rail,
                      std::string_view rule, PayOrder& order) {
    if (!order.crosses() || order.payer_rail != payer_rail) return usage_error(option, rule);
    const auto amount = parse_money(option, text);
    if (!amount) return amount.error();
    order.request.set_amount_minor(*amount);
    order.request.set_currency(v1::CURRENCY_HKD);
    order.hkd_option = option;
    return {};
}

Result<void> take_money(const PayOptions& options, PayOrder& order) {
    if (options.hkd) {
        return take_hkd("--hkd", *options.hkd, scheme::Rail::kFps,
                        "is for payments from Hong Kong to the Mainland; within Hong Kong say "
                        "--amount and --currency HKD",
                        order);
    }
    if (options.bill_hkd) {
        return take_hkd("--bill-hkd", *options.bill_hkd, scheme::Rail::kIbps,
                        "is for bills in Hong Kong that are paid from the Mainland", order);
    }
    const auto currency = money::parse_currency(options.currency);
    if (!currency) return usage_error("currency", "must be CNY or HKD");
    order.request.set_currency(*currency == money::Currency::kHkd ? v1::CURRENCY_HKD
                                                                  : v1::CURRENCY_CNY);
    if (!options.amount) {
        if (!options.quote_id.empty()) return {};  // the quote has fixed both amounts
        return usage_error("--amount", "is missing; or give --hkd, --bill-hkd or --quote");
    }
    const auto amount = parse_money("amount", *options.amount);
    if (!amount) return amount.error();
    order.request.set_amount_minor(*amount);
    if (*currency == money::Currency::kHkd && !order.crosses() &&
        order.payer_rail == scheme::Rail::kIbps) {
        return usage_error("currency", "must be CNY: the Mainland's rail settles nothing else");
    }
    return {};
}

Result<void> take_business(const PayOptions& options, PayOrder& order) {
    const auto service = parse_service_word("--service", options.service);
    if (!service) return service.error();
    const auto purpose = parse_purpose_word("--purpose", options.purpose);
    if (!purpose) return purpose.error();
    order.request.set_service(*service);
    order.request.set_purpose(*purpose);
    return {};
}

Result<void> take_texts(const PayOptions& options, PayOrder& order) {
    if (const auto fault = scheme::check_remittance_information(options.text)) {
        return usage_error(to_string(fault->field), fault->rule);
    }
    if (!options.uetr.empty() && !scheme::parse_uetr(options.uetr)) {
        return usage_error("uetr", scheme::kUetrRule);
    }
    if (!options.quote_id.empty() && !scheme::parse_uetr(options.quote_id)) {
        return usage_error("--quote", scheme::kUetrRule);
    }
    if (options.wait_ms < 1 || options.wait_ms > 60'000) {
        return usage_error("--wait-ms", "must be 1 to 60000");
    }
    order.uetr_was_given = !options.uetr.empty();
    order.request.set_remittance_information(options.text);
    order.request.set_uetr(order.uetr_was_given ? options.uetr : new_uetr());
    order.request.set_quote_id(options.quote_id);
    order.request.set_wait_ms(options.wait_ms);
    order.request.set_no_wait(options.no_wait);
    return {};
}

}  // namespace

std::string new_uetr() {
    std::random_device random;
    const auto word64 = [&random] {
        return static_cast<std::uint64_t>(random()) << 32 | static_cast<std::uint64_t>(random());
    };
    const std::uint64_t high = word64();
    return scheme::format_uetr(scheme::uetr_from_random(high, word64()));
}

Result<PayOrder> pay_order_of(const PayOptions& options) {
    const auto from = parse_bank_account("--from", options.from);
    if (!from) return from.error();
    PayOrder order;
    order.payer_rail = from->rail;
    order.request.set_bank(from->bank);
    order.request.set_payer_account(from->account);
    for (const auto take : {take_payee, take_money, take_business, take_texts}) {
        if (auto taken = take(options, order); !taken) return taken.error();
    }
    return order;
}

}  // namespace lowu::client
