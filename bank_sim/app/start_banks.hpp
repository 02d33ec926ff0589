// Turns a configuration file into banks with their first customers. Called once by main().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/result.hpp"

namespace lowu::bank {

struct StartSettings {
    std::string config;         ///< Path of a BankSimConfig in text protobuf.
    std::uint64_t incarnation;  ///< Of every bank: larger than at any start before.
    std::uint64_t seed;         ///< Of the banks' UETRs: another one at each start.
    std::uint32_t traffic_accounts;
};

/// Fails with file, line, column, field and rule.
[[nodiscard]] Result<std::vector<std::unique_ptr<Bank>>> start_banks(const StartSettings& settings);

}  // namespace lowu::bank
