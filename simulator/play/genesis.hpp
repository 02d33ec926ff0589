// Genesis of a played scenario: the commands that make its switch. Banks that join later are
// admitted from the start and have no session before their day; a settlement institution, invented,
// takes part on both rails and pays in what comes from outside, since no command brings money in.
// Pure; any thread.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "simulator/scenario/exchange_path.hpp"
#include "simulator/scenario/scenario.hpp"
#include "switch/engine/genesis.hpp"

namespace lowu::simulator {

/// The settlement institution's code on a rail: the first free one from the end of the invented.
[[nodiscard]] std::string settlement_code(const Scenario& scenario, scheme::Rail rail);

/// A bank's number on its rail: the order of the scenario; the settlement institution comes last.
[[nodiscard]] std::optional<core::ParticipantIndex> participant_of(const Scenario& scenario,
                                                                   scheme::Rail rail,
                                                                   scheme::AgentCode code);

/// kInvalid: a parameter that the switch does not know, or does not take.
[[nodiscard]] Result<engine::Genesis> genesis_of(const Scenario& scenario,
                                                 const ExchangePath& exchange,
                                                 SchemeTime scheme_start);

}  // namespace lowu::simulator
