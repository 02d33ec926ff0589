// Runs the engine; see engine_runner.hpp.
#include "switch/app/engine_runner.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <iterator>

#include "common/base/assert.hpp"
#include "switch/app/exit_code.hpp"

namespace lowu::app {
namespace {

using What = service::InboxEvent::What;

/// An idle engine looks at its clock so often; well within the shortest limit for a jump.
constexpr std::chrono::microseconds kIdleWake{250'000};

/// A batch that few banks wait for goes at once; each further one makes it worth a little more
/// waiting, since small frames cost most: a frame costs a bank as much as forty payments.
constexpr std::size_t kIdleChannels = 4;
constexpr Duration kLingerPerChannel = Duration::from_us(30);

}  // namespace

int EngineRunner::run() {
    parts_.engine.watch_clock(options_.clock_jump_limit);
    while (true) {
        parts_.inbox.take(events_, patience());
        for (service::InboxEvent& event : events_)
            handle(event);
        ask_archive_again();
        handle_backlog();
        parts_.engine.on_time();
        look_at_halt();
        parts_.connections.cut_unread(parts_.clock.monotonic_us());
        if (!stopping_ && !parts_.engine.batch_full()) {
            parts_.engine.forget_old(parts_.follower.replayed());
        }
        seal_if_due();
        if (stopping_ && advance_stop()) return kExitOk;
    }
}

void EngineRunner::refuse_rest() {
    parts_.inbox.take(events_, std::chrono::microseconds(0));
    for (service::InboxEvent& event : events_) {
        if (event.refuse) event.refuse();
    }
}

void EngineRunner::handle(service::InboxEvent& event) {
    switch (event.what) {
        case What::kFrame:
        case What::kTask:
            if (event.while_halted) return take(event);
            backlog_.push_back(std::move(event));
            return handle_backlog();
        case What::kWritable:
            return parts_.engine.on_writable(event.session);
        case What::kClosed:
            return parts_.engine.on_closed(event.session);
        case What::kAppended:
            return appended();
        case What::kArchive:
            return archive_answers(event);
        case What::kStop:
            stopping_ = true;
            return;
    }
}

/// A frame or task is taken when no timer is due before it and the batch has room.
bool EngineRunner::may_take_frames() {
    return !parts_.log.low_on_space() && parts_.engine.on_time() && !parts_.engine.clock_jump() &&
           !parts_.engine.batch_full();
}

void EngineRunner::take(service::InboxEvent& event) {
    if (event.what == What::kTask) {
        if (stopping_) {
            event.refuse();
        } else {
            event.run(parts_.engine);
        }
        return;
    }
    if (waits_for_archive(event)) return;
    if (event.answered && !stopping_) {
        parts_.engine.recollect(event.session, *event.frame, event.found);
    }
    take_frame(event);
}

void EngineRunner::take_frame(service::InboxEvent& event) {
    // A connection that has ended since sends nothing any more: its hello would be a ghost's.
    if (!stopping_ && event.connection->is_open()) {
        parts_.engine.on_frame(event.session, *event.frame);
    }
    event.connection->frame_done();
}

// Payments that the cells have forgotten.

/// Parks a frame that is about such payments, and every later frame of its session: a session's
/// order is kept, and nobody else waits. At most two, since a connection reads no further.
bool EngineRunner::waits_for_archive(service::InboxEvent& event) {
    if (stopping_) return false;
    const auto parked = parked_.find(event.session);
    if (parked != parked_.end()) {
        parked->second.frames.push_back(std::move(event));
        return true;
    }
    std::vector<scheme::Uetr> wanted = parts_.engine.wanted(event.session, *event.frame);
    // What was forgotten after the question is not in the answer.
    const core::Sequence now = parts_.engine.last_forget();
    if (wanted.empty() || (event.answered && event.asked_at == now)) return false;
    const engine::SessionId session = event.session;
    Parked& fresh = parked_[session];
    fresh.wanted = std::move(wanted);
    fresh.asked_at = now;
    fresh.frames.push_back(std::move(event));
    ask_archive(session);
    return true;
}

void EngineRunner::ask_archive(engine::SessionId session) {
    Parked& parked = parked_.at(session);
    parked.asked = parts_.follower.look_up(
        parked.wanted, parts_.engine.last_forget(),
        [&inbox = parts_.inbox, session](std::vector<engine::Recollection> found) {
            service::InboxEvent answer;
            answer.what = What::kArchive;
            answer.session = session;
            answer.found = std::move(found);
            inbox.post(std::move(answer));
        });
}

void EngineRunner::ask_archive_again() {
    for (auto& [session, parked] : parked_) {
        if (!parked.asked) ask_archive(session);
    }
}

void EngineRunner::archive_answers(service::InboxEvent& event) {
    const auto found = parked_.find(event.session);
    LOWU_ASSERT(found != parked_.end(), "who has asked waits");
    std::vector<service::InboxEvent> frames = std::move(found->second.frames);
    frames.front().asked_at = found->second.asked_at;
    frames.front().found = std::move(event.found);
    frames.front().answered = true;
    parked_.erase(found);
    // Before whatever waits already: the session's next frame may be among that.
    backlog_.insert(backlog_.begin(), std::make_move_iterator(frames.begin()),
                    std::make_move_iterator(frames.end()));
}

/// Tells the other threads what keeps the switch from taking anything new.
void EngineRunner::look_at_halt() {
    const auto jump = parts_.engine.clock_jump();
    parts_.halt.set(parts_.log.low_on_space(), jump);
    if (jump.has_value() == clock_halted_) return;
    clock_halted_ = jump.has_value();
    if (jump) {
        spdlog::critical(
            "the clock has jumped by {} ms: nothing new is taken until `lowu clock passed` or "
            "`lowu clock ignored` says what it was",
            jump->whole_ms());
    } else {
        spdlog::info("the clock is believed again");
    }
}

/// Frames that had to wait go in order. A connection whose frame waits here reads no further: that
/// is the back-pressure.
void EngineRunner::handle_backlog() {
    std::size_t done = 0;
    while (done < backlog_.size() && (stopping_ || may_take_frames()))
        take(backlog_[done++]);
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(done));
}

void EngineRunner::appended() {
    const core::Sequence through = [&] {
        const log::AppendOutcome outcome = parts_.log.take_back(batch_);
        if (outcome == log::AppendOutcome::kOk) return batch_.last();
        // Nothing more is released and the file is not touched again: recovery will read what is
        // there.
        const bool fenced = outcome == log::AppendOutcome::kFenced;
        spdlog::critical(
            "the log {}: {}",
            fenced ? "has another owner" : "did not say whether the last batch is safe",
            parts_.log.failure());
        spdlog::shutdown();
        std::_Exit(fenced ? kExitLogFenced : kExitLogUnknown);
    }();
    // The follower first: whoever is told by a bank and then asks must not be told less.
    parts_.follower.durable(through, batch_.decisions);
    parts_.engine.on_durable(through);
}

/// Stopping in order: no more frames; what was taken becomes durable and is said; then sessions
/// end, durably. True at the end.
bool EngineRunner::advance_stop() {
    if (parts_.engine.has_batch() || parts_.log.busy()) return false;
    if (parts_.engine.sessions() == 0) return true;
    parts_.engine.close_all(engine::CloseReason::kShuttingDown, "the switch is shutting down");
    seal_if_due();
    return false;
}

bool EngineRunner::due() {
    if (stopping_ || parts_.engine.batch_full()) return true;
    const std::size_t channels = parts_.engine.touched_channels();
    if (channels <= kIdleChannels) return true;
    const Duration wait =
        std::min(options_.linger, kLingerPerChannel * static_cast<std::int64_t>(channels));
    return parts_.clock.monotonic_us() >= batch_since_us_ + wait.us;
}

void EngineRunner::seal_if_due() {
    if (!parts_.engine.has_batch()) return;
    if (!gathering_) {
        gathering_ = true;
        batch_since_us_ = parts_.clock.monotonic_us();
    }
    if (parts_.log.busy() || !due()) return;
    parts_.engine.seal(batch_);
    parts_.log.submit(batch_);
    gathering_ = false;
}

/// How long nothing need be done, when nothing arrives. While the log is busy its completion wakes
/// us.
std::optional<std::chrono::microseconds> EngineRunner::patience() {
    std::optional<Duration> wait = parts_.engine.until_next_timer();
    if (gathering_ && !parts_.log.busy()) {
        const Duration rest = Duration::from_us(std::max<std::int64_t>(
            0, batch_since_us_ + options_.linger.us - parts_.clock.monotonic_us()));
        const Duration step = std::min(rest, kLingerPerChannel);
        if (!wait || step < *wait) wait = step;
    }
    if (!backlog_.empty() && parts_.log.low_on_space()) wait = Duration::from_ms(100);
    if (!wait) return kIdleWake;
    return std::min(std::chrono::microseconds(wait->us), kIdleWake);
}

}  // namespace lowu::app
