// Days and civil dates by Howard Hinnant's "chrono-compatible low-level date algorithms" (public
// domain), in integers only. See calendar.hpp.
#include "common/scheme/calendar.hpp"

#include <array>
#include <cstddef>

namespace lowu::scheme {

namespace {

constexpr std::int32_t kYearMin = 1970;
constexpr std::int32_t kYearMax = 9999;
constexpr std::int64_t kDaysPerEra = 146'097;  // 400 years

struct Split {
    std::int64_t quotient;
    std::int64_t remainder;  // never negative
};

// Division that rounds down, for moments before 1970.
constexpr Split floor_divide(std::int64_t value, std::int64_t divisor) {
    Split split{value / divisor, value % divisor};
    if (split.remainder < 0) {
        --split.quotient;
        split.remainder += divisor;
    }
    return split;
}

struct Date {
    std::int64_t year;
    std::int64_t month;
    std::int64_t day;
};

// Years start in March here, so that the leap day is the last one. Day 0 is 1970-01-01.
constexpr std::int64_t days_from_date(const Date& date) {
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const Split era = floor_divide(year, 400);
    const std::int64_t month_from_march = date.month + (date.month > 2 ? -3 : 9);
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        era.remainder * 365 + era.remainder / 4 - era.remainder / 100 + day_of_year;
    return era.quotient * kDaysPerEra + day_of_era - 719'468;
}

constexpr Date date_from_days(std::int64_t days) {
    const Split era = floor_divide(days + 719'468, kDaysPerEra);
    const std::int64_t day_of_era = era.remainder;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
    const std::int64_t year = era.quotient * 400 + year_of_era + (month <= 2 ? 1 : 0);
    return Date{year, month, day};
}

static_assert(days_from_date(Date{1970, 1, 1}) == 0);
static_assert(days_from_date(Date{2025, 6, 22}) * kDayMs + 9 * 3'600'000 - kUtc8OffsetMs ==
              kDefaultSchemeStart.value);

constexpr std::int32_t days_in_month(std::int32_t year, std::int32_t month) {
    constexpr std::array<std::int32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return kDays[static_cast<std::size_t>(month - 1)] + (leap && month == 2 ? 1 : 0);
}

// Day and milliseconds within it, in UTC+8. The division comes before the offset is added, so that
// no moment overflows.
constexpr Split day_and_rest(SchemeTime time) {
    Split split = floor_divide(time.value, kDayMs);
    split.remainder += kUtc8OffsetMs;
    if (split.remainder >= kDayMs) {
        ++split.quotient;
        split.remainder -= kDayMs;
    }
    return split;
}

void append_padded(std::string& text, std::int32_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    text.append(digits.size() < width ? width - digits.size() : 0, '0');
    text += digits;
}

void append_date(std::string& text, const CalendarTime& parts) {
    append_padded(text, parts.year, 4);
    text += '-';
    append_padded(text, parts.month, 2);
    text += '-';
    append_padded(text, parts.day, 2);
}

// Takes `width` digits off the front; nullopt when they are not there.
std::optional<std::int32_t> take_number(std::string_view& text, std::size_t width) {
    if (text.size() < width) {
        return std::nullopt;
    }
    std::int32_t number = 0;
    for (const char character : text.substr(0, width)) {
        if (character < '0' || character > '9') {
            return std::nullopt;
        }
        number = number * 10 + (character - '0');
    }
    text.remove_prefix(width);
    return number;
}

bool take_character(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// Takes the separator and the number behind it.
bool take_part(std::string_view& text, char separator, std::size_t width, std::int32_t& number) {
    if (!take_character(text, separator)) {
        return false;
    }
    const auto taken = take_number(text, width);
    number = taken.value_or(0);
    return taken.has_value();
}

bool take_date(std::string_view& text, CalendarTime& parts) {
    const auto year = take_number(text, 4);
    parts.year = year.value_or(0);
    return year && take_part(text, '-', 2, parts.month) && take_part(text, '-', 2, parts.day);
}

}  // namespace

CalendarTime to_utc8(SchemeTime time) {
    const Split split = day_and_rest(time);
    const Date date = date_from_days(split.quotient);
    CalendarTime result;
    result.year = static_cast<std::int32_t>(date.year);
    result.month = static_cast<std::int32_t>(date.month);
    result.day = static_cast<std::int32_t>(date.day);
    result.hour = static_cast<std::int32_t>(split.remainder / 3'600'000);
    result.minute = static_cast<std::int32_t>(split.remainder / 60'000 % 60);
    result.second = static_cast<std::int32_t>(split.remainder / 1'000 % 60);
    result.millisecond = static_cast<std::int32_t>(split.remainder % 1'000);
    return result;
}

std::optional<SchemeTime> from_utc8(const CalendarTime& calendar_time) {
    const CalendarTime& given = calendar_time;
    const bool date_exists = given.year >= kYearMin && given.year <= kYearMax && given.month >= 1 &&
                             given.month <= 12 && given.day >= 1 &&
                             given.day <= days_in_month(given.year, given.month);
    const bool time_exists = given.hour >= 0 && given.hour < 24 && given.minute >= 0 &&
                             given.minute < 60 && given.second >= 0 && given.second < 60 &&
                             given.millisecond >= 0 && given.millisecond < 1'000;
    if (!date_exists || !time_exists) {
        return std::nullopt;
    }
    const std::int64_t days = days_from_date(Date{given.year, given.month, given.day});
    const std::int64_t seconds = (given.hour * 60LL + given.minute) * 60LL + given.second;
    return SchemeTime{days * kDayMs + seconds * 1'000 + given.millisecond - kUtc8OffsetMs};
}

std::int64_t day_number(SchemeTime time) {
    return day_and_rest(time).quotient;
}

SchemeTime start_of_day(std::int64_t day) {
    return SchemeTime{day * kDayMs - kUtc8OffsetMs};
}

std::int64_t time_of_day_ms(SchemeTime time) {
    return day_and_rest(time).remainder;
}

std::string format_utc8(SchemeTime time) {
    const CalendarTime parts = to_utc8(time);
    std::string text;
    append_date(text, parts);
    text += ' ';
    append_padded(text, parts.hour, 2);
    text += ':';
    append_padded(text, parts.minute, 2);
    text += ':';
    append_padded(text, parts.second, 2);
    text += '.';
    append_padded(text, parts.millisecond, 3);
    return text;
}

std::optional<SchemeTime> parse_utc8(std::string_view text) {
    CalendarTime parts;
    if (!take_date(text, parts) || !take_part(text, ' ', 2, parts.hour) ||
        !take_part(text, ':', 2, parts.minute)) {
        return std::nullopt;
    }
    if (!text.empty() && !take_part(text, ':', 2, parts.second)) {
        return std::nullopt;
    }
    if (!text.empty() && !take_part(text, '.', 3, parts.millisecond)) {
        return std::nullopt;
    }
    if (!text.empty()) {
        return std::nullopt;
    }
    return from_utc8(parts);
}

std::string format_date(std::int64_t day) {
    std::string text;
    append_date(text, to_utc8(start_of_day(day)));
    return text;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
    CalendarTime parts;
    if (!take_date(text, parts) || !text.empty()) {
        return std::nullopt;
    }
    const auto midnight = from_utc8(parts);
    if (!midnight) {
        return std::nullopt;
    }
    return day_number(*midnight);
}

}  // namespace lowu::scheme
