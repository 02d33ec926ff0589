// AgentCode: a bank's code on its rail, packed into one integer. Exists so that cells and tables
// hold eight bytes where messages hold text. Parsed at the edges (sessions, configuration, client),
// formatted for people. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/strong.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::scheme {

// Base 37, the first character most significant; [0-9A-Z] count as 1 to 36, so that every text has
// one value, and zero is "no agent". 37^12 fits in 63 bits.
struct AgentCodeTag {};
using AgentCode = Strong<AgentCodeTag, std::uint64_t>;

inline constexpr AgentCode kNoAgent{0};
inline constexpr std::size_t kAgentCodeLengthMax = 12;
inline constexpr std::size_t kFpsCodeLength = 3;
inline constexpr std::size_t kIbpsCodeLength = 12;

// Packs 1 to 12 characters of [0-9A-Z]; nullopt otherwise. Does not look at the rail's rules.
[[nodiscard]] std::optional<AgentCode> parse_agent_code(std::string_view text);

// The text again; empty for kNoAgent. The value must come from parse_agent_code or have passed
// is_agent_code: anything else is a programmer error.
[[nodiscard]] std::string format_agent_code(AgentCode code);

// Whether the integer is the packing of some text; kNoAgent is not. For values read back from
// bytes.
[[nodiscard]] bool is_agent_code(AgentCode code);

// The rule of the rail that a code breaks, or nullopt. fps: clearing code, 3 of [A-Z0-9]. ibps: 12
// digits (3 bank, 4 place, 4 branch, 1 check digit by ISO 7064 MOD 11,10).
[[nodiscard]] std::optional<std::string_view> check_agent_code(Rail rail, std::string_view text);

// The rail whose rule the code obeys, or nullopt.
[[nodiscard]] std::optional<Rail> rail_of_code(std::string_view text);

// The same by length alone, for a code that was checked when it came in.
[[nodiscard]] std::optional<Rail> rail_of(AgentCode code);

// The check digit ('0' to '9') for the first 11 digits of an ibps code, by ISO 7064 MOD 11,10. The
// caller passes exactly 11 digits. For invented banks.
[[nodiscard]] char ibps_check_digit(std::string_view first_eleven_digits);

}  // namespace lowu::scheme
