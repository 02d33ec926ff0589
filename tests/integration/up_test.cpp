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

    const Finished played =
        run(up_command({"--once", "--scenario", "launch-day", "--dir", directory}));
    EXPECT_EQ(played.exit_code, 2);
    EXPECT_THAT(played.errors, HasSubstr("a scenario is played from its beginning"));
}

TEST(Up, GoesOnInTheSameFolderWithTheSameBooks) {
    const TempDirectory parent;
    const std::string directory = parent.file("kept");
    const Finished first = run(up_command({"--once", "--json", "--dir", directory}));
    ASSERT_EQ(first.exit_code, 0) << first.output << first.errors;
    const json before = json::parse(first.output);
    EXPECT_FALSE(before["goes_on"].get<bool>());

    const Finished shown = run(up_command({"--once", "--dir", directory}));
    EXPECT_EQ(shown.exit_code, 0) << shown.output << shown.errors;
    for (const char* part : {"Going on from the logs of an earlier start",
                             "It goes on from the logs of an earlier start",
                             "what came back from the logs", "The books agree"}) {
        EXPECT_THAT(shown.output, HasSubstr(part));
    }

    const Finished third = run(up_command({"--once", "--json", "--dir", directory}));
    ASSERT_EQ(third.exit_code, 0) << third.output << third.errors;
    const json after = json::parse(third.output);
    EXPECT_TRUE(after["goes_on"].get<bool>());
    EXPECT_NE(after["recovered_sequence"], "0");
    EXPECT_EQ(before["payments_at_start"], "0");
    EXPECT_GE(std::stoi(after["payments_at_start"].get<std::string>()), 6 + 2) << "settled before";
    EXPECT_TRUE(after["came_back"]["agrees"].get<bool>());
    EXPECT_TRUE(after["reconciliation"]["agrees"].get<bool>());
    ASSERT_EQ(after["payments"].size(), 2U);
    for (const json& each : after["payments"]) {
        EXPECT_EQ(each["payment"]["status"], "PAYMENT_STATUS_ACSC") << each;
    }
}

TEST(Up, RefusesALogWithoutTheBanksOwn) {
    const TempDirectory parent;
    const std::string directory = parent.file("older");
    std::filesystem::create_directories(directory + "/switch");
    const Finished refused = run(up_command({"--once", "--dir", directory}));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, HasSubstr("not the banks' own logs (hk is missing)"));
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

// A configuration that a program refuses: its exit code and its words, long before the patience
// that a start is given is over.
TEST(Up, SaysAtOnceWhichChildCouldNotStartAndWhy) {
    namespace fs = std::filesystem;
    for (const auto& [file, who] :
         {std::pair{"switch/app/launch.txtpb", "the switch"},
          {"bank_sim/scenarios/launch-mainland.txtpb", "the Mainland banks"}}) {
        const TempDirectory share;
        for (const char* part : {"switch/app", "bank_sim/scenarios"}) {
            fs::create_directories(share.file(part));
            fs::copy(source(part), share.file(part), fs::copy_options::recursive);
        }
        write_file(share.file(file), "no_such_field: 1\n");
        const auto began = std::chrono::steady_clock::now();
        const Finished refused = run(up_command({"--once", "--share", share.path()}));
        EXPECT_EQ(refused.exit_code, 1);
        EXPECT_THAT(refused.errors, HasSubstr(std::string(who) + " ended by itself, exit code 2"));
        EXPECT_THAT(refused.errors, HasSubstr("no_such_field"));
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(40));
    }
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
