// Simulation: one run of a plan: the switch, four banks, an operator, the network and the disk,
// customers who order whatever the scheme offers, rules that change under them, and everything that
// goes wrong meanwhile (safety phase); then nothing goes wrong any more and all must come to rest
// (liveness phase). Each run has one thread, on virtual time; several runs may go on at once.
#pragma once

#include <vector>

#include "tests/simulation/counts.hpp"
#include "tests/simulation/judges/court.hpp"
#include "tests/simulation/plan.hpp"

namespace lowu::simulator {

struct Outcome {
    std::vector<judges::Complaint> complaints;  ///< Empty is good.
    judges::Ending ending;
    Hash128 trace_hash;
    Counts counts;
};

[[nodiscard]] Outcome run(const Plan& plan);

/// The plan's faults without those whose items are not played.
[[nodiscard]] Faults faults_of(const Plan& plan, const std::vector<Item>& played);

}  // namespace lowu::simulator
