// `lowu log` on logs that the real programs have written: whole beside a running switch, filters,
// another process's log, and every kind of damage by its exit code and its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "switch/app/rules_version.hpp"
#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kUetr = "0f8fad5b-d9cb-469f-a165-70867728950e";
constexpr const char* kReturnOf = "a3bb189e-8bf9-4888-9912-ace4e6543002";

Finished log_tool(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {program("lowu"), "log"});
    return run(std::move(arguments));
}

std::vector<json> lines_of(const std::string& output) {
    std::vector<json> lines;
    std::istringstream stream(output);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(json::parse(line));
    }
    return lines;
}

std::uint64_t number(const json& field) {
    return std::stoull(field.get<std::string>());
}

/// A folder with files only, without LOCK, as bytes.
std::vector<std::pair<std::string, std::string>> contents(const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.emplace_back(entry.path().filename(), read_file(entry.path()));
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void overwrite(const std::string& file, std::uint64_t at, const std::string& bytes) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(at));
    stream << bytes;
}

/// Where the first record of a log stands whose bytes hold `text`; 0: nowhere.
std::uint64_t offset_of(const std::string& file, const std::string& text) {
    const std::string bytes = read_file(file);
    const std::size_t at = bytes.find(text);
    return at == std::string::npos ? 0 : at;
}

class LogTool : public ::testing::Test {
protected:
    /// One scheme for all tests: a payment with a known UETR, one that is sent back, and an end.
    static void SetUpTestSuite() {
        SchemeFiles files;
        files.bank_logs = true;
        scheme_ = std::make_unique<RunningScheme>(files);
        ASSERT_TRUE(scheme_->start());
        open("012/PAYER-1");
        open("102100099996/PAYEE-1");
        pay(kUetr);
        pay(kReturnOf);
        const Finished snapshot = scheme_->lowu({"snapshot"});
        ASSERT_EQ(snapshot.exit_code, 0) << snapshot.errors;
        const Finished beside = log_tool({"verify", scheme_->switch_directory(), "--json"});
        ASSERT_EQ(beside.exit_code, 0) << beside.errors;
        beside_ = json::parse(beside.output);
        bank_ = log_tool({"verify", scheme_->bank_directory(scheme::Rail::kFps)});
        scheme_->switch_process().signal(SIGTERM);
        ASSERT_EQ(scheme_->switch_process().wait(kPatience), 0);
    }
    static void TearDownTestSuite() { scheme_.reset(); }

    static void open(const std::string& account) {
        const Finished opened = scheme_->lowu(
            {"open-account", account, "--name", "CHAN Tai Man", "--opening-balance", "100000.00"});
        ASSERT_EQ(opened.exit_code, 0) << opened.errors;
    }
    static void pay(const std::string& uetr) {
        const Finished paid =
            scheme_->lowu({"pay", "--from", "012/PAYER-1", "--to", "102100099996/PAYEE-1", "--name",
                           "CHAN Tai Man", "--amount", "12.50", "--uetr", uetr, "--wait-credit"});
        ASSERT_EQ(paid.exit_code, 0) << paid.output << paid.errors;
    }

    void SetUp() override { ASSERT_NE(scheme_, nullptr); }

    /// A copy to damage. Segments are sparse only in their tails: all are copied.
    [[nodiscard]] std::string copy() const {
        const std::string to = folder_.file("copy");
        fs::copy(scheme_->switch_directory(), to, fs::copy_options::recursive);
        return to;
    }

    static std::unique_ptr<RunningScheme> scheme_;
    static json beside_;    // what verify said while the switch ran
    static Finished bank_;  // and of the bank's log
    TempDirectory folder_;
};

std::unique_ptr<RunningScheme> LogTool::scheme_;
json LogTool::beside_;
Finished LogTool::bank_;

