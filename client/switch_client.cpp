// Calls to the switch. See switch_client.hpp.
#include "client/switch_client.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/words.hpp"

namespace lowu::client {

namespace {

using Operations = v1::OperationsService::Stub;
using Settlement = v1::SettlementService::Stub;

// A snapshot of many payments is written and read back before the call returns.
constexpr std::chrono::minutes kSnapshotTimeout{10};

}  // namespace

SwitchClient::SwitchClient(const std::string& address)
    : peer_("the switch", address),
      payments_(v1::PaymentService::NewStub(peer_.channel)),
      operations_(v1::OperationsService::NewStub(peer_.channel)),
      directory_(v1::DirectoryService::NewStub(peer_.channel)),
      exchange_(v1::ExchangeService::NewStub(peer_.channel)),
      settlement_(v1::SettlementService::NewStub(peer_.channel)) {}

Result<v1::GetPaymentResponse> SwitchClient::payment(const std::string& uetr) const {
    v1::GetPaymentRequest request;
    request.set_uetr(uetr);
    return peer_.call(*payments_, &v1::PaymentService::Stub::GetPayment, request);
}

Result<v1::ListPaymentsResponse> SwitchClient::payments(const v1::ListPaymentsRequest& filter,
                                                        std::size_t limit) const {
    v1::ListPaymentsResponse all;
    const auto last = payment_pages(filter, limit, [&all](const v1::ListPaymentsResponse& page) {
        all.mutable_payments()->MergeFrom(page.payments());
    });
    if (!last) return last.error();
    all.set_next_page_token(last->next_page_token());
    all.set_held_total(last->held_total());
    return all;
}

// A page may be short, or empty, before the last one: only the missing token ends the list.
Result<v1::ListPaymentsResponse> SwitchClient::payment_pages(const v1::ListPaymentsRequest& filter,
                                                             std::size_t limit,
                                                             const TakePayments& take) const {
    v1::ListPaymentsRequest request = filter;
    std::size_t missing = limit;
    while (true) {
        request.set_page_size(static_cast<std::int32_t>(std::min(missing, kPageSizeMax)));
        auto page = peer_.call(*payments_, &v1::PaymentService::Stub::ListPayments, request);
        if (!page) return page.error();
        take(*page);
        missing -= std::min(missing, static_cast<std::size_t>(page->payments_size()));
        request.set_page_token(page->next_page_token());
        if (request.page_token().empty() || missing == 0) {
            page->clear_payments();
            return page;
        }
    }
}

std::unique_ptr<PaymentWatch> SwitchClient::watch_payments(
    const v1::WatchPaymentsRequest& request) const {
    return std::make_unique<PaymentWatch>(peer_, *payments_, request);
}

Result<v1::GetStatementResponse> SwitchClient::statement(const v1::GetStatementRequest& request,
                                                         std::size_t limit) const {
    v1::GetStatementRequest question = request;
    std::optional<v1::GetStatementResponse> all;
    std::size_t missing = limit;
    do {
        question.set_page_size(static_cast<std::int32_t>(std::min(missing, kPageSizeMax)));
        auto page = peer_.call(*settlement_, &Settlement::GetStatement, question);
        if (!page) return page.error();
        missing -= std::min(missing, static_cast<std::size_t>(page->entries_size()));
        question.set_page_token(page->next_page_token());
        if (!all) {
            all = std::move(page).value();
            continue;
        }
        all->mutable_entries()->MergeFrom(page->entries());
        all->set_closing_balance_minor(page->closing_balance_minor());
        all->set_next_page_token(page->next_page_token());
    } while (!question.page_token().empty() && missing > 0);
    return *std::move(all);
}

Result<v1::ListPositionHistoryResponse> SwitchClient::position_history(
    const v1::ListPositionHistoryRequest& request) const {
    return peer_.call(*settlement_, &Settlement::ListPositionHistory, request);
}

Result<v1::GetStatusResponse> SwitchClient::status(bool with_digests) const {
    v1::GetStatusRequest request;
    request.set_with_digests(with_digests);
    return peer_.call(*operations_, &Operations::GetStatus, request);
}

Result<v1::ListParticipantsResponse> SwitchClient::participants() const {
    return peer_.call(*operations_, &Operations::ListParticipants, v1::ListParticipantsRequest());
}

Result<void> SwitchClient::check_participant(const std::string& field,
                                             const std::string& code) const {
    if (code.empty()) return {};
    if (const auto rail = parse_bank_code(field, code); !rail) return rail.error();
    const auto known = participants();
    if (!known) return known.error();
    const auto& all = known->participants();
    const bool found = std::any_of(
        all.begin(), all.end(), [&](const v1::Participant& bank) { return bank.code() == code; });
    if (found) return {};
    return Error{
        Error::Kind::kNotFound,
        field + " names " + code + ", no participant of the switch; 'lowu banks' lists them"};
}

Result<v1::ListPositionsResponse> SwitchClient::positions() const {
    return peer_.call(*operations_, &Operations::ListPositions, v1::ListPositionsRequest());
}

Result<v1::GetParametersResponse> SwitchClient::parameters(const std::string& name) const {
    v1::GetParametersRequest request;
    request.set_name(name);
    return peer_.call(*operations_, &Operations::GetParameters, request);
}

Result<v1::GetQuotaResponse> SwitchClient::quota(const v1::PersonRef& person) const {
    v1::GetQuotaRequest request;
    *request.mutable_person() = person;
    return peer_.call(*operations_, &Operations::GetQuota, request);
}

Result<v1::ListObligationsResponse> SwitchClient::obligations(const std::string& participant,
                                                              std::size_t limit) const {
    v1::ListObligationsRequest request;
    request.set_participant(participant);
    request.set_page_size(static_cast<std::int32_t>(std::min(limit, kPageSizeMax)));
    return peer_.call(*operations_, &Operations::ListObligations, request);
}

Result<v1::SetParametersResponse> SwitchClient::set_parameters(
    const v1::SetParametersRequest& request) const {
    return peer_.call(*operations_, &Operations::SetParameters, request);
}

Result<void> SwitchClient::set_reference_rate(const v1::ReferenceRate& rate) const {
    v1::SetReferenceRateRequest request;
    *request.mutable_rate() = rate;
    return done(peer_.call(*operations_, &Operations::SetReferenceRate, request));
}

Result<void> SwitchClient::set_availability(const v1::SetAvailabilityRequest& request) const {
    return done(peer_.call(*operations_, &Operations::SetAvailability, request));
}

Result<void> SwitchClient::set_prior_use(const v1::SetPriorUseRequest& request) const {
    return done(peer_.call(*operations_, &Operations::SetPriorUse, request));
}

Result<void> SwitchClient::set_proxy_warning(const v1::SetProxyWarningRequest& request) const {
    return done(peer_.call(*operations_, &Operations::SetProxyWarning, request));
}

Result<v1::DeclareDefaultResponse> SwitchClient::declare_default(
    const std::string& participant) const {
    v1::DeclareDefaultRequest request;
    request.set_participant(participant);
    return peer_.call(*operations_, &Operations::DeclareDefault, request);
}

Result<v1::ConfirmClockResponse> SwitchClient::confirm_clock(v1::ClockVerdict verdict) const {
    v1::ConfirmClockRequest request;
    request.set_verdict(verdict);
    return peer_.call(*operations_, &Operations::ConfirmClock, request);
}

Result<v1::Snapshot> SwitchClient::take_snapshot() const {
    const auto answer = peer_.call(*operations_, &Operations::TakeSnapshot,
                                   v1::TakeSnapshotRequest(), kSnapshotTimeout);
    if (!answer) return answer.error();
    return answer->snapshot();
}

Result<std::int64_t> SwitchClient::advance_scheme_time(std::int64_t scheme_time_ms) const {
    v1::AdvanceSchemeTimeRequest request;
    request.set_scheme_time_ms(scheme_time_ms);
    const auto answer = peer_.call(*operations_, &Operations::AdvanceSchemeTime, request);
    if (!answer) return answer.error();
    return answer->scheme_time_ms();
}

Result<v1::ResolveProxyResponse> SwitchClient::resolve_proxy(
    const v1::ResolveProxyRequest& request) const {
    return peer_.call(*directory_, &v1::DirectoryService::Stub::ResolveProxy, request);
}

Result<v1::ListProxiesResponse> SwitchClient::proxies(const std::string& participant,
                                                      std::size_t limit) const {
    v1::ListProxiesRequest request;
    request.set_participant(participant);
    v1::ListProxiesResponse all;
    do {
        const std::size_t missing = limit - static_cast<std::size_t>(all.registrations_size());
        request.set_page_size(static_cast<std::int32_t>(std::min(missing, kPageSizeMax)));
        const auto page =
            peer_.call(*directory_, &v1::DirectoryService::Stub::ListProxies, request);
        if (!page) return page.error();
        all.mutable_registrations()->MergeFrom(page->registrations());
        all.set_next_page_token(page->next_page_token());
        all.set_held_total(page->held_total());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() &&
             static_cast<std::size_t>(all.registrations_size()) < limit);
    return all;
}

Result<v1::ListRateSheetsResponse> SwitchClient::rate_sheets() const {
    return peer_.call(*exchange_, &v1::ExchangeService::Stub::ListRateSheets,
                      v1::ListRateSheetsRequest());
}

}  // namespace lowu::client
