// The other side of every command: the switch and the two processes that play the banks, behind
// calls that return a Result with a sentence for people. Exists so that no command handles a gRPC
// status. Any thread: stubs are thread-safe, and nothing here changes after construction.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/bank.grpc.pb.h"
#include "lowu/v1/operations.grpc.pb.h"
#include "lowu/v1/payment.grpc.pb.h"

namespace lowu::client {

// Where the processes listen: host:port.
struct Addresses {
    std::string switch_address = "127.0.0.1:7410";
    std::string hk = "127.0.0.1:7420";
    std::string mainland = "127.0.0.1:7430";
};

// How long a call may take unless it waits for a payment.
inline constexpr std::chrono::milliseconds kCallTimeout{10'000};

// A status that is not OK, in words: which process, what it refused, what to do. Kinds: kInvalid
// (a field breaks a rule, or what is asked for is not possible), kNotFound, kUnavailable (nobody
// listens there), kExhausted, else kUnknown.
[[nodiscard]] Error error_of(const grpc::Status& status, const std::string& who,
                             const std::string& address);

// One process that listens.
struct Peer {
    std::string who;  // for error texts: "the switch"
    std::string address;
    std::shared_ptr<grpc::Channel> channel;

    // Opens nothing yet: gRPC connects with the first call.
    Peer(std::string name, std::string where);

    template <class Stub, class Request, class Response>
    [[nodiscard]] Result<Response> call(
        Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const Request& request, std::chrono::milliseconds timeout = kCallTimeout) const {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + timeout);
        Response response;
        const grpc::Status status = (stub.*method)(&context, request, &response);
        if (!status.ok()) return error_of(status, who, address);
        return response;
    }
};

// grpc.health.v1.Health/Check for the whole server: true when it says SERVING, within the timeout.
[[nodiscard]] bool is_serving(const Peer& peer, std::chrono::milliseconds timeout);

class SwitchClient {
public:
    explicit SwitchClient(const std::string& address);

    [[nodiscard]] const Peer& peer() const { return peer_; }
    [[nodiscard]] Result<v1::GetPaymentResponse> payment(const std::string& uetr) const;
    // At most `limit` payments, over as many pages as that takes; the total held is in the answer.
    [[nodiscard]] Result<v1::ListPaymentsResponse> payments(const v1::ListPaymentsRequest& filter,
                                                            std::size_t limit) const;
    [[nodiscard]] Result<v1::GetStatusResponse> status() const;
    [[nodiscard]] Result<v1::ListParticipantsResponse> participants() const;
    [[nodiscard]] Result<v1::ListPositionsResponse> positions() const;

private:
    Peer peer_;
    std::unique_ptr<v1::PaymentService::Stub> payments_;
    std::unique_ptr<v1::OperationsService::Stub> operations_;
};

class BankClient {
public:
    BankClient(const std::string& who, const std::string& address);

    [[nodiscard]] const Peer& peer() const { return peer_; }
    [[nodiscard]] Result<v1::ListBanksResponse> banks() const;
    [[nodiscard]] Result<v1::Account> open_account(const v1::OpenAccountRequest& request) const;
    [[nodiscard]] Result<v1::GetAccountResponse> account(const std::string& bank,
                                                         const std::string& account) const;
    // All accounts of a bank, or of all banks of the process when `bank` is empty; at most `limit`.
    [[nodiscard]] Result<std::vector<v1::Account>> accounts(const std::string& bank,
                                                            std::size_t limit) const;
    // Blocks until final, or until the request's wait_ms has passed.
    [[nodiscard]] Result<v1::Remittance> send(const v1::SendRemittanceRequest& request) const;
    [[nodiscard]] Result<v1::Remittance> remittance(const std::string& bank,
                                                    const std::string& uetr) const;
    [[nodiscard]] Result<std::vector<v1::BankBooks>> books() const;

private:
    Peer peer_;
    std::unique_ptr<v1::BankService::Stub> stub_;
};

// The three processes of a sandbox.
class Network {
public:
    explicit Network(const Addresses& addresses);

    [[nodiscard]] const SwitchClient& central() const { return switch_; }
    // The process that plays the banks of a rail.
    [[nodiscard]] const BankClient& banks_of(scheme::Rail rail) const {
        return rail == scheme::Rail::kFps ? hk_ : mainland_;
    }

private:
    SwitchClient switch_;
    BankClient hk_;
    BankClient mainland_;
};

// Calls `ready` until it says true, at growing distances from 5 ms to 250 ms; false when `timeout`
// has passed before.
[[nodiscard]] bool wait_with_backoff(std::chrono::milliseconds timeout,
                                     const std::function<bool()>& ready);

}  // namespace lowu::client
