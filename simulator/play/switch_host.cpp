// The switch of a played scenario; see switch_host.hpp.
#include "simulator/play/switch_host.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "simulator/play/draw.hpp"
#include "switch/app/recovery.hpp"
#include "switch/app/rules_version.hpp"
#include "switch/journal/snapshot_cells.hpp"

namespace lowu::simulator {
namespace {

using scheme::Rail;

/// Segments are forgotten whole, so there is little to do more often.
constexpr Duration kForgetEvery = Duration::from_minutes(1);

/// The newer of both cells' last stamps: that of the last command.
core::Stamp last_stamp(engine::Engine& engine) {
    const core::Stamp& fps = engine.cell(Rail::kFps).last_stamp();
    const core::Stamp& ibps = engine.cell(Rail::kIbps).last_stamp();
    return fps.sequence > ibps.sequence ? fps : ibps;
}

}  // namespace

SwitchHost::SwitchHost(Timeline& timeline, Hall& hall, const Network& network, std::uint64_t seed)
    : timeline_(timeline),
      hall_(hall),
      sync_(network.sync),
      prng_(seed),
      log_(log::LogId{seed, mix64(seed)}) {}

SwitchHost::~SwitchHost() = default;

journal::SnapshotIdentity SwitchHost::identity() const {
    return {"fps/0+ibps/0", app::kRulesVersion, log_.id()};
}

// Starting and dying.

void SwitchHost::make_engine() {
    engine::Outlet& outlet = *this;
    engine::BodySource& bodies = *this;
    engine_ = std::make_unique<engine::Engine>(timeline_.clock(), outlet, bodies);
}

void SwitchHost::start(engine::Genesis genesis) {
    LOWU_ASSERT(!running(), "one switch at a time");
    genesis_ = std::move(genesis);
    const auto* open = std::get_if<core::OpenCell>(&genesis_.at(0).second);
    LOWU_ASSERT(open != nullptr, "genesis begins by opening a cell");
    base_ = timeline_.now();
    scheme_base_ = open->scheme_start;
    ++process_;
    make_engine();
    own_first_batch();
}

void SwitchHost::kill() {
    LOWU_ASSERT(running(), "only the living die");
    engine_.reset();
    ++process_;
    syncing_ = false;
    snapshot_wanted_ = false;
    waiting_.clear();
    timer_armed_for_ = kNever;
}

void SwitchHost::restart() {
    LOWU_ASSERT(!running(), "one switch at a time");
    ++process_;
    ++recoveries_;
    batch_ = engine::SealedBatch();
    make_engine();
    const auto recovered = app::recover(
        *engine_, log_, snapshots_, identity(),
        [this](const Error& error) { hall_.complain("recovery: " + error.what); },
        [](std::uint64_t /*done*/, std::uint64_t /*total*/) {});
    LOWU_ASSERT(recovered.ok(), "snapshot and log of the simulated switch can be read");
    if (engine_->recovered().value + 1 != log_.head().next_sequence) {
        hall_.complain("recovery has lost what was durable");
    }
    snapshot_used_ = true;
    base_ = timeline_.now();
    scheme_base_ = last_stamp(*engine_).scheme;
    own_first_batch();
}

/// What starting itself records is durable before anybody is served.
void SwitchHost::own_first_batch() {
    const auto started = engine_->start(genesis_, engine::OnDifference::kKeepLog);
    LOWU_ASSERT(started.ok(), "the same scenario makes the same switch");
    const auto owner = writer_.acquire();
    LOWU_ASSERT(owner.ok(), "the simulated log can be acquired");
    if (engine_->has_batch()) {
        engine_->seal(batch_);
        syncing_ = true;
        synced(process_);
    }
    turn();
}

void SwitchHost::snapshot() {
    snapshot_wanted_ = true;
    if (running() && !syncing_ && !engine_->has_batch()) write_snapshot();
}

/// Of the live cells: nothing is on its way to the disk, so they are what is durable.
void SwitchHost::write_snapshot() {
    snapshot_wanted_ = false;
    const journal::SnapshotHeader header{identity(), last_stamp(*engine_), log_.head().epoch,
                                         log_.head().hash, engine_->genesis()};
    journal::SnapshotWriter writer(snapshots_, header);
    journal::save_cell(writer, journal::SnapshotSection::kFps, cell(Rail::kFps));
    journal::save_cell(writer, journal::SnapshotSection::kIbps, cell(Rail::kIbps));
    writer.begin_section(journal::SnapshotSection::kFollower);
    writer.end_section();
    const auto written = writer.finish();
    LOWU_ASSERT(written.ok(), "a snapshot in memory can be written");
    const std::array kept{*written};
    const auto removed = journal::remove_other_snapshots(snapshots_, kept);
    LOWU_ASSERT(removed.ok(), "old snapshots in memory can be removed");
    log_.keep_from_now();
    snapshot_used_ = false;
}

// Input.

void SwitchHost::take(std::uint32_t session, engine::InboundFrame& frame) {
    if (!waiting_.empty() || !try_take(session, frame)) {
        waiting_.push_back({session, std::move(frame)});
    }
    turn();
}

bool SwitchHost::try_take(std::uint32_t session, engine::InboundFrame& frame) {
    const engine::SessionId id{session};
    if (!engine_->on_time()) return false;
    if (!engine_->wanted(id, frame).empty()) {
        hall_.complain("a message is about a payment that is forgotten: the memory is too short");
    }
    return engine_->on_frame(id, frame);
}

void SwitchHost::take_waiting() {
    while (!waiting_.empty() && try_take(waiting_.front().session, waiting_.front().frame))
        waiting_.pop_front();
}

void SwitchHost::closed(std::uint32_t session) {
    if (!running()) return;
    engine_->on_closed(engine::SessionId{session});
    turn();
}

void SwitchHost::change(engine::ChangeId id, std::vector<engine::ChangeCommand> commands) {
    engine_->on_time();
    engine_->change(id, std::move(commands));
    turn();
}

void SwitchHost::advance_scheme_time(engine::ChangeId id, SchemeTime to) {
    engine_->on_time();
    engine_->advance_scheme_time(id, to);
    if (last_stamp(*engine_).scheme >= to) {
        scheme_base_ = to;
        base_ = timeline_.now();
    }
    turn();
}

void SwitchHost::request_quote(engine::QuoteId id, scheme::AgentCode payee_agent,
                               engine::QuoteRequest request) {
    engine_->on_time();
    engine_->request_quote(id, payee_agent, std::move(request));
    turn();
}

// The runner's loop.

void SwitchHost::turn() {
    if (timeline_.now() >= forget_at_) {
        forget_at_ = timeline_.now() + kForgetEvery;
        engine_->forget_old(engine_->durable());
    }
    if (engine_->has_batch() && !syncing_) submit();
    arm_timer();
}

void SwitchHost::submit() {
    engine_->seal(batch_);
    ++batches_;
    syncing_ = true;
    timeline_.after(draw(sync_, prng_), What::kSynced, process_);
}

void SwitchHost::synced(std::uint32_t process) {
    if (process != process_) return;
    const auto outcome = writer_.append(batch_);
    LOWU_ASSERT(outcome == log::AppendOutcome::kOk, "the simulated log has one owner");
    syncing_ = false;
    engine_->on_durable(batch_.last());
    hall_.durable();
    take_waiting();
    if (snapshot_wanted_ && !engine_->has_batch()) write_snapshot();
    if (engine_->has_batch() && !syncing_) submit();
}

void SwitchHost::timer(std::uint32_t process) {
    if (process != process_) return;
    if (timeline_.now() >= timer_armed_for_) timer_armed_for_ = kNever;
    engine_->on_time();
    turn();
}

void SwitchHost::arm_timer() {
    const auto wait = engine_->until_next_timer();
    if (!wait) return;
    const ElapsedTime due = timeline_.now() + *wait;
    if (due >= timer_armed_for_) return;
    timer_armed_for_ = due;
    timeline_.at(due, What::kTimer, process_);
}

// The outlet.

void SwitchHost::send(engine::SessionId session, const engine::OutboundFrame& frame) {
    hall_.deliver(static_cast<std::uint32_t>(session.value), frame);
}

void SwitchHost::close(engine::SessionId session, engine::CloseReason reason,
                       const std::string& text) {
    hall_.ended(static_cast<std::uint32_t>(session.value), reason, text);
}

void SwitchHost::on_change(engine::ChangeId change, const engine::ChangeOutcome& outcome) {
    hall_.changed(change, outcome);
}

void SwitchHost::on_quote(engine::QuoteId quote, const engine::QuoteAnswer& answer) {
    hall_.quoted(quote, &answer, core::ResultCode::kAccepted);
}

void SwitchHost::on_no_quote(engine::QuoteId quote, core::ResultCode why) {
    hall_.quoted(quote, nullptr, why);
}

Result<journal::Body> SwitchHost::load(core::Sequence sequence) {
    return hall_.body_again(sequence);
}

}  // namespace lowu::simulator
