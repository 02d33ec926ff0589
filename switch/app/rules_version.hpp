// Which rules this program follows, for the programs of this folder and for tests of logs.
#pragma once

#include <cstdint>

namespace lowu::app {

/// What the rules are worth to a log: replay never crosses a change of this number. Whatever
/// changes outcomes changes it; tests/golden/README.md says what else is due then.
inline constexpr std::uint32_t kRulesVersion = 5;

}  // namespace lowu::app
