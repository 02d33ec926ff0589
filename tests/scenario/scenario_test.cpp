// Runs every file of scenarios/ in every link mode. At once: the transcript must be the file's.
// Delayed and restarted: the outcome must be the same. After every step all invariants hold, and at
// the end a replay of all commands gives the same digests. LOWU_REWRITE=1 writes the transcripts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenario/player.hpp"
#include "tests/scenario/script.hpp"

namespace lowu::scenario {
namespace {

/// Runs in delayed mode, each from its own seed.
constexpr std::uint64_t kDelayedRuns = 12;

std::filesystem::path folder() {
    return std::filesystem::path(LOWU_SOURCE_DIR) / "tests" / "scenario" / "scenarios";
}

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

std::string in_words(const support::Violations& violations) {
    std::string text;
    for (const support::Violation& one : violations) {
        text += std::string(one.invariant) + " (" + std::string(scheme::to_string(one.rail)) +
                ", " + scheme::format_uetr(one.uetr) + "): " + one.what + "\n";
    }
    return text;
}

/// Performs all steps; the outputs, one a block. Stops at the first line that cannot be performed.
std::vector<std::vector<std::string>> run(const std::vector<Block>& blocks, Player& player) {
    std::vector<std::vector<std::string>> outputs;
    for (const Block& block : blocks) {
        player.begin_block();
        for (const Step& step : block.steps) {
            const auto done = player.perform(step.text);
            if (!done) {
                ADD_FAILURE() << "line " << step.line_number << ": " << step.text << "\n"
                              << done.error().what;
                return outputs;
            }
            if (player.world() == nullptr) continue;
            const auto violations = support::check_all(player.world()->view());
            if (!violations.empty()) {
                ADD_FAILURE() << "line " << step.line_number << ": " << step.text << "\n"
                              << in_words(violations);
                return outputs;
            }
        }
        outputs.push_back(player.take_output());
    }
    EXPECT_TRUE(player.restarts_agree()) << "replay after a restart gives another state";
    if (player.world() != nullptr) {
        EXPECT_TRUE(player.world()->replays()) << "replay gives another digest";
    }
    return outputs;
}

class ScenarioTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        path_ = folder() / (GetParam() + ".txt");
        blocks_ = parse_script(read(path_));
        ASSERT_FALSE(blocks_.empty()) << "an empty scenario";
        ASSERT_FALSE(blocks_.back().steps.empty());
        ASSERT_EQ(blocks_.back().steps.back().text, "outcome")
            << "a scenario ends with its outcome";
        ASSERT_EQ(blocks_.back().steps.size(), 1U) << "the outcome is a block of its own";
    }

    void expect_outcome(LinkMode mode, std::uint64_t seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Player player(mode, seed);
        const auto outputs = run(blocks_, player);
        ASSERT_EQ(outputs.size(), blocks_.size());
        EXPECT_EQ(join(outputs.back()), join(blocks_.back().expected));
    }

    std::filesystem::path path_;
    std::vector<Block> blocks_;
};

TEST_P(ScenarioTest, LinkAtOnce) {
    Player player(LinkMode::kAtOnce, 0);
    const auto outputs = run(blocks_, player);
    ASSERT_EQ(outputs.size(), blocks_.size());
    if (std::getenv("LOWU_REWRITE") != nullptr) {
        std::ofstream(path_) << write_script(blocks_, outputs);
        return;
    }
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        EXPECT_EQ(join(outputs[i]), join(blocks_[i].expected))
            << "after line " << (blocks_[i].steps.empty() ? 0 : blocks_[i].steps.back().line_number)
            << " of " << path_.filename();
    }
}

TEST_P(ScenarioTest, LinkDelayedRepeatedAndCut) {
    for (std::uint64_t seed = 1; seed <= kDelayedRuns && !HasFailure(); ++seed)
        expect_outcome(LinkMode::kDelayed, seed);
}

TEST_P(ScenarioTest, SwitchRestartedAfterEveryStep) {
    expect_outcome(LinkMode::kRestarted, 0);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioTest, testing::ValuesIn(scenario_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace lowu::scenario
