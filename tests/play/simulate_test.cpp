// The program: `lowu simulate` twice with the same digest, another seed with another, its files and
// its exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace lowu::test {
namespace {

using ::testing::HasSubstr;

const std::string kProgram = LOWU_BIN_DIR "/lowu";

Finished simulate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {kProgram, "simulate"});
    return run(std::move(arguments));
}

nlohmann::json summary(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"launch-day", "--volume-permille", "20", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished finished = simulate(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    return nlohmann::json::parse(finished.output);
}

TEST(Simulate, TheSameSeedComesToTheSameDigest) {
    const nlohmann::json once = summary();
    EXPECT_EQ(once["digest"], summary()["digest"]);
    EXPECT_NE(once["digest"], summary({"--seed", "7"})["digest"]);
    EXPECT_EQ(once["settled"], 138 + 380);  // A fiftieth of what was published.
    EXPECT_EQ(once["ordered"], once["settled"].get<int>() + once["refused"].get<int>());
    EXPECT_TRUE(once["wrong"].empty());
}

TEST(Simulate, WritesItsReport) {
    const TempDirectory folder;
    const nlohmann::json told = summary({"--out", folder.file("report")});
    EXPECT_EQ(told["files"].size(), 9U);
    for (const std::string name : {"report.html", "report.json", "payments.csv"})
        EXPECT_TRUE(std::filesystem::exists(folder.file("report/" + name))) << name;
    const auto report = nlohmann::json::parse(read_file(folder.file("report/report.json")));
    EXPECT_EQ(report["head"]["digest"], told["digest"]);
}

TEST(Simulate, SaysWhatIsWrongWithItsArguments) {
    const Finished unknown = simulate({"no-such-day"});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_THAT(unknown.errors, HasSubstr("launch-day"));
    EXPECT_EQ(simulate({"launch-day", "--days", "0"}).exit_code, 2);
    EXPECT_EQ(simulate({}).exit_code, 2);
    const TempDirectory folder;
    write_file(folder.file("broken.txtpb"), "title: \"x\" days: 0");
    const Finished broken = simulate({folder.file("broken.txtpb")});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_THAT(broken.errors, HasSubstr("broken.txtpb"));
    EXPECT_THAT(simulate({"--help"}).output, HasSubstr("Examples:"));
}

}  // namespace
}  // namespace lowu::test
