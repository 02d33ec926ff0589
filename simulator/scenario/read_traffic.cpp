// Reading what customers do: seasons, traffic, mistakes. See read_scenario.hpp.
#include <algorithm>
#include <set>

#include "common/scheme/calendar.hpp"
#include "simulator/scenario/limits.hpp"
#include "simulator/scenario/read_scenario.hpp"
#include "simulator/scenario/volume.hpp"

namespace lowu::simulator {
namespace {

using scheme::Direction;
using scheme::Rail;
using scheme::Service;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMinutesADay = 1'440;

std::optional<Direction> direction_of(v1::Direction direction) {
    if (direction == v1::DIRECTION_NORTHBOUND) return Direction::kNorthbound;
    if (direction == v1::DIRECTION_SOUTHBOUND) return Direction::kSouthbound;
    return std::nullopt;
}

bool may_fix_hkd(const Corridor& corridor) {
    if (corridor.domestic()) return false;
    return corridor.direction() == Direction::kNorthbound
               ? corridor.service == Service::kP2pRemittance
               : corridor.service == Service::kFeeCollection;
}

Corridor read_corridor(const std::string& path, const config::v1::SimulationTraffic& from,
                       FirstFault& first) {
    Corridor corridor;
    const auto service = scheme::service_from_number(from.service());
    first.require(service.has_value(), path + ".service", "must be a service");
    corridor.service = service.value_or(Service::kDomestic);
    if (from.direction() == v1::DIRECTION_DOMESTIC) {
        first.require(corridor.service == Service::kDomestic, path + ".service",
                      "must be SERVICE_DOMESTIC within a rail");
        corridor.payer_rail = read_rail(path + ".rail", from.rail(), first);
        corridor.payee_rail = corridor.payer_rail;
        return corridor;
    }
    const auto direction = direction_of(from.direction());
    first.require(direction.has_value(), path + ".direction", "must be a direction");
    first.require(corridor.service != Service::kDomestic, path + ".service",
                  "must be one that crosses the boundary");
    first.require(from.rail() == v1::RAIL_UNSPECIFIED, path + ".rail",
                  "must be unset: only domestic payments have one");
    corridor.payer_rail = scheme::origin_of(direction.value_or(Direction::kNorthbound));
    corridor.payee_rail = scheme::other(corridor.payer_rail);
    return corridor;
}

std::vector<VolumePoint> read_volumes(const std::string& path,
                                      const config::v1::SimulationTraffic& from,
                                      FirstFault& first) {
    first.require(from.volumes_size() > 0, path + ".volumes", "must hold at least one");
    first.count(path + ".volumes", from.volumes_size(), kMaxVolumes);
    std::vector<VolumePoint> points;
    for (int index = 0; index < from.volumes_size(); ++index) {
        const std::string point_path = indexed(path + ".volumes", index);
        VolumePoint point;
        point.day = first.date(point_path + ".date", from.volumes(index).date());
        first.require(points.empty() || points.back().day < point.day, point_path + ".date",
                      "must be later than the one before");
        point.orders_a_day = first.range(point_path + ".orders_a_day",
                                         from.volumes(index).orders_a_day(), 0, kMaxOrdersADay);
        points.push_back(point);
    }
    return points;
}

Factors read_factors(const std::string& path, const config::v1::SimulationTraffic& from,
                     FirstFault& first) {
    Factors factors;
    factors.month_day.fill(1'000);
    const int weekdays = from.weekday_permille_size();
    first.require(weekdays == 0 || weekdays == 7, path + ".weekday_permille",
                  "must hold seven, Monday first, or none");
    for (int index = 0; index < std::min(weekdays, 7); ++index) {
        factors.weekday[static_cast<std::size_t>(index)] =
            first.range(indexed(path + ".weekday_permille", index), from.weekday_permille(index), 0,
                        kMaxFactorPermille);
    }
    std::set<std::int32_t> days;
    for (int index = 0; index < from.month_days_size() && first.none(); ++index) {
        const config::v1::SimulationMonthDay& day = from.month_days(index);
        const std::string day_path = indexed(path + ".month_days", index);
        first.range(day_path + ".day", day.day(), 1, 31);
        first.require(days.insert(day.day()).second, day_path + ".day", "must be in the list once");
        if (!first.none()) break;
        factors.month_day[static_cast<std::size_t>(day.day())] = first.range(
            day_path + ".factor_permille", day.factor_permille(), 0, kMaxFactorPermille);
    }
    return factors;
}

void read_hours(const std::string& path, const config::v1::SimulationTraffic& from,
                const Scenario& scenario, Flow& flow, FirstFault& first) {
    for (int index = 0; index < from.hours_size() && first.none(); ++index) {
        const std::string hour_path = indexed(path + ".hours", index);
        const std::int32_t hour =
            first.range<std::int32_t>(hour_path + ".hour", from.hours(index).hour(), 0, 23);
        const auto weight = first.range<bank::DayWeight>(hour_path + ".weight",
                                                         from.hours(index).weight(), 1, kMaxWeight);
        if (!first.none()) return;
        bank::DayWeight& into = flow.hours[static_cast<std::size_t>(hour)];
        first.require(into == 0, hour_path + ".hour", "must be in the list once");
        into = weight;
    }
    const std::int64_t begins = scheme::time_of_day_ms(scenario.start) / kHourMs;
    first.require(std::any_of(flow.hours.begin() + static_cast<std::ptrdiff_t>(begins),
                              flow.hours.end(), [](bank::DayWeight weight) { return weight > 0; }),
                  path + ".hours", "must hold one that comes after the start of the simulation");
}

void read_amounts(const std::string& path, const config::v1::SimulationTraffic& from,
                  const Scenario& scenario, Flow& flow, FirstFault& first) {
    first.require(from.bands_size() > 0, path + ".bands", "must hold at least one");
    flow.person_day_max_minor = first.range(path + ".person_day_max_minor",
                                            from.person_day_max_minor(), 0, kMaxBalanceMinor);
    const std::int64_t most = flow.person_day_max_minor == 0
                                  ? kMaxAmountMinor
                                  : std::min(kMaxAmountMinor, flow.person_day_max_minor);
    for (int index = 0; index < from.bands_size(); ++index) {
        const config::v1::DayBand& band = from.bands(index);
        const std::string band_path = indexed(path + ".bands", index);
        first.range(band_path + ".weight", band.weight(), 1, kMaxWeight);
        first.range(band_path + ".min_minor", band.min_minor(), 1, kMaxAmountMinor);
        first.range(band_path + ".max_minor", band.max_minor(), band.min_minor(), most);
        for (const bank::DayStep& step : scenario.steps) {
            first.require(band.max_minor() / step.minor * step.minor >= band.min_minor(), band_path,
                          "must hold a multiple of each step");
        }
        flow.amounts.bands.push_back({band.weight(), band.min_minor(), band.max_minor()});
    }
    flow.amounts.average_minor =
        first.range(path + ".average_minor", from.average_minor(), 0, kMaxAmountMinor);
}

void read_shares(const std::string& path, const config::v1::SimulationTraffic& from,
                 const Scenario& scenario, Flow& flow, FirstFault& first) {
    const Corridor& corridor = flow.corridor;
    const bool hong_kong = corridor.payer_rail == Rail::kFps || corridor.payee_rail == Rail::kFps;
    flow.by_proxy_permille = first.permille(path + ".by_proxy_permille", from.by_proxy_permille());
    first.require(flow.by_proxy_permille == 0 || !corridor.payee_is_person() ||
                      scenario.side(corridor.payee_rail).proxy_permille > 0,
                  path + ".by_proxy_permille", "must be 0: no payee has a proxy");
    flow.hkd_account_permille = first.range<std::uint32_t>(
        path + ".hkd_account_permille", from.hkd_account_permille(), 0, hong_kong ? 1'000 : 0);
    flow.hkd_fixed_permille =
        first.range<std::uint32_t>(path + ".hkd_fixed_permille", from.hkd_fixed_permille(), 0,
                                   may_fix_hkd(corridor) ? 1'000 : 0);
    flow.returned_permille = first.permille(path + ".returned_permille", from.returned_permille());
    flow.returned_within_minutes = first.range<std::uint32_t>(
        path + ".returned_within_minutes", from.returned_within_minutes(),
        flow.returned_permille > 0 ? 1 : 0, kMinutesADay);
}

// Whoever orders must have a bank, and the payee one, on every day with orders.
bool has_both_ends(const Scenario& scenario, const Corridor& corridor, Day day) {
    std::size_t payers = 0;
    std::size_t payees = 0;
    for (const Bank& bank : scenario.banks) {
        if (!bank.there(day) || !bank.takes_part(corridor)) continue;
        const auto customers = [&bank](bool person) {
            return person ? bank.persons : bank.institutions;
        };
        if (bank.rail == corridor.payer_rail && customers(corridor.payer_is_person()) > 0) ++payers;
        if (bank.rail == corridor.payee_rail && customers(corridor.payee_is_person()) > 0) ++payees;
    }
    // Within a rail a payment goes to another bank.
    return corridor.domestic() ? payers > 1 : payers > 0 && payees > 0;
}

void count_orders(const std::string& path, const std::vector<VolumePoint>& points,
                  const Factors& factors, const Scenario& scenario, Flow& flow, FirstFault& first) {
    for (Day day = scenario.first_day; day < scenario.end_day() && first.none(); ++day) {
        const std::int64_t orders = orders_of_day(points, factors, scenario.seasons, flow.corridor,
                                                  scenario.volume_permille, day);
        first.require(orders <= kMaxOrdersADay, path + ".volumes",
                      "must not exceed " + std::to_string(kMaxOrdersADay) +
                          " with all factors on " + scheme::format_date(day));
        first.require(orders == 0 || has_both_ends(scenario, flow.corridor, day), path,
                      "must have banks with customers on both ends on " + scheme::format_date(day));
        flow.orders_by_day.push_back(orders);
    }
}

}  // namespace

void read_seasons(const File& file, Scenario& scenario, FirstFault& first) {
    first.count("seasons", file.seasons_size(), kMaxEntries);
    for (int index = 0; index < file.seasons_size(); ++index) {
        const config::v1::SimulationSeason& from = file.seasons(index);
        const std::string path = indexed("seasons", index);
        Season season;
        season.title = first.text(path + ".title", from.title(), kMaxTitleBytes);
        season.from = first.date(path + ".from", from.from());
        season.until = first.date(path + ".until", from.until());
        first.require(season.from <= season.until, path + ".until",
                      "must not be before the first day");
        season.factor_permille =
            first.range(path + ".factor_permille", from.factor_permille(), 0, kMaxFactorPermille);
        season.direction = direction_of(from.direction());
        first.require(season.direction || from.direction() == v1::DIRECTION_UNSPECIFIED,
                      path + ".direction", "must be northbound, southbound or unset");
        season.service = scheme::service_from_number(from.service());
        first.require(season.service || from.service() == v1::SERVICE_UNSPECIFIED,
                      path + ".service", "must be a service or unset");
        scenario.seasons.push_back(std::move(season));
    }
    first.require(file.steps_size() > 0, "steps", "must hold at least one");
    for (int index = 0; index < file.steps_size(); ++index) {
        const std::string path = indexed("steps", index);
        const auto weight = first.range<bank::DayWeight>(path + ".weight",
                                                         file.steps(index).weight(), 1, kMaxWeight);
        scenario.steps.push_back(
            {weight, first.range(path + ".step_minor", file.steps(index).step_minor(), 1,
                                 kMaxAmountMinor)});
    }
}

void read_traffic(const File& file, Scenario& scenario, FirstFault& first) {
    first.require(file.traffic_size() > 0, "traffic", "must hold at least one");
    std::set<Corridor> corridors;
    for (int index = 0; index < file.traffic_size() && first.none(); ++index) {
        const config::v1::SimulationTraffic& from = file.traffic(index);
        const std::string path = indexed("traffic", index);
        Flow flow;
        flow.corridor = read_corridor(path, from, first);
        first.require(corridors.insert(flow.corridor).second, path,
                      "must be the only one of its direction and service");
        const std::vector<VolumePoint> points = read_volumes(path, from, first);
        const Factors factors = read_factors(path, from, first);
        read_hours(path, from, scenario, flow, first);
        read_amounts(path, from, scenario, flow, first);
        read_shares(path, from, scenario, flow, first);
        if (!first.none()) return;
        count_orders(path, points, factors, scenario, flow, first);
        scenario.flows.push_back(std::move(flow));
    }
}

void read_mistakes(const File& file, Scenario& scenario, FirstFault& first) {
    const config::v1::SimulationMistakes& from = file.mistakes();
    const std::string path = "mistakes.";
    const auto share = [&](Mistake mistake, const char* field, std::int32_t permille) {
        scenario.mistakes.permille[static_cast<std::size_t>(mistake)] =
            first.permille(path + field, permille);
    };
    share(Mistake::kWrongAccount, "wrong_account_permille", from.wrong_account_permille());
    share(Mistake::kWrongName, "wrong_name_permille", from.wrong_name_permille());
    share(Mistake::kUnknownProxy, "unknown_proxy_permille", from.unknown_proxy_permille());
    share(Mistake::kAboveLimit, "above_limit_permille", from.above_limit_permille());
    const std::int64_t least = from.above_limit_permille() > 0 ? 1 : 0;
    scenario.mistakes.above_limit_minor =
        first.range(path + "above_limit_minor", from.above_limit_minor(), least, kMaxAmountMinor);
}

}  // namespace lowu::simulator
