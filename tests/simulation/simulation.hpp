// Simulation: one run from one seed: the switch, four banks, an operator, the network and the disk,
// customers who order whatever the scheme offers, rules that change under them, and everything that
// goes wrong meanwhile (safety phase); then nothing goes wrong any more and all must come to rest
// (liveness phase). One thread, virtual time.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/bank_actor.hpp"
#include "tests/simulation/ending.hpp"
#include "tests/simulation/operator_actor.hpp"
#include "tests/simulation/switch_process.hpp"

namespace lowu::simulation {

/// Counts over a run: a run in which nothing went wrong proves little.
struct Counts {
    SwitchCounts of_switch;
    DeskCounts of_desk;
    MemoryCounts memory;
    std::uint64_t forgotten = 0;  ///< Payments that only the archive has at the end.
    std::uint64_t enquiries = 0;
    std::uint64_t answers = 0;  ///< To them.
    std::uint64_t repeats = 0;  ///< Old instructions given once more.
    std::uint64_t payments = 0;
    std::map<std::string, std::uint64_t> settled;  ///< By direction and service.
    std::map<std::string, std::uint64_t> refused;  ///< By the name of the rule.
    std::uint64_t returns = 0;                     ///< Settled.
    std::uint64_t advances = 0;                    ///< Of scheme time.
    std::uint64_t midnights = 0;                   ///< Runs that have seen two days.
    std::uint64_t lost_requests = 0;
    std::uint64_t reconnects = 0;  ///< By a bank whose connection was still up.
    std::uint64_t connections = 0;
    std::uint64_t events = 0;

    [[nodiscard]] std::uint64_t settled_in_all() const;
    [[nodiscard]] std::uint64_t refused_by(core::ResultCode rule) const;
};

struct Outcome {
    std::vector<std::string> complaints;  ///< Empty is good.
    Ending ending;
    Hash128 trace_hash;
    Counts counts;
};

struct Plan {
    std::uint64_t seed = 1;
    int payments_a_bank = 60;
    int returns_a_bank = 4;
    int proxy_changes_a_bank = 8;
    /// Enquiries, returns and repetitions of what may be forgotten, after each time that scheme
    /// time has been set forward.
    int old_business_a_bank = 6;
    // What goes wrong.
    int deaths = 3;
    int cuts = 6;              ///< Connections that break.
    int freezes = 3;           ///< Banks that read nothing for a while.
    int losses = 2;            ///< Banks that lose requests for a while.
    int reconnects = 4;        ///< Banks that connect anew while the old connection is up.
    int stalls = 2;            ///< The switch gets no processor for a while.
    bool misbehaviour = true;  ///< Every other seed: banks answer late, twice, otherwise.
    // What changes.
    int rule_changes = 10;
    int forced_off = 2;
    int absences = 1;
    bool new_days = true;  ///< Scheme time is set forward, the token key changes, and what is old
                           ///< is forgotten.

    /// A run without faults and changes, on an ordinary morning.
    [[nodiscard]] static Plan quiet();
};

[[nodiscard]] Outcome run(const Plan& plan);

}  // namespace lowu::simulation
