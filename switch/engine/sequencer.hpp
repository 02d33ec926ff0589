// The sequencer: the one place where a command gets its sequence number and its two times. Times
// are stamped from an injected clock and never go back: over a restart elapsed time goes on from
// the last stamp of the log, so that nothing expires because the switch was away. Used by the
// engine; one thread.
#pragma once

#include <algorithm>

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

    /// Reads the clock; until the next call all stamps carry this time.
    void advance() {
        const std::int64_t passed_us =
            std::max<std::int64_t>(0, clock_.monotonic_us() - clock_origin_us_);
        const auto passed = Duration::from_us(passed_us);
        last_.elapsed = std::max(last_.elapsed, base_.elapsed + passed);
        last_.scheme = std::max(last_.scheme, base_.scheme + passed);
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
    Clock& clock_;
    std::int64_t clock_origin_us_;
    core::Stamp base_;  ///< What the clock's origin stands for.
    core::Stamp last_;
};

}  // namespace lowu::engine
