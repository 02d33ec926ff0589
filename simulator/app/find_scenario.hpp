// Where scenarios lie: in the tree, or installed beside the program. Called by main; one thread.
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace lowu::simulator {

/// The file of a scenario: itself when `name` is a path, else that name in the folder of scenarios
/// below `share` (empty: as installed, or of the tree that the program was built in). kNotFound
/// lists the known ones.
[[nodiscard]] Result<std::string> find_scenario(const std::string& name, const std::string& share);

}  // namespace lowu::simulator
