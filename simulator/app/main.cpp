// lowu_simulate: plays a scenario on virtual time and writes its report. Started by people and by
// `lowu simulate`, which becomes this program. One thread.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>

#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/institutions.hpp"
#include "simulator/app/find_scenario.hpp"
#include "simulator/app/summary.hpp"
#include "simulator/report/write.hpp"
#include "simulator/scenario/load.hpp"

// Read by jemalloc: customers and payments are looked up at random in some hundred megabytes, and
// large pages spare a tenth of the time.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always";
}

namespace {

namespace simulator = lowu::simulator;

// As lowu's (client/exit_code.hpp).
constexpr int kDone = 0;
constexpr int kEnvironment = 1;
constexpr int kUsage = 2;
constexpr int kDiffers = 5;

constexpr const char* kFooter =
    "\n"
    "SCENARIO is the name of a file in simulator/scenarios (launch-day, first-year, bad-day,\n"
    "example) or the path of another one; example.txtpb explains every field. The same scenario\n"
    "and seed come to the same digest, on every machine.\n"
    "\n"
    "Examples:\n"
    "  lowu simulate launch-day --out report\n"
    "  lowu simulate first-year --volume-permille 100\n"
    "  lowu simulate bad-day --seed 7 --json\n"
    "\n"
    "Exit codes: 0 everything is final and all books are closed; 1 there is no such scenario, or\n"
    "a file cannot be written; 2 wrong usage, or a scenario that cannot be played; 5 a payment "
    "has\n"
    "no end or books differ: what is said, and the report is written all the same.\n";

struct Options {
    std::string scenario;
    simulator::Overrides overrides;
    std::string out;
    std::string share;
    bool json = false;
};

std::int64_t cpu_ms() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval& time) {
        return std::int64_t{time.tv_sec} * 1'000 + time.tv_usec / 1'000;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

// On a terminal's standard error, every few seconds.
class ProgressLine {
public:
    void tell(const simulator::PlayProgress& progress) {
        const auto now = std::chrono::steady_clock::now();
        if (!terminal_ || now - told_ < std::chrono::seconds(2)) return;
        told_ = now;
        const std::int64_t percent =
            progress.total == 0 ? 100 : progress.orders * 100 / progress.total;
        std::cerr << "\r" << lowu::scheme::format_utc8(progress.at).substr(0, 16) << "  "
                  << progress.orders << " of " << progress.total << " orders, " << percent << " %"
                  << std::flush;
        shown_ = true;
    }
    void end() {
        if (shown_) std::cerr << "\n";
    }

private:
    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
    bool shown_ = false;
};

int fail(const lowu::Error& error) {
    std::cerr << "lowu simulate: " << error.what << std::endl;
    return error.kind == lowu::Error::Kind::kInvalid ? kUsage : kEnvironment;
}

int simulate(const Options& options) {
    const auto file = simulator::find_scenario(options.scenario, options.share);
    if (!file.ok()) return fail(file.error());
    const auto scenario = simulator::load_scenario(*file, options.overrides);
    if (!scenario.ok()) return fail(scenario.error());
    const auto started = std::chrono::steady_clock::now();
    ProgressLine line;
    auto played =
        simulator::play(*scenario, {std::filesystem::path(*file).stem().string(),
                                    [&line](const auto& progress) { line.tell(progress); }});
    line.end();
    if (!played.ok()) {
        return fail({played.error().kind, *file + ": " + played.error().what});
    }
    played->report.setup.head.digest = lowu::to_hex(played->digest);
    played->report.effort = {cpu_ms(), std::chrono::duration_cast<std::chrono::milliseconds>(
                                           std::chrono::steady_clock::now() - started)
                                           .count()};
    std::vector<std::string> files;
    if (!options.out.empty()) {
        auto written = lowu::report::write_report(played->report, options.out);
        if (!written.ok()) return fail(written.error());
        for (const std::string& name : *written)
            files.push_back((std::filesystem::path(options.out) / name).string());
    }
    std::cout << (options.json ? summary_json(*played, files) : summary_text(*played, files))
              << std::flush;
    for (const std::string& wrong : played->wrong)
        std::cerr << "lowu simulate: " << wrong << "\n";
    return played->wrong.empty() ? kDone : kDiffers;
}

void add_options(CLI::App& app, Options& options) {
    app.add_option("scenario", options.scenario, "name or path of a scenario")->required();
    app.add_option("--seed", options.overrides.seed, "instead of the scenario's own")
        ->check(CLI::Range(std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()));
    app.add_option("--volume-permille", options.overrides.volume_permille,
                   "play only so much of every volume, of 1,000")
        ->check(CLI::Range(1, 1'000));
    app.add_option("--days", options.overrides.days, "play only the first days")
        ->check(CLI::PositiveNumber);
    app.add_option("--out", options.out, "folder for report.html, report.json and CSV tables");
    app.add_option("--share", options.share, "folder with simulator/scenarios");
    app.add_flag("--json", options.json, "the summary as one JSON document");
    app.footer(kFooter);
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Plays the whole scheme on virtual time: cells, engine, banks, customers, faults.",
                 "lowu simulate");
    add_options(app, options);
    try {
        app.parse(argc, argv);
        if (const auto verified = lowu::scheme::verify_institutions(); !verified.ok()) {
            return fail(verified.error());
        }
        return simulate(options);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    } catch (const std::exception& error) {
        std::cerr << "lowu simulate: " << error.what() << std::endl;
        return kEnvironment;
    }
}
