// Runs the engine; see engine_runner.hpp.
#include "switch/app/engine_runner.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "switch/app/exit_at_once.hpp"
#include "switch/service/unary.hpp"

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
        parked_.ask_again([this](engine::SessionId session, ParkedFrames::Wait& wait) {
            ask_archive(session, wait);
        });
        handle_backlog();
        parts_.engine.on_time();
        look_at_halt();
        parts_.connections.cut_unread(parts_.clock.monotonic_us());
        if (!stopping_ && !parts_.engine.batch_full() && parts_.follower.may_forget()) {
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
            if (event.while_halted) return static_cast<void>(take(event));
            backlog_.push_back(std::move(event));
            return handle_backlog();
        case What::kWritable:
            return parts_.engine.on_writable(event.session);
        case What::kClosed:
            return closed(event.session);
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

/// False when a part of a frame is left over.
bool EngineRunner::take(service::InboxEvent& event) {
    if (event.what == What::kTask) {
        if (stopping_) {
            event.refuse();
        } else {
            event.run(parts_.engine);
        }
        return true;
    }
    const bool no_room = event.frame->wants_room && event.as_of >= parts_.engine.last_forget();
    if (no_room && !stopping_ && event.connection->is_open()) return false;
    return waits_for_archive(event) || take_frame(event);
}

bool EngineRunner::take_frame(service::InboxEvent& event) {
    bool whole = true;
    // A connection that has ended since sends nothing any more: its hello would be a ghost's.
    if (!stopping_ && event.connection->is_open()) {
        engine::InboundFrame& frame = *event.frame;
        const bool comes = frame.hello && !frame.begun;
        if (event.as_of < parts_.engine.last_forget()) event.found.clear();
        whole = parts_.engine.on_frame(event.session, frame, event.found);
        if (comes && frame.begun) end_overtaken(event.session, frame.hello->participant);
    }
    if (whole) event.connection->frame_done();
    return whole;
}

void EngineRunner::closed(engine::SessionId session) {
    // The connection is gone: nobody reads on when these are done.
    static_cast<void>(unpark(session));
    parts_.engine.on_closed(session);
}

// Payments that the cells have forgotten.

/// Parks a frame that is about such payments; see ParkedFrames.
bool EngineRunner::waits_for_archive(service::InboxEvent& event) {
    if (stopping_) return false;
    if (parked_.add_behind(event)) return true;
    std::vector<engine::Wanted> wanted = parts_.engine.wanted(event.session, *event.frame);
    // What was forgotten since is not in the answer.
    const core::Sequence now = parts_.engine.last_forget();
    if (wanted.empty() || (event.answered && event.as_of >= now)) return false;
    const engine::SessionId session = event.session;
    ask_archive(session, parked_.park(std::move(event), {std::move(wanted), now, false}));
    return true;
}

void EngineRunner::ask_archive(engine::SessionId session, ParkedFrames::Wait& wait) {
    const auto tell = [&inbox = parts_.inbox, session](LookUps::Answer told) {
        service::InboxEvent answer;
        answer.what = What::kArchive;
        answer.session = session;
        if (told.ok()) {
            answer.as_of = told->as_of;
            answer.found = std::move(told).value().found;
        } else {
            answer.unreadable = told.error();
        }
        inbox.post(std::move(answer));
    };
    wait.asked = parts_.follower.look_up({session, wait.wanted, wait.asked_at, tell});
}

/// The session's frames, which wait no more.
std::vector<service::InboxEvent> EngineRunner::unpark(engine::SessionId session) {
    parts_.follower.drop_look_up(session);
    return parked_.drop(session);
}

void EngineRunner::archive_answers(service::InboxEvent& event) {
    if (event.unreadable) return end_unreadable(event.session, *event.unreadable);
    auto frames = parked_.answered(event.session, std::move(event.found), event.as_of);
    // Before whatever waits already: the session's next frame may be among that.
    backlog_.insert(backlog_.begin(), std::make_move_iterator(frames.begin()),
                    std::make_move_iterator(frames.end()));
}

/// What the frame is about may have been: it must not be judged as if it had not. The bank may come
/// again; whoever is not concerned goes on.
void EngineRunner::end_unreadable(engine::SessionId session, const Error& error) {
    const auto frames = unpark(session);
    if (frames.empty()) return;
    spdlog::error("a session ends, since what its frame is about cannot be read: {}", error.what);
    parts_.connections.close(session, service::unreadable(error));
    parts_.engine.on_closed(session);
    for (const service::InboxEvent& frame : frames)
        frame.connection->frame_done();
}

void EngineRunner::end_overtaken(engine::SessionId newer, scheme::AgentCode bank) {
    for (const engine::SessionId older : parked_.overtaken_by(newer, bank)) {
        parts_.connections.close(older, engine::CloseReason::kTakenOver,
                                 "a newer session has taken over");
        for (const service::InboxEvent& frame : unpark(older))
            frame.connection->frame_done();
    }
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
    // What is left over of a frame waits for the next batch or the next Forget, and its session.
    std::size_t left = 0;
    std::size_t at = 0;
    for (; at < backlog_.size() && (stopping_ || may_take_frames()); ++at) {
        service::InboxEvent& event = backlog_[at];
        const auto end = backlog_.begin() + static_cast<std::ptrdiff_t>(left);
        const bool behind =
            std::any_of(backlog_.begin(), end, [&](const service::InboxEvent& before) {
                return event.what == What::kFrame && before.session == event.session;
            });
        if (!behind && take(event)) continue;
        if (left != at) backlog_[left] = std::move(event);
        ++left;
    }
    backlog_.erase(backlog_.begin() + static_cast<std::ptrdiff_t>(left),
                   backlog_.begin() + static_cast<std::ptrdiff_t>(at));
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
        exit_at_once(fenced ? kExitLogFenced : kExitLogUnknown);
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
