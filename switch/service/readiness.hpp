// Readiness: whether the switch serves, and while it does not, why. Exists so that the port answers
// from the first moment, with words instead of a refused connection: a switch that replays its log
// says how far it has come. Written by main's thread, read by gRPC's.
#pragma once

#include <grpcpp/support/status.h>

#include <mutex>
#include <optional>
#include <string>

namespace lowu::service {

class Readiness {
public:
    /// `what`: "is replaying its log: 35 %", to follow "the switch".
    void waits(std::string what);
    void serves();
    void stops();

    /// The answer to a call that comes now, or nullopt when it is to be taken.
    [[nodiscard]] std::optional<grpc::Status> refusal() const;

private:
    enum class State : std::uint8_t { kWaits, kServes, kStops };

    mutable std::mutex mutex_;
    State state_ = State::kWaits;
    std::string what_ = "is starting";
};

}  // namespace lowu::service
