// Plays a scenario: the whole scheme on virtual time over the production cells and engine, and what
// it came to. The same scenario and seed come to the same, event for event. Called by `lowu
// simulate` and tests; one thread, any.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "simulator/play/tally.hpp"
#include "simulator/report/report.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

struct PlayProgress {
    SchemeTime at;
    std::int64_t orders = 0;
    std::int64_t total = 0;
};

struct PlayOptions {
    std::string name;  ///< Of the scenario, for its report.
    /// Called every few thousand orders.
    std::function<void(const PlayProgress&)> progress;
};

struct Played {
    report::Report report;
    /// Of the log's chain, both cells and the report: of everything that happened.
    Hash128 digest;
    PlayCounts counts;
    std::uint64_t records = 0;  ///< Of the log.
    std::uint64_t batches = 0;
    std::uint64_t recoveries = 0;
    std::uint64_t happenings = 0;
    std::int64_t checks = 0;  ///< Times that the books were looked through.
    /// What must not be: books that do not add up, payments without an end; empty is good.
    std::vector<std::string> wrong;
};

/// kInvalid: the switch does not take a parameter of the scenario.
[[nodiscard]] Result<Played> play(const Scenario& scenario, const PlayOptions& options);

}  // namespace lowu::simulator
