// lowu banks, lowu positions, lowu status: what an operator asks of the switch. Called through
// commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/operator_text.hpp"
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

ExitCode status(const Context& context, bool with_digests) {
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.status(with_digests);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << status_text(*response);
    }
    return ExitCode::kDone;
}

void add_query(Command& app, Context& context, const char* name, const char* about,
               const char* example, ExitCode (*run)(const Context&)) {
    Command* command = app.add_subcommand(name, about);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, example);
    command->callback([&context, run] { context.run = [&context, run] { return run(context); }; });
}

}  // namespace

void add_banks(Command& app, Context& context) {
    add_query(app, context, "banks", "The participants of both rails, from the switch",
              "northbound and southbound: the services that the bank takes part in that way.\n"
              "session: up or down; degraded: it takes its messages too slowly, and payments to it "
              "are refused\nuntil it has caught up; logged off by itself, or forced off by the "
              "operator; in default.\n\n"
              "Example:\n  lowu banks --json",
              banks);
}

void add_positions(Command& app, Context& context) {
    add_query(app, context, "positions", "Every account of both rails' books, from the switch",
              "A balance below zero is a net debit position; 'available' is what the owner may "
              "still use.\nClaim: what the link agents owe one another, seen from each rail.\n\n"
              "Example:\n  lowu positions",
              positions);
}

void add_status(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "status", "The switch itself: log, follower, archive, snapshots, times, payments");
    const auto with_digests = std::make_shared<bool>(false);
    command->add_flag("--digests", *with_digests,
                      "The cells' digests, too: it reads all they hold, so ask seldom");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "All positions are sequence numbers of the log; ages are in scheme time. The first "
               "line says what\nkeeps the switch from taking anything new, if anything does. "
               "Legs: a payment across the boundary\nhas one on each rail. The archive has what "
               "the cells have forgotten.\n\n"
               "Example:\n  lowu status --switch 127.0.0.1:7410");
    command->callback([&context, with_digests] {
        context.run = [&context, with_digests] { return status(context, *with_digests); };
    });
}

}  // namespace lowu::client
