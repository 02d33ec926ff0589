// Runs the follower on a thread of its own: loads the snapshot that recovery used, replays what
// becomes durable into cells, archive and read models, answers questions in between, writes
// snapshots and lets the log drop what they and the archive cover. ask, look_up, take_snapshot,
// watch and durable are called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "switch/engine/types.hpp"
#include "switch/follower/archive.hpp"
#include "switch/journal/snapshot.hpp"
#include "switch/service/desk.hpp"

namespace lowu::app {

class FollowerRunner final : public service::Desk {
public:
    struct Options {
        std::uint32_t timelines_max = 0;   ///< Payments whose whole timelines are kept.
        std::uint64_t snapshot_every = 0;  ///< Records between two snapshots; 0: only when asked.
    };
    /// Outlive the runner.
    struct Parts {
        log::BatchLog& log;
        follower::Archive& archive;
        journal::SnapshotStore& snapshots;
        const service::Readiness& readiness;
    };
    /// Where the runner begins.
    struct Beginning {
        journal::SnapshotIdentity identity;
        std::vector<std::pair<core::Rail, core::Command>> genesis;
        std::vector<journal::SnapshotInfo> snapshots;  ///< That may be used; oldest first.
        std::optional<journal::SnapshotInfo> loaded;   ///< What recovery has used.
        core::Sequence durable;
        core::Sequence recovered;
    };
    /// Called with what was found of each payment that was asked for.
    using Found = std::function<void(std::vector<engine::Recollection>)>;

    FollowerRunner(const Options& options, const Parts& parts);
    ~FollowerRunner() override;

    void start(Beginning beginning);
    /// Everything up to `through` may be read, and must lead to these decisions.
    void durable(core::Sequence through, const std::array<std::uint64_t, 2>& decisions);
    [[nodiscard]] bool ask(Question question) override;
    [[nodiscard]] bool take_snapshot(SnapshotDone done) override;
    [[nodiscard]] bool watch(Question question) override;
    [[nodiscard]] const service::Readiness& readiness() const override { return parts_.readiness; }
    /// Looks payments up in memory and archive, in a state that has replayed `at_least`. False, and
    /// nothing is called, when too many wait.
    [[nodiscard]] bool look_up(std::vector<scheme::Uetr> payments, core::Sequence at_least,
                               Found found);
    /// Answers what was asked before, then ends the thread.
    void stop();
    [[nodiscard]] core::Sequence replayed() const { return core::Sequence{replayed_.load()}; }

private:
    struct Waiting {
        core::Sequence at_least;
        std::function<void()> run;
    };
    struct Expected {
        core::Sequence through;
        std::array<std::uint64_t, 2> decisions;
    };
    [[nodiscard]] bool post(std::optional<core::Sequence> at_least, std::function<void()> run);
    void run();
    void load();
    void replay(core::Sequence through);
    [[nodiscard]] Result<void> replay_one(core::Sequence through);
    void compare();
    void answer();
    void tell_watchers();
    [[nodiscard]] service::SwitchStatus status();
    void snapshot_if_due();
    [[nodiscard]] Result<journal::SnapshotInfo> write_snapshot();
    void trim_log();
    [[noreturn]] static void give_up(int exit_code, const std::string& what);

    const Options options_;
    const Parts parts_;

    // The follower's thread only.
    Beginning beginning_;
    std::unique_ptr<follower::Follower> follower_;
    std::unique_ptr<log::BatchReader> reader_;
    std::vector<journal::SnapshotInfo> snapshots_;  ///< Verified; oldest first.
    core::Sequence snapshot_tried_at_;
    std::uint64_t epoch_ = 0;
    Hash128 chain_hash_{};
    std::uint64_t batches_compared_ = 0;

    std::atomic<std::uint64_t> replayed_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    core::Sequence durable_;
    std::deque<Expected> expected_;
    std::deque<Waiting> questions_;
    std::vector<Question> watchers_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lowu::app
