// lowu banks, lowu positions, lowu status: what an operator asks of the switch. Called through
// commands.hpp; main thread.
#include <iostream>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/scheme_text.hpp"

namespace lowu::client {

namespace {

ExitCode banks(const Context& context) {
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.participants();
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << participants_text(*response, 0);
    }
    return ExitCode::kDone;
}

ExitCode positions(const Context& context) {
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.positions();
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << positions_text(*response, 0);
    }
    return ExitCode::kDone;
}

ExitCode status(const Context& context) {
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.status();
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    std::cout << "cells                  " << response->form() << "\n"
              << "scheme time            " << time_text(response->scheme_time_ms()) << " UTC+8\n"
              << "log, durable           " << response->durable_sequence() << "\n"
              << "log, shown             " << response->follower_sequence() << "\n"
              << "recovered at start     " << response->recovered_sequence() << "\n"
              << "payments               " << response->payments() << "\n"
              << "pending                " << response->pending() << "\n"
              << "settled, not credited  " << response->settled_not_credited() << "\n";
    for (const std::string& digest : response->digests()) {
        std::cout << "digest                 " << digest << "\n";
    }
    return ExitCode::kDone;
}

void add_query(CLI::App& app, Context& context, const char* name, const char* about,
               const char* example, ExitCode (*run)(const Context&)) {
    CLI::App* command = app.add_subcommand(name, about);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, example);
    command->callback([&context, run] { context.run = [&context, run] { return run(context); }; });
}

}  // namespace

void add_banks(CLI::App& app, Context& context) {
    add_query(app, context, "banks", "The participants of both rails, from the switch",
              "northbound and southbound: the services that the bank takes part in that way.\n"
              "session: up or down; logged off by itself, or forced off by the operator.\n\n"
              "Example:\n  lowu banks --json",
              banks);
}

void add_positions(CLI::App& app, Context& context) {
    add_query(app, context, "positions", "Every account of both rails' books, from the switch",
              "A balance below zero is a net debit position; 'available' is what the owner may "
              "still use.\nClaim: what the link agents owe one another, seen from each rail.\n\n"
              "Example:\n  lowu positions",
              positions);
}

void add_status(CLI::App& app, Context& context) {
    add_query(app, context, "status", "The switch itself: log, times, payments, digests",
              "Example:\n  lowu status --switch 127.0.0.1:7410", status);
}

}  // namespace lowu::client
