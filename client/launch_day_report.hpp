// A day's figures as people and machines read them. Exists apart from the driver so that tests see
// texts without processes. Pure; any thread.
#pragma once

#include <array>
#include <string>

#include "client/context.hpp"
#include "client/launch_day_figures.hpp"

namespace lowu::client {

// "19,000": thousands apart, as counts and sums of a day are long.
[[nodiscard]] std::string grouped(std::int64_t count);
// "58,900,000.00"
[[nodiscard]] std::string grouped_amount(std::int64_t amount_minor);

// What it is, where the figures come from, how it is played.
[[nodiscard]] std::string day_heading(const DayFile& day,
                                      const std::array<AgentFigures, 2>& agents);
// Published against settled.
[[nodiscard]] std::string checkpoint_text(const AtCheckpoint& checkpoint);
[[nodiscard]] std::string refusals_text(const DayFile& day, const DayFigures& figures);
[[nodiscard]] std::string latency_text(const DayFigures& figures);
[[nodiscard]] std::string agents_text(const std::array<AgentFigures, 2>& agents,
                                      const v1::ListPositionsResponse& positions);

// 64-bit integers are strings, as everywhere.
[[nodiscard]] Json checkpoint_json(const AtCheckpoint& checkpoint);
[[nodiscard]] Json flows_json(const DayFile& day, const DayFigures& figures);
[[nodiscard]] Json agents_json(const std::array<AgentFigures, 2>& agents);

}  // namespace lowu::client
