// The inbox: what gRPC's threads and the log's thread have for the engine's thread. Bounded by
// construction: a connection has at most two frames, one "writable" and one "closed" in it, and
// connections are bounded; so are tasks, by Requests; a session has one answer of the archive; the
// log has one completion. post: any thread;
// take: the engine's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "switch/engine/engine.hpp"

namespace lowu::service {

class Connection;

struct InboxEvent {
    enum class What : std::uint8_t {
        kFrame,
        kWritable,
        kClosed,
        kAppended,
        kTask,
        kArchive,
        kStop
    };
    What what{};
    engine::SessionId session{0};
    std::shared_ptr<Connection> connection;        ///< kFrame: who gets the frame back.
    engine::InboundFrame* frame = nullptr;         ///< kFrame: owned by the connection.
    std::function<void(engine::Engine&)> run;      ///< kTask: what a unary call asks of the engine.
    std::function<void()> refuse;                  ///< kTask: instead, when the switch is stopping.
    bool while_halted = false;                     ///< kTask: also while nothing new is taken.
    bool answered = false;                         ///< kFrame: the archive has been asked for it.
    std::vector<engine::Recollection> found = {};  ///< kArchive, and kFrame when answered;
    core::Sequence as_of = {};                     ///< of what was forgotten up to here.
    std::optional<Error> unreadable = {};          ///< kArchive: nothing can be found.
};

class Inbox {
public:
    void post(InboxEvent event) {
        bool wake = false;
        {
            const std::lock_guard lock(mutex_);
            events_.push_back(std::move(event));
            wake = waiting_;
        }
        if (wake) arrived_.notify_one();
    }

    /// Swaps everything that has arrived into `events` (cleared first); waits for something, but
    /// not past `patience`. None: for ever.
    void take(std::vector<InboxEvent>& events, std::optional<std::chrono::microseconds> patience) {
        events.clear();
        std::unique_lock lock(mutex_);
        const auto something = [&] { return !events_.empty(); };
        waiting_ = true;
        if (patience) {
            arrived_.wait_for(lock, *patience, something);
        } else {
            arrived_.wait(lock, something);
        }
        waiting_ = false;
        events.swap(events_);
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool waiting_ = false;
    std::vector<InboxEvent> events_;
};

}  // namespace lowu::service
