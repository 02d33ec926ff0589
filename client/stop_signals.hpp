// Ctrl-C as an order to end well. Exists so that a command that runs until it is stopped can say
// how it goes on before it ends. Called by `watch`; main thread, and one thread of its own that
// waits for the signal.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace lowu::client {

class StopSignals {
public:
    // Blocks SIGINT, SIGTERM and SIGHUP for this thread and those it starts later: construct it
    // before anything starts threads.
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();  // the signals then do what they did before

    // Calls `stop` on the own thread when a signal comes; once.
    void call(std::function<void()> stop);

private:
    sigset_t before_{};
    int signals_ = -1;  // signalfd
    int end_ = -1;      // eventfd: the own thread ends
    std::jthread waiter_;
};

}  // namespace lowu::client
