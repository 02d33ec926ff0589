// The report as one HTML page: no script, nothing from elsewhere, light and dark, readable on a
// telephone. Pure; any thread.
#pragma once

#include <string>

#include "simulator/report/report.hpp"

namespace lowu::report {

[[nodiscard]] std::string to_html(const Report& report);

}  // namespace lowu::report
