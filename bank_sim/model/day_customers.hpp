// Opens a day's customers at a bank, where they are not there yet: accounts, and the proxies that
// are to be registered for them. Exists so that programs and tests set a day up alike. When the
// bank has started, before its first session; on its thread.
#pragma once

#include <cstdint>
#include <optional>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "common/base/time.hpp"

namespace lowu::bank {

/// `bank_index`: of this bank in its side's list. The error is an account that cannot be opened.
[[nodiscard]] std::optional<CallError> open_day_customers(const DayPlan& plan,
                                                          std::uint32_t bank_index, ElapsedTime now,
                                                          Bank& bank);

}  // namespace lowu::bank
