// The scheme's parameters as people read, type and compare them. Exists apart from the command so
// that tests can hold a file against a rule book without a process. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/config/v1/config.pb.h"
#include "lowu/v1/operations.pb.h"

namespace lowu::client {

// Narrows a list of parameters; what is unset or empty does not.
struct ParameterPlace {
    v1::Rail rail = v1::RAIL_UNSPECIFIED;
    v1::Direction direction = v1::DIRECTION_UNSPECIFIED;
    v1::Service service = v1::SERVICE_UNSPECIFIED;
    std::string bank;

    // Without looking at the bank.
    [[nodiscard]] bool holds(const v1::Parameter& parameter) const;
};

// Name and place are the same, whatever the value.
[[nodiscard]] bool same_place(const v1::Parameter& left, const v1::Parameter& right);

// "opens_at_minute on ibps southbound p2p" and ", 102100099996's own" where it is a bank's.
[[nodiscard]] std::string place_text(const v1::Parameter& parameter);

// The value in words where the unit has some: "07:00", "CNY 10000.00", "10 s", "yes",
// "tuition, medical"; empty where the figure says it all. Units are those of ParameterState.
[[nodiscard]] std::string value_text(std::string_view unit, std::int64_t value);

// "420 (07:00)"
[[nodiscard]] std::string value_with_words(std::string_view unit, std::int64_t value);

// The other way: a figure in the unit, or "07:00", "10000.00", "yes", "no". For a bank's own value
// "none" too, which takes it back.
[[nodiscard]] Result<std::int64_t> parse_value(std::string_view unit, std::string_view text);

// What the configuration says about parameters: its `parameters`, and its deadlines on both rails
// where `parameters` does not name these.
[[nodiscard]] std::vector<v1::Parameter> parameters_of(const config::v1::SwitchConfig& config);

// The first rule that the file's `parameters` break: a place that the switch does not have, named
// twice, or a value outside its range.
[[nodiscard]] std::optional<rpc::ConfigFault> find_fault(const config::v1::SwitchConfig& config,
                                                         const v1::GetParametersResponse& rules);

// One parameter that is not as wanted.
struct ParameterDifference {
    v1::Parameter wanted;                  // its value: the file's, or the default
    std::optional<std::int64_t> in_force;  // none: a bank has no own value
    std::string unit;
    bool from_file = true;  // else: the file does not name it, and it is not at its default
};

// Compares what is in force with the wanted ones. `complete`: what is not among them is wanted at
// its default, and no bank's own (value -1).
[[nodiscard]] std::vector<ParameterDifference> differences(const v1::GetParametersResponse& rules,
                                                           const std::vector<v1::Parameter>& wanted,
                                                           bool complete);

// One line of a configuration file: `parameters { name: "..." ... }`.
[[nodiscard]] std::string config_line(const v1::ParameterState& state);

}  // namespace lowu::client
