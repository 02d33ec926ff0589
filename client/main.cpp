// lowu: one command line for everything. Reads the command line, runs the one command, returns its
// exit code (exit_code.hpp). Started by people, scripts and ./sandbox; everything runs on the main
// thread unless a command says otherwise.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

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
    "  lowu reconcile\n"
    "Every command has --help with an example.\n"
    "Exit codes: 0 done, 1 could not be done (no connection, not found), 2 wrong usage,\n"
    "3 payment refused, 4 payment pending, 5 books differ.\n";

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
    client::add_up(app, context);
    client::add_pay(app, context);
    client::add_get(app, context);
    client::add_list(app, context);
    client::add_banks(app, context);
    client::add_accounts(app, context);
    client::add_open_account(app, context);
    client::add_positions(app, context);
    client::add_status(app, context);
    client::add_reconcile(app, context);
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
