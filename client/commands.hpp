// All commands of lowu: each function adds one subcommand, whose callback puts what it does into
// Context::run. Called by main() before the command line is read. Main thread.
#pragma once

#include <CLI/CLI.hpp>

#include "client/context.hpp"

namespace lowu::client {

void add_up(CLI::App& app, Context& context);            // up_command.cpp
void add_pay(CLI::App& app, Context& context);           // pay_command.cpp
void add_get(CLI::App& app, Context& context);           // payment_commands.cpp
void add_list(CLI::App& app, Context& context);          // payment_commands.cpp
void add_banks(CLI::App& app, Context& context);         // scheme_commands.cpp
void add_positions(CLI::App& app, Context& context);     // scheme_commands.cpp
void add_status(CLI::App& app, Context& context);        // scheme_commands.cpp
void add_accounts(CLI::App& app, Context& context);      // account_commands.cpp
void add_open_account(CLI::App& app, Context& context);  // account_commands.cpp
void add_reconcile(CLI::App& app, Context& context);     // reconcile_command.cpp

}  // namespace lowu::client
