// Rules for the texts that people read: names and remittance information. Exists so that payer bank
// and payee bank judge them alike; the switch carries them unread. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/scheme/field_fault.hpp"

namespace lowu::scheme {

// Unicode characters, not bytes: ISO 20022 Max140Text.
inline constexpr std::size_t kNameLengthMax = 140;
inline constexpr std::size_t kRemittanceInformationLengthMax = 140;

// A name: valid UTF-8, 1 to 140 characters, not all blank, no control characters. `field` is the
// one that the fault names.
[[nodiscard]] std::optional<FieldFault> check_name(std::string_view name, Field field);

// Remittance information: valid UTF-8, 0 to 140 characters, no control characters.
[[nodiscard]] std::optional<FieldFault> check_remittance_information(std::string_view text);

}  // namespace lowu::scheme
