// lowu quote, lowu rates, lowu reference-rate: exchange between HKD and RMB. Called through
// commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/bank_account.hpp"
#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/pay_text.hpp"
#include "client/words.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

struct QuoteOptions {
    std::string from;
    std::string to;
    std::string proxy;
    std::string proxy_kind;
    std::string payee_bank;
    std::string amount;
    std::string currency = "HKD";
};

struct SetRatesOptions {
    std::string bank;
    std::string bid;
    std::string ask;
    std::int64_t quote_validity_ms = 0;
};

struct ReferenceOptions {
    std::string date;
    std::string hkd;
    std::string usd;
};

// Southbound the quote is the payee's bank's, so the payee must be named.
Result<void> take_payee(const QuoteOptions& options, v1::QuoteOrder& order) {
    if (!options.to.empty()) {
        const auto to = parse_bank_account("--to", options.to);
        if (!to) return to.error();
        order.set_payee_agent(to->bank);
        order.set_payee_account(to->account);
        return {};
    }
    if (!options.payee_bank.empty()) {
        const auto rail = parse_bank_code("--bank", options.payee_bank);
        if (!rail) return rail.error();
        order.set_payee_agent(options.payee_bank);
    }
    if (options.proxy.empty()) return {};
    const auto proxy = parse_proxy(scheme::Rail::kFps, options.proxy_kind, options.proxy);
    if (!proxy) return proxy.error();
    *order.mutable_payee_proxy() = *proxy;
    return {};
}

Result<v1::QuoteOrder> order_of(const QuoteOptions& options, const BankAccount& from) {
    v1::QuoteOrder order;
    order.set_bank(from.bank);
    order.set_payer_account(from.account);
    if (auto taken = take_payee(options, order); !taken) return taken.error();
    const bool names_payee = !order.payee_account().empty() || order.has_payee_proxy();
    if (from.rail == scheme::Rail::kIbps && (!names_payee || order.payee_agent().empty())) {
        return usage_error("payee",
                           "must be named for a bill in Hong Kong: --to BANK/ACCOUNT, or --proxy "
                           "and --bank; the quote is its bank's");
    }
    const auto currency = money::parse_currency(options.currency);
    if (!currency) return usage_error("--currency", "must be HKD or CNY");
    if (from.rail == scheme::Rail::kIbps && *currency != money::Currency::kHkd) {
        return usage_error("--currency", "must be HKD: a bill in CNY needs no quote");
    }
    const auto amount = parse_money("--amount", options.amount);
    if (!amount) return amount.error();
    order.set_amount_minor(*amount);
    order.set_currency(*currency == money::Currency::kHkd ? v1::CURRENCY_HKD : v1::CURRENCY_CNY);
    return order;
}

ExitCode quote(const Context& context, const QuoteOptions& options) {
    const auto from = parse_bank_account("--from", options.from);
    if (!from) return fail(context, from.error());
    const auto order = order_of(options, *from);
    if (!order) return fail(context, order.error());
    const Network network(context.addresses);
    const auto offer = network.banks_of(from->rail).quote(*order);
    if (!offer) return fail(context, offer.error());
    if (context.json) {
        print_json(to_json(*offer));
    } else {
        std::cout << offer_text(*offer, 0) << "Pay with it: lowu pay ... --quote "
                  << offer->exchange().quote_id() << "\n";
    }
    return ExitCode::kDone;
}

std::string rates_text(const v1::ListRateSheetsResponse& rates) {
    Table table({{"bank"},
                 {"bid: CNY paid for 1 HKD", true},
                 {"ask: CNY taken for 1 HKD", true},
                 {"valid until UTC+8"},
                 {"published UTC+8"}});
    for (const v1::PublishedRateSheet& sheet : rates.sheets()) {
        table.add({bank_text(sheet.participant()), rate_text(sheet.sheet().bid_e8()),
                   rate_text(sheet.sheet().ask_e8()), time_text(sheet.sheet().valid_until_ms()),
                   time_text(sheet.booking_time_ms())});
    }
    std::string text = table.empty() ? "No bank has published exchange rates.\n" : table.text();
    if (!rates.has_reference_rate()) {
        return text + "No reference rate is in force: RMB cannot be counted against quotas.\n";
    }
    const v1::ReferenceRate& reference = rates.reference_rate();
    return text + "Reference rates since " + reference.date() +
           ", for counting quotas: 1 HKD = " + rate_text(reference.cny_per_hkd_e8()) +
           " CNY, 1 USD = " + rate_text(reference.cny_per_usd_e8()) + " CNY\n";
}

ExitCode rates(const Context& context) {
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.rate_sheets();
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << rates_text(*response);
    }
    return ExitCode::kDone;
}

ExitCode set_rates(const Context& context, const SetRatesOptions& options) {
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return fail(context, rail.error());
    const auto bid = parse_rate_e8("--bid", options.bid);
    if (!bid) return fail(context, bid.error());
    const auto ask = parse_rate_e8("--ask", options.ask);
    if (!ask) return fail(context, ask.error());
    if (*ask < *bid) return fail(context, usage_error("--ask", "must be at least the bid"));
    v1::SetRatesRequest request;
    request.set_bank(options.bank);
    request.set_bid_e8(*bid);
    request.set_ask_e8(*ask);
    request.set_quote_validity_ms(options.quote_validity_ms);
    const Network network(context.addresses);
    const auto set = network.banks_of(*rail).set_rates(request);
    if (!set) return fail(context, set.error());
    if (context.json) {
        print_json(to_json(request));
    } else {
        std::cout << bank_text(options.bank) << " now pays " << rate_text(*bid) << " CNY and takes "
                  << rate_text(*ask) << " CNY for 1 HKD.\n";
    }
    return ExitCode::kDone;
}

