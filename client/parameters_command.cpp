// lowu parameters: the scheme's rules as numbers: show and set; for files see
// parameters_file.cpp. Called through
// commands.hpp; main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/console.hpp"
#include "client/parameters.hpp"
#include "client/parameters_change.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

// As typed.
struct PlaceOptions {
    std::string rail;
    std::string direction;
    std::string service;
    std::string bank;
};

struct ShowOptions {
    std::string name;
    PlaceOptions place;
    bool changed = false;
    bool config = false;
};

struct SetOptions {
    std::string name;
    std::string value;
    std::string at;
    PlaceOptions place;
};

Result<ParameterPlace> place_of(const PlaceOptions& options) {
    ParameterPlace place;
    const auto rail = parse_rail_word("--rail", options.rail);
    if (!rail) return rail.error();
    const auto direction = parse_direction_word("--direction", options.direction);
    if (!direction) return direction.error();
    const auto service = parse_service_word("--service", options.service);
    if (!service) return service.error();
    place = {*rail, *direction, *service, options.bank};
    if (options.bank.empty()) return place;
    const auto of_bank = parse_bank_code("--bank", options.bank);
    if (!of_bank) return of_bank.error();
    if (place.rail != v1::RAIL_UNSPECIFIED && place.rail != to_proto(*of_bank)) {
        return usage_error("--bank", "is a bank of " + word(to_proto(*of_bank)));
    }
    place.rail = to_proto(*of_bank);
    return place;
}

// ---- show ----

// Only what the options ask for, in the switch's order.
v1::GetParametersResponse narrowed(const v1::GetParametersResponse& all,
                                   const ParameterPlace& place, bool changed) {
    v1::GetParametersResponse some;
    const auto is_wanted = [&](const v1::Parameter& parameter) {
        return place.holds(parameter) &&
               (place.bank.empty() || parameter.participant() == place.bank);
    };
    for (const v1::ParameterState& state : all.parameters()) {
        if (!is_wanted(state.parameter())) continue;
        const bool differs = !state.parameter().participant().empty() ||
                             state.parameter().value() != state.default_value();
        if (!changed || differs) *some.add_parameters() = state;
    }
    for (const v1::ParameterChange& change : all.scheduled()) {
        if (is_wanted(change.parameter())) *some.add_scheduled() = change;
    }
    return some;
}

std::string parameters_text(const v1::GetParametersResponse& shown,
                            const v1::GetParametersResponse& all) {
    Table table({{"parameter"},
                 {"rail"},
                 {"direction"},
                 {"service"},
                 {"bank"},
                 {"value", true},
                 {"in words"},
                 {"unit"},
                 {"default", true},
                 {"source of the default"}});
    for (const v1::ParameterState& state : shown.parameters()) {
        const v1::Parameter& parameter = state.parameter();
        const bool usual = parameter.value() == state.default_value();
        table.add(
            {parameter.name(), word(parameter.rail()),
             parameter.direction() == v1::DIRECTION_UNSPECIFIED ? "" : word(parameter.direction()),
             word(parameter.service()), parameter.participant(),
             Cell(std::to_string(parameter.value()), usual ? Colour::kNone : Colour::kYellow),
             value_text(state.unit(), parameter.value()), state.unit(),
             std::to_string(state.default_value()), state.source()});
    }
    std::string text =
        table.empty() ? "No such parameter differs from its default.\n" : table.text();
    for (const v1::ParameterChange& change : shown.scheduled()) {
        text += "Scheduled: " + change_text(unit_of(all, change.parameter()), change) + "\n";
    }
    return text;
}

// Meanings are the same at every place, so they stand once.
std::string meaning_text(const v1::GetParametersResponse& shown) {
    if (shown.parameters().empty()) return "";
    const v1::ParameterState& first = shown.parameters(0);
    return first.parameter().name() + ": " + first.meaning() +
           " Allowed: " + std::to_string(first.lowest()) + " to " +
           std::to_string(first.highest()) + ".\n";
}

std::string config_text(const v1::GetParametersResponse& shown) {
    std::string text =
        "# proto-file: lowu/config/v1/config.proto\n"
        "# proto-message: lowu.config.v1.SwitchConfig\n";
    for (const v1::ParameterState& state : shown.parameters()) {
        text += config_line(state);
    }
    return text;
}

