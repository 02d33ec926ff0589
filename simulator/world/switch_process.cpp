// The switch on virtual time; see switch_process.hpp.
#include "simulator/world/switch_process.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "simulator/world/scheme.hpp"
#include "simulator/world/small_log.hpp"
#include "switch/engine/log_bodies.hpp"

namespace lowu::simulator {
namespace {

constexpr const char* kArchiveDirectory = "/archive";
/// As the program's default: --clock-jump-ms.
constexpr Duration kClockJumpLimit = Duration::from_minutes(1);

/// Small: every process of a run opens it anew.
follower::ArchiveOptions archive_options(follower::ArchiveMemory& memory) {
    follower::ArchiveOptions options;
    options.batch_buffer_bytes = std::size_t{1} << 20U;
    options.other_buffer_bytes = std::size_t{256} << 10U;
    options.cache_bytes = std::size_t{1} << 20U;
    options.memory = &memory;
    return options;
}

journal::SnapshotIdentity identity_of(const log::BatchLog& log) {
    const log::LogOptions options = SmallLog::options();
    return {options.form, options.rules_version, log.id()};
}

}  // namespace

/// What dies with the process. The log's files outlive it.
struct SwitchProcess::Process {
    Process(std::unique_ptr<log::SegmentLog> opened, std::unique_ptr<follower::Archive> archived,
            Clock& clock, engine::Outlet& outlet)
        : log(std::move(opened)),
          archive(std::move(archived)),
          engine(clock, outlet, bodies),
          writer(log) {}

    Result<log::BatchView> older(core::Sequence sequence) {
        auto found = archive->read_batch(sequence);
        if (!found.ok()) return found.error();
        ++older_batches;
        older_batch = std::move(found).value();
        return older_batch.view;
    }

