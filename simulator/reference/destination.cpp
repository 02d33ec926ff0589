// Where a payment ends (steps 5 to 7 of its way): the transfer is judged, the link agent's money
// reserved, the payee's bank asked. Its acceptance is booked at once: the point of no return. Every
// question to a payee's bank has exactly one outcome, settled or void. See rules.hpp.
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

void answer_over_link(Step& step, LinkKind kind, const Uetr& uetr,
                      ResultCode result = ResultCode::kAccepted) {
    LinkMessage message;
    message.kind = kind;
    message.uetr = uetr;
    message.result = result;
    send_over_link(step, message);
}

Payment new_payment(const LinkMessage& message) {
    Payment payment;
    payment.uetr = message.uetr;
    payment.leg = Leg::kDestination;
    payment.payer_agent = message.payer_agent;
    payment.payee_agent = message.payee_agent;
    payment.amount = message.amount;
    payment.service = message.service;
    payment.acceptance_time = message.acceptance_time;
    return payment;
}

ResultCode check_destination(const Step& step, const LinkMessage& message) {
    const Corridor corridor{message.service, scheme::direction_from(scheme::other(step.rail.rail))};
    const ResultCode result = check_payee_side(
        step.rail, {corridor, message.payee_agent, message.acceptance_time, message.payee_proxy});
    if (result != ResultCode::kAccepted) return result;
    if (!can_reserve(step.rail, kLinkAgent, message.amount)) {
        return ResultCode::kLinkAgentLiquidity;
    }
    return ResultCode::kAccepted;
}

/// What the payer was shown must still be so.
ResultCode check_proxy(const RailState& rail, const PayeeSide& side) {
    if (side.payee_proxy.reference == 0) return ResultCode::kAccepted;
    const ProxyRegistration* known =
        find_registration(rail, side.payee_proxy.proxy, side.payee_agent);
    if (known == nullptr) return ResultCode::kProxyUnknown;
    if (known->reference != side.payee_proxy.reference) return ResultCode::kProxyMoved;
    if (side.corridor != kDomesticCorridor && !known->cross_boundary)
        return ResultCode::kProxyNotEnabled;
    return ResultCode::kAccepted;
}

void settle(Step& step, Payment& payment) {
    payment.state = State::kSettled;
    post_reserved(step, kLinkAgent, account_of(payment.payee_agent, Currency::kCny),
                  payment.amount);
    post(step, kLinkClaim, kLinkClaimContra, payment.amount);
    bank_at(step.rail, payment.payee_agent).open_requests -= 1;
    tell_payee(step, SaidKind::kCreditNow, payment);
    answer_over_link(step, LinkKind::kSettled, payment.uetr);
}

void give_up(Step& step, Payment& payment, LinkKind word, ResultCode result) {
    payment.state = State::kRejected;
    payment.result = result;
    release(step, kLinkAgent, payment.amount);
    bank_at(step.rail, payment.payee_agent).open_requests -= 1;
    tell_payee(step, SaidKind::kVoid, payment);
    answer_over_link(step, word, payment.uetr, result);
}

}  // namespace

void transfer_arrives(Step& step, const LinkMessage& message) {
    if (const Payment* known = find_payment(step, message.uetr)) {
        // Given up before it came, or a UETR that somebody has used on this rail.
        const bool given_up =
            known->leg == Leg::kDestination && known->result == ResultCode::kCancelledAtDeadline;
        return answer_over_link(step, LinkKind::kRefused, message.uetr,
                                given_up ? known->result : ResultCode::kUetrTakenAtDestination);
    }
    if (table_full(step.rail)) {
        return answer_over_link(step, LinkKind::kRefused, message.uetr,
                                ResultCode::kDestinationTableFull);
    }
    Payment& payment = remember(step, new_payment(message));
    const ResultCode result = check_destination(step, message);
    if (result == ResultCode::kAccepted) {
        reserve(step, kLinkAgent, payment.amount);
        return ask(step, payment);
    }
    payment.state = State::kRejected;
    payment.result = result;
    answer_over_link(step, LinkKind::kRefused, message.uetr, result);
}

