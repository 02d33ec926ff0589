// The small scheme of the simulation: two banks on each rail, all invented, with so little money
// that some payments are refused for it. Values, any thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "switch/engine/engine.hpp"

namespace lowu::simulation {

using scheme::Rail;

struct BankPlan {
    Rail rail{};
    std::string code;
};

/// The four banks, FPS first.
[[nodiscard]] const std::array<BankPlan, 4>& bank_plans();
/// A code by its rail's rule that belongs to no participant.
[[nodiscard]] const std::string& stranger(Rail rail);

/// Deadlines: payee 2 s, origin 5 s. More payments are remembered than a run sends.
[[nodiscard]] core::Parameters parameters();
[[nodiscard]] engine::Genesis genesis();

/// What each bank's customers pay in at the beginning, in all.
inline constexpr int kCustomers = 3;
inline constexpr std::int64_t kCustomerOpeningMinor = 50'000'000;
[[nodiscard]] std::string customer_account(int index);

}  // namespace lowu::simulation
