// The two rails, and the two directions across the border. Exists because nearly every rule is
// keyed by (rail role, direction, service). Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu::scheme {

// kFps: Hong Kong's Faster Payment System. kIbps: the Mainland's Internet Banking Payment System.
enum class Rail : std::uint8_t { kFps = 0, kIbps = 1 };

// Northbound: from Hong Kong (fps) to the Mainland (ibps). Southbound: the other way.
enum class Direction : std::uint8_t { kNorthbound = 0, kSouthbound = 1 };

[[nodiscard]] constexpr Rail other(Rail rail) {
    return rail == Rail::kFps ? Rail::kIbps : Rail::kFps;
}

// The rail of the payer bank.
[[nodiscard]] constexpr Rail origin_of(Direction direction) {
    return direction == Direction::kNorthbound ? Rail::kFps : Rail::kIbps;
}

// The rail of the payee bank.
[[nodiscard]] constexpr Rail destination_of(Direction direction) {
    return other(origin_of(direction));
}

[[nodiscard]] constexpr Direction direction_from(Rail origin) {
    return origin == Rail::kFps ? Direction::kNorthbound : Direction::kSouthbound;
}

// "fps", "ibps".
[[nodiscard]] std::string_view to_string(Rail rail);
[[nodiscard]] std::optional<Rail> parse_rail(std::string_view text);

// "northbound", "southbound".
[[nodiscard]] std::string_view to_string(Direction direction);
[[nodiscard]] std::optional<Direction> parse_direction(std::string_view text);

}  // namespace lowu::scheme
