// The switch's configuration: one immutable struct, loaded and validated in one place. Used by main
// only.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "switch/engine/engine.hpp"

namespace lowu::app {

/// What the command line says.
struct Settings {
    std::string config_file;
    std::string directory;                     ///< Where log, snapshots and archive live.
    std::string listen = "127.0.0.1:7410";     ///< Loopback only: there is no TLS yet.
    std::string port_file;                     ///< Empty: none.
    std::uint32_t timelines_max = 20'000;      ///< Payments whose timelines are kept.
    std::uint32_t linger_us = 1'000;           ///< The longest a busy batch waits for more.
    std::string parameters = "refuse";         ///< See engine::OnDifference: refuse, file, log.
    std::uint64_t snapshot_every = 4'000'000;  ///< Records between two snapshots; 0: when asked.
    std::uint32_t segment_mib = 64;            ///< Of the log's new segments.
    std::uint32_t clock_jump_ms = 60'000;      ///< A longer step of the clock is not believed.
    std::string log_level = "info";
};

/// What the configuration file says.
struct Config {
    engine::Genesis genesis;
};

/// Error kInvalid or kNotFound names file, line, field and rule.
[[nodiscard]] Result<Config> load_config(const std::string& file);

}  // namespace lowu::app
