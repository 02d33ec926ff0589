// lowu pay: sends a remittance from one bank's customer to another's across the border, and says
// how it ended. Called through commands.hpp; main thread.
#include <iostream>
#include <memory>
#include <optional>
#include <random>

#include "client/bank_account.hpp"
#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/timeline.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/names.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

constexpr const char* kExamples =
    "--from and --to are BANK/ACCOUNT: a clearing code of 3 characters (Hong Kong) or an IBPS "
    "code\n"
    "of 12 digits (Mainland), then the account. 'lowu accounts' lists what there is.\n"
    "\n"
    "Exit codes:\n"
    "  0  ACSC: settled (with --wait-credit: and the payee has the money)\n"
    "  1  could not be done: no connection, payer's account not found, ...\n"
    "  2  the command line or a field breaks a rule\n"
    "  3  RJCT: refused, final, nothing moved\n"
    "  4  ACSP: pending, or settled and not credited in time; ask with 'lowu get'\n"
    "\n"
    "Example:\n"
    "  lowu pay --from 012/012-875-10001 --to 102100099996/6222020200010001 --name 张伟 "
    "--amount 12.50\n"
    "  A repeat with the same --uetr returns the first payment and moves nothing.";

struct PayOptions {
    std::string from;
    std::string to;
    std::string payee_name;
    std::string amount;
    std::string currency = "CNY";
    std::string text;
    std::string uetr;
    std::int32_t wait_ms = 30'000;
    bool wait_credit = false;
    bool no_wait = false;
};

struct Order {
    v1::SendRemittanceRequest request;
    scheme::Rail payer_rail;
    scheme::Rail payee_rail;
};

// The client names the payment itself, so that a call whose answer got lost can be repeated.
std::string new_uetr() {
    std::random_device random;
    const auto word64 = [&random] {
        return static_cast<std::uint64_t>(random()) << 32 | static_cast<std::uint64_t>(random());
    };
    const std::uint64_t high = word64();
    return scheme::format_uetr(scheme::uetr_from_random(high, word64()));
}

std::optional<Error> check_money(const PayOptions& options, std::int64_t* amount_minor) {
    const auto parsed = money::parse_amount(options.amount);
    if (!parsed) return usage_error("amount", parsed.broken_rule);
    if (const auto rule = money::check_amount(*parsed.amount)) return usage_error("amount", *rule);
    *amount_minor = parsed.amount->value;
    const auto currency = money::parse_currency(options.currency);
    if (!currency) return usage_error("currency", "must be CNY");
    if (*currency != money::Currency::kCny) {
        return usage_error("currency", "must be CNY: only renminbi crosses the link");
    }
    return std::nullopt;
}

std::optional<Error> check_texts(const PayOptions& options) {
    if (const auto fault = scheme::check_name(options.payee_name, scheme::Field::kPayeeName)) {
        return usage_error(to_string(fault->field), fault->rule);
    }
    if (const auto fault = scheme::check_remittance_information(options.text)) {
        return usage_error(to_string(fault->field), fault->rule);
    }
    if (!options.uetr.empty() && !scheme::parse_uetr(options.uetr)) {
        return usage_error("uetr", scheme::kUetrRule);
    }
    if (options.wait_ms < 1 || options.wait_ms > 60'000) {
        return usage_error("--wait-ms", "must be 1 to 60000");
    }
    return std::nullopt;
}

Result<Order> order_of(const PayOptions& options) {
    const auto from = parse_bank_account("--from", options.from);
    if (!from) return from.error();
    const auto to = parse_bank_account("--to", options.to);
    if (!to) return to.error();
    std::int64_t amount_minor = 0;
    if (auto error = check_money(options, &amount_minor)) return *std::move(error);
    if (auto error = check_texts(options)) return *std::move(error);
    Order order{{}, from->rail, to->rail};
    v1::SendRemittanceRequest& request = order.request;
    request.set_bank(from->bank);
    request.set_payer_account(from->account);
    request.set_payee_agent(to->bank);
    request.set_payee_account(to->account);
    request.set_payee_name(options.payee_name);
    request.set_amount_minor(amount_minor);
    request.set_currency(v1::CURRENCY_CNY);
    request.set_remittance_information(options.text);
    request.set_uetr(options.uetr.empty() ? new_uetr() : options.uetr);
    request.set_wait_ms(options.wait_ms);
    request.set_no_wait(options.no_wait);
    return order;
}

