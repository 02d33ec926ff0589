// Scenario: what a simulated scheme is asked to play, read once and judged. Exists so that world
// and traffic work on checked values, and so that a wrong file is explained by line, field and
// rule. The file's own words, and the unit of each field, are in
// proto/lowu/config/v1/simulation.proto. Made by load_scenario, then constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "bank_sim/model/day_rules.hpp"
#include "common/base/time.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/service.hpp"
#include "lowu/v1/types.pb.h"
#include "simulator/scenario/corridor.hpp"

namespace lowu::simulator {

/// A day, counted as common/scheme/calendar.hpp does.
using Day = std::int64_t;
inline constexpr Day kNoDay = std::numeric_limits<Day>::max();

/// How long something takes: never less than min_us, half within p50_us, 99 of 100 within p99_us.
struct Latency {
    std::int64_t min_us = 0;
    std::int64_t p50_us = 0;
    std::int64_t p99_us = 0;

    friend constexpr bool operator==(const Latency&, const Latency&) = default;
};

struct Bank {
    scheme::Rail rail = scheme::Rail::kFps;
    std::string code;
    std::string name_en;
    std::string name_zh;
    bool invented = false;
    Day joins = 0;        ///< Its first day; not before the first of the simulation.
    Day leaves = kNoDay;  ///< The first day without it.
    std::array<bool, 2> directions{true, true};  ///< By direction.
    std::array<bool, 5> services{};              ///< By scheme::Service's number.
    std::uint32_t payer_weight = 0;
    std::uint32_t payee_weight = 0;
    std::uint32_t persons = 0;
    std::uint32_t institutions = 0;
    std::int64_t opening_cny_minor = 0;    ///< FPS.
    std::int64_t opening_hkd_minor = 0;    ///< FPS.
    std::int64_t net_debit_cap_minor = 0;  ///< IBPS.

    [[nodiscard]] bool there(Day day) const { return joins <= day && day < leaves; }
    [[nodiscard]] bool takes_part(const Corridor& corridor) const;
};

/// What the banks of one side have in common.
struct Side {
    std::uint32_t proxy_permille = 0;
    std::uint32_t proxy_hkd_permille = 0;
    std::uint32_t regulars_permille = 0;
    std::uint32_t regulars_orders_permille = 0;
    std::int64_t person_cny_minor = 0;
    std::int64_t person_hkd_minor = 0;
    std::int64_t institution_cny_minor = 0;
    std::int64_t institution_hkd_minor = 0;
    Latency answer;
};

/// One side's link agent.
struct LinkAgent {
    std::string bank;
    std::int64_t money_minor = 0;  ///< FPS: prefunded CNY; IBPS: its net debit cap.
};

/// What customers order in one corridor.
struct Flow {
    Corridor corridor;
    std::vector<std::int64_t> orders_by_day;  ///< From the first day on, mistakes apart.
    std::array<bank::DayWeight, 24> hours{};  ///< 0: nothing then.
    bank::DayFlow amounts;                    ///< Bands and average.
    std::int64_t person_day_max_minor = 0;    ///< 0: no such bound.
    std::uint32_t by_proxy_permille = 0;
    std::uint32_t hkd_account_permille = 0;
    std::uint32_t hkd_fixed_permille = 0;
    std::uint32_t returned_permille = 0;
    std::uint32_t returned_within_minutes = 0;
};

struct Season {
    std::string title;
    Day from = 0;
    Day until = 0;  ///< Its last day.
    std::int64_t factor_permille = 1'000;
    std::optional<scheme::Direction> direction;
    std::optional<scheme::Service> service;

