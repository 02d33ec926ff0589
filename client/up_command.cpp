// lowu up: starts a sandbox, shows that it works, and stays until Ctrl-C. Called through
// commands.hpp. The main thread starts and watches the processes; the show runs on a second thread.
#include <cstdint>
#include <future>
#include <iostream>
#include <memory>
#include <optional>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/launch_day.hpp"
#include "client/sandbox.hpp"
#include "client/show.hpp"

namespace lowu::client {

namespace {

constexpr const char* kHelp =
    "Starts lowu_switch and two bank_sim (the Hong Kong and the Mainland banks) from the folder "
    "of\n"
    "this program, sends payments each way, shows their timelines, the positions and whether all\n"
    "books agree, and stays until Ctrl-C; then stops the banks and the switch in order.\n"
    "\n"
    "Without --dir a temporary folder is used and removed at the end (kept after a failure). A "
    "folder\n"
    "named by --dir is kept: the logs of the switch and the banks in DIR/switch, DIR/hk and\n"
    "DIR/mainland, and what the programs say in DIR/*.log. Another start with the same --dir goes "
    "on\n"
    "from these logs, however the one before ended: with the same books, payments, rules and "
    "scheme\n"
    "time. It first holds the books against one another, then shows a payment each way.\n"
    "\n"
    "With --scenario NAME a day of many customers is played instead: launch-day sends through the\n"
    "same processes the published figures of Sunday 22 June 2025 to 18:00, 6,900 payments "
    "northbound\n"
    "and 19,000 southbound, passing 2,000 and 7,400 at noon, in well under a minute. Payments "
    "come\n"
    "from a seed (--seed, else the scenario's own): the same seed gives the same day to the fen. "
    "Each\n"
    "scenario is a file in bank_sim/scenarios that says what is published and what is assumed.\n"
    "\n"
    "When one of its processes ends by itself, lowu stops the others, too. Two cannot run in one\n"
    "folder at once.\n"
    "\n"
    "Exit codes: 0 everything was as expected, 1 a process failed, the folder or a port is in use, "
    "a\n"
    "payment ended otherwise than it should or a count is not as published, 2 wrong usage, 5 the\n"
    "books differ.\n"
    "\n"
    "Example:\n"
    "  lowu up --once\n"
    "  lowu up --scenario launch-day --once\n"
    "  lowu up --dir my-sandbox --switch-port 7510 --hk-port 7520 --mainland-port 7530";

struct UpOptions {
    SandboxSettings sandbox;
    bool once = false;
};

// While the show runs, the main thread listens for signals and for children that end. A show whose
// processes are gone ends by itself: its calls fail at once.
Result<ShowResult> watch_show(Sandbox& sandbox, bool json) {
    auto show = std::async(std::launch::async, [&sandbox, json] {
        const DayFile* day = sandbox.day_to_play();
        auto result = day != nullptr ? run_day(sandbox.addresses(), *day, json)
                                     : run_show(sandbox.addresses(), json);
        sandbox.wake();
        return result;
    });
    constexpr std::chrono::milliseconds kLong{3'600'000};
    Wake woken = Wake::kTimeout;
    while (woken == Wake::kTimeout) {
        woken = sandbox.wait(kLong);
    }
    const std::optional<Error> dead = sandbox.dead_child();
    if (woken == Wake::kReady && !dead) return show.get();
    const auto stopped = sandbox.stop();
    (void)show.get();  // what it says now follows from the stop
    if (dead) return *dead;
    if (!stopped) return stopped.error();
    return Error{Error::Kind::kUnavailable, "stopped before the end of the show"};
}

// Until a signal comes; the error is a child that ended.
Result<void> stay(Sandbox& sandbox) {
    constexpr std::chrono::milliseconds kLong{3'600'000};
    while (true) {
        switch (sandbox.wait(kLong)) {
            case Wake::kStopAsked:
                return {};
            case Wake::kChildDied:
                return *sandbox.dead_child();
            case Wake::kReady:
            case Wake::kTimeout:
                break;
        }
    }
}

ExitCode give_up(const Context& context, Sandbox& sandbox, const Error& error, bool once) {
    const bool stopped_well = sandbox.stop().ok();
    if (sandbox.stop_asked() && !once && stopped_well) {
        sandbox.remove_directory();
        std::cerr << "Stopped." << std::endl;
        return ExitCode::kDone;
    }
    const ExitCode code = fail(context, error);
    if (!sandbox.directory().empty()) {
        std::cerr << sandbox.kept_text() << std::endl;
    }
    return code;
}

ExitCode finish(const Context& context, const UpOptions& options, Sandbox& sandbox,
                const ShowResult& show) {
    const auto stopped = sandbox.stop();
    if (!context.json && stopped.ok()) {
        std::cout << "Stopped: banks and switch ended well.\n";
        if (!options.sandbox.directory.empty()) std::cout << sandbox.kept_text() << "\n";
    }
    if (!show.unexpected.empty() || !stopped.ok()) {
        std::cout.flush();
        std::cerr << "lowu: "
                  << (show.unexpected.empty() ? stopped.error().what
                                              : "not as expected: " + show.unexpected)
                  << "\n"
                  << sandbox.kept_text() << std::endl;
        return show.unexpected.empty() ? ExitCode::kEnvironment : show.exit_code;
    }
    sandbox.remove_directory();
    return ExitCode::kDone;
}

ExitCode up(const Context& context, const UpOptions& options) {
    if (options.sandbox.day_seed != 0 && options.sandbox.scenario.empty()) {
        return fail(context, usage_error("--seed", "must go with --scenario"));
    }
    Sandbox sandbox;
    SandboxSettings settings = options.sandbox;
    if (!context.json)
        settings.say = [](const std::string& text) { std::cout << text << std::endl; };
    if (auto prepared = sandbox.prepare(settings); !prepared) {
        return fail(context, prepared.error());
    }
    if (sandbox.goes_on() && !context.json) {
        std::cout << "Going on from the logs of an earlier start in " << sandbox.directory()
                  << " ...\n"
                  << std::endl;
    }
    if (auto started = sandbox.start(); !started) {
        return give_up(context, sandbox, started.error(), options.once);
    }
    const auto show = watch_show(sandbox, context.json);
    if (!show) return give_up(context, sandbox, show.error(), options.once);
    if (context.json) print_json(show->document);
    if (options.once) return finish(context, options, sandbox, *show);
    if (!context.json) {
        if (!show->unexpected.empty()) {
            std::cout << paint("Not as expected: " + show->unexpected, Colour::kRed) << "\n";
        }
        std::cout << "\nLogs: " << sandbox.directory() << "/*.log. Ctrl-C stops everything."
                  << std::endl;
    }
    if (auto stayed = stay(sandbox); !stayed) {
        return give_up(context, sandbox, stayed.error(), true);
    }
    return finish(context, options, sandbox, *show);
}

}  // namespace

void add_up(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "up", "Starts the switch and the twelve launch banks, and shows payments each way");
    const auto options = std::make_shared<UpOptions>();
    SandboxSettings& sandbox = options->sandbox;
    command->add_flag("--once", options->once,
                      "Stop after the show; the exit code tells how it was");
    command->add_option("--scenario", sandbox.scenario,
                        "Play this day instead: launch-day, or another file of that kind");
    command
        ->add_option("--seed", sandbox.day_seed, "With --scenario: instead of the scenario's own")
        ->at_least(1);
    command->add_option("--dir", sandbox.directory,
                        "Keep logs and outputs in this folder; one of an earlier start: go on");
    command->add_option("--switch-port", sandbox.switch_port, "Port of the switch (0: any)")
        ->capture_default_str();
    command->add_option("--hk-port", sandbox.hk_port, "Port of the Hong Kong banks (0: any)")
        ->capture_default_str();
    command
        ->add_option("--mainland-port", sandbox.mainland_port,
                     "Port of the Mainland banks (0: any)")
        ->capture_default_str();
    command->add_option("--share", sandbox.share,
                        "Folder with switch/app/launch.txtpb and bank_sim/scenarios");
    add_json_option(*command, context);
    set_footer(*command, kHelp);
    command->callback([&context, options] {
        context.run = [&context, options] { return up(context, *options); };
    });
}

}  // namespace lowu::client
