// Every call to a process of simulated banks that a command makes. Part of network.hpp; any thread:
// stubs are thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/peer.hpp"
#include "lowu/v1/bank.grpc.pb.h"

namespace lowu::client {

class BankClient {
public:
    BankClient(const std::string& who, const std::string& address);

    [[nodiscard]] const Peer& peer() const { return peer_; }

    // Customers' accounts.
    [[nodiscard]] Result<v1::ListBanksResponse> banks() const;
    [[nodiscard]] Result<v1::Account> open_account(const v1::OpenAccountRequest& request) const;
    [[nodiscard]] Result<v1::GetAccountResponse> account(const std::string& bank,
                                                         const std::string& account) const;
    // All accounts of a bank, or of all banks of the process when `bank` is empty; at most `limit`.
    [[nodiscard]] Result<std::vector<v1::Account>> accounts(const std::string& bank,
                                                            std::size_t limit) const;

    // Payments. send() blocks until final, or until the request's wait_ms has passed.
    [[nodiscard]] Result<v1::Remittance> send(const v1::SendRemittanceRequest& request) const;
    [[nodiscard]] Result<v1::Remittance> remittance(const std::string& bank,
                                                    const std::string& uetr) const;
    // As send().
    [[nodiscard]] Result<v1::Remittance> send_back(const v1::ReturnPaymentRequest& request) const;
    // Where a payment stands, as the bank's rail tells the bank; waits as send().
    [[nodiscard]] Result<v1::EnquireStatusResponse> enquire(
        const v1::EnquireStatusRequest& request) const;
    [[nodiscard]] Result<v1::QuoteOffer> quote(const v1::QuoteOrder& order) const;
    [[nodiscard]] Result<v1::ResolvePayeeResponse> resolve(
        const v1::ResolvePayeeRequest& request) const;

    // Proxies of its customers.
    [[nodiscard]] Result<v1::RegisterAccountProxyResponse> register_proxy(
        const v1::RegisterAccountProxyRequest& request) const;
    [[nodiscard]] Result<void> remove_proxy(const v1::RemoveAccountProxyRequest& request) const;

    // The bank itself.
    [[nodiscard]] Result<std::vector<v1::BankBooks>> books() const;
    [[nodiscard]] Result<void> set_rates(const v1::SetRatesRequest& request) const;
    [[nodiscard]] Result<void> set_availability(
        const v1::SetBankAvailabilityRequest& request) const;
    [[nodiscard]] Result<v1::GetBehaviorResponse> behavior(const std::string& bank) const;
    [[nodiscard]] Result<void> set_behavior(const v1::SetBehaviorRequest& request) const;
    [[nodiscard]] Result<v1::ListEventsResponse> events(const std::string& bank) const;

    // Generated customers' payments.
    [[nodiscard]] Result<void> start_traffic(const v1::StartTrafficRequest& request) const;
    [[nodiscard]] Result<v1::GetTrafficResponse> traffic() const;

private:
    Peer peer_;
    std::unique_ptr<v1::BankService::Stub> stub_;
};

}  // namespace lowu::client
