// Errors, listening and servers as every program of lowu has them. Servers listen on a free
// loopback port.
#include "common/rpc/listen.hpp"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "common/rpc/server.hpp"
#include "common/rpc/status.hpp"
#include "lowu/v1/bank.grpc.pb.h"

namespace lowu::rpc {
namespace {

using ::testing::HasSubstr;

TEST(Status, CarriesReasonFieldAndRule) {
    const grpc::Status status =
        make_status(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_FIELD", "uetr", "must be new");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(status.error_message(), "uetr must be new");
    const v1::ErrorDetail detail = detail_of(status);
    EXPECT_EQ(detail.reason(), "MALFORMED_FIELD");
    EXPECT_EQ(detail.field(), "uetr");
    EXPECT_EQ(detail.rule(), "must be new");

    v1::ErrorStatus wire;
    ASSERT_TRUE(wire.ParseFromString(status.error_details()));
    EXPECT_EQ(wire.code(), 3);
    EXPECT_EQ(wire.details(0).type_url(), "type.googleapis.com/lowu.v1.ErrorDetail");
}

TEST(Status, AlwaysHasWords) {
    EXPECT_EQ(make_status(grpc::StatusCode::UNAVAILABLE, "DRAINING", "", "").error_message(),
              "DRAINING");
    EXPECT_EQ(make_status(grpc::StatusCode::UNAVAILABLE, "DRAINING", "", "it ends").error_message(),
              "it ends");
}

TEST(Status, WithoutDetailsTheDetailIsEmpty) {
    EXPECT_EQ(detail_of(grpc::Status::OK).reason(), "");
    EXPECT_EQ(detail_of({grpc::StatusCode::INTERNAL, "x", "\xff\xff"}).reason(), "");
}

TEST(Listen, LoopbackOnly) {
    for (const char* address : {"127.0.0.1:0", "127.9.8.7:65535", "localhost:18100", "[::1]:50",
                                "unix:/tmp/lowu.sock", "unix-abstract:lowu"}) {
        EXPECT_TRUE(check_listen_address(address).ok()) << address;
    }
    for (const char* address :
         {"0.0.0.0:18100", "[::]:18100", "192.168.1.2:18100", "example.com:18100", "128.0.0.1:1",
          "127.0.0.1.example.com:1", "127.0.0:1", "127.0.0.256:1", "*:1"}) {
        const auto checked = check_listen_address(address);
        ASSERT_FALSE(checked.ok()) << address;
        EXPECT_THAT(checked.error().what, HasSubstr("must be a loopback address"));
        EXPECT_THAT(checked.error().what, HasSubstr(address));
    }
    for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "",
                                "127.0.0.1:-1", "unix:"}) {
        EXPECT_FALSE(check_listen_address(address).ok()) << address;
    }
}

class Server : public ::testing::Test {
protected:
    Server() : port_file_(::testing::TempDir() + "lowu_rpc_test.port") {}
    ~Server() override { std::remove(port_file_.c_str()); }

    v1::BankService::Service service_;
    std::array<grpc::Service*, 1> services_{&service_};
    std::string port_file_;
};

TEST_F(Server, TellsItsPortAndIsServingOnlyWhenTold) {
    auto started = start_server({"127.0.0.1:0", port_file_}, services_);
    ASSERT_TRUE(started.ok()) << started.error().what;
    std::string port;
    std::ifstream(port_file_) >> port;
    EXPECT_EQ(started->address, "127.0.0.1:" + port);

    auto stub = v1::BankService::NewStub(
        grpc::CreateChannel(started->address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    v1::ListBanksResponse response;
    EXPECT_EQ(stub->ListBanks(&context, {}, &response).error_code(),
              grpc::StatusCode::UNIMPLEMENTED)
        << "the server answers";
    ASSERT_NE(started->server->GetHealthCheckService(), nullptr);
    set_serving(*started->server, true);
    started->server->Shutdown();
}

TEST_F(Server, SharesItsPortWithNobody) {
    auto first = start_server({"127.0.0.1:0", {}}, services_);
    ASSERT_TRUE(first.ok()) << first.error().what;
    v1::BankService::Service other;
    std::array<grpc::Service*, 1> others{&other};
    auto second = start_server({first->address, {}}, others);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, Error::Kind::kBusy);
    EXPECT_THAT(second.error().what, HasSubstr(first->address));
    first->server->Shutdown();
}

TEST_F(Server, RefusesAnAddressOfTheWorld) {
    const auto started = start_server({"0.0.0.0:0", {}}, services_);
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().kind, Error::Kind::kInvalid);
}

}  // namespace
}  // namespace lowu::rpc
