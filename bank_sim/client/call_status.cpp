// Refused calls. See call_status.hpp.
#include "bank_sim/client/call_status.hpp"

#include <string>

#include "common/base/assert.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

grpc::StatusCode code_of(CallError::Kind kind) {
    switch (kind) {
        case CallError::Kind::kMalformed:
            return grpc::StatusCode::INVALID_ARGUMENT;
        case CallError::Kind::kNotFound:
            return grpc::StatusCode::NOT_FOUND;
        case CallError::Kind::kExists:
            return grpc::StatusCode::ALREADY_EXISTS;
        case CallError::Kind::kState:
            return grpc::StatusCode::FAILED_PRECONDITION;
        case CallError::Kind::kFull:
            return grpc::StatusCode::RESOURCE_EXHAUSTED;
        case CallError::Kind::kNotReady:
            return grpc::StatusCode::UNAVAILABLE;
    }
    LOWU_UNREACHABLE("every kind of call error has a status code");
}

}  // namespace

grpc::Status status_of(const CallError& error) {
    return rpc::make_status(code_of(error.kind), error.reason, error.field, error.rule);
}

grpc::Status no_such_bank(const char* field) {
    return rpc::make_status(grpc::StatusCode::NOT_FOUND, "NO_SUCH_BANK", field,
                            "must be the code of a bank that this process plays");
}

grpc::Status shutting_down() {
    return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "",
                            "the program is ending");
}

grpc::Status starting() {
    return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "STARTING", "",
                            "the banks are taking up what their log holds: ask again later");
}

grpc::Status log_full() {
    return rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "LOG_FULL", "",
                            "the disk has no room for the banks' log: nothing new is taken until "
                            "there is");
}

grpc::Status log_behind() {
    return rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "LOG_BEHIND", "",
                            "the disk is behind with the banks' log: ask again later");
}

grpc::Status out_of_range(const char* field, std::int32_t last) {
    return status_of(malformed(field, "must be 0 to " + std::to_string(last)));
}

grpc::Status passed_on(const grpc::Status& status) {
    if (!rpc::detail_of(status).reason().empty()) {
        return status;
    }
    return rpc::make_status(status.error_code(), "SWITCH_NOT_ASKED", "",
                            "the switch could not be asked: " + status.error_message());
}

}  // namespace lowu::bank
