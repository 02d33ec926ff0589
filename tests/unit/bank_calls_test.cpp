// Questions to the switch's unary services, against a directory in this process: pipelined
// registration at start, refusals that pass and that stay, limits, the end.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bank_sim/client/call_status.hpp"
#include "bank_sim/client/proxy_start.hpp"
#include "bank_sim/client/switch_calls.hpp"
#include "bank_sim/model/bank.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

// Registers whatever it is asked for, but for what a test says.
class Directory final : public v1::DirectoryService::Service {
public:
    grpc::Status RegisterProxy(grpc::ServerContext* /*context*/,
                               const v1::RegisterProxyRequest* request,
                               v1::RegisterProxyResponse* response) override {
        const std::lock_guard lock(mutex_);
        ++asked;
        if (unavailable > 0) {
            --unavailable;
            return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "BUSY", "", "ask again");
        }
        if (request->registration().proxy().value() == refused) {
            return rpc::make_status(grpc::StatusCode::FAILED_PRECONDITION, "REFUSED", "", "no");
        }
        *response->mutable_registration() = request->registration();
        response->mutable_registration()->set_reference(static_cast<std::uint64_t>(asked));
        return grpc::Status::OK;
    }

    int asked = 0;
    int unavailable = 0;
    std::string refused;

private:
    std::mutex mutex_;
};

class CallsToTheSwitch : public ::testing::Test {
protected:
    CallsToTheSwitch() {
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
        builder.RegisterService(&directory_);
        server_ = builder.BuildAndStart();
        v1::OpenAccountRequest request;
        request.mutable_account()->set_account("A-1");
        request.mutable_account()->set_currency(v1::CURRENCY_CNY);
        request.mutable_account()->set_name_en("Chan Siu Ming");
        EXPECT_TRUE(std::holds_alternative<CustomerId>(bank_.open_account(request, {})));
    }

    ~CallsToTheSwitch() override { server_->Shutdown(); }

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

    // Runs the loop until something holds.
    template <class Holds>
    [[nodiscard]] bool run_until(Holds holds) {
        loop_.restart();
        const auto work = boost::asio::make_work_guard(loop_);
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (!holds()) {
            if (loop_.run_one_until(deadline) == 0) return holds();
        }
        return true;
    }

    // The bank has this many proxies to register at start.
    [[nodiscard]] bool register_all(int count) {
        std::vector<v1::RegisterAccountProxyRequest> wanted;
        for (int index = 0; index < count; ++index) {
            v1::RegisterAccountProxyRequest& request = wanted.emplace_back();
            request.set_bank("012");
            request.set_account("A-1");
            request.mutable_proxy()->set_kind(v1::PROXY_KIND_FPS_ID);
            request.mutable_proxy()->set_value(std::to_string(1'000'000 + index));
        }
        SwitchCalls calls(loop_, address());
        ProxyStart* running = nullptr;
        ProxyStart start(
            loop_, std::move(wanted), [this](std::string_view) { return &bank_; }, calls,
            [&running] { running->step(); });
        running = &start;
        start.step();
        return run_until([&start] { return start.done(); }) && calls.idle();
    }

    [[nodiscard]] int registered() const {
        v1::Account view;
        bank_.describe(CustomerId{0}, view);
        return view.proxies_size();
    }

    boost::asio::io_context loop_{1};
    Directory directory_;
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
    Bank bank_{{scheme::Rail::kFps, "012", "Bank A", "甲銀行", 1, 1}};
};

TEST_F(CallsToTheSwitch, EveryConfiguredProxyIsRegistered) {
    const int many = 3 * static_cast<int>(kMaxRegistrationsUnderWay) + 1;
    ASSERT_TRUE(register_all(many));
    EXPECT_EQ(registered(), many);
    EXPECT_EQ(directory_.asked, many);
}

TEST_F(CallsToTheSwitch, WhatPassesIsAskedAgain) {
    directory_.unavailable = 3;
    ASSERT_TRUE(register_all(5));
    EXPECT_EQ(registered(), 5);
    EXPECT_EQ(directory_.asked, 8);
}

TEST_F(CallsToTheSwitch, WhatIsRefusedIsLeftOut) {
    directory_.refused = "1000002";
    ASSERT_TRUE(register_all(4));
    EXPECT_EQ(registered(), 3);
    v1::RegisterAccountProxyRequest again;
    again.set_account("A-1");
    again.mutable_proxy()->set_kind(v1::PROXY_KIND_FPS_ID);
    again.mutable_proxy()->set_value("1000002");
    EXPECT_TRUE(std::holds_alternative<v1::RegisterProxyRequest>(bank_.register_proxy(again)))
        << "no change of it is under way any more";
}

TEST_F(CallsToTheSwitch, QuestionsAreBoundedAndEndWhenTheProgramDoes) {
    // Somebody who listens and never speaks.
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&any), &size), 0);

    SwitchCalls calls(loop_, "127.0.0.1:" + std::to_string(ntohs(any.sin_port)));
    int refused = 0;
    int cancelled = 0;
    for (std::size_t question = 0; question < kMaxSwitchCalls + 2; ++question) {
        calls.resolve_proxy({}, [&](const grpc::Status& status, const v1::ResolveProxyResponse&) {
            refused += status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ? 1 : 0;
            cancelled += status.error_code() == grpc::StatusCode::CANCELLED ? 1 : 0;
        });
    }
    EXPECT_EQ(refused, 0) << "never before the call has returned";
    ASSERT_TRUE(run_until([&refused] { return refused == 2; }));
    calls.cancel_all();
    ASSERT_TRUE(run_until([&calls] { return calls.idle(); }));
    EXPECT_EQ(cancelled, static_cast<int>(kMaxSwitchCalls));
    close(listener);
}

TEST(PassedOn, KeepsWhatTheSwitchSaidAndExplainsSilence) {
    const grpc::Status said =
        rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_LOOKUPS", "proxy", "wait");
    EXPECT_EQ(rpc::detail_of(passed_on(said)).reason(), "TOO_MANY_LOOKUPS");
    const grpc::Status silent =
        passed_on(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"));
    EXPECT_EQ(silent.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(rpc::detail_of(silent).reason(), "SWITCH_NOT_ASKED");
}

}  // namespace
}  // namespace lowu::bank
