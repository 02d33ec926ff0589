// What a day came to, as numbers: summed from what each process of banks said after each slice, and
// held against what was published. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/launch_day_scenario.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/operations.pb.h"

namespace lowu::client {

// Payments of one direction so far.
struct FlowFigures {
    std::int64_t settled = 0;
    std::int64_t settled_minor = 0;  // CNY
    std::int64_t refused = 0;
    std::int64_t not_sent = 0;
    std::map<std::string, std::int64_t> refused_by_reason;
    std::map<std::int64_t, std::int64_t> latency_us;  // upper end of a bucket: how many
    std::int64_t latency_max_us = 0;

    // What the payers' process said when a slice was through.
    void add(const v1::GetTrafficResponse& slice);
    // What `numerator` of `denominator` payments did not exceed; 0 without any.
    [[nodiscard]] std::int64_t latency_quantile_us(std::int64_t numerator,
                                                   std::int64_t denominator) const;
    // CNY fen, rounded half up; 0 without any.
    [[nodiscard]] std::int64_t average_minor() const;
};

using DayFigures = std::array<FlowFigures, 2>;  // by direction

// The figures of a direction at a published moment.
struct FlowAtCheckpoint {
    std::int64_t published = 0;
    std::int64_t published_average_minor = 0;  // 0: none was published for this moment
    std::int64_t settled = 0;
    std::int64_t settled_minor = 0;
    std::int64_t average_minor = 0;

    // To the fen where an average was published.
    [[nodiscard]] bool as_published() const;
};

struct AtCheckpoint {
    std::string at;                         // "2025-06-22 12:00"
    std::array<FlowAtCheckpoint, 2> flows;  // by direction
};

// `index`: of the scenario's checkpoints; averages are published for the last one.
[[nodiscard]] AtCheckpoint at_checkpoint(const DayFile& day, int index, const DayFigures& figures);

// What customers of a scenario get wrong, and the rule that refuses it.
struct Slip {
    std::string what;                       // "an account number that nobody has"
    scheme::ResultCode rule{};              // its code: scheme::row_of
    std::array<std::int64_t, 2> ordered{};  // by direction
};

// In order of precedence.
[[nodiscard]] std::vector<Slip> slips_of(const DayFile& day);

// The same by ISO code.
[[nodiscard]] std::map<std::string, std::int64_t> ordered_refusals(const DayFile& day,
                                                                   scheme::Direction direction);

// A link agent's account on one side.
struct AgentFigures {
    std::string owner;
    std::int64_t prefunded_minor = 0;  // opening balance and net debit cap
    std::int64_t paid_minor = 0;       // to payees' banks on its rail
    std::int64_t received_minor = 0;   // from payers' banks
    std::int64_t left_minor = 0;
    std::int64_t owes_minor = 0;  // to the other agent, as its rail's book of claims has it

    [[nodiscard]] std::int64_t used_minor() const { return paid_minor - received_minor; }
};

// By rail.
[[nodiscard]] std::array<AgentFigures, 2> agent_figures(const v1::ListPositionsResponse& positions);

// The most that a bank has used of what it may use on its rail in CNY, and that.
struct Tightest {
    std::int64_t used_minor = 0;
    std::int64_t usable_minor = 0;
};
[[nodiscard]] Tightest tightest_bank(const v1::ListPositionsResponse& positions, v1::Rail rail);

// What is not as it should be, in sentences; empty when all is.
[[nodiscard]] std::vector<std::string> deviations(const DayFile& day,
                                                  const std::vector<AtCheckpoint>& checkpoints,
                                                  const DayFigures& figures,
                                                  const std::array<AgentFigures, 2>& agents);

}  // namespace lowu::client
