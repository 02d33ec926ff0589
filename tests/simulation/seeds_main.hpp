// What a variant of simulation_seeds adds to its options. The program itself adds nothing
// (no_variant.cpp); that of tests/planted chooses a bug. Called once, before any run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lowu::simulator {

/// False when there is no such option or value.
[[nodiscard]] bool choose_variant(std::string_view option, std::uint64_t value);
/// As it stands in the usage; empty: nothing.
[[nodiscard]] const char* variant_usage();
/// The options that choose what was chosen, with a blank before each.
[[nodiscard]] std::string variant_options();

}  // namespace lowu::simulator
