// EventQueue: virtual time. Everything that will happen stands here with its moment; the clock
// jumps from one event to the next. Events of one moment run in the order in which they were
// planned, so that a run depends on nothing but its seed. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "common/base/clock.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"

namespace lowu::simulator {

class EventQueue {
public:
    using Action = std::function<void()>;

    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] ElapsedTime now() { return ElapsedTime{clock_.monotonic_us()}; }

    void at(ElapsedTime time, Action action);
    void after(Duration delay, Action action) { at(now() + delay, std::move(action)); }

    /// Runs the next event; false when there is none.
    bool step();
    [[nodiscard]] std::uint64_t events() const { return events_; }

    /// Writes a fact into the trace: two runs of one seed must write the same.
    void note(std::string_view what, std::uint64_t first = 0, std::uint64_t second = 0);
    [[nodiscard]] Hash128 trace_hash() { return trace_.finish(); }

private:
    using Moment = std::pair<std::int64_t, std::uint64_t>;  // microseconds, order of planning

    ManualClock clock_;
    std::map<Moment, Action> planned_;
    std::uint64_t order_ = 0;
    std::uint64_t events_ = 0;
    Digest trace_;
};

}  // namespace lowu::simulator
