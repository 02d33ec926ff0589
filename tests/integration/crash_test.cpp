// kill -9 of the switch under load, and restart: every payment is final, all books agree, and the
// only outcomes that a quiet run would not have are time-outs and sessions that were away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "tests/integration/loaded_scheme.hpp"

namespace lowu::test {
namespace {

class Crash : public LoadedScheme {
protected:
    Crash() : LoadedScheme(false) {}

    static void expect_final(const v1::GetTrafficResponse& run) {
        std::cout << run.settled() << " settled, " << run.refused() << " refused";
        for (const auto& [reason, count] : run.refused_by_reason()) {
            std::cout << ", " << reason << " " << count;
        }
        std::cout << ", " << run.not_sent() << " not sent\n";
        EXPECT_EQ(run.sent(), run.settled() + run.refused());
        EXPECT_EQ(run.sent() + run.not_sent(), kPaymentsOfASide);
        EXPECT_GT(run.settled(), kPaymentsOfASide / 4);
        const std::set<std::string> kListed = {"AB03", "AB05", "AB08"};
        for (const auto& [reason, count] : run.refused_by_reason()) {
            EXPECT_TRUE(kListed.contains(reason)) << reason << ": " << count;
        }
    }
};

TEST_F(Crash, SwitchKilledUnderLoadLosesNothing) {
    start_traffic(20'250'622);
    wait_for_the_middle();
    running_.kill_switch();
    EXPECT_TRUE(traffic_runs())
        << "the traffic was over before the switch died: nothing was tested";
    ASSERT_TRUE(running_.start_switch());

    const bool over =
        running_.switch_process().wait_until(kPatience, [this] { return !traffic_runs(); });
    ASSERT_TRUE(over) << running_.tails();
    std::int64_t sent = 0;
    for (const scheme::Rail rail : kRails) {
        const v1::GetTrafficResponse run = traffic(rail);
        expect_final(run);
        sent += run.sent();
    }
    expect_books_agree();
    const auto status = running_.network().central().status();
    ASSERT_TRUE(status.ok());
    EXPECT_GT(status->recovered_sequence(), 0U);
    EXPECT_EQ(status->payments(), sent);
}

}  // namespace
}  // namespace lowu::test
