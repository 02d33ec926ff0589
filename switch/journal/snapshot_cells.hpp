// Cells in the sections of a snapshot, and whatever else is written as fields. Called by the
// follower (both ways) and by recovery (load). One thread each.
#pragma once

#include <functional>

#include "switch/core/cell.hpp"
#include "switch/core/state_io.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::journal {

/// Writes one section; errors are the writer's, told by finish().
void save_section(SnapshotWriter& writer, SnapshotSection section,
                  const std::function<void(core::StateWriter&)>& save);
void save_cell(SnapshotWriter& writer, SnapshotSection section, const core::Cell& cell);

/// Reads one section to its end. kCorrupt, naming file and section, when what is in it cannot be.
[[nodiscard]] Result<void> load_section(SnapshotReader& reader, SnapshotSection section,
                                        const std::function<void(core::StateReader&)>& load);
/// The cell has not been opened; after an error it is good for nothing.
[[nodiscard]] Result<void> load_cell(SnapshotReader& reader, SnapshotSection section,
                                     core::Cell& cell);

}  // namespace lowu::journal
