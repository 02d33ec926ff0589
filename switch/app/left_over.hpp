// What is left of a switch whose log has gone: snapshots, an archive. A new log beside them would
// look as if nothing had ever been there. Asked by the switch before it makes a log, and by
// lowu_log; main threads.
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace lowu::app {

/// Of a switch's directory without a log. kInvalid, with what to do, when there are snapshots or an
/// archive; changes nothing.
[[nodiscard]] Result<void> check_nothing_left(const std::string& directory);

}  // namespace lowu::app