TEST_F(LogTool, VerifiesBesideARunningSwitchAndAfterIt) {
    EXPECT_EQ(beside_["form"], "fps/0+ibps/0");
    EXPECT_TRUE(beside_["decoded"].get<bool>()) << "the switch and the tool have one rules version";
    EXPECT_EQ(beside_["first_sequence"], "1");
    EXPECT_GT(number(beside_["records"]), 10U);
    ASSERT_TRUE(beside_.contains("archive")) << "a snapshot has made it durable";
    EXPECT_EQ(beside_["archive"]["log_id"], beside_["log_id"]);
    EXPECT_GT(number(beside_["archive"]["last_sequence"]), 10U);
    const auto before = contents(scheme_->switch_directory());
    const Finished after = log_tool({"verify", scheme_->switch_directory(), "--json"});
    ASSERT_EQ(after.exit_code, 0) << after.errors;
    const json stopped = json::parse(after.output);
    EXPECT_EQ(stopped["log_id"], beside_["log_id"]);
    EXPECT_GE(number(stopped["last_sequence"]), number(beside_["last_sequence"]));
    EXPECT_EQ(number(stopped["records"]), number(stopped["last_sequence"]));
    EXPECT_FALSE(stopped.contains("torn_tail"));
    EXPECT_TRUE(contents(scheme_->switch_directory()) == before) << "it only reads";

    const Finished text = log_tool({"verify", scheme_->switch_directory()});
    EXPECT_EQ(text.exit_code, 0);
    EXPECT_THAT(text.output,
                AllOf(HasSubstr("log id         " + stopped["log_id"].get<std::string>()),
                      HasSubstr("all decoded"), HasSubstr("nothing is wrong")));
}

TEST_F(LogTool, InspectPrintsRecordsInWordsByFilter) {
    const std::string directory = scheme_->switch_directory();
    const Finished all = log_tool({"inspect", directory, "--json"});
    ASSERT_EQ(all.exit_code, 0) << all.errors;
    const std::vector<json> lines = lines_of(all.output);
    ASSERT_GT(lines.size(), 10U);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        ASSERT_EQ(number(lines[i]["sequence"]), i + 1);
    }

    const Finished some =
        log_tool({"inspect", directory, "--from", "3", "--to", "8", "--limit", "4", "--json"});
    const std::vector<json> picked = lines_of(some.output);
    ASSERT_EQ(picked.size(), 4U);
    EXPECT_EQ(picked.front(), lines[2]);
    EXPECT_EQ(picked.back(), lines[5]);

    const Finished one = log_tool({"inspect", directory, "--uetr", kUetr, "--json"});
    const std::vector<json> about = lines_of(one.output);
    ASSERT_GE(about.size(), 5U) << "instruction, transfer, answer, settled, credited";
    for (const json& line : about) {
        EXPECT_EQ(line["uetr"], kUetr);
    }
    EXPECT_EQ(about.front()["rail"], "fps");
    EXPECT_EQ(about[1]["rail"], "ibps");

    const Finished text = log_tool({"inspect", directory, "--uetr", kUetr});
    EXPECT_EQ(text.exit_code, 0);
    EXPECT_THAT(text.output, AllOf(HasSubstr(kUetr), HasSubstr("2025-06-22 09:0")));
    const auto count = std::count(text.output.begin(), text.output.end(), '\n');
    EXPECT_EQ(static_cast<std::size_t>(count), about.size());
}

TEST_F(LogTool, InspectSaysThatNothingMatches) {
    const std::string directory = scheme_->switch_directory();
    const std::string nobodys = "00000000-0000-4000-8000-000000000000";
    const Finished text =
        log_tool({"inspect", directory, "--from", "2", "--to", "9", "--uetr", nobodys});
    EXPECT_EQ(text.exit_code, 0);
    EXPECT_EQ(text.output, "");
    EXPECT_EQ(text.errors, "lowu_log: looked at 8 records, none matches\n");
    const Finished lines = log_tool({"inspect", directory, "--uetr", nobodys, "--json"});
    EXPECT_EQ(lines.exit_code, 0);
    EXPECT_EQ(lines.output + lines.errors, "") << "no lines are no documents";
}

