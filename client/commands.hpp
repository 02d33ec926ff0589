// All commands of lowu: each function adds one subcommand, whose callback puts what it does into
// Context::run. Called by main() before the command line is read. Main thread.
#pragma once

#include <CLI/CLI.hpp>

#include "client/context.hpp"

namespace lowu::client {

void add_up(CLI::App& app, Context& context);  // up_command.cpp

// Payments.
void add_pay(CLI::App& app, Context& context);      // pay_command.cpp
void add_quote(CLI::App& app, Context& context);    // exchange_command.cpp
void add_resolve(CLI::App& app, Context& context);  // proxy_command.cpp
void add_return(CLI::App& app, Context& context);   // return_command.cpp
void add_get(CLI::App& app, Context& context);      // payment_commands.cpp
void add_list(CLI::App& app, Context& context);     // payment_commands.cpp
void add_watch(CLI::App& app, Context& context);    // watch_command.cpp
void add_enquire(CLI::App& app, Context& context);  // enquire_command.cpp
void add_explain(CLI::App& app, Context& context);  // explain_command.cpp

// Customers.
void add_accounts(CLI::App& app, Context& context);      // account_commands.cpp
void add_open_account(CLI::App& app, Context& context);  // account_commands.cpp
void add_proxy(CLI::App& app, Context& context);         // proxy_command.cpp
void add_quota(CLI::App& app, Context& context);         // quota_commands.cpp
void add_prior_use(CLI::App& app, Context& context);     // quota_commands.cpp

// The scheme and its banks.
void add_banks(CLI::App& app, Context& context);             // scheme_commands.cpp
void add_positions(CLI::App& app, Context& context);         // scheme_commands.cpp
void add_statement(CLI::App& app, Context& context);         // settlement_commands.cpp
void add_position_history(CLI::App& app, Context& context);  // settlement_commands.cpp
void add_obligations(CLI::App& app, Context& context);       // obligation_commands.cpp
void add_default(CLI::App& app, Context& context);           // obligation_commands.cpp
void add_parameters(CLI::App& app, Context& context);        // parameters_command.cpp
void add_rates(CLI::App& app, Context& context);             // exchange_command.cpp
void add_reference_rate(CLI::App& app, Context& context);    // exchange_command.cpp
void add_availability(CLI::App& app, Context& context);      // operator_commands.cpp
void add_behave(CLI::App& app, Context& context);            // behavior_commands.cpp
void add_events(CLI::App& app, Context& context);            // behavior_commands.cpp
void add_reconcile(CLI::App& app, Context& context);         // reconcile_command.cpp

// The scheme on virtual time.
void add_simulate(CLI::App& app, Context& context);  // simulate_command.cpp

// The switch.
void add_status(CLI::App& app, Context& context);    // scheme_commands.cpp
void add_snapshot(CLI::App& app, Context& context);  // operator_commands.cpp
void add_clock(CLI::App& app, Context& context);     // operator_commands.cpp
void add_time(CLI::App& app, Context& context);      // operator_commands.cpp
void add_log(CLI::App& app, Context& context);       // log_command.cpp

}  // namespace lowu::client
