// One process that listens, and a call to it whose failure is a sentence for people. Exists so that
// no command handles a gRPC status. Used by switch_client.hpp and bank_client.hpp; any thread:
// nothing here changes after construction.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "common/base/result.hpp"

namespace lowu::client {

// How long a call may take unless it waits for a payment.
inline constexpr std::chrono::milliseconds kCallTimeout{10'000};

// What one page of a list holds at most; lists ask for as many pages as they need.
inline constexpr std::size_t kPageSizeMax = 1'000;

// A status that is not OK, in words: which process, what it refused, what to do. Kinds: kInvalid
// (a field breaks a rule, or what is asked for is not possible), kNotFound, kUnavailable (nobody
// listens there), kExhausted, else kUnknown.
[[nodiscard]] Error error_of(const grpc::Status& status, const std::string& who,
                             const std::string& address);

struct Peer {
    std::string who;  // for error texts: "the switch"
    std::string address;
    std::shared_ptr<grpc::Channel> channel;

    // Opens nothing yet: gRPC connects with the first call.
    Peer(std::string name, std::string where);

    template <class Stub, class Request, class Response>
    [[nodiscard]] Result<Response> call(
        Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const Request& request, std::chrono::milliseconds timeout = kCallTimeout) const {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + timeout);
        Response response;
        const grpc::Status status = (stub.*method)(&context, request, &response);
        if (!status.ok()) return error_of(status, who, address);
        return response;
    }
};

// Whether a bank said no as it says no to a payment: it gives no quote.
[[nodiscard]] bool is_refusal(const Error& error);

// For calls whose answer is empty.
template <class Response>
[[nodiscard]] Result<void> done(const Result<Response>& answer) {
    if (!answer) return answer.error();
    return {};
}

// grpc.health.v1.Health/Check for the whole server: true when it says SERVING, within the timeout.
[[nodiscard]] bool is_serving(const Peer& peer, std::chrono::milliseconds timeout);

}  // namespace lowu::client
