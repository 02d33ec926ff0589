// lowu watch: what happens to payments, as it happens. Called through commands.hpp; main thread,
// and the one of StopSignals for Ctrl-C.
#include <iostream>
#include <memory>
#include <optional>

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

// `shown`: how many changes; none: no answer came. After an error the token is needed most, but
// before the first answer it is only what the user has typed.
ExitCode finish(const Context& context, const WatchOptions& options, PaymentWatch& watch,
                std::optional<std::size_t> shown) {
    const auto ended = watch.end();
    if (!context.json && (ended || shown)) {
        std::cout << watch_end_text(shown.value_or(0), options.participant, watch.resume_token())
                  << std::endl;
    }
    return ended ? ExitCode::kDone : fail(context, ended.error());
}

ExitCode watch(const Context& context, const WatchOptions& options) {
    StopSignals signals;  // before anything starts threads
    const SwitchClient central(context.addresses.switch_address);
    if (const auto known = central.check_participant("--participant", options.participant);
        !known) {
        return fail(context, known.error());
    }
    v1::WatchPaymentsRequest request;
    request.set_participant(options.participant);
    request.set_resume_token(options.token);
    const auto watch = central.watch_payments(request);
    signals.call([&watch] { watch->cancel(); });
    v1::WatchPaymentsResponse response;
    std::optional<std::size_t> shown;
    while (watch->next(response)) {
        if (!shown && !context.json) std::cout << watch_heading() << std::endl;
        show(context, response);
        shown = shown.value_or(0) + (response.has_payment() ? 1U : 0U);
        if (options.count == 0 || *shown < options.count) continue;
        watch->cancel();
        break;
    }
    return finish(context, options, *watch, shown);
}

}  // namespace

void add_watch(Command& app, Context& context) {
    Command* command =
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
