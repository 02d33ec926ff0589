// What an operator reads: the switch's state, snapshots, obligations, a default, a jump of the
// clock. Exists apart from the commands so that tests reach it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "lowu/v1/operations.pb.h"

namespace lowu::client {

// The switch itself, a line each: what halts it first, then times, log, archive, snapshots,
// payments, obligations, digests.
[[nodiscard]] std::string status_text(const v1::GetStatusResponse& status);

// "12000, 1.2 MiB, 3 min old, verified"
[[nodiscard]] std::string snapshot_text(const v1::Snapshot& snapshot, std::int64_t scheme_time_ms);

// Oldest first, with how many there are in all.
[[nodiscard]] std::string obligations_text(const v1::ListObligationsResponse& response);

// What a declaration of default would do, and that it cannot be taken back.
[[nodiscard]] std::string default_warning(const std::string& bank);

// What it has done.
[[nodiscard]] std::string default_text(const std::string& bank,
                                       const v1::DeclareDefaultResponse& response);

// What became of a jump of the clock.
[[nodiscard]] std::string clock_text(v1::ClockVerdict verdict, std::int64_t jump_ms);

// "850 ms", "12 s", "3 min", "2 h 05 min", "3 d 04 h"; a minus sign before what is below zero.
[[nodiscard]] std::string span_text(std::int64_t span_ms);

// "512 bytes", "1.2 MiB"
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

}  // namespace lowu::client
