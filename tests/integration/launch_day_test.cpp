// `lowu up --scenario` on the real processes: a day of the launch day's shape with few payments,
// its figures, its exit codes, and that the same seed gives the same day. The launch day itself,
// which takes longer, is launch_day_full_test.cpp.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "lowu/config/v1/day.pb.h"
#include "tests/integration/running_scheme.hpp"
#include "tests/support/process.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr std::int64_t kEndMs = 1'750'586'400'000;  // 2025-06-22 18:00 UTC+8
constexpr int kNorthboundNoon = 40;
constexpr int kNorthbound = 138;
constexpr int kSouthboundNoon = 148;
constexpr int kSouthbound = 380;

// A folder as `--share` wants it, with the shipped files and a small day.
class SmallDay : public ::testing::Test {
protected:
    void SetUp() override {
        for (const std::string folder : {"switch/app", "bank_sim/scenarios"}) {
            std::filesystem::create_directories(share_.file(folder));
            for (const auto& entry : std::filesystem::directory_iterator(source(folder))) {
                if (entry.path().extension() != ".txtpb") continue;
                write_file(share_.file(folder + "/" + entry.path().filename().string()),
                           read_file(entry.path().string()));
            }
        }
        write_file(share_.file("bank_sim/scenarios/small-day.txtpb"), small_day());
    }

    // A twentieth or so of the launch day, in slices of half an hour.
    static std::string small_day() {
        config::v1::DayScenario day;
        const std::string shipped = read_file(source("bank_sim/scenarios/launch-day.txtpb"));
        EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(shipped, &day));
        day.mutable_checkpoints(0)->set_northbound_settled(kNorthboundNoon);
        day.mutable_checkpoints(0)->set_southbound_settled(kSouthboundNoon);
        day.mutable_checkpoints(1)->set_northbound_settled(kNorthbound);
        day.mutable_checkpoints(1)->set_southbound_settled(kSouthbound);
        for (config::v1::DaySide* side : {day.mutable_hong_kong(), day.mutable_mainland()}) {
            side->set_customers_per_bank(120);
            side->set_proxies_per_bank(20);
        }
        day.set_slice_minutes(30);
        std::string text;
        EXPECT_TRUE(google::protobuf::TextFormat::PrintToString(day, &text));
        return "# proto-message: lowu.config.v1.DayScenario\n" + text;
    }

    [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& more) const {
        std::vector<std::string> command = {program("lowu"),   "up",
                                            "--share",         share_.path(),
                                            "--switch-port",   std::to_string(free_port()),
                                            "--hk-port",       std::to_string(free_port()),
                                            "--mainland-port", std::to_string(free_port())};
        command.insert(command.end(), more.begin(), more.end());
        return command;
    }

    [[nodiscard]] json play(const std::string& seed) const {
        const Finished played =
            run(command({"--scenario", "small-day", "--once", "--json", "--seed", seed}));
        EXPECT_EQ(played.exit_code, 0) << played.output << played.errors;
        return json::parse(played.output, nullptr, false);
    }

    TempDirectory share_;
};

