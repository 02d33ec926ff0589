// Every planted bug is found by the judge it is meant for, within its seeds; without one the same
// program finds nothing; every judge is shown to fail by some bug; what is found can be shrunk and
// played again from what is printed; installed programs know nothing of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/planted/active.hpp"
#include "tests/planted/bugs.hpp"
#include "tests/simulation/shrink.hpp"

namespace lowu::planted {
namespace {

using simulator::Outcome;
using simulator::Plan;

/// The first seed whose run makes the bug's judge complain; 0: none of its seeds. Two runs at once.
std::uint64_t first_found(const Bug& bug) {
    std::atomic<std::uint64_t> next = bug.first_seed;
    std::atomic<std::uint64_t> found = bug.last_seed + 1;
    const auto work = [&] {
        while (true) {
            Plan plan;
            plan.seed = next++;
            if (plan.seed >= found.load()) return;
            plan.stop_at = bug.judge;
            for (const judges::Complaint& one : simulator::run(plan).complaints) {
                if (one.judge == bug.judge && plan.seed < found.load()) found = plan.seed;
            }
        }
    };
    std::thread other(work);
    work();
    other.join();
    return found > bug.last_seed ? 0 : found.load();
}

class PlantedBugs : public testing::Test {
protected:
    void TearDown() override { chosen = 0; }
};

TEST_F(PlantedBugs, AreNumberedAndJudgedByThoseWhoSit) {
    const std::vector<std::string> rules = judges::all_rules();
    std::set<std::string> shown;
    int number = 0;
    for (const Bug& bug : all_bugs()) {
        EXPECT_EQ(bug.number, ++number) << bug.name;
        EXPECT_THAT(rules, testing::Contains(std::string(bug.judge))) << bug.name;
        shown.insert(std::string(bug.judge));
    }
    for (const std::string& rule : rules)
        EXPECT_TRUE(shown.contains(rule)) << "no bug shows that this rule can fail: " << rule;
}

TEST_F(PlantedBugs, WithoutOneNothingIsFound) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Plan plan;
        plan.seed = seed;
        const Outcome outcome = simulator::run(plan);
        EXPECT_TRUE(outcome.complaints.empty()) << tell_failure(plan, outcome, "planted_seeds");
    }
}

TEST_F(PlantedBugs, EachIsFoundByItsJudge) {
    for (const Bug& bug : all_bugs()) {
        chosen = bug.number;
        const auto began = std::chrono::steady_clock::now();
        const std::uint64_t seed = first_found(bug);
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        std::printf("bug %2d  seed %3d  %5.2f s  %s\n", bug.number, static_cast<int>(seed), seconds,
                    std::string(bug.name).c_str());
        std::fflush(stdout);
        EXPECT_GT(seed, 0U) << "bug " << bug.number << " is not found by the judge \"" << bug.judge
                            << "\" within " << bug.last_seed << " seeds";
    }
}

/// Behind `option`, up to the blank or the end of the line.
std::string value_behind(const std::string& text, const std::string& option) {
    const std::size_t begin = text.rfind(option) + option.size();
    return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

TEST_F(PlantedBugs, OneIsShrunkAndPlayedAgainFromWhatIsPrinted) {
    const Bug& bug = all_bugs()[0];
    chosen = bug.number;
    Plan plan;
    plan.seed = first_found(bug);
    const simulator::Shrunk shrunk = simulator::shrink(plan, std::string(bug.judge));
    const std::string text = tell_shrunk(shrunk, "planted_seeds --bug 1");
    std::printf("%s", text.c_str());
    EXPECT_LE(shrunk.plan.only->size(), 6U);
    EXPECT_LT(shrunk.runs, simulator::kMaxShrinkRuns);
    EXPECT_THAT(text, testing::HasSubstr("  bank "));

    Plan again;
    again.seed = std::stoull(value_behind(text, "--seed "));
    again.only = simulator::parse_numbers(value_behind(text, "--only "));
    ASSERT_TRUE(again.only);
    const Outcome outcome = simulator::run(again);
    ASSERT_FALSE(outcome.complaints.empty());
    const auto same = [&](const judges::Complaint& one) {
        return one.judge == bug.judge && one.what == shrunk.complaint.what;
    };
    EXPECT_TRUE(std::any_of(outcome.complaints.begin(), outcome.complaints.end(), same));
    chosen = 0;
    EXPECT_TRUE(simulator::run(again).complaints.empty());
}

/// The name under which the linker knows what chooses a bug.
constexpr std::string_view kMark = "lowu7planted";

bool contains_mark(const std::filesystem::path& program) {
    std::ifstream from(program, std::ios::binary);
    std::string bytes(std::filesystem::file_size(program), '\0');
    from.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes.find(kMark) != std::string::npos;
}

TEST_F(PlantedBugs, AreInNoInstalledProgram) {
    const std::filesystem::path programs = LOWU_BIN_DIR;
    EXPECT_TRUE(contains_mark(programs / "planted_test"));
    for (const char* name : {"lowu", "lowu_switch", "lowu_log", "lowu_simulate", "bank_sim"}) {
        if (std::filesystem::exists(programs / name)) {
            EXPECT_FALSE(contains_mark(programs / name)) << name;
        }
    }
}

}  // namespace
}  // namespace lowu::planted
