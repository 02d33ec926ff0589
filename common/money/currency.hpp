// Currency: the two currencies of the scheme. Exists as an enum because only CNY crosses the link
// and only HKD and CNY are held; a third one would need accounts, so it is a change of code. Any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu::money {

// ISO 4217. Both have two decimals. Zero is "unspecified", as in the contract, and refused.
enum class Currency : std::uint8_t { kUnspecified = 0, kCny = 1, kHkd = 2 };

// "CNY", "HKD", or "unspecified".
[[nodiscard]] std::string_view to_string(Currency currency);

// Exactly "CNY" or "HKD"; nullopt otherwise.
[[nodiscard]] std::optional<Currency> parse_currency(std::string_view text);

}  // namespace lowu::money
