// `lowu up` on the real processes: the show, its exit codes, and that nothing outlives it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/integration/running_scheme.hpp"
#include "tests/support/process.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::vector<std::string> up_command(const std::vector<std::string>& more) {
    std::vector<std::string> command = {program("lowu"),   "up",
                                        "--switch-port",   std::to_string(free_port()),
                                        "--hk-port",       std::to_string(free_port()),
                                        "--mainland-port", std::to_string(free_port())};
    command.insert(command.end(), more.begin(), more.end());
    return command;
}

TEST(Up, OnceShowsPaymentsBothWaysAndEndsWell) {
    const Finished shown = run(up_command({"--once"}));
    EXPECT_EQ(shown.exit_code, 0) << shown.output << shown.errors;
    for (const char* part :
         {"Reserve-then-post at the origin is our choice", "no statement about any institution",
          "Northbound, by account", "Southbound, by account", "ACSC", "AC03", "payee credited",
          "with a quote", "a masked name first", "a fee to a registered institution", "Domestic",
          "lowu explain", "The books agree", "buf curl", "2025-06-22 09:00"}) {
        EXPECT_THAT(shown.output, HasSubstr(part));
    }
    EXPECT_EQ(shown.output.find('\033'), std::string::npos) << "colour outside a terminal";
}

TEST(Up, OnceAsJsonIsOneDocument) {
    const TempDirectory parent;
    const std::string directory = parent.file("kept");
    const Finished shown = run(up_command({"--once", "--json", "--dir", directory}));
    ASSERT_EQ(shown.exit_code, 0) << shown.output << shown.errors;
    const json document = json::parse(shown.output);
    EXPECT_TRUE(document["as_expected"].get<bool>());
    EXPECT_EQ(document["banks"].size(), 12U);
    EXPECT_TRUE(document["reconciliation"]["agrees"].get<bool>());
    std::map<std::string, int> settled;
    std::set<std::string> refused;
    for (const json& each : document["payments"]) {
        EXPECT_FALSE(each["timeline"].empty());
        if (each["payment"]["status"] == "PAYMENT_STATUS_ACSC") {
            ++settled[each["payment"]["direction"]];
        } else {
            refused.insert(each["remittance"]["reason"]["code"].get<std::string>());
        }
    }
    EXPECT_EQ(settled["DIRECTION_NORTHBOUND"], 2);
    EXPECT_EQ(settled["DIRECTION_SOUTHBOUND"], 3);
    EXPECT_EQ(settled["DIRECTION_DOMESTIC"], 1);
    EXPECT_EQ(refused, (std::set<std::string>{"AC03", "AC14", "AG01", "AM02", "BE01", "FF07"}));
    EXPECT_TRUE(std::filesystem::exists(directory + "/switch"));
    EXPECT_TRUE(std::filesystem::exists(directory + "/switch.log"));

    const Finished again = run(up_command({"--once", "--dir", directory}));
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_THAT(again.errors, HasSubstr("holds the log of an earlier start"));
}

TEST(Up, NamesTheTakenPortAndTheOption) {
    std::vector<std::string> command = up_command({"--once"});
    const std::string port = command[5];
    const TempDirectory folder;
    Process first({command, folder.file("output"), "", "", {{"TMPDIR", folder.path()}}});
    const std::string beginning = folder.file("output");
    // The second start asks for the first one's port while that one shows what it has.
    ASSERT_TRUE(first.wait_until(kPatience, [&] { return !read_file(beginning).empty(); }))
        << first.tail();
    std::vector<std::string> second = up_command({"--once"});
    second[5] = port;
    const Finished refused = run(second);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, HasSubstr("port " + port));
    EXPECT_THAT(refused.errors, HasSubstr("--hk-port"));
}

class UpStays : public ::testing::Test {
protected:
    void SetUp() override {
        process_.emplace(ProcessSettings{
            up_command({}), folder_.file("output"), "", "", {{"TMPDIR", folder_.path()}}});
        ASSERT_TRUE(process_->wait_until(kPatience, [this] {
            return process_->output().find("Ctrl-C stops everything") != std::string::npos;
        })) << process_->tail();
        children_ = children_of(process_->pid());
        ASSERT_EQ(children_.size(), 3U) << "a switch and two processes of banks";
    }

    void expect_children_end() const {
        for (const pid_t child : children_) {
            EXPECT_TRUE(wait_for_end(child, kPatience)) << child;
        }
    }

    TempDirectory folder_;
    std::optional<Process> process_;
    std::vector<pid_t> children_;
};

TEST_F(UpStays, StopsInOrderOnInterrupt) {
    process_->signal(SIGINT);
    EXPECT_EQ(process_->wait(kPatience), 0) << process_->tail();
    expect_children_end();
    EXPECT_THAT(process_->output(), HasSubstr("banks and switch ended well"));
}

TEST_F(UpStays, SaysAtOnceWhichChildDied) {
    ASSERT_EQ(::kill(children_[1], SIGKILL), 0);
    EXPECT_EQ(process_->wait(kPatience), 1);
    expect_children_end();
    EXPECT_THAT(process_->output(), HasSubstr("the Hong Kong banks ended by itself, signal 9"));
}

TEST_F(UpStays, NothingOutlivesIt) {
    process_->kill();
    expect_children_end();
}

}  // namespace
}  // namespace lowu::test
