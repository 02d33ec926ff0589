// Words that the contract and the cells share, both ways: rails, corridors, parameters, reference
// rates, proxies. Exists so that sessions and services read and write them alike. Judges what needs
// no state, and nothing else. Called by switch/session and switch/service; no state, any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"
#include "common/scheme/proxy.hpp"
#include "lowu/v1/types.pb.h"
#include "switch/core/parameters.hpp"
#include "switch/core/reference_rates.hpp"

namespace lowu::session {

/// Which field of the converted message is wrong ("participant"), and by which rule ("must be
/// ..."). Both are static.
struct FaultText {
    std::string_view field;
    std::string_view rule;

    friend constexpr bool operator==(const FaultText&, const FaultText&) = default;
};

/// Enums of the contract come as numbers: those of later versions reach validation. None when the
/// number is no rail.
[[nodiscard]] std::optional<scheme::Rail> read_rail(int rail);
[[nodiscard]] v1::Rail write_rail(scheme::Rail rail);

/// None when the two do not name a corridor together: DIRECTION_DOMESTIC goes with SERVICE_DOMESTIC
/// and with no other.
[[nodiscard]] std::optional<core::Corridor> read_corridor(int direction, int service);
[[nodiscard]] v1::Direction direction_of(core::Corridor corridor);
[[nodiscard]] v1::Service service_of(core::Corridor corridor);

/// A participant of a rail by its code, if there is one.
using FindParticipant =
    std::function<std::optional<core::ParticipantIndex>(scheme::Rail rail, scheme::AgentCode code)>;

/// Whether the cell has the parameter at that place, and takes the value, is the cell's to say.
[[nodiscard]] std::optional<FaultText> read_parameter(const v1::Parameter& from,
                                                      const FindParticipant& find_participant,
                                                      scheme::Rail& rail,
                                                      core::ParameterSetting& setting);
/// `participant` is the code behind the setting's index; empty when it has none. The setting is of
/// a known parameter.
void write_parameter(scheme::Rail rail, const core::ParameterSetting& setting,
                     std::string_view participant, v1::Parameter& to);

[[nodiscard]] std::optional<FaultText> read_reference_rate(const v1::ReferenceRate& from,
                                                           core::ReferenceRate& rate);
void write_reference_rate(const core::ReferenceRate& rate, v1::ReferenceRate& to);

/// A proxy that the directory of its rail can hold.
struct ProxyText {
    scheme::ProxyKind kind{};
    std::string value;  ///< As typed.
    Hash128 hash;       ///< By which the cells know it.
};

/// `rail` is the one whose directory is meant.
[[nodiscard]] std::optional<FaultText> read_proxy(scheme::Rail rail, const v1::Proxy& from,
                                                  ProxyText& proxy);

}  // namespace lowu::session
