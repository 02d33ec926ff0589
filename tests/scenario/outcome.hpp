// The outcome of a scenario: where every payment ended on both rails, what every bank was told
// about each, and the books. It must be equal in every link mode, so it holds no times. Called by
// player.cpp; one thread.
#pragma once

#include <string>
#include <vector>

#include "tests/scenario/world.hpp"

namespace lowu::scenario {

/// "P1 1000.00 X01 -> 999100000011: fps SETTLED, ibps SETTLED and credited".
[[nodiscard]] std::string describe_payment(const World& world, const Instruction& payment);

/// What a person who pays from this rail has used, at each institution and over all; nothing when
/// the register does not know the person.
[[nodiscard]] std::vector<std::string> describe_quota(const World& world, scheme::Rail rail,
                                                      const std::string& person);

/// One line an account of a bank or link agent, one for each claim, one for each currency's sum.
[[nodiscard]] std::vector<std::string> describe_books(const World& world);

[[nodiscard]] std::vector<std::string> describe_outcome(World& world,
                                                        const Instructions& instructions);

}  // namespace lowu::scenario
