// Turns a configuration file into banks with their first customers. Called once by main().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/result.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

struct StartSettings {
    std::string config;         ///< Path of a BankSimConfig in text protobuf.
    std::uint64_t incarnation;  ///< Of every bank: larger than at any start before.
    std::uint64_t seed;         ///< Of the banks' UETRs: another one at each start.
    std::uint32_t traffic_accounts;
};

struct StartedBanks {
    std::vector<std::unique_ptr<Bank>> banks;
    std::vector<v1::RegisterAccountProxyRequest> proxies;  ///< To be registered at start.
};

/// Fails with file, line, column, field and rule.
[[nodiscard]] Result<StartedBanks> start_banks(const StartSettings& settings);

}  // namespace lowu::bank
