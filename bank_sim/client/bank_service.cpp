// lowu.v1.BankService: accounts, remittances, books, traffic. See bank_service.hpp; the rest is in
// bank_service_desk.cpp.
#include "bank_sim/client/bank_service.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "bank_sim/model/limits.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

static_assert(kMaxCallBytes == GRPC_DEFAULT_MAX_RECV_MESSAGE_LENGTH,
              "the server is not told how much to take (common/rpc/server.cpp)");

constexpr std::int32_t kStatementDefault = 20;
constexpr std::int32_t kPageDefault = 100;
constexpr std::int32_t kPageMax = 1'000;
constexpr std::int32_t kWaitDefaultMs = 30'000;
constexpr std::int32_t kWaitMaxMs = 60'000;

// "bank:account", both as indexes: where the next page begins.
struct PageStart {
    std::size_t bank = 0;
    std::size_t account = 0;
};

std::optional<PageStart> parse_page_token(const std::string& token) {
    PageStart start;
    if (token.empty()) {
        return start;
    }
    const char* end = token.data() + token.size();
    const auto bank = std::from_chars(token.data(), end, start.bank);
    if (bank.ec != std::errc{} || bank.ptr == end || *bank.ptr != ':') {
        return std::nullopt;
    }
    const auto account = std::from_chars(bank.ptr + 1, end, start.account);
    if (account.ec != std::errc{} || account.ptr != end) {
        return std::nullopt;
    }
    return start;
}

std::int64_t process_cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

grpc::Status get_account(const Bank& bank, const v1::GetAccountRequest& request,
                         v1::GetAccountResponse& response) {
    if (request.entries() < 0 || request.entries() > kPageMax) {
        return out_of_range("entries", kPageMax);
    }
    const auto customer = bank.books().find(request.account());
    if (!customer) {
        return rpc::make_status(grpc::StatusCode::NOT_FOUND, "NO_SUCH_ACCOUNT", "account",
                                "must be an account of this bank");
    }
    bank.describe(*customer, *response.mutable_account());
    const std::int32_t count = request.entries() == 0 ? kStatementDefault : request.entries();
    for (const Entry& entry : bank.books().statement(*customer, static_cast<std::size_t>(count))) {
        bank.describe(entry, *response.add_statement());
    }
    return grpc::Status::OK;
}

}  // namespace

std::optional<grpc::Status> BankServiceServer::refusal_of(Call call) {
    if (host().stopping()) {
        return shutting_down();
    }
    if (host().log_stuck() || (call == Call::kChanges && host().low_on_space())) {
        return log_full();
    }
    if (call == Call::kChanges && host().log_behind()) {
        return log_behind();
    }
    return std::nullopt;
}

void BankServiceServer::finish(Reactor* reactor, grpc::Status status) {
    host().when_durable([reactor, status = std::move(status)] { reactor->Finish(status); });
}

