// Runs the follower on a thread of its own: begins where begin_follower says, replays what becomes
// durable into cells, archive and read models, answers questions in between, writes snapshots and
// lets the log drop what they and the archive cover. When the archive takes nothing (a full disk)
// it stands still, refuses questions and tries again; the engine goes on. ask, look_up,
// drop_look_up, take_snapshot, watch and durable are called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/clock.hpp"
#include "switch/app/look_ups.hpp"
#include "switch/follower/overdue.hpp"
#include "switch/journal/snapshot.hpp"
#include "switch/service/desk.hpp"
#include "switch/service/halt.hpp"

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
        const service::Halt& halt;
        Clock& clock;
    };
    /// Where the runner begins.
    struct Beginning {
        journal::SnapshotIdentity identity;
        std::vector<std::pair<core::Rail, core::Command>> genesis;
        std::optional<journal::SnapshotInfo> loaded;  ///< What the engine was loaded from.
        core::Sequence durable;
        core::Sequence recovered;
    };
    FollowerRunner(const Options& options, const Parts& parts);
    ~FollowerRunner() override;

    void start(Beginning beginning);
    /// Everything up to `through` may be read, and must lead to these decisions.
    void durable(core::Sequence through, const std::array<std::uint64_t, 2>& decisions);
    [[nodiscard]] bool ask(Question question) override;
    [[nodiscard]] bool take_snapshot(SnapshotDone done) override;
    [[nodiscard]] bool watch(Question question) override;
    [[nodiscard]] const service::Readiness& readiness() const override { return parts_.readiness; }
    /// See LookUps.
    [[nodiscard]] bool look_up(LookUps::Question question) {
        return look_ups_.ask(std::move(question));
    }
    void drop_look_up(engine::SessionId session) { look_ups_.drop(session); }
    /// False while a snapshot is written, or the archive takes nothing: what a cell forgot
    /// meanwhile would come into the archive only afterwards, and a session that needs it would
    /// wait.
    [[nodiscard]] bool may_forget() const {
        return !writing_snapshot_.load() && !archive_stands_.load();
    }
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
    using SteadyTime = std::chrono::steady_clock::time_point;

    [[nodiscard]] bool post(std::function<void()> run);
    void run();
    [[nodiscard]] std::optional<core::Sequence> wait();
    void load();
    void replay(core::Sequence through);
    [[nodiscard]] Result<void> replay_one(core::Sequence through);
    void replayed_one();
    [[nodiscard]] bool archive_takes_again();
    void archive_takes_nothing(const Error& why);
    void compare();
    void answer();
    void tell_watchers();
    void pass_time();
    [[nodiscard]] bool caught_up();
    void tell_overdue();
    [[nodiscard]] service::SwitchStatus status();
    void snapshot_if_due();
    [[nodiscard]] bool snapshot_is_due(SteadyTime now) const;
    [[nodiscard]] Result<journal::SnapshotInfo> write_snapshot();
    [[nodiscard]] Result<journal::SnapshotInfo> write_snapshot_file();
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
    std::string archive_trouble_;  ///< Empty: it takes what comes.
    SteadyTime archive_tried_again_{};
    SteadyTime room_looked_for_{};  ///< By a snapshot, the log being full.
    Duration room_patience_;        ///< Until the next such snapshot.
    follower::OverdueWatch overdue_;
    std::int64_t looked_at_us_ = 0;  ///< The clock, the last time.
    core::Sequence idle_at_;         ///< Where the follower stood then.
    Duration idle_;                  ///< For so long it has stood there.

    LookUps look_ups_;
    std::atomic<std::uint64_t> replayed_{0};
    std::atomic<bool> writing_snapshot_{false};
    std::atomic<bool> archive_stands_{false};
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
