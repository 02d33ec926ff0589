// Runs the engine on the calling thread: events in, batches to the log's thread, durable effects
// out. The only place that decides when a batch closes.
#pragma once

#include <optional>
#include <vector>

#include "switch/app/follower_runner.hpp"
#include "switch/app/log_thread.hpp"
#include "switch/engine/engine.hpp"
#include "switch/service/connection.hpp"
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
    };
    EngineRunner(const Parts& parts, Duration linger) : parts_(parts), linger_(linger) {}

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
    [[nodiscard]] bool advance_stop();
    [[nodiscard]] bool may_take_frames();
    [[nodiscard]] bool due();
    void seal_if_due();
    [[nodiscard]] std::optional<std::chrono::microseconds> patience();

    Parts parts_;
    const Duration linger_;
    std::vector<service::InboxEvent> events_;
    std::vector<service::InboxEvent>
        backlog_;  ///< Frames that wait for the full batch to be sealed.
    engine::SealedBatch batch_;
    std::int64_t batch_since_us_ = 0;
    bool gathering_ = false;
    bool stopping_ = false;
};

}  // namespace lowu::app
