// The launch day as it is shipped, on the real processes: the published figures to the fen, every
// book reconciled. Longer than the other tests: label `full`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/running_scheme.hpp"
#include "tests/support/process.hpp"

namespace lowu::test {
namespace {

using nlohmann::json;

TEST(LaunchDay, HasThePublishedFigures) {
    const Finished played =
        run({program("lowu"), "up", "--scenario", "launch-day", "--once", "--json", "--switch-port",
             std::to_string(free_port()), "--hk-port", std::to_string(free_port()),
             "--mainland-port", std::to_string(free_port())});
    ASSERT_EQ(played.exit_code, 0) << played.output << played.errors;
    const json day = json::parse(played.output);
    EXPECT_TRUE(day["as_expected"].get<bool>()) << day["unexpected"];
    EXPECT_TRUE(day["reconciliation"]["agrees"].get<bool>());
    const json& noon = day["checkpoints"][0];
    EXPECT_EQ(noon["at"], "2025-06-22 12:00");
    EXPECT_EQ(noon["northbound"]["settled"], "2000");
    EXPECT_EQ(noon["southbound"]["settled"], "7400");
    const json& end = day["checkpoints"][1];
    EXPECT_EQ(end["at"], "2025-06-22 18:00");
    EXPECT_EQ(end["northbound"]["settled"], "6900");
    EXPECT_EQ(end["northbound"]["settled_cny_minor"], "552000000");
    EXPECT_EQ(end["southbound"]["settled"], "19000");
    EXPECT_EQ(end["southbound"]["settled_cny_minor"], "5890000000");
    EXPECT_EQ(day["link_agents"][0]["used_minor"], "5338000000");
}

}  // namespace
}  // namespace lowu::test
