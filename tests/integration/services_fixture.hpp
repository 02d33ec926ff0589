// A real switch, scripted banks and plain gRPC calls: for the tests of the switch's services. Two
// invented banks on each rail. Test's main thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/status.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"
#include "lowu/v1/directory.grpc.pb.h"
#include "lowu/v1/exchange.grpc.pb.h"
#include "lowu/v1/operations.grpc.pb.h"
#include "tests/integration/running_scheme.hpp"
#include "tests/integration/scripted_bank.hpp"

namespace lowu::test {

/// What a call gave.
template <class Response>
struct Called {
    grpc::Status status;
    Response response;

    [[nodiscard]] bool ok() const { return status.ok(); }
    /// "FAILED_PRECONDITION PARAMETER_RANGE opens_at_minute: The value ..."; "OK" when it went
    /// well.
    [[nodiscard]] std::string said() const {
        if (status.ok()) return "OK";
        const v1::ErrorDetail detail = rpc::detail_of(status);
        return code_name(status.error_code()) + " " + detail.reason() + " " + detail.field() +
               ": " + detail.rule();
    }

private:
    static std::string code_name(grpc::StatusCode code) {
        switch (static_cast<int>(code)) {
            case grpc::StatusCode::INVALID_ARGUMENT:
                return "INVALID_ARGUMENT";
            case grpc::StatusCode::DEADLINE_EXCEEDED:
                return "DEADLINE_EXCEEDED";
            case grpc::StatusCode::NOT_FOUND:
                return "NOT_FOUND";
            case grpc::StatusCode::RESOURCE_EXHAUSTED:
                return "RESOURCE_EXHAUSTED";
            case grpc::StatusCode::FAILED_PRECONDITION:
                return "FAILED_PRECONDITION";
            case grpc::StatusCode::UNAVAILABLE:
                return "UNAVAILABLE";
        }
        return std::to_string(static_cast<int>(code));
    }
};

/// One unary call, within the test's patience.
template <class Stub, class Request, class Response>
Called<Response> call(Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    Called<Response> called;
    called.status = (stub.*method)(&context, request, &called.response);
    return called;
}

class Services : public ::testing::Test {
protected:
    static constexpr const char* kHk = "LW7";
    static constexpr const char* kOtherHk = "LW8";
    const std::string mainland_ = invented_code(1);
    const std::string other_mainland_ = invented_code(2);
    /// 2025-06-22 09:00 UTC+8, where the switch starts.
    const std::int64_t start_ms_ = scheme::kDefaultSchemeStart.value;
    const std::int64_t day_ms_ = scheme::kDayMs;

    void SetUp() override {
        write_config("");
        ASSERT_TRUE(running_.start_switch());
        make_stubs();
    }

    static std::string invented_code(int number) {
        const std::string digits = "9995850000" + std::to_string(number);
        return digits + scheme::ibps_check_digit(digits);
    }
    /// `more`: at the end of the file.
    void write_config(const std::string& more) {
        std::string text =
            "scheme_start: \"2025-06-22 09:00\"\n"
            "deadlines { payee_ms: 600000 origin_ms: 1200000 creation_window_ms: 1200000 }\n"
            "reference_rate { date: \"2025-06-22\" cny_per_hkd_e8: 92000000\n"
            "  cny_per_usd_e8: 720000000 }\n";
        for (const char* code : {kHk, kOtherHk}) {
            text += "participants { rail: RAIL_FPS code: \"" + std::string(code) +
                    "\" opening_cny_minor: 10000000 }\n";
        }
        for (const std::string& code : {mainland_, other_mainland_}) {
            text += "participants { rail: RAIL_IBPS code: \"" + code +
                    "\" net_debit_cap_minor: 10000000 }\n";
        }
        text += "link { fps_agent: \"" + std::string(kHk) +
                "\" fps_opening_cny_minor: 10000000 ibps_agent: \"" + mainland_ +
                "\" ibps_net_debit_cap_minor: 10000000 }\n";
        write_file(folder_.file("switch.txtpb"), text + more);
    }
    void make_stubs() {
        const auto channel = grpc::CreateChannel(running_.addresses().switch_address,
                                                 grpc::InsecureChannelCredentials());
        operations_ = v1::OperationsService::NewStub(channel);
        directory_ = v1::DirectoryService::NewStub(channel);
        exchange_ = v1::ExchangeService::NewStub(channel);
    }
    /// kill -9, and start again.
    void restart(const std::vector<std::string>& more = {}) {
        running_.kill_switch();
        ASSERT_TRUE(running_.start_switch(more));
        make_stubs();
    }

