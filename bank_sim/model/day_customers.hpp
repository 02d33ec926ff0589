// Opens a day's customers at a bank: accounts, and the proxies that are to be registered for them.
// Exists so that programs and tests set a day up alike. Before the bank's first session; on its
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

/// `bank_index`: of this bank in its side's list. The error is an account that cannot be opened.
[[nodiscard]] std::optional<CallError> open_day_customers(
    const DayPlan& plan, std::uint32_t bank_index, Bank& bank,
    std::vector<v1::RegisterAccountProxyRequest>& proxies);

}  // namespace lowu::bank
