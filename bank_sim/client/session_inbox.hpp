// SessionInbox: what gRPC's threads have for the loop's thread: finished reads, writes and streams;
// and that the log's thread has something.
// Exists because waking a thread for each frame costs more than the frame: while the loop is busy
// it looks in by itself on a tick, and only an idle loop is woken. post: any thread; the rest: the
// loop's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace lowu::bank {

class SwitchSession;

struct SessionEvent {
    enum class What : std::uint8_t { kRead, kWritten, kDone, kLog };

    SwitchSession* session;  // nullptr with kLog
    What what;
    bool ok;  // of the read or write
};

class SessionInbox {
public:
    /// `look` is posted to the loop when something comes while nobody looks in.
    SessionInbox(boost::asio::io_context& loop, std::function<void()> look)
        : loop_(loop), look_(std::move(look)) {}

    void post(SessionEvent event) {
        bool wake = false;
        {
            const std::lock_guard lock(mutex_);
            events_.push_back(event);
            wake = !std::exchange(watched_, true);
        }
        if (wake) {
            boost::asio::post(loop_, look_);
        }
    }

    /// Swaps everything that has come into `events`, in order.
    void take(std::vector<SessionEvent>& events) {
        events.clear();
        const std::lock_guard lock(mutex_);
        events.swap(events_);
    }

    /// From now on the loop must be woken; false when something has come: look again.
    [[nodiscard]] bool sleep() {
        const std::lock_guard lock(mutex_);
        watched_ = !events_.empty();
        return !watched_;
    }

private:
    boost::asio::io_context& loop_;
    std::function<void()> look_;
    std::mutex mutex_;
    // Bounded by construction: a stream has one read, one write and one end; the log has one batch.
    std::vector<SessionEvent> events_;
    bool watched_ = false;
};

}  // namespace lowu::bank
