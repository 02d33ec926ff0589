// Simulation: one run from one seed: the switch, four banks, the network and the disk, customers
// who pay both ways, and everything that goes wrong meanwhile (safety phase); then nothing goes
// wrong any more and all must come to rest (liveness phase). One thread, virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/bank_actor.hpp"
#include "tests/simulation/ending.hpp"
#include "tests/simulation/switch_process.hpp"

namespace lowu::simulation {

/// Counts over a run: a run in which nothing went wrong proves little.
struct Counts {
    SwitchCounts of_switch;
    std::uint64_t payments = 0;
    std::uint64_t settled = 0;
    std::uint64_t silent = 0;    ///< Refused because the payee's bank said nothing in time.
    std::uint64_t offline = 0;   ///< Refused because it was away.
    std::uint64_t no_money = 0;  ///< Refused for want of the bank's or the agent's money.
    std::uint64_t lost_requests = 0;
    std::uint64_t reconnects = 0;  ///< By a bank whose connection was still up.
    std::uint64_t connections = 0;
    std::uint64_t events = 0;
};

struct Outcome {
    std::vector<std::string> complaints;  ///< Empty is good.
    Ending ending;
    Hash128 trace_hash;
    Counts counts;
};

struct Plan {
    std::uint64_t seed = 1;
    int payments_a_bank = 40;
    int deaths = 3;
    int cuts = 6;        ///< Connections that break.
    int freezes = 3;     ///< Banks that read nothing for a while.
    int losses = 2;      ///< Banks that lose requests for a while.
    int reconnects = 4;  ///< Banks that connect anew while the old connection is up.
    int stalls = 2;      ///< The switch gets no processor for a while.
};

[[nodiscard]] Outcome run(const Plan& plan);

}  // namespace lowu::simulation
