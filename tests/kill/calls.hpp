// The calls of the kill test, to processes that die and come back. Exists because the connections
// of `lowu` wait long before they try a dead address again: these try often. Main thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/bank.grpc.pb.h"
#include "lowu/v1/operations.grpc.pb.h"
#include "lowu/v1/payment.grpc.pb.h"

namespace lowu::killing {

/// How long a call waits for a process to come back, and for its answer.
inline constexpr std::chrono::milliseconds kCallPatience{60'000};

/// A stub on a connection of its own.
template <class Service>
class Line {
public:
    Line(std::string who, const std::string& address) : who_(std::move(who)) {
        constexpr int kAgainMs = 50;
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kAgainMs);
        arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kAgainMs);
        arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kAgainMs);
        arguments.SetMaxReceiveMessageSize(-1);
        channel_ =
            grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
        stub_ = Service::NewStub(channel_);
    }

    template <class Request, class Response>
    [[nodiscard]] Result<Response> call(
        grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const Request& request, std::chrono::milliseconds patience = kCallPatience) const {
        grpc::ClientContext context;
        context.set_wait_for_ready(true);
        context.set_deadline(std::chrono::system_clock::now() + patience);
        Response response;
        const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
        if (status.ok()) return response;
        const bool refused = status.error_code() == grpc::StatusCode::FAILED_PRECONDITION;
        const bool unknown = status.error_code() == grpc::StatusCode::NOT_FOUND;
        return Error{refused   ? Error::Kind::kInvalid
                     : unknown ? Error::Kind::kNotFound
                               : Error::Kind::kUnavailable,
                     who_ + ": " + status.error_message()};
    }

private:
    std::string who_;
    std::shared_ptr<grpc::Channel> channel_;
    std::unique_ptr<typename Service::Stub> stub_;
};

using BankLine = Line<v1::BankService>;
using OperationsLine = Line<v1::OperationsService>;
using PaymentLine = Line<v1::PaymentService>;

}  // namespace lowu::killing
