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
#include "lowu/v1/payment.grpc.pb.h"
#include "lowu/v1/settlement.grpc.pb.h"
#include "tests/integration/running_scheme.hpp"
#include "tests/integration/scripted_bank.hpp"

namespace lowu::test {

/// "FAILED_PRECONDITION PARAMETER_RANGE opens_at_minute: The value ..."; "OK" when it went well.
inline std::string said(const grpc::Status& status) {
    const auto code_name = [](grpc::StatusCode code) -> std::string {
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
            case grpc::StatusCode::ABORTED:
                return "ABORTED";
            case grpc::StatusCode::OUT_OF_RANGE:
                return "OUT_OF_RANGE";
            case grpc::StatusCode::DATA_LOSS:
                return "DATA_LOSS";
        }
        return std::to_string(static_cast<int>(code));
    };
    if (status.ok()) return "OK";
    const v1::ErrorDetail detail = rpc::detail_of(status);
    return code_name(status.error_code()) + " " + detail.reason() + " " + detail.field() + ": " +
           detail.rule();
}

/// What a call gave.
template <class Response>
struct Called {
    grpc::Status status;
    Response response;

    [[nodiscard]] bool ok() const { return status.ok(); }
    [[nodiscard]] std::string said() const { return test::said(status); }
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
    /// Files of banks that a process plays, in the test's folder; empty: there are none.
    explicit Services(const std::string& hk = "", const std::string& mainland = "")
        : running_({folder_.file("switch.txtpb"), hk.empty() ? hk : folder_.file(hk),
                    mainland.empty() ? mainland : folder_.file(mainland)}) {}

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
        const std::string money = std::to_string(opening_minor_);
        std::string text =
            "scheme_start: \"2025-06-22 09:00\"\n"
            "deadlines { " +
            deadlines_ +
            " }\n"
            "reference_rate { date: \"2025-06-22\" cny_per_hkd_e8: 92000000\n"
            "  cny_per_usd_e8: 720000000 }\n";
        for (const char* code : {kHk, kOtherHk}) {
            text += "participants { rail: RAIL_FPS code: \"" + std::string(code) +
                    "\" opening_cny_minor: " + money + " }\n";
        }
        for (const std::string& code : {mainland_, other_mainland_}) {
            text += "participants { rail: RAIL_IBPS code: \"" + code +
                    "\" net_debit_cap_minor: " + money + " }\n";
        }
        text += "link { fps_agent: \"" + std::string(kHk) + "\" fps_opening_cny_minor: " + money +
                " ibps_agent: \"" + mainland_ + "\" ibps_net_debit_cap_minor: " + money + " }\n";
        write_file(folder_.file("switch.txtpb"), text + more);
    }
    void make_stubs() {
        const auto channel = grpc::CreateChannel(running_.addresses().switch_address,
                                                 grpc::InsecureChannelCredentials());
        operations_ = v1::OperationsService::NewStub(channel);
        directory_ = v1::DirectoryService::NewStub(channel);
        exchange_ = v1::ExchangeService::NewStub(channel);
        payments_ = v1::PaymentService::NewStub(channel);
        settlement_ = v1::SettlementService::NewStub(channel);
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
    v1::GetStatusResponse status(bool with_digests = false) {
        v1::GetStatusRequest request;
        request.set_with_digests(with_digests);
        return call(*operations_, &v1::OperationsService::Stub::GetStatus, request).response;
    }
    v1::Participant participant(const std::string& code) {
        const auto all = call(*operations_, &v1::OperationsService::Stub::ListParticipants,
                              v1::ListParticipantsRequest());
        for (const v1::Participant& one : all.response.participants()) {
            if (one.code() == code) return one;
        }
        return {};
    }
    v1::Snapshot take_snapshot() {
        const auto taken = call(*operations_, &v1::OperationsService::Stub::TakeSnapshot,
                                v1::TakeSnapshotRequest());
        EXPECT_TRUE(taken.ok()) << taken.said();
        return taken.response.snapshot();
    }

    // Payments.

    Called<v1::GetPaymentResponse> get(const std::string& uetr) {
        v1::GetPaymentRequest request;
        request.set_uetr(uetr);
        return call(*payments_, &v1::PaymentService::Stub::GetPayment, request);
    }
    /// `count` instructions of several persons.
    static std::vector<v1::CreditTransfer> transfers(const ScriptedBank& payer,
                                                     const std::string& payee_agent, int count) {
        std::vector<v1::CreditTransfer> made;
        for (int i = 0; i < count; ++i) {
            made.push_back(payer.transfer(payee_agent, person(static_cast<char>('a' + i % 20))));
            made.back().set_amount_minor(100 + i);
        }
        return made;
    }
    /// The payee's bank accepts all of them.
    static void accept_all(ScriptedBank& payee, const std::vector<v1::CreditTransfer>& all) {
        for (const v1::CreditTransfer& one : all) {
            EXPECT_EQ(payee.take_request(one.uetr()).transfer().uetr(), one.uetr());
            payee.accept(one.uetr());
        }
    }
    /// Pays all of them, and they are settled and credited.
    static void settle(ScriptedBank& payer, ScriptedBank& payee,
                       const std::vector<v1::CreditTransfer>& all) {
        payer.pay_all(all);
        accept_all(payee, all);
        for (const v1::CreditTransfer& one : all) {
            EXPECT_EQ(payer.take_outcome(one.uetr()), "ACSC");
            payee.report_credited(one.uetr());
        }
        payee.wait_acknowledged();
    }

    TempDirectory folder_;
    RunningScheme running_;
    std::string deadlines_ = "payee_ms: 600000 origin_ms: 1200000 creation_window_ms: 1200000";
    std::int64_t opening_minor_ = 10'000'000;  ///< Of each bank and of the link: money, and caps.
    std::unique_ptr<v1::OperationsService::Stub> operations_;
    std::unique_ptr<v1::DirectoryService::Stub> directory_;
    std::unique_ptr<v1::ExchangeService::Stub> exchange_;
    std::unique_ptr<v1::PaymentService::Stub> payments_;
    std::unique_ptr<v1::SettlementService::Stub> settlement_;
};

}  // namespace lowu::test
