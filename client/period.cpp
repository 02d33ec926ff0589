// Spans of scheme time. See period.hpp.
#include "client/period.hpp"

#include "client/context.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::client {

namespace {

constexpr const char* kMomentRule =
    "must be a time in UTC+8 like \"2025-06-22 12:00\", or like 12:00 for today";

Result<std::optional<Moment>> parse_moment(const char* option, const std::string& text) {
    if (text.empty()) return std::optional<Moment>();
    if (const auto time = scheme::parse_utc8(text)) {
        return std::optional<Moment>(Moment{time->value, false});
    }
    // A time alone is one of any day.
    const auto of_day = scheme::parse_utc8(scheme::format_date(0) + " " + text);
    if (!of_day) return usage_error(option, kMomentRule);
    return std::optional<Moment>(Moment{scheme::time_of_day_ms(*of_day), true});
}

std::int64_t at(const Moment& moment, std::int64_t now_ms) {
    if (!moment.today) return moment.ms;
    return scheme::start_of_day(scheme::day_number(SchemeTime{now_ms})).value + moment.ms;
}

}  // namespace

Result<TypedPeriod> parse_period(const PeriodOptions& options) {
    const auto from = parse_moment("--from", options.from);
    if (!from) return from.error();
    const auto before = parse_moment("--before", options.before);
    if (!before) return before.error();
    return TypedPeriod{*from, *before};
}

Result<Period> period_at(const TypedPeriod& typed, std::int64_t now_ms) {
    Period period;
    if (typed.from) period.from_ms = at(*typed.from, now_ms);
    if (typed.before) period.before_ms = at(*typed.before, now_ms);
    if (typed.before && period.before_ms <= period.from_ms) {
        return usage_error("--before", "must be later than --from");
    }
    return period;
}

Result<Period> period_of(const PeriodOptions& options, const SwitchClient& central) {
    const auto typed = parse_period(options);
    if (!typed) return typed.error();
    if (!typed->needs_today()) return period_at(*typed, 0);
    const auto status = central.status();
    if (!status) return status.error();
    return period_at(*typed, status->scheme_time_ms());
}

void add_period_options(Command& command, PeriodOptions& options, const std::string& what) {
    command.add_option("--from", options.from,
                       "Only what was " + what +
                           " at or after this time, UTC+8: \"2025-06-22 12:00\", or 12:00 for "
                           "today");
    command.add_option("--before", options.before,
                       "Only what was " + what + " before this time, as --from");
}

}  // namespace lowu::client
