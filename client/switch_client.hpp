// Every call to the switch that a command makes. Part of network.hpp; any thread: stubs are
// thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/payment_watch.hpp"
#include "client/peer.hpp"
#include "lowu/v1/directory.grpc.pb.h"
#include "lowu/v1/exchange.grpc.pb.h"
#include "lowu/v1/operations.grpc.pb.h"
#include "lowu/v1/payment.grpc.pb.h"
#include "lowu/v1/settlement.grpc.pb.h"

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
    // The same, page by page as they come; returns the last page without its payments.
    using TakePayments = std::function<void(const v1::ListPaymentsResponse&)>;
    [[nodiscard]] Result<v1::ListPaymentsResponse> payment_pages(
        const v1::ListPaymentsRequest& filter, std::size_t limit, const TakePayments& take) const;
    // Begins to watch; payment_watch.hpp says how it goes on.
    [[nodiscard]] std::unique_ptr<PaymentWatch> watch_payments(
        const v1::WatchPaymentsRequest& request) const;

    // SettlementService. At most `limit` entries, over as many pages as that takes.
    [[nodiscard]] Result<v1::GetStatementResponse> statement(const v1::GetStatementRequest& request,
                                                             std::size_t limit) const;
    [[nodiscard]] Result<v1::ListPositionHistoryResponse> position_history(
        const v1::ListPositionHistoryRequest& request) const;

    // OperationsService: what it is asked.
    [[nodiscard]] Result<v1::GetStatusResponse> status(bool with_digests = false) const;
    [[nodiscard]] Result<v1::ListParticipantsResponse> participants() const;
    // Whether `code`, typed as `field`, is a participant's; empty: nothing was asked for. Exists
    // because a list of an unknown bank's is empty. Fails with kInvalid for what is no code, with
    // kNotFound for nobody's.
    [[nodiscard]] Result<void> check_participant(const std::string& field,
                                                 const std::string& code) const;
    [[nodiscard]] Result<v1::ListPositionsResponse> positions() const;
    // All parameters, or those of one name.
    [[nodiscard]] Result<v1::GetParametersResponse> parameters(const std::string& name) const;
    [[nodiscard]] Result<v1::GetQuotaResponse> quota(const v1::PersonRef& person) const;

    // Of one bank, or of all when `participant` is empty; at most 1,000, the total is in the
    // answer.
    [[nodiscard]] Result<v1::ListObligationsResponse> obligations(const std::string& participant,
                                                                  std::size_t limit) const;

    // OperationsService: what it changes.
    [[nodiscard]] Result<v1::SetParametersResponse> set_parameters(
        const v1::SetParametersRequest& request) const;
    [[nodiscard]] Result<void> set_reference_rate(const v1::ReferenceRate& rate) const;
    [[nodiscard]] Result<void> set_availability(const v1::SetAvailabilityRequest& request) const;
    [[nodiscard]] Result<void> set_prior_use(const v1::SetPriorUseRequest& request) const;
    [[nodiscard]] Result<void> set_proxy_warning(const v1::SetProxyWarningRequest& request) const;
    [[nodiscard]] Result<v1::DeclareDefaultResponse> declare_default(
        const std::string& participant) const;
    [[nodiscard]] Result<v1::ConfirmClockResponse> confirm_clock(v1::ClockVerdict verdict) const;
    [[nodiscard]] Result<v1::Snapshot> take_snapshot() const;
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
    std::unique_ptr<v1::SettlementService::Stub> settlement_;
};

}  // namespace lowu::client
