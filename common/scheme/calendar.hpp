// The scheme's calendar: both sides of the border keep UTC+8 without daylight saving, so a fixed
// offset is the whole time zone. Exists so that hours and quota days need no time zone data and no
// floating point. Called by cells, configuration and screens. Any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.hpp"

namespace lowu::scheme {

inline constexpr std::int64_t kUtc8OffsetMs = 8LL * 60 * 60 * 1000;
inline constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

// A moment on the wall calendar in UTC+8 (proleptic Gregorian).
struct CalendarTime {
    std::int32_t year = 1970;
    std::int32_t month = 1;  // 1 to 12
    std::int32_t day = 1;    // 1 to 31
    std::int32_t hour = 0;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    std::int32_t millisecond = 0;

    friend constexpr auto operator<=>(const CalendarTime&, const CalendarTime&) = default;
};

[[nodiscard]] CalendarTime to_utc8(SchemeTime time);

// nullopt when there is no such moment (30 February, 24:00) or the year is outside 1970 to 9999.
[[nodiscard]] std::optional<SchemeTime> from_utc8(const CalendarTime& calendar_time);

// Days since 1970-01-01 on the calendar in UTC+8: the quota day and the settlement date.
[[nodiscard]] std::int64_t day_number(SchemeTime time);

// The first millisecond of the day with this day_number.
[[nodiscard]] SchemeTime start_of_day(std::int64_t day);

// Milliseconds since midnight in UTC+8, 0 to kDayMs - 1: for opening hours.
[[nodiscard]] std::int64_t time_of_day_ms(SchemeTime time);

// "2025-06-22 09:00:00.000"
[[nodiscard]] std::string format_utc8(SchemeTime time);

// "2025-06-22 09:00", with ":00" and ".000" optional behind it; nullopt otherwise.
[[nodiscard]] std::optional<SchemeTime> parse_utc8(std::string_view text);

// "2025-06-22": the day with this day_number. Years 1970 to 9999, the ones that parse_date takes.
[[nodiscard]] std::string format_date(std::int64_t day);

// The day_number of "2025-06-22"; nullopt when the text has another shape or names no day of the
// years 1970 to 9999.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

// Where sandbox, scenarios and tests start unless told otherwise: 2025-06-22 09:00 UTC+8, the day
// that Payment Connect opened.
inline constexpr SchemeTime kDefaultSchemeStart{1'750'554'000'000};

}  // namespace lowu::scheme
