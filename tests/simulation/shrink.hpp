// Shrinker: of a plan whose run fails, the fewest items that still make it fail. Leaves out halves,
// quarters and so on, faults first, then changes, then traffic, and plays what is left again: the
// same judge must complain. Used by whoever has found a failing seed; runs one run at a time.
#pragma once

#include <string>

#include "tests/simulation/simulation.hpp"

namespace lowu::simulator {

struct Shrunk {
    Plan plan;                    ///< With `only` set.
    judges::Complaint complaint;  ///< What the judge says of it.
    int runs = 0;                 ///< It took so many.
};

/// After so many runs it is content with what it has.
inline constexpr int kMaxShrinkRuns = 600;

/// `judge` has complained of the plan's run.
[[nodiscard]] Shrunk shrink(const Plan& plan, const std::string& judge,
                            int runs_max = kMaxShrinkRuns);

/// How a failed run is told: seed, commit, what was found, and, if it was shrunk, what is left of
/// the plan in words, and the command that plays just that. `program`: with what stands before its
/// options.
[[nodiscard]] std::string tell_failure(const Plan& plan, const Outcome& outcome,
                                       const std::string& program);
[[nodiscard]] std::string tell_shrunk(const Shrunk& shrunk, const std::string& program);

}  // namespace lowu::simulator
