// lowu.v1.SettlementService: statements and positions over time, answered from durable state and
// the archive on the follower's thread. Translation only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/settlement.grpc.pb.h"
#include "switch/service/desk.hpp"

namespace lowu::service {

class SettlementService final : public v1::SettlementService::CallbackService {
public:
    explicit SettlementService(Desk& desk) : desk_(desk) {}

    grpc::ServerUnaryReactor* GetStatement(grpc::CallbackServerContext* context,
                                           const v1::GetStatementRequest* request,
                                           v1::GetStatementResponse* response) override;
    grpc::ServerUnaryReactor* ListPositionHistory(
        grpc::CallbackServerContext* context, const v1::ListPositionHistoryRequest* request,
        v1::ListPositionHistoryResponse* response) override;

private:
    Desk& desk_;
};

}  // namespace lowu::service
