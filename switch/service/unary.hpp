// What the unary services share: putting a question to the desk and finishing the call with its
// answer.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/rpc/status.hpp"
#include "common/scheme/field_fault.hpp"
#include "switch/service/desk.hpp"

namespace lowu::service {

[[nodiscard]] inline grpc::Status malformed_field(std::string_view field, std::string_view rule) {
    return rpc::make_status(grpc::StatusCode::INVALID_ARGUMENT, "MALFORMED_FIELD", field, rule);
}

inline grpc::ServerUnaryReactor* finish(grpc::CallbackServerContext* context,
                                        const grpc::Status& status) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(status);
    return reactor;
}

/// `answer(follower, status)` fills the response on the follower's thread and returns the call's
/// status.
template <class Answer>
grpc::ServerUnaryReactor* ask(grpc::CallbackServerContext* context, Desk& desk, Answer answer) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool taken =
        desk.ask([reactor, answer = std::move(answer)](const follower::Follower& follower,
                                                       const SwitchStatus& status) {
            reactor->Finish(answer(follower, status));
        });
    if (!taken) {
        reactor->Finish(rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_QUERIES",
                                         "", "too many queries wait, or the switch is stopping"));
    }
    return reactor;
}

}  // namespace lowu::service
