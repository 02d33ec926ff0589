// A scheme that is small enough to be made anew for every input: two banks on each rail, tables as
// small as they may be. Used by the targets that need cells; plain values, one thread.
#pragma once

#include <array>
#include <string>

#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/engine/genesis.hpp"

namespace lowu::fuzz {

inline constexpr std::array kRails{scheme::Rail::kFps, scheme::Rail::kIbps};
inline constexpr std::uint16_t kBanks = 2;  ///< Of a rail.

[[nodiscard]] inline std::string bank_code(scheme::Rail rail, std::uint32_t bank) {
    if (rail == scheme::Rail::kFps) return "X0" + std::to_string(bank + 1);
    const std::string code = "9991000000" + std::to_string(bank + 1);
    return code + scheme::ibps_check_digit(code);
}

[[nodiscard]] inline scheme::AgentCode bank_agent(scheme::Rail rail, std::uint32_t bank) {
    return *scheme::parse_agent_code(bank_code(rail, bank));
}

[[nodiscard]] inline scheme::AgentCode link_agent(scheme::Rail rail) {
    const std::string code = "99990000000";
    return *scheme::parse_agent_code(
        rail == scheme::Rail::kFps ? "X90" : code + scheme::ibps_check_digit(code));
}

/// Each bank and each link agent may spend 10,000.00. Hours and limits are the published ones.
[[nodiscard]] inline engine::Genesis small_genesis() {
    using core::AmountMinor;
    constexpr AmountMinor kNothing{0};
    constexpr AmountMinor kMoney{1'000'000};
    core::Parameters parameters;
    parameters.payments_max = 1'024;
    parameters.quota_records_max = 256;
    parameters.proxies_max = 64;
    const SchemeTime start = scheme::kDefaultSchemeStart;
    engine::Genesis genesis;
    for (const scheme::Rail rail : kRails) {
        const bool fps = rail == scheme::Rail::kFps;
        genesis.emplace_back(rail, core::OpenCell{rail, parameters, start});
        for (std::uint32_t bank = 0; bank < kBanks; ++bank) {
            genesis.emplace_back(rail, core::AdmitParticipant{bank_agent(rail, bank),
                                                              {core::kAllParticipation},
                                                              fps ? kMoney : kNothing,
                                                              fps ? kMoney : kNothing,
                                                              fps ? kNothing : kMoney});
        }
        genesis.emplace_back(rail, core::OpenLink{link_agent(rail), fps ? kMoney : kNothing,
                                                  fps ? kNothing : kMoney});
        genesis.emplace_back(
            rail, core::SetReferenceRate{{static_cast<std::int32_t>(scheme::day_number(start)),
                                          core::Rate{92'000'000}, core::Rate{720'000'000}}});
    }
    return genesis;
}

}  // namespace lowu::fuzz