    SmallLog log;
    std::unique_ptr<follower::Archive> archive;
    follower::ArchivedBatch older_batch;
    std::uint64_t older_batches = 0;
    engine::LogBodies bodies{log, [this](core::Sequence sequence) { return older(sequence); }};
    engine::Engine engine;
    engine::LogWriter writer;
    engine::SealedBatch batch;
    bool syncing = false;
    log::AppendOutcome outcome{};
    app::Recovered recovered;
    std::unique_ptr<FollowerProcess> follower;
    struct Expected {
        core::Sequence through;
        std::array<std::uint64_t, 2> decisions;
    };
    std::deque<Expected> expected;  ///< Batches that the follower has not followed yet.
    bool catching_up = false;
    std::map<ConnectionId, Parked> parked;
};

SwitchProcess::SwitchProcess(const World& world, Prng prng, SchemeTime start)
    : events_(world.events),
      network_(world.network),
      observer_(world.observer),
      faults_(world.faults),
      prng_(prng),
      start_(start) {}

SwitchProcess::~SwitchProcess() = default;

engine::Engine& SwitchProcess::engine() {
    LOWU_ASSERT(running(), "a dead switch has no engine");
    return process_->engine;
}

log::BatchLog& SwitchProcess::log() {
    LOWU_ASSERT(running(), "a dead switch has no log open");
    return process_->log;
}

const follower::Follower& SwitchProcess::follower() {
    LOWU_ASSERT(running(), "a dead switch has no follower");
    catch_up();
    return process_->follower->follower();
}

const follower::Archive& SwitchProcess::archive() {
    LOWU_ASSERT(running(), "a dead switch has no archive open");
    return *process_->archive;
}

bool SwitchProcess::has_parked_frames() {
    return running() && !process_->parked.empty();
}

bool SwitchProcess::has_payments_in_flight() {
    return running() && process_->engine.cell(Rail::kFps).pending() +
                                process_->engine.cell(Rail::kIbps).pending() >
                            0;
}

// Starting.

Result<void> SwitchProcess::start() {
    LOWU_ASSERT(!running(), "one switch at a time");
    ++process_number_;
    sessions_.clear();
    inbox_.clear();
    stalled_until_ = ElapsedTime{};
    timer_armed_for_ = kNever;
    if (failing_start_sync_ > 0) directory_.fail_datasync(failing_start_sync_);
    failing_start_sync_ = 0;
    Result<void> started = recover();
    if (started.ok()) started = sync_start();
    if (!started.ok()) {
        ++counts_.failed_starts;
        events_.note("start fails");
        process_.reset();
        directory_.crash(prng_);
        return started;
    }
    network_.set_switch(this);
    events_.note("start", process_->engine.recovered().value);
    turn();
    return started;
}

Result<void> SwitchProcess::open_process() {
    auto log = log::SegmentLog::open(directory_, SmallLog::options());
    if (!log.ok()) return log.error();
    const log::RecoveryReport report = (*log)->report();
    auto archive = follower::Archive::open(kArchiveDirectory, (*log)->id(),
                                           archive_options(follower_disk_.archive));
    if (!archive.ok()) return archive.error();
    engine::Outlet& outlet = *this;
    process_ = std::make_unique<Process>(std::move(log).value(), std::move(archive).value(), clock_,
                                         outlet);
    counts_.torn_tails += report.dropped_bytes > 0 ? 1U : 0U;
    counts_.segments = std::max(counts_.segments, report.segments);
    return {};
}

Result<void> SwitchProcess::recover() {
    if (auto opened = open_process(); !opened.ok()) return opened;
    auto recovered = app::recover(
        process_->engine, process_->log, follower_disk_.snapshots, identity_of(process_->log),
        [this](const Error& /*error*/) { ++counts_.damaged_snapshots; },
        [](std::uint64_t /*done*/, std::uint64_t /*total*/) {});
    if (!recovered.ok()) return recovered.error();
    process_->recovered = std::move(recovered).value();
    observer_.recovered(process_->engine, released_through_);
    counts_.loaded_snapshots += process_->recovered.loaded ? 1U : 0U;
    const core::Sequence end = process_->engine.recovered();
    counts_.kept_unreleased += end > released_through_ ? 1U : 0U;
    counts_.of_follower.lost_rows += process_->archive->position() < end ? 1U : 0U;
    // What operators have changed since the first start stays.
    return process_->engine.start(genesis(start_), engine::OnDifference::kKeepLog);
}

Result<void> SwitchProcess::sync_start() {
    if (auto owner = process_->writer.acquire(); !owner.ok()) return owner;
    process_->follower = std::make_unique<FollowerProcess>(
        FollowerProcess::Parts{process_->log, follower_disk_, *process_->archive, observer_,
                               counts_.of_follower, prng_},
        identity_of(process_->log));
    if (auto begun = process_->follower->start(process_->recovered, process_->engine.genesis());
        !begun.ok()) {
        return begun;
    }
    process_->follower->follow(process_->engine.durable());
    if (!process_->engine.has_batch()) return {};
    process_->engine.seal(process_->batch);
    observer_.take(process_->batch, process_->engine);
    if (process_->writer.append(process_->batch) != log::AppendOutcome::kOk) {
        return Error{Error::Kind::kUnknown, "the first batch could not be made durable"};
    }
    follow_and_release();
    return {};
}

Result<Digests> SwitchProcess::recover_aside() {
    const auto older = [this](core::Sequence sequence) { return process_->older(sequence); };
    engine::LogBodies bodies(process_->log, older);
    engine::Outlet& outlet = *this;
    engine::Engine fresh(clock_, outlet, bodies);
    const auto recovered = app::recover(
        fresh, process_->log, follower_disk_.snapshots, identity_of(process_->log),
        [](const Error& /*error*/) {}, [](std::uint64_t /*done*/, std::uint64_t /*total*/) {});
    if (!recovered.ok()) return recovered.error();
    return digests_of(fresh.cell(Rail::kFps), fresh.cell(Rail::kIbps));
}

// Dying.

void SwitchProcess::die(Death death) {
    LOWU_ASSERT(running(), "only the living die");
    if (death == Death::kKilled || death == Death::kPowerLost) return end_process(death);
    death_in_sync_ = death;
    // Mostly the sync fails, sometimes the write, having written a part.
    if (death == Death::kWriteFailed && faults_.torn_write.comes(prng_)) {
        directory_.fail_pwrite(1, prng_.below(2'000));
    } else {
        directory_.fail_datasync(1);
    }
}

void SwitchProcess::end_process(Death death) {
    events_.note("die", static_cast<std::uint64_t>(death));
    ++counts_.deaths[static_cast<std::size_t>(death)];
    ++process_number_;
    death_in_sync_.reset();
    counts_.archived_bodies += process_->older_batches;
    process_.reset();
    damage_snapshots();
    network_.switch_dies();
    answers_->switch_died();
    if (death == Death::kPowerLost || death == Death::kPowerLostSync) {
        directory_.crash(prng_);
    } else {
        directory_.kill_process();
    }
    down_();
}

/// What was being written leaves its beginning; a byte of the newest one turns over.
void SwitchProcess::damage_snapshots() {
    journal::MemorySnapshots& disk = follower_disk_.snapshots;
    if (faults_.leftover.comes(prng_)) disk.add_leftover("being-written");
    const auto files = journal::list_snapshots(disk);
    LOWU_ASSERT(files.ok(), "snapshots in memory can be listed");
    if (files->empty() || !faults_.damaged_snapshot.comes(prng_)) return;
    const std::string& newest = files->front();
    const std::uint64_t bytes = disk.contents(newest).size();
    events_.note("damage", files->size(), bytes);
    if (bytes == 0) return;
    const std::uint64_t at = prng_.below(bytes);
    faults_.cut_snapshot.comes(prng_) ? disk.truncate(newest, at) : disk.damage(newest, at);
}

// Input: what the runner's inbox brings, at once or when the stall is over.

void SwitchProcess::stall(Duration duration) {
    if (!running()) return;
    ++counts_.stalls;
    events_.note("stall", static_cast<std::uint64_t>(duration.us));
    stalled_until_ = std::max(stalled_until_, events_.now() + duration);
    events_.at(stalled_until_, [this, number = process_number_] { go_on(number); });
}

/// Takes up what has waited, when nothing else holds it up.
void SwitchProcess::go_on(std::uint64_t process_number) {
    if (process_number != process_number_ || events_.now() < stalled_until_) return;
    while (!inbox_.empty()) {
        const EventQueue::Action action = std::move(inbox_.front());
        inbox_.pop_front();
        action();
        if (process_number != process_number_) return;
    }
    turn();
}

/// The program looks at its clock far more often than it must; here nobody does while nothing
/// happens. So the engine watches for jumps only now.
void SwitchProcess::step_clock(const ClockStep& step) {
    if (!running() || events_.now() < stalled_until_) return;
    ++counts_.clock_steps;
    events_.note("clock", static_cast<std::uint64_t>(step.by.us));
    turn();
    process_->engine.watch_clock(kClockJumpLimit);
    clock_.step(step.by);
    process_->engine.on_time();
    const bool halted = process_->engine.clock_jump().has_value();
    if (!halted) {
        process_->engine.watch_clock(Duration{0});
        return turn();
    }
    ++counts_.clock_halts;
    stalled_until_ = events_.now() + step.silence;
    const auto end = [this, number = process_number_, passed = step.passed] {
        if (number != process_number_) return;
        process_->engine.confirm_clock(passed);
        process_->engine.watch_clock(Duration{0});
        go_on(number);
    };
    events_.at(stalled_until_, end);
}

void SwitchProcess::input(EventQueue::Action action) {
    if (!running()) return;
    if (events_.now() < stalled_until_ || !inbox_.empty()) {
        inbox_.push_back(std::move(action));
        return;
    }
    const std::uint64_t number = process_number_;
    action();
    if (number == process_number_) turn();
}

void SwitchProcess::on_received(ConnectionId connection, const std::string& bytes) {
    input([this, connection, bytes] { read_frame(connection, bytes); });
}

void SwitchProcess::read_frame(ConnectionId connection, const std::string& bytes) {
    Session& session = session_of(connection);
    if (session.closed) return;
    wire::v1::ParticipantFrame parsed;
    engine::InboundFrame frame;
    if (!parsed.ParseFromString(bytes)) {
        return observer_.complain("a bank's frame does not parse in the switch's view");
    }
    if (const auto fault = session.translator.take(parsed, frame)) {
        return observer_.complain("a bank's frame is malformed: " + std::string(fault->rule));
    }
    if (parsed.has_hello()) session.bank = parsed.hello().participant();
    if (!frame.inputs.empty()) {
        std::uint64_t& highest = highest_number_[session.bank];
        counts_.repeated_frames += frame.first_number <= highest ? 1U : 0U;
        highest = std::max(highest, frame.first_number + frame.inputs.size() - 1);
    }
    take_frame(connection, std::move(frame));
}

/// Whatever is due comes first: an answer that waited until after its deadline is late.
void SwitchProcess::fire_timers() {
    if (!process_->engine.on_time()) observer_.complain("so many timers do not fit a batch");
}

void SwitchProcess::take_frame(ConnectionId connection, engine::InboundFrame frame) {
    if (session_of(connection).closed) return;
    const auto before = process_->parked.find(connection);
    if (before != process_->parked.end()) {
        ++counts_.parked_behind;
        before->second.frames.push_back(std::move(frame));
        return;
    }
    fire_timers();
    if (session_of(connection).closed) return;
    const engine::SessionId session{connection};
    std::vector<engine::Wanted> wanted = process_->engine.wanted(session, frame);
    if (wanted.empty()) {
        if (!process_->engine.on_frame(session, frame))
            observer_.complain("a frame that wants nothing does not fit a batch");
        return;
    }
    ++counts_.parked;
    Parked parked;
    parked.frames.push_back(std::move(frame));
    parked.wanted = std::move(wanted);
    park(connection, std::move(parked));
}

// Payments that the cells have forgotten. The look-up is the follower's, and late.

void SwitchProcess::park(ConnectionId connection, Parked parked) {
    events_.note("park", connection, parked.wanted.size());
    parked.asked_at = process_->engine.last_forget();
    process_->parked[connection] = std::move(parked);
    look_up(connection, process_->engine.last_forget());
}

void SwitchProcess::look_up(ConnectionId connection, core::Sequence at_least) {
    const auto mine = [this, number = process_number_](auto&& run) {
        return [this, number, run] {
            if (number == process_number_) run();
        };
    };
    events_.after(Duration::from_us(prng_.between(50, 3'000)), mine([=, this] {
                      if (process_->follower->follower().replayed() < at_least) {
                          ++counts_.look_ups_early;
                          return look_up(connection, at_least);
                      }
                      const auto found =
                          process_->follower->look_up(process_->parked.at(connection).wanted);
                      events_.after(Duration::from_us(prng_.between(10, 1'000)), mine([=, this] {
                                        input([=, this] { archive_answers(connection, found); });
                                    }));
                  }));
}

void SwitchProcess::archive_answers(ConnectionId connection,
                                    const std::vector<engine::Recollection>& found) {
    Parked parked = std::move(process_->parked.at(connection));
    process_->parked.erase(connection);
    fire_timers();
    if (session_of(connection).closed) return;
    const engine::SessionId session{connection};
    engine::InboundFrame& first = parked.frames.front();
    std::vector<engine::Wanted> wanted = process_->engine.wanted(session, first);
    if (!wanted.empty() && parked.asked_at != process_->engine.last_forget()) {
        ++counts_.asked_again;
        parked.wanted = std::move(wanted);
        return park(connection, std::move(parked));
    }
    if (!process_->engine.on_frame(session, first, found)) {
        // A cell has no room for what comes back: the rest of the frame asks again.
        ++counts_.asked_again;
        process_->engine.forget_old(process_->follower->follower().replayed());
        parked.wanted = process_->engine.wanted(session, first);
        return park(connection, std::move(parked));
    }
    parked.frames.pop_front();
    for (engine::InboundFrame& frame : parked.frames)
        take_frame(connection, std::move(frame));
}

void SwitchProcess::task(std::function<void(engine::Engine&)> run) {
    input([this, run = std::move(run)] {
        fire_timers();
        run(process_->engine);
    });
}

void SwitchProcess::on_written(ConnectionId connection) {
    input([this, connection] {
        Session& session = session_of(connection);
        session.writing = false;
        if (!std::exchange(session.write_wanted, false)) return;
        ++counts_.waited_writable;
        process_->engine.on_writable(engine::SessionId{connection});
    });
}

void SwitchProcess::on_broken(ConnectionId connection) {
    input([this, connection] {
        if (session_of(connection).closed) return;
        session_of(connection).closed = true;
        process_->engine.on_closed(engine::SessionId{connection});
    });
}

// The runner's loop: handle, fire timers, seal when the log is free.

void SwitchProcess::turn() {
    process_->engine.on_time();
    process_->engine.forget_old(process_->follower->follower().replayed());
    if (process_->engine.has_batch()) {
        if (process_->syncing) {
            ++counts_.built_while_syncing;
        } else {
            submit();
        }
    }
    arm_timer();
}

void SwitchProcess::submit() {
    process_->engine.seal(process_->batch);
    observer_.take(process_->batch, process_->engine);
    events_.note("seal", process_->batch.first.value, process_->batch.count);
    ++counts_.batches;
    counts_.records += process_->batch.count;
    counts_.largest_batch_bytes = std::max<std::uint64_t>(counts_.largest_batch_bytes,
                                                          process_->batch.buffer.payload_bytes());
    process_->syncing = true;
    events_.after(Duration::from_us(prng_.between(20, 500)), [this, number = process_number_] {
        if (number == process_number_) append();
    });
}

/// The log's thread: the batch is written and synced, and the engine does not know it yet.
void SwitchProcess::append() {
    process_->outcome = process_->writer.append(process_->batch);
    if (death_in_sync_ == Death::kPowerLostSync) return end_process(Death::kPowerLostSync);
    Duration latency = Duration::from_us(prng_.between(100, 3'000));
    if (faults_.slow_sync.comes(prng_)) {
        latency = latency + Duration::from_us(prng_.between(0, faults_.slow_sync_extra.us));
    }
    events_.after(latency, [this, number = process_number_] {
        if (number == process_number_) input([this] { appended(); });
    });
}

void SwitchProcess::appended() {
    process_->syncing = false;
    if (process_->outcome != log::AppendOutcome::kOk) return end_process(Death::kWriteFailed);
    follow_and_release();
}

/// The follower first: whoever is told by a bank and then asks must not be told less. It has a
/// thread of its own, and so comes when it comes.
void SwitchProcess::follow_and_release() {
    process_->expected.push_back({process_->batch.last(), process_->batch.decisions});
    if (!std::exchange(process_->catching_up, true)) {
        const Duration lag =
            Duration::from_us(faults_.lag.comes(prng_) ? prng_.between(0, faults_.lag_by.us)
                                                       : prng_.between(0, 2'000));
        events_.after(lag, [this, number = process_number_] {
            if (number == process_number_) catch_up();
        });
    }
    process_->engine.on_durable(process_->batch.last());
    released_through_ = process_->batch.last();
}

void SwitchProcess::catch_up() {
    process_->catching_up = false;
    while (!process_->expected.empty()) {
        const Process::Expected next = process_->expected.front();
        process_->expected.pop_front();
        process_->follower->follow(next.through, next.decisions);
        process_->follower->snapshot_if_due(disks_fail_ ? faults_.failed_snapshot : Chance{});
    }
}

void SwitchProcess::arm_timer() {
    const auto wait = process_->engine.until_next_timer();
    if (!wait) return;
    const ElapsedTime due = events_.now() + *wait;
    if (due >= timer_armed_for_ && timer_armed_for_ > events_.now()) return;
    timer_armed_for_ = due;
    events_.at(due, [this, number = process_number_, due] {
        if (number != process_number_ || timer_armed_for_ != due) return;
        timer_armed_for_ = kNever;
        input([] {});
    });
}

// The outlet.

bool SwitchProcess::ready(engine::SessionId id) {
    Session& session = session_of(id.value);
    session.write_wanted = session.writing;
    return !session.writing;
}

void SwitchProcess::send(engine::SessionId id, const engine::OutboundFrame& frame) {
    Session& session = session_of(id.value);
    LOWU_ASSERT(!session.writing, "the engine asks ready() first");
    session.writing = true;
    wire::v1::SwitchFrame built;
    session::give(frame, built);
    observer_.on_switch_frame({id.value, session.bank, frame, process_->engine.durable()});
    const std::string bytes = built.SerializeAsString();
    events_.note("send", id.value, hash64(bytes));
    network_.send(id.value, Connections::End::kSwitch, bytes);
}

void SwitchProcess::close(engine::SessionId id, engine::CloseReason reason,
                          const std::string& text) {
    // After a step of the clock a write may seem to have waited for too long.
    const bool by_clock = reason == engine::CloseReason::kTooSlow && counts_.clock_steps > 0;
    if (reason == engine::CloseReason::kTakenOver) {
        ++counts_.takeovers;
    } else if (by_clock) {
        ++counts_.cut_by_clock;
    } else if (network_.uses(id.value, Connections::End::kBank)) {
        observer_.complain("the switch ends a session: " + text);
    } else {
        ++counts_.late_hellos;  // Of a connection that the bank has long left for a newer one.
    }
    session_of(id.value).closed = true;
    network_.leave(id.value, Connections::End::kSwitch);
}

}  // namespace lowu::simulator
