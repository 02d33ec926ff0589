// BankServiceServer: lowu.v1.BankService for customers' apps. Exists to translate between calls and
// the pure banks; every call is handled on the loop, and one that waits for a payment is finished
// when the payment is final or its time is over, and what it says is durable. gRPC's threads call
// the overrides; they only post.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "bank_sim/client/call_status.hpp"
#include "bank_sim/client/host.hpp"
#include "lowu/v1/bank.grpc.pb.h"

namespace lowu::bank {

class BankServiceServer final : public v1::BankService::CallbackService {
public:
    /// Until then every call is refused: the banks are not there yet. The host's loop must run as
    /// long as the server does: a call is finished there.
    void open(Host& host) { host_.store(&host); }

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

    grpc::ServerUnaryReactor* ReturnPayment(grpc::CallbackServerContext* context,
                                            const v1::ReturnPaymentRequest* request,
                                            v1::ReturnPaymentResponse* response) override;

    // bank_service_desk.cpp.
    grpc::ServerUnaryReactor* Quote(grpc::CallbackServerContext* context,
                                    const v1::QuoteOrder* request,
                                    v1::QuoteOffer* response) override;
    grpc::ServerUnaryReactor* ResolveProxy(grpc::CallbackServerContext* context,
                                           const v1::ResolvePayeeRequest* request,
                                           v1::ResolvePayeeResponse* response) override;
    grpc::ServerUnaryReactor* RegisterProxy(grpc::CallbackServerContext* context,
                                            const v1::RegisterAccountProxyRequest* request,
                                            v1::RegisterAccountProxyResponse* response) override;
    grpc::ServerUnaryReactor* RemoveProxy(grpc::CallbackServerContext* context,
                                          const v1::RemoveAccountProxyRequest* request,
                                          v1::RemoveAccountProxyResponse* response) override;
    grpc::ServerUnaryReactor* SetRates(grpc::CallbackServerContext* context,
                                       const v1::SetRatesRequest* request,
                                       v1::SetRatesResponse* response) override;
    grpc::ServerUnaryReactor* SetAvailability(grpc::CallbackServerContext* context,
                                              const v1::SetBankAvailabilityRequest* request,
                                              v1::SetBankAvailabilityResponse* response) override;
    grpc::ServerUnaryReactor* SetBehavior(grpc::CallbackServerContext* context,
                                          const v1::SetBehaviorRequest* request,
                                          v1::SetBehaviorResponse* response) override;
    grpc::ServerUnaryReactor* GetBehavior(grpc::CallbackServerContext* context,
                                          const v1::GetBehaviorRequest* request,
                                          v1::GetBehaviorResponse* response) override;
    grpc::ServerUnaryReactor* EnquireStatus(grpc::CallbackServerContext* context,
                                            const v1::EnquireStatusRequest* request,
                                            v1::EnquireStatusResponse* response) override;
    grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                         const v1::ListEventsRequest* request,
                                         v1::ListEventsResponse* response) override;

private:
    using Reactor = grpc::ServerUnaryReactor;

    /// What a call does: only asks, or may change a bank, for which the log needs room.
    enum class Call : std::uint8_t { kAsks, kChanges };

    // Runs `handle`, which returns the call's status, on the loop.
    template <class Handle>
    Reactor* answer_on_loop(Call call, grpc::CallbackServerContext* context, Handle handle) {
        return on_loop(call, context, [this, handle = std::move(handle)](Reactor* reactor) {
            finish(reactor, handle());
        });
    }

    // Runs `handle`, which sees to it that the reactor is finished once, on the loop.
    template <class Handle>
    Reactor* on_loop(Call call, grpc::CallbackServerContext* context, Handle handle) {
        Reactor* reactor = context->DefaultReactor();
        Host* host = host_.load();
        if (host == nullptr) {
            reactor->Finish(starting());
            return reactor;
        }
        boost::asio::post(host->loop(), [this, call, host, reactor, handle = std::move(handle)] {
            if (const auto refusal = refusal_of(call)) {
                reactor->Finish(*refusal);
            } else {
                handle(reactor);
            }
            host->request_turn();
        });
        return reactor;
    }

    [[nodiscard]] Host& host() { return *host_.load(); }
    [[nodiscard]] std::optional<grpc::Status> refusal_of(Call call);
    // Answers when everything that the answer may tell of is durable.
    void finish(Reactor* reactor, grpc::Status status);

    [[nodiscard]] grpc::Status start_day(const v1::DaySlice& slice);
    void send(const v1::SendRemittanceRequest& request, v1::SendRemittanceResponse& response,
              Reactor* reactor);
    void send_resolved(Bank& bank, const v1::ResolveProxyRequest& asked, const grpc::Status& status,
                       const v1::ResolveProxyResponse& found,
                       const v1::SendRemittanceRequest& request,
                       v1::SendRemittanceResponse& response, Reactor* reactor);
    void start(Bank& bank, const v1::SendRemittanceRequest& request,
               v1::SendRemittanceResponse& response, Reactor* reactor);
    // Answers with the remittance when it is final, or when its time is over.
    template <class Response>
    void await(Bank& bank, const Outcome<const OutgoingRemittance*>& sent, std::int32_t wait_ms,
               bool no_wait, Response& response, Reactor* reactor);
    void enquire(const v1::EnquireStatusRequest& request, v1::EnquireStatusResponse& response,
                 Reactor* reactor);
    template <class Response>
    void finish_with_remittance(const Bank& bank, const std::string& uetr, Response& response,
                                Reactor* reactor);

    std::atomic<Host*> host_{nullptr};
};

}  // namespace lowu::bank
