// Whom a bank looks up in the directory for its customer. Part of PayerSide.
#include <optional>
#include <string>

#include "bank_sim/model/payer_side.hpp"

namespace lowu::bank {

Outcome<std::optional<v1::ResolveProxyRequest>> PayerSide::lookup_for(
    const v1::SendRemittanceRequest& request, Moment now) {
    auto same = find_same(request);
    if (auto* error = std::get_if<CallError>(&same)) {
        return std::move(*error);
    }
    const bool known = std::get<const OutgoingRemittance*>(same) != nullptr;
    if (known || !request.has_payee_proxy() || request.proxy_reference() != 0) {
        return std::nullopt;
    }
    Instruction instruction;
    if (auto error = read_route(request, instruction)) {
        return *std::move(error);
    }
    if (auto error = read_money(request, instruction)) {
        return *std::move(error);  // nobody is looked up for what cannot be paid
    }
    auto asked = lookup(instruction, request.payee_proxy(), "payee_proxy", now);
    if (auto* error = std::get_if<CallError>(&asked)) {
        return std::move(*error);
    }
    return std::get<v1::ResolveProxyRequest>(std::move(asked));
}

Outcome<v1::ResolveProxyRequest> PayerSide::lookup_for(const v1::ResolvePayeeRequest& request,
                                                       Moment now) {
    v1::SendRemittanceRequest order;
    order.set_payer_account(request.payer_account());
    order.set_payee_agent(request.payee_agent());
    *order.mutable_payee_proxy() = request.proxy();
    Instruction instruction;
    if (auto error = read_route(order, instruction)) {
        return *std::move(error);
    }
    return lookup(instruction, request.proxy(), "proxy", now);
}

Outcome<v1::ResolveProxyRequest> PayerSide::lookup(const Instruction& instruction,
                                                   const v1::Proxy& proxy, std::string_view field,
                                                   Moment now) {
    const bool domestic = instruction.service == scheme::Service::kDomestic;
    const scheme::Rail destination = domestic ? options_.rail : other(options_.rail);
    if (auto error = check_proxy(destination, proxy, field)) {
        return *std::move(error);
    }
    v1::ResolveProxyRequest request;
    request.set_participant(options_.code);
    *request.mutable_proxy() = proxy;
    request.set_payee_agent(std::string(instruction.payee_agent));
    request.set_domestic(domestic);
    // Without a key nobody's look-ups are counted but the bank's.
    if (parts_.books.customer(instruction.payer).holder == scheme::PartyKind::kPerson) {
        if (const PersonTokens* tokens = tokens_of(instruction.payer, now)) {
            const auto bytes = scheme::person_token_bytes(tokens->token);
            request.set_person_token(bytes.data(), bytes.size());
        }
    }
    return request;
}

}  // namespace lowu::bank
