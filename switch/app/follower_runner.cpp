// Runs the follower; see follower_runner.hpp.
#include "switch/app/follower_runner.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "common/base/crash_step.hpp"
#include "switch/app/exit_at_once.hpp"
#include "switch/app/recovery.hpp"

namespace lowu::app {
namespace {

/// Batches whose decisions wait to be compared: a follower so far behind compares fewer.
constexpr std::size_t kMaxExpected = 65'536;

/// So often the follower looks what time has brought, when nothing else wakes it.
constexpr std::chrono::seconds kLookAgain{1};
/// A longer step of the clock between two looks: the process stood still, the engine judges it.
constexpr Duration kStepMost = Duration::from_seconds(10);
/// So long it may take until what has come in is durable, and here.
constexpr Duration kOnItsWay = Duration::from_seconds(1);

/// The next snapshot that is written only to make room for the log: after one that was written, and
/// after one that had no room either.
constexpr Duration kRoomSoon = Duration::from_seconds(10);
constexpr Duration kRoomLater = Duration::from_seconds(60);

/// Warnings a look; what else is overdue is summed up.
constexpr std::size_t kOverdueLines = 10;

}  // namespace

FollowerRunner::FollowerRunner(const Options& options, const Parts& parts)
    : options_(options), parts_(parts), look_ups_(parts.archive) {}

FollowerRunner::~FollowerRunner() {
    stop();
}

void FollowerRunner::start(Beginning beginning) {
    durable_ = beginning.durable;
    beginning_ = std::move(beginning);
    look_ups_.start();
    thread_ = std::thread([this] { run(); });
}

// Any thread.

void FollowerRunner::durable(core::Sequence through,
                             const std::array<std::uint64_t, 2>& decisions) {
    {
        const std::lock_guard lock(mutex_);
        durable_ = through;
        if (expected_.size() < kMaxExpected) expected_.push_back({through, decisions});
    }
    changed_.notify_one();
}

bool FollowerRunner::post(std::function<void()> run) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || questions_.size() >= core::kMaxQuestions) return false;
        questions_.push_back({durable_, std::move(run)});
    }
    changed_.notify_one();
    return true;
}

bool FollowerRunner::ask(Question question) {
    return post([this, question = std::move(question)] { question(*follower_, status()); });
}

bool FollowerRunner::take_snapshot(SnapshotDone done) {
    return post([this, done = std::move(done)] { done(write_snapshot()); });
}

bool FollowerRunner::watch(Question question) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || watchers_.size() >= core::kMaxQuestions) return false;
    watchers_.push_back(std::move(question));
    return true;
}

void FollowerRunner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        watchers_.clear();
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    look_ups_.stop();
}

// The follower's thread.

void FollowerRunner::run() {
    load();
    while (const auto through = wait()) {
        replay(*through);
        pass_time();
        answer();
        tell_watchers();
        tell_overdue();
        snapshot_if_due();
    }
}

/// For something to do, and not longer than a look at the time. None at the end.
std::optional<core::Sequence> FollowerRunner::wait() {
    const auto something = [this] {
        const bool goes_on = !parts_.archive.batch_waits() && follower_->replayed() < durable_;
        return stopping_ || !questions_.empty() || goes_on;
    };
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLookAgain, something);
    if (stopping_ && questions_.empty()) return std::nullopt;
    return durable_;
}

/// Once more what recovery has read, into the follower's own cells.
void FollowerRunner::load() {
    const auto warn = [](const Error& error) { spdlog::warn("{}", error.what); };
    auto begun = begin_follower(
        {parts_.log, parts_.archive, parts_.snapshots}, beginning_.identity, options_.timelines_max,
        beginning_.loaded ? std::optional(beginning_.loaded->sequence) : std::nullopt, warn);
    if (!begun.ok()) give_up(exit_code_of_disk(begun.error()), begun.error().what);
    follower_ = std::move(begun->follower);
    reader_ = std::move(begun->tail);
    epoch_ = begun->epoch;
    chain_hash_ = begun->chain_hash;
    if (begun->loaded) snapshots_ = {*begun->loaded};
    snapshot_tried_at_ = follower_->replayed();
    replayed_.store(follower_->replayed().value);
    looked_at_us_ = parts_.clock.monotonic_us();
}

