// What a played scenario came to, for the terminal and for programs. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "simulator/play/play.hpp"

namespace lowu::simulator {

[[nodiscard]] std::string summary_text(const Played& played, const std::vector<std::string>& files);
[[nodiscard]] std::string summary_json(const Played& played, const std::vector<std::string>& files);

}  // namespace lowu::simulator
