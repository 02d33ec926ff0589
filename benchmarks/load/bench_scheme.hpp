// The scheme that a benchmark runs on: invented banks on both rails, with money enough never to be
// short. Written as the configuration files that the programs read, so that nothing in them knows
// about benchmarks. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace lowu::bench {

struct BenchScheme {
    std::vector<std::string> hk_codes;
    std::vector<std::string> mainland_codes;
    /// What each rail can remember; 0: as the switch does when nothing is said.
    std::uint32_t payments_max = 0;
};

/// Whether persons' limits are counted: kHigh counts every payment in the quota register against
/// limits that nobody reaches, kNone leaves the register alone.
enum class Limits : std::uint8_t { kHigh, kNone };

/// Invented codes: B01, B02, … on FPS; 999… with a right check digit on IBPS. 1 to 99 a side.
[[nodiscard]] BenchScheme make_scheme(int hk_banks, int mainland_banks);

/// Writes the three files below `share`, as client::Sandbox looks for them.
[[nodiscard]] Result<void> write_files(const BenchScheme& scheme, Limits limits,
                                       const std::string& share);

}  // namespace lowu::bench
