// lowu: one command line for everything. Reads the command line, runs the one command, returns its
// exit code (exit_code.hpp). Started by people, scripts and ./sandbox; everything runs on the main
// thread unless a command says otherwise.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "client/command.hpp"
#include "client/commands.hpp"
#include "client/context.hpp"
#include "client/exit_code.hpp"
#include "common/scheme/institutions.hpp"

namespace {

constexpr const char* kAbout =
    "lowu: switch and simulator for cross-border fast payments in the shape of Payment Connect";

constexpr const char* kFooter =
    "\n"
    "Start with 'lowu up' in one terminal; then, in another, for example\n"
    "  lowu banks\n"
    "  lowu accounts 012\n"
    "  lowu parameters show\n"
    "  lowu reconcile\n"
    "'lowu explain' and 'lowu log' need no process. Every command has --help with an example.\n"
    "Exit codes: 0 done, 1 could not be done (no connection, not found), 2 wrong usage,\n"
    "3 payment refused, 4 payment pending, 5 books or parameters differ.\n";

// As the help lists them.
void add_commands(CLI::App& app, lowu::client::Command& root, lowu::client::Context& context) {
    namespace client = lowu::client;
    using Add = void (*)(client::Command&, client::Context&);
    struct Group {
        const char* heading;
        std::vector<Add> commands;
    };
    const Group groups[] = {
        {"Sandbox", {client::add_up, client::add_simulate}},
        {"Payments",
         {client::add_pay, client::add_quote, client::add_resolve, client::add_return,
          client::add_get, client::add_list, client::add_watch, client::add_enquire,
          client::add_explain}},
        {"Customers",
         {client::add_accounts, client::add_open_account, client::add_proxy, client::add_quota,
          client::add_prior_use}},
        {"The scheme and its banks",
         {client::add_banks, client::add_positions, client::add_statement,
          client::add_position_history, client::add_obligations, client::add_reconcile,
          client::add_parameters, client::add_rates, client::add_reference_rate,
          client::add_availability, client::add_default, client::add_behave, client::add_events}},
        {"The switch",
         {client::add_status, client::add_snapshot, client::add_clock, client::add_time,
          client::add_log}}};
    for (const Group& group : groups) {
        for (const Add add : group.commands) {
            add(root, context);
            app.get_subcommands([](const CLI::App*) { return true; }).back()->group(group.heading);
        }
    }
}

// What was typed and has no place: the first that looks like an option, else the first.
std::string misplaced(const CLI::App& app) {
    const std::vector<std::string> left = app.remaining(true);
    const auto option = std::find_if(left.begin(), left.end(),
                                     [](const std::string& word) { return word.front() == '-'; });
    return option != left.end() ? *option : left.empty() ? "" : left.front();
}

std::string names_of_subcommands(const CLI::App& command) {
    std::string names;
    for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; })) {
        names += (names.empty() ? "" : ", ") + each->get_name();
    }
    return names;
}

// What is wrong with a command line: which command, what, and where to read on.
std::string usage_text(const CLI::App* app, const CLI::Error& error) {
    const CLI::App* command = app;
    std::string name = app->get_name();
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().front();
        name += " " + command->get_name();
    }
    const std::string word = misplaced(*app);
    const bool wants_subcommand = command->get_require_subcommand_min() > 0;
    std::string what = error.what();
    if (!word.empty() && word.front() == '-') {
        what = "there is no option " + word;
    } else if (!word.empty() && wants_subcommand) {
        what = "there is no command " + word;
    } else if (!word.empty()) {
        what = "nothing is expected where " + word + " stands";
    } else if (wants_subcommand) {
        what = "say which of: " + names_of_subcommands(*command);
    }
    return name + ": " + what + "\n'" + name + " --help' shows how it is used\n";
}

int run(int argc, char** argv) {
    namespace client = lowu::client;
    if (const auto verified = lowu::scheme::verify_institutions(); !verified) {
        std::cerr << "lowu: " << verified.error().what << std::endl;
        return static_cast<int>(client::ExitCode::kEnvironment);
    }
    client::Context context;
    CLI::App app(kAbout, "lowu");
    app.footer(kFooter);
    app.set_version_flag("--version", LOWU_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(32);
    app.failure_message(usage_text);
    client::Command root(app);
    add_commands(app, root, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked_for_help = app.exit(error) == 0;
        return static_cast<int>(asked_for_help ? client::ExitCode::kDone
                                               : client::ExitCode::kUsage);
    }
    return static_cast<int>(context.run());
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "lowu: " << error.what() << std::endl;
        return static_cast<int>(lowu::client::ExitCode::kEnvironment);
    }
}
