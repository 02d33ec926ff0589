// An instruction's fields, judged one by one in the contract's order: what is malformed needs no
// state to be found. Called by take.cpp; no state, any thread.
#pragma once

#include <optional>
#include <string_view>

#include "common/scheme/field_fault.hpp"
#include "switch/core/command.hpp"
#include "switch/engine/types.hpp"

namespace lowu::wire::v1 {
class CreditTransfer;
}  // namespace lowu::wire::v1

namespace lowu::v1 {
class Exchange;
}  // namespace lowu::v1

namespace lowu::session {

/// Fills command and body of a well-formed instruction but for its UETR, or names its first fault.
/// Who sends it is `own_code` on `own_rail`.
[[nodiscard]] std::optional<scheme::FieldFault> read_transfer(const wire::v1::CreditTransfer& from,
                                                              std::string_view own_code,
                                                              scheme::Rail own_rail,
                                                              core::CreditTransfer& command,
                                                              journal::Body& body);

/// The rule that an exchange breaks whoever states it, or nullopt.
[[nodiscard]] std::optional<std::string_view> check_exchange(const v1::Exchange& exchange);

}  // namespace lowu::session
