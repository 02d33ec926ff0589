// The end of a process that broke one of its own rules. Called through LOWU_ASSERT only, on the
// thread that found out; uses write-through stdio because nothing else can be trusted any more.
#include "common/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace lowu {

void assertion_failed(const char* file, int line, const char* expression,
                      const char* why) noexcept {
    std::fprintf(stderr, "%s:%d: assertion failed: %s: %s\n", file, line, expression, why);
    std::fflush(stderr);
    std::abort();
}

}  // namespace lowu
