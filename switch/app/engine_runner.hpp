// Runs the engine on the calling thread: events in, batches to the log's thread, durable effects
// out. The only place that decides when a batch closes.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "switch/app/follower_runner.hpp"
#include "switch/app/log_thread.hpp"
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
    void take(service::InboxEvent& event);
    void take_frame(service::InboxEvent& event);
    [[nodiscard]] bool waits_for_archive(service::InboxEvent& event);
    void ask_archive(engine::SessionId session);
    void ask_archive_again();
    void archive_answers(service::InboxEvent& event);
    void look_at_halt();
    [[nodiscard]] bool advance_stop();
    [[nodiscard]] bool may_take_frames();
    [[nodiscard]] bool due();
    void seal_if_due();
    [[nodiscard]] std::optional<std::chrono::microseconds> patience();

    /// Frames of a session that wait for what the archive says of the first one's payments.
    struct Parked {
        std::vector<service::InboxEvent> frames;
        std::vector<scheme::Uetr> wanted;  ///< By the first frame,
        core::Sequence asked_at;           ///< when this was Engine::last_forget.
        bool asked = false;                ///< False: there was no room for the question.
    };

    Parts parts_;
    const Options options_;
    std::vector<service::InboxEvent> events_;
    std::vector<service::InboxEvent>
        backlog_;  ///< Frames that wait for the full batch to be sealed.
    std::map<engine::SessionId, Parked> parked_;
    engine::SealedBatch batch_;
    std::int64_t batch_since_us_ = 0;
    bool gathering_ = false;
    bool stopping_ = false;
    bool clock_halted_ = false;
};

}  // namespace lowu::app