grpc::ServerUnaryReactor* BankServiceServer::ListBanks(grpc::CallbackServerContext* context,
                                                       const v1::ListBanksRequest* /*request*/,
                                                       v1::ListBanksResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, response] {
        for (const Bank* bank : host().banks()) {
            bank->describe(*response->add_banks());
        }
        response->set_log_mode(host().log_mode());
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::OpenAccount(grpc::CallbackServerContext* context,
                                                         const v1::OpenAccountRequest* request,
                                                         v1::OpenAccountResponse* response) {
    return answer_on_loop(Call::kChanges, context, [this, request, response] {
        Bank* bank = host().find(request->account().bank());
        if (bank == nullptr) {
            return no_such_bank("account.bank");
        }
        const auto opened = bank->open_account(*request, host().now());
        if (const auto* error = std::get_if<CallError>(&opened)) {
            return status_of(*error);
        }
        bank->describe(std::get<CustomerId>(opened), *response->mutable_account());
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::GetAccount(grpc::CallbackServerContext* context,
                                                        const v1::GetAccountRequest* request,
                                                        v1::GetAccountResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        const Bank* bank = host().find(request->bank());
        return bank == nullptr ? no_such_bank("bank") : get_account(*bank, *request, *response);
    });
}

grpc::ServerUnaryReactor* BankServiceServer::ListAccounts(grpc::CallbackServerContext* context,
                                                          const v1::ListAccountsRequest* request,
                                                          v1::ListAccountsResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        if (!request->bank().empty() && host().find(request->bank()) == nullptr) {
            return no_such_bank("bank");
        }
        if (request->page_size() < 0 || request->page_size() > kPageMax) {
            return out_of_range("page_size", kPageMax);
        }
        const auto start = parse_page_token(request->page_token());
        if (!start) {
            return status_of(malformed("page_token", "must be one that this service returned"));
        }
        const int page_size = request->page_size() == 0 ? kPageDefault : request->page_size();
        std::size_t account = start->account;
        for (std::size_t index = start->bank; index < host().banks().size(); ++index, account = 0) {
            const Bank& bank = *host().banks()[index];
            if (!request->bank().empty() && bank.code() != request->bank()) {
                continue;
            }
            for (; account < bank.books().customers().size(); ++account) {
                if (response->accounts_size() == page_size) {
                    response->set_next_page_token(std::to_string(index) + ":" +
                                                  std::to_string(account));
                    return grpc::Status::OK;
                }
                bank.describe(CustomerId{static_cast<std::uint32_t>(account)},
                              *response->add_accounts());
            }
        }
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::SendRemittance(
    grpc::CallbackServerContext* context, const v1::SendRemittanceRequest* request,
    v1::SendRemittanceResponse* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        send(*request, *response, reactor);
    });
}

void BankServiceServer::send(const v1::SendRemittanceRequest& request,
                             v1::SendRemittanceResponse& response, Reactor* reactor) {
    Bank* bank = host().find(request.bank());
    if (bank == nullptr) {
        finish(reactor, no_such_bank("bank"));
        return;
    }
    if (request.wait_ms() < 0 || request.wait_ms() > kWaitMaxMs) {
        finish(reactor, out_of_range("wait_ms", kWaitMaxMs));
        return;
    }
    auto lookup = bank->lookup_for(request, host().now());
    if (const auto* error = std::get_if<CallError>(&lookup)) {
        finish(reactor, status_of(*error));
        return;
    }
    const auto& asked = std::get<std::optional<v1::ResolveProxyRequest>>(lookup);
    if (!asked) {
        start(*bank, request, response, reactor);
        return;
    }
    host().calls().resolve_proxy(
        *asked, [this, bank, asked = *asked, &request, &response, reactor](
                    const grpc::Status& status, const v1::ResolveProxyResponse& found) {
            send_resolved(*bank, asked, status, found, request, response, reactor);
            host().request_turn();
        });
}

void BankServiceServer::send_resolved(Bank& bank, const v1::ResolveProxyRequest& asked,
                                      const grpc::Status& status,
                                      const v1::ResolveProxyResponse& found,
                                      const v1::SendRemittanceRequest& request,
                                      v1::SendRemittanceResponse& response, Reactor* reactor) {
    if (host().stopping()) {
        finish(reactor, shutting_down());
    } else if (status.ok()) {
        bank.resolved(asked, found);
        v1::SendRemittanceRequest completed = request;
        completed.set_proxy_reference(found.payee_proxy().reference());
        start(bank, completed, response, reactor);
    } else if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
        const std::string why = rpc::detail_of(status).rule();
        await(bank, bank.refuse_unresolved(request, host().now(), why), request.wait_ms(),
              request.no_wait(), response, reactor);
    } else {
        finish(reactor, passed_on(status));
    }
}

void BankServiceServer::start(Bank& bank, const v1::SendRemittanceRequest& request,
                              v1::SendRemittanceResponse& response, Reactor* reactor) {
    if (!request.no_wait() && host().waits().full()) {
        finish(reactor, rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WAITING",
                                         "", "too many calls wait for a final state"));
        return;
    }
    await(bank, bank.send(request, host().now()), request.wait_ms(), request.no_wait(), response,
          reactor);
}

template <class Response>
void BankServiceServer::await(Bank& bank, const Outcome<const OutgoingRemittance*>& sent,
                              std::int32_t wait_ms, bool no_wait, Response& response,
                              Reactor* reactor) {
    if (const auto* error = std::get_if<CallError>(&sent)) {
        finish(reactor, status_of(*error));
        return;
    }
    const OutgoingRemittance& remittance = *std::get<const OutgoingRemittance*>(sent);
    const std::string uetr = scheme::format_uetr(remittance.uetr);
    if (remittance.final() || no_wait || host().waits().full()) {
        finish_with_remittance(bank, uetr, response, reactor);
        return;
    }
    const Duration patience = Duration::from_ms(wait_ms == 0 ? kWaitDefaultMs : wait_ms);
    host().waits().add(bank, remittance.uetr, host().now() + patience,
                       [this, &bank, uetr, &response, reactor] {
                           finish_with_remittance(bank, uetr, response, reactor);
                       });
}

