// What a bank checks of a customer's order before it moves money. Part of PayerSide.
#include <optional>
#include <string>

#include "bank_sim/model/payer_side.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/carried.hpp"

namespace lowu::bank {
namespace {

CallError full(std::string reason, std::string rule) {
    return {CallError::Kind::kFull, std::move(reason), "", std::move(rule)};
}

// The first field in which a repeated order differs from the one that used its UETR; nullptr when
// both are the same.
const char* differing_field(const v1::SendRemittanceRequest& request,
                            const v1::CreditTransfer& first) {
    if (request.payer_account() != first.payer_account()) return "payer_account";
    if (request.payee_agent() != first.payee_agent()) return "payee_agent";
    if (request.payee_account() != first.payee_account()) return "payee_account";
    if (request.payee_name() != first.carried().payee_name()) return "payee_name";
    if (request.amount_minor() != first.amount_minor()) return "amount_minor";
    if (request.currency() != first.currency()) return "currency";
    if (request.remittance_information() != first.carried().remittance_information()) {
        return "remittance_information";
    }
    return nullptr;
}

}  // namespace

// In the order of the request's fields, but the UETR first: it says which payment this is about.
std::optional<CallError> PayerSide::check(const v1::SendRemittanceRequest& request) const {
    if (!request.uetr().empty() && !scheme::parse_uetr(request.uetr())) {
        return malformed("uetr", scheme::kUetrRule);
    }
    if (const auto rule = scheme::check_account(request.payer_account())) {
        return malformed("payer_account", *rule);
    }
    if (const auto rule = scheme::check_agent_code(other(rail_), request.payee_agent())) {
        return malformed("payee_agent", *rule);
    }
    if (const auto rule = scheme::check_account(request.payee_account())) {
        return malformed("payee_account", *rule);
    }
    if (const auto rule = money::check_amount(money::AmountMinor{request.amount_minor()})) {
        return malformed("amount_minor", *rule);
    }
    if (request.currency() != v1::CURRENCY_CNY) {
        return malformed("currency", "must be CURRENCY_CNY: only CNY crosses the border");
    }
    const auto payer = books_.find(request.payer_account());
    const scheme::CarriedDetails carried{
        payer ? payer_name(books_.customer(*payer)) : std::string_view("unknown"),
        request.payee_name(), request.remittance_information()};
    if (const auto fault = scheme::check_carried(carried)) {
        return malformed(to_string(fault->field), fault->rule);
    }
    if (!payer) {
        return CallError{CallError::Kind::kNotFound, "NO_SUCH_ACCOUNT", "payer_account",
                         "must be an account of this bank"};
    }
    if (books_.customer(*payer).currency != money::Currency::kCny) {
        return CallError{CallError::Kind::kState, "ACCOUNT_CURRENCY", "payer_account",
                         "must be a CNY account: only CNY crosses the border, and this bank does "
                         "not convert"};
    }
    return std::nullopt;
}

Outcome<const OutgoingRemittance*> PayerSide::send(const v1::SendRemittanceRequest& request,
                                                   const scheme::Uetr& fresh, Moment now) {
    if (auto error = check(request)) {
        return *std::move(error);
    }
    const scheme::Uetr uetr =
        request.uetr().empty() ? fresh : scheme::parse_uetr(request.uetr()).value_or(fresh);
    if (const OutgoingRemittance* before = remittances_.find(uetr)) {
        v1::CreditTransfer first;
        const bool parsed = first.ParseFromString(before->transfer);
        LOWU_ASSERT(parsed, "a remittance keeps its own message");
        if (const char* field = differing_field(request, first)) {
            return CallError{CallError::Kind::kExists, "UETR_CONTENT_DIFFERS", field,
                             "must be what this UETR was first used with"};
        }
        return before;
    }
    const Instruction instruction{*books_.find(request.payer_account()),
                                  request.payee_agent(),
                                  request.payee_account(),
                                  request.payee_name(),
                                  request.remittance_information(),
                                  money::AmountMinor{request.amount_minor()},
                                  std::nullopt};
    switch (start(instruction, uetr, now)) {
        case Start::kSent:
            return remittances_.find(uetr);
        case Start::kNoMoney:
            return &refuse_for_money(instruction, uetr, now);
        case Start::kOutboxFull:
            return full("OUTBOX_FULL", "the switch has not taken up the payments sent before");
        case Start::kMemoryFull:
            return full("TOO_MANY_PENDING", "too many payments of this bank are pending");
        case Start::kBooksFull:
            return full("BOOKS_FULL", "this bank's books can take no such amount any more");
    }
    LOWU_UNREACHABLE("every result of start is handled");
}

}  // namespace lowu::bank
