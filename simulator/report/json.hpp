// The report as JSON: the same figures as the CSV tables, nested; README.md explains the keys.
// Pure; any thread.
#pragma once

#include <string>

#include "simulator/report/report.hpp"

namespace lowu::report {

/// Ends with a line feed.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace lowu::report
