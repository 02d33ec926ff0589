// lowu parameters diff, lowu parameters apply: a file against the rules in force. Called through
// parameters_change.hpp; main thread.
#include <algorithm>
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/parameters.hpp"
#include "client/parameters_change.hpp"

namespace lowu::client {

namespace {

constexpr int kSettingsMax = 256;  // of one call

struct FileOptions {
    std::string file;
    std::string at;
    bool complete = false;
};

struct Comparison {
    v1::GetParametersResponse rules;
    std::vector<v1::Parameter> wanted;
    std::vector<ParameterDifference> differences;
    std::size_t unnamed = 0;  // not at their defaults, and the file does not name them
};

Result<Comparison> compare(const SwitchClient& central, const FileOptions& options) {
    auto rules = central.parameters("");
    if (!rules) return rules.error();
    Comparison comparison;
    comparison.rules = std::move(rules).value();
    config::v1::SwitchConfig config;
    const auto loaded = rpc::load_text_config(options.file, config,
                                              [&] { return find_fault(config, comparison.rules); });
    if (!loaded) return loaded.error();
    comparison.wanted = parameters_of(config);
    comparison.differences = differences(comparison.rules, comparison.wanted, options.complete);
    comparison.unnamed = differences(comparison.rules, comparison.wanted, true).size() -
                         differences(comparison.rules, comparison.wanted, false).size();
    return comparison;
}

Json differences_json(const Comparison& comparison) {
    Json list = Json::array();
    for (const ParameterDifference& each : comparison.differences) {
        Json in_force;  // null: a bank has no own value
        if (each.in_force) in_force = std::to_string(*each.in_force);
        list.push_back({{"wanted", to_json(each.wanted)},
                        {"in_force", in_force},
                        {"unit", each.unit},
                        {"named_by_file", each.from_file}});
    }
    return list;
}

std::string differences_text(const Comparison& comparison) {
    Table table({{"parameter"}, {"in force"}, {"file"}, {""}});
    for (const ParameterDifference& each : comparison.differences) {
        table.add({place_text(each.wanted),
                   each.in_force ? value_with_words(each.unit, *each.in_force) : "none of its own",
                   value_with_words(each.unit, each.wanted.value()),
                   each.from_file ? "" : "not in the file: its default"});
    }
    return table.text();
}

ExitCode diff(const Context& context, const FileOptions& options) {
    const SwitchClient central(context.addresses.switch_address);
    const auto comparison = compare(central, options);
    if (!comparison) return fail(context, comparison.error());
    const bool same = comparison->differences.empty();
    if (context.json) {
        print_json({{"same", same}, {"differences", differences_json(*comparison)}});
    } else if (same) {
        std::cout << "Everything that " << options.file << " says is in force.\n";
    } else {
        std::cout << differences_text(*comparison) << comparison->differences.size()
                  << " differ; 'lowu parameters apply " << options.file
                  << (options.complete ? " --complete" : "") << "' puts the file's into force.\n";
    }
    if (!context.json && !options.complete && comparison->unnamed > 0) {
        std::cout
            << comparison->unnamed
            << " more are not at their defaults and not in the file: --complete shows them.\n";
    }
    return same ? ExitCode::kDone : ExitCode::kDiffers;
}

bool is_scheduled(const v1::GetParametersResponse& rules, const v1::Parameter& parameter) {
    return std::any_of(rules.scheduled().begin(), rules.scheduled().end(), [&](const auto& change) {
        return same_place(change.parameter(), parameter);
    });
}

ExitCode apply(const Context& context, const FileOptions& options) {
    const auto moment = moment_of(options.at);
    if (!moment) return fail(context, moment.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto comparison = compare(central, options);
    if (!comparison) return fail(context, comparison.error());
    v1::SetParametersRequest request;
    request.set_effective_time_ms(*moment);
    for (const ParameterDifference& each : comparison->differences) {
        *request.add_parameters() = each.wanted;
    }
    // What is in force now may have changed by the moment.
    for (const v1::Parameter& wanted : comparison->wanted) {
        const bool is_sent = std::any_of(
            request.parameters().begin(), request.parameters().end(),
            [&](const v1::Parameter& parameter) { return same_place(parameter, wanted); });
        if (!is_sent && is_scheduled(comparison->rules, wanted)) *request.add_parameters() = wanted;
    }
    if (request.parameters_size() > kSettingsMax) {
        return fail(context, usage_error(options.file,
                                         "changes " + std::to_string(request.parameters_size()) +
                                             " parameters; 256 can be changed at "
                                             "once, all or none: split it"));
    }
    if (request.parameters().empty()) {
        if (context.json) {
            print_json(to_json(v1::SetParametersResponse()));
        } else {
            std::cout << "Nothing to change: everything that " << options.file
                      << " says is in force.\n";
        }
        return ExitCode::kDone;
    }
    return change_parameters(context, central, comparison->rules, request);
}

constexpr const char* kFileHelp =
    "FILE is text protobuf, lowu.config.v1.SwitchConfig: a configuration of the switch, or\n"
    "'parameters' lines alone, as 'lowu parameters show --config' writes them:\n"
    "  parameters { name: \"opens_at_minute\" rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND\n"
    "               service: SERVICE_P2P_REMITTANCE value: 480 }\n"
    "What it does not name is left as it is, unless --complete says that it is at its default.\n\n";

FileOptions& add_file_options(Command& command, const std::shared_ptr<FileOptions>& options) {
    command.add_option("file", options->file, "Text protobuf, see below")->required();
    command.add_flag("--complete", options->complete,
                     "What FILE does not name is wanted at its default, and no bank's own");
    return *options;
}

}  // namespace

void add_parameters_diff(Command& group, Context& context) {
    Command* command = group.add_subcommand("diff", "What in a file differs from what is in force");
    const auto options = std::make_shared<FileOptions>();
    add_file_options(*command, options);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command, std::string(kFileHelp) +
                             "Exit codes: 0 nothing differs, 5 something does, 2 FILE breaks a "
                             "rule.\n\nExample:\n  lowu parameters diff switch/app/launch.txtpb");
    command->callback([&context, options] {
        context.run = [&context, options] { return diff(context, *options); };
    });
}

void add_parameters_apply(Command& group, Context& context) {
    Command* command =
        group.add_subcommand("apply", "Puts what differs in a file into force, all or none");
    const auto options = std::make_shared<FileOptions>();
    add_at_option(*command, add_file_options(*command, options).at);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               std::string(kFileHelp) +
                   "Example:\n  lowu parameters apply rules.txtpb --at \"2025-07-01 00:00\"");
    command->callback([&context, options] {
        context.run = [&context, options] { return apply(context, *options); };
    });
}

}  // namespace lowu::client
