// Reads a log from its first record to its head: how a switch recovers. Called before anything is
// served, on the thread that starts.
#pragma once

#include <functional>

#include "common/log/batch_log.hpp"
#include "switch/journal/record.hpp"

namespace lowu::journal {

/// Hands over every record in order, from `from` on; the entry may be moved from. Error kCorrupt
/// names the sequence, kNotFound the oldest that the log holds.
[[nodiscard]] Result<void> for_each_record(log::BatchLog& log, core::Sequence from,
                                           const std::function<void(Entry&)>& take);

/// From the log's beginning.
[[nodiscard]] inline Result<void> for_each_record(log::BatchLog& log,
                                                  const std::function<void(Entry&)>& take) {
    return for_each_record(log, core::Sequence{1}, take);
}

}  // namespace lowu::journal
