// A span of scheme time as people type it: "2025-06-22 12:00", or "12:00" for today. Exists because
// several commands take --from and --before alike. Parsing is pure; only "today" needs the switch.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/command.hpp"
#include "client/switch_client.hpp"
#include "common/base/result.hpp"

namespace lowu::client {

// As typed; empty: no bound.
struct PeriodOptions {
    std::string from;
    std::string before;
};

// A typed moment: of the calendar, or of whatever day it is.
struct Moment {
    std::int64_t ms = 0;  // since 1970-01-01 UTC; with `today` since midnight in UTC+8
    bool today = false;
};

struct TypedPeriod {
    std::optional<Moment> from;
    std::optional<Moment> before;

    [[nodiscard]] bool needs_today() const {
        return (from && from->today) || (before && before->today);
    }
};

// From `from_ms` on, without `before_ms`; 0: no bound. As the contract has it.
struct Period {
    std::int64_t from_ms = 0;
    std::int64_t before_ms = 0;
};

// Fails with kInvalid: "--from must be ...".
[[nodiscard]] Result<TypedPeriod> parse_period(const PeriodOptions& options);

// `now_ms` says which day is today. Fails with kInvalid when nothing can lie in the period.
[[nodiscard]] Result<Period> period_at(const TypedPeriod& typed, std::int64_t now_ms);

// The same; asks the switch for scheme time when it needs today.
[[nodiscard]] Result<Period> period_of(const PeriodOptions& options, const SwitchClient& central);

// --from and --before; `what` they bound: "accepted".
void add_period_options(Command& command, PeriodOptions& options, const std::string& what);

}  // namespace lowu::client