ExitCode set_reference_rate(const Context& context, const ReferenceOptions& options) {
    if (!scheme::parse_utc8(options.date + " 00:00")) {
        return fail(context, usage_error("date", "must be a day like 2025-06-22"));
    }
    const auto hkd = parse_rate_e8("--hkd", options.hkd);
    if (!hkd) return fail(context, hkd.error());
    const auto usd = parse_rate_e8("--usd", options.usd);
    if (!usd) return fail(context, usd.error());
    v1::ReferenceRate rate;
    rate.set_date(options.date);
    rate.set_cny_per_hkd_e8(*hkd);
    rate.set_cny_per_usd_e8(*usd);
    const SwitchClient central(context.addresses.switch_address);
    const auto set = central.set_reference_rate(rate);
    if (!set) return fail(context, set.error());
    if (context.json) {
        print_json(to_json(rate));
    } else {
        std::cout << "From " << rate.date() << " on: 1 HKD = " << rate_text(*hkd)
                  << " CNY, 1 USD = " << rate_text(*usd) << " CNY; both rails have it.\n";
    }
    return ExitCode::kDone;
}

void add_set_rates(Command& rates_command, Context& context) {
    Command* command = rates_command.add_subcommand(
        "set", "Gives a Hong Kong bank other rates, which it publishes");
    const auto options = std::make_shared<SetRatesOptions>();
    command->add_option("bank", options->bank, "Code of the bank")->required();
    command->add_option("--bid", options->bid, "CNY that it pays for 1 HKD")->required();
    command->add_option("--ask", options->ask, "CNY that it takes for 1 HKD; at least the bid")
        ->required();
    command
        ->add_option("--quote-validity-ms", options->quote_validity_ms,
                     "How long its quotes hold: 1 to 3600000; 0: as before")
        ->capture_default_str();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, "Example:\n  lowu rates set 012 --bid 0.9100 --ask 0.9200");
    command->callback([&context, options] {
        context.run = [&context, options] { return set_rates(context, *options); };
    });
}

}  // namespace

void add_quote(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "quote", "A rate with both amounts fixed, to be paid with until it expires");
    const auto options = std::make_shared<QuoteOptions>();
    command
        ->add_option("--from", options->from,
                     "Payer: BANK/ACCOUNT; northbound an HKD account, southbound a CNY account")
        ->required();
    Option* to = command->add_option("--to", options->to,
                                     "Payee: BANK/ACCOUNT; needed southbound, whose bank quotes");
    command->add_option("--proxy", options->proxy, "Or payee by proxy, with --bank")->excludes(to);
    command->add_option("--proxy-kind", options->proxy_kind, "mobile, email or fps_id");
    command->add_option("--bank", options->payee_bank, "Code of the payee's bank")->excludes(to);
    command->add_option("--amount", options->amount, "What is to be fixed first")->required();
    command
        ->add_option("--currency", options->currency,
                     "Of --amount: HKD (debited northbound, the bill southbound), or CNY (arrives "
                     "northbound)")
        ->capture_default_str();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Examples:\n"
               "  lowu quote --from 012/012-875-20001 --amount 1000.00\n"
               "  lowu quote --from 012/012-875-20001 --amount 500.00 --currency CNY\n"
               "  lowu quote --from 102100099996/6222020200010001 --to 012/012-875-20001 --amount "
               "5000.00");
    command->callback([&context, options] {
        context.run = [&context, options] { return quote(context, *options); };
    });
}

void add_rates(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "rates", "The Hong Kong banks' rate sheets, and the reference rates in force");
    command->require_subcommand(0, 1);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, "Example:\n  lowu rates\n  lowu rates set 012 --bid 0.9100 --ask 0.9200");
    command->callback([&context, command] {
        if (command->has_parsed_subcommand()) return;
        context.run = [&context] { return rates(context); };
    });
    add_set_rates(*command, context);
}

void add_reference_rate(Command& app, Context& context) {
    Command* group = app.add_subcommand(
        "reference-rate", "The reference rates of a day, by which RMB counts against quotas");
    group->require_subcommand(1);
    set_footer(*group, "Example:\n  lowu reference-rate set 2025-06-23 --hkd 0.9120 --usd 7.17");
    Command* command = group->add_subcommand("set", "Sets a day's rates, once");
    const auto options = std::make_shared<ReferenceOptions>();
    command->add_option("date", options->date, "In force from this day (UTC+8) on, 2025-06-22")
        ->required();
    command->add_option("--hkd", options->hkd, "CNY for 1 HKD")->required();
    command->add_option("--usd", options->usd, "CNY for 1 USD")->required();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "'lowu rates' shows what is in force.\n\n"
               "Example:\n  lowu reference-rate set 2025-06-23 --hkd 0.9120 --usd 7.17");
    command->callback([&context, options] {
        context.run = [&context, options] { return set_reference_rate(context, *options); };
    });
}

}  // namespace lowu::client
