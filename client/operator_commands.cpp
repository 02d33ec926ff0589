// lowu availability, lowu time, lowu clock, lowu snapshot: banks off and on, scheme time, what a
// jump of the clock was, and a state on disk. Called through commands.hpp; main thread.
#include <algorithm>
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/operator_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

struct AvailabilityOptions {
    std::string bank;
    std::string state;
    std::string back;
    bool forced = false;
};

Result<void> force(const Network& network, const AvailabilityOptions& options, bool available,
                   std::int64_t back_ms) {
    v1::SetAvailabilityRequest request;
    request.set_participant(options.bank);
    request.set_available(available);
    request.set_expected_back_ms(back_ms);
    return network.central().set_availability(request);
}

// The bank tells its rail in its own time, and the rail may say no: look until it is so.
Result<void> log_off_or_on(const Network& network, scheme::Rail rail,
                           const AvailabilityOptions& options, bool available,
                           std::int64_t back_ms) {
    constexpr std::chrono::milliseconds kPatience{3'000};
    v1::SetBankAvailabilityRequest request;
    request.set_bank(options.bank);
    request.set_available(available);
    request.set_expected_back_ms(back_ms);
    const auto asked = network.banks_of(rail).set_availability(request);
    if (!asked) return asked;
    const bool is_so = wait_with_backoff(kPatience, [&] {
        const auto all = network.central().participants();
        if (!all) return false;
        return std::any_of(all->participants().begin(), all->participants().end(),
                           [&](const v1::Participant& bank) {
                               return bank.code() == options.bank && bank.logged_off() != available;
                           });
    });
    if (is_so) return {};
    return Error{Error::Kind::kUnavailable,
                 bank_text(options.bank) +
                     " has asked, and its rail does not show it: a bank may "
                     "log off or on once in ten seconds, and one that the "
                     "operator has forced off stays off"};
}

ExitCode availability(const Context& context, const AvailabilityOptions& options) {
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return fail(context, rail.error());
    if (options.state != "off" && options.state != "on") {
        return fail(context, usage_error("state", "must be off or on"));
    }
    const bool available = options.state == "on";
    if (available && !options.back.empty()) {
        return fail(context, usage_error("--back", "goes with off"));
    }
    std::int64_t back_ms = 0;
    if (!options.back.empty()) {
        const auto parsed = parse_time("--back", options.back);
        if (!parsed) return fail(context, parsed.error());
        back_ms = *parsed;
    }
    const Network network(context.addresses);
    const auto set = options.forced ? force(network, options, available, back_ms)
                                    : log_off_or_on(network, *rail, options, available, back_ms);
    if (!set) return fail(context, set.error());
    if (context.json) {
        print_json({{"bank", options.bank},
                    {"available", available},
                    {"forced", options.forced},
                    {"expected_back_ms", std::to_string(back_ms)}});
        return ExitCode::kDone;
    }
    const char* what =
        available ? (options.forced ? " is let on again by the operator" : " is on again")
                  : (options.forced ? " is forced off by the operator" : " has logged off");
    std::cout << bank_text(options.bank) << what
              << (available ? ".\n"
                            : ": new payments to it are refused AB08, what was asked "
                              "before goes on.\n");
    return ExitCode::kDone;
}

ExitCode advance_time(const Context& context, const std::string& text) {
    const auto to = parse_time("time", text);
    if (!to) return fail(context, to.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto now = central.advance_scheme_time(*to);
    if (!now) return fail(context, now.error());
    if (context.json) {
        print_json({{"scheme_time_ms", std::to_string(*now)}});
    } else {
        std::cout << "Scheme time is " << time_text(*now) << " UTC+8.\n";
    }
    return ExitCode::kDone;
}

ExitCode confirm_clock(const Context& context, const std::string& word) {
    if (word != "passed" && word != "ignored") {
        return fail(context, usage_error("verdict", "must be passed or ignored"));
    }
    const v1::ClockVerdict verdict =
        word == "passed" ? v1::CLOCK_VERDICT_PASSED : v1::CLOCK_VERDICT_IGNORED;
    const SwitchClient central(context.addresses.switch_address);
    const auto response = central.confirm_clock(verdict);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
    } else {
        std::cout << clock_text(verdict, response->jump_ms());
    }
    return ExitCode::kDone;
}

ExitCode take_snapshot(const Context& context) {
    const SwitchClient central(context.addresses.switch_address);
    const auto snapshot = central.take_snapshot();
    if (!snapshot) return fail(context, snapshot.error());
    if (context.json) {
        print_json(to_json(*snapshot));
    } else {
        std::cout << "Snapshot at " << snapshot->sequence() << ", scheme time "
                  << time_text(snapshot->scheme_time_ms()) << " UTC+8, "
                  << bytes_text(snapshot->bytes())
                  << (snapshot->verified() ? ", read back and found whole.\n"
                                           : ", NOT verified.\n");
    }
    return snapshot->verified() ? ExitCode::kDone : ExitCode::kEnvironment;
}

}  // namespace

