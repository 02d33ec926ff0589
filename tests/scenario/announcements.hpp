// Announcements: what a rail tells all its banks, and parameters, in the words of a scenario. Used
// by world.cpp for the transcript and by player_changes.cpp for the steps. Stateless; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "switch/core/system_event.hpp"
#include "tests/scenario/words.hpp"

namespace lowu::scenario {

/// "announces southbound p2p closes_at_minute 22:00 from 2025-06-23 00:00:00.000".
[[nodiscard]] std::string describe(const core::SystemEvent& event);

/// A parameter's value as people write it: 22:00 for a minute of the day, CNY 10000.00 for money.
[[nodiscard]] std::string describe_value(core::ParameterId id, core::Corridor corridor,
                                         std::int64_t value);

/// The next word as a parameter's value: 22:00, 10000.00, `none` for a bank that gives up its own,
/// or a whole number.
[[nodiscard]] std::int64_t take_value(Words& words);

/// "p2p", "fee", "b2p", "domestic".
[[nodiscard]] std::string_view short_name(scheme::Service service);
[[nodiscard]] std::optional<scheme::Service> parse_short_service(std::string_view word);

}  // namespace lowu::scenario
