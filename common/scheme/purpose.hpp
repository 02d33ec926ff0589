// Purpose: what the payer says a payment is for. Exists because each service offers a few of them
// only. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/scheme/service.hpp"

namespace lowu::scheme {

// Values are those of the contract. Zero is "unspecified" there and is refused before it gets here.
enum class Purpose : std::uint8_t {
    kPersonal = 1,
    kTuition = 2,
    kMedical = 3,
    kUtility = 4,
    kSalary = 5,
    kSubsidy = 6,
    kOther = 7,
};

inline constexpr std::array kPurposes{Purpose::kPersonal, Purpose::kTuition, Purpose::kMedical,
                                      Purpose::kUtility,  Purpose::kSalary,  Purpose::kSubsidy,
                                      Purpose::kOther};

// Set of purposes: one bit each, bit 0 for the first.
[[nodiscard]] constexpr std::uint32_t purpose_bit(Purpose purpose) {
    return 1U << (static_cast<std::uint32_t>(purpose) - 1U);
}

// "personal", "tuition", "medical", "utility", "salary", "subsidy", "other".
[[nodiscard]] std::string_view to_string(Purpose purpose);
[[nodiscard]] std::optional<Purpose> parse_purpose(std::string_view text);
[[nodiscard]] std::optional<Purpose> purpose_from_number(std::int64_t number);

// ISO 20022 ExternalPurpose1Code: "GIFT", "EDUC", "MDCS", "UBIL", "SALA", "ALLW", "OTHR".
[[nodiscard]] std::string_view iso_purpose(Purpose purpose);

// The first that a service offers by default: what a bank says for a customer who did not say.
[[nodiscard]] Purpose usual_purpose(Service service);

}  // namespace lowu::scheme
