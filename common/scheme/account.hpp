// Account identifiers as banks give them to their customers. Exists so that switch and banks judge
// their shape by one rule. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace lowu::scheme {

inline constexpr std::size_t kAccountLengthMax = 34;

// The rule that an account identifier breaks, or nullopt. 1 to 34 characters (ISO 20022 Max34Text)
// of [A-Za-z0-9-+@._/]: the restriction is ours, so that an identifier reads the same everywhere.
[[nodiscard]] std::optional<std::string_view> check_account(std::string_view text);

}  // namespace lowu::scheme
