// The command line of bank_sim, in one immutable struct. Read once by main().
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace lowu::bank {

struct Options {
    std::string config;                  ///< Path of a BankSimConfig in text protobuf.
    std::string switch_at;               ///< Where the switch listens: host:port or unix:path.
    std::string listen;                  ///< Where BankService listens; see common/rpc/listen.hpp.
    std::string port_file;               ///< Gets the bound port; empty for none.
    std::uint32_t traffic_accounts = 8;  ///< Accounts that each bank opens for traffic.
    std::string day;                     ///< Path of a DayScenario in text protobuf; or empty.
    std::uint64_t day_seed = 0;          ///< Instead of the scenario's own; 0: that one.
    std::string directory;               ///< Of the log; empty: memory only.
    bool sync = true;                    ///< The log waits for the disk.
    std::string log_level = "info";      ///< Of spdlog.
};

/// The options, or the exit code when there is nothing to run (--help, or a wrong option, which has
/// been explained on stderr).
[[nodiscard]] std::variant<Options, int> parse_options(int argument_count, char** arguments);

}  // namespace lowu::bank
