// lowu get, lowu list: what the switch knows about payments. Called through commands.hpp; main
// thread.
#include <iostream>
#include <memory>
#include <optional>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/timeline.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::client {

namespace {

struct ListOptions {
    std::string participant;
    std::string status;
    std::string direction;
    std::size_t limit = 20;
};

ExitCode get(const Context& context, const std::string& uetr) {
    if (!scheme::parse_uetr(uetr)) return fail(context, usage_error("uetr", scheme::kUetrRule));
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.payment(uetr);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << payment_text(response->payment()) << timeline_text(*response, 2);
    }
    return ExitCode::kDone;
}

Result<v1::ListPaymentsRequest> filter_of(const ListOptions& options) {
    v1::ListPaymentsRequest filter;
    if (!options.participant.empty() && !scheme::rail_of_code(options.participant)) {
        return usage_error("--participant",
                           "must be a clearing code of 3 characters or an IBPS code of 12 digits");
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
    if (!options.direction.empty()) {
        const auto direction = scheme::parse_direction(options.direction);
        if (!direction) return usage_error("--direction", "must be northbound or southbound");
        filter.set_direction(*direction == scheme::Direction::kNorthbound
                                 ? v1::DIRECTION_NORTHBOUND
                                 : v1::DIRECTION_SOUTHBOUND);
    }
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
                 {"payer bank"},
                 {"payee bank"},
                 {"amount", true},
                 {"status"},
                 {"reason"},
                 {"credited"},
                 {"took", true}});
    for (const v1::Payment& payment : response->payments()) {
        table.add({time_text(payment.acceptance_time_ms()), payment.uetr(), payment.payer_agent(),
                   payment.payee_agent(), amount_text(payment.currency(), payment.amount_minor()),
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
    set_footer(*command, "Example:\n  lowu get 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33");
    command->callback(
        [&context, uetr] { context.run = [&context, uetr] { return get(context, *uetr); }; });
}

void add_list(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("list", "Payments at the switch, newest first");
    const auto options = std::make_shared<ListOptions>();
    command->add_option("--participant", options->participant,
                        "Only payments that this bank pays or receives (its code)");
    command->add_option("--status", options->status, "Only ACSP (pending), ACSC or RJCT");
    command->add_option("--direction", options->direction, "Only northbound or southbound");
    command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, "Example:\n  lowu list --participant 012 --status RJCT --limit 5");
    command->callback([&context, options] {
        context.run = [&context, options] { return list(context, *options); };
    });
}

}  // namespace lowu::client
