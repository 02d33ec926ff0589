// The two times of the scheme, and durations. Exists so that a deadline can never be compared with
// a calendar moment. Both are stamped by the sequencer and never go back. Used everywhere, any
// thread. Arithmetic saturates at the ends of the range: a bank may send any creation time.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "common/base/strong.hpp"

namespace lowu {

namespace detail {

constexpr std::int64_t saturating_add(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) {
        return right > 0 ? std::numeric_limits<std::int64_t>::max()
                         : std::numeric_limits<std::int64_t>::min();
    }
    return sum;
}

constexpr std::int64_t saturating_subtract(std::int64_t left, std::int64_t right) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(left, right, &difference)) {
        return right < 0 ? std::numeric_limits<std::int64_t>::max()
                         : std::numeric_limits<std::int64_t>::min();
    }
    return difference;
}

constexpr std::int64_t saturating_multiply(std::int64_t left, std::int64_t right) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(left, right, &product)) {
        return (left > 0) == (right > 0) ? std::numeric_limits<std::int64_t>::max()
                                         : std::numeric_limits<std::int64_t>::min();
    }
    return product;
}

}  // namespace detail

// A span of time in microseconds, negative allowed.
struct Duration {
    std::int64_t us = 0;

    [[nodiscard]] static constexpr Duration from_us(std::int64_t us) { return Duration{us}; }
    [[nodiscard]] static constexpr Duration from_ms(std::int64_t ms) {
        return Duration{detail::saturating_multiply(ms, 1'000)};
    }
    [[nodiscard]] static constexpr Duration from_seconds(std::int64_t seconds) {
        return Duration{detail::saturating_multiply(seconds, 1'000'000)};
    }
    [[nodiscard]] static constexpr Duration from_minutes(std::int64_t minutes) {
        return Duration{detail::saturating_multiply(minutes, 60'000'000)};
    }
    [[nodiscard]] static constexpr Duration from_hours(std::int64_t hours) {
        return Duration{detail::saturating_multiply(hours, 3'600'000'000)};
    }
    [[nodiscard]] static constexpr Duration from_days(std::int64_t days) {
        return Duration{detail::saturating_multiply(days, 86'400'000'000)};
    }

    // Whole milliseconds, cut towards zero.
    [[nodiscard]] constexpr std::int64_t whole_ms() const { return us / 1'000; }

    friend constexpr auto operator<=>(const Duration&, const Duration&) = default;
    friend constexpr Duration operator+(Duration left, Duration right) {
        return Duration{detail::saturating_add(left.us, right.us)};
    }
    friend constexpr Duration operator-(Duration left, Duration right) {
        return Duration{detail::saturating_subtract(left.us, right.us)};
    }
    friend constexpr Duration operator*(Duration duration, std::int64_t times) {
        return Duration{detail::saturating_multiply(duration.us, times)};
    }
    friend constexpr Duration operator*(std::int64_t times, Duration duration) {
        return duration * times;
    }
};

// Scheme time: milliseconds since the Unix epoch, UTC. For calendar, hours, quota days, quotes,
// rounds. The calendar in UTC+8 is common/scheme/calendar.hpp.
struct SchemeTimeTag {};
using SchemeTime = Strong<SchemeTimeTag, std::int64_t>;

// Elapsed time: microseconds since the first stamp of the log. For payment deadlines, reply timers,
// sessions. Says nothing about the calendar.
struct ElapsedTimeTag {};
using ElapsedTime = Strong<ElapsedTimeTag, std::int64_t>;

// Later than every deadline: "no deadline".
inline constexpr ElapsedTime kNever{std::numeric_limits<std::int64_t>::max()};

// Scheme time has milliseconds: what a duration holds below one is dropped.
[[nodiscard]] constexpr SchemeTime operator+(SchemeTime time, Duration duration) {
    return SchemeTime{detail::saturating_add(time.value, duration.whole_ms())};
}
[[nodiscard]] constexpr SchemeTime operator-(SchemeTime time, Duration duration) {
    return SchemeTime{detail::saturating_subtract(time.value, duration.whole_ms())};
}
[[nodiscard]] constexpr Duration operator-(SchemeTime later, SchemeTime earlier) {
    return Duration::from_ms(detail::saturating_subtract(later.value, earlier.value));
}

[[nodiscard]] constexpr ElapsedTime operator+(ElapsedTime time, Duration duration) {
    return ElapsedTime{detail::saturating_add(time.value, duration.us)};
}
[[nodiscard]] constexpr ElapsedTime operator-(ElapsedTime time, Duration duration) {
    return ElapsedTime{detail::saturating_subtract(time.value, duration.us)};
}
[[nodiscard]] constexpr Duration operator-(ElapsedTime later, ElapsedTime earlier) {
    return Duration{detail::saturating_subtract(later.value, earlier.value)};
}

// Literals, found without a using-directive inside namespace lowu: 20_s, 500_ms.
[[nodiscard]] constexpr Duration operator""_us(unsigned long long us) {
    return Duration::from_us(static_cast<std::int64_t>(us));
}
[[nodiscard]] constexpr Duration operator""_ms(unsigned long long ms) {
    return Duration::from_ms(static_cast<std::int64_t>(ms));
}
[[nodiscard]] constexpr Duration operator""_s(unsigned long long seconds) {
    return Duration::from_seconds(static_cast<std::int64_t>(seconds));
}
[[nodiscard]] constexpr Duration operator""_min(unsigned long long minutes) {
    return Duration::from_minutes(static_cast<std::int64_t>(minutes));
}
[[nodiscard]] constexpr Duration operator""_h(unsigned long long hours) {
    return Duration::from_hours(static_cast<std::int64_t>(hours));
}

}  // namespace lowu
