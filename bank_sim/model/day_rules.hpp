// DayRules: a scenario's day, read once and judged. Exists so that the plan of the day works on
// checked values, and so that a wrong file is explained by field and rule. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/config/v1/day.pb.h"

namespace lowu::bank {

/// Something that is drawn by weight has one of these.
using DayWeight = std::uint32_t;

struct DayBand {
    DayWeight weight = 0;
    std::int64_t min_minor = 0;
    std::int64_t max_minor = 0;
};

struct DayStep {
    DayWeight weight = 0;
    std::int64_t minor = 1;
};

/// One direction.
struct DayFlow {
    std::int64_t average_minor = 0;
    std::vector<DayBand> bands;
    std::array<DayWeight, 24> hours{};  ///< 0: nothing then.
    std::int64_t person_day_max_minor = 0;
    std::uint32_t by_proxy_permille = 0;
    std::uint32_t hkd_account_permille = 0;
};

struct DayCheckpoint {
    SchemeTime at;
    std::array<std::int64_t, 2> settled{};  ///< By direction, since the start.
};

struct DayBank {
    DayWeight weight = 0;
    std::string code;
};

/// One side of the boundary.
struct DaySide {
    std::vector<DayBank> banks;
    std::uint32_t customers_per_bank = 0;
    std::uint32_t proxies_per_bank = 0;
    std::int64_t opening_cny_minor = 0;
    std::int64_t opening_hkd_minor = 0;
};

struct DayMistakes {
    std::uint32_t wrong_account_permille = 0;
    std::uint32_t wrong_name_permille = 0;
    std::uint32_t unknown_proxy_permille = 0;
};

struct DayRules {
    SchemeTime start;
    std::vector<DayCheckpoint> checkpoints;
    std::array<DayFlow, 2> flows;  ///< By direction.
    std::array<DaySide, 2> sides;  ///< By rail.
    DayMistakes mistakes;
    std::vector<DayStep> steps;
    std::uint64_t seed = 0;

    [[nodiscard]] const DayFlow& flow(scheme::Direction direction) const {
        return flows[static_cast<std::size_t>(direction)];
    }
    [[nodiscard]] const DaySide& side(scheme::Rail rail) const {
        return sides[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] std::int64_t settled_at_end(scheme::Direction direction) const {
        return checkpoints.back().settled[static_cast<std::size_t>(direction)];
    }
};

/// A rule that a scenario breaks.
struct DayFault {
    std::string field;  ///< A path in proto spelling.
    std::string rule;   ///< Without a subject.
};

[[nodiscard]] std::variant<DayRules, DayFault> read_day(const config::v1::DayScenario& scenario);

}  // namespace lowu::bank
