// Calls to the switch and the banks. See network.hpp.
#include "client/network.hpp"

#include <algorithm>
#include <thread>

#include "common/rpc/status.hpp"
#include "grpc/health/v1/health.grpc.pb.h"

namespace lowu::client {

namespace {

constexpr std::int32_t kPageSizeMax = 1'000;

Error::Kind kind_of(grpc::StatusCode code) {
    if (code == grpc::StatusCode::INVALID_ARGUMENT) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::OUT_OF_RANGE) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::ALREADY_EXISTS) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::FAILED_PRECONDITION) return Error::Kind::kInvalid;
    if (code == grpc::StatusCode::NOT_FOUND) return Error::Kind::kNotFound;
    if (code == grpc::StatusCode::UNAVAILABLE) return Error::Kind::kUnavailable;
    if (code == grpc::StatusCode::RESOURCE_EXHAUSTED) return Error::Kind::kExhausted;
    return Error::Kind::kUnknown;
}

}  // namespace

Error error_of(const grpc::Status& status, const std::string& who, const std::string& address) {
    const v1::ErrorDetail detail = rpc::detail_of(status);
    const Error::Kind kind = kind_of(status.error_code());
    if (kind == Error::Kind::kUnavailable && detail.reason().empty()) {
        return {kind,
                who + " at " + address +
                    " cannot be reached: is it running (lowu up), and is the address right? " +
                    "(" + status.error_message() + ")"};
    }
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
        return {kind, who + " at " + address + " did not answer in time"};
    }
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && detail.reason().empty()) {
        return {Error::Kind::kUnavailable,
                "what listens at " + address + " is not " + who + ": is the address right?"};
    }
    std::string what = who + " refuses the call: " + status.error_message();
    if (!detail.reason().empty()) what += " [" + detail.reason() + "]";
    return {kind, what};
}

Peer::Peer(std::string name, std::string where)
    : who(std::move(name)),
      address(std::move(where)),
      channel(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

bool is_serving(const Peer& peer, std::chrono::milliseconds timeout) {
    using grpc::health::v1::HealthCheckResponse;
    const auto stub = grpc::health::v1::Health::NewStub(peer.channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    HealthCheckResponse response;
    const grpc::Status status = stub->Check(&context, {}, &response);
    return status.ok() && response.status() == HealthCheckResponse::SERVING;
}

SwitchClient::SwitchClient(const std::string& address)
    : peer_("the switch", address),
      payments_(v1::PaymentService::NewStub(peer_.channel)),
      operations_(v1::OperationsService::NewStub(peer_.channel)) {}

Result<v1::GetPaymentResponse> SwitchClient::payment(const std::string& uetr) const {
    v1::GetPaymentRequest request;
    request.set_uetr(uetr);
    return peer_.call(*payments_, &v1::PaymentService::Stub::GetPayment, request);
}

Result<v1::ListPaymentsResponse> SwitchClient::payments(const v1::ListPaymentsRequest& filter,
                                                        std::size_t limit) const {
    v1::ListPaymentsRequest request = filter;
    v1::ListPaymentsResponse all;
    do {
        const std::size_t missing = limit - static_cast<std::size_t>(all.payments_size());
        request.set_page_size(
            static_cast<std::int32_t>(std::min<std::size_t>(missing, kPageSizeMax)));
        const auto page = peer_.call(*payments_, &v1::PaymentService::Stub::ListPayments, request);
        if (!page) return page.error();
        all.mutable_payments()->MergeFrom(page->payments());
        all.set_next_page_token(page->next_page_token());
        all.set_held_total(page->held_total());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() &&
             static_cast<std::size_t>(all.payments_size()) < limit);
    return all;
}

Result<v1::GetStatusResponse> SwitchClient::status() const {
    return peer_.call(*operations_, &v1::OperationsService::Stub::GetStatus,
                      v1::GetStatusRequest());
}

Result<v1::ListParticipantsResponse> SwitchClient::participants() const {
    return peer_.call(*operations_, &v1::OperationsService::Stub::ListParticipants,
                      v1::ListParticipantsRequest());
}

Result<v1::ListPositionsResponse> SwitchClient::positions() const {
    return peer_.call(*operations_, &v1::OperationsService::Stub::ListPositions,
                      v1::ListPositionsRequest());
}

BankClient::BankClient(const std::string& who, const std::string& address)
    : peer_(who, address), stub_(v1::BankService::NewStub(peer_.channel)) {}

Result<v1::ListBanksResponse> BankClient::banks() const {
    return peer_.call(*stub_, &v1::BankService::Stub::ListBanks, v1::ListBanksRequest());
}

Result<v1::Account> BankClient::open_account(const v1::OpenAccountRequest& request) const {
    auto answer = peer_.call(*stub_, &v1::BankService::Stub::OpenAccount, request);
    if (!answer) return answer.error();
    return answer->account();
}

Result<v1::GetAccountResponse> BankClient::account(const std::string& bank,
                                                   const std::string& account) const {
    v1::GetAccountRequest request;
    request.set_bank(bank);
    request.set_account(account);
    return peer_.call(*stub_, &v1::BankService::Stub::GetAccount, request);
}

Result<std::vector<v1::Account>> BankClient::accounts(const std::string& bank,
                                                      std::size_t limit) const {
    std::vector<v1::Account> all;
    v1::ListAccountsRequest request;
    request.set_bank(bank);
    do {
        request.set_page_size(
            static_cast<std::int32_t>(std::min<std::size_t>(limit - all.size(), kPageSizeMax)));
        const auto page = peer_.call(*stub_, &v1::BankService::Stub::ListAccounts, request);
        if (!page) return page.error();
        all.insert(all.end(), page->accounts().begin(), page->accounts().end());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && all.size() < limit);
    return all;
}

Result<v1::Remittance> BankClient::send(const v1::SendRemittanceRequest& request) const {
    const std::chrono::milliseconds wait{request.wait_ms() == 0 ? 30'000 : request.wait_ms()};
    auto answer =
        peer_.call(*stub_, &v1::BankService::Stub::SendRemittance, request, wait + kCallTimeout);
    if (!answer) return answer.error();
    return answer->remittance();
}

Result<v1::Remittance> BankClient::remittance(const std::string& bank,
                                              const std::string& uetr) const {
    v1::GetRemittanceRequest request;
    request.set_bank(bank);
    request.set_uetr(uetr);
    auto answer = peer_.call(*stub_, &v1::BankService::Stub::GetRemittance, request);
    if (!answer) return answer.error();
    return answer->remittance();
}

Result<std::vector<v1::BankBooks>> BankClient::books() const {
    const auto answer = peer_.call(*stub_, &v1::BankService::Stub::GetBooks, v1::GetBooksRequest());
    if (!answer) return answer.error();
    return std::vector<v1::BankBooks>(answer->books().begin(), answer->books().end());
}

Network::Network(const Addresses& addresses)
    : switch_(addresses.switch_address),
      hk_("the Hong Kong banks' process", addresses.hk),
      mainland_("the Mainland banks' process", addresses.mainland) {}

bool wait_with_backoff(std::chrono::milliseconds timeout, const std::function<bool()>& ready) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::chrono::milliseconds pause{5};
    while (!ready()) {
        if (std::chrono::steady_clock::now() + pause > deadline) return false;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds{250});
    }
    return true;
}

}  // namespace lowu::client