    [[nodiscard]] bool holds(Day day, const Corridor& corridor) const;
};

/// What a customer gets wrong.
enum class Mistake : std::uint8_t {
    kNone,
    kWrongAccount,  // AC03
    kWrongName,     // BE01
    kUnknownProxy,  // BE23
    kAboveLimit,    // AM02 or AM14
};
inline constexpr std::size_t kMistakes = 5;

struct Mistakes {
    std::array<std::uint32_t, kMistakes> permille{};  ///< By mistake; none for kNone.
    std::int64_t above_limit_minor = 0;
};

struct Exchange {
    std::int64_t cny_per_hkd_e8 = 0;
    std::int64_t cny_per_usd_e8 = 0;
    std::int64_t drift_ppm = 0;
    std::int64_t volatility_ppm = 0;
    bool weekdays_only = false;
    std::int64_t published_at_ms = 0;  ///< Since midnight.
    std::int64_t margin_min_ppm = 0;
    std::int64_t margin_max_ppm = 0;
};

struct Funding {
    scheme::Rail rail = scheme::Rail::kFps;
    std::vector<std::size_t> banks;  ///< Of Scenario::banks.
    bool link_agent = false;         ///< Instead of banks.
    money::Currency currency = money::Currency::kCny;
    std::int64_t at_ms = 0;  ///< Since midnight.
    std::int64_t below_minor = 0;
    std::int64_t up_to_minor = 0;
};

struct Network {
    Latency bank;
    Latency link;
    Latency sync;
};

enum class FaultKind : std::uint8_t {
    kBankSilent = 1,
    kBankSlow,
    kBankDisconnected,
    kBankKilled,
    kStatusStorm,
    kLinkDown,
    kSwitchKilled,
};

struct Fault {
    std::string title;
    FaultKind kind = FaultKind::kLinkDown;
    std::optional<std::size_t> bank;  ///< Of Scenario::banks.
    SchemeTime from;
    SchemeTime until;
    std::uint32_t permille = 0;            ///< kBankSilent.
    Latency latency;                       ///< kBankSlow.
    std::uint32_t enquiries_a_second = 0;  ///< kStatusStorm.
};

enum class ActionKind : std::uint8_t { kSetParameter = 1, kForceOff, kLetOn, kDeclareDefault };

struct Action {
    std::string title;
    ActionKind kind = ActionKind::kSetParameter;
    SchemeTime at;
    SchemeTime effective;             ///< kSetParameter; not before `at`.
    std::optional<std::size_t> bank;  ///< All others: of Scenario::banks.
    v1::Parameter parameter;          ///< kSetParameter; the switch judges name, place and value.
};

struct Scenario {
    std::string title;
    std::vector<std::string> notes;
    SchemeTime start;
    Day first_day = 0;
    std::int64_t days = 0;
    std::uint64_t seed = 0;  ///< Chosen, or the file's own.
    std::uint32_t volume_permille = 1'000;
    std::vector<Bank> banks;               ///< In the file's order, both rails.
    std::array<LinkAgent, 2> link_agents;  ///< By rail.
    std::array<Side, 2> sides;             ///< By rail.
    std::vector<Flow> flows;
    std::vector<Season> seasons;
    std::vector<bank::DayStep> steps;
    Mistakes mistakes;
    Exchange exchange;
    std::vector<Funding> funding;
    Network network;
    std::vector<Fault> faults;    ///< By start.
    std::vector<Action> actions;  ///< By time.
    std::vector<v1::Parameter> parameters;

    [[nodiscard]] const Side& side(scheme::Rail rail) const {
        return sides[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] Day end_day() const { return first_day + days; }
    [[nodiscard]] SchemeTime end() const;
    /// Persons of a bank with a proxy are the first so many.
    [[nodiscard]] std::uint32_t persons_with_proxy(const Bank& bank) const;
    /// Whether the proxy of a customer in Hong Kong stands for the HKD account: the same at all
    /// banks, whatever the seed.
    [[nodiscard]] bool proxy_is_hkd(const Bank& bank, std::uint32_t customer) const;
    [[nodiscard]] std::optional<std::size_t> find_bank(std::string_view code) const;
};

}  // namespace lowu::simulator
