// lowu reconcile: do all books agree? Called through commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/reconcile_read.hpp"

namespace lowu::client {

namespace {

constexpr const char* kHelp =
    "Each book is read from the process of its owner and summed from its owner's entries:\n"
    "  the rails    every currency sums to zero; every balance is what its entries say; reserved\n"
    "               money is that of pending payments; what the link agents claim of one another\n"
    "               cancels, but for payments in transit (settled at the destination and not yet\n"
    "               at the origin), which are named; domestic payments cancel among the banks, "
    "and\n"
    "               no HKD crosses; every settled payment is credited, but with banks in default\n"
    "  each bank    its entries balance in each currency, its exchange between them included; its\n"
    "               customers' accounts are what its ledger says; its own settlement account is "
    "its\n"
    "               position at the switch; what it holds as pending the switch does too. (Its\n"
    "               settlement account is an asset: debits - credits there is what the switch "
    "shows\n"
    "               as credits - debits.)\n"
    "\n"
    "Payments that the cells have forgotten and restarts change nothing: balances and totals are\n"
    "state, and what is pending is listed as far back as the archive goes.\n"
    "\n"
    "Exit codes: 0 all agree, 5 something differs, 1 a process could not be read.\n"
    "\n"
    "Example:\n"
    "  lowu reconcile\n"
    "  lowu reconcile --brief --wait-ms 30000";

struct ReconcileOptions {
    std::int64_t wait_ms = 5'000;
    bool brief = false;
};

ExitCode run_reconcile(const Context& context, const ReconcileOptions& options) {
    if (options.wait_ms < 0 || options.wait_ms > 3'600'000) {
        return fail(context, usage_error("--wait-ms", "must be 0 to 3600000"));
    }
    const Network network(context.addresses);
    const auto read = read_books(network, std::chrono::milliseconds(options.wait_ms));
    if (!read) return fail(context, read.error());
    const Reconciliation result = reconcile(read->books);
    if (context.json) {
        print_json(reconciliation_json(result, read->quiet, options.brief));
    } else {
        std::cout << reconciliation_text(result, read->quiet, options.brief);
    }
    return result.agrees() ? ExitCode::kDone : ExitCode::kDiffers;
}

}  // namespace

void add_reconcile(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "reconcile", "Holds the books of the switch and of every bank against one another");
    const auto options = std::make_shared<ReconcileOptions>();
    command
        ->add_option("--wait-ms", options->wait_ms,
                     "Wait so long for a moment without payments under way")
        ->capture_default_str();
    command->add_flag("--brief", options->brief, "Only what differs, and the verdict");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, kHelp);
    command->callback([&context, options] {
        context.run = [&context, options] { return run_reconcile(context, *options); };
    });
}

}  // namespace lowu::client
