// Words that contract and cells share come back equal, and what names nothing is told by field and
// rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "switch/session/convert.hpp"

namespace lowu::session {
namespace {

using core::Corridor;
using core::ParameterScope;
using core::ParticipantIndex;
using scheme::Direction;
using scheme::Rail;
using scheme::Service;
using testing::HasSubstr;

TEST(Convert, Rails) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps})
        EXPECT_EQ(read_rail(write_rail(rail)), rail);
    EXPECT_EQ(write_rail(Rail::kFps), v1::RAIL_FPS);
    EXPECT_EQ(write_rail(Rail::kIbps), v1::RAIL_IBPS);
    for (const int number : {0, v1::Rail_MAX + 1, -1})
        EXPECT_EQ(read_rail(number), std::nullopt);
}

TEST(Convert, Corridors) {
    std::set<std::pair<int, int>> places;
    for (std::uint8_t index = 0; index < core::kCorridors; ++index) {
        const Corridor corridor{index};
        EXPECT_EQ(read_corridor(direction_of(corridor), service_of(corridor)), corridor);
        places.emplace(direction_of(corridor), service_of(corridor));
    }
    EXPECT_EQ(places.size(), core::kCorridors);
    EXPECT_EQ(read_corridor(v1::DIRECTION_NORTHBOUND, v1::SERVICE_FEE_COLLECTION),
              core::corridor_of(Direction::kNorthbound, Service::kFeeCollection));
    EXPECT_EQ(read_corridor(v1::DIRECTION_SOUTHBOUND, v1::SERVICE_P2P_REMITTANCE),
              core::corridor_of(Direction::kSouthbound, Service::kP2pRemittance));
    for (int direction = -1; direction <= v1::Direction_MAX + 1; ++direction) {
        for (int service = -1; service <= v1::Service_MAX + 1; ++service) {
            EXPECT_EQ(read_corridor(direction, service).has_value(),
                      places.contains({direction, service}))
                << direction << " " << service;
        }
    }
}

/// Banks "012" on fps and "102100099996" on ibps, the eighth of their rails.
std::optional<ParticipantIndex> find_bank(Rail rail, scheme::AgentCode code) {
    const char* const known = rail == Rail::kFps ? "012" : "102100099996";
    if (scheme::format_agent_code(code) != known) return std::nullopt;
    return ParticipantIndex{7};
}

TEST(Convert, EveryParameterComesBackFromEveryPlace) {
    int places = 0;
    for (const core::ParameterRow& row : core::parameter_table()) {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            for (std::uint8_t index = 0; index < core::kCorridors; ++index) {
                for (const bool own : {false, true}) {
                    const Corridor corridor{index};
                    if (row.scope == ParameterScope::kRail && index != 0) continue;
                    const core::ParameterSetting setting{
                        {row.id, corridor, own ? ParticipantIndex{7} : core::kNoParticipant},
                        own ? core::kNoOwnValue : row.highest};
                    const char* const bank = rail == Rail::kFps ? "012" : "102100099996";
                    v1::Parameter written;
                    write_parameter(rail, setting, own ? bank : "", written);
                    Rail read_rail{};
                    core::ParameterSetting read;
                    EXPECT_EQ(read_parameter(written, find_bank, read_rail, read), std::nullopt);
                    EXPECT_EQ(read, setting) << written.ShortDebugString();
                    EXPECT_EQ(read_rail, rail);
                    ++places;
                }
            }
        }
    }
    EXPECT_GT(places, 300);
}

TEST(Convert, WritingLeavesNothingOfTheMessageBefore) {
    v1::Parameter parameter;
    write_parameter(
        Rail::kFps,
        {{core::ParameterId::kOpensAt, core::kDomesticCorridor, ParticipantIndex{7}}, 60}, "012",
        parameter);
    EXPECT_EQ(parameter.direction(), v1::DIRECTION_DOMESTIC);
    EXPECT_EQ(parameter.service(), v1::SERVICE_DOMESTIC);
    write_parameter(Rail::kIbps, {{core::ParameterId::kCreationSkew, Corridor{}}, 0}, "",
                    parameter);
    v1::Parameter fresh;
    fresh.set_name("creation_skew_ms");
    fresh.set_rail(v1::RAIL_IBPS);
    EXPECT_EQ(parameter.SerializeAsString(), fresh.SerializeAsString());
}

v1::Parameter hours_of_a_bank() {
    v1::Parameter parameter;
    parameter.set_name("opens_at_minute");
    parameter.set_rail(v1::RAIL_IBPS);
    parameter.set_direction(v1::DIRECTION_SOUTHBOUND);
    parameter.set_service(v1::SERVICE_P2P_REMITTANCE);
    parameter.set_participant("102100099996");
    parameter.set_value(480);
    return parameter;
}

template <class Change>
FaultText fault_after(v1::Parameter parameter, Change change) {
    change(parameter);
    Rail rail{};
    core::ParameterSetting setting;
    return read_parameter(parameter, find_bank, rail, setting).value_or(FaultText{});
}

