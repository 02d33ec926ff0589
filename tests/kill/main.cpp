// lowu_kill_test: reads flags, plays a campaign of kills on real processes, writes the report. The
// exit code says whether nothing was lost. See README.md.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tests/kill/campaign.hpp"

namespace lowu::killing {
namespace {

namespace fs = std::filesystem;

constexpr int kExitClean = 0;
constexpr int kExitFound = 1;
constexpr int kExitUsage = 2;

/// Shorter than the longest pause, so that some make the switch doubt its clock.
constexpr const char* kClockJumpMs = "1500";

/// The smallest there may be: a segment begins, and goes, several times a minute and not once.
constexpr const char* kSegmentMib = "17";

struct Flags {
    std::uint64_t seed = 1;
    std::uint64_t rounds = 0;
    std::int64_t minutes = 0;
    std::int64_t payments = 2'000;
    std::string report;
    std::string directory;
    std::string programs = LOWU_BIN_DIR;
    std::vector<std::string> steps;
    std::vector<std::string> switch_arguments;
    bool all_steps = false;
    bool steps_only = false;
    bool no_bank_kills = false;
    bool keep = false;
    bool plan = false;
};

void add_options(CLI::App& cli, Flags& flags) {
    cli.add_option("--seed", flags.seed, "makes the run: which process, how and when")
        ->capture_default_str();
    cli.add_option("--rounds", flags.rounds, "so many faults; 0: one cycle, or --minutes");
    cli.add_option("--minutes", flags.minutes, "no round begins after so many minutes")
        ->check(CLI::Range(0, 100'000));
    cli.add_option("--payments", flags.payments,
                   "a side sends so many at once, and again while a round needs them")
        ->check(CLI::Range(500, 100'000))
        ->capture_default_str();
    cli.add_option("--report", flags.report, "writes the report here as JSON, too");
    cli.add_option("--steps", flags.steps, "only these named steps; none: every step")
        ->delimiter(',');
    cli.add_flag("--all-steps", flags.all_steps,
                 "fail when a named step was never met with enough payments in flight; without "
                 "--rounds and --minutes, end when all were");
    cli.add_flag("--steps-only", flags.steps_only, "no faults at random");
    cli.add_flag("--no-bank-kills", flags.no_bank_kills,
                 "the banks keep no log of their own and are not killed");
    cli.add_option("--dir", flags.directory,
                   "a folder on the disk to use, made when missing; else the temporary one");
    cli.add_option("--programs", flags.programs, "where the built programs are");
    cli.add_option("--switch-argument", flags.switch_arguments, "given to the switch as it is");
    cli.add_flag("--plan", flags.plan, "only says what would be done in --rounds, or a cycle");
    cli.add_flag("--keep", flags.keep, "keeps the folder of the run");
}

std::string make_folder(const Flags& flags) {
    const fs::path base =
        flags.directory.empty() ? fs::temp_directory_path() : fs::path(flags.directory);
    std::error_code failed;
    fs::create_directories(base, failed);
    if (failed) return {};
    std::string pattern = (base / "lowu-kill-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
}

/// Nothing when a name is none of a step's.
std::optional<std::vector<CrashStep>> steps_of(const Flags& flags) {
    std::vector<CrashStep> steps;
    for (const std::string& name : flags.steps) {
        const auto step = crash_step_named(name);
        if (!step) {
            std::cerr << "--steps: there is no step " << name << "\n";
            return std::nullopt;
        }
        steps.push_back(*step);
    }
    if (!steps.empty()) return steps;
    for (const CrashStep step : all_crash_steps()) {
        if (!flags.no_bank_kills || !is_step_of_bank(step)) steps.push_back(step);
    }
    return steps;
}

CampaignSettings settings_of(const Flags& flags, const Plan& plan,
                             const std::vector<CrashStep>& steps) {
    CampaignSettings settings;
    settings.rounds = flags.rounds;
    settings.time = std::chrono::minutes(flags.minutes);
    settings.trial.seed = flags.seed;
    settings.trial.payments = flags.payments;
    if (flags.rounds == 0 && flags.minutes == 0) {
        settings.until_met = flags.all_steps;
        // A step that is missed comes up again in the next cycle.
        settings.rounds = plan.cycle() * (flags.all_steps ? 3 : 1);
    }
    if (flags.all_steps) settings.wanted = steps;
    return settings;
}

Plan plan_of(const Flags& flags, const std::vector<CrashStep>& steps) {
    return Plan({flags.seed, steps, !flags.no_bank_kills, !flags.steps_only});
}

int say_plan(const Flags& flags, const std::vector<CrashStep>& steps) {
    Plan plan = plan_of(flags, steps);
    const std::uint64_t rounds = flags.rounds == 0 ? plan.cycle() : flags.rounds;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        const Round& round = plan.at(i);
        std::cout << i << ": " << name_of(round.victim) << " " << name_of(round.fault);
        if (round.fault == Fault::kStep) {
            std::cout << " " << lowu::name_of(round.step) << ":" << round.occurrence;
        }
        std::cout << "\n";
    }
    return kExitClean;
}

int play(const Flags& flags, const std::string& folder, const std::vector<CrashStep>& steps) {
    Plan plan = plan_of(flags, steps);
    FireSettings fire;
    fire.folder = folder;
    fire.programs = flags.programs;
    fire.bank_logs = !flags.no_bank_kills;
    fire.switch_arguments = {"--clock-jump-ms", kClockJumpMs, "--segment-mib", kSegmentMib};
    fire.switch_arguments.insert(fire.switch_arguments.end(), flags.switch_arguments.begin(),
                                 flags.switch_arguments.end());
    const CampaignSettings settings = settings_of(flags, plan, steps);
    Tally tally;
    const auto began = std::chrono::steady_clock::now();
    std::cout << "seed " << flags.seed << ", folder " << folder << std::endl;
    SchemeUnderFire scheme(fire);
    const bool whole = Campaign(scheme, plan, settings, tally).run();
    Tally::Frame frame{flags.seed, 0, settings.wanted};
    frame.seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began)
            .count();
    std::cout << "\n" << tally.text(frame);
    if (!flags.report.empty()) test::write_file(flags.report, tally.json(frame));
    const bool clean = whole && tally.clean() && tally.never_met(settings.wanted).empty();
    std::cout << (clean ? "NOTHING LOST\n" : "FAILED\n") << std::flush;
    return clean ? kExitClean : kExitFound;
}

}  // namespace
}  // namespace lowu::killing

int main(int argc, char** argv) {
    lowu::killing::Flags flags;
    CLI::App cli(
        "Kills, stops and cuts off a switch and its banks under load, and judges the books.");
    cli.footer("Example: lowu_kill_test --seed 7 --minutes 60 --all-steps --report kill.json");
    lowu::killing::add_options(cli, flags);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return cli.exit(error) == 0 ? lowu::killing::kExitClean : lowu::killing::kExitUsage;
    }
    const auto steps = lowu::killing::steps_of(flags);
    if (!steps) return lowu::killing::kExitUsage;
    if (flags.plan) return lowu::killing::say_plan(flags, *steps);
    const std::string folder = lowu::killing::make_folder(flags);
    if (folder.empty()) {
        std::cerr << "no folder can be made in " << flags.directory << "\n";
        return lowu::killing::kExitUsage;
    }
    const int code = lowu::killing::play(flags, folder, *steps);
    // A failed run's folder is what is left of it to look at.
    if (code == lowu::killing::kExitClean && !flags.keep) {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    } else {
        std::cout << "Kept: " << folder << "\n";
    }
    return code;
}
