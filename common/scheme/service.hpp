// Service: what kind of payment it is; rules are keyed by it. Exists as its own enum so that fee
// collection, business to person and domestic payments come as further values. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lowu::scheme {

// Values are those of the contract. Zero is "unspecified" there and is refused before it gets here.
enum class Service : std::uint8_t {
    kP2pRemittance = 1,  // person to person, small amounts
};

// "p2p_remittance".
[[nodiscard]] std::string_view to_string(Service service);
[[nodiscard]] std::optional<Service> parse_service(std::string_view text);

// The service with this number in the contract or a record; nullopt when there is none.
[[nodiscard]] std::optional<Service> service_from_number(std::int64_t number);

}  // namespace lowu::scheme
