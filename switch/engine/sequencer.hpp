// The sequencer: the one place where a command gets its sequence number and its two times. Times
// are stamped from an injected clock and never go back: over a restart elapsed time goes on from
// the last stamp of the log, so that nothing expires because the switch was away. A clock that
// jumps forward (the process stood still, the machine slept) is not believed: time stands until an
// operator has said what the jump was. Used by the engine; one thread.
#pragma once

#include <algorithm>
#include <optional>

#include "common/base/clock.hpp"
#include "switch/core/types.hpp"

namespace lowu::engine {

class Sequencer {
public:
    explicit Sequencer(Clock& clock) : clock_(clock), clock_origin_us_(clock.monotonic_us()) {}

    /// An empty log begins at elapsed time zero and this scheme time.
    void begin(SchemeTime scheme_start) {
        core::Stamp stamp;
        stamp.scheme = scheme_start;
        resume(stamp);
    }

    /// Goes on from a stamp read from the log.
    void resume(const core::Stamp& stamp) {
        last_ = stamp;
        base_ = stamp;
        clock_origin_us_ = clock_.monotonic_us();
    }

    /// Reads the clock; until the next call all stamps carry this time. After a jump it stands.
    void advance() {
        const Duration passed = since_origin();
        const ElapsedTime now = std::max(last_.elapsed, base_.elapsed + passed);
        if (!jump_ && jump_limit_.us > 0 && now - last_.elapsed > jump_limit_) {
            jump_ = now - last_.elapsed;
        }
        if (jump_) return;
        last_.elapsed = now;
        last_.scheme = std::max(last_.scheme, base_.scheme + passed);
    }

    /// From now on advance() is called at least four times within `limit`; zero: any step is
    /// believed.
    void watch_for_jumps(Duration limit) {
        jump_limit_ = limit;
        resume(last_);
    }
    /// By how much the clock has jumped, until somebody says what it was.
    [[nodiscard]] std::optional<Duration> jump() const { return jump_; }
    /// `passed`: the time has really gone by, so go on from the clock's; else from where time
    /// stands.
    void confirm_jump(bool passed) {
        const Duration missed = since_origin();
        core::Stamp stamp = last_;
        if (passed) {
            stamp.elapsed = std::max(stamp.elapsed, base_.elapsed + missed);
            stamp.scheme = std::max(stamp.scheme, base_.scheme + missed);
        }
        jump_.reset();
        resume(stamp);
    }

    /// Sets scheme time forward; elapsed time does not notice.
    void set_scheme(SchemeTime time) {
        base_.scheme = base_.scheme + (time - last_.scheme);
        last_.scheme = time;
    }

    /// The next command's stamp.
    [[nodiscard]] core::Stamp next() {
        last_.sequence = last_.sequence.next();
        return last_;
    }

    /// The last stamp given, with the time of the last advance().
    [[nodiscard]] const core::Stamp& last() const { return last_; }

private:
    [[nodiscard]] Duration since_origin() const {
        return Duration::from_us(
            std::max<std::int64_t>(0, clock_.monotonic_us() - clock_origin_us_));
    }

    Clock& clock_;
    std::int64_t clock_origin_us_;
    core::Stamp base_;  ///< What the clock's origin stands for.
    core::Stamp last_;
    Duration jump_limit_{0};
    std::optional<Duration> jump_;
};

}  // namespace lowu::engine
