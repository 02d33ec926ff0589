// Changes of parameters: their moment, how they are sent, how they are shown. Exists because
// `parameters set` and `parameters apply` change alike. Main thread.
#pragma once

#include <string>

#include "client/context.hpp"
#include "lowu/v1/operations.pb.h"

namespace lowu::client {

// --at.
void add_at_option(Command& command, std::string& at);

// Of --at, in milliseconds since 1970-01-01 UTC; 0 for "at once".
[[nodiscard]] Result<std::int64_t> moment_of(const std::string& at);

// The unit of a parameter, a bank's own included; empty when the rules do not have it.
[[nodiscard]] std::string unit_of(const v1::GetParametersResponse& rules,
                                  const v1::Parameter& parameter);

// "opens_at_minute on ibps southbound p2p: 480 (08:00) from 2025-07-01 00:00:00.000 UTC+8"
[[nodiscard]] std::string change_text(const std::string& unit, const v1::ParameterChange& change);

// Sends the change and says what was recorded.
[[nodiscard]] ExitCode change_parameters(const Context& context, const SwitchClient& central,
                                         const v1::GetParametersResponse& rules,
                                         const v1::SetParametersRequest& request);

// parameters_file.cpp
void add_parameters_diff(Command& group, Context& context);
void add_parameters_apply(Command& group, Context& context);

}  // namespace lowu::client