ExitCode show(const Context& context, const ShowOptions& options) {
    const auto place = place_of(options.place);
    if (!place) return fail(context, place.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto all = central.parameters(options.name);
    if (!all) return fail(context, all.error());
    const auto shown = narrowed(*all, *place, options.changed);
    if (context.json) {
        print_json(to_json(shown));
    } else if (options.config) {
        std::cout << config_text(shown);
    } else {
        std::cout << parameters_text(shown, *all)
                  << (options.name.empty() ? "" : meaning_text(shown));
    }
    return ExitCode::kDone;
}

// ---- set ----

Error ambiguous(const std::string& name, const std::vector<v1::Parameter>& places) {
    std::string list;
    for (const v1::Parameter& place : places) {
        list += "\n  " + place_text(place);
    }
    return usage_error(name,
                       "has more than one such place; name one by --rail, --direction and "
                       "--service:" +
                           list);
}

ExitCode set(const Context& context, const SetOptions& options) {
    const auto place = place_of(options.place);
    if (!place) return fail(context, place.error());
    const auto moment = moment_of(options.at);
    if (!moment) return fail(context, moment.error());
    const SwitchClient central(context.addresses.switch_address);
    const auto rules = central.parameters(options.name);
    if (!rules) return fail(context, rules.error());
    std::vector<v1::Parameter> places;
    for (const v1::ParameterState& state : rules->parameters()) {
        const v1::Parameter& parameter = state.parameter();
        if (parameter.participant().empty() && place->holds(parameter)) places.push_back(parameter);
    }
    if (places.empty()) {
        return fail(context, usage_error(options.name, "has no such place; 'lowu parameters show " +
                                                           options.name + "' lists its places"));
    }
    if (places.size() > 1) return fail(context, ambiguous(options.name, places));
    v1::Parameter& parameter = places.front();
    const auto value = parse_value(unit_of(*rules, parameter), options.value);
    if (!value) return fail(context, value.error());
    parameter.set_participant(place->bank);
    parameter.set_value(*value);
    v1::SetParametersRequest request;
    *request.add_parameters() = parameter;
    request.set_effective_time_ms(*moment);
    return change_parameters(context, central, *rules, request);
}

void add_place_options(Command& command, PlaceOptions& options, const std::string& bank) {
    command.add_option("--rail", options.rail, "fps or ibps");
    command.add_option("--direction", options.direction, "northbound, southbound or domestic");
    command.add_option("--service", options.service, "p2p, fee, b2p or domestic");
    command.add_option("--bank", options.bank, bank);
}

void add_show(Command& group, Context& context) {
    Command* command = group.add_subcommand("show", "Values, defaults and where these come from");
    const auto options = std::make_shared<ShowOptions>();
    command->add_option("name", options->name, "One parameter; default: all");
    add_place_options(*command, options->place, "Only this bank's own values (its code)");
    command->add_flag("--changed", options->changed, "Only what is not at its default");
    add_json_option(*command, context);
    command->add_flag("--config", options->config,
                      "As lines of a configuration file, for diff and apply");
    add_switch_option(*command, context);
    set_footer(*command,
               "Examples:\n"
               "  lowu parameters show\n"
               "  lowu parameters show opens_at_minute --rail ibps --direction southbound\n"
               "  lowu parameters show --changed --config > rules.txtpb");
    command->callback([&context, options] {
        context.run = [&context, options] { return show(context, *options); };
    });
}

void add_set(Command& group, Context& context) {
    Command* command = group.add_subcommand("set", "Gives one parameter another value");
    const auto options = std::make_shared<SetOptions>();
    command->add_option("name", options->name, "As 'lowu parameters show' lists it")->required();
    command
        ->add_option("value", options->value,
                     "In the parameter's unit, or 07:00, 10000.00, yes, no; none: take a bank's "
                     "own back")
        ->required();
    add_place_options(*command, options->place, "A bank's own value, narrower than the scheme's");
    add_at_option(*command, options->at);
    add_json_option(*command, context);
    add_switch_option(*command, context);
    set_footer(*command,
               "The place need only be said as far as it is not clear.\n\n"
               "Examples:\n"
               "  lowu parameters set person_day_limit 20000.00 --direction northbound --service "
               "p2p\n"
               "  lowu parameters set opens_at_minute 08:00 --bank 102100099996 --direction "
               "southbound \\\n       --service p2p --at \"2025-07-01 00:00\"");
    command->callback([&context, options] {
        context.run = [&context, options] { return set(context, *options); };
    });
}

}  // namespace

void add_parameters(Command& app, Context& context) {
    Command* group = app.add_subcommand(
        "parameters", "The scheme's rules as numbers: show, compare with a file, change");
    group->require_subcommand(1);
    set_footer(*group, "Example:\n  lowu parameters show --changed");
    add_show(*group, context);
    add_parameters_diff(*group, context);
    add_parameters_apply(*group, context);
    add_set(*group, context);
}

}  // namespace lowu::client
