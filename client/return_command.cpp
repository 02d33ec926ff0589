// lowu return: the payee's bank sends a settled payment back. Called through commands.hpp; main
// thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/pay_order.hpp"
#include "client/pay_text.hpp"
#include "client/words.hpp"
#include "common/scheme/return_reason.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

struct ReturnOptions {
    std::string bank;
    std::string original;
    std::string amount;
    std::string reason = "MD06";
    std::string uetr;
    std::int32_t wait_ms = 30'000;
};

std::string reason_rule() {
    std::string codes;
    for (const scheme::ReturnReason reason : scheme::kReturnReasons) {
        codes += (codes.empty() ? "" : ", ") + std::string(to_string(reason));
    }
    return "must be one of " + codes;
}

Result<v1::ReturnPaymentRequest> request_of(const ReturnOptions& options) {
    v1::ReturnPaymentRequest request;
    if (!scheme::parse_uetr(options.original)) return usage_error("uetr", scheme::kUetrRule);
    if (!options.uetr.empty() && !scheme::parse_uetr(options.uetr)) {
        return usage_error("--uetr", scheme::kUetrRule);
    }
    if (!scheme::parse_return_reason(options.reason)) {
        return usage_error("--reason", reason_rule());
    }
    if (options.wait_ms < 1 || options.wait_ms > 60'000) {
        return usage_error("--wait-ms", "must be 1 to 60000");
    }
    if (!options.amount.empty()) {
        const auto amount = parse_money("--amount", options.amount);
        if (!amount) return amount.error();
        request.set_amount_minor(*amount);
    }
    request.set_bank(options.bank);
    request.set_original_uetr(options.original);
    request.set_reason_code(options.reason);
    request.set_uetr(options.uetr.empty() ? new_uetr() : options.uetr);
    request.set_wait_ms(options.wait_ms);
    return request;
}

ExitCode send_back(const Context& context, const ReturnOptions& options) {
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return fail(context, rail.error());
    const auto request = request_of(options);
    if (!request) return fail(context, request.error());
    const Network network(context.addresses);
    const auto sent = network.banks_of(*rail).send_back(*request);
    if (!sent) {
        Error error = sent.error();
        if (error.kind == Error::Kind::kUnknown || error.kind == Error::Kind::kUnavailable) {
            error.what += "; if it was sent nevertheless, a repeat with --uetr " + request->uetr() +
                          " finds it and sends back once";
        }
        return fail(context, error);
    }
    if (context.json) {
        print_json(to_json(*sent));
    } else {
        std::cout << remittance_text(*sent);
    }
    if (sent->status() == v1::PAYMENT_STATUS_RJCT) return ExitCode::kRefused;
    return sent->status() == v1::PAYMENT_STATUS_ACSC ? ExitCode::kDone : ExitCode::kPending;
}

}  // namespace

void add_return(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "return", "Sends a settled payment back, in whole or in part, from the payee's account");
    const auto options = std::make_shared<ReturnOptions>();
    command->add_option("bank", options->bank, "Code of the payee's bank")->required();
    command->add_option("uetr", options->original, "The payment to send back")->required();
    command->add_option("--amount", options->amount,
                        "In the payment's currency; default: what is left of it");
    command->add_option("--reason", options->reason, "Why, ISO 20022: " + reason_rule().substr(15))
        ->capture_default_str();
    command->add_option("--uetr", options->uetr,
                        "The return's own identity, a version 4 UUID; default: a new one");
    command->add_option("--wait-ms", options->wait_ms, "Wait so long for the end")
        ->capture_default_str();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(
        *command,
        "The original stays settled: the return is a payment of its own, the other way, under "
        "neither\nquota nor hours. A person's quota is given back, in proportion.\n\n"
        "Exit codes as of 'lowu pay'.\n\n"
        "Example:\n  lowu return 102100099996 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33 --amount "
        "5.00");
    command->callback([&context, options] {
        context.run = [&context, options] { return send_back(context, *options); };
    });
}

}  // namespace lowu::client
