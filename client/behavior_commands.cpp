// lowu behave, lowu events: how a simulated bank misbehaves on purpose, and what its rail has
// announced to it. Called through commands.hpp; main thread.
#include <iostream>
#include <memory>
#include <optional>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/event_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

constexpr std::int32_t kWhole = 1'000;  // permille

struct Share {
    const char* option;
    const char* about;
    void (v1::Behavior::*set)(std::int32_t);
    std::int32_t (v1::Behavior::*get)() const;
};

constexpr Share kShares[] = {
    {"--silent", "As payee's bank: never answers", &v1::Behavior::set_silent_permille,
     &v1::Behavior::silent_permille},
    {"--late", "As payee's bank: answers when the deadline is over",
     &v1::Behavior::set_late_permille, &v1::Behavior::late_permille},
    {"--duplicate", "As payee's bank: answers twice", &v1::Behavior::set_duplicate_permille,
     &v1::Behavior::duplicate_permille},
    {"--contradict", "As payee's bank: accepts, and then says the opposite",
     &v1::Behavior::set_contradict_permille, &v1::Behavior::contradict_permille},
    {"--wrong", "As payee's bank: answers with the opposite of what is right",
     &v1::Behavior::set_wrong_permille, &v1::Behavior::wrong_permille},
    {"--refuse", "As payee's bank: refuses whatever it is", &v1::Behavior::set_refuse_permille,
     &v1::Behavior::refuse_permille},
    {"--wrong-amount", "As payer's bank: instructs one fen more than ordered or quoted",
     &v1::Behavior::set_wrong_amount_permille, &v1::Behavior::wrong_amount_permille},
    {"--bad-message", "As payer's bank: sends a malformed message before the real one",
     &v1::Behavior::set_bad_message_permille, &v1::Behavior::bad_message_permille},
};
constexpr std::size_t kShareCount = std::size(kShares);

struct BehaveOptions {
    std::string bank;
    std::optional<std::int32_t> shares[kShareCount];
    std::optional<std::string> refuse_reason;
    std::optional<std::string> refuse_above;
    std::optional<std::int64_t> clock_skew_ms;
    std::optional<std::string> offline;
    std::vector<std::int64_t> latency_us;
    std::uint64_t seed = 0;
    bool bad_frame = false;
    bool reset = false;
};

bool changes_anything(const BehaveOptions& options) {
    bool any = options.refuse_reason || options.refuse_above || options.clock_skew_ms ||
               options.offline || !options.latency_us.empty() || options.seed != 0 ||
               options.bad_frame || options.reset;
    for (const auto& share : options.shares) {
        any = any || share.has_value();
    }
    return any;
}

Result<void> take_shares(const BehaveOptions& options, v1::Behavior& behavior) {
    for (std::size_t i = 0; i < kShareCount; ++i) {
        if (!options.shares[i]) continue;
        if (*options.shares[i] < 0 || *options.shares[i] > kWhole) {
            return usage_error(kShares[i].option, "must be 0 to 1000, of 1,000");
        }
        (behavior.*kShares[i].set)(*options.shares[i]);
    }
    return {};
}

Result<void> take_refusals(const BehaveOptions& options, v1::Behavior& behavior) {
    if (options.refuse_reason) behavior.set_refuse_reason(*options.refuse_reason);
    if (!options.refuse_above) return {};
    if (*options.refuse_above == "0") {
        behavior.set_refuse_above_minor(0);
        return {};
    }
    const auto amount = parse_money("--refuse-above", *options.refuse_above);
    if (!amount) return amount.error();
    behavior.set_refuse_above_minor(*amount);
    return {};
}

Result<void> take_times(const BehaveOptions& options, v1::Behavior& behavior) {
    if (options.clock_skew_ms) behavior.set_clock_skew_ms(*options.clock_skew_ms);
    if (options.offline) {
        if (*options.offline != "yes" && *options.offline != "no") {
            return usage_error("--offline", "must be yes or no");
        }
        behavior.set_offline(*options.offline == "yes");
    }
    behavior.set_bad_frame(options.bad_frame);
    if (options.latency_us.empty()) return {};
    const auto& latency_us = options.latency_us;
    if (latency_us[0] < 0 || latency_us[1] < latency_us[0] || latency_us[2] < latency_us[1]) {
        return usage_error("--latency-us",
                           "must be three figures that do not fall: least, median, "
                           "99 %");
    }
    behavior.mutable_latency()->set_min_us(latency_us[0]);
    behavior.mutable_latency()->set_p50_us(latency_us[1]);
    behavior.mutable_latency()->set_p99_us(latency_us[2]);
    return {};
}

// What was said before stays, unless it is said anew or reset.
Result<v1::Behavior> behavior_of(const BehaveOptions& options, const v1::Behavior& before) {
    v1::Behavior behavior = options.reset ? v1::Behavior() : before;
    for (const auto take : {take_shares, take_refusals, take_times}) {
        if (auto taken = take(options, behavior); !taken) return taken.error();
    }
    return behavior;
}

std::string done_text(const v1::GetBehaviorResponse& response, const std::string& field) {
    const auto found = response.done().find(field);
    return found == response.done().end() ? "" : std::to_string(found->second);
}

