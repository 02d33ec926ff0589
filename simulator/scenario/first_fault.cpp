// Checks of single values. See first_fault.hpp.
#include "simulator/scenario/first_fault.hpp"

#include "common/scheme/calendar.hpp"
#include "common/scheme/utf8.hpp"
#include "simulator/scenario/limits.hpp"

namespace lowu::simulator {

void FirstFault::require(bool holds, const std::string& field, std::string_view rule) {
    if (!holds && !fault_) fault_ = rpc::ConfigFault{field, std::string(rule)};
}

void FirstFault::check_range(const std::string& field, std::int64_t value, std::int64_t first,
                             std::int64_t last) {
    if (value >= first && value <= last) return;
    require(false, field,
            "must be " + std::to_string(first) + " to " + std::to_string(last) + ", and is " +
                std::to_string(value));
}

void FirstFault::count(const std::string& field, int count, std::size_t most) {
    if (static_cast<std::size_t>(count) <= most) return;
    require(false, field, "must not hold more than " + std::to_string(most));
}

Day FirstFault::date(const std::string& field, const std::string& text) {
    const auto day = scheme::parse_date(text);
    require(day.has_value(), field, "must be a date: \"2025-06-22\"");
    return day.value_or(0);
}

SchemeTime FirstFault::moment(const std::string& field, const std::string& text) {
    const auto time = scheme::parse_utc8(text);
    require(time.has_value(), field, "must be a moment in UTC+8: \"2025-06-22 09:00\"");
    return time.value_or(SchemeTime{});
}

std::int64_t FirstFault::time_of_day(const std::string& field, const std::string& text) {
    const auto time = scheme::parse_utc8("1970-01-02 " + text);
    require(time.has_value(), field, "must be a time of the day in UTC+8: \"09:15\"");
    return scheme::time_of_day_ms(time.value_or(SchemeTime{}));
}

std::string FirstFault::text(const std::string& field, const std::string& text, std::size_t most) {
    const scheme::Utf8Scan scan = scheme::scan_utf8(text);
    require(scan.valid && scan.has_visible && !scan.has_control && text.size() <= most, field,
            "must be one line of text, 1 to " + std::to_string(most) + " bytes");
    return text;
}

Latency FirstFault::latency(const std::string& field, const v1::LatencyDistribution& from) {
    range(field + ".min_us", from.min_us(), 0, kMaxLatencyUs);
    range(field + ".p50_us", from.p50_us(), from.min_us(), kMaxLatencyUs);
    range(field + ".p99_us", from.p99_us(), from.p50_us(), kMaxLatencyUs);
    return {from.min_us(), from.p50_us(), from.p99_us()};
}

}  // namespace lowu::simulator
