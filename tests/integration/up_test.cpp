// `lowu up` on the real processes: the show, its exit codes, and that nothing outlives it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

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

// The second one is given ports of its own, so nothing but the folder stands in its way.
TEST(Up, ASecondOneInTheSameFolderTouchesNothing) {
    const TempDirectory parent;
    const std::string directory = parent.file("kept");
    Process first({up_command({"--dir", directory}), parent.file("output"), "", "", {}});
    ASSERT_TRUE(first.wait_until(kPatience, [&] {
        return first.output().find("Ctrl-C stops everything") != std::string::npos;
    })) << first.tail();
    const auto files = [&] {
        std::string all;
        for (const char* stem : {"switch", "hk", "mainland"}) {
            all += read_file(directory + "/" + stem + ".port");
            all += read_file(directory + "/" + stem + ".log");
        }
        return all;
    };
    const std::string before = files();
    const Finished second = run(up_command({"--once", "--dir", directory}));
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.errors, HasSubstr("--dir " + directory));
    EXPECT_THAT(second.errors, HasSubstr("in use by process " + std::to_string(first.pid())));
    EXPECT_THAT(second.errors, HasSubstr("or name another directory"));
    EXPECT_EQ(files(), before);
    first.signal(SIGINT);
    EXPECT_EQ(first.wait(kPatience), 0) << first.tail();
    EXPECT_THAT(first.output(), HasSubstr("'lowu up --dir " + directory + "' goes on"));
}

// One folder of three is put back as it was a start before.
TEST(Up, SaysWhichBanksLogIsOfAnotherMomentThanTheSwitchs) {
    namespace fs = std::filesystem;
    for (const std::string restored : {"hk", "mainland", "switch"}) {
        const TempDirectory parent;
        const std::string directory = parent.file("kept");
        ASSERT_EQ(run(up_command({"--once", "--dir", directory})).exit_code, 0);
        fs::copy(directory + "/" + restored, parent.file("copy"), fs::copy_options::recursive);
        ASSERT_EQ(run(up_command({"--once", "--dir", directory})).exit_code, 0);
        fs::remove_all(directory + "/" + restored);
        fs::rename(parent.file("copy"), directory + "/" + restored);

        const auto began = std::chrono::steady_clock::now();
        const Finished refused = run(up_command({"--once", "--dir", directory}));
        EXPECT_EQ(refused.exit_code, 1) << refused.output << refused.errors;
        const bool of_mainland = restored == "mainland";
        EXPECT_THAT(refused.errors,
                    HasSubstr(of_mainland ? "102100099996 Industrial and Commercial Bank of China "
                                            "gets no session: "
                                          : "012 Bank of China (Hong Kong) gets no session: "));
        EXPECT_THAT(
            refused.errors,
            HasSubstr("The log in " + directory + (of_mainland ? "/mainland" : "/hk") +
                      " and the switch's in " + directory + "/switch are of different moments"));
        EXPECT_EQ(refused.errors.find("goes on"), std::string::npos) << "it would not";
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(40));
    }
}

// A bank that nobody plays.
TEST(Up, SaysWhatItWaitsFor) {
    namespace fs = std::filesystem;
    const TempDirectory share;
    for (const char* part : {"switch/app", "bank_sim/scenarios"}) {
        fs::create_directories(share.file(part));
        fs::copy(source(part), share.file(part), fs::copy_options::recursive);
    }
    const std::string file = share.file("bank_sim/scenarios/launch-mainland.txtpb");
    std::string played = read_file(file);
    const std::size_t first = played.find("\nbanks {");
    const std::size_t second = played.find("\nbanks {", first + 1);
    ASSERT_NE(second, std::string::npos);
    write_file(file, played.erase(first, second - first));
    const TempDirectory folder;
    Process waiting({up_command({"--share", share.path()}),
                     folder.file("output"),
                     "",
                     "",
                     {{"TMPDIR", folder.path()}}});
    ASSERT_TRUE(waiting.wait_until(kPatience, [&] {
        return waiting.output().find("Waiting until every bank's session is up") !=
               std::string::npos;
    })) << waiting.tail();
    EXPECT_THAT(waiting.output(), HasSubstr("no session yet: 102100099996 Industrial and "
                                            "Commercial Bank of China\n"));
    waiting.signal(SIGINT);
    EXPECT_EQ(waiting.wait(kPatience), 0) << waiting.tail();
}

