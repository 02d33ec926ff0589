// lowu get, lowu list: what the switch knows about payments. Called through commands.hpp; main
// thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/pay_text.hpp"
#include "client/timeline.hpp"
#include "client/words.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

struct ListOptions {
    std::string participant;
    std::string status;
    std::string direction;
    std::size_t limit = 20;
};

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

Result<v1::ListPaymentsRequest> filter_of(const ListOptions& options) {
    v1::ListPaymentsRequest filter;
    if (!options.participant.empty()) {
        const auto rail = parse_bank_code("--participant", options.participant);
        if (!rail) return rail.error();
    }
    filter.set_participant(options.participant);
    v1::PaymentStatus status{};
    if (!options.status.empty()) {
        if (!v1::PaymentStatus_Parse("PAYMENT_STATUS_" + options.status, &status) ||
            status == v1::PAYMENT_STATUS_UNSPECIFIED) {
            return usage_error("--status", "must be ACSP, ACSC or RJCT");
        }
        filter.set_status(status);
    }
    const auto direction = parse_direction_word("--direction", options.direction);
    if (!direction) return direction.error();
    filter.set_direction(*direction);
    if (options.limit == 0 || options.limit > 1'000'000) {
        return usage_error("--limit", "must be 1 to 1000000");
    }
    return filter;
}

ExitCode list(const Context& context, const ListOptions& options) {
    const auto filter = filter_of(options);
    if (!filter) return fail(context, filter.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.payments(*filter, options.limit);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    Table table({{"accepted UTC+8"},
                 {"uetr"},
                 {"service"},
                 {"payer bank"},
                 {"payee bank"},
                 {"amount", true},
                 {"status"},
                 {"reason"},
                 {"credited"},
                 {"took", true}});
    for (const v1::Payment& payment : response->payments()) {
        table.add({time_text(payment.acceptance_time_ms()), payment.uetr(), word(payment.service()),
                   payment.payer_agent(), payment.payee_agent(),
                   amount_text(payment.currency(), payment.amount_minor()),
                   Cell(word(payment.status()), colour_of(payment.status())),
                   payment.reason().code(), payment.credited() ? "yes" : "",
                   payment.duration_us() > 0 ? duration_text(payment.duration_us()) : ""});
    }
    std::cout << table.text() << response->payments_size() << " shown, newest first; "
              << response->held_total() << " held in all\n";
    return ExitCode::kDone;
}

}  // namespace

void add_get(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("get", "One payment with its timeline, from the switch");
    const auto uetr = std::make_shared<std::string>();
    command->add_option("uetr", *uetr, "The payment's UETR")->required();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Proxy and exchange come from the payer's bank, if it is one of the simulated "
               "ones.\n\n"
               "Example:\n  lowu get 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33");
    command->callback(
        [&context, uetr] { context.run = [&context, uetr] { return get(context, *uetr); }; });
}

void add_list(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("list", "Payments at the switch, newest first");
    const auto options = std::make_shared<ListOptions>();
    command->add_option("--participant", options->participant,
                        "Only payments that this bank pays or receives (its code)");
    command->add_option("--status", options->status, "Only ACSP (pending), ACSC or RJCT");
    command->add_option("--direction", options->direction,
                        "Only northbound, southbound or domestic");
    command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, "Example:\n  lowu list --participant 012 --status RJCT --limit 5");
    command->callback([&context, options] {
        context.run = [&context, options] { return list(context, *options); };
    });
}

}  // namespace lowu::client
