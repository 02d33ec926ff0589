// What lies in the switch's directory, opened for its one owner: log, snapshots, archive. Refuses,
// before anything is made, what would cover up a loss. Called by main, once, before anything is
// served.
#pragma once

#include <memory>

#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "switch/app/config.hpp"
#include "switch/follower/archive.hpp"
#include "switch/journal/snapshot_posix.hpp"

namespace lowu::app {

struct Disk {
    std::unique_ptr<log::PosixDirectory> directory;
    std::unique_ptr<log::SegmentLog> log;
    std::unique_ptr<journal::PosixSnapshots> snapshots;
    std::unique_ptr<follower::Archive> archive;
};

/// Makes what is missing in a directory without any of it. kInvalid where there is no log, but
/// snapshots or an archive of one. Other errors as those of the parts, with what to do about them.
[[nodiscard]] Result<Disk> open_disk(const Settings& settings);

}  // namespace lowu::app
