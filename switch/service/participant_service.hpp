// lowu.v1.ParticipantService: opens a Connection for every call. Registered raw, so that the switch
// parses the stream in its own view of the contract, in which carried details stay bytes. Called on
// gRPC's threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/participant.grpc.pb.h"
#include "switch/service/connection.hpp"
#include "switch/service/readiness.hpp"

namespace lowu::service {

class ParticipantService final : public v1::ParticipantService::WithRawCallbackMethod_Session<
                                     v1::ParticipantService::Service> {
public:
    ParticipantService(ConnectionTable& table, const Readiness& readiness)
        : table_(table), readiness_(readiness) {}

    grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Session(
        grpc::CallbackServerContext* context) override;

private:
    ConnectionTable& table_;
    const Readiness& readiness_;
};

}  // namespace lowu::service
