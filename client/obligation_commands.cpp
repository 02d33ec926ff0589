// lowu obligations, lowu default: what banks owe to payees, and what an operator does about a bank
// that does not pay. Called through commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/operator_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

struct ObligationOptions {
    std::string bank;
    std::size_t limit = 100;
};

ExitCode obligations(const Context& context, const ObligationOptions& options) {
    if (options.limit < 1 || options.limit > kPageSizeMax) {
        return fail(context, usage_error("--limit", "must be 1 to 1000"));
    }
    const SwitchClient central(context.addresses.switch_address);
    if (const auto known = central.check_participant("bank", options.bank); !known) {
        return fail(context, known.error());
    }
    const auto response = central.obligations(options.bank, options.limit);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << obligations_text(*response);
    }
    return ExitCode::kDone;
}

// Never asked for at the terminal: what cannot be taken back is typed as a whole.
ExitCode declare_default(const Context& context, const std::string& bank, bool yes) {
    const auto rail = parse_bank_code("bank", bank);
    if (!rail) return fail(context, rail.error());
    if (!yes) return fail(context, usage_error("--yes", default_warning(bank)));
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.declare_default(bank);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << default_text(bank, *response);
    }
    return ExitCode::kDone;
}

}  // namespace

void add_obligations(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "obligations", "Settled payments that no payee's bank has reported credited yet");
    const auto options = std::make_shared<ObligationOptions>();
    command->add_option("bank", options->bank, "Only those of this bank (its code)");
    command->add_option("--limit", options->limit, "At most so many, up to 1000")
        ->capture_default_str();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "Overdue: settled longer ago than the rail's credit_deadline_ms ('lowu parameters "
               "show').\n\n"
               "Examples:\n"
               "  lowu obligations\n"
               "  lowu obligations 012");
    command->callback([&context, options] {
        context.run = [&context, options] { return obligations(context, *options); };
    });
}

void add_default(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("default", "Declares a bank in default; it cannot be taken back");
    const auto bank = std::make_shared<std::string>();
    const auto yes = std::make_shared<bool>(false);
    command->add_option("bank", *bank, "Code of the bank")->required();
    command->add_flag("--yes", *yes, "Do it; without this it only says what it would do");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "The bank takes part in no new payment from then on, what is pending ends as it "
               "would, its open\nobligations are marked, and all banks are told. Exit code 2 "
               "without --yes.\n\n"
               "Example:\n  lowu default 012 --yes");
    command->callback([&context, bank, yes] {
        context.run = [&context, bank, yes] { return declare_default(context, *bank, *yes); };
    });
}

}  // namespace lowu::client
