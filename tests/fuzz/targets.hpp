// What is fuzzed, one function a target. Each takes any bytes, does with them what a program would,
// and aborts (an assertion, a sanitizer) when something is wrong that bytes alone must never bring
// about. libFuzzer calls them (fuzzer_main.cpp), and so does a plain test with all committed inputs
// (fuzz_corpus_test.cpp). One thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace lowu::fuzz {

using Bytes = std::vector<std::byte>;

/// They say how far they came: how much of what only a sound input reaches they have done. So a
/// test can tell inputs that still say something from those that a change of forms has made noise.

/// Log payloads of the switch: what can be read is written again alike.
int fuzz_record(std::span<const std::byte> input);
/// Segment files: recovery, verification and reading judge alike and give only what was appended.
int fuzz_log(std::span<const std::byte> input);
/// Snapshots: damage is refused; content with good checksums is loaded whole or refused.
int fuzz_snapshot(std::span<const std::byte> input);
/// Frames to the switch and to a bank: what one end says the other can read, replay agrees.
int fuzz_session(std::span<const std::byte> input);
/// Commands to two cells with the link between them: invariants and replay hold after each.
int fuzz_command(std::span<const std::byte> input);
/// Text files of the programs: taken, or refused with place, field and rule.
int fuzz_text(std::span<const std::byte> input);
/// Records of a bank's log: taken up or refused; the same records make the same banks.
int fuzz_bank_log(std::span<const std::byte> input);

struct Target {
    std::string_view name;  ///< Of its folder, too.
    int (*one)(std::span<const std::byte> input);
    std::vector<Bytes> (*seeds)();  ///< Sound inputs, made anew; see seeds.hpp.
    int least;                      ///< How far all seeds together come at least.
};

}  // namespace lowu::fuzz
