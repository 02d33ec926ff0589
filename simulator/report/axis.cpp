// Choosing ticks. See axis.hpp.
#include "simulator/report/axis.hpp"

#include <algorithm>
#include <array>

#include "common/scheme/calendar.hpp"

namespace lowu::report {
namespace {

constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kHourMs = 3'600'000;

const char* month_name(const scheme::CalendarTime& time) {
    return kMonths[static_cast<std::size_t>(time.month - 1)];
}

std::vector<TimeTick> month_ticks(SchemeTime from, SchemeTime until, std::int64_t every) {
    std::vector<TimeTick> ticks;
    scheme::CalendarTime month = scheme::to_utc8(from);
    month = {month.year, month.month, 1};
    bool year_is_told = false;
    while (true) {
        month.month += 1;
        if (month.month > 12) {
            month.month = 1;
            month.year += 1;
            year_is_told = false;
        }
        const SchemeTime at = *scheme::from_utc8(month);
        if (at >= until) return ticks;
        if ((month.month - 1) % every != 0) continue;
        std::string label = month_name(month);
        if (!year_is_told) label += " " + std::to_string(month.year);
        year_is_told = true;
        ticks.push_back({at, label});
    }
}

std::vector<TimeTick> step_ticks(SchemeTime from, SchemeTime until, std::int64_t step_ms) {
    std::vector<TimeTick> ticks;
    const SchemeTime midnight = scheme::start_of_day(scheme::day_number(from));
    for (SchemeTime at = midnight; at < until; at = at + Duration::from_ms(step_ms)) {
        if (at < from) continue;
        const scheme::CalendarTime time = scheme::to_utc8(at);
        const bool day = step_ms >= scheme::kDayMs || (time.hour == 0 && at > midnight);
        ticks.push_back({at, day ? std::string(month_name(time)) + " " + std::to_string(time.day)
                                 : scheme::format_utc8(at).substr(11, 5)});
    }
    return ticks;
}

}  // namespace

std::vector<std::int64_t> round_ticks(std::int64_t max, std::int64_t most) {
    std::int64_t step = 1;
    for (int turn = 0; step * most < max; ++turn) {
        // 1, 2, 5, 10, ...
        step = turn % 3 == 1 ? step / 2 * 5 : step * 2;
    }
    std::vector<std::int64_t> ticks{0};
    while (ticks.back() < std::max<std::int64_t>(1, max))
        ticks.push_back(ticks.back() + step);
    return ticks;
}

std::vector<std::int64_t> log_ticks(std::int64_t min, std::int64_t max) {
    const bool fine = max / min < 100;
    std::vector<std::int64_t> ticks{1};
    for (int turn = 0; ticks.size() < 2 || ticks.back() < max; ++turn) {
        const std::int64_t last = ticks.back();
        const std::int64_t next = !fine ? last * 10 : turn % 3 == 1 ? last / 2 * 5 : last * 2;
        if (next <= min) {
            ticks.back() = next;
        } else {
            ticks.push_back(next);
        }
    }
    return ticks;
}

std::vector<TimeTick> time_ticks(SchemeTime from, SchemeTime until, std::int64_t width_px,
                                 std::int64_t label_px) {
    constexpr std::array<std::int64_t, 9> kSteps{
        kHourMs,        2 * kHourMs,        3 * kHourMs,        6 * kHourMs,        12 * kHourMs,
        scheme::kDayMs, 2 * scheme::kDayMs, 7 * scheme::kDayMs, 14 * scheme::kDayMs};
    const std::int64_t span_ms = until.value - from.value;
    const std::int64_t most = std::max<std::int64_t>(1, width_px / label_px);
    for (const std::int64_t step : kSteps) {
        if (span_ms <= step * most) return step_ticks(from, until, step);
    }
    for (const std::int64_t months : {1, 2, 3, 6}) {
        if (span_ms <= months * 30 * scheme::kDayMs * most) return month_ticks(from, until, months);
    }
    return month_ticks(from, until, 12);
}

}  // namespace lowu::report