TEST_F(LogTool, WrongUseIsTwoAndNoLogIsOne) {
    const std::string directory = scheme_->switch_directory();
    EXPECT_EQ(log_tool({}).exit_code, 2);
    EXPECT_EQ(log_tool({"verify"}).exit_code, 2);
    EXPECT_EQ(log_tool({"inspect", directory, "--uetr", "no-uuid"}).exit_code, 2);
    EXPECT_EQ(log_tool({"inspect", directory, "--from", "0"}).exit_code, 2);
    const Finished nothing = log_tool({"verify", folder_.path()});
    EXPECT_EQ(nothing.exit_code, 1);
    EXPECT_THAT(nothing.errors, AllOf(HasSubstr(folder_.path()), HasSubstr("there is no log")));
    const Finished nowhere = log_tool({"verify", folder_.file("nowhere"), "--json"});
    EXPECT_EQ(nowhere.exit_code, 1);
    EXPECT_EQ(json::parse(nowhere.errors)["error"]["kind"], "not found");
    EXPECT_FALSE(fs::exists(folder_.file("nowhere")));
}

TEST_F(LogTool, BanksLogIsCheckedByBatches) {
    EXPECT_EQ(bank_.exit_code, 0) << bank_.errors;
    EXPECT_THAT(bank_.output, AllOf(HasSubstr("bank_sim"), HasSubstr("not decoded")));
    const std::string directory = scheme_->bank_directory(scheme::Rail::kFps);
    const Finished batches = log_tool({"inspect", directory, "--limit", "2", "--json"});
    EXPECT_EQ(batches.exit_code, 0);
    EXPECT_THAT(batches.errors, HasSubstr("batches only"));
    const std::vector<json> lines = lines_of(batches.output);
    ASSERT_GE(lines.size(), 1U);
    EXPECT_EQ(lines[0]["first_sequence"], "1");
    EXPECT_EQ(log_tool({"inspect", directory, "--uetr", kUetr}).exit_code, 2);
}

TEST_F(LogTool, DamageIsSixtyFiveAndNamesThePlace) {
    const std::string directory = copy();
    const std::string segment = directory + "/segment-0000000001.log";
    const std::uint64_t at = offset_of(segment, "PAYER-1");
    ASSERT_GT(at, 4096U);
    overwrite(segment, at, "PAYER-9");
    const Finished text = log_tool({"verify", directory});
    EXPECT_EQ(text.exit_code, 65);
    EXPECT_THAT(text.errors,
                AllOf(HasSubstr("damaged: " + segment + " at byte "), HasSubstr("where sequence "),
                      HasSubstr("a sound one follows at byte ")));
    const Finished structured = log_tool({"verify", directory, "--json"});
    EXPECT_EQ(structured.exit_code, 65);
    const json error = json::parse(structured.errors)["error"];
    EXPECT_EQ(error["file"], segment);
    EXPECT_LT(number(error["byte"]), at);
    const std::uint64_t sequence = number(error["sequence"]);
    EXPECT_EQ(number(json::parse(structured.output)["last_sequence"]), sequence - 1);
    const Finished printed = log_tool({"inspect", directory, "--json"});
    EXPECT_EQ(printed.exit_code, 65);
    EXPECT_EQ(lines_of(printed.output).size(), sequence - 1) << "what is whole before it";
}

TEST_F(LogTool, SnapshotsAreCheckedAndHeldAgainstTheLog) {
    ASSERT_GE(beside_["snapshots"].size(), 1U);
    EXPECT_TRUE(beside_["snapshots"][0]["whole"].get<bool>());
    const std::string directory = copy();
    const std::string file = beside_["snapshots"][0]["file"];
    const std::string path = directory + "/snapshots/" + file;
    ASSERT_TRUE(fs::exists(path));
    EXPECT_EQ(log_tool({"verify", directory}).exit_code, 0);
    overwrite(path, fs::file_size(path) / 2, "!?");
    const Finished damaged = log_tool({"verify", directory});
    EXPECT_EQ(damaged.exit_code, 65);
    EXPECT_THAT(damaged.output, HasSubstr(file + ", cannot be used: "));
    EXPECT_THAT(damaged.errors, HasSubstr(path));
}

