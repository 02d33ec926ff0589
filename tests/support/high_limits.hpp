// The launch's scheme with limits of persons that generated traffic does not reach: they are
// counted all the same. Exists so that every test under load has the same. Any thread.
#pragma once

#include <string>

namespace lowu::test {

/// Lines of a switch's configuration, to follow the rest of it.
[[nodiscard]] inline std::string high_limits() {
    std::string text;
    for (const char* name : {"person_day_limit", "person_year_limit"}) {
        for (const char* place : {"rail: RAIL_FPS direction: DIRECTION_NORTHBOUND",
                                  "rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND"}) {
            text += "parameters { name: \"" + std::string(name) + "\" " + place +
                    " service: SERVICE_P2P_REMITTANCE value: 99999999999999999 }\n";
        }
    }
    return text;
}

}  // namespace lowu::test
