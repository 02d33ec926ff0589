// The report as CSV: one table a file, the first line names the columns (README.md explains them).
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "simulator/report/report.hpp"

namespace lowu::report {

struct Table {
    std::string name;  ///< Of the file, without ".csv".
    std::string text;
};

/// payments, refusals, quotas, liquidity, scheme, banks, events.
[[nodiscard]] std::vector<Table> csv_tables(const Report& report);

}  // namespace lowu::report