void FollowerRunner::replay(core::Sequence through) {
    if (parts_.archive.batch_waits() && !archive_takes_again()) return;
    while (follower_->replayed() < through) {
        if (auto taken = replay_one(through); !taken.ok()) {
            if (parts_.archive.batch_waits()) return archive_takes_nothing(taken.error());
            // Without its follower the process can tell nobody how payments stand.
            give_up(exit_code_of_disk(taken.error()), taken.error().what);
        }
        replayed_one();
    }
}

/// The batch is in the archive too.
void FollowerRunner::replayed_one() {
    replayed_.store(follower_->replayed().value);
    look_ups_.archive_moved();
    compare();
    if (const auto error = follower_->take_unreadable()) {
        spdlog::error("the times of a payment that came back are lost: {}", error->what);
    }
}

Result<void> FollowerRunner::replay_one(core::Sequence through) {
    const auto batch = reader_->read_next(through.value);
    if (!batch.ok()) return batch.error();
    if (!*batch) return Error{Error::Kind::kCorrupt, "the log ends before what is durable"};
    epoch_ = (*batch)->epoch;
    chain_hash_ = (*batch)->hash;
    return follower_->take(**batch);
}

// An archive that takes nothing.

void FollowerRunner::archive_takes_nothing(const Error& why) {
    archive_tried_again_ = std::chrono::steady_clock::now();
    if (archive_trouble_.empty()) {
        spdlog::warn(
            "{}; it is tried again every second. Until then the log drops nothing, and queries "
            "are refused",
            why.what);
    }
    archive_trouble_ = why.what;
    archive_stands_.store(true);
}

bool FollowerRunner::archive_takes_again() {
    if (std::chrono::steady_clock::now() < archive_tried_again_ + kLookAgain) return false;
    if (auto written = parts_.archive.retry(); !written.ok()) {
        archive_takes_nothing(written.error());
        return false;
    }
    spdlog::info("the archive takes what is durable again");
    archive_trouble_.clear();
    replayed_one();
    archive_stands_.store(false);
    return true;
}

/// Whether live cells and follower have come to the same decisions after the batch.
void FollowerRunner::compare() {
    std::optional<Expected> expected;
    {
        const std::lock_guard lock(mutex_);
        while (!expected_.empty() && expected_.front().through <= follower_->replayed()) {
            if (expected_.front().through == follower_->replayed()) expected = expected_.front();
            expected_.pop_front();
        }
    }
    if (!expected) return;
    ++batches_compared_;
    if (follower_->decisions() == expected->decisions) return;
    give_up(kExitDiverged, "live cells and follower disagree after sequence " +
                               std::to_string(follower_->replayed().value) +
                               ": the same commands must lead to the same decisions");
}

void FollowerRunner::answer() {
    while (true) {
        Waiting next;
        {
            const std::lock_guard lock(mutex_);
            const auto ready =
                std::find_if(questions_.begin(), questions_.end(), [&](const Waiting& waiting) {
                    // What cannot be answered now is told so at once.
                    return parts_.archive.batch_waits() ||
                           waiting.at_least <= follower_->replayed();
                });
            if (ready == questions_.end()) return;
            next = std::move(*ready);
            questions_.erase(ready);
        }
        next.run();
    }
}

void FollowerRunner::tell_watchers() {
    std::vector<Question> watchers;
    {
        const std::lock_guard lock(mutex_);
        watchers.swap(watchers_);
    }
    if (watchers.empty()) return;
    const service::SwitchStatus now = status();
    for (const Question& watcher : watchers)
        watcher(*follower_, now);
}

service::SwitchStatus FollowerRunner::status() {
    service::SwitchStatus status;
    {
        const std::lock_guard lock(mutex_);
        status.durable = durable_;
    }
    status.recovered = beginning_.recovered;
    status.log_first = core::Sequence{parts_.log.first_sequence()};
    status.archived = parts_.archive.durable_position();
    status.epoch = epoch_;
    status.log = parts_.log.id();
    status.batches_compared = batches_compared_;
    status.snapshots = snapshots_;
    status.archive_trouble = archive_trouble_;
    return status;
}

