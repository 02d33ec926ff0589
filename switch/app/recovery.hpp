// Recovery: from what is on the disk to an engine that stands where the last process stood: the
// newest usable snapshot, then the tail of the log behind it. Called by main, once, before anything
// is served; its progress goes to whoever waits.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "switch/engine/engine.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::app {

struct Recovered {
    /// What the engine was loaded from; none: from the beginning of the log.
    std::optional<journal::SnapshotInfo> loaded;
    /// Snapshots that are known to be whole: it, if there is one. An older one counts again when
    /// another has been written.
    std::vector<journal::SnapshotInfo> snapshots;
};

/// Called as records are replayed: how many of how many.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// kCorrupt when the log cannot be replayed, or begins later than any usable snapshot reaches;
/// kInvalid for a snapshot of another log, form or rules version. Damaged snapshots are told to
/// `warn` and the one before is used.
[[nodiscard]] Result<Recovered> recover(engine::Engine& engine, log::BatchLog& log,
                                        journal::SnapshotStore& snapshots,
                                        const journal::SnapshotIdentity& identity,
                                        const std::function<void(const Error&)>& warn,
                                        const Progress& progress);

}  // namespace lowu::app
