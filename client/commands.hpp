// All commands of lowu: each function adds one subcommand, whose callback puts what it does into
// Context::run. Called by main() before the command line is read. Main thread.
#pragma once

#include "client/command.hpp"
#include "client/context.hpp"

namespace lowu::client {

void add_up(Command& app, Context& context);  // up_command.cpp

// Payments.
void add_pay(Command& app, Context& context);      // pay_command.cpp
void add_quote(Command& app, Context& context);    // exchange_command.cpp
void add_resolve(Command& app, Context& context);  // proxy_command.cpp
void add_return(Command& app, Context& context);   // return_command.cpp
void add_get(Command& app, Context& context);      // payment_commands.cpp
void add_list(Command& app, Context& context);     // payment_commands.cpp
void add_watch(Command& app, Context& context);    // watch_command.cpp
void add_enquire(Command& app, Context& context);  // enquire_command.cpp
void add_explain(Command& app, Context& context);  // explain_command.cpp

// Customers.
void add_accounts(Command& app, Context& context);      // account_commands.cpp
void add_open_account(Command& app, Context& context);  // account_commands.cpp
void add_proxy(Command& app, Context& context);         // proxy_command.cpp
void add_quota(Command& app, Context& context);         // quota_commands.cpp
void add_prior_use(Command& app, Context& context);     // quota_commands.cpp

// The scheme and its banks.
void add_banks(Command& app, Context& context);             // scheme_commands.cpp
void add_positions(Command& app, Context& context);         // scheme_commands.cpp
void add_statement(Command& app, Context& context);         // settlement_commands.cpp
void add_position_history(Command& app, Context& context);  // settlement_commands.cpp
void add_obligations(Command& app, Context& context);       // obligation_commands.cpp
void add_default(Command& app, Context& context);           // obligation_commands.cpp
void add_parameters(Command& app, Context& context);        // parameters_command.cpp
void add_rates(Command& app, Context& context);             // exchange_command.cpp
void add_reference_rate(Command& app, Context& context);    // exchange_command.cpp
void add_availability(Command& app, Context& context);      // operator_commands.cpp
void add_behave(Command& app, Context& context);            // behavior_commands.cpp
void add_events(Command& app, Context& context);            // behavior_commands.cpp
void add_reconcile(Command& app, Context& context);         // reconcile_command.cpp

// The scheme on virtual time.
void add_simulate(Command& app, Context& context);  // simulate_command.cpp

// The switch.
void add_status(Command& app, Context& context);    // scheme_commands.cpp
void add_snapshot(Command& app, Context& context);  // operator_commands.cpp
void add_clock(Command& app, Context& context);     // operator_commands.cpp
void add_time(Command& app, Context& context);      // operator_commands.cpp
void add_log(Command& app, Context& context);       // log_command.cpp

}  // namespace lowu::client