// The payee's bank is asked, since it alone knows.
bool wait_for_credit(const Network& network, const Order& order) {
    const std::chrono::milliseconds timeout{order.request.wait_ms()};
    return wait_with_backoff(timeout, [&] {
        const auto seen = network.banks_of(order.payee_rail)
                              .remittance(order.request.payee_agent(), order.request.uetr());
        return seen.ok() && seen->credited();
    });
}

void print_text(const v1::Remittance& remittance, bool credited) {
    std::cout << status_text(remittance.status(), remittance.reason(), remittance.duration_us());
    std::cout << (credited ? ", payee credited" : "") << "\n"
              << paint(remittance.uetr(), Colour::kBold) << "  "
              << amount_text(remittance.currency(), remittance.amount_minor()) << "  "
              << bank_text(remittance.payer_agent()) << " -> "
              << bank_text(remittance.payee_agent()) << "\n";
    if (!remittance.clearing_reference().empty()) {
        std::cout << "reference " << remittance.clearing_reference() << "\n";
    }
    // What the payer's bank refused itself, and what was refused as somebody else's UETR, is no
    // payment of the switch.
    const bool at_the_switch =
        remittance.status() == v1::PAYMENT_STATUS_ACSP || !remittance.clearing_reference().empty();
    if (at_the_switch) std::cout << "More: lowu get " << remittance.uetr() << "\n";
}

ExitCode exit_code_of(const v1::Remittance& remittance, bool credit_missing) {
    if (remittance.status() == v1::PAYMENT_STATUS_RJCT) return ExitCode::kRefused;
    if (remittance.status() != v1::PAYMENT_STATUS_ACSC) return ExitCode::kPending;
    return credit_missing ? ExitCode::kPending : ExitCode::kDone;
}

ExitCode pay(const Context& context, const PayOptions& options) {
    const auto order = order_of(options);
    if (!order) return fail(context, order.error());
    const Network network(context.addresses);
    auto remittance = network.banks_of(order->payer_rail).send(order->request);
    if (!remittance) {
        Error error = remittance.error();
        if (error.kind == Error::Kind::kUnknown || error.kind == Error::Kind::kUnavailable) {
            error.what += "; if it was sent nevertheless, a repeat with --uetr " +
                          order->request.uetr() + " finds it and pays once";
        }
        return fail(context, error);
    }
    const bool settled = remittance->status() == v1::PAYMENT_STATUS_ACSC;
    const bool credited = options.wait_credit && settled && wait_for_credit(network, *order);
    if (credited) remittance->set_credited(true);
    if (context.json) {
        print_json(to_json(*remittance));
    } else {
        print_text(*remittance, credited);
    }
    const bool credit_missing = options.wait_credit && settled && !credited;
    if (credit_missing) std::cerr << "lowu: settled, but not credited in time\n";
    return exit_code_of(*remittance, credit_missing);
}

}  // namespace

void add_pay(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("pay", "Sends a remittance and waits for its end");
    const auto options = std::make_shared<PayOptions>();
    command->add_option("--from", options->from, "Payer: BANK/ACCOUNT, a CNY account")->required();
    command->add_option("--to", options->to, "Payee: BANK/ACCOUNT on the other rail")->required();
    command->add_option("--name", options->payee_name, "Payee's name, 1 to 140 characters")
        ->required();
    command->add_option("--amount", options->amount, "For example 12.50")->required();
    command->add_option("--currency", options->currency, "Only CNY crosses the link")
        ->capture_default_str();
    command->add_option("--text", options->text, "Remittance information, 0 to 140 characters");
    command->add_option("--uetr", options->uetr,
                        "The payment's identity, a version 4 UUID; default: a new one");
    command->add_option("--wait-ms", options->wait_ms, "Wait so long for the end")
        ->capture_default_str();
    CLI::Option* wait_credit = command->add_flag("--wait-credit", options->wait_credit,
                                                 "Wait until the payee's bank has credited, too");
    command->add_flag("--no-wait", options->no_wait, "Return at once, pending")
        ->excludes(wait_credit);
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, kExamples);
    command->callback([&context, options] {
        context.run = [&context, options] { return pay(context, *options); };
    });
}

}  // namespace lowu::client
