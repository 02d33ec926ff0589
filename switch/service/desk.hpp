// The desk: where queries are handed to the follower's thread. Implemented by the follower's runner
// in switch/app.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot.hpp"
#include "switch/service/readiness.hpp"

namespace lowu::service {

/// What the switch as a whole knows beside the follower.
struct SwitchStatus {
    core::Sequence durable;
    core::Sequence recovered;
    core::Sequence log_first;  ///< The oldest that the log still holds.
    core::Sequence archived;   ///< In the archive for good up to here.
    std::uint64_t epoch = 0;   ///< Of the last batch replayed.
    log::LogId log{};
    std::uint64_t batches_compared = 0;
    std::vector<journal::SnapshotInfo> snapshots;  ///< Verified; oldest first.
    /// Why the archive takes nothing; empty while it does. Otherwise the follower stands still, at
    /// a state that is not the durable one and that the archive may not go with: a question is to
    /// be refused, unless it is about the switch itself.
    std::string archive_trouble;
};

class Desk {
public:
    Desk() = default;
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    virtual ~Desk() = default;

    using Question = std::function<void(const follower::Follower&, const SwitchStatus&)>;
    using SnapshotDone = std::function<void(const Result<journal::SnapshotInfo>&)>;

    /// Runs `question` on the follower's thread once it has replayed all that is durable now; at
    /// once when the archive keeps it from that.
    /// False, and nothing runs, when too many wait or the switch is stopping. Any thread.
    [[nodiscard]] virtual bool ask(Question question) = 0;
    /// Writes a snapshot of the same state. False as above.
    [[nodiscard]] virtual bool take_snapshot(SnapshotDone done) = 0;
    /// Runs `question`, once, when the follower has replayed something new. False when too many
    /// wait or the switch is stopping; when it stops, those that wait are let go of.
    [[nodiscard]] virtual bool watch(Question question) = 0;
    [[nodiscard]] virtual const Readiness& readiness() const = 0;
};

}  // namespace lowu::service
