// The plots of a report: which figures are shown, and how. Called by html.cpp. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "simulator/report/plot.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

/// What is marked in plots over time: faults, operators, seasons, in the order of the list of
/// events; and what number each event has there, "" for joins and leaves.
[[nodiscard]] std::vector<Mark> marks_of(const Report& report);
[[nodiscard]] std::vector<std::string> event_numbers(const Report& report);

/// The class that gives a corridor its colour: by way, and by how many of it came before.
[[nodiscard]] std::vector<std::string> corridor_classes(const Setup& setup);

/// Figures in HTML; "" where there is nothing to show.
[[nodiscard]] std::string payment_figures(const Report& report);
[[nodiscard]] std::string refusal_figures(const Report& report);
[[nodiscard]] std::string latency_figures(const Report& report);
[[nodiscard]] std::string quota_figures(const Report& report);
[[nodiscard]] std::string participant_figures(const Report& report);
[[nodiscard]] std::string liquidity_figures(const Report& report);

}  // namespace lowu::report
