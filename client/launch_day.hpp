// Plays a scenario's day on running processes: slice by slice of scheme time, and tells what it
// came to. Exists apart from `lowu up` because it runs on its own thread, like the show, while the
// main thread watches the processes.
#pragma once

#include "client/launch_day_scenario.hpp"
#include "client/network.hpp"
#include "client/show.hpp"
#include "common/base/result.hpp"

namespace lowu::client {

// The banks have been started with the same scenario and seed. Writes to standard output as it
// goes, unless `quiet` (for --json). An error means that a process could not be asked or did not do
// what it should.
[[nodiscard]] Result<ShowResult> run_day(const Addresses& addresses, const DayFile& day,
                                         bool quiet);

}  // namespace lowu::client
