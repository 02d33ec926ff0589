// lowu.v1.OperationsService: participants, positions, the switch's own state; answered from durable
// state on the follower's thread. Translation only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/operations.grpc.pb.h"
#include "switch/service/desk.hpp"

namespace lowu::service {

/// Names the cells that a switch hosts; its log says the same.
inline constexpr std::string_view kForm = "fps/0+ibps/0";

class OperationsService final : public v1::OperationsService::CallbackService {
public:
    explicit OperationsService(Desk& desk) : desk_(desk) {}

    grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                        const v1::GetStatusRequest* request,
                                        v1::GetStatusResponse* response) override;
    grpc::ServerUnaryReactor* ListParticipants(grpc::CallbackServerContext* context,
                                               const v1::ListParticipantsRequest* request,
                                               v1::ListParticipantsResponse* response) override;
    grpc::ServerUnaryReactor* ListPositions(grpc::CallbackServerContext* context,
                                            const v1::ListPositionsRequest* request,
                                            v1::ListPositionsResponse* response) override;

private:
    Desk& desk_;
};

}  // namespace lowu::service
