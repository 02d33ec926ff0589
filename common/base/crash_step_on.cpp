// crash_step() of the test variants: dies with SIGKILL where LOWU_CRASH_AT says. See
// crash_step.hpp. The plan is read before main, so that a mistake in it is not taken for a process
// that lived through its step. crash_step() may be called on any thread.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "common/base/crash_step.hpp"

namespace lowu {
namespace {

constexpr const char* kVariable = "LOWU_CRASH_AT";
constexpr int kExitBadPlan = 64;

struct Plan {
    CrashStep step{};
    std::uint64_t times = 0;  // 0: there is no plan
};

// Set by the handler of SIGUSR1, or from the start.
std::atomic<bool> armed{false};
std::atomic<std::uint64_t> reached{0};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

[[noreturn]] void refuse(std::string_view text) {
    std::fprintf(stderr, "%s=%.*s: it must be STEP:N or STEP:N:armed, N from 1; the steps are",
                 kVariable, static_cast<int>(text.size()), text.data());
    for (const CrashStep step : all_crash_steps()) {
        std::fprintf(stderr, " %s", name_of(step).data());
    }
    std::fprintf(stderr, "\n");
    std::_Exit(kExitBadPlan);
}

void arm_by_signal() {
    struct sigaction action {};
    action.sa_handler = [](int) { armed.store(true); };
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, nullptr);
}

Plan read_plan() {
    const char* const value = std::getenv(kVariable);
    if (value == nullptr) return {};
    const std::string_view text = value;
    std::string_view rest = text;
    const std::size_t colon = rest.find(':');
    const auto step = crash_step_named(rest.substr(0, colon));
    if (!step || colon == std::string_view::npos) refuse(text);
    rest.remove_prefix(colon + 1);
    Plan plan{.step = *step};
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), plan.times);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (error != std::errc() || plan.times == 0 || (!rest.empty() && rest != ":armed")) {
        refuse(text);
    }
    if (rest.empty()) {
        armed.store(true);
    } else {
        arm_by_signal();
    }
    std::fprintf(stderr, "crash step %s: this process will die\n", value);
    return plan;
}

const Plan plan = read_plan();

}  // namespace

void crash_step(CrashStep step) noexcept {
    if (plan.times == 0 || plan.step != step || !armed.load()) return;
    if (reached.fetch_add(1) + 1 != plan.times) return;
    std::fprintf(stderr, "crash step %s: reached\n", name_of(step).data());
    std::fflush(stderr);
    ::kill(::getpid(), SIGKILL);
    while (true) {
        ::pause();
    }
}

}  // namespace lowu
