// Sound inputs for each target, made by this program's own writers: golden log, engine, banks. A
// change of forms changes them too, so they always say something; libFuzzer begins with them, and
// the test asks how far they come. See README.md. One thread.
#pragma once

#include <span>

#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {

[[nodiscard]] std::vector<Bytes> record_seeds();
[[nodiscard]] std::vector<Bytes> log_seeds();
[[nodiscard]] std::vector<Bytes> snapshot_seeds();
[[nodiscard]] std::vector<Bytes> session_seeds();
[[nodiscard]] std::vector<Bytes> command_seeds();
[[nodiscard]] std::vector<Bytes> text_seeds();
[[nodiscard]] std::vector<Bytes> bank_log_seeds();

/// All that is fuzzed.
[[nodiscard]] std::span<const Target> targets();

}  // namespace lowu::fuzz