    ScriptedBank bank(const std::string& code) {
        return ScriptedBank(running_.addresses().switch_address, code);
    }
    /// A person's token.
    static std::string person(char letter) { return std::string(16, letter); }

    // Operations.

    static v1::Parameter parameter(const std::string& name, v1::Rail rail, std::int64_t value,
                                   v1::Direction direction = v1::DIRECTION_UNSPECIFIED,
                                   v1::Service service = v1::SERVICE_UNSPECIFIED,
                                   const std::string& participant = "") {
        v1::Parameter parameter;
        parameter.set_name(name);
        parameter.set_rail(rail);
        parameter.set_value(value);
        parameter.set_direction(direction);
        parameter.set_service(service);
        parameter.set_participant(participant);
        return parameter;
    }
    /// A parameter of southbound remittances at their origin.
    static v1::Parameter southbound(const std::string& name, std::int64_t value,
                                    const std::string& participant = "") {
        return parameter(name, v1::RAIL_IBPS, value, v1::DIRECTION_SOUTHBOUND,
                         v1::SERVICE_P2P_REMITTANCE, participant);
    }
    Called<v1::SetParametersResponse> set(const std::vector<v1::Parameter>& parameters,
                                          std::int64_t effective_ms = 0) {
        v1::SetParametersRequest request;
        for (const v1::Parameter& one : parameters)
            *request.add_parameters() = one;
        request.set_effective_time_ms(effective_ms);
        return call(*operations_, &v1::OperationsService::Stub::SetParameters, request);
    }
    Called<v1::GetParametersResponse> parameters(const std::string& name) {
        v1::GetParametersRequest request;
        request.set_name(name);
        return call(*operations_, &v1::OperationsService::Stub::GetParameters, request);
    }
    /// The value in force of a parameter of southbound remittances on ibps.
    std::int64_t southbound_value(const std::string& name, const std::string& participant = "") {
        const auto all = parameters(name).response;
        for (const v1::ParameterState& state : all.parameters()) {
            const v1::Parameter& one = state.parameter();
            if (one.rail() == v1::RAIL_IBPS && one.direction() == v1::DIRECTION_SOUTHBOUND &&
                one.service() == v1::SERVICE_P2P_REMITTANCE && one.participant() == participant) {
                return one.value();
            }
        }
        return -1;
    }
    Called<v1::AdvanceSchemeTimeResponse> advance(std::int64_t time_ms) {
        v1::AdvanceSchemeTimeRequest request;
        request.set_scheme_time_ms(time_ms);
        return call(*operations_, &v1::OperationsService::Stub::AdvanceSchemeTime, request);
    }
    v1::GetStatusResponse status() {
        return call(*operations_, &v1::OperationsService::Stub::GetStatus, v1::GetStatusRequest())
            .response;
    }

    TempDirectory folder_;
    RunningScheme running_{{folder_.file("switch.txtpb"), "", ""}};
    std::unique_ptr<v1::OperationsService::Stub> operations_;
    std::unique_ptr<v1::DirectoryService::Stub> directory_;
    std::unique_ptr<v1::ExchangeService::Stub> exchange_;
};

}  // namespace lowu::test
