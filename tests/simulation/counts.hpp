// Counts: how much of everything happened in a run, or in many. A run in which nothing went wrong
// proves little: what was never tried is a failure of its own. Values, any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulator/world/desk.hpp"
#include "simulator/world/switch_process.hpp"
#include "tests/simulation/judges/court.hpp"

namespace lowu::simulator {

struct Counts {
    SwitchCounts of_switch;
    DeskCounts of_desk;
    judges::MemoryCounts memory;
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
    /// Adds another run's.
    void add(const Counts& one);
};

/// For people, in one paragraph or two.
[[nodiscard]] std::string describe(const Counts& counts);

/// What at least fifty runs of the usual plan must have seen and these have not; empty is good.
[[nodiscard]] std::vector<std::string> never_tried(const Counts& sum);

}  // namespace lowu::simulator
