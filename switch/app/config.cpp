// The switch's configuration; see config.hpp. Every rule of proto/lowu/config/v1/config.proto
// stands here.
#include "switch/app/config.hpp"

#include <algorithm>
#include <set>

#include "common/base/assert.hpp"
#include "common/rpc/text_config.hpp"
#include "common/scheme/calendar.hpp"
#include "lowu/config/v1/config.pb.h"
#include "switch/core/limits.hpp"
#include "switch/session/convert.hpp"

namespace lowu::app {
namespace {

using config::v1::ParticipantConfig;
using config::v1::SwitchConfig;
using rpc::ConfigFault;

Duration or_default(std::int64_t ms, Duration fallback) {
    return ms == 0 ? fallback : Duration::from_ms(ms);
}

core::Parameters parameters_of(const SwitchConfig& config) {
    const config::v1::Deadlines& from = config.deadlines();
    core::Parameters parameters;
    if (config.payments_max() != 0) parameters.payments_max = config.payments_max();
    if (config.quota_records_max() != 0) parameters.quota_records_max = config.quota_records_max();
    if (config.proxies_max() != 0) parameters.proxies_max = config.proxies_max();
    parameters.payee_deadline = or_default(from.payee_ms(), parameters.payee_deadline);
    parameters.origin_deadline = or_default(from.origin_ms(), parameters.origin_deadline);
    parameters.link_allowance = or_default(from.link_allowance_ms(), parameters.link_allowance);
    parameters.queue_allowance = or_default(from.queue_allowance_ms(), parameters.queue_allowance);
    parameters.creation_window = or_default(from.creation_window_ms(), parameters.creation_window);
    parameters.creation_skew = or_default(from.creation_skew_ms(), parameters.creation_skew);
    return parameters;
}

std::optional<scheme::Rail> rail_of(v1::Rail rail) {
    if (rail == v1::RAIL_FPS) return scheme::Rail::kFps;
    if (rail == v1::RAIL_IBPS) return scheme::Rail::kIbps;
    return std::nullopt;
}

bool money_in_bounds(std::int64_t amount_minor) {
    return amount_minor >= 0 && amount_minor <= core::kMaxOpeningMinor;
}

constexpr const char* kMoneyRule = "must be 0 to 1,000,000,000,000,000 minor units";

std::optional<ConfigFault> check_participant(const ParticipantConfig& participant,
                                             const std::string& path) {
    const auto rail = rail_of(participant.rail());
    if (!rail) return ConfigFault{path + ".rail", "must be RAIL_FPS or RAIL_IBPS"};
    if (const auto rule = scheme::check_agent_code(*rail, participant.code())) {
        return ConfigFault{path + ".code", std::string(*rule)};
    }
    const bool fps = *rail == scheme::Rail::kFps;
    if (!money_in_bounds(participant.opening_cny_minor()) ||
        (!fps && participant.opening_cny_minor() != 0)) {
        return ConfigFault{path + ".opening_cny_minor",
                           fps ? kMoneyRule : "is for FPS: IBPS positions begin at zero"};
    }
    if (!money_in_bounds(participant.opening_hkd_minor()) ||
        (!fps && participant.opening_hkd_minor() != 0)) {
        return ConfigFault{path + ".opening_hkd_minor", fps ? kMoneyRule : "is for FPS"};
    }
    if (!money_in_bounds(participant.net_debit_cap_minor()) ||
        (fps && participant.net_debit_cap_minor() != 0)) {
        return ConfigFault{path + ".net_debit_cap_minor",
                           fps ? "is for IBPS: FPS accounts are prefunded" : kMoneyRule};
    }
    for (const int service : participant.no_service()) {
        if (!scheme::service_from_number(service)) {
            return ConfigFault{path + ".no_service", "must be a service"};
        }
    }
    return std::nullopt;
}

std::optional<ConfigFault> check_link(const config::v1::LinkConfig& link) {
    if (const auto rule = scheme::check_agent_code(scheme::Rail::kFps, link.fps_agent())) {
        return ConfigFault{"link.fps_agent", std::string(*rule)};
    }
    if (const auto rule = scheme::check_agent_code(scheme::Rail::kIbps, link.ibps_agent())) {
        return ConfigFault{"link.ibps_agent", std::string(*rule)};
    }
    if (!money_in_bounds(link.fps_opening_cny_minor())) {
        return ConfigFault{"link.fps_opening_cny_minor", kMoneyRule};
    }
    if (!money_in_bounds(link.ibps_net_debit_cap_minor())) {
        return ConfigFault{"link.ibps_net_debit_cap_minor", kMoneyRule};
    }
    return std::nullopt;
}

std::optional<ConfigFault> check_deadlines(const SwitchConfig& config) {
    const config::v1::Deadlines& deadlines = config.deadlines();
    for (const auto& [name, value] : {std::pair{"payee_ms", deadlines.payee_ms()},
                                      {"origin_ms", deadlines.origin_ms()},
                                      {"link_allowance_ms", deadlines.link_allowance_ms()},
                                      {"queue_allowance_ms", deadlines.queue_allowance_ms()},
                                      {"creation_window_ms", deadlines.creation_window_ms()},
                                      {"creation_skew_ms", deadlines.creation_skew_ms()}}) {
        if (value < 0 || value > 86'400'000) {
            return ConfigFault{std::string("deadlines.") + name,
                               "must be 0 to 86,400,000 milliseconds"};
        }
    }
    // Fewer would not fill the segments by which they are forgotten.
    const bool forgets = config.payments_max() == 0 ||
                         config.payments_max() >= core::kMinSegments * core::kMinSegmentPayments;
    if (!forgets || config.payments_max() > core::kMaxPayments) {
        return ConfigFault{"payments_max", "must be 0, or 1,024 to 64,000,000"};
    }
    if (config.quota_records_max() > core::kMaxQuotaRecords) {
        return ConfigFault{"quota_records_max", "must be 0 to 16,000,000"};
    }
    if (config.proxies_max() > core::kMaxProxies) {
        return ConfigFault{"proxies_max", "must be 0 to 16,000,000"};
    }
    if (const char* rule = parameters_of(config).broken_rule()) {
        return ConfigFault{"deadlines", rule};
    }
    return std::nullopt;
}

/// Participants of a rail are numbered in the order of the file.
std::optional<core::ParticipantIndex> index_of(const SwitchConfig& config, core::Rail rail,
                                               core::AgentCode code) {
    std::uint16_t index = 0;
    for (const ParticipantConfig& participant : config.participants()) {
        if (rail_of(participant.rail()) != rail) continue;
        if (scheme::parse_agent_code(participant.code()) == code) {
            return core::ParticipantIndex{index};
        }
        ++index;
    }
    return std::nullopt;
}

/// The file's settings of a rail; the fault names the first that cannot be read.
std::optional<ConfigFault> read_settings(const SwitchConfig& config, core::Rail rail,
                                         std::vector<core::ParameterSetting>& settings,
                                         std::vector<int>& places) {
    const auto find = [&](core::Rail on, core::AgentCode code) {
        return index_of(config, on, code);
    };
    for (int i = 0; i < config.parameters_size(); ++i) {
        core::Rail of{};
        core::ParameterSetting setting;
        if (const auto fault = session::read_parameter(config.parameters(i), find, of, setting)) {
            return ConfigFault{"parameters[" + std::to_string(i) + "]." + std::string(fault->field),
                               std::string(fault->rule)};
        }
        if (of != rail) continue;
        settings.push_back(setting);
        places.push_back(i);
    }
    return std::nullopt;
}

std::optional<ConfigFault> check_parameters(const SwitchConfig& config) {
    if (config.parameters_size() > static_cast<int>(core::kMaxSettings)) {
        return ConfigFault{"parameters", "must be at most 256"};
    }
    for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
        std::vector<core::ParameterSetting> settings;
        std::vector<int> places;
        if (auto fault = read_settings(config, rail, settings, places)) return fault;
        core::RuleBook rules;
        rules.open(rail, parameters_of(config));
        std::uint16_t participants = 0;
        for (const ParticipantConfig& participant : config.participants()) {
            if (rail_of(participant.rail()) != rail) continue;
            rules.admit();
            ++participants;
        }
        std::size_t broken = 0;
        const auto result = rules.check(settings, SchemeTime{0}, participants, &broken);
        if (result == core::ResultCode::kAccepted) continue;
        return ConfigFault{"parameters[" + std::to_string(places.at(broken)) + "]",
                           std::string(core::row_of(result).meaning)};
    }
    return std::nullopt;
}

std::optional<ConfigFault> check(const SwitchConfig& config) {
    if (!scheme::parse_utc8(config.scheme_start())) {
        return ConfigFault{"scheme_start", "must be a moment such as \"2025-06-22 09:00\""};
    }
    if (auto fault = check_deadlines(config)) return fault;
    if (auto fault = check_link(config.link())) return fault;
    std::set<std::string> codes;
    for (int i = 0; i < config.participants_size(); ++i) {
        const std::string path = "participants[" + std::to_string(i) + "]";
        if (auto fault = check_participant(config.participants(i), path)) return fault;
        if (!codes.insert(config.participants(i).code()).second) {
            return ConfigFault{path + ".code", "is taken by an earlier participant"};
        }
    }
    if (codes.empty()) return ConfigFault{"participants", "must name at least one"};
    if (codes.size() > core::kMaxParticipants) {
        return ConfigFault{"participants", "must be at most 1,024"};
    }
    if (auto fault = check_parameters(config)) return fault;
    if (!config.has_reference_rate()) return std::nullopt;
    core::ReferenceRate rate;
    if (const auto fault = session::read_reference_rate(config.reference_rate(), rate)) {
        return ConfigFault{"reference_rate." + std::string(fault->field), std::string(fault->rule)};
    }
    if (rate.day > scheme::day_number(*scheme::parse_utc8(config.scheme_start()))) {
        return ConfigFault{"reference_rate.date", "must not be after scheme_start"};
    }
    return std::nullopt;
}

core::AdmitParticipant admission(const ParticipantConfig& from) {
    core::AdmitParticipant command;
    command.code = *scheme::parse_agent_code(from.code());
    for (const core::Service service : scheme::kServices) {
        const auto& absent = from.no_service();
        if (std::find(absent.begin(), absent.end(), static_cast<int>(service)) != absent.end()) {
            continue;
        }
        const auto add = [&](bool not_this_way, core::Direction direction) {
            const bool domestic = service == core::Service::kDomestic;
            if (domestic || !not_this_way) {
                command.participation.bits |= core::Participation::bit(direction, service);
            }
        };
        add(from.no_northbound(), core::Direction::kNorthbound);
        add(from.no_southbound(), core::Direction::kSouthbound);
    }
    command.opening_cny = core::AmountMinor{from.opening_cny_minor()};
    command.opening_hkd = core::AmountMinor{from.opening_hkd_minor()};
    command.net_debit_cap = core::AmountMinor{from.net_debit_cap_minor()};
    return command;
}

core::OpenLink link_of(core::Rail rail, const config::v1::LinkConfig& from) {
    if (rail == core::Rail::kFps) {
        return {*scheme::parse_agent_code(from.fps_agent()),
                core::AmountMinor{from.fps_opening_cny_minor()}, core::AmountMinor{0}};
    }
    return {*scheme::parse_agent_code(from.ibps_agent()), core::AmountMinor{0},
            core::AmountMinor{from.ibps_net_debit_cap_minor()}};
}

}  // namespace

Result<Config> load_config(const std::string& file) {
    SwitchConfig message;
    if (auto loaded = rpc::load_text_config(file, message, [&] { return check(message); });
        !loaded.ok()) {
        return loaded.error();
    }
    Config config;
    for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
        config.genesis.emplace_back(rail,
                                    core::OpenCell{rail, parameters_of(message),
                                                   *scheme::parse_utc8(message.scheme_start())});
        for (const ParticipantConfig& participant : message.participants()) {
            if (rail_of(participant.rail()) != rail) continue;
            config.genesis.emplace_back(rail, admission(participant));
        }
        config.genesis.emplace_back(rail, link_of(rail, message.link()));
        core::SetParameters set;
        std::vector<int> places;
        const auto fault = read_settings(message, rail, set.settings, places);
        LOWU_ASSERT(!fault, "the file has been checked");
        if (!set.settings.empty()) config.genesis.emplace_back(rail, std::move(set));
        if (!message.has_reference_rate()) continue;
        core::SetReferenceRate rate;
        const auto wrong = session::read_reference_rate(message.reference_rate(), rate.rate);
        LOWU_ASSERT(!wrong, "the file has been checked");
        config.genesis.emplace_back(rail, rate);
    }
    return config;
}

}  // namespace lowu::app
