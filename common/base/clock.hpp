// Clock: the seam through which step machines learn that time has passed. Exists so that the same
// engine runs on real and on virtual time. Runners in app/ give it a SteadyClock, tests and the
// simulator a ManualClock. A SteadyClock may be read from any thread, a ManualClock from one only.
#pragma once

#include <cstdint>

#include "common/base/time.hpp"

namespace lowu {

// Microseconds from an arbitrary origin; never goes back.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual std::int64_t monotonic_us() = 0;
};

// The operating system's monotonic clock.
class SteadyClock final : public Clock {
public:
    [[nodiscard]] std::int64_t monotonic_us() override;
};

// Stands still until it is told to move.
class ManualClock final : public Clock {
public:
    explicit ManualClock(std::int64_t start_us = 0) : now_us_(start_us) {}

    [[nodiscard]] std::int64_t monotonic_us() override { return now_us_; }

    // Setting it back is a programmer error.
    void set_us(std::int64_t now_us);
    void advance(Duration duration);

private:
    std::int64_t now_us_;
};

}  // namespace lowu
