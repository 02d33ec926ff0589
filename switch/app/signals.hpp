// SIGINT and SIGTERM as an ordinary call on a thread of its own. Every thread blocks them first
// (block_stop_signals in main, before any thread starts), one waits for them.
#pragma once

#include <pthread.h>

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
    /// Calls `on_signal` once, on its own thread.
    explicit SignalWaiter(std::function<void()> on_signal)
        : thread_([on_signal = std::move(on_signal)] {
              const sigset_t signals = stop_signals();
              int signal = 0;
              sigwait(&signals, &signal);
              on_signal();
          }) {}
    SignalWaiter(const SignalWaiter&) = delete;
    SignalWaiter& operator=(const SignalWaiter&) = delete;
    ~SignalWaiter() {
        pthread_kill(thread_.native_handle(), SIGTERM);  // If none has come: let it end.
        thread_.join();
    }

private:
    std::thread thread_;
};

}  // namespace lowu::app
