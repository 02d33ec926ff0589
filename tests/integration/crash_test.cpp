// kill -9 of the switch under load, and restart: every payment is final, all books agree, and the
// only outcomes that a quiet run would not have are time-outs and sessions that were away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "lowu/v1/bank.grpc.pb.h"
#include "tests/integration/running_scheme.hpp"

namespace lowu::test {
namespace {

constexpr std::int64_t kPayments = 20'000;  // from each side
constexpr std::int32_t kInFlight = 400;

/// The launch's scheme, with limits of persons that the traffic does not reach: they are counted
/// all the same.
std::string with_high_limits() {
    std::string text = read_file(source("switch/app/launch.txtpb"));
    for (const char* name : {"person_day_limit", "person_year_limit"}) {
        for (const char* place : {"rail: RAIL_FPS direction: DIRECTION_NORTHBOUND",
                                  "rail: RAIL_IBPS direction: DIRECTION_SOUTHBOUND"}) {
            text += "parameters { name: \"" + std::string(name) + "\" " + place +
                    " service: SERVICE_P2P_REMITTANCE value: 99999999999999999 }\n";
        }
    }
    return text;
}

class Crash : public ::testing::Test {
protected:
    void SetUp() override {
        write_file(folder_.file("switch.txtpb"), with_high_limits());
        ASSERT_TRUE(running_.start());
    }

    struct Side {
        scheme::Rail rail;
        std::unique_ptr<v1::BankService::Stub> stub;
    };

    Side side_of(scheme::Rail rail) {
        return {rail, v1::BankService::NewStub(running_.network().banks_of(rail).peer().channel)};
    }

    void start_traffic(const Side& side) {
        const auto payees = running_.network().banks_of(other(side.rail)).banks();
        ASSERT_TRUE(payees.ok());
        v1::StartTrafficRequest request;
        request.set_payments(kPayments);
        request.set_in_flight(kInFlight);
        request.set_seed(20'250'622);
        for (const v1::Bank& bank : payees->banks()) {
            request.add_payee_agents(bank.code());
        }
        grpc::ClientContext context;
        v1::StartTrafficResponse response;
        const grpc::Status started = side.stub->StartTraffic(&context, request, &response);
        ASSERT_TRUE(started.ok()) << started.error_message();
    }

    static v1::GetTrafficResponse traffic(const Side& side) {
        grpc::ClientContext context;
        v1::GetTrafficResponse response;
        const grpc::Status status = side.stub->GetTraffic(&context, {}, &response);
        EXPECT_TRUE(status.ok()) << status.error_message();
        return response;
    }

    static void expect_final(const v1::GetTrafficResponse& run) {
        std::cout << run.settled() << " settled, " << run.refused() << " refused";
        for (const auto& [reason, count] : run.refused_by_reason()) {
            std::cout << ", " << reason << " " << count;
        }
        std::cout << ", " << run.not_sent() << " not sent\n";
        EXPECT_EQ(run.sent(), run.settled() + run.refused());
        EXPECT_EQ(run.sent() + run.not_sent(), kPayments);
        EXPECT_GT(run.settled(), kPayments / 4);
        const std::set<std::string> kListed = {"AB03", "AB05", "AB08"};
        for (const auto& [reason, count] : run.refused_by_reason()) {
            EXPECT_TRUE(kListed.contains(reason)) << reason << ": " << count;
        }
    }

    static SchemeFiles files(const TempDirectory& folder) {
        SchemeFiles files;
        files.switch_config = folder.file("switch.txtpb");
        return files;
    }

    TempDirectory folder_;
    RunningScheme running_{files(folder_)};
};

TEST_F(Crash, SwitchKilledUnderLoadLosesNothing) {
    const Side sides[] = {side_of(scheme::Rail::kFps), side_of(scheme::Rail::kIbps)};
    for (const Side& side : sides) {
        start_traffic(side);
    }
    // In the middle: told by what has happened, not by a clock.
    const bool in_the_middle = running_.switch_process().wait_until(kPatience, [&] {
        return traffic(sides[0]).settled() > kPayments / 4 &&
               traffic(sides[1]).settled() > kPayments / 4;
    });
    ASSERT_TRUE(in_the_middle) << running_.tails();
    running_.kill_switch();
    EXPECT_TRUE(traffic(sides[0]).running() || traffic(sides[1]).running())
        << "the traffic was over before the switch died: nothing was tested";
    ASSERT_TRUE(running_.start_switch());

    const bool over = running_.switch_process().wait_until(
        kPatience, [&] { return !traffic(sides[0]).running() && !traffic(sides[1]).running(); });
    ASSERT_TRUE(over) << running_.tails();
    for (const Side& side : sides) {
        expect_final(traffic(side));
    }
    const Finished reconciled = running_.lowu({"reconcile", "--brief", "--wait-ms", "60000"});
    EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
    const auto status = running_.network().central().status();
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(status->pending(), 0);
    EXPECT_EQ(status->settled_not_credited(), 0);
    EXPECT_GT(status->recovered_sequence(), 0U);
    EXPECT_EQ(status->payments(), traffic(sides[0]).sent() + traffic(sides[1]).sent());
}

}  // namespace
}  // namespace lowu::test