/// While nothing is recorded, time passes all the same. The follower judges by it rather late than
/// early: a report that came in time may be on its way.
void FollowerRunner::pass_time() {
    const std::int64_t now_us = parts_.clock.monotonic_us();
    const Duration step = Duration::from_us(now_us - looked_at_us_);
    looked_at_us_ = now_us;
    // Without room for the log nothing is taken: what came in time waits to be read.
    const bool believed =
        step <= kStepMost && parts_.halt.clock_jump().us == 0 && !parts_.halt.log_space();
    if (follower_->replayed() != idle_at_) {
        idle_at_ = follower_->replayed();
        idle_ = {};
    } else if (believed) {
        idle_ = idle_ + step;
    }
    if (caught_up()) follower_->stood_still(std::max(idle_ - kOnItsWay, Duration{}));
}

bool FollowerRunner::caught_up() {
    const std::lock_guard lock(mutex_);
    return follower_->replayed() == durable_;
}

void FollowerRunner::tell_overdue() {
    const auto overdue = overdue_.look(*follower_, kOverdueLines);
    for (const follower::ObligationView& one : overdue.first)
        spdlog::warn("overdue: {}", follower::overdue_text(*follower_, one));
    if (overdue.more == 0) return;
    spdlog::warn("overdue: and {} more; `lowu obligations` lists them", overdue.more);
}

// Snapshots, and what they let go.

void FollowerRunner::snapshot_if_due() {
    const auto now = std::chrono::steady_clock::now();
    if (!snapshot_is_due(now)) return;
    const auto written = write_snapshot();
    room_looked_for_ = now;
    room_patience_ = written.ok() ? kRoomSoon : kRoomLater;
    if (written.ok()) return;
    spdlog::warn("no snapshot was written, the log keeps what it would have let go: {}",
                 written.error().what);
}

/// A log without room is a reason too: with a snapshot more it may let segments go.
bool FollowerRunner::snapshot_is_due(SteadyTime now) const {
    const std::uint64_t since = follower_->replayed().value - snapshot_tried_at_.value;
    if (since == 0 || parts_.archive.batch_waits()) return false;
    if (options_.snapshot_every > 0 && since >= options_.snapshot_every) return true;
    return parts_.halt.log_space() &&
           now >= room_looked_for_ + std::chrono::microseconds(room_patience_.us);
}

Result<journal::SnapshotInfo> FollowerRunner::write_snapshot() {
    snapshot_tried_at_ = follower_->replayed();
    if (!snapshots_.empty() && snapshots_.back().sequence == follower_->replayed()) {
        return snapshots_.back();
    }
    writing_snapshot_.store(true);
    auto written = write_snapshot_file();
    writing_snapshot_.store(false);
    if (!written.ok()) return written;
    snapshots_.push_back(*written);
    if (snapshots_.size() > journal::kSnapshotsKept) snapshots_.erase(snapshots_.begin());
    if (auto removed = journal::remove_other_snapshots(parts_.snapshots, snapshots_);
        !removed.ok()) {
        spdlog::warn("old snapshots stay: {}", removed.error().what);
    }
    spdlog::info("snapshot at sequence {}, {} bytes, verified", written->sequence.value,
                 written->bytes);
    trim_log();
    return written;
}

Result<journal::SnapshotInfo> FollowerRunner::write_snapshot_file() {
    if (auto flushed = parts_.archive.flush(); !flushed.ok()) return flushed.error();
    crash_step(CrashStep::kArchiveFlushed);
    const journal::SnapshotHeader header{beginning_.identity, follower_->last(), epoch_,
                                         chain_hash_, beginning_.genesis};
    return follower_->write_snapshot(parts_.snapshots, header);
}

/// The log may drop what two snapshots and the archive have.
void FollowerRunner::trim_log() {
    if (snapshots_.size() < journal::kSnapshotsKept) return;
    const core::Sequence covered =
        std::min(snapshots_.front().sequence, parts_.archive.durable_position());
    if (auto removed = parts_.log.remove_before(covered.value); !removed.ok()) {
        spdlog::warn("the log keeps segments that could go: {}", removed.error().what);
    }
}

void FollowerRunner::give_up(int exit_code, const std::string& what) {
    spdlog::critical("the follower cannot go on: {}", what);
    exit_at_once(exit_code);
}

}  // namespace lowu::app
