// Writes a report into a folder: report.html, report.json and the CSV tables. Called by `lowu
// simulate`; any thread.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

/// The names of the files that were written; files of these names are replaced. Makes the folder
/// where there is none. kIo names the file.
[[nodiscard]] Result<std::vector<std::string>> write_report(const Report& report,
                                                            const std::string& folder);

}  // namespace lowu::report
