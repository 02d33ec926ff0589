// What makes the switch; see genesis.hpp.
#include "simulator/play/genesis.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/core/limits.hpp"
#include "switch/session/convert.hpp"

namespace lowu::simulator {
namespace {

using core::AmountMinor;
using core::ParameterId;
using scheme::Rail;

/// Longer than a day, so that returns find their payments.
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMinutes = 24 * 60;

core::AgentCode packed(const std::string& code) {
    const auto agent = scheme::parse_agent_code(code);
    LOWU_ASSERT(agent.has_value(), "the loader checks codes");
    return *agent;
}

core::Participation participation_of(const Bank& bank) {
    core::Participation participation;
    for (const scheme::Service service : scheme::kServices) {
        if (!bank.services[static_cast<std::size_t>(service)]) continue;
        for (const auto direction :
             {scheme::Direction::kNorthbound, scheme::Direction::kSouthbound}) {
            const bool domestic = service == scheme::Service::kDomestic;
            if (!domestic && !bank.directions[static_cast<std::size_t>(direction)]) continue;
            participation.bits |= core::Participation::bit(direction, service);
        }
    }
    return participation;
}

std::int64_t payment_memory_ms(const Scenario& scenario) {
    std::int64_t longest_minutes = 0;
    for (const Flow& flow : scenario.flows) {
        if (flow.returned_permille == 0) continue;
        longest_minutes = std::max<std::int64_t>(longest_minutes, flow.returned_within_minutes);
    }
    return longest_minutes == 0 ? kDayMinutes * 60'000
                                : (kDayMinutes + longest_minutes) * 60'000 + kHourMs;
}

/// Room for all payments of the busiest days of the memory, and for every customer.
core::Parameters sizes_of(const Scenario& scenario) {
    std::int64_t most = 0;
    for (std::size_t day = 0; day < static_cast<std::size_t>(scenario.days); ++day) {
        std::int64_t orders = 0;
        for (const Flow& flow : scenario.flows)
            orders += flow.orders_by_day[day];
        most = std::max(most, orders);
    }
    // The table counts as nearly full at seven eighths; returns and mistakes come on top.
    const std::int64_t days = payment_memory_ms(scenario) / (kDayMinutes * 60'000) + 1;
    const std::int64_t payments = most * days * 5 / 4 + 2 * core::kMaxSegmentPayments;
    std::int64_t customers = 0;
    for (const Bank& bank : scenario.banks)
        customers += bank.persons + bank.institutions;
    core::Parameters sizes;
    sizes.payments_max =
        static_cast<std::uint32_t>(std::min<std::int64_t>(payments, core::kMaxPayments));
    sizes.quota_records_max = sizes.proxies_max = static_cast<std::uint32_t>(
        std::min<std::int64_t>(2 * customers + 1'024, core::kMaxQuotaRecords));
    return sizes;
}

Result<core::SetParameters> settings_of(const Scenario& scenario, Rail rail,
                                        const core::Parameters& sizes) {
    core::SetParameters command;
    command.settings.push_back(
        {{ParameterId::kPaymentMemory, {}, core::kNoParticipant}, payment_memory_ms(scenario)});
    std::uint16_t participants = 1;
    core::RuleBook rules;
    rules.open(rail, sizes);
    rules.admit();
    for (const Bank& bank : scenario.banks) {
        if (bank.rail != rail) continue;
        rules.admit();
        ++participants;
    }
    const auto find = [&](Rail on, core::AgentCode code) {
        return participant_of(scenario, on, code);
    };
    std::vector<std::size_t> places{0};
    for (std::size_t i = 0; i < scenario.parameters.size(); ++i) {
        Rail of{};
        core::ParameterSetting setting;
        if (const auto fault = session::read_parameter(scenario.parameters[i], find, of, setting)) {
            return Error{Error::Kind::kInvalid, "parameters[" + std::to_string(i) + "]." +
                                                    std::string(fault->field) + " " +
                                                    std::string(fault->rule)};
        }
        if (of != rail) continue;
        command.settings.push_back(setting);
        places.push_back(i);
    }
    std::size_t broken = 0;
    const auto result = rules.check(command.settings, SchemeTime{}, participants, &broken);
    if (result == core::ResultCode::kAccepted) return command;
    return Error{Error::Kind::kInvalid, "parameters[" + std::to_string(places[broken]) +
                                            "]: " + std::string(core::row_of(result).meaning)};
}

void admit(const Scenario& scenario, Rail rail, engine::Genesis& genesis) {
    for (const Bank& bank : scenario.banks) {
        if (bank.rail != rail) continue;
        genesis.emplace_back(rail, core::AdmitParticipant{packed(bank.code), participation_of(bank),
                                                          AmountMinor{bank.opening_cny_minor},
                                                          AmountMinor{bank.opening_hkd_minor},
                                                          AmountMinor{bank.net_debit_cap_minor}});
    }
    const bool fps = rail == Rail::kFps;
    const AmountMinor most{core::kMaxOpeningMinor};
    const AmountMinor none{0};
    genesis.emplace_back(rail, core::AdmitParticipant{packed(settlement_code(scenario, rail)),
                                                      {core::kAllParticipation},
                                                      fps ? most : none,
                                                      fps ? most : none,
                                                      fps ? none : most});
    const LinkAgent& agent = scenario.link_agents[static_cast<std::size_t>(rail)];
    const AmountMinor money{agent.money_minor};
    genesis.emplace_back(
        rail, core::OpenLink{packed(agent.bank), fps ? money : none, fps ? none : money});
}

}  // namespace

std::string settlement_code(const Scenario& scenario, Rail rail) {
    for (int number = 99; number >= 0; --number) {
        const std::string digits = (number < 10 ? "0" : "") + std::to_string(number);
        std::string code = "X" + digits;
        if (rail == Rail::kIbps) {
            code = "999990000" + digits;
            code += scheme::ibps_check_digit(code);
        }
        const bool is_agent = scenario.link_agents[static_cast<std::size_t>(rail)].bank == code;
        if (!scenario.find_bank(code) && !is_agent) return code;
    }
    LOWU_UNREACHABLE("a rail has at most 64 banks");
}

std::optional<core::ParticipantIndex> participant_of(const Scenario& scenario, Rail rail,
                                                     scheme::AgentCode code) {
    std::uint16_t index = 0;
    for (const Bank& bank : scenario.banks) {
        if (bank.rail != rail) continue;
        if (packed(bank.code) == code) return core::ParticipantIndex{index};
        ++index;
    }
    if (packed(settlement_code(scenario, rail)) == code) return core::ParticipantIndex{index};
    return std::nullopt;
}

Result<engine::Genesis> genesis_of(const Scenario& scenario, const ExchangePath& exchange,
                                   SchemeTime scheme_start) {
    engine::Genesis genesis;
    const core::Parameters sizes = sizes_of(scenario);
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        genesis.emplace_back(rail, core::OpenCell{rail, sizes, scheme_start});
        admit(scenario, rail, genesis);
        auto settings = settings_of(scenario, rail, sizes);
        if (!settings.ok()) return settings.error();
        genesis.emplace_back(rail, std::move(settings).value());
        const DayRates rates = exchange.rates(scenario.first_day);
        for (Day day = scheme::day_number(scheme_start); day <= scenario.first_day; ++day) {
            genesis.emplace_back(
                rail, core::SetReferenceRate{
                          {static_cast<std::int32_t>(day), rates.cny_per_hkd, rates.cny_per_usd}});
        }
    }
    return genesis;
}

}  // namespace lowu::simulator
