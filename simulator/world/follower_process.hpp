// FollowerProcess: the follower as the program lowu_switch runs it
// (switch/app/follower_runner.hpp), on virtual time and without its thread: from snapshot and tail
// to what is durable, into the archive, comparing decisions with the live cells; it writes
// snapshots, some of which fail, and lets the log drop what they cover. One thread.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/prng.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/observer.hpp"
#include "switch/app/recovery.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot_memory.hpp"

namespace lowu::simulator {

/// What outlives the process beside the log: its directories of snapshots and archive.
struct FollowerDisk {
    journal::MemorySnapshots snapshots{"simulated snapshots"};
    follower::ArchiveMemory archive;
};

struct FollowerCounts {
    std::uint64_t compared = 0;          ///< Batches whose decisions were.
    std::uint64_t snapshots = 0;         ///< Written and verified.
    std::uint64_t failed_snapshots = 0;  ///< Whose disk failed.
    std::uint64_t trims = 0;             ///< Times that the log has dropped segments.
    std::uint64_t lost_rows = 0;  ///< Starts of an archive that ended before what was durable.
};

class FollowerProcess {
public:
    struct Parts {
        log::BatchLog& log;
        FollowerDisk& disk;
        follower::Archive& archive;
        Observer& observer;
        FollowerCounts& counts;
        Prng& prng;
    };
    FollowerProcess(const Parts& parts, journal::SnapshotIdentity identity);

    /// As recovery has left it.
    [[nodiscard]] Result<void> start(const app::Recovered& recovered,
                                     const engine::Genesis& genesis);
    /// Replays what is durable. With decisions, they must be its own at the end.
    void follow(core::Sequence through,
                const std::optional<std::array<std::uint64_t, 2>>& decisions = std::nullopt);
    /// When enough has come since the last one. The disk fails so often.
    void snapshot_if_due(Chance fails);
    /// What the archive has of each payment that it has anything of.
    [[nodiscard]] std::vector<engine::Recollection> look_up(
        const std::vector<engine::Wanted>& payments) const;

    [[nodiscard]] const follower::Follower& follower() const { return *follower_; }

private:
    void fail_some_step();
    [[nodiscard]] Result<journal::SnapshotInfo> write_snapshot();
    void trim_log();

    static constexpr std::uint32_t kTimelines = 50;

    Parts parts_;
    const journal::SnapshotIdentity identity_;
    engine::Genesis genesis_;
    std::unique_ptr<follower::Follower> follower_;
    std::unique_ptr<log::BatchReader> reader_;
    std::vector<journal::SnapshotInfo> snapshots_;  ///< Verified; oldest first.
    core::Sequence tried_at_;
    std::uint64_t epoch_ = 0;
    Hash128 chain_hash_{};
};

}  // namespace lowu::simulator
