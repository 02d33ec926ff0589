// Words that the contract and the cells share; see convert.hpp.
#include "switch/session/convert.hpp"

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::session {

std::optional<scheme::Rail> read_rail(int rail) {
    if (rail == v1::RAIL_FPS) return scheme::Rail::kFps;
    if (rail == v1::RAIL_IBPS) return scheme::Rail::kIbps;
    return std::nullopt;
}

v1::Rail write_rail(scheme::Rail rail) {
    return rail == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS;
}

std::optional<core::Corridor> read_corridor(int direction, int service) {
    const auto known = scheme::service_from_number(service);
    if (!known) return std::nullopt;
    if (*known == scheme::Service::kDomestic) {
        if (direction != v1::DIRECTION_DOMESTIC) return std::nullopt;
        return core::kDomesticCorridor;
    }
    if (direction == v1::DIRECTION_NORTHBOUND) {
        return core::corridor_of(scheme::Direction::kNorthbound, *known);
    }
    if (direction == v1::DIRECTION_SOUTHBOUND) {
        return core::corridor_of(scheme::Direction::kSouthbound, *known);
    }
    return std::nullopt;
}

v1::Direction direction_of(core::Corridor corridor) {
    if (corridor.domestic()) return v1::DIRECTION_DOMESTIC;
    return corridor.direction() == scheme::Direction::kNorthbound ? v1::DIRECTION_NORTHBOUND
                                                                  : v1::DIRECTION_SOUTHBOUND;
}

v1::Service service_of(core::Corridor corridor) {
    return static_cast<v1::Service>(corridor.service());
}

// Parameters.

namespace {

/// Where a parameter of a corridor stands, or why it stands nowhere.
std::optional<FaultText> read_place(const v1::Parameter& from, core::ParameterScope scope,
                                    core::Corridor& corridor) {
    if (scope == core::ParameterScope::kRail) {
        if (from.direction() != v1::DIRECTION_UNSPECIFIED) {
            return FaultText{"direction", "must be unset: the parameter does not depend on it"};
        }
        if (from.service() != v1::SERVICE_UNSPECIFIED) {
            return FaultText{"service", "must be unset: the parameter does not depend on it"};
        }
        corridor = core::Corridor{};
        return std::nullopt;
    }
    if (from.direction() != v1::DIRECTION_NORTHBOUND &&
        from.direction() != v1::DIRECTION_SOUTHBOUND &&
        from.direction() != v1::DIRECTION_DOMESTIC) {
        return FaultText{"direction", "must be DIRECTION_NORTHBOUND, _SOUTHBOUND or _DOMESTIC"};
    }
    const auto known = read_corridor(from.direction(), from.service());
    if (!known) {
        return FaultText{"service",
                         "must be a service of that direction: SERVICE_DOMESTIC with "
                         "DIRECTION_DOMESTIC, any other with the others"};
    }
    corridor = *known;
    return std::nullopt;
}

}  // namespace

std::optional<FaultText> read_parameter(const v1::Parameter& from,
                                        const FindParticipant& find_participant, scheme::Rail& rail,
                                        core::ParameterSetting& setting) {
    const core::ParameterRow* row = core::find_parameter(std::string_view(from.name()));
    if (row == nullptr) return FaultText{"name", "must be the name of a parameter"};
    const auto known_rail = read_rail(from.rail());
    if (!known_rail) return FaultText{"rail", "must be RAIL_FPS or RAIL_IBPS"};
    core::Corridor corridor;
    if (const auto fault = read_place(from, row->scope, corridor)) return fault;
    core::ParticipantIndex participant = core::kNoParticipant;
    if (!from.participant().empty()) {
        const auto code = scheme::parse_agent_code(from.participant());
        const auto found = code ? find_participant(*known_rail, *code) : std::nullopt;
        if (!found) {
            return FaultText{"participant", "must be the code of a participant of the rail"};
        }
        participant = *found;
    }
    rail = *known_rail;
    setting = {{row->id, corridor, participant}, from.value()};
    return std::nullopt;
}

void write_parameter(scheme::Rail rail, const core::ParameterSetting& setting,
                     std::string_view participant, v1::Parameter& to) {
    const core::ParameterRow* row =
        core::find_parameter(static_cast<std::uint32_t>(setting.key.id));
    LOWU_ASSERT(row != nullptr, "every parameter has a row");
    to.Clear();
    to.set_name(row->name.data(), row->name.size());
    to.set_rail(write_rail(rail));
    if (row->scope != core::ParameterScope::kRail) {
        to.set_direction(direction_of(setting.key.corridor));
        to.set_service(service_of(setting.key.corridor));
    }
    to.set_participant(participant.data(), participant.size());
    to.set_value(setting.value);
}

// Reference rates.

std::optional<FaultText> read_reference_rate(const v1::ReferenceRate& from,
                                             core::ReferenceRate& rate) {
    const auto day = scheme::parse_date(from.date());
    if (!day) return FaultText{"date", "must be a day as 2025-06-22"};
    const auto known = [](std::int64_t rate_e8) {
        return rate_e8 > 0 && rate_e8 <= money::kRateMax.value;
    };
    constexpr std::string_view kRateRule = "must be above 0 and at most 1,000,000 CNY";
    if (!known(from.cny_per_hkd_e8())) return FaultText{"cny_per_hkd_e8", kRateRule};
    if (!known(from.cny_per_usd_e8())) return FaultText{"cny_per_usd_e8", kRateRule};
    rate.day = static_cast<std::int32_t>(*day);
    rate.cny_per_hkd = money::Rate{from.cny_per_hkd_e8()};
    rate.cny_per_usd = money::Rate{from.cny_per_usd_e8()};
    return std::nullopt;
}

void write_reference_rate(const core::ReferenceRate& rate, v1::ReferenceRate& to) {
    to.set_date(scheme::format_date(rate.day));
    to.set_cny_per_hkd_e8(rate.cny_per_hkd.value);
    to.set_cny_per_usd_e8(rate.cny_per_usd.value);
}

// Proxies.

std::optional<FaultText> read_proxy(scheme::Rail rail, const v1::Proxy& from, ProxyText& proxy) {
    const auto kind = scheme::proxy_kind_from_number(from.kind());
    if (!kind) return FaultText{"kind", "must be a kind of proxy: MOBILE, EMAIL or FPS_ID"};
    if (const auto rule = scheme::check_proxy(rail, *kind, from.value())) {
        return FaultText{"value", *rule};
    }
    proxy = {*kind, from.value(), scheme::proxy_hash(*kind, from.value())};
    return std::nullopt;
}

}  // namespace lowu::session
