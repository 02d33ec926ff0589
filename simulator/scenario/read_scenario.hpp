// Reading a scenario's message: each part a function of its own, in the order of the file. What one
// part needs of an earlier one it finds in the scenario. Called by load.cpp. Pure; any thread.
#pragma once

#include "lowu/config/v1/simulation.pb.h"
#include "simulator/scenario/first_fault.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

using File = config::v1::SimulationScenario;

void read_head(const File& file, Scenario& scenario, FirstFault& first);
void read_sides(const File& file, Scenario& scenario, FirstFault& first);
void read_banks(const File& file, Scenario& scenario, FirstFault& first);
void read_seasons(const File& file, Scenario& scenario, FirstFault& first);
void read_traffic(const File& file, Scenario& scenario, FirstFault& first);
void read_mistakes(const File& file, Scenario& scenario, FirstFault& first);
void read_money(const File& file, Scenario& scenario, FirstFault& first);
void read_network(const File& file, Scenario& scenario, FirstFault& first);
void read_faults(const File& file, Scenario& scenario, FirstFault& first);
void read_actions(const File& file, Scenario& scenario, FirstFault& first);

/// A rail of the contract; with UNSPECIFIED a broken rule.
[[nodiscard]] scheme::Rail read_rail(const std::string& field, v1::Rail rail, FirstFault& first);
/// The index of a bank by its code.
[[nodiscard]] std::size_t read_bank(const std::string& field, const std::string& code,
                                    const Scenario& scenario, FirstFault& first);
/// The same, of a bank that may be shown failing: an invented one.
[[nodiscard]] std::size_t read_invented_bank(const std::string& field, const std::string& code,
                                             const Scenario& scenario, FirstFault& first);

}  // namespace lowu::simulator
