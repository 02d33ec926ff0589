// A running scheme under generated traffic from both sides, for tests that kill a process in the
// middle of it. Exists so that the tests of a killed switch and of killed banks have one set-up.
// Main thread of the test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "lowu/v1/bank.grpc.pb.h"
#include "tests/integration/running_scheme.hpp"
#include "tests/support/high_limits.hpp"

namespace lowu::test {

inline constexpr std::int64_t kPaymentsOfASide = 20'000;  // in one run
inline constexpr std::int32_t kInFlightOfASide = 400;
inline constexpr scheme::Rail kRails[] = {scheme::Rail::kFps, scheme::Rail::kIbps};

class LoadedScheme : public ::testing::Test {
protected:
    /// `bank_logs`: the banks keep logs of their own.
    explicit LoadedScheme(bool bank_logs) : running_(files(folder_, bank_logs)) {}

    void SetUp() override {
        write_file(folder_.file("switch.txtpb"),
                   read_file(source("switch/app/launch.txtpb")) + high_limits());
        ASSERT_TRUE(running_.start());
        for (const scheme::Rail rail : kRails) {
            stubs_.push_back(
                v1::BankService::NewStub(running_.network().banks_of(rail).peer().channel));
        }
    }

    // Waits for a process that is just coming up, too.
    template <class Request, class Response>
    grpc::Status call(scheme::Rail rail,
                      grpc::Status (v1::BankService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                      const Request& request, Response& response) {
        grpc::ClientContext context;
        context.set_wait_for_ready(true);
        context.set_deadline(std::chrono::system_clock::now() + kPatience);
        v1::BankService::Stub& stub = *stubs_[rail == scheme::Rail::kFps ? 0 : 1];
        return (stub.*method)(&context, request, &response);
    }

    v1::ListBanksResponse banks(scheme::Rail rail) {
        v1::ListBanksResponse response;
        EXPECT_TRUE(call(rail, &v1::BankService::Stub::ListBanks, {}, response).ok());
        return response;
    }

    /// From each side to the other; the same payments for the same seed.
    void start_traffic(std::uint64_t seed) {
        for (const scheme::Rail rail : kRails) {
            v1::StartTrafficRequest request;
            request.set_payments(kPaymentsOfASide);
            request.set_in_flight(kInFlightOfASide);
            request.set_seed(seed);
            const v1::ListBanksResponse payees = banks(other(rail));
            for (const v1::Bank& bank : payees.banks())
                request.add_payee_agents(bank.code());
            v1::StartTrafficResponse response;
            const auto started =
                call(rail, &v1::BankService::Stub::StartTraffic, request, response);
            ASSERT_TRUE(started.ok()) << started.error_message();
        }
    }

    v1::GetTrafficResponse traffic(scheme::Rail rail) {
        v1::GetTrafficResponse response;
        EXPECT_TRUE(call(rail, &v1::BankService::Stub::GetTraffic, {}, response).ok());
        return response;
    }

    /// Until a quarter of each side's payments are settled: told by what has happened, not by a
    /// clock.
    void wait_for_the_middle() {
        const bool in_the_middle = running_.switch_process().wait_until(kPatience, [this] {
            return traffic(kRails[0]).settled() > kPaymentsOfASide / 4 &&
                   traffic(kRails[1]).settled() > kPaymentsOfASide / 4;
        });
        ASSERT_TRUE(in_the_middle) << running_.tails();
    }

    [[nodiscard]] bool traffic_runs() {
        return traffic(kRails[0]).running() || traffic(kRails[1]).running();
    }

    void expect_books_agree() {
        const Finished reconciled = running_.lowu({"reconcile", "--brief", "--wait-ms", "60000"});
        EXPECT_EQ(reconciled.exit_code, 0) << reconciled.output << reconciled.errors;
        const auto status = running_.network().central().status();
        ASSERT_TRUE(status.ok());
        EXPECT_EQ(status->pending(), 0);
        EXPECT_EQ(status->settled_not_credited(), 0);
    }

private:
    static SchemeFiles files(const TempDirectory& folder, bool bank_logs) {
        SchemeFiles files;
        files.switch_config = folder.file("switch.txtpb");
        files.bank_logs = bank_logs;
        return files;
    }

protected:
    TempDirectory folder_;
    RunningScheme running_;

private:
    std::vector<std::unique_ptr<v1::BankService::Stub>> stubs_;  // by kRails
};

}  // namespace lowu::test
