// Service: what kind of payment it is; rules are keyed by direction and service. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu::scheme {

// Values are those of the contract. Zero is "unspecified" there and is refused before it gets here.
enum class Service : std::uint8_t {
    kP2pRemittance = 1,     // person to person, small amounts, under quotas
    kFeeCollection = 2,     // person to registered institution
    kBusinessToPerson = 3,  // institution to person
    kDomestic = 4,          // within one rail
};

inline constexpr std::array kServices{Service::kP2pRemittance, Service::kFeeCollection,
                                      Service::kBusinessToPerson, Service::kDomestic};

// "p2p_remittance", "fee_collection", "business_to_person", "domestic".
[[nodiscard]] std::string_view to_string(Service service);
[[nodiscard]] std::optional<Service> parse_service(std::string_view text);

// The service with this number in the contract or a record; nullopt when there is none.
[[nodiscard]] std::optional<Service> service_from_number(std::int64_t number);

}  // namespace lowu::scheme
