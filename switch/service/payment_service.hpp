// lowu.v1.PaymentService: questions about payments, answered from durable state on the follower's
// thread. Translation only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/payment.grpc.pb.h"
#include "switch/service/desk.hpp"

namespace lowu::service {

class PaymentService final : public v1::PaymentService::CallbackService {
public:
    explicit PaymentService(Desk& desk) : desk_(desk) {}

    grpc::ServerUnaryReactor* GetPayment(grpc::CallbackServerContext* context,
                                         const v1::GetPaymentRequest* request,
                                         v1::GetPaymentResponse* response) override;
    grpc::ServerUnaryReactor* ListPayments(grpc::CallbackServerContext* context,
                                           const v1::ListPaymentsRequest* request,
                                           v1::ListPaymentsResponse* response) override;
    grpc::ServerWriteReactor<v1::WatchPaymentsResponse>* WatchPayments(
        grpc::CallbackServerContext* context, const v1::WatchPaymentsRequest* request) override;

private:
    Desk& desk_;
};

}  // namespace lowu::service
