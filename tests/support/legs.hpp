// What both files of invariants ask about legs. Stateless, any thread.
#pragma once

#include <map>

#include "tests/support/scheme_view.hpp"

namespace lowu::support {

[[nodiscard]] inline bool is_pending(const LegView& leg) {
    return !core::is_final(leg.state);
}

using LegsByUetr = std::map<scheme::Uetr, const LegView*>;

/// The first of each UETR.
[[nodiscard]] inline LegsByUetr by_uetr(const RailView& rail) {
    LegsByUetr legs;
    for (const LegView& leg : rail.legs)
        legs.emplace(leg.uetr, &leg);
    return legs;
}

}  // namespace lowu::support
