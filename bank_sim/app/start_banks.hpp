// Turns a configuration file into banks with their first customers, or holds it against the banks
// that the log has. Called by main(): read_cast before a log is replayed, set_up when the banks
// have started.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/model/bank.hpp"
#include "common/base/result.hpp"

namespace lowu::bank {

struct StartSettings {
    std::string config;  ///< Path of a BankSimConfig in text protobuf.
    std::uint32_t traffic_accounts;
};

/// Who the banks of the file are, in order, and their keys. Fails with file, line, column, field
/// and rule.
[[nodiscard]] Result<std::vector<Bank::Options>> read_cast(const std::string& config);

/// Opens accounts that are not there yet and asks for their proxies; at the first start also rates
/// and behaviour. kInvalid, as read_cast, where the file says something else of an account than
/// the log.
[[nodiscard]] Result<void> set_up(const StartSettings& settings, BankSet& banks);

}  // namespace lowu::bank
