// Reading money from outside, the network, faults and operators' actions. See read_scenario.hpp.
#include <algorithm>

#include "common/scheme/calendar.hpp"
#include "simulator/scenario/limits.hpp"
#include "simulator/scenario/read_scenario.hpp"

namespace lowu::simulator {
namespace {

using scheme::Rail;

constexpr std::int64_t kMaxRateE8 = 10'000'000'000;
constexpr std::int64_t kMaxDriftPpm = 10'000;
constexpr std::int64_t kMaxVolatilityPpm = 20'000;
constexpr std::int64_t kMaxMarginPpm = 100'000;

void read_exchange(const config::v1::SimulationExchange& from, Exchange& exchange,
                   FirstFault& first) {
    const std::string path = "exchange.";
    exchange.cny_per_hkd_e8 =
        first.range(path + "cny_per_hkd_e8", from.cny_per_hkd_e8(), 1'000'000, kMaxRateE8);
    exchange.cny_per_usd_e8 =
        first.range(path + "cny_per_usd_e8", from.cny_per_usd_e8(), 1'000'000, kMaxRateE8);
    exchange.drift_ppm =
        first.range(path + "drift_ppm", from.drift_ppm(), -kMaxDriftPpm, kMaxDriftPpm);
    exchange.volatility_ppm =
        first.range(path + "volatility_ppm", from.volatility_ppm(), 0, kMaxVolatilityPpm);
    exchange.weekdays_only = from.weekdays_only();
    exchange.published_at_ms = first.time_of_day(path + "published_at", from.published_at());
    exchange.margin_min_ppm =
        first.range(path + "margin_min_ppm", from.margin_min_ppm(), 0, kMaxMarginPpm);
    exchange.margin_max_ppm = first.range(path + "margin_max_ppm", from.margin_max_ppm(),
                                          from.margin_min_ppm(), kMaxMarginPpm);
}

Funding read_funding(const std::string& path, const config::v1::SimulationFunding& from,
                     const Scenario& scenario, FirstFault& first) {
    Funding funding;
    funding.rail = read_rail(path + ".rail", from.rail(), first);
    funding.link_agent = from.link_agent();
    first.require(!funding.link_agent || from.banks().empty(), path + ".banks",
                  "must be empty: it is the link agent's");
    for (int index = 0; index < from.banks_size(); ++index) {
        const std::string field = indexed(path + ".banks", index);
        const std::size_t bank = read_bank(field, from.banks(index), scenario, first);
        first.require(!first.none() || scenario.banks[bank].rail == funding.rail, field,
                      "must be a bank of this rail");
        funding.banks.push_back(bank);
    }
    for (std::size_t bank = 0; bank < scenario.banks.size(); ++bank) {
        const bool all = from.banks().empty() && !funding.link_agent;
        if (all && scenario.banks[bank].rail == funding.rail) funding.banks.push_back(bank);
    }
    const bool hkd = from.currency() == v1::CURRENCY_HKD;
    first.require(from.currency() == v1::CURRENCY_CNY ||
                      (hkd && funding.rail == Rail::kFps && !funding.link_agent),
                  path + ".currency", "must be CNY; for banks on FPS it may be HKD");
    funding.currency = hkd ? money::Currency::kHkd : money::Currency::kCny;
    funding.at_ms = first.time_of_day(path + ".at", from.at());
    funding.below_minor =
        first.range(path + ".below_minor", from.below_minor(), 1, kMaxBalanceMinor);
    funding.up_to_minor = first.range(path + ".up_to_minor", from.up_to_minor(), from.below_minor(),
                                      kMaxBalanceMinor);
    return funding;
}

bool is_of_bank(FaultKind kind) {
    return kind != FaultKind::kLinkDown && kind != FaultKind::kSwitchKilled;
}

SchemeTime read_inside(const std::string& field, const std::string& text, const Scenario& scenario,
                       FirstFault& first) {
    const SchemeTime time = first.moment(field, text);
    first.require(time >= scenario.start, field, "must not be before the simulation starts");
    return time;
}

Fault read_fault(const std::string& path, const config::v1::SimulationFault& from,
                 const Scenario& scenario, FirstFault& first) {
    Fault fault;
    fault.title = first.text(path + ".title", from.title(), kMaxTitleBytes);
    first.range(path + ".kind", from.kind(), 1, static_cast<int>(FaultKind::kSwitchKilled));
    fault.kind = static_cast<FaultKind>(from.kind());
    if (is_of_bank(fault.kind)) {
        fault.bank = read_invented_bank(path + ".bank", from.bank(), scenario, first);
    }
    first.require(is_of_bank(fault.kind) || from.bank().empty(), path + ".bank",
                  "must be empty: this kind concerns no single bank");
    fault.from = read_inside(path + ".from", from.from(), scenario, first);
    fault.until = first.moment(path + ".until", from.until());
    first.require(fault.from < fault.until, path + ".until", "must be later than the beginning");
    fault.permille = first.range<std::uint32_t>(path + ".permille", from.permille(), 0,
                                                fault.kind == FaultKind::kBankSilent ? 1'000 : 0);
    if (fault.kind == FaultKind::kBankSilent && fault.permille == 0) fault.permille = 1'000;
    first.require(from.has_latency() == (fault.kind == FaultKind::kBankSlow), path + ".latency",
                  "must be there with BANK_SLOW, and only there");
    fault.latency = first.latency(path + ".latency", from.latency());
    const bool storm = fault.kind == FaultKind::kStatusStorm;
    fault.enquiries_a_second =
        first.range<std::uint32_t>(path + ".enquiries_a_second", from.enquiries_a_second(),
                                   storm ? 1 : 0, storm ? kMaxEnquiriesASecond : 0);
    return fault;
}

Action read_action(const std::string& path, const config::v1::SimulationAction& from,
                   const Scenario& scenario, FirstFault& first) {
    Action action;
    action.title = first.text(path + ".title", from.title(), kMaxTitleBytes);
    first.range(path + ".kind", from.kind(), 1, static_cast<int>(ActionKind::kDeclareDefault));
    action.kind = static_cast<ActionKind>(from.kind());
    action.at = read_inside(path + ".at", from.at(), scenario, first);
    action.effective = action.at;
    const bool parameter = action.kind == ActionKind::kSetParameter;
    if (!parameter) {
        action.bank = read_invented_bank(path + ".bank", from.bank(), scenario, first);
    }
    first.require(!parameter || from.bank().empty(), path + ".bank",
                  "must be empty: a parameter names its own place");
    first.require(from.has_parameter() == parameter, path + ".parameter",
                  "must be there with SET_PARAMETER, and only there");
    first.require(parameter || from.effective().empty(), path + ".effective",
                  "must be empty: only parameters wait");
    if (parameter && !from.effective().empty()) {
        action.effective = first.moment(path + ".effective", from.effective());
        first.require(action.effective >= action.at, path + ".effective",
                      "must not be before it is done");
    }
    action.parameter = from.parameter();
    return action;
}

}  // namespace

void read_money(const File& file, Scenario& scenario, FirstFault& first) {
    read_exchange(file.exchange(), scenario.exchange, first);
    first.count("funding", file.funding_size(), kMaxEntries);
    for (int index = 0; index < file.funding_size(); ++index) {
        scenario.funding.push_back(
            read_funding(indexed("funding", index), file.funding(index), scenario, first));
    }
}

void read_network(const File& file, Scenario& scenario, FirstFault& first) {
    scenario.network.bank = first.latency("network.bank", file.network().bank());
    scenario.network.link = first.latency("network.link", file.network().link());
    scenario.network.sync = first.latency("network.sync", file.network().sync());
}

void read_faults(const File& file, Scenario& scenario, FirstFault& first) {
    first.count("faults", file.faults_size(), kMaxEntries);
    for (int index = 0; index < file.faults_size(); ++index) {
        scenario.faults.push_back(
            read_fault(indexed("faults", index), file.faults(index), scenario, first));
    }
    std::stable_sort(scenario.faults.begin(), scenario.faults.end(),
                     [](const Fault& one, const Fault& other) { return one.from < other.from; });
}

void read_actions(const File& file, Scenario& scenario, FirstFault& first) {
    first.count("actions", file.actions_size(), kMaxEntries);
    for (int index = 0; index < file.actions_size(); ++index) {
        scenario.actions.push_back(
            read_action(indexed("actions", index), file.actions(index), scenario, first));
    }
    std::stable_sort(scenario.actions.begin(), scenario.actions.end(),
                     [](const Action& one, const Action& other) { return one.at < other.at; });
    first.count("parameters", file.parameters_size(), kMaxEntries);
    for (int index = 0; index < file.parameters_size(); ++index) {
        const std::string path = indexed("parameters", index);
        first.text(path + ".name", file.parameters(index).name(), kMaxTitleBytes);
        static_cast<void>(read_rail(path + ".rail", file.parameters(index).rail(), first));
        scenario.parameters.push_back(file.parameters(index));
    }
}

}  // namespace lowu::simulator
