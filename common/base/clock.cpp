// The two clocks. See clock.hpp.
#include "common/base/clock.hpp"

#include <chrono>

#include "common/base/assert.hpp"

namespace lowu {

std::int64_t SteadyClock::monotonic_us() {
    const auto since_origin = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since_origin).count();
}

void ManualClock::set_us(std::int64_t now_us) {
    LOWU_ASSERT(now_us >= now_us_, "a monotonic clock never goes back");
    now_us_ = now_us;
}

void ManualClock::advance(Duration duration) {
    set_us(now_us_ + duration.us);
}

}  // namespace lowu