ResultCode check_payee_side(const RailState& rail, const PayeeSide& side) {
    const Bank* payee = find_bank(rail, side.payee_agent);
    if (payee == nullptr) return ResultCode::kPayeeAgentUnknown;
    if (!payee->takes_part.contains(side.corridor) || payee->in_default) {
        return ResultCode::kPayeeAgentNotLive;
    }
    if (side.corridor != kDomesticCorridor) {
        if (value_of(rail, Parameter::kOffered, side.corridor) == 0) {
            return ResultCode::kDestinationServiceNotOffered;
        }
        // By the origin's acceptance: what was in time there is not too late here.
        if (!within_hours(rail, side.corridor, side.payee_agent, side.acceptance_time)) {
            return ResultCode::kOutsideDestinationHours;
        }
    }
    const ResultCode by_proxy = check_proxy(rail, side);
    if (by_proxy != ResultCode::kAccepted) return by_proxy;
    if (payee->off()) return ResultCode::kPayeeAgentLoggedOff;
    if (!payee->online) return ResultCode::kPayeeAgentOffline;
    if (payee->degraded) return ResultCode::kPayeeAgentDegraded;
    if (!payee->has_room_for_request()) return ResultCode::kPayeeAgentCongested;
    return ResultCode::kAccepted;
}

void ask(Step& step, Payment& payment) {
    payment.state = State::kAsked;
    payment.asked = true;
    bank_at(step.rail, payment.payee_agent).open_requests += 1;
    step.rail.timers.insert(
        {step.now.elapsed + duration_of(step.rail, Parameter::kPayeeDeadlineMs), payment.arrival});
    tell_payee(step, SaidKind::kRequest, payment);
}

void take_answer(Step& step, const CreditTransferAnswer& answer) {
    if (!take_number(step, answer.bank, answer.number)) return;
    Payment* payment = asked_of(step, answer.bank, answer.uetr);
    if (payment == nullptr) {
        return reject_message(step, answer.bank, answer.number, answer.uetr, Field::kUetr,
                              ResultCode::kNoSuchRequest);
    }
    if (payment->state != State::kAsked) return;  // Late, or said before: the first stands.
    const bool accepted = answer.result == ResultCode::kAccepted;
    if (payment->leg == Leg::kDomestic) {
        if (accepted) return settle_domestic(step, *payment);
        return reject_domestic(step, *payment, answer.result);
    }
    if (accepted) return settle(step, *payment);
    give_up(step, *payment, LinkKind::kRefused, answer.result);
}

/// Silence is a rejection.
void payee_deadline(Step& step, Payment& payment) {
    if (payment.leg == Leg::kDomestic) {
        return reject_domestic(step, payment, ResultCode::kPayeeAgentSilent);
    }
    give_up(step, payment, LinkKind::kRefused, ResultCode::kPayeeAgentSilent);
}

/// The order of events here decides: given up now (and remembered, should the transfer still come),
/// or settled already.
void cancel_arrives(Step& step, const LinkMessage& message) {
    Payment* payment = find_payment(step, message.uetr);
    if (payment == nullptr && !table_full(step.rail)) {
        Payment& given_up = remember(step, new_payment(message));
        given_up.state = State::kRejected;
        given_up.result = ResultCode::kCancelledAtDeadline;
    } else if (payment != nullptr && payment->leg == Leg::kDestination) {
        if (payment->state == State::kAsked) {
            return give_up(step, *payment, LinkKind::kCancelled, ResultCode::kCancelledAtDeadline);
        }
        if (payment->state == State::kSettled) {
            return answer_over_link(step, LinkKind::kAlreadySettled, message.uetr);
        }
    }
    // Refused before, given up now, or somebody else's UETR, under which it never lived here.
    answer_over_link(step, LinkKind::kCancelled, message.uetr, ResultCode::kCancelledAtDeadline);
}

void take_credit_report(Step& step, const CreditReport& report) {
    if (!take_number(step, report.bank, report.number)) return;
    Payment* payment = settled_to(step, report.bank, report.uetr);
    if (payment == nullptr) {
        return reject_message(step, report.bank, report.number, report.uetr, Field::kUetr,
                              ResultCode::kNoSuchRequest);
    }
    payment->credited = true;
}

}  // namespace lowu::reference
