// Halt: what keeps the switch from taking anything new, said to whoever asks for its status. Set by
// the engine's thread, read by the follower's.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "common/base/time.hpp"

namespace lowu::service {

class Halt {
public:
    void set(bool log_space, std::optional<Duration> clock_jump) {
        log_space_.store(log_space);
        clock_jump_us_.store(clock_jump ? clock_jump->us : 0);
    }

    [[nodiscard]] bool log_space() const { return log_space_.load(); }
    /// Zero when the clock is believed.
    [[nodiscard]] Duration clock_jump() const { return Duration::from_us(clock_jump_us_.load()); }

private:
    std::atomic<bool> log_space_{false};
    std::atomic<std::int64_t> clock_jump_us_{0};
};

}  // namespace lowu::service
