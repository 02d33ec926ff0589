// A running watch of payments: one answer after another, until one side ends it. Exists so that the
// command handles no gRPC stream. Made by SwitchClient::watch_payments; next() and end() on one
// thread, cancel() on any.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "client/peer.hpp"
#include "lowu/v1/payment.grpc.pb.h"

namespace lowu::client {

class PaymentWatch {
public:
    PaymentWatch(const Peer& peer, v1::PaymentService::Stub& payments,
                 const v1::WatchPaymentsRequest& request);
    PaymentWatch(const PaymentWatch&) = delete;
    PaymentWatch& operator=(const PaymentWatch&) = delete;
    ~PaymentWatch();  // cancels

    // Waits for the next answer; false when there is none any more.
    [[nodiscard]] bool next(v1::WatchPaymentsResponse& response);
    // Ends it: next() then returns false, at the latest after what has already come.
    void cancel();
    // Why it ended, once next() has returned false; no error when cancel() was called.
    [[nodiscard]] Result<void> end();

    // Where the watch can go on: of the last answer, or as the request said.
    [[nodiscard]] const std::string& resume_token() const { return resume_token_; }

private:
    std::string who_;
    std::string address_;
    std::string resume_token_;
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<v1::WatchPaymentsResponse>> reader_;
    bool ended_ = false;
};

// How a watch that the switch has ended is told: what to do when the token is too old or of another
// log.
[[nodiscard]] Error watch_error_of(const grpc::Status& status, const std::string& who,
                                   const std::string& address);

}  // namespace lowu::client
