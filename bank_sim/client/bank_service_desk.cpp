// lowu.v1.BankService: what a bank does beside accounts and remittances. Part of BankServiceServer.
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "bank_sim/client/bank_service.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

constexpr std::int32_t kEnquiryWaitDefaultMs = 5'000;
constexpr std::int32_t kEnquiryWaitMaxMs = 60'000;

grpc::Status status_of(const std::optional<CallError>& error) {
    return error ? status_of(*error) : grpc::Status::OK;
}

// The bank's view of what the directory found.
void write_found(const v1::ResolveProxyResponse& found, v1::ResolvePayeeResponse& response) {
    *response.mutable_payee_proxy() = found.payee_proxy();
    response.set_payee_agent(found.payee_agent());
    response.set_payee_agent_name(found.payee_agent_name());
    response.set_display_name_en(found.display_name_en());
    response.set_display_name_zh(found.display_name_zh());
    response.set_holder(found.holder());
    response.set_suspicious(found.suspicious());
}

}  // namespace

grpc::ServerUnaryReactor* BankServiceServer::Quote(grpc::CallbackServerContext* context,
                                                   const v1::QuoteOrder* request,
                                                   v1::QuoteOffer* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            finish(reactor, no_such_bank("bank"));
            return;
        }
        auto quoted = bank->quote(*request, host().now());
        if (const auto* error = std::get_if<CallError>(&quoted)) {
            finish(reactor, status_of(*error));
            return;
        }
        auto& step = std::get<ExchangeDesk::Step>(quoted);
        if (auto* offer = std::get_if<v1::QuoteOffer>(&step)) {
            *response = std::move(*offer);
            finish(reactor, grpc::Status::OK);
            return;
        }
        host().calls().request_quote(
            std::get<v1::RequestQuoteRequest>(std::move(step)),
            [this, bank, request, response, reactor](const grpc::Status& status,
                                                     const v1::RequestQuoteResponse& answered) {
                if (!status.ok()) {
                    finish(reactor, passed_on(status));
                    return;
                }
                auto offer = bank->take_offer(*request, answered.quote(), host().now());
                if (const auto* error = std::get_if<CallError>(&offer)) {
                    finish(reactor, status_of(*error));
                    return;
                }
                *response = std::get<v1::QuoteOffer>(std::move(offer));
                finish(reactor, grpc::Status::OK);
            });
    });
}

grpc::ServerUnaryReactor* BankServiceServer::ResolveProxy(grpc::CallbackServerContext* context,
                                                          const v1::ResolvePayeeRequest* request,
                                                          v1::ResolvePayeeResponse* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            finish(reactor, no_such_bank("bank"));
            return;
        }
        auto lookup = bank->lookup_for(*request, host().now());
        if (const auto* error = std::get_if<CallError>(&lookup)) {
            finish(reactor, status_of(*error));
            return;
        }
        const auto& asked = std::get<v1::ResolveProxyRequest>(lookup);
        host().calls().resolve_proxy(
            asked, [this, bank, asked, response, reactor](const grpc::Status& status,
                                                          const v1::ResolveProxyResponse& found) {
                if (!status.ok()) {
                    finish(reactor, passed_on(status));
                    return;
                }
                bank->resolved(asked, found);
                write_found(found, *response);
                finish(reactor, grpc::Status::OK);
            });
    });
}

grpc::ServerUnaryReactor* BankServiceServer::RegisterProxy(
    grpc::CallbackServerContext* context, const v1::RegisterAccountProxyRequest* request,
    v1::RegisterAccountProxyResponse* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            finish(reactor, no_such_bank("bank"));
            return;
        }
        auto asked = bank->register_proxy(*request);
        if (const auto* error = std::get_if<CallError>(&asked)) {
            finish(reactor, status_of(*error));
            return;
        }
        auto take = [this, bank, request, response, reactor](
                        const grpc::Status& status, const v1::RegisterProxyResponse& registered) {
            if (!status.ok()) {
                bank->change_failed(request->proxy());
                finish(reactor, passed_on(status));
                return;
            }
            const v1::ProxyRegistration& held = registered.registration();
            bank->registered(*request, held);
            response->set_reference(held.reference());
            response->set_display_name_en(held.display_name_en());
            response->set_display_name_zh(held.display_name_zh());
            response->set_default_receiver(held.default_receiver());
            finish(reactor, grpc::Status::OK);
        };
        // The directory must not learn of an account that the bank might still forget.
        host().when_durable([this, asked = std::get<v1::RegisterProxyRequest>(std::move(asked)),
                             take] { host().calls().register_proxy(asked, take); });
    });
}

