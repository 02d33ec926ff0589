// Runs the follower; see follower_runner.hpp.
#include "switch/app/follower_runner.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "common/base/crash_step.hpp"
#include "switch/app/exit_code.hpp"

namespace lowu::app {
namespace {

/// Batches whose decisions wait to be compared: a follower so far behind compares fewer.
constexpr std::size_t kMaxExpected = 65'536;

/// A disk that is full or fails is the environment's; anything else means that what was durable
/// cannot be read back.
int exit_code_of(const Error& error) {
    const bool disk = error.kind == Error::Kind::kIo || error.kind == Error::Kind::kExhausted;
    return disk ? kExitEnvironment : kExitLogUnreadable;
}

engine::Recollection recollection_of(const scheme::Uetr& uetr,
                                     const follower::ArchivedPayment& payment) {
    engine::Recollection found{uetr, {}};
    for (std::size_t rail = 0; rail < payment.legs.size(); ++rail) {
        const auto& leg = payment.legs[rail];
        if (leg) found.legs[rail] = follower::recollect_command(*leg);
    }
    return found;
}

}  // namespace

FollowerRunner::FollowerRunner(const Options& options, const Parts& parts)
    : options_(options), parts_(parts) {}

FollowerRunner::~FollowerRunner() {
    stop();
}

void FollowerRunner::start(Beginning beginning) {
    durable_ = beginning.durable;
    beginning_ = std::move(beginning);
    snapshots_ = beginning_.snapshots;
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

bool FollowerRunner::post(std::optional<core::Sequence> at_least, std::function<void()> run) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || questions_.size() >= core::kMaxQuestions) return false;
        questions_.push_back({at_least.value_or(durable_), std::move(run)});
    }
    changed_.notify_one();
    return true;
}

bool FollowerRunner::ask(Question question) {
    return post(std::nullopt,
                [this, question = std::move(question)] { question(*follower_, status()); });
}

bool FollowerRunner::take_snapshot(SnapshotDone done) {
    return post(std::nullopt, [this, done = std::move(done)] { done(write_snapshot()); });
}

bool FollowerRunner::look_up(std::vector<scheme::Uetr> payments, core::Sequence at_least,
                             Found found) {
    return post(at_least, [this, payments = std::move(payments), found = std::move(found)] {
        std::vector<engine::Recollection> answers;
        for (const scheme::Uetr& uetr : payments) {
            const auto payment = parts_.archive.find(uetr);
            // A payment that was and cannot be read must not be taken for one that never was.
            if (!payment.ok()) give_up(kExitLogUnreadable, payment.error().what);
            if (!payment->empty()) answers.push_back(recollection_of(uetr, *payment));
        }
        found(std::move(answers));
    });
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
}

// The follower's thread.

void FollowerRunner::run() {
    load();
    while (true) {
        core::Sequence through;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] {
                return stopping_ || !questions_.empty() || follower_->replayed() < durable_;
            });
            if (stopping_ && questions_.empty()) return;
            through = durable_;
        }
        replay(through);
        answer();
        tell_watchers();
        snapshot_if_due();
    }
}

/// The snapshot that recovery has used, read once more into the follower's own cells.
void FollowerRunner::load() {
    core::Sequence from{1};
    follower_ = std::make_unique<follower::Follower>(options_.timelines_max, &parts_.archive);
    if (beginning_.loaded) {
        auto reader = journal::SnapshotReader::open(parts_.snapshots, beginning_.loaded->file,
                                                    beginning_.identity);
        Result<void> loaded = reader.ok() ? follower_->load(*reader) : Result<void>(reader.error());
        if (!loaded.ok()) give_up(kExitLogUnreadable, loaded.error().what);
        epoch_ = reader->header().epoch;
        chain_hash_ = reader->header().chain_hash;
        from = beginning_.loaded->sequence.next();
    }
    snapshot_tried_at_ = follower_->replayed();
    replayed_.store(follower_->replayed().value);
    auto reader = parts_.log.read(from.value);
    if (!reader.ok()) give_up(kExitLogUnreadable, reader.error().what);
    reader_ = std::move(reader).value();
}

void FollowerRunner::replay(core::Sequence through) {
    while (follower_->replayed() < through) {
        if (auto taken = replay_one(through); !taken.ok()) {
            // Without its follower the process can tell nobody how payments stand.
            give_up(exit_code_of(taken.error()), taken.error().what);
        }
        replayed_.store(follower_->replayed().value);
        compare();
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
            const auto ready = std::find_if(
                questions_.begin(), questions_.end(),
                [&](const Waiting& waiting) { return waiting.at_least <= follower_->replayed(); });
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
    return status;
}

// Snapshots, and what they let go.

void FollowerRunner::snapshot_if_due() {
    if (options_.snapshot_every == 0) return;
    const std::uint64_t since = follower_->replayed().value - snapshot_tried_at_.value;
    if (since < options_.snapshot_every) return;
    if (const auto written = write_snapshot(); !written.ok()) {
        spdlog::warn("no snapshot was written, the log keeps what it would have let go: {}",
                     written.error().what);
    }
}

Result<journal::SnapshotInfo> FollowerRunner::write_snapshot() {
    snapshot_tried_at_ = follower_->replayed();
    if (!snapshots_.empty() && snapshots_.back().sequence == follower_->replayed()) {
        return snapshots_.back();
    }
    if (auto flushed = parts_.archive.flush(); !flushed.ok()) return flushed.error();
    crash_step(CrashStep::kArchiveFlushed);
    const journal::SnapshotHeader header{beginning_.identity, follower_->last(), epoch_,
                                         chain_hash_, beginning_.genesis};
    auto written = follower_->write_snapshot(parts_.snapshots, header);
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
    spdlog::shutdown();
    std::_Exit(exit_code);
}

}  // namespace lowu::app
