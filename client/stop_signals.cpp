// Ctrl-C as an order to end well. See stop_signals.hpp.
#include "client/stop_signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::client {

StopSignals::StopSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&set, number);
    }
    const int failed = ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    end_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    LOWU_ASSERT(failed == 0 && signals_ >= 0 && end_ >= 0, "descriptors are to be had at start");
}

StopSignals::~StopSignals() {
    const std::uint64_t one = 1;
    (void)!::write(end_, &one, sizeof one);
    if (waiter_.joinable()) waiter_.join();
    ::close(signals_);
    ::close(end_);
    (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::call(std::function<void()> stop) {
    LOWU_ASSERT(!waiter_.joinable(), "one order at a time");
    waiter_ = std::jthread([this, stop = std::move(stop)] {
        pollfd watched[] = {{signals_, POLLIN, 0}, {end_, POLLIN, 0}};
        while (::poll(watched, std::size(watched), -1) < 0) {
            // Interrupted: wait on.
        }
        if (watched[0].revents == 0) return;
        signalfd_siginfo signal{};
        (void)!::read(signals_, &signal, sizeof signal);
        stop();
    });
}

}  // namespace lowu::client
