// What `lowu up` shows when everything runs: what this is, the banks, payments each way with their
// timelines, positions, whether the books agree; less, and first of all whether the books came back
// alike, when the switch goes on from an earlier log. Exists apart from the command because it runs
// on its own thread, while the main thread watches the processes.
#pragma once

#include <string>

#include "client/context.hpp"
#include "client/exit_code.hpp"
#include "client/network.hpp"
#include "common/base/result.hpp"

namespace lowu::client {

struct ShowResult {
    std::string unexpected;  // empty when everything was as it should be
    ExitCode exit_code = ExitCode::kDone;
    Json document;  // the same as data
};

// Writes to standard output as it goes, unless `quiet` (for --json). An error means that a process
// could not be asked.
[[nodiscard]] Result<ShowResult> run_show(const Addresses& addresses, bool quiet);

}  // namespace lowu::client
