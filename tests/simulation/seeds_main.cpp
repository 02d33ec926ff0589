// simulation_seeds: runs many seeds, on all processors, and tells how it goes. Called by ctest with
// a few hundred seeds and by people for hours; plays a printed trace again. Linked once more with
// the planted bugs (tests/planted), one of which it then switches on. Each run has a thread of its
// own.
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/simulation/seeds_main.hpp"
#include "tests/simulation/shrink.hpp"

namespace lowu::simulator {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// A summary of fewer runs says nothing about what was never tried.
constexpr std::uint64_t kEnoughRuns = 50;
/// So many failures are shrunk; then it stops.
constexpr int kFailuresMax = 3;
constexpr auto kProgressEvery = std::chrono::seconds(10);

constexpr const char* kUsage =
    "[--seed S | --seeds [FIRST-]LAST] [--only 3,17,57-60]%s [--minutes M] [--jobs J]\n"
    "  --seed S        one seed; with --only just these items of its plan\n"
    "  --seeds 9-300   all of them; --seeds 300 is 1-300, which is also what nothing means\n"
    "  --minutes M     on and on from the first seed, for so long\n"
    "  --jobs J        runs at once; else one on each processor\n";

struct Options {
    std::uint64_t first = 1;
    std::uint64_t last = 300;
    std::optional<std::vector<std::uint32_t>> only;
    std::optional<std::uint64_t> minutes;
    std::uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
};

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// False when the value is none.
bool take_option(std::string_view name, const std::string& value, Options& options) {
    if (name == "--only") {
        options.only = parse_numbers(value);
        return options.only.has_value();
    }
    const std::size_t dash = name == "--seeds" ? value.find('-') : std::string::npos;
    const auto number = number_of(dash == std::string::npos ? value : value.substr(dash + 1));
    if (!number) return false;
    if (name == "--seed") {
        options.first = options.last = *number;
    } else if (name == "--seeds") {
        const auto first = dash == std::string::npos ? 1 : number_of(value.substr(0, dash));
        if (!first || *first > *number) return false;
        options.first = *first;
        options.last = *number;
    } else if (name == "--minutes") {
        options.minutes = *number;
    } else if (name == "--jobs" && *number > 0) {
        options.jobs = *number;
    } else {
        return choose_variant(name, *number);
    }
    return true;
}

std::optional<Options> options_of(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count || !take_option(arguments[i], arguments[i + 1], options)) {
            return std::nullopt;
        }
    }
    return options;
}

/// All runs, and what they came to.
class Seeds {
public:
    Seeds(const Options& options, std::string program)
        : options_(options), program_(std::move(program)), next_(options.first) {}

    int run() {
        std::vector<std::thread> workers;
        for (std::uint64_t i = 0; i < options_.jobs; ++i)
            workers.emplace_back([this] { work(); });
        for (std::thread& worker : workers)
            worker.join();
        return summary();
    }

private:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(SteadyClock::now() - began_).count();
    }
    [[nodiscard]] bool more(std::uint64_t seed) const {
        if (failures_ >= kFailuresMax) return false;
        if (!options_.minutes) return seed <= options_.last;
        return seconds() < static_cast<double>(*options_.minutes) * 60;
    }

    void work() {
        while (true) {
            Plan plan;
            plan.seed = next_++;
            plan.only = options_.only;
            if (!more(plan.seed)) return;
            const Outcome outcome = simulator::run(plan);
            const std::lock_guard guard(mutex_);
            ++runs_;
            sum_.add(outcome.counts);
            if (!outcome.complaints.empty()) fail(plan, outcome);
            if (SteadyClock::now() - told_ >= kProgressEvery) tell_progress();
        }
    }

    void fail(const Plan& plan, const Outcome& outcome) {
        if (++failures_ > kFailuresMax) return;
        std::printf("%s", tell_failure(plan, outcome, program_).c_str());
        std::fflush(stdout);
        const Shrunk shrunk = shrink(plan, outcome.complaints.front().judge);
        std::printf("%s\n", tell_shrunk(shrunk, program_).c_str());
        std::fflush(stdout);
    }

    void tell_progress() {
        told_ = SteadyClock::now();
        std::printf("%llu seeds in %.0f s, %.1f a second, %d failed\n",
                    static_cast<unsigned long long>(runs_), seconds(),
                    static_cast<double>(runs_) / seconds(), failures_.load());
        std::fflush(stdout);
    }

    int summary() {
        tell_progress();
        std::printf("%s\n", describe(sum_).c_str());
        if (failures_ > 0) return 1;
        if (runs_ < kEnoughRuns) return 0;
        // What is never tried is not shown.
        const std::vector<std::string> missing = never_tried(sum_);
        for (const std::string& what : missing)
            std::printf("too little was tried: %s\n", what.c_str());
        return missing.empty() ? 0 : 1;
    }

    const Options options_;
    const std::string program_;
    const SteadyClock::time_point began_ = SteadyClock::now();
    std::atomic<std::uint64_t> next_;
    std::atomic<int> failures_ = 0;
    std::mutex mutex_;  ///< Of what follows, and of the output.
    SteadyClock::time_point told_ = began_;
    std::uint64_t runs_ = 0;
    Counts sum_;
};

}  // namespace
}  // namespace lowu::simulator

int main(int count, char** arguments) {
    const auto options = lowu::simulator::options_of(count, arguments);
    if (!options) {
        std::fprintf(stderr, "usage: %s ", arguments[0]);
        std::fprintf(stderr, lowu::simulator::kUsage, lowu::simulator::variant_usage());
        return 2;
    }
    const std::string program = arguments[0] + lowu::simulator::variant_options();
    const int status = lowu::simulator::Seeds(*options, program).run();
    // Runs that an assertion has ended stand still for good: nothing is taken apart under them.
    std::fflush(nullptr);
    std::_Exit(status);
}
