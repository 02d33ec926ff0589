// Reading and judging a day's scenario. See day_rules.hpp.
#include "bank_sim/model/day_rules.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::bank {
namespace {

using scheme::Direction;
using scheme::Rail;

constexpr std::int64_t kMostWeight = 1'000'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kHoursADay = 24;
constexpr std::int64_t kPermille = 1'000;

// The first rule that something breaks, if any; `field` is asked for only then.
using Fault = std::optional<DayFault>;

Fault check_range(const std::string& field, std::int64_t value, std::int64_t first,
                  std::int64_t last) {
    if (value >= first && value <= last) {
        return std::nullopt;
    }
    return DayFault{field, "must be " + std::to_string(first) + " to " + std::to_string(last)};
}

Fault check_weight(const std::string& path, DayWeight weight) {
    return check_range(path + ".weight", weight, 1, kMostWeight);
}

std::string indexed(const std::string& field, int index) {
    return field + "[" + std::to_string(index) + "]";
}

Fault read_hour(const std::string& field, const std::string& text, SchemeTime& time) {
    const auto parsed = scheme::parse_utc8(text);
    if (!parsed || parsed->value % kHourMs != 0) {
        return DayFault{field, "must be a full hour in UTC+8: \"2025-06-22 09:00\""};
    }
    time = *parsed;
    return std::nullopt;
}

Fault read_checkpoints(const config::v1::DayScenario& scenario, DayRules& rules) {
    if (scenario.checkpoints().empty()) {
        return DayFault{"checkpoints", "must hold at least one: it ends the day"};
    }
    DayCheckpoint before{rules.start, {}};
    for (int index = 0; index < scenario.checkpoints_size(); ++index) {
        const config::v1::DayCheckpoint& from = scenario.checkpoints(index);
        const std::string path = indexed("checkpoints", index);
        DayCheckpoint checkpoint;
        if (auto fault = read_hour(path + ".at", from.at(), checkpoint.at)) {
            return fault;
        }
        if (checkpoint.at <= before.at ||
            scheme::day_number(checkpoint.at - 1_ms) != scheme::day_number(rules.start)) {
            return DayFault{path + ".at", "must be later than the one before, on the same day"};
        }
        if (auto fault = check_range(path + ".northbound_settled", from.northbound_settled(),
                                     before.settled[0], kMaxDayPayments)) {
            return fault;
        }
        if (auto fault = check_range(path + ".southbound_settled", from.southbound_settled(),
                                     before.settled[1], kMaxDayPayments)) {
            return fault;
        }
        checkpoint.settled = {from.northbound_settled(), from.southbound_settled()};
        rules.checkpoints.push_back(checkpoint);
        before = checkpoint;
    }
    return std::nullopt;
}

Fault read_steps(const config::v1::DayScenario& scenario, DayRules& rules) {
    if (scenario.steps().empty()) {
        return DayFault{"steps", "must hold at least one"};
    }
    for (int index = 0; index < scenario.steps_size(); ++index) {
        const config::v1::DayStep& from = scenario.steps(index);
        const std::string path = indexed("steps", index);
        if (auto fault = check_weight(path, from.weight())) {
            return fault;
        }
        if (auto fault = check_range(path + ".step_minor", from.step_minor(), 1, kMaxDayMinor)) {
            return fault;
        }
        rules.steps.push_back({from.weight(), from.step_minor()});
    }
    return std::nullopt;
}

Fault read_bands(const config::v1::DayDirection& from, const std::string& path,
                 const DayRules& rules, DayFlow& flow) {
    if (from.bands().empty()) {
        return DayFault{path + ".bands", "must hold at least one"};
    }
    for (int index = 0; index < from.bands_size(); ++index) {
        const config::v1::DayBand& band = from.bands(index);
        const std::string band_path = indexed(path + ".bands", index);
        if (auto fault = check_weight(band_path, band.weight())) {
            return fault;
        }
        if (auto fault = check_range(band_path + ".min_minor", band.min_minor(), 1, kMaxDayMinor)) {
            return fault;
        }
        if (auto fault = check_range(band_path + ".max_minor", band.max_minor(), band.min_minor(),
                                     flow.person_day_max_minor)) {
            return fault;
        }
        for (const DayStep& step : rules.steps) {
            if (band.max_minor() / step.minor * step.minor < band.min_minor()) {
                return DayFault{band_path, "must hold a multiple of each step"};
            }
        }
        flow.bands.push_back({band.weight(), band.min_minor(), band.max_minor()});
    }
    return std::nullopt;
}

Fault read_hours(const config::v1::DayDirection& from, const std::string& path,
                 const DayRules& rules, DayFlow& flow) {
    for (int index = 0; index < from.hours_size(); ++index) {
        const config::v1::DayHour& hour = from.hours(index);
        const std::string hour_path = indexed(path + ".hours", index);
        if (auto fault = check_range(hour_path + ".hour", hour.hour(), 0, kHoursADay - 1)) {
            return fault;
        }
        if (auto fault = check_weight(hour_path, hour.weight())) {
            return fault;
        }
        flow.hours[static_cast<std::size_t>(hour.hour())] = hour.weight();
    }
    for (SchemeTime time = rules.start; time < rules.checkpoints.back().at;
         time = SchemeTime{time.value + kHourMs}) {
        const std::int64_t hour = scheme::time_of_day_ms(time) / kHourMs;
        if (flow.hours[static_cast<std::size_t>(hour)] == 0) {
            return DayFault{
                path + ".hours",
                "must hold every hour of the day's span: there is no " + std::to_string(hour)};
        }
    }
    return std::nullopt;
}

Fault read_flow(const config::v1::DayDirection& from, Direction direction, DayRules& rules) {
    const std::string path(to_string(direction));
    DayFlow& flow = rules.flows[static_cast<std::size_t>(direction)];
    if (auto fault = check_range(path + ".average_minor", from.average_minor(), 1, kMaxDayMinor)) {
        return fault;
    }
    if (auto fault = check_range(path + ".person_day_max_minor", from.person_day_max_minor(), 1,
                                 kMaxDayMinor)) {
        return fault;
    }
    if (auto fault =
            check_range(path + ".by_proxy_permille", from.by_proxy_permille(), 0, kPermille)) {
        return fault;
    }
    if (auto fault = check_range(path + ".hkd_account_permille", from.hkd_account_permille(), 0,
                                 kPermille)) {
        return fault;
    }
    flow.average_minor = from.average_minor();
    flow.person_day_max_minor = from.person_day_max_minor();
    flow.by_proxy_permille = static_cast<std::uint32_t>(from.by_proxy_permille());
    flow.hkd_account_permille = static_cast<std::uint32_t>(from.hkd_account_permille());
    if (auto fault = read_bands(from, path, rules, flow)) {
        return fault;
    }
    return read_hours(from, path, rules, flow);
}

Fault read_banks(const config::v1::DaySide& from, Rail rail, const std::string& path,
                 DaySide& side) {
    if (from.banks().empty() || from.banks_size() > static_cast<int>(kMaxDayBanks)) {
        return DayFault{path + ".banks", "must hold 1 to " + std::to_string(kMaxDayBanks)};
    }
    std::set<std::string> codes;
    for (int index = 0; index < from.banks_size(); ++index) {
        const config::v1::DayBank& bank = from.banks(index);
        const std::string bank_path = indexed(path + ".banks", index);
        if (const auto rule = scheme::check_agent_code(rail, bank.code())) {
            return DayFault{bank_path + ".code", std::string(*rule)};
        }
        if (!codes.insert(bank.code()).second) {
            return DayFault{bank_path + ".code", "must be in the list once"};
        }
        if (auto fault = check_weight(bank_path, bank.weight())) {
            return fault;
        }
        side.banks.push_back({bank.weight(), bank.code()});
    }
    return std::nullopt;
}

Fault read_side(const config::v1::DaySide& from, Rail rail, DayRules& rules) {
    const std::string path = rail == Rail::kFps ? "hong_kong" : "mainland";
    DaySide& side = rules.sides[static_cast<std::size_t>(rail)];
    if (auto fault = read_banks(from, rail, path, side)) {
        return fault;
    }
    if (auto fault = check_range(path + ".customers_per_bank", from.customers_per_bank(), 1,
                                 kMaxDayCustomers)) {
        return fault;
    }
    if (auto fault = check_range(path + ".proxies_per_bank", from.proxies_per_bank(), 0,
                                 from.customers_per_bank())) {
        return fault;
    }
    if (auto fault =
            check_range(path + ".opening_cny_minor", from.opening_cny_minor(), 0, kMaxDayMinor)) {
        return fault;
    }
    if (auto fault = check_range(path + ".opening_hkd_minor", from.opening_hkd_minor(), 0,
                                 rail == Rail::kFps ? kMaxDayMinor : 0)) {
        return fault;
    }
    side.customers_per_bank = static_cast<std::uint32_t>(from.customers_per_bank());
    side.proxies_per_bank = static_cast<std::uint32_t>(from.proxies_per_bank());
    side.opening_cny_minor = from.opening_cny_minor();
    side.opening_hkd_minor = from.opening_hkd_minor();
    // Who is paid by proxy must have one.
    const Direction incoming = direction_from(other(rail));
    if (rules.flow(incoming).by_proxy_permille > 0 && side.proxies_per_bank == 0) {
        return DayFault{path + ".proxies_per_bank",
                        "must be more than zero: customers are paid by proxy"};
    }
    return std::nullopt;
}

Fault read_mistakes(const config::v1::DayMistakes& from, DayMistakes& mistakes) {
    const std::pair<const char*, std::int32_t> shares[] = {
        {"mistakes.wrong_account_permille", from.wrong_account_permille()},
        {"mistakes.wrong_name_permille", from.wrong_name_permille()},
        {"mistakes.unknown_proxy_permille", from.unknown_proxy_permille()}};
    for (const auto& [field, share] : shares) {
        if (auto fault = check_range(field, share, 0, kPermille)) {
            return fault;
        }
    }
    mistakes.wrong_account_permille = static_cast<std::uint32_t>(from.wrong_account_permille());
    mistakes.wrong_name_permille = static_cast<std::uint32_t>(from.wrong_name_permille());
    mistakes.unknown_proxy_permille = static_cast<std::uint32_t>(from.unknown_proxy_permille());
    return std::nullopt;
}

// What the driver reads, judged here so that a wrong file stops the start.
Fault check_pace(const config::v1::DayScenario& scenario) {
    if (scenario.slice_minutes() < 1 || 60 % scenario.slice_minutes() != 0) {
        return DayFault{"slice_minutes", "must divide 60"};
    }
    return check_range("orders_per_second", scenario.orders_per_second(), 1, kMaxDayRate);
}

Fault read(const config::v1::DayScenario& scenario, DayRules& rules) {
    if (auto fault = read_hour("start", scenario.start(), rules.start)) {
        return fault;
    }
    if (auto fault = read_checkpoints(scenario, rules)) {
        return fault;
    }
    if (auto fault = read_steps(scenario, rules)) {
        return fault;
    }
    if (auto fault = read_flow(scenario.northbound(), Direction::kNorthbound, rules)) {
        return fault;
    }
    if (auto fault = read_flow(scenario.southbound(), Direction::kSouthbound, rules)) {
        return fault;
    }
    if (auto fault = read_side(scenario.hong_kong(), Rail::kFps, rules)) {
        return fault;
    }
    if (auto fault = read_side(scenario.mainland(), Rail::kIbps, rules)) {
        return fault;
    }
    if (auto fault = read_mistakes(scenario.mistakes(), rules.mistakes)) {
        return fault;
    }
    if (scenario.seed() == 0) {
        return DayFault{"seed", "must be 1 or more"};
    }
    rules.seed = scenario.seed();
    return check_pace(scenario);
}

}  // namespace

std::variant<DayRules, DayFault> read_day(const config::v1::DayScenario& scenario) {
    DayRules rules;
    if (auto fault = read(scenario, rules)) {
        return *std::move(fault);
    }
    return rules;
}

}  // namespace lowu::bank
