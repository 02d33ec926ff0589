// Payments that go back: what a customer or the bank orders, and what the rail brings back. Part of
// Bank.
#include <utility>
#include <variant>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/wire_currency.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/return_reason.hpp"

namespace lowu::bank {
namespace {

// What the return looks like as a transfer: the original the other way round.
v1::CreditTransfer turned(const v1::CreditTransfer& original, std::int64_t amount_minor) {
    v1::CreditTransfer view;
    view.set_service(original.service());
    view.set_purpose(original.purpose());
    view.set_payer_agent(original.payee_agent());
    view.set_payee_agent(original.payer_agent());
    view.set_payer_account(original.payee_account());
    view.set_payee_account(original.payer_account());
    view.set_amount_minor(amount_minor);
    view.set_currency(original.currency());
    view.mutable_carried()->set_payer_name(original.carried().payee_name());
    view.mutable_carried()->set_payee_name(original.carried().payer_name());
    return view;
}

// A return that is ordered again must be the same; what is left to the bank is not compared.
Outcome<const OutgoingRemittance*> same_return(const v1::ReturnPaymentRequest& request,
                                               const OutgoingRemittance& before) {
    const auto differs = [](const char* field) {
        return CallError{CallError::Kind::kExists, "UETR_CONTENT_DIFFERS", field,
                         "must be what this UETR was first used with"};
    };
    if (!before.return_of ||
        scheme::format_uetr(before.return_of->original) != request.original_uetr()) {
        return differs("original_uetr");
    }
    if (request.amount_minor() != 0 && request.amount_minor() != before.money.amount.value) {
        return differs("amount_minor");
    }
    if (!request.reason_code().empty() &&
        request.reason_code() != to_string(before.return_of->reason)) {
        return differs("reason_code");
    }
    return &before;
}

std::optional<CallError> check_shape(const v1::ReturnPaymentRequest& request) {
    if (!scheme::parse_uetr(request.original_uetr())) {
        return malformed("original_uetr", scheme::kUetrRule);
    }
    if (request.amount_minor() < 0) {
        return malformed("amount_minor", "must be 0 or more");
    }
    if (!request.reason_code().empty() && !scheme::parse_return_reason(request.reason_code())) {
        return malformed("reason_code", "must be a reason for which a payment is sent back");
    }
    if (!request.uetr().empty() && !scheme::parse_uetr(request.uetr())) {
        return malformed("uetr", scheme::kUetrRule);
    }
    return std::nullopt;
}

}  // namespace

Outcome<const OutgoingRemittance*> Bank::return_payment(const v1::ReturnPaymentRequest& request,
                                                        ElapsedTime now) {
    if (!session_.scheme_time(now)) {
        return not_ready();
    }
    if (auto error = check_shape(request)) {
        return *std::move(error);
    }
    const scheme::Uetr uetr = scheme::parse_uetr(request.uetr()).value_or(next_uetr());
    if (const OutgoingRemittance* before = payer_side_.find(uetr)) {
        return same_return(request, *before);
    }
    const auto original = scheme::parse_uetr(request.original_uetr());
    const IncomingRemittance* incoming = payee_side_.find(*original);
    if (incoming == nullptr) {
        return CallError{CallError::Kind::kNotFound, "NO_SUCH_REMITTANCE", "original_uetr",
                         "must be one that this bank has received"};
    }
    const bool here = incoming->state == IncomingRemittance::State::kCredited ||
                      incoming->state == IncomingRemittance::State::kUnapplied;
    if (!here || incoming->return_of) {
        return CallError{CallError::Kind::kState, "NOT_RETURNABLE", "original_uetr",
                         "must be a settled payment, and no return itself"};
    }
    const std::int64_t left = incoming->money.amount.value - incoming->returned.amount.value;
    if (left == 0 || request.amount_minor() > left) {
        return CallError{
            CallError::Kind::kState, "NOT_SO_MUCH_LEFT", "amount_minor",
            "must be at most what has not gone back yet, in minor units: " + std::to_string(left)};
    }
    const money::AmountMinor amount{request.amount_minor() == 0 ? left : request.amount_minor()};
    auto sent = send_back(request, uetr, *incoming, amount, now);
    if (std::holds_alternative<const OutgoingRemittance*>(sent)) {
        static_cast<void>(fresh_uetr());
        inputs_.return_payment(now, request);
    }
    return sent;
}

Outcome<const OutgoingRemittance*> Bank::send_back(const v1::ReturnPaymentRequest& request,
                                                   const scheme::Uetr& uetr,
                                                   const IncomingRemittance& incoming,
                                                   money::AmountMinor amount, ElapsedTime now) {
    ReturnOrder order;
    order.of.original = incoming.uetr;
    order.of.reason =
        scheme::parse_return_reason(request.reason_code()).value_or(scheme::ReturnReason::kMd06);
    order.money = {amount, incoming.money.currency};
    order.debited = amount;
    if (incoming.state == IncomingRemittance::State::kCredited) {
        order.payer = incoming.payee;
        order.debited =
            account_part(incoming.money.amount, incoming.credit.amount, incoming.returned, amount);
        if (order.debited == money::kZeroAmount) {
            return CallError{CallError::Kind::kState, "WORTH_NOTHING", "amount_minor",
                             "must be worth a cent of the payee's account"};
        }
    }
    v1::CreditTransfer original;
    const bool parsed = original.ParseFromString(incoming.transfer);
    LOWU_ASSERT(parsed, "a remittance keeps its own message");
    order.view = turned(original, amount.value);
    if (incoming.payee) {
        order.view.set_payer_account(books_.customer(*incoming.payee).account);
    }
    const Returned part{amount, order.debited};
    const scheme::Uetr original_uetr = incoming.uetr;
    auto sent = payer_side_.send_back(std::move(order), uetr, moment(now));
    const auto* remittance = std::get_if<const OutgoingRemittance*>(&sent);
    if (remittance != nullptr && (*remittance)->sent) {
        payee_side_.send_back(original_uetr, part);
    }
    return sent;
}

void Bank::keep_refused_returns() {
    for (const PayerSide::RefusedReturn& refused : payer_side_.take_refused_returns()) {
        payee_side_.keep(refused.original, refused.returned);
    }
}

void Bank::apply_returned(const v1::PaymentReturned& returned, Moment now) {
    const auto uetr = scheme::parse_uetr(returned.uetr());
    const auto reason = scheme::parse_return_reason(returned.reason_code());
    if (!uetr) {
        ++anomalies_.unknown_payment;
        return;
    }
    if (payee_side_.find(*uetr) != nullptr) {
        return;  // told again: one credit
    }
    auto come_back = payer_side_.take_returned(returned);
    if (!come_back) {
        ++anomalies_.returned_unknown;
        come_back = unapplied_return(returned);
    }
    if (!come_back) {
        return;
    }
    const ReturnOf of{*scheme::parse_uetr(returned.original_uetr()),
                      reason.value_or(scheme::ReturnReason::kNarr)};
    come_back->view = turned(come_back->view, returned.amount_minor());
    come_back->view.set_uetr(returned.uetr());
    if (come_back->payer) {
        come_back->view.set_payee_account(books_.customer(*come_back->payer).account);
    }
    come_back->view.set_creation_time_ms(returned.booking_time_ms());
    payee_side_.take_return(*uetr, of, *come_back, returned, now.scheme);
}

// The bank remembers no payment that it could be of, but has the money.
std::optional<ComeBack> Bank::unapplied_return(const v1::PaymentReturned& returned) {
    const money::AmountMinor amount{returned.amount_minor()};
    const auto currency = read_currency(returned.currency());
    if (!scheme::parse_uetr(returned.original_uetr()) || !currency || money::check_amount(amount) ||
        !books_.reserve_turnover(amount, 1)) {
        return std::nullopt;
    }
    ComeBack come_back;
    come_back.money = {amount, *currency};
    come_back.view.set_payer_agent(options_.code);
    come_back.view.set_currency(returned.currency());
    return come_back;
}

}  // namespace lowu::bank