template <class Response>
void BankServiceServer::finish_with_remittance(const Bank& bank, const std::string& uetr,
                                               Response& response, Reactor* reactor) {
    auto remittance = bank.remittance(uetr);
    if (!remittance) {
        finish(reactor, rpc::make_status(grpc::StatusCode::NOT_FOUND, "FORGOTTEN", "uetr",
                                         "must be one that the bank still remembers"));
        return;
    }
    *response.mutable_remittance() = *std::move(remittance);
    finish(reactor, grpc::Status::OK);
}

grpc::ServerUnaryReactor* BankServiceServer::ReturnPayment(grpc::CallbackServerContext* context,
                                                           const v1::ReturnPaymentRequest* request,
                                                           v1::ReturnPaymentResponse* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            finish(reactor, no_such_bank("bank"));
        } else if (request->wait_ms() < 0 || request->wait_ms() > kWaitMaxMs) {
            finish(reactor, out_of_range("wait_ms", kWaitMaxMs));
        } else {
            await(*bank, bank->return_payment(*request, host().now()), request->wait_ms(), false,
                  *response, reactor);
        }
    });
}

grpc::ServerUnaryReactor* BankServiceServer::GetRemittance(grpc::CallbackServerContext* context,
                                                           const v1::GetRemittanceRequest* request,
                                                           v1::GetRemittanceResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        const Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            return no_such_bank("bank");
        }
        if (!scheme::parse_uetr(request->uetr())) {
            return status_of(malformed("uetr", scheme::kUetrRule));
        }
        auto remittance = bank->remittance(request->uetr());
        if (!remittance) {
            return rpc::make_status(grpc::StatusCode::NOT_FOUND, "NO_SUCH_REMITTANCE", "uetr",
                                    "must be one that this bank sent or received");
        }
        *response->mutable_remittance() = *std::move(remittance);
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::GetBooks(grpc::CallbackServerContext* context,
                                                      const v1::GetBooksRequest* request,
                                                      v1::GetBooksResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        if (!request->bank().empty() && host().find(request->bank()) == nullptr) {
            return no_such_bank("bank");
        }
        for (const Bank* bank : host().banks()) {
            if (request->bank().empty() || request->bank() == bank->code()) {
                bank->describe(*response->add_books());
            }
        }
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::StartTraffic(grpc::CallbackServerContext* context,
                                                          const v1::StartTrafficRequest* request,
                                                          v1::StartTrafficResponse* /*response*/) {
    return answer_on_loop(Call::kChanges, context, [this, request] {
        if (host().traffic() && host().traffic()->running()) {
            return rpc::make_status(grpc::StatusCode::FAILED_PRECONDITION, "TRAFFIC_RUNNING", "",
                                    "a run is going on");
        }
        if (request->has_day()) {
            return start_day(request->day());
        }
        if (const auto error = Traffic::check(*request, host().banks())) {
            return status_of(*error);
        }
        host().traffic().emplace(*request, host().banks(), host().now());
        return grpc::Status::OK;
    });
}

grpc::Status BankServiceServer::start_day(const v1::DaySlice& slice) {
    const ElapsedTime now = host().now();
    if (const auto error = DayOrders::check(slice, host().day().get(), host().banks(), now)) {
        return status_of(*error);
    }
    auto orders = std::make_unique<DayOrders>(
        slice, host().day(), host().banks(),
        [this](v1::ResolveProxyRequest question, TakeDirectoryAnswer take) {
            host().ask_directory(std::move(question), std::move(take));
        });
    host().traffic().emplace(std::move(orders), Traffic::Pace{slice.rate_per_second(), 0},
                             host().banks(), now);
    return grpc::Status::OK;
}

grpc::ServerUnaryReactor* BankServiceServer::GetTraffic(grpc::CallbackServerContext* context,
                                                        const v1::GetTrafficRequest* /*request*/,
                                                        v1::GetTrafficResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, response] {
        if (host().traffic()) {
            host().traffic()->describe(*response);
            if (host().day()) {
                host().traffic()->latency().for_each_bucket(
                    [response](std::int64_t upper_end_us, std::int64_t count) {
                        (*response->mutable_latency_buckets())[upper_end_us] = count;
                    });
            }
        }
        response->set_process_cpu_us(process_cpu_us());
        return grpc::Status::OK;
    });
}

}  // namespace lowu::bank
