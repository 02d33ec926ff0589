// BIC: the shape of a business identifier code. Exists for institutions' data and configuration; a
// BIC is optional in the scheme and routes nothing. Any thread.
#pragma once

#include <optional>
#include <string_view>

namespace lowu::scheme {

// The rule that a BIC breaks, or nullopt. ISO 9362 as ISO 20022 BICFIDec2014Identifier writes it:
// [A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?
[[nodiscard]] std::optional<std::string_view> check_bic(std::string_view text);

}  // namespace lowu::scheme
