// crash_step() of the programs that are installed: nothing. See crash_step.hpp.
#include "common/base/crash_step.hpp"

namespace lowu {

void crash_step(CrashStep) noexcept {}

}  // namespace lowu
