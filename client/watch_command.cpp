// lowu watch: what happens to payments, as it happens. Called through commands.hpp; main thread,
// and the one of StopSignals for Ctrl-C.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/stop_signals.hpp"
#include "client/watch_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

struct WatchOptions {
    std::string participant;
    std::string token;
    std::size_t count = 0;
};

void show(const Context& context, const v1::WatchPaymentsResponse& response) {
    if (context.json) {
        // The tokens that come without a payment, too: a program can keep the last one.
        std::cout << to_json(response).dump() << std::endl;
    } else if (response.has_payment()) {
        std::cout << watch_line(response) << std::endl;
    }
}

// The token is said in every case: after an error it is needed most.
ExitCode finish(const Context& context, const WatchOptions& options, PaymentWatch& watch,
                std::size_t shown) {
    const auto ended = watch.end();
    if (!context.json) {
        std::cout << watch_end_text(shown, options.participant, watch.resume_token()) << std::endl;
    }
    return ended ? ExitCode::kDone : fail(context, ended.error());
}

ExitCode watch(const Context& context, const WatchOptions& options) {
    if (!options.participant.empty()) {
        const auto rail = parse_bank_code("--participant", options.participant);
        if (!rail) return fail(context, rail.error());
    }
    StopSignals signals;  // before anything starts threads
    const SwitchClient central(context.addresses.switch_address);
    v1::WatchPaymentsRequest request;
    request.set_participant(options.participant);
    request.set_resume_token(options.token);
    const auto watch = central.watch_payments(request);
    signals.call([&watch] { watch->cancel(); });
    if (!context.json) std::cout << watch_heading() << std::endl;
    v1::WatchPaymentsResponse response;
    std::size_t shown = 0;
    while (watch->next(response)) {
        show(context, response);
        shown += response.has_payment() ? 1U : 0U;
        if (options.count == 0 || shown < options.count) continue;
        watch->cancel();
        break;
    }
    return finish(context, options, *watch, shown);
}

}  // namespace

void add_watch(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("watch", "What happens to payments from now on, a line each, to Ctrl-C");
    const auto options = std::make_shared<WatchOptions>();
    command->add_option("--participant", options->participant,
                        "Only payments that this bank pays or receives (its code)");
    command->add_option("--from", options->token,
                        "Go on behind this token of an earlier watch; default: from now on");
    command->add_option("--count", options->count, "End after so many changes; default: 0, never")
        ->capture_default_str();
    command->add_flag("--json", context.json,
                      "One JSON document a line instead of text; each has its resume_token");
    add_switch_option(*command, context);
    set_footer(*command,
               "A line comes when a payment is taken up, becomes final, is reported credited or "
               "comes back.\nThe last line says the token to go on with, so that nothing is "
               "missed in between. The switch\nkeeps the latest changes only: a token that is too "
               "old is refused, and 'lowu list' shows\nwhat happened since.\n\n"
               "Examples:\n"
               "  lowu watch\n"
               "  lowu watch --participant 012 --count 10");
    command->callback([&context, options] {
        context.run = [&context, options] { return watch(context, *options); };
    });
}

}  // namespace lowu::client
