// The follower on virtual time; see follower_process.hpp.
#include "simulator/world/follower_process.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::simulator {
namespace {

/// Records between two snapshots: several in a run.
constexpr std::uint64_t kSnapshotEvery = 150;

}  // namespace

FollowerProcess::FollowerProcess(const Parts& parts, journal::SnapshotIdentity identity)
    : parts_(parts), identity_(std::move(identity)) {}

Result<void> FollowerProcess::start(const app::Recovered& recovered,
                                    const engine::Genesis& genesis) {
    genesis_ = genesis;
    auto begun = app::begin_follower(
        {parts_.log, parts_.archive, parts_.disk.snapshots}, identity_, kTimelines,
        recovered.loaded ? std::optional(recovered.loaded->sequence) : std::nullopt,
        [this](const Error& error) {
            parts_.observer.complain("the follower cannot use what the engine could: " +
                                     error.what);
        });
    if (!begun.ok()) return begun.error();
    follower_ = std::move(begun->follower);
    reader_ = std::move(begun->tail);
    epoch_ = begun->epoch;
    chain_hash_ = begun->chain_hash;
    if (begun->loaded) snapshots_ = {*begun->loaded};
    tried_at_ = follower_->replayed();
    return app::check_archive(parts_.log, parts_.archive);
}

void FollowerProcess::follow(core::Sequence through,
                             const std::optional<std::array<std::uint64_t, 2>>& decisions) {
    while (follower_->replayed() < through) {
        const auto batch = reader_->read_next(through.value);
        LOWU_ASSERT(batch.ok() && *batch, "what is durable can be read");
        epoch_ = (*batch)->epoch;
        chain_hash_ = (*batch)->hash;
        if (const auto taken = follower_->take(**batch); !taken.ok()) {
            return parts_.observer.complain("the follower cannot go on: " + taken.error().what);
        }
    }
    if (!decisions) return;
    ++parts_.counts.compared;
    if (follower_->decisions() == *decisions) return;
    parts_.observer.complain("live cells and follower disagree after sequence " +
                             std::to_string(through.value));
}

std::vector<engine::Recollection> FollowerProcess::look_up(
    const std::vector<engine::Wanted>& payments) const {
    std::vector<engine::Recollection> answers;
    for (const engine::Wanted& wanted : payments) {
        const auto payment = parts_.archive.find(
            wanted.uetr,
            [&](const follower::ArchivedLeg& leg) { return wanted.fits(leg.rail, leg.payment()); });
        LOWU_ASSERT(payment.ok(), "what the archive holds can be read");
        if (payment->empty()) continue;
        engine::Recollection found{wanted, {}};
        for (std::size_t rail = 0; rail < payment->legs.size(); ++rail) {
            const auto& leg = payment->legs[rail];
            if (leg) found.legs[rail] = follower::recollect_command(*leg);
        }
        answers.push_back(std::move(found));
    }
    return answers;
}

// Snapshots, and what they let go.

void FollowerProcess::snapshot_if_due(Chance fails) {
    if (follower_->replayed().value - tried_at_.value < kSnapshotEvery) return;
    if (fails.of > 0 && fails.comes(parts_.prng)) fail_some_step();
    if (write_snapshot().ok()) {
        ++parts_.counts.snapshots;
    } else {
        ++parts_.counts.failed_snapshots;
    }
}

void FollowerProcess::fail_some_step() {
    switch (parts_.prng.below(3)) {
        case 0:
            return parts_.disk.snapshots.fail_append(1 + parts_.prng.below(3));
        case 1:
            return parts_.disk.snapshots.fail_sync(1);
    }
    parts_.disk.snapshots.fail_publish(1);
}

Result<journal::SnapshotInfo> FollowerProcess::write_snapshot() {
    tried_at_ = follower_->replayed();
    const journal::SnapshotHeader header{identity_, follower_->last(), epoch_, chain_hash_,
                                         genesis_};
    auto written = follower_->write_snapshot(parts_.disk.snapshots, header);
    if (!written.ok()) return written;
    snapshots_.push_back(*written);
    if (snapshots_.size() > journal::kSnapshotsKept) snapshots_.erase(snapshots_.begin());
    const auto removed = journal::remove_other_snapshots(parts_.disk.snapshots, snapshots_);
    LOWU_ASSERT(removed.ok(), "old snapshots can be removed");
    trim_log();
    return written;
}

void FollowerProcess::trim_log() {
    if (snapshots_.size() < journal::kSnapshotsKept) return;
    const core::Sequence covered =
        std::min(snapshots_.front().sequence, parts_.archive.durable_position());
    const std::uint64_t before = parts_.log.first_sequence();
    // A log whose write has just failed keeps everything; the process will end.
    static_cast<void>(parts_.log.remove_before(covered.value));
    parts_.counts.trims += parts_.log.first_sequence() > before ? 1U : 0U;
}

}  // namespace lowu::simulator