std::string behavior_text(const std::string& bank, const v1::GetBehaviorResponse& response) {
    const v1::Behavior& behavior = response.behavior();
    Table table({{"behaviour"}, {"value", true}, {"done so far", true}, {"what it is"}});
    for (const Share& share : kShares) {
        std::string field = std::string(share.option).substr(2) + "_permille";
        std::replace(field.begin(), field.end(), '-', '_');
        const std::int32_t permille = (behavior.*share.get)();
        table.add({std::string(share.option).substr(2),
                   Cell(std::to_string(permille) + " of 1000",
                        permille == 0 ? Colour::kNone : Colour::kYellow),
                   done_text(response, field), share.about});
    }
    table.add({"refuse-reason",
               behavior.refuse_reason().empty() ? "MS03" : behavior.refuse_reason(), "",
               "The reason it gives then"});
    table.add({"refuse-above",
               behavior.refuse_above_minor() == 0
                   ? "no rule"
                   : amount_text(v1::CURRENCY_CNY, behavior.refuse_above_minor()),
               done_text(response, "refuse_above_minor"),
               "As payee's bank: refuses more than this"});
    table.add({"clock-skew-ms", std::to_string(behavior.clock_skew_ms()),
               done_text(response, "clock_skew_ms"), "As payer's bank: its clock is off by this"});
    table.add({"offline", behavior.offline() ? "yes" : "no", done_text(response, "offline"),
               "Has no session with the switch"});
    table.add({"bad-frame", "", done_text(response, "bad_frame"),
               "Ends its session once with a frame that breaks the protocol"});
    const v1::LatencyDistribution& latency = behavior.latency();
    table.add({"latency-us",
               behavior.has_latency()
                   ? std::to_string(latency.min_us()) + " " + std::to_string(latency.p50_us()) +
                         " " + std::to_string(latency.p99_us())
                   : "at once",
               "", "As payee's bank: time to an answer: least, median, 99 %"});
    return bank_text(bank) + "\n" + table.text();
}

ExitCode behave(const Context& context, const BehaveOptions& options) {
    const auto rail = parse_bank_code("bank", options.bank);
    if (!rail) return fail(context, rail.error());
    const Network network(context.addresses);
    const BankClient& banks = network.banks_of(*rail);
    auto now = banks.behavior(options.bank);
    if (!now) return fail(context, now.error());
    if (changes_anything(options)) {
        const auto behavior = behavior_of(options, now->behavior());
        if (!behavior) return fail(context, behavior.error());
        v1::SetBehaviorRequest request;
        request.set_bank(options.bank);
        *request.mutable_behavior() = *behavior;
        request.set_seed(options.seed);
        if (auto set = banks.set_behavior(request); !set) return fail(context, set.error());
        now = banks.behavior(options.bank);
        if (!now) return fail(context, now.error());
    }
    if (context.json) {
        print_json(to_json(*now));
    } else {
        std::cout << behavior_text(options.bank, *now);
    }
    return ExitCode::kDone;
}

ExitCode events(const Context& context, const std::string& bank) {
    const auto rail = parse_bank_code("bank", bank);
    if (!rail) return fail(context, rail.error());
    const Network network(context.addresses);
    const auto response = network.banks_of(*rail).events(bank);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    Table table({{"recorded UTC+8"}, {"holds from UTC+8"}, {"about"}, {"what"}});
    for (const v1::SystemEvent& event : response->events()) {
        table.add({time_text(event.booking_time_ms()),
                   event.effective_time_ms() == 0 ? "" : time_text(event.effective_time_ms()),
                   word(event.kind()), event_text(event)});
    }
    std::cout << (table.empty() ? "The rail has announced nothing to " + bank_text(bank) + ".\n"
                                : table.text());
    return ExitCode::kDone;
}

void add_behave_options(Command& command, BehaveOptions& options) {
    command.add_option("bank", options.bank, "Code of the bank")->required();
    for (std::size_t i = 0; i < kShareCount; ++i) {
        command.add_option(kShares[i].option, options.shares[i],
                           std::string(kShares[i].about) + ", of 1,000");
    }
    command.add_option("--refuse-reason", options.refuse_reason,
                       "The ISO 20022 code it then gives; empty: MS03");
    command.add_option("--refuse-above", options.refuse_above,
                       "As payee's bank: refuses amounts above this, in CNY; 0: no such rule");
    command.add_option("--clock-skew-ms", options.clock_skew_ms,
                       "As payer's bank: its clock is off by this");
    command.add_option("--offline", options.offline, "yes: has no session with the switch; no");
    command.add_flag("--bad-frame", options.bad_frame,
                     "Now, once: ends its session with a frame that breaks the protocol");
    command
        .add_option("--latency-us", options.latency_us,
                    "As payee's bank: time to an answer: least, median, 99 %, in microseconds")
        ->expected(3, ',');
    command.add_option("--seed", options.seed, "Of the choices; default: as it is");
    command.add_flag("--reset", options.reset, "First forget what was said before");
}

}  // namespace

void add_behave(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "behave", "How a simulated bank misbehaves on purpose: shows it, and changes it");
    const auto options = std::make_shared<BehaveOptions>();
    add_behave_options(*command, *options);
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command,
               "Shares are of 1,000 of what it could be done to. What is not said stays as it "
               "is.\n\n"
               "Examples:\n"
               "  lowu behave 012\n"
               "  lowu behave 012 --silent 100 --latency-us 500,2000,20000\n"
               "  lowu behave 102100099996 --refuse 1000 --refuse-reason AC06\n"
               "  lowu behave 012 --reset");
    command->callback([&context, options] {
        context.run = [&context, options] { return behave(context, *options); };
    });
}

void add_events(Command& app, Context& context) {
    Command* command =
        app.add_subcommand("events", "What the rail has announced to a bank, newest first");
    const auto bank = std::make_shared<std::string>();
    command->add_option("bank", *bank, "Code of the bank")->required();
    add_json_option(*command, context);
    add_bank_options(*command, context);
    set_footer(*command, "Example:\n  lowu events 012");
    command->callback(
        [&context, bank] { context.run = [&context, bank] { return events(context, *bank); }; });
}

}  // namespace lowu::client
