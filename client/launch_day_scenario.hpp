// Scenarios that `lowu up --scenario` can play: files of a day's figures next to those of the
// banks. Exists so that a scenario is a file and nothing else. Called by sandbox.cpp and
// up_command.cpp; main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "lowu/config/v1/day.pb.h"

namespace lowu::client {

// A day as published, or as somebody made it up.
struct DayFile {
    std::string name;  // "launch-day"
    std::string path;
    config::v1::DayScenario scenario;          // bank_sim judges all of it
    std::int64_t start_ms = 0;                 // scheme time
    std::vector<std::int64_t> checkpoints_ms;  // of scenario.checkpoints()
    std::uint64_t seed = 0;                    // chosen, or the scenario's own

    [[nodiscard]] std::int64_t slice_ms() const {
        return std::int64_t{scenario.slice_minutes()} * 60'000;
    }
};

// Names of the scenarios in a folder, in order: text files that say in their comments that they are
// a lowu.config.v1.DayScenario.
[[nodiscard]] std::vector<std::string> known_scenarios(const std::string& folder);

// kInvalid: an unknown name (the error lists the known ones), or a file that cannot be played.
// `seed` 0: the scenario's own.
[[nodiscard]] Result<DayFile> load_scenario(const std::string& folder, const std::string& name,
                                            std::uint64_t seed);

}  // namespace lowu::client
