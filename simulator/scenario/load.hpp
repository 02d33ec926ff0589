// Finding and loading scenarios. Exists so that a scenario is a file and nothing else, and so that
// a wrong one is explained by file, line, field and rule. Called by `lowu simulate` and tests; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/config/v1/simulation.pb.h"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

/// What the caller decides instead of the file; nothing: as the file says.
struct Overrides {
    std::optional<std::uint64_t> seed;            ///< 1 and up.
    std::optional<std::int32_t> days;             ///< 1 and up; no more than the file has.
    std::optional<std::int32_t> volume_permille;  ///< 1 to 1,000.
};

/// Names of the scenarios in a folder, in order: text files that say in their comments that they
/// are a lowu.config.v1.SimulationScenario.
[[nodiscard]] std::vector<std::string> known_scenarios(const std::string& folder);

/// kNotFound, kIo, or kInvalid: "file:line:column: field rule".
[[nodiscard]] Result<Scenario> load_scenario(const std::string& path,
                                             const Overrides& overrides = {});

/// The same without a file. The fault names the field.
[[nodiscard]] std::variant<Scenario, rpc::ConfigFault> read_scenario(
    const config::v1::SimulationScenario& file);

}  // namespace lowu::simulator
