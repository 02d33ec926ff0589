// A scenario's day for this process: loads its file, plans it, and opens its customers at the banks
// that are played here. Exists so that both processes of banks know the same customers. Called once
// by main().
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "common/base/result.hpp"

namespace lowu::bank {

/// Opens the customers at the started banks, where they are not there yet, and asks for their
/// proxies. `seed` 0: the file's own. Fails with file, line, column, field and rule.
[[nodiscard]] Result<std::shared_ptr<const DayPlan>> open_day(const std::string& file,
                                                              std::uint64_t seed, BankSet& started);

}  // namespace lowu::bank
