// lowu get, lowu list: what the switch knows about payments. Called through commands.hpp; main
// thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/list_filter.hpp"
#include "client/pay_text.hpp"
#include "client/timeline.hpp"
#include "client/words.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

// The switch keeps neither names nor rates; the payer's bank does. Empty when it cannot be asked.
std::string bank_view_text(const Network& network, const v1::Payment& payment) {
    const auto rail =
        payment.origin_rail() == v1::RAIL_IBPS ? scheme::Rail::kIbps : scheme::Rail::kFps;
    const auto seen = network.banks_of(rail).remittance(payment.payer_agent(), payment.uetr());
    return seen ? proxy_and_exchange_text(*seen, 2) : "";
}

ExitCode get(const Context& context, const std::string& uetr) {
    if (!scheme::parse_uetr(uetr)) return fail(context, usage_error("uetr", scheme::kUetrRule));
    const Network network(context.addresses);
    const auto response = network.central().payment(uetr);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << payment_text(response->payment())
                  << bank_view_text(network, response->payment()) << timeline_text(*response, 2);
    }
    return ExitCode::kDone;
}

void add_row(Table& table, const v1::Payment& payment) {
    table.add({time_text(payment.acceptance_time_ms()), payment.uetr(), word(payment.service()),
               payment.payer_agent(), payment.payee_agent(),
               amount_text(payment.currency(), payment.amount_minor()),
               Cell(word(payment.status()), colour_of(payment.status())), payment.reason().code(),
               payment.credited() ? "yes" : "",
               payment.duration_us() > 0 ? duration_text(payment.duration_us()) : ""});
}

Table empty_table() {
    return Table({{"accepted UTC+8"},
                  {"uetr"},
                  {"service"},
                  {"payer bank"},
                  {"payee bank"},
                  {"amount", true},
                  {"status"},
                  {"reason"},
                  {"credited"},
                  {"took", true}});
}

// A table for each thousand, so that a long list begins at once and needs no memory.
ExitCode show_list(const Context& context, const SwitchClient& central,
                   const v1::ListPaymentsRequest& filter, std::size_t limit) {
    Table table = empty_table();
    std::size_t in_table = 0;
    std::size_t shown = 0;
    const auto last =
        central.payment_pages(filter, limit, [&](const v1::ListPaymentsResponse& page) {
            for (const v1::Payment& payment : page.payments()) {
                add_row(table, payment);
            }
            in_table += static_cast<std::size_t>(page.payments_size());
            shown += static_cast<std::size_t>(page.payments_size());
            if (in_table < kPageSizeMax) return;
            std::cout << table.text();
            table = empty_table();
            in_table = 0;
        });
    if (in_table > 0 || (last && shown == 0)) std::cout << table.text();
    if (!last) return fail(context, last.error());
    std::cout << shown << " shown, newest first; " << last->held_total() << " held in all\n";
    if (!last->next_page_token().empty()) {
        std::cout << "Older ones: the same with --page-token " << last->next_page_token() << "\n";
    }
    return ExitCode::kDone;
}

ExitCode list(const Context& context, const ListOptions& options) {
    auto filter = list_filter_of(options);
    if (!filter) return fail(context, filter.error());
    const auto limit = list_limit_of(options.limit, options.all);
    if (!limit) return fail(context, limit.error());
    const SwitchClient central(context.addresses.switch_address);
    if (const auto known = central.check_participant("--participant", options.participant);
        !known) {
        return fail(context, known.error());
    }
    const auto period = period_of(options.period, central);
    if (!period) return fail(context, period.error());
    filter->set_accepted_from_ms(period->from_ms);
    filter->set_accepted_before_ms(period->before_ms);
    if (!context.json) return show_list(context, central, *filter, *limit);
    const auto response = central.payments(*filter, *limit);
    if (!response) return fail(context, response.error());
    print_json(to_json(*response));
    return ExitCode::kDone;
}

}  // namespace

void add_get(Command& app, Context& context) {
    Command* command = app.add_subcommand("get", "One payment with its timeline, from the switch");
    const auto uetr = std::make_shared<std::string>();
    command->add_option("uetr", *uetr, "The payment's UETR")->required();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Proxy and exchange come from the payer's bank, if it is one of the simulated "
               "ones.\nA payment that the cells have forgotten is told from the archive: its "
               "messages and\nledger entries, without the checks and timers between them.\n\n"
               "Example:\n  lowu get 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33");
    command->callback(
        [&context, uetr] { context.run = [&context, uetr] { return get(context, *uetr); }; });
}

void add_list(Command& app, Context& context) {
    Command* command = app.add_subcommand("list", "Payments at the switch, newest first");
    const auto options = std::make_shared<ListOptions>();
    command->add_option("--participant", options->participant,
                        "Only payments that this bank pays or receives (its code)");
    command->add_option("--status", options->status, "Only ACSP (pending), ACSC or RJCT");
    command->add_option("--direction", options->direction,
                        "Only northbound, southbound or domestic");
    command->add_option("--service", options->service, "Only p2p, fee, b2p or domestic");
    command->add_option("--reason", options->reason,
                        "Only payments rejected for this reason, for example AM23");
    add_period_options(*command, options->period, "accepted");
    Option* limit =
        command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    command->add_flag("--all", options->all, "All of them, at most 1,000,000")->excludes(limit);
    command->add_option("--page-token", options->page_token,
                        "Go on behind an earlier list, which says this token at its end");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "Payments that the cells have forgotten are listed from the archive.\n\n"
               "Examples:\n"
               "  lowu list --participant 012 --status RJCT --limit 5\n"
               "  lowu list --service p2p --reason AM23 --from \"2025-06-22 09:00\" --before "
               "12:00 --all");
    command->callback([&context, options] {
        context.run = [&context, options] { return list(context, *options); };
    });
}

}  // namespace lowu::client
