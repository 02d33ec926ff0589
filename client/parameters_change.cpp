// Changes of parameters. See parameters_change.hpp.
#include "client/parameters_change.hpp"

#include <iostream>

#include "client/console.hpp"
#include "client/parameters.hpp"
#include "client/words.hpp"

namespace lowu::client {

void add_at_option(Command& command, std::string& at) {
    command.add_option("--at", at,
                       "From when, scheme time in UTC+8: \"2025-07-01 00:00\"; default: at once");
}

Result<std::int64_t> moment_of(const std::string& at) {
    if (at.empty()) return std::int64_t{0};
    return parse_time("--at", at);
}

std::string unit_of(const v1::GetParametersResponse& all, const v1::Parameter& parameter) {
    for (const v1::ParameterState& state : all.parameters()) {
        v1::Parameter place = state.parameter();
        place.set_participant(parameter.participant());
        if (same_place(place, parameter)) return state.unit();
    }
    return "";
}

std::string change_text(const std::string& unit, const v1::ParameterChange& change) {
    return place_text(change.parameter()) + ": " +
           value_with_words(unit, change.parameter().value()) + " from " +
           time_text(change.effective_time_ms()) + " UTC+8";
}

ExitCode change_parameters(const Context& context, const SwitchClient& central,
                           const v1::GetParametersResponse& rules,
                           const v1::SetParametersRequest& request) {
    const auto response = central.set_parameters(request);
    if (!response) return fail(context, response.error());
    if (context.json) {
        print_json(to_json(*response));
        return ExitCode::kDone;
    }
    for (const v1::ParameterChange& change : response->changes()) {
        std::cout << change_text(unit_of(rules, change.parameter()), change) << "\n";
    }
    std::cout << (response->changes().empty() ? "Nothing to change: it is so already.\n"
                                              : "Recorded, and announced to the banks.\n");
    return ExitCode::kDone;
}

}  // namespace lowu::client
