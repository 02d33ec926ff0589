// Assertions that end a run instead of the process; see assertion_hook.hpp.
#include "tests/simulation/assertion_hook.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu {
namespace {

thread_local std::function<void(std::string)> hook;

}  // namespace

void simulator::on_assertion(std::function<void(std::string what)> run) {
    hook = std::move(run);
}

void assertion_failed(const char* file, int line, const char* expression,
                      const char* why) noexcept {
    const std::string what = std::string(file) + ":" + std::to_string(line) +
                             ": assertion failed: " + expression + ": " + why;
    // What the hook itself breaks ends the process.
    if (const auto run = std::exchange(hook, nullptr)) run(what);
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

}  // namespace lowu