TEST_F(SmallDay, HasItsFiguresAndIsTheSameFromTheSameSeed) {
    const json first = play("11");
    EXPECT_TRUE(first["as_expected"].get<bool>()) << first["unexpected"];
    EXPECT_TRUE(first["reconciliation"]["agrees"].get<bool>());
    const json& noon = first["checkpoints"][0];
    const json& end = first["checkpoints"][1];
    EXPECT_EQ(noon["northbound"]["settled"], std::to_string(kNorthboundNoon));
    EXPECT_EQ(noon["southbound"]["settled"], std::to_string(kSouthboundNoon));
    EXPECT_EQ(end["northbound"]["settled"], std::to_string(kNorthbound));
    EXPECT_EQ(end["southbound"]["settled"], std::to_string(kSouthbound));
    EXPECT_EQ(end["northbound"]["settled_cny_minor"], std::to_string(kNorthbound * 80'000));
    EXPECT_EQ(end["southbound"]["settled_cny_minor"], std::to_string(kSouthbound * 310'000));
    const json& north = first["directions"]["northbound"];
    EXPECT_EQ(north["refused"], (json{{"AC03", "1"}, {"BE01", "2"}, {"BE23", "1"}}));
    const json& south = first["directions"]["southbound"];
    EXPECT_EQ(south["refused"], (json{{"AC03", "3"}, {"BE01", "5"}, {"BE23", "2"}}));
    EXPECT_GT(std::stoll(south["latency_p50_us"].get<std::string>()), 0);
    EXPECT_LE(std::stoll(south["latency_p50_us"].get<std::string>()),
              std::stoll(south["latency_p99_us"].get<std::string>()));
    const std::int64_t net_minor = std::int64_t{kSouthbound} * 310'000 - kNorthbound * 80'000;
    const json& agents = first["link_agents"];
    EXPECT_EQ(agents[0]["used_minor"], std::to_string(net_minor));
    EXPECT_EQ(agents[0]["left_minor"], std::to_string(20'000'000'000 - net_minor));
    EXPECT_EQ(agents[1]["owes_minor"], std::to_string(net_minor));

    const json again = play("11");
    EXPECT_EQ(again["checkpoints"], first["checkpoints"]);
    const json other = play("12");
    EXPECT_NE(other["checkpoints"][0], first["checkpoints"][0]);
    EXPECT_EQ(other["checkpoints"][1], first["checkpoints"][1]);
}

TEST_F(SmallDay, SaysWhenTheFiguresAreMissed) {
    const std::string file = share_.file("switch/app/launch.txtpb");
    std::string config = read_file(file);
    const std::string prefunded = "fps_opening_cny_minor: 20000000000";
    ASSERT_NE(config.find(prefunded), std::string::npos);
    config.replace(config.find(prefunded), prefunded.size(), "fps_opening_cny_minor: 5000000");
    write_file(file, config);
    const Finished played = run(command({"--scenario", "small-day", "--once"}));
    EXPECT_EQ(played.exit_code, 1) << played.output;
    EXPECT_THAT(played.output, HasSubstr("NOT AS PUBLISHED"));
    EXPECT_THAT(played.output, HasSubstr("AM23"));
    EXPECT_THAT(played.output, HasSubstr("The books agree"));
    EXPECT_THAT(played.errors, HasSubstr("are not as published"));
}

TEST_F(SmallDay, StaysAndTheOtherCommandsSeeTheDay) {
    const TempDirectory folder;
    const std::vector<std::string> up = command({"--scenario", "small-day"});
    Process process({up, folder.file("output"), "", "", {{"TMPDIR", folder.path()}}});
    ASSERT_TRUE(process.wait_until(kPatience, [&process] {
        return process.output().find("Ctrl-C stops everything") != std::string::npos;
    })) << process.tail();
    for (const char* part :
         {"no statement about any institution", "At 2025-06-22 12:00 UTC+8", "as published",
          "Launch prefunding, our assumption", "The books agree", "BE01"}) {
        EXPECT_THAT(process.output(), HasSubstr(part));
    }
    const std::string address = "127.0.0.1:" + up[5];
    const Finished asked = run({program("lowu"), "status", "--json", "--switch", address});
    ASSERT_EQ(asked.exit_code, 0) << asked.errors;
    const json status = json::parse(asked.output);
    // What the banks refuse themselves (BE23) never comes to the switch.
    EXPECT_EQ(status["payments"], std::to_string(kNorthbound + 1 + 2 + kSouthbound + 3 + 5));
    EXPECT_EQ(status["pending"], "0");
    EXPECT_GE(std::stoll(status["scheme_time_ms"].get<std::string>()), kEndMs);
    process.signal(SIGINT);
    EXPECT_EQ(process.wait(kPatience), 0) << process.tail();
}

TEST_F(SmallDay, WrongWordsAreExplained) {
    const Finished unknown = run(command({"--scenario", "no-such-day"}));
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_THAT(unknown.errors, HasSubstr("must be one of: launch-day, small-day"));
    const Finished lone = run(command({"--seed", "3"}));
    EXPECT_EQ(lone.exit_code, 2);
    EXPECT_THAT(lone.errors, HasSubstr("--seed must go with --scenario"));

    std::string broken = small_day();
    broken.replace(broken.find("slice_minutes: 30"), 17, "slice_minutes: 29");
    write_file(share_.file("bank_sim/scenarios/broken-day.txtpb"), broken);
    const Finished refused = run(command({"--scenario", "broken-day"}));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.errors, HasSubstr("slice_minutes must divide 60"));

    // What only the banks judge stops the start as well.
    broken = small_day();
    broken.replace(broken.find("proxies_per_bank: 20"), 20, "proxies_per_bank: 121");
    write_file(share_.file("bank_sim/scenarios/broken-day.txtpb"), broken);
    const Finished ended = run(command({"--scenario", "broken-day"}));
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.errors, HasSubstr("hong_kong.proxies_per_bank must be 0 to 120"));
}

}  // namespace
}  // namespace lowu::test