grpc::ServerUnaryReactor* BankServiceServer::RemoveProxy(
    grpc::CallbackServerContext* context, const v1::RemoveAccountProxyRequest* request,
    v1::RemoveAccountProxyResponse* /*response*/) {
    return on_loop(Call::kChanges, context, [this, request](Reactor* reactor) {
        Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            finish(reactor, no_such_bank("bank"));
            return;
        }
        auto asked = bank->remove_proxy(*request);
        if (const auto* error = std::get_if<CallError>(&asked)) {
            finish(reactor, status_of(*error));
            return;
        }
        host().calls().remove_proxy(
            std::get<v1::RemoveProxyRequest>(std::move(asked)),
            [this, bank, request, reactor](const grpc::Status& status,
                                           const v1::RemoveProxyResponse& /*removed*/) {
                // The directory knows none either: then the bank has none any more.
                if (status.ok() || status.error_code() == grpc::StatusCode::NOT_FOUND) {
                    bank->removed(request->proxy());
                } else {
                    bank->change_failed(request->proxy());
                }
                finish(reactor, status.ok() ? status : passed_on(status));
            });
    });
}

grpc::ServerUnaryReactor* BankServiceServer::SetRates(grpc::CallbackServerContext* context,
                                                      const v1::SetRatesRequest* request,
                                                      v1::SetRatesResponse* /*response*/) {
    return answer_on_loop(Call::kChanges, context, [this, request] {
        Bank* bank = host().find(request->bank());
        return bank == nullptr ? no_such_bank("bank")
                               : status_of(bank->set_rates(*request, host().now()));
    });
}

grpc::ServerUnaryReactor* BankServiceServer::SetAvailability(
    grpc::CallbackServerContext* context, const v1::SetBankAvailabilityRequest* request,
    v1::SetBankAvailabilityResponse* /*response*/) {
    return answer_on_loop(Call::kChanges, context, [this, request] {
        Bank* bank = host().find(request->bank());
        return bank == nullptr ? no_such_bank("bank") : status_of(bank->set_availability(*request));
    });
}

grpc::ServerUnaryReactor* BankServiceServer::SetBehavior(grpc::CallbackServerContext* context,
                                                         const v1::SetBehaviorRequest* request,
                                                         v1::SetBehaviorResponse* /*response*/) {
    return answer_on_loop(Call::kChanges, context, [this, request] {
        if (!request->bank().empty() && host().find(request->bank()) == nullptr) {
            return no_such_bank("bank");
        }
        if (auto error = Behavior::check(request->behavior())) {
            error->field = "behavior." + error->field;
            return status_of(*error);
        }
        for (Bank* bank : host().banks()) {
            if (request->bank().empty() || request->bank() == bank->code()) {
                bank->set_behavior(request->behavior(), request->seed());
            }
        }
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::GetBehavior(grpc::CallbackServerContext* context,
                                                         const v1::GetBehaviorRequest* request,
                                                         v1::GetBehaviorResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        const Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            return no_such_bank("bank");
        }
        bank->behavior().describe(*response);
        return grpc::Status::OK;
    });
}

grpc::ServerUnaryReactor* BankServiceServer::EnquireStatus(grpc::CallbackServerContext* context,
                                                           const v1::EnquireStatusRequest* request,
                                                           v1::EnquireStatusResponse* response) {
    return on_loop(Call::kChanges, context, [this, request, response](Reactor* reactor) {
        enquire(*request, *response, reactor);
    });
}

void BankServiceServer::enquire(const v1::EnquireStatusRequest& request,
                                v1::EnquireStatusResponse& response, Reactor* reactor) {
    Bank* bank = host().find(request.bank());
    if (bank == nullptr) {
        finish(reactor, no_such_bank("bank"));
        return;
    }
    if (request.wait_ms() < 0 || request.wait_ms() > kEnquiryWaitMaxMs) {
        finish(reactor, out_of_range("wait_ms", kEnquiryWaitMaxMs));
        return;
    }
    if (host().enquiries().full()) {
        finish(reactor, rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_WAITING",
                                         "", "too many enquiries wait for an answer"));
        return;
    }
    const auto asked = bank->enquire(request.uetr(), request.side());
    if (const auto* error = std::get_if<CallError>(&asked)) {
        finish(reactor, status_of(*error));
        return;
    }
    const Duration patience =
        Duration::from_ms(request.wait_ms() == 0 ? kEnquiryWaitDefaultMs : request.wait_ms());
    host().enquiries().add(
        {bank, request.uetr(), request.side(), std::get<std::uint64_t>(asked),
         host().now() + patience, [this, &response, reactor](const EnquiryAnswer* answer) {
             if (answer == nullptr) {
                 finish(reactor, rpc::make_status(grpc::StatusCode::DEADLINE_EXCEEDED, "NO_ANSWER",
                                                  "", "the rail has not answered in time"));
                 return;
             }
             if (answer->report) {
                 *response.mutable_report() = *answer->report;
             } else {
                 *response.mutable_reject() = *answer->reject;
             }
             finish(reactor, grpc::Status::OK);
         }});
}

grpc::ServerUnaryReactor* BankServiceServer::ListEvents(grpc::CallbackServerContext* context,
                                                        const v1::ListEventsRequest* request,
                                                        v1::ListEventsResponse* response) {
    return answer_on_loop(Call::kAsks, context, [this, request, response] {
        const Bank* bank = host().find(request->bank());
        if (bank == nullptr) {
            return no_such_bank("bank");
        }
        bank->describe(*response);
        return grpc::Status::OK;
    });
}

}  // namespace lowu::bank
