// Whether the switch serves; see readiness.hpp.
#include "switch/service/readiness.hpp"

#include "common/base/assert.hpp"
#include "common/rpc/status.hpp"

namespace lowu::service {

void Readiness::waits(std::string what) {
    const std::lock_guard lock(mutex_);
    what_ = std::move(what);
}

void Readiness::serves() {
    const std::lock_guard lock(mutex_);
    state_ = State::kServes;
}

void Readiness::stops() {
    const std::lock_guard lock(mutex_);
    state_ = State::kStops;
}

std::optional<grpc::Status> Readiness::refusal() const {
    const std::lock_guard lock(mutex_);
    switch (state_) {
        case State::kServes:
            return std::nullopt;
        case State::kWaits:
            return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "NOT_SERVING", "",
                                    "the switch " + what_);
        case State::kStops:
            return rpc::make_status(grpc::StatusCode::UNAVAILABLE, "SHUTTING_DOWN", "",
                                    "the switch is stopping");
    }
    LOWU_UNREACHABLE("every state has an answer");
}

}  // namespace lowu::service
