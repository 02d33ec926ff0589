// SmallLog under the name that unit tests know it by; it is part of the simulated world.
#pragma once

#include "simulator/world/small_log.hpp"

namespace lowu::support {

using simulator::kSmallBatchBytes;
using simulator::SmallLog;

}  // namespace lowu::support
