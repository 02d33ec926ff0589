// Returns: a payee's bank sends a settled payment back, all of it or a part. The original stays
// settled; the return is a payment of its own the other way, under neither quota nor hours, nobody
// being asked. Where it comes back it is booked at once, or refused. What comes back gives the
// person's quota back, pro rata. See rules.hpp.
#include "common/base/int128.hpp"
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/quota.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

void refuse_unrecorded(Step& step, const PaymentReturn& command, ResultCode result,
                       Field field = Field::kNone) {
    Said said;
    said.kind = SaidKind::kRejected;
    said.uetr = command.uetr;
    said.result = result;
    said.field = field;
    tell(step, command.bank, said);
}

void answer_known(Step& step, const PaymentReturn& command, const Payment& known) {
    if (known.leg != Leg::kReturnSent || known.payer_agent != command.bank) {
        return refuse_unrecorded(step, command, ResultCode::kUetrOfAnotherAgent);
    }
    const auto differs = [&](Field field) {
        refuse_unrecorded(step, command, ResultCode::kUetrContentDiffers, field);
    };
    if (command.original != known.return_of->original) return differs(Field::kOriginalUetr);
    if (command.amount != known.amount) return differs(Field::kAmount);
    if (command.reason != known.return_of->reason) return differs(Field::kReasonCode);
    say_again(step, known);
}

/// Room for the one message that the bank gets which is paid back.
bool has_room_for_returned(const Bank& bank) {
    return bank.request_slots() + 1 <= kRequestSlots;
}

ResultCode check_return(const RailState& rail, const PaymentReturn& command,
                        const Payment& original) {
    if (original.state != State::kSettled) return ResultCode::kOriginalNotSettled;
    if (command.amount > original.amount - original.returned) return ResultCode::kReturnAmount;
    const bool domestic = original.leg == Leg::kDomestic;
    if (!domestic && !rail.link_up) return ResultCode::kLinkDown;
    if (!domestic && !link_has_room(rail)) return ResultCode::kLinkCongested;
    if (!can_reserve(rail, account_of(command.bank, original.currency), command.amount)) {
        return ResultCode::kPayerAgentLiquidity;
    }
    if (bank_at(rail, command.bank).pending >= kPendingOfBank) {
        return ResultCode::kPayerAgentCongested;
    }
    if (domestic && !has_room_for_returned(bank_at(rail, original.payer_agent))) {
        return ResultCode::kPayeeAgentCongested;
    }
    return ResultCode::kAccepted;
}

/// From the original's payee's bank to its payer's.
Payment new_return(const Step& step, const Payment& original, const Uetr& uetr, Leg leg,
                   Amount amount, scheme::ReturnReason reason) {
    Payment payment;
    payment.uetr = uetr;
    payment.leg = leg;
    payment.payer_agent = original.payee_agent;
    payment.payee_agent = original.payer_agent;
    payment.amount = amount;
    payment.currency = original.currency;
    payment.service = original.service;
    payment.acceptance_time = step.now.scheme;
    payment.return_of = ReturnOf{original.arrival, original.uetr, reason};
    return payment;
}

void return_domestic(Step& step, Payment& payment) {
    payment.state = State::kSettled;
    post(step, account_of(payment.payer_agent, payment.currency),
         account_of(payment.payee_agent, payment.currency), payment.amount);
    tell_payee(step, SaidKind::kReturned, payment);
    tell_payer(step, SaidKind::kSettled, payment);
}

void send_return(Step& step, Payment& payment) {
    payment.state = State::kForwarded;
    begin_pending(step, payment);
    step.rail.link_in_flight += 1;
    LinkMessage message;
    message.kind = LinkKind::kReturn;
    message.uetr = payment.uetr;
    message.original = payment.return_of->original;
    message.service = payment.service;
    message.payer_agent = payment.payer_agent;
    message.payee_agent = payment.payee_agent;
    message.amount = payment.amount;
    message.acceptance_time = payment.acceptance_time;
    message.return_reason = payment.return_of->reason;
    send_over_link(step, message);
}

/// `whole` x returned / amount, rounded down: what so much returned gives back in all.
Amount share_of(Amount whole, Amount returned, Amount amount) {
    return static_cast<Amount>(Int128{whole} * returned / amount);
}

