// Virtual time; see event_queue.hpp.
#include "simulator/world/event_queue.hpp"

#include <algorithm>

namespace lowu::simulator {

void EventQueue::at(ElapsedTime time, Action action) {
    const std::int64_t moment_us = std::max(time.value, clock_.monotonic_us());
    planned_.emplace(Moment{moment_us, ++order_}, std::move(action));
}

bool EventQueue::step() {
    if (planned_.empty()) return false;
    auto first = planned_.extract(planned_.begin());
    clock_.set_us(first.key().first);
    ++events_;
    first.mapped()();
    return true;
}

void EventQueue::note(std::string_view what, std::uint64_t first, std::uint64_t second) {
    trace_.add(clock_.monotonic_us());
    trace_.add_text(what);
    trace_.add(first);
    trace_.add(second);
}

}  // namespace lowu::simulator
