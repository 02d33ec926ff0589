// Definitions of the ISO 20022 reason codes that the rails use, in the standard's own words. Exists
// so that `explain` shows what a code means beyond this scheme. Called by explain_command.cpp.
// Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace lowu::client {

// The definition in ExternalStatusReason1Code of the external code sets; nullopt for a code that no
// rule here uses.
[[nodiscard]] std::optional<std::string_view> iso_reason_definition(std::string_view code);

// The same for reasons to send a settled payment back: ExternalReturnReason1Code.
[[nodiscard]] std::optional<std::string_view> iso_return_definition(std::string_view code);

}  // namespace lowu::client
