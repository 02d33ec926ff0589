// Corridor: which way payments go, and what service they are; a domestic one stays on its rail.
// Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "common/scheme/rail.hpp"
#include "common/scheme/service.hpp"

namespace lowu::simulator {

struct Corridor {
    scheme::Rail payer_rail = scheme::Rail::kFps;
    scheme::Rail payee_rail = scheme::Rail::kIbps;
    scheme::Service service = scheme::Service::kP2pRemittance;

    [[nodiscard]] constexpr bool domestic() const { return payer_rail == payee_rail; }
    /// Of one that is not domestic.
    [[nodiscard]] constexpr scheme::Direction direction() const {
        return scheme::direction_from(payer_rail);
    }
    [[nodiscard]] constexpr bool payer_is_person() const {
        return service != scheme::Service::kBusinessToPerson;
    }
    [[nodiscard]] constexpr bool payee_is_person() const {
        return service != scheme::Service::kFeeCollection;
    }
    /// Different for each, whatever a scenario holds: seeds of generators are made of it.
    [[nodiscard]] constexpr std::uint64_t number() const {
        return static_cast<std::uint64_t>(payer_rail) * 16 +
               static_cast<std::uint64_t>(payee_rail) * 8 + static_cast<std::uint64_t>(service);
    }

    friend constexpr auto operator<=>(const Corridor&, const Corridor&) = default;
};

/// "northbound p2p_remittance", "domestic fps".
[[nodiscard]] inline std::string to_string(const Corridor& corridor) {
    if (corridor.domestic()) {
        return "domestic " + std::string(scheme::to_string(corridor.payer_rail));
    }
    return std::string(scheme::to_string(corridor.direction())) + " " +
           std::string(scheme::to_string(corridor.service));
}

}  // namespace lowu::simulator
