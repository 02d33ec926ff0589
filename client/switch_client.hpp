// Every call to the switch that a command makes. Part of network.hpp; any thread: stubs are
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/peer.hpp"
#include "lowu/v1/directory.grpc.pb.h"
#include "lowu/v1/exchange.grpc.pb.h"
#include "lowu/v1/operations.grpc.pb.h"
#include "lowu/v1/payment.grpc.pb.h"

namespace lowu::client {

class SwitchClient {
public:
    explicit SwitchClient(const std::string& address);

    [[nodiscard]] const Peer& peer() const { return peer_; }

    // PaymentService.
    [[nodiscard]] Result<v1::GetPaymentResponse> payment(const std::string& uetr) const;
    // At most `limit` payments, over as many pages as that takes; the total held is in the answer.
    [[nodiscard]] Result<v1::ListPaymentsResponse> payments(const v1::ListPaymentsRequest& filter,
                                                            std::size_t limit) const;

    // OperationsService: what it is asked.
    [[nodiscard]] Result<v1::GetStatusResponse> status() const;
    [[nodiscard]] Result<v1::ListParticipantsResponse> participants() const;
    [[nodiscard]] Result<v1::ListPositionsResponse> positions() const;
    // All parameters, or those of one name.
    [[nodiscard]] Result<v1::GetParametersResponse> parameters(const std::string& name) const;
    [[nodiscard]] Result<v1::GetQuotaResponse> quota(const v1::PersonRef& person) const;

    // OperationsService: what it changes.
    [[nodiscard]] Result<v1::SetParametersResponse> set_parameters(
        const v1::SetParametersRequest& request) const;
    [[nodiscard]] Result<void> set_reference_rate(const v1::ReferenceRate& rate) const;
    [[nodiscard]] Result<void> set_availability(const v1::SetAvailabilityRequest& request) const;
    [[nodiscard]] Result<void> set_prior_use(const v1::SetPriorUseRequest& request) const;
    [[nodiscard]] Result<void> set_proxy_warning(const v1::SetProxyWarningRequest& request) const;
    // The scheme time that it is now.
    [[nodiscard]] Result<std::int64_t> advance_scheme_time(std::int64_t scheme_time_ms) const;

    // DirectoryService.
    [[nodiscard]] Result<v1::ResolveProxyResponse> resolve_proxy(
        const v1::ResolveProxyRequest& request) const;
    // As payments().
    [[nodiscard]] Result<v1::ListProxiesResponse> proxies(const std::string& participant,
                                                          std::size_t limit) const;

    // ExchangeService.
    [[nodiscard]] Result<v1::ListRateSheetsResponse> rate_sheets() const;

private:
    Peer peer_;
    std::unique_ptr<v1::PaymentService::Stub> payments_;
    std::unique_ptr<v1::OperationsService::Stub> operations_;
    std::unique_ptr<v1::DirectoryService::Stub> directory_;
    std::unique_ptr<v1::ExchangeService::Stub> exchange_;
};

}  // namespace lowu::client