TEST(Log, RefusesAWordAsOtherCommandsDo) {
    const Finished unknown = run({program("lowu"), "log", "frobnicate"});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_EQ(unknown.errors,
              "lowu log: there is no command frobnicate\n'lowu log --help' shows how it is used\n");
    const Finished nothing = run({program("lowu"), "log"});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_THAT(nothing.errors, HasSubstr("lowu log: say which of: verify, inspect"));
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

    /// A command line as typed in another terminal, after what `up` says to type there first.
    [[nodiscard]] std::vector<std::string> typed(const std::string& command) const {
        const std::string said = process_->output();
        const std::size_t begin = said.find("export LOWU_SWITCH=");
        const std::string addresses = said.substr(begin, said.find('\n', begin) - begin);
        const std::string folder = std::filesystem::path(program("lowu")).parent_path();
        return {"/bin/sh", "-c", "PATH=" + folder + ":$PATH\n" + addresses + "\n" + command};
    }
    [[nodiscard]] Finished type(const std::string& command) const { return run(typed(command)); }

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

TEST_F(UpStays, LinesUpWhereToConnect) {
    const std::string said = process_->output();
    const auto column = [&](const std::string& word) {
        const std::size_t at = said.find(word, said.find("\nConnect"));
        return at - said.rfind('\n', at);
    };
    for (const char* word : {"DirectoryService, ExchangeService", "BankService\n"}) {
        EXPECT_EQ(column(word), column("ParticipantService, PaymentService")) << word;
    }
}

// What a help shows is tried first: it names customers of the sandbox.
TEST_F(UpStays, ExamplesOfThePaymentsHelpSettle) {
    for (const auto& [command, count] : {std::pair{"pay", 4}, {"resolve", 2}, {"quote", 3}}) {
        std::string help = run({program("lowu"), command, "--help"}).output;
        for (std::size_t at = 0; (at = help.find("\\\n")) != std::string::npos;) {
            help.erase(at, 2);
        }
        std::istringstream lines(help.substr(help.find("\nExample")));
        int tried = 0;
        for (std::string line; std::getline(lines, line);) {
            if (line.find("  lowu " + std::string(command) + " ") != 0) continue;
            const Finished done = type(line);
            EXPECT_EQ(done.exit_code, 0) << line << "\n" << done.output << done.errors;
            ++tried;
        }
        EXPECT_EQ(tried, count) << command;
    }
}

TEST_F(UpStays, SaysWhoIsNoParticipantAndWhyABankGivesNoQuote) {
    for (const char* command : {"obligations 999", "list --participant 999",
                                "watch --participant 999", "proxy list 999"}) {
        const Finished unknown = type(std::string("lowu ") + command);
        EXPECT_EQ(unknown.exit_code, 1) << command;
        EXPECT_THAT(unknown.errors, HasSubstr("999, no participant of the switch; 'lowu banks'"));
    }
    for (const char* command :
         {"obligations 012", "list --participant 012 --limit 1", "proxy list 012"}) {
        EXPECT_EQ(type(std::string("lowu ") + command).exit_code, 0) << command;
    }
    EXPECT_EQ(type("lowu list --participant 9999").exit_code, 2) << "no code of a bank";
    // A bill in HKD for an account in CNY.
    for (const char* command : {"lowu pay --name Somebody --service fee --bill-hkd 500.00",
                                "lowu quote --amount 500.00"}) {
        const Finished refused = type(std::string(command) +
                                      " --to 012/012-875-90001 --from "
                                      "102100099996/6222020200010001");
        EXPECT_EQ(refused.exit_code, 3) << refused.errors;
        EXPECT_THAT(refused.errors, HasSubstr("does not quote: AC11 [QUOTE_REFUSED]; 'lowu "
                                              "explain AC11' says why"));
        EXPECT_EQ(type("lowu explain AC11").exit_code, 0);
    }
}

// A heading above nothing would look like an empty answer.
TEST_F(UpStays, AHeadingComesWithTheFirstAnswer) {
    for (const char* command :
         {"list --switch 127.0.0.1:1", "watch --switch 127.0.0.1:1", "list --page-token nonsense",
          "watch --from nonsense", "watch --switch 127.0.0.1:1 --from nonsense"}) {
        const Finished failed = type(std::string("lowu ") + command);
        EXPECT_NE(failed.exit_code, 0) << command;
        EXPECT_EQ(failed.output, "") << command;
        EXPECT_THAT(failed.errors, ::testing::StartsWith("lowu: ")) << command;
    }
    EXPECT_THAT(type("lowu list --reason AM23").output, ::testing::StartsWith("accepted UTC+8"))
        << "none is an answer, too";
    Process watch({typed("exec lowu watch"), folder_.file("watch"), "", "", {}});
    EXPECT_TRUE(watch.wait_until(kPatience, [&] {
        return watch.output().find("uetr") != std::string::npos;
    })) << watch.tail();
    watch.signal(SIGINT);
    EXPECT_EQ(watch.wait(kPatience), 0) << watch.tail();
    EXPECT_THAT(watch.output(), HasSubstr("0 changes shown. Go on with: lowu watch --from "));
}

TEST_F(UpStays, NothingOutlivesIt) {
    process_->kill();
    expect_children_end();
}

}  // namespace
}  // namespace lowu::test
