// BankServiceServer: lowu.v1.BankService for customers' apps. Exists to translate between calls and
// the pure banks; every call is handled on the loop, and one that waits for a payment is finished
// when the payment is final or its time is over. gRPC's threads call the overrides; they only post.
#pragma once

#include <grpcpp/grpcpp.h>

#include "bank_sim/client/host.hpp"
#include "lowu/v1/bank.grpc.pb.h"

namespace lowu::bank {

class BankServiceServer final : public v1::BankService::CallbackService {
public:
    /// The host's loop must run as long as the server does: a call is finished there.
    explicit BankServiceServer(Host& host) : host_(host) {}

    grpc::ServerUnaryReactor* ListBanks(grpc::CallbackServerContext* context,
                                        const v1::ListBanksRequest* request,
                                        v1::ListBanksResponse* response) override;
    grpc::ServerUnaryReactor* OpenAccount(grpc::CallbackServerContext* context,
                                          const v1::OpenAccountRequest* request,
                                          v1::OpenAccountResponse* response) override;
    grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                         const v1::GetAccountRequest* request,
                                         v1::GetAccountResponse* response) override;
    grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                           const v1::ListAccountsRequest* request,
                                           v1::ListAccountsResponse* response) override;
    grpc::ServerUnaryReactor* SendRemittance(grpc::CallbackServerContext* context,
                                             const v1::SendRemittanceRequest* request,
                                             v1::SendRemittanceResponse* response) override;
    grpc::ServerUnaryReactor* GetRemittance(grpc::CallbackServerContext* context,
                                            const v1::GetRemittanceRequest* request,
                                            v1::GetRemittanceResponse* response) override;
    grpc::ServerUnaryReactor* GetBooks(grpc::CallbackServerContext* context,
                                       const v1::GetBooksRequest* request,
                                       v1::GetBooksResponse* response) override;
    grpc::ServerUnaryReactor* StartTraffic(grpc::CallbackServerContext* context,
                                           const v1::StartTrafficRequest* request,
                                           v1::StartTrafficResponse* response) override;
    grpc::ServerUnaryReactor* GetTraffic(grpc::CallbackServerContext* context,
                                         const v1::GetTrafficRequest* request,
                                         v1::GetTrafficResponse* response) override;

private:
    using Reactor = grpc::ServerUnaryReactor;

    // Runs `handle`, which returns the call's status, on the loop.
    template <class Handle>
    Reactor* answer_on_loop(grpc::CallbackServerContext* context, Handle handle);

    void send(const v1::SendRemittanceRequest& request, v1::SendRemittanceResponse& response,
              Reactor* reactor);
    void finish_with_remittance(const Bank& bank, const std::string& uetr,
                                v1::SendRemittanceResponse& response, Reactor* reactor);

    Host& host_;
};

}  // namespace lowu::bank
