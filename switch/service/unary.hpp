// What the unary services share: putting a question to the desk or a change to the engine, and
// finishing the call with its answer.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/rpc/status.hpp"
#include "common/scheme/field_fault.hpp"
#include "switch/service/desk.hpp"
#include "switch/service/requests.hpp"

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

/// Why nothing but the switch's own status can be told now; nullopt: anything can.
[[nodiscard]] inline std::optional<grpc::Status> behind_archive(const SwitchStatus& status) {
    if (status.archive_trouble.empty()) return std::nullopt;
    return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "ARCHIVE_TROUBLE", "",
                            "the archive takes nothing at present: " + status.archive_trouble);
}

/// `answer(follower, status)` fills the response on the follower's thread and returns the call's
/// status, whatever the archive does.
template <class Answer>
grpc::ServerUnaryReactor* ask_of_switch(grpc::CallbackServerContext* context, Desk& desk,
                                        Answer answer) {
    if (const auto not_ready = desk.readiness().refusal()) return finish(context, *not_ready);
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

/// The same for what is told of payments, banks and books.
template <class Answer>
grpc::ServerUnaryReactor* ask(grpc::CallbackServerContext* context, Desk& desk, Answer answer) {
    return ask_of_switch(context, desk,
                         [answer = std::move(answer)](const follower::Follower& follower,
                                                      const SwitchStatus& status) {
                             const auto behind = behind_archive(status);
                             return behind ? *behind : answer(follower, status);
                         });
}

/// The archive cannot be read; the words name the file.
[[nodiscard]] inline grpc::Status unreadable(const Error& error) {
    const bool lost = error.kind == Error::Kind::kCorrupt;
    return rpc::make_status(lost ? grpc::StatusCode::DATA_LOSS : grpc::StatusCode::INTERNAL,
                            "ARCHIVE_UNREADABLE", "", error.what);
}

[[nodiscard]] inline grpc::Status shutting_down() {
    return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "",
                            "the switch is stopping");
}

[[nodiscard]] inline grpc::Status too_many_waiting() {
    return rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WAITING", "",
                            "too many changes wait, or the switch is stopping");
}

/// Why a change was refused, as a status: the rule's name in upper case is the reason.
[[nodiscard]] grpc::Status refusal(core::ResultCode result, std::string_view field,
                                   grpc::StatusCode code = grpc::StatusCode::FAILED_PRECONDITION);

/// A change by commands. `build(engine, commands)` runs on the engine's thread; it fills in the
/// commands, or returns why the call cannot be. Without commands there is nothing to change.
/// `answer(outcome)` fills the response when it is durable and returns the call's status.
template <class Build, class Answer>
grpc::ServerUnaryReactor* change(grpc::CallbackServerContext* context, Requests& requests,
                                 Build build, Answer answer) {
    if (const auto not_ready = requests.readiness().refusal()) return finish(context, *not_ready);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool posted = requests.post_change(
        [reactor, build = std::move(build), &requests](engine::Engine& engine,
                                                       engine::ChangeId id) {
            std::vector<engine::ChangeCommand> commands;
            const std::optional<grpc::Status> fault = build(engine, commands);
            if (!fault && !commands.empty()) return engine.change(id, std::move(commands));
            requests.drop(id);
            reactor->Finish(fault.value_or(grpc::Status::OK));
        },
        [reactor] { reactor->Finish(shutting_down()); },
        [reactor, answer = std::move(answer)](const engine::ChangeOutcome& outcome) {
            reactor->Finish(answer(outcome));
        });
    if (!posted) reactor->Finish(too_many_waiting());
    return reactor;
}

}  // namespace lowu::service
