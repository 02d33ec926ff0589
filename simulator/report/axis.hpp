// Axes with round numbers: where ticks stand, and what stands at them. Exists apart from drawing so
// that tests can look at it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace lowu::report {

/// From 0 to the last tick, which is at least `max`: steps of 1, 2 or 5 times a power of ten, at
/// most `most` of them.
[[nodiscard]] std::vector<std::int64_t> round_ticks(std::int64_t max, std::int64_t most);

/// From at most `min` to at least `max`, both 1 or more: powers of ten, and over at most two of
/// them twice and five times each as well.
[[nodiscard]] std::vector<std::int64_t> log_ticks(std::int64_t min, std::int64_t max);

struct TimeTick {
    SchemeTime at;
    std::string label;
};

/// Hours, days or months, whichever leaves each label so many pixels.
[[nodiscard]] std::vector<TimeTick> time_ticks(SchemeTime from, SchemeTime until,
                                               std::int64_t width_px, std::int64_t label_px);

}  // namespace lowu::report