/// So that all returns together give back exactly what the payment took.
void give_back_pro_rata(Step& step, const Payment& original, Amount before) {
    if (!original.hold) return;
    const auto part = [&](Amount whole) {
        return share_of(whole, original.returned, original.amount) -
               share_of(whole, before, original.amount);
    };
    give_quota_back(step.rail.quotas, *original.hold,
                    {part(original.hold->day_amount), part(original.hold->year_amount)});
}

void answer_return(Step& step, const Uetr& uetr, LinkKind kind, ResultCode result) {
    LinkMessage message;
    message.kind = kind;
    message.uetr = uetr;
    message.result = result;
    send_over_link(step, message);
}

}  // namespace

// Where it is sent from.

void take_return(Step& step, const PaymentReturn& command) {
    if (!take_number(step, command.bank, command.number)) return;
    if (const Payment* known = find_payment(step, command.uetr)) {
        const Payment* own = begun_by(step, command.bank, command.uetr);
        return answer_known(step, command, own != nullptr ? *own : *known);
    }
    if (table_full(step.rail))
        return refuse_unrecorded(step, command, ResultCode::kPaymentTableFull);
    Payment* original = settled_to(step, command.bank, command.original);
    if (original == nullptr) original = remembered_of(step, command.bank, command.original);
    // Nothing that could be remembered as its original: the return is not remembered either.
    if (original == nullptr) {
        return refuse_unrecorded(step, command, ResultCode::kOriginalNotSettled);
    }
    const ResultCode result = check_return(step.rail, command, *original);
    Payment& payment = remember(step, new_return(step, *original, command.uetr, Leg::kReturnSent,
                                                 command.amount, command.reason));
    if (result != ResultCode::kAccepted) return refuse_here(step, payment, result);
    original->returned += payment.amount;
    if (original->leg == Leg::kDomestic) return return_domestic(step, payment);
    send_return(step, payment);
}

void return_settled(Step& step, Payment& payment) {
    post_reserved(step, account_of(payment.payer_agent, Currency::kCny), kLinkAgent,
                  payment.amount);
    post(step, kLinkClaimContra, kLinkClaim, payment.amount);
    end_pending(step, payment);
    step.rail.link_in_flight -= 1;
    tell_payer(step, SaidKind::kSettled, payment);
}

void return_refused(Step& step, Payment& payment, ResultCode result) {
    payment.result = result;
    step.rail.payments[payment.return_of->arrival].returned -= payment.amount;
    release(step, account_of(payment.payer_agent, Currency::kCny), payment.amount);
    end_pending(step, payment);
    step.rail.link_in_flight -= 1;
    tell_payer(step, SaidKind::kRejected, payment);
}

// Where it comes back.

void return_arrives(Step& step, const LinkMessage& message) {
    const auto refuse = [&](ResultCode result) {
        answer_return(step, message.uetr, LinkKind::kRefused, result);
    };
    if (find_payment(step, message.uetr) != nullptr) {
        return refuse(ResultCode::kUetrTakenAtDestination);
    }
    if (table_full(step.rail)) return refuse(ResultCode::kDestinationTableFull);
    Payment* original = sent_to(step, message.payer_agent, message.original);
    const bool ours =
        original != nullptr && message.amount <= original->amount - original->returned;
    if (!ours) return refuse(ResultCode::kOriginalNotSettled);
    Payment& payment =
        remember(step, new_return(step, *original, message.uetr, Leg::kReturnReceived,
                                  message.amount, message.return_reason));
    ResultCode result = ResultCode::kAccepted;
    if (!has_room_for_returned(bank_at(step.rail, original->payer_agent))) {
        result = ResultCode::kPayeeAgentCongested;
    } else if (!can_reserve(step.rail, kLinkAgent, message.amount)) {
        result = ResultCode::kLinkAgentLiquidity;
    }
    if (result != ResultCode::kAccepted) {
        payment.state = State::kRejected;
        payment.result = result;
        return refuse(result);
    }
    payment.state = State::kSettled;
    const Amount before = original->returned;
    original->returned += payment.amount;
    post(step, kLinkAgent, account_of(payment.payee_agent, Currency::kCny), payment.amount);
    post(step, kLinkClaim, kLinkClaimContra, payment.amount);
    give_back_pro_rata(step, *original, before);
    tell_payee(step, SaidKind::kReturned, payment);
    answer_return(step, message.uetr, LinkKind::kSettled, ResultCode::kAccepted);
}

}  // namespace lowu::reference
