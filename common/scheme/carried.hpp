// The validator of what a payment carries but no rail judges: names and remittance information.
// Exists here because the switch keeps these as bytes; the payer bank runs it before sending and
// the payee bank on receipt. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "common/scheme/field_fault.hpp"

namespace lowu::scheme {

// Views into the caller's message.
struct CarriedDetails {
    std::string_view payer_name;
    std::string_view payee_name;
    std::string_view remittance_information;
};

// The first fault in the order of the fields above, or nullopt.
[[nodiscard]] std::optional<FieldFault> check_carried(const CarriedDetails& details);

}  // namespace lowu::scheme
