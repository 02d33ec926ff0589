// lowu enquire: a bank asks its rail where a payment stands. Called through commands.hpp; main
// thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/enquiry.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

ExitCode enquire(const Context& context, const EnquiryOptions& options) {
    const auto request = enquiry_of(options);
    if (!request) return fail(context, request.error());
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return fail(context, rail.error());
    const Network network(context.addresses);
    const auto response = network.banks_of(*rail).enquire(*request);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << enquiry_text(options.bank, *response);
    }
    return exit_code_of(*response);
}

}  // namespace

void add_enquire(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("enquire", "Makes a bank ask its rail where a payment stands");
    const auto options = std::make_shared<EnquiryOptions>();
    command->add_option("bank", options->bank, "Code of the bank that asks")->required();
    command->add_option("uetr", options->uetr, "The payment's UETR")->required();
    command->add_option("--side", options->side, "Which end of it the bank is: payer or payee")
        ->capture_default_str();
    command->add_option("--wait-ms", options->wait_ms, "Wait so long for the answer, 1 to 60000")
        ->capture_default_str();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "The question goes the way of the bank's messages, behind everything it has sent "
               "before. A rail\nallows the first one some time after the payment was taken up, and "
               "only so many in a window\n('lowu parameters show': enquiry_after_ms, "
               "enquiries_per_window, enquiry_window_ms).\n\n"
               "Exit codes: 0 settled (ACSC), 3 refused (RJCT), 4 pending (ACSP), 1 the rail does "
               "not say, 2 wrong\nusage.\n\n"
               "Examples:\n"
               "  lowu enquire 012 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33\n"
               "  lowu enquire 102100099996 8f1c2a94-3a0e-4b51-9b1e-7a4d1c0f2e33 --side payee");
    command->callback([&context, options] {
        context.run = [&context, options] { return enquire(context, *options); };
    });
}

}  // namespace lowu::client
