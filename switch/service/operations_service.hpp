// lowu.v1.OperationsService: participants, positions, the switch's own state, parameters and
// quotas, answered from durable state on the follower's thread (operations_service.cpp,
// operations_rules.cpp); and what an operator changes, by commands through the engine
// (operations_changes.cpp, operations_recovery.cpp). Translation only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/operations.grpc.pb.h"
#include "switch/service/desk.hpp"
#include "switch/service/halt.hpp"
#include "switch/service/requests.hpp"

namespace lowu::service {

/// Names the cells that a switch hosts; its log says the same.
inline constexpr std::string_view kForm = "fps/0+ibps/0";

class OperationsService final : public v1::OperationsService::CallbackService {
public:
    OperationsService(Desk& desk, Requests& requests, const Halt& halt)
        : desk_(desk), requests_(requests), halt_(halt) {}

    grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                        const v1::GetStatusRequest* request,
                                        v1::GetStatusResponse* response) override;
    grpc::ServerUnaryReactor* ListParticipants(grpc::CallbackServerContext* context,
                                               const v1::ListParticipantsRequest* request,
                                               v1::ListParticipantsResponse* response) override;
    grpc::ServerUnaryReactor* ListPositions(grpc::CallbackServerContext* context,
                                            const v1::ListPositionsRequest* request,
                                            v1::ListPositionsResponse* response) override;
    grpc::ServerUnaryReactor* GetParameters(grpc::CallbackServerContext* context,
                                            const v1::GetParametersRequest* request,
                                            v1::GetParametersResponse* response) override;
    grpc::ServerUnaryReactor* SetParameters(grpc::CallbackServerContext* context,
                                            const v1::SetParametersRequest* request,
                                            v1::SetParametersResponse* response) override;
    grpc::ServerUnaryReactor* SetReferenceRate(grpc::CallbackServerContext* context,
                                               const v1::SetReferenceRateRequest* request,
                                               v1::SetReferenceRateResponse* response) override;
    grpc::ServerUnaryReactor* SetAvailability(grpc::CallbackServerContext* context,
                                              const v1::SetAvailabilityRequest* request,
                                              v1::SetAvailabilityResponse* response) override;
    grpc::ServerUnaryReactor* SetPriorUse(grpc::CallbackServerContext* context,
                                          const v1::SetPriorUseRequest* request,
                                          v1::SetPriorUseResponse* response) override;
    grpc::ServerUnaryReactor* GetQuota(grpc::CallbackServerContext* context,
                                       const v1::GetQuotaRequest* request,
                                       v1::GetQuotaResponse* response) override;
    grpc::ServerUnaryReactor* SetProxyWarning(grpc::CallbackServerContext* context,
                                              const v1::SetProxyWarningRequest* request,
                                              v1::SetProxyWarningResponse* response) override;
    grpc::ServerUnaryReactor* AdvanceSchemeTime(grpc::CallbackServerContext* context,
                                                const v1::AdvanceSchemeTimeRequest* request,
                                                v1::AdvanceSchemeTimeResponse* response) override;
    grpc::ServerUnaryReactor* ListObligations(grpc::CallbackServerContext* context,
                                              const v1::ListObligationsRequest* request,
                                              v1::ListObligationsResponse* response) override;
    grpc::ServerUnaryReactor* DeclareDefault(grpc::CallbackServerContext* context,
                                             const v1::DeclareDefaultRequest* request,
                                             v1::DeclareDefaultResponse* response) override;
    grpc::ServerUnaryReactor* ConfirmClock(grpc::CallbackServerContext* context,
                                           const v1::ConfirmClockRequest* request,
                                           v1::ConfirmClockResponse* response) override;
    grpc::ServerUnaryReactor* TakeSnapshot(grpc::CallbackServerContext* context,
                                           const v1::TakeSnapshotRequest* request,
                                           v1::TakeSnapshotResponse* response) override;

private:
    Desk& desk_;
    Requests& requests_;
    const Halt& halt_;
};

}  // namespace lowu::service
