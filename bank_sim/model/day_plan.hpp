// DayPlan: everything that the customers of a scenario's day do: who orders which payment when.
// Exists so that the figures of a day are reached exactly and again from the same seed, in each
// process of banks without asking the other. Integers only. Pure; made once, then constant; any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "bank_sim/model/day_person.hpp"
#include "bank_sim/model/day_rules.hpp"
#include "common/base/time.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::bank {

/// What the customer gets wrong.
enum class DayMistake : std::uint8_t {
    kNone,
    kWrongAccount,  // AC03
    kWrongName,     // BE01
    kUnknownProxy,  // BE23
};

struct DayOrder {
    SchemeTime at;
    DayPlace payer;
    DayPlace payee;  ///< Nobody, with kWrongAccount and kUnknownProxy.
    std::int64_t cny_minor = 0;
    bool from_hkd = false;  ///< Northbound, out of the payer's HKD account.
    bool by_proxy = false;
    bool to_hkd = false;  ///< Southbound, into the payee's HKD account.
    DayMistake mistake = DayMistake::kNone;
};

class DayPlan {
public:
    /// The fault names what in the scenario makes the day impossible.
    [[nodiscard]] static std::variant<DayPlan, DayFault> make(DayRules rules, std::uint64_t seed);

    [[nodiscard]] const DayRules& rules() const { return rules_; }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    /// By time.
    [[nodiscard]] const std::vector<DayOrder>& orders(scheme::Direction direction) const {
        return orders_[static_cast<std::size_t>(direction)];
    }
    [[nodiscard]] const std::string& bank_code(const DayPlace& place) const {
        return rules_.side(place.rail).banks[place.bank].code;
    }
    /// Has a registered proxy: the first customers of each bank have.
    [[nodiscard]] bool has_proxy(const DayPlace& place) const {
        return place.customer < rules_.side(place.rail).proxies_per_bank;
    }
    /// In Hong Kong: the proxy stands for the HKD account.
    [[nodiscard]] bool proxy_is_hkd(const DayPlace& place) const;

private:
    DayPlan(DayRules rules, std::uint64_t seed);

    DayRules rules_;
    std::uint64_t seed_;
    std::array<std::vector<DayOrder>, 2> orders_;
};

}  // namespace lowu::bank
