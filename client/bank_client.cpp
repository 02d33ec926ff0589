// Calls to the banks' processes. See bank_client.hpp.
#include "client/bank_client.hpp"

#include <algorithm>

namespace lowu::client {

namespace {

using Stub = v1::BankService::Stub;

}  // namespace

BankClient::BankClient(const std::string& who, const std::string& address)
    : peer_(who, address), stub_(v1::BankService::NewStub(peer_.channel)) {}

Result<v1::ListBanksResponse> BankClient::banks() const {
    return peer_.call(*stub_, &Stub::ListBanks, v1::ListBanksRequest());
}

Result<v1::Account> BankClient::open_account(const v1::OpenAccountRequest& request) const {
    auto answer = peer_.call(*stub_, &Stub::OpenAccount, request);
    if (!answer) return answer.error();
    return answer->account();
}

Result<v1::GetAccountResponse> BankClient::account(const std::string& bank,
                                                   const std::string& account) const {
    v1::GetAccountRequest request;
    request.set_bank(bank);
    request.set_account(account);
    return peer_.call(*stub_, &Stub::GetAccount, request);
}

Result<std::vector<v1::Account>> BankClient::accounts(const std::string& bank,
                                                      std::size_t limit) const {
    std::vector<v1::Account> all;
    v1::ListAccountsRequest request;
    request.set_bank(bank);
    do {
        request.set_page_size(
            static_cast<std::int32_t>(std::min(limit - all.size(), kPageSizeMax)));
        const auto page = peer_.call(*stub_, &Stub::ListAccounts, request);
        if (!page) return page.error();
        all.insert(all.end(), page->accounts().begin(), page->accounts().end());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && all.size() < limit);
    return all;
}

Result<v1::Remittance> BankClient::send(const v1::SendRemittanceRequest& request) const {
    const std::chrono::milliseconds wait{request.wait_ms() == 0 ? 30'000 : request.wait_ms()};
    auto answer = peer_.call(*stub_, &Stub::SendRemittance, request, wait + kCallTimeout);
    if (!answer) return answer.error();
    return answer->remittance();
}

Result<v1::Remittance> BankClient::remittance(const std::string& bank,
                                              const std::string& uetr) const {
    v1::GetRemittanceRequest request;
    request.set_bank(bank);
    request.set_uetr(uetr);
    auto answer = peer_.call(*stub_, &Stub::GetRemittance, request);
    if (!answer) return answer.error();
    return answer->remittance();
}

Result<v1::Remittance> BankClient::send_back(const v1::ReturnPaymentRequest& request) const {
    const std::chrono::milliseconds wait{request.wait_ms() == 0 ? 30'000 : request.wait_ms()};
    auto answer = peer_.call(*stub_, &Stub::ReturnPayment, request, wait + kCallTimeout);
    if (!answer) return answer.error();
    return answer->remittance();
}

Result<v1::EnquireStatusResponse> BankClient::enquire(
    const v1::EnquireStatusRequest& request) const {
    const std::chrono::milliseconds wait{request.wait_ms() == 0 ? 5'000 : request.wait_ms()};
    return peer_.call(*stub_, &Stub::EnquireStatus, request, wait + kCallTimeout);
}

Result<v1::QuoteOffer> BankClient::quote(const v1::QuoteOrder& order) const {
    return peer_.call(*stub_, &Stub::Quote, order);
}

Result<v1::ResolvePayeeResponse> BankClient::resolve(const v1::ResolvePayeeRequest& request) const {
    return peer_.call(*stub_, &Stub::ResolveProxy, request);
}

Result<v1::RegisterAccountProxyResponse> BankClient::register_proxy(
    const v1::RegisterAccountProxyRequest& request) const {
    return peer_.call(*stub_, &Stub::RegisterProxy, request);
}

Result<void> BankClient::remove_proxy(const v1::RemoveAccountProxyRequest& request) const {
    return done(peer_.call(*stub_, &Stub::RemoveProxy, request));
}

Result<std::vector<v1::BankBooks>> BankClient::books() const {
    const auto answer = peer_.call(*stub_, &Stub::GetBooks, v1::GetBooksRequest());
    if (!answer) return answer.error();
    return std::vector<v1::BankBooks>(answer->books().begin(), answer->books().end());
}

Result<void> BankClient::set_rates(const v1::SetRatesRequest& request) const {
    return done(peer_.call(*stub_, &Stub::SetRates, request));
}

Result<void> BankClient::set_availability(const v1::SetBankAvailabilityRequest& request) const {
    return done(peer_.call(*stub_, &Stub::SetAvailability, request));
}

Result<v1::GetBehaviorResponse> BankClient::behavior(const std::string& bank) const {
    v1::GetBehaviorRequest request;
    request.set_bank(bank);
    return peer_.call(*stub_, &Stub::GetBehavior, request);
}

Result<void> BankClient::set_behavior(const v1::SetBehaviorRequest& request) const {
    return done(peer_.call(*stub_, &Stub::SetBehavior, request));
}

Result<v1::ListEventsResponse> BankClient::events(const std::string& bank) const {
    v1::ListEventsRequest request;
    request.set_bank(bank);
    return peer_.call(*stub_, &Stub::ListEvents, request);
}

Result<void> BankClient::start_traffic(const v1::StartTrafficRequest& request) const {
    return done(peer_.call(*stub_, &Stub::StartTraffic, request));
}

Result<v1::GetTrafficResponse> BankClient::traffic() const {
    return peer_.call(*stub_, &Stub::GetTraffic, v1::GetTrafficRequest());
}

}  // namespace lowu::client
