// A scenario's day for this process: loads its file, plans it, and opens its customers at the banks
// that are played here. Exists so that both processes of banks know the same customers. Called once
// by main().
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bank_sim/app/start_banks.hpp"
#include "bank_sim/model/day_plan.hpp"
#include "common/base/result.hpp"

namespace lowu::bank {

/// Opens the customers at the started banks and adds their proxies to those that are to be
/// registered. `seed` 0: the file's own. Fails with file, line, column, field and rule.
[[nodiscard]] Result<std::shared_ptr<const DayPlan>> open_day(const std::string& file,
                                                              std::uint64_t seed,
                                                              StartedBanks& started);

}  // namespace lowu::bank
