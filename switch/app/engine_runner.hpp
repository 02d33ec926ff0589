// Runs the engine on the calling thread: events in, batches to the log's thread, durable effects
// out. The only place that decides when a batch closes.
#pragma once

#include <optional>
#include <vector>

#include "switch/app/follower_runner.hpp"
#include "switch/app/log_thread.hpp"
#include "switch/app/parked_frames.hpp"
#include "switch/engine/engine.hpp"
#include "switch/service/connection.hpp"
#include "switch/service/halt.hpp"
#include "switch/service/inbox.hpp"

namespace lowu::app {

class EngineRunner {
public:
    struct Parts {
        engine::Engine& engine;
        service::Inbox& inbox;
        service::ConnectionTable& connections;
        LogThread& log;
        FollowerRunner& follower;
        Clock& clock;
        service::Halt& halt;
    };
    struct Options {
        Duration linger;            ///< The longest a busy batch waits for more.
        Duration clock_jump_limit;  ///< Zero: every step of the clock is believed.
    };
    EngineRunner(const Parts& parts, const Options& options) : parts_(parts), options_(options) {}

    /// Until a stop event has come and everything is durable and said. The exit code; a log that
    /// fails exits the process.
    [[nodiscard]] int run();
    /// After run, and after Requests::stop: refuses the tasks that came too late.
    void refuse_rest();

private:
    void handle(service::InboxEvent& event);
    void handle_backlog();
    void appended();
    [[nodiscard]] bool take(service::InboxEvent& event);
    [[nodiscard]] bool take_frame(service::InboxEvent& event);
    [[nodiscard]] bool waits_for_archive(service::InboxEvent& event);
    void ask_archive(engine::SessionId session, ParkedFrames::Wait& wait);
    std::vector<service::InboxEvent> unpark(engine::SessionId session);
    void archive_answers(service::InboxEvent& event);
    void end_unreadable(engine::SessionId session, const Error& error);
    void end_overtaken(engine::SessionId newer, scheme::AgentCode bank);
    void closed(engine::SessionId session);
    void look_at_halt();
    [[nodiscard]] bool advance_stop();
    [[nodiscard]] bool may_take_frames();
    [[nodiscard]] bool due();
    void seal_if_due();
    [[nodiscard]] std::optional<std::chrono::microseconds> patience();

    Parts parts_;
    const Options options_;
    std::vector<service::InboxEvent> events_;
    std::vector<service::InboxEvent>
        backlog_;  ///< Frames that wait for the full batch to be sealed.
    ParkedFrames parked_;
    engine::SealedBatch batch_;
    std::int64_t batch_since_us_ = 0;
    bool gathering_ = false;
    bool stopping_ = false;
    bool clock_halted_ = false;
};

}  // namespace lowu::app
