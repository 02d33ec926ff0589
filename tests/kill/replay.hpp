// The switch's state, made anew out of its directory: snapshot and log. Exists so that a kill test
// compares what the running follower has with what a replay gives. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace lowu::killing {

/// The cells' digests at `through`, a sequence where a batch ends, as GetStatus tells them. Replays
/// from the log's beginning, or from the oldest snapshot that reaches it. Reads only; the switch
/// may run.
[[nodiscard]] Result<std::vector<std::string>> replayed_digests(const std::string& directory,
                                                                std::uint64_t through);

}  // namespace lowu::killing