TEST(Convert, AParameterThatNamesNothingIsToldByField) {
    using Parameter = v1::Parameter;
    const auto field = [](auto change) { return fault_after(hours_of_a_bank(), change).field; };
    EXPECT_EQ(field([](Parameter&) {}), "");
    EXPECT_EQ(field([](Parameter& one) { one.set_name("opens_at"); }), "name");
    EXPECT_EQ(field([](Parameter& one) { one.set_name(""); }), "name");
    EXPECT_EQ(field([](Parameter& one) { one.clear_rail(); }), "rail");
    EXPECT_EQ(field([](Parameter& one) { one.set_rail(static_cast<v1::Rail>(9)); }), "rail");
    EXPECT_EQ(field([](Parameter& one) { one.clear_direction(); }), "direction");
    EXPECT_EQ(field([](Parameter& one) { one.set_direction(static_cast<v1::Direction>(9)); }),
              "direction");
    EXPECT_EQ(field([](Parameter& one) { one.clear_service(); }), "service");
    EXPECT_EQ(field([](Parameter& one) { one.set_service(v1::SERVICE_DOMESTIC); }), "service");
    EXPECT_EQ(field([](Parameter& one) { one.set_direction(v1::DIRECTION_DOMESTIC); }), "service");
    EXPECT_EQ(field([](Parameter& one) { one.set_participant("012"); }), "participant")
        << "a bank of the other rail";
    EXPECT_EQ(field([](Parameter& one) { one.set_participant("no code"); }), "participant");
    EXPECT_THAT(
        fault_after(hours_of_a_bank(), [](Parameter& one) { one.set_participant("004"); }).rule,
        HasSubstr("participant of the rail"));
}

TEST(Convert, AParameterOfTheRailHasNoCorridor) {
    using Parameter = v1::Parameter;
    v1::Parameter deadline;
    deadline.set_name("payee_deadline_ms");
    deadline.set_rail(v1::RAIL_FPS);
    EXPECT_EQ(fault_after(deadline, [](Parameter&) {}), FaultText{});
    EXPECT_EQ(
        fault_after(deadline, [](Parameter& one) { one.set_direction(v1::DIRECTION_NORTHBOUND); })
            .field,
        "direction");
    EXPECT_EQ(
        fault_after(deadline, [](Parameter& one) { one.set_service(v1::SERVICE_DOMESTIC); }).field,
        "service");
}

TEST(Convert, WhetherTheCellTakesAValueIsTheCellsToSay) {
    using Parameter = v1::Parameter;
    EXPECT_EQ(fault_after(hours_of_a_bank(), [](Parameter& one) { one.set_value(INT64_MIN); }),
              FaultText{});
    EXPECT_EQ(
        fault_after(hours_of_a_bank(), [](Parameter& one) { one.set_name("person_year_limit"); }),
        FaultText{})
        << "banks have no own value of it";
}

TEST(Convert, ReferenceRates) {
    const core::ReferenceRate rate{20'261, core::Rate{91'000'000}, core::Rate{717'000'000}};
    v1::ReferenceRate written;
    write_reference_rate(rate, written);
    EXPECT_EQ(written.date(), "2025-06-22");
    core::ReferenceRate read;
    EXPECT_EQ(read_reference_rate(written, read), std::nullopt);
    EXPECT_EQ(read, rate);
    const auto field = [&](auto change) {
        v1::ReferenceRate changed = written;
        change(changed);
        core::ReferenceRate ignored;
        return read_reference_rate(changed, ignored).value_or(FaultText{}).field;
    };
    using Wire = v1::ReferenceRate;
    const std::int64_t most = money::kRateMax.value;
    EXPECT_EQ(field([](Wire& one) { one.set_date("2025-06-31"); }), "date");
    EXPECT_EQ(field([](Wire& one) { one.set_date("2025-06-22 09:00"); }), "date");
    EXPECT_EQ(field([](Wire& one) { one.set_date(""); }), "date");
    EXPECT_EQ(field([](Wire& one) { one.set_cny_per_hkd_e8(0); }), "cny_per_hkd_e8");
    EXPECT_EQ(field([&](Wire& one) { one.set_cny_per_hkd_e8(most + 1); }), "cny_per_hkd_e8");
    EXPECT_EQ(field([&](Wire& one) { one.set_cny_per_hkd_e8(most); }), "");
    EXPECT_EQ(field([](Wire& one) { one.set_cny_per_usd_e8(-1); }), "cny_per_usd_e8");
    EXPECT_EQ(field([&](Wire& one) { one.set_cny_per_usd_e8(most + 1); }), "cny_per_usd_e8");
}

TEST(Convert, Proxies) {
    const auto read = [](Rail rail, v1::ProxyKind kind, const std::string& value) {
        v1::Proxy wire;
        wire.set_kind(kind);
        wire.set_value(value);
        ProxyText proxy;
        const auto fault = read_proxy(rail, wire, proxy);
        if (fault) return std::string(fault->field);
        EXPECT_EQ(static_cast<int>(proxy.kind), kind);
        EXPECT_EQ(proxy.value, value) << "as typed";
        EXPECT_EQ(proxy.hash, scheme::proxy_hash(proxy.kind, value));
        return std::string();
    };
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_MOBILE, "+852-9123(4567)"), "");
    EXPECT_EQ(read(Rail::kIbps, v1::PROXY_KIND_MOBILE, "+86-13800138000"), "");
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_EMAIL, "Tai.Man@Example.HK"), "");
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_FPS_ID, "1234567"), "");
    EXPECT_EQ(read(Rail::kIbps, v1::PROXY_KIND_EMAIL, "a@b.hk"), "value");
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_MOBILE, "+852-"), "value");
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_FPS_ID, ""), "value");
    EXPECT_EQ(read(Rail::kFps, v1::PROXY_KIND_UNSPECIFIED, "1234567"), "kind");
    EXPECT_EQ(read(Rail::kFps, static_cast<v1::ProxyKind>(4), "1234567"), "kind");
}

}  // namespace
}  // namespace lowu::session