void add_availability(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "availability", "Planned absence: a bank logs off or on, or is forced off by the operator");
    const auto options = std::make_shared<AvailabilityOptions>();
    command->add_option("bank", options->bank, "Code of the bank")->required();
    command->add_option("state", options->state, "off or on")->required();
    command->add_flag("--forced", options->forced,
                      "By the operator, whatever the bank says; else the bank itself");
    command->add_option("--back", options->back,
                        "With off: when it is expected back, \"2025-06-22 12:00\" UTC+8");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "While it is off, new payments to it are refused AB08 and its own are refused AB07; "
               "all\nbanks are told. A bank may log off or on once in ten seconds. 'lowu banks' "
               "shows who is off.\n\n"
               "Examples:\n"
               "  lowu availability 012 off --back \"2025-06-22 12:00\"\n"
               "  lowu availability 012 on\n"
               "  lowu availability 308584000013 off --forced");
    command->callback([&context, options] {
        context.run = [&context, options] { return availability(context, *options); };
    });
}

void add_time(Command& app, Context& context) {
    Command* group = app.add_subcommand("time", "Scheme time; 'lowu status' shows it");
    group->require_subcommand(1);
    set_footer(*group, "Example:\n  lowu time advance \"2025-06-22 23:30\"");
    Command* command =
        group->add_subcommand("advance", "Sets scheme time forward while no payment is pending");
    const auto to = std::make_shared<std::string>();
    command->add_option("time", *to, "UTC+8, \"2025-06-22 12:00\"; at most 400 days ahead")
        ->required();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, "Example:\n  lowu time advance \"2025-06-22 23:30\"");
    command->callback(
        [&context, to] { context.run = [&context, to] { return advance_time(context, *to); }; });
}

void add_clock(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "clock", "Says what a jump of the clock was, so that the switch goes on");
    const auto word = std::make_shared<std::string>();
    command->add_option("verdict", *word, "passed or ignored")->required();
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "After a jump of the clock the switch takes nothing new until somebody says what it "
               "was; 'lowu\nstatus' shows by how much it jumped.\n"
               "  passed   the time has passed: go on from the new time, deadlines included\n"
               "  ignored  the clock is wrong, or the process stood still: go on from before the "
               "jump\n\n"
               "Example:\n  lowu clock ignored");
    command->callback([&context, word] {
        context.run = [&context, word] { return confirm_clock(context, *word); };
    });
}

void add_snapshot(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("snapshot", "Writes the switch's state to disk now, and verifies it");
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "A start reads the newest snapshot and replays only the log behind it. The switch "
               "takes them by\nitself, too; two are kept ('lowu status').\n\n"
               "Example:\n  lowu snapshot");
    command->callback([&context] { context.run = [&context] { return take_snapshot(context); }; });
}

}  // namespace lowu::client
