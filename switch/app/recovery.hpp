// Recovery: from what is on the disk to an engine that stands where the last process stood, and a
// follower that will: the newest usable snapshot, then the tail of the log behind it. recover and
// check_archive are called by main, once, before anything is served, and recovery's progress goes
// to whoever waits; begin_follower by the follower's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "switch/engine/engine.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::app {

struct Recovered {
    /// What the engine was loaded from; none: from the beginning of the log.
    std::optional<journal::SnapshotInfo> loaded;
};

/// Called as records are replayed: how many of how many.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
/// Told of each snapshot that is passed over, and when none is left.
using Warn = std::function<void(const Error&)>;

// What an operator does about what lies in a directory.

inline constexpr std::string_view kGiveBack =
    "Give back log, snapshots and archive of one moment, from a copy";
/// Of damage in the log itself.
[[nodiscard]] Error with_give_back(Error error);
/// Of what contradicts the log, or cannot be used beside it (kInvalid, kCorrupt); of anything else
/// nothing is said.
[[nodiscard]] Error with_way_out(Error error);

/// kCorrupt when the log cannot be replayed, or begins later than any usable snapshot reaches;
/// kInvalid for a snapshot of another log, form or rules version, and for one that proves that
/// acknowledged batches are missing: it ends behind the log, or with another batch. Damaged and
/// unreadable snapshots are told to `warn` and the one before is used.
[[nodiscard]] Result<Recovered> recover(engine::Engine& engine, log::BatchLog& log,
                                        journal::SnapshotStore& snapshots,
                                        const journal::SnapshotIdentity& identity, const Warn& warn,
                                        const Progress& progress);

/// Whether the archive is one of this very log. kInvalid when it proves that acknowledged batches
/// are missing: it ends behind the log, or with another batch.
[[nodiscard]] Result<void> check_archive(log::BatchLog& log, const follower::Archive& archive);
/// kInvalid when the archive ends before the snapshot that recovery has used: there would be
/// nothing to tell of the payments in between.
[[nodiscard]] Result<void> check_archive_reaches(const follower::Archive& archive,
                                                 const journal::SnapshotInfo& loaded);

/// A follower that begins with a snapshot or with the log.
struct BegunFollower {
    std::unique_ptr<follower::Follower> follower;
    std::optional<journal::SnapshotInfo> loaded;
    /// Of the batch that the snapshot ends with.
    std::uint64_t epoch = 0;
    Hash128 chain_hash{};
    std::unique_ptr<log::BatchReader> tail;
};
struct FollowerDisk {
    log::BatchLog& log;
    follower::Archive& archive;
    journal::SnapshotStore& snapshots;
};
/// From the newest snapshot up to `newest` that it can be loaded from: the follower's own part is
/// read by nobody before. None: there was none for the engine either. Errors as recover's.
[[nodiscard]] Result<BegunFollower> begin_follower(const FollowerDisk& disk,
                                                   const journal::SnapshotIdentity& identity,
                                                   std::uint32_t timelines_max,
                                                   std::optional<core::Sequence> newest,
                                                   const Warn& warn);

}  // namespace lowu::app