TEST_F(LogTool, ALogThatEndsBeforeItsArchiveIsSixtyFive) {
    const std::string directory = copy();
    const std::string segment = directory + "/segment-0000000001.log";
    // From a batch in its middle on there is nothing: as after a loss that looks like a torn tail.
    overwrite(segment, offset_of(segment, "PAYER-1"), "PAYER-9");
    const Finished damaged = log_tool({"verify", directory, "--json"});
    const std::uint64_t byte = number(json::parse(damaged.errors)["error"]["byte"]);
    overwrite(segment, byte, std::string(fs::file_size(segment) - byte, '\0'));
    const Finished verified = log_tool({"verify", directory});
    EXPECT_EQ(verified.exit_code, 65) << verified.output;
    EXPECT_THAT(verified.errors, AllOf(HasSubstr("the archive ends with sequence "),
                                       HasSubstr("acknowledged are missing from the log"),
                                       HasSubstr("a switch cannot start from this directory")));
    fs::remove_all(directory + "/archive");
    EXPECT_EQ(log_tool({"verify", directory}).exit_code, 65) << "the snapshot, too";
    fs::remove_all(directory + "/snapshots");
    EXPECT_EQ(log_tool({"verify", directory}).exit_code, 0) << "a log alone is a log";
}

TEST_F(LogTool, TornTailIsShownAndLeftAlone) {
    const std::string directory = copy();
    const std::string segment = directory + "/segment-0000000001.log";
    overwrite(segment, fs::file_size(segment) - 4096, std::string(100, 'x'));
    const Finished verified = log_tool({"verify", directory, "--json"});
    EXPECT_EQ(verified.exit_code, 0) << verified.errors;
    const json torn = json::parse(verified.output)["torn_tail"];
    EXPECT_EQ(torn["file"], "segment-0000000001.log");
    EXPECT_EQ(number(torn["byte"]) + number(torn["bytes"]), fs::file_size(segment) - 4096 + 100);
    EXPECT_EQ(offset_of(segment, std::string(100, 'x')), fs::file_size(segment) - 4096);
}

TEST_F(LogTool, LogWithoutItsBeginningNeedsASnapshot) {
    // As if segment 1 had been removed: the next one begins later.
    const std::string golden = source("tests/golden/rules-" + std::to_string(app::kRulesVersion));
    ASSERT_TRUE(fs::exists(golden + "/segment-0000000002.log"));
    fs::create_directories(folder_.file("trimmed"));
    for (const auto& entry : fs::directory_iterator(golden)) {
        const std::string name = entry.path().filename();
        if (name.starts_with("segment-") && name != "segment-0000000001.log") {
            fs::copy(entry.path(), folder_.file("trimmed/" + name));
        }
    }
    const Finished verified = log_tool({"verify", folder_.file("trimmed")});
    EXPECT_EQ(verified.exit_code, 65);
    EXPECT_THAT(verified.errors, HasSubstr("no whole snapshot reaches it"));
    const Finished early = log_tool({"inspect", folder_.file("trimmed"), "--from", "1"});
    EXPECT_EQ(early.exit_code, 1);
    EXPECT_THAT(early.errors, HasSubstr("is no longer in the log; the oldest is "));
}

TEST_F(LogTool, OtherFormatVersionIsRefusedByName) {
    const std::string directory = copy();
    overwrite(directory + "/segment-0000000001.log", 8, std::string(1, '\1'));
    const Finished refused = log_tool({"verify", directory});
    EXPECT_EQ(refused.exit_code, 65);
    EXPECT_THAT(refused.errors, HasSubstr("format version 1, but this program reads 2"));
}

}  // namespace
}  // namespace lowu::test
