// SIGINT and SIGTERM as ordinary calls on a thread of its own: the first asks to stop in order, the
// second to stop at once. Every thread blocks them first (block_stop_signals in main, before any
// thread starts), one waits for them.
#pragma once

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace lowu::app {

inline sigset_t stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

inline void block_stop_signals() {
    const sigset_t signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

class SignalWaiter {
public:
    /// Calls `on_first` at the first signal and `on_second` at the next, on its own thread.
    SignalWaiter(std::function<void()> on_first, std::function<void()> on_second)
        : thread_([this, on_first = std::move(on_first), on_second = std::move(on_second)] {
              if (wait()) on_first();
              if (wait()) on_second();
          }) {}
    SignalWaiter(const SignalWaiter&) = delete;
    SignalWaiter& operator=(const SignalWaiter&) = delete;
    ~SignalWaiter() {
        ending_ = true;
        // Wakes it as often as it still waits.
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }

private:
    /// False when nobody waits for the signal any more.
    [[nodiscard]] bool wait() const {
        if (ending_) return false;
        const sigset_t signals = stop_signals();
        int signal = 0;
        sigwait(&signals, &signal);
        return !ending_;
    }

    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace lowu::app
