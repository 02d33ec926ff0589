// The switch on virtual time; see switch_process.hpp.
#include "tests/simulation/switch_process.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/journal/replay.hpp"
#include "tests/simulation/scheme.hpp"
#include "tests/support/counting_bodies.hpp"
#include "tests/support/small_log.hpp"

namespace lowu::simulation {

/// What dies with the process. The log's files outlive it.
struct SwitchProcess::Process {
    Process(std::unique_ptr<log::SegmentLog> opened, Clock& clock, engine::Outlet& outlet)
        : log(std::move(opened)), bodies(log), engine(clock, outlet, bodies), writer(log) {}

    support::SmallLog log;
    support::CountingBodies bodies;
    engine::Engine engine;
    engine::LogWriter writer;
    engine::SealedBatch batch;
    bool syncing = false;
    log::AppendOutcome outcome{};
    follower::Follower follower{kTimelines};
    std::unique_ptr<log::BatchReader> reader;  ///< The follower's.

    static constexpr std::uint32_t kTimelines = 50;
};

SwitchProcess::SwitchProcess(EventQueue& events, Network& network, Judge& judge, Prng prng,
                             SchemeTime start)
    : events_(events), network_(network), judge_(judge), prng_(prng), start_(start) {}

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
    return process_->follower;
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

Result<void> SwitchProcess::recover() {
    auto log = log::SegmentLog::open(directory_, support::SmallLog::options());
    if (!log.ok()) return log.error();
    const log::RecoveryReport report = (*log)->report();
    engine::Outlet& outlet = *this;
    process_ = std::make_unique<Process>(std::move(log).value(), events_.clock(), outlet);
    judge_.begin_recovery();
    auto replayed = journal::for_each_record(process_->log, [&](journal::Entry& entry) {
        judge_.replay(entry);
        process_->engine.replay(entry);
    });
    if (!replayed.ok()) return replayed;
    judge_.end_recovery(process_->engine, released_through_);
    counts_.torn_tails += report.dropped_bytes > 0 ? 1U : 0U;
    counts_.kept_unreleased += process_->engine.recovered() > released_through_ ? 1U : 0U;
    counts_.segments = report.segments;
    // What operators have changed since the first start stays.
    return process_->engine.start(genesis(start_), engine::OnDifference::kKeepLog);
}

Result<void> SwitchProcess::sync_start() {
    if (auto owner = process_->writer.acquire(); !owner.ok()) return owner;
    auto reader = process_->log.read(1);
    if (!reader.ok()) return reader.error();
    process_->reader = std::move(reader).value();
    follow(process_->engine.durable());
    if (!process_->engine.has_batch()) return {};
    process_->engine.seal(process_->batch);
    judge_.take(process_->batch, process_->engine);
    if (process_->writer.append(process_->batch) != log::AppendOutcome::kOk) {
        return Error{Error::Kind::kUnknown, "the first batch could not be made durable"};
    }
    follow_and_release();
    return {};
}

// Dying.

void SwitchProcess::die(Death death) {
    LOWU_ASSERT(running(), "only the living die");
    if (death == Death::kKilled || death == Death::kPowerLost) return end_process(death);
    death_in_sync_ = death;
    // Mostly the sync fails, sometimes the write, having written a part.
    if (death == Death::kWriteFailed && prng_.chance(1, 3)) {
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
    process_.reset();
    network_.switch_dies();
    answers_->switch_died();
    if (death == Death::kPowerLost || death == Death::kPowerLostSync) {
        directory_.crash(prng_);
    } else {
        directory_.kill_process();
    }
    down_();
}

// Input: what the runner's inbox brings, at once or when the stall is over.

void SwitchProcess::stall(Duration duration) {
    if (!running()) return;
    ++counts_.stalls;
    events_.note("stall", static_cast<std::uint64_t>(duration.us));
    stalled_until_ = std::max(stalled_until_, events_.now() + duration);
    events_.at(stalled_until_, [this, number = process_number_] {
        if (number != process_number_ || events_.now() < stalled_until_) return;
        while (!inbox_.empty()) {
            const EventQueue::Action action = std::move(inbox_.front());
            inbox_.pop_front();
            action();
            if (number != process_number_) return;
        }
        turn();
    });
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
    input([this, connection, bytes] { take_frame(connection, bytes); });
}

void SwitchProcess::take_frame(ConnectionId connection, const std::string& bytes) {
    Session& session = session_of(connection);
    if (session.closed) return;
    wire::v1::ParticipantFrame parsed;
    engine::InboundFrame frame;
    if (!parsed.ParseFromString(bytes)) {
        return judge_.complain("a bank's frame does not parse in the switch's view");
    }
    if (const auto fault = session.translator.take(parsed, frame)) {
        return judge_.complain("a bank's frame is malformed: " + std::string(fault->rule));
    }
    if (parsed.has_hello()) session.bank = parsed.hello().participant();
    if (!frame.inputs.empty()) {
        std::uint64_t& highest = highest_number_[session.bank];
        counts_.repeated_frames += frame.first_number <= highest ? 1U : 0U;
        highest = std::max(highest, frame.first_number + frame.inputs.size() - 1);
    }
    // Whatever is due comes first: an answer that waited until after its deadline is late.
    if (!process_->engine.on_time()) judge_.complain("so many timers do not fit a batch");
    process_->engine.on_frame(engine::SessionId{connection}, frame);
}

void SwitchProcess::task(std::function<void(engine::Engine&)> run) {
    input([this, run = std::move(run)] {
        if (!process_->engine.on_time()) judge_.complain("so many timers do not fit a batch");
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
    judge_.take(process_->batch, process_->engine);
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
    if (prng_.chance(1, 100)) latency = latency + Duration::from_us(prng_.between(0, 200'000));
    events_.after(latency, [this, number = process_number_] {
        if (number == process_number_) input([this] { appended(); });
    });
}

void SwitchProcess::appended() {
    process_->syncing = false;
    if (process_->outcome != log::AppendOutcome::kOk) return end_process(Death::kWriteFailed);
    follow_and_release();
}

/// The follower first: whoever is told by a bank and then asks must not be told less.
void SwitchProcess::follow_and_release() {
    follow(process_->batch.last());
    process_->engine.on_durable(process_->batch.last());
    released_through_ = process_->batch.last();
}

void SwitchProcess::follow(core::Sequence through) {
    while (process_->follower.replayed() < through) {
        const auto batch = process_->reader->read_next(through.value);
        LOWU_ASSERT(batch.ok() && *batch, "what is durable can be read");
        const auto taken = process_->follower.take(**batch);
        LOWU_ASSERT(taken.ok(), "what is durable can be followed");
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
    for (const engine::OutboundMessage& message : frame.messages) {
        if (message.entry->sequence <= process_->engine.durable()) continue;
        judge_.complain("sequence " + std::to_string(message.entry->sequence.value) +
                        " is said before it is durable");
    }
    const std::string bytes = built.SerializeAsString();
    events_.note("send", id.value, hash64(bytes));
    network_.send(id.value, Network::End::kSwitch, bytes);
}

void SwitchProcess::close(engine::SessionId id, engine::CloseReason reason,
                          const std::string& text) {
    if (reason == engine::CloseReason::kTakenOver) {
        ++counts_.takeovers;
    } else if (network_.uses(id.value, Network::End::kBank)) {
        judge_.complain("the switch ends a session: " + text);
    } else {
        ++counts_.late_hellos;  // Of a connection that the bank has long left for a newer one.
    }
    session_of(id.value).closed = true;
    network_.leave(id.value, Network::End::kSwitch);
}

}  // namespace lowu::simulation
