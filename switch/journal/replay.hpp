// Reads a log from its first record to its head: how a switch recovers. Called before anything is
// served, on the thread that starts.
#pragma once

#include <functional>

#include "common/log/batch_log.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {

/// Hands over every record in order; the entry may be moved from. Error kCorrupt names the
/// sequence.
[[nodiscard]] Result<void> for_each_record(log::BatchLog& log,
                                           const std::function<void(Entry&)>& take);

}  // namespace lowu::journal
