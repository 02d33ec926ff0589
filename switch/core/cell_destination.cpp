// The destination leg: a transfer from the link is checked, the link agent's money reserved, the
// payee's bank asked (step 5 of a payment's way); its acceptance is booked at once, which is the
// point of no return (step 7). Every request to a payee's bank ends with exactly one outcome to it:
// settled, or void.
#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

LinkMessage answer_to(const LinkMessage& message, LinkKind kind, ResultCode result) {
    LinkMessage answer;
    answer.kind = kind;
    answer.uetr = message.uetr;
    answer.result = result;
    return answer;
}

Payment new_payment(const LinkMessage& message, ParticipantIndex payee_agent) {
    Payment payment;
    payment.uetr = message.uetr;
    payment.amount = message.amount;
    payment.remote_agent = message.payer_agent;
    payment.acceptance_time = message.acceptance_time;
    payment.body_sequence = message.body_sequence;
    payment.local_agent = payee_agent;
    payment.service = message.service;
    payment.leg = Leg::kDestination;
    return payment;
}

}  // namespace

void Cell::on_transfer(const Stamp& stamp, const LinkMessage& message) {
    const auto refuse = [&](ResultCode result) {
        send_link(stamp, answer_to(message, LinkKind::kRefused, result));
    };
    if (const auto known = find_payment(message.uetr)) {
        const Payment& payment = at(*known);
        const bool given_up =
            payment.leg == Leg::kDestination && payment.result == ResultCode::kCancelledAtDeadline;
        return refuse(given_up ? payment.result : ResultCode::kUetrTakenAtDestination);
    }
    if (table_full()) return refuse(ResultCode::kDestinationTableFull);
    const ParticipantIndex payee_agent =
        find_participant(message.payee_agent).value_or(kNoParticipant);
    const PaymentIndex index = remember(stamp, new_payment(message, payee_agent));
    const ResultCode result = check_destination(message, payee_agent);
    if (result == ResultCode::kAccepted) return ask(stamp, index);
    at(index).result = result;
    move(index, PaymentEvent::kDestinationRefuses);
    refuse(result);
}

/// The destination's checks, in order of precedence.
ResultCode Cell::check_destination(const LinkMessage& message, ParticipantIndex payee_agent) const {
    const ResultCode result =
        check_payee_side({message.uetr, corridor_of(inward(), message.service), payee_agent,
                          message.acceptance_time, message.payee_proxy});
    if (result != ResultCode::kAccepted) return result;
    if (fails(message.uetr, ResultCode::kLinkAgentLiquidity,
              ledger_.can_reserve(*agent_account_, message.amount))) {
        return ResultCode::kLinkAgentLiquidity;
    }
    return ResultCode::kAccepted;
}

ResultCode Cell::check_payee_side(const PayeeSide& side) const {
    if (fails(side.uetr, ResultCode::kPayeeAgentUnknown, side.payee_agent != kNoParticipant)) {
        return ResultCode::kPayeeAgentUnknown;
    }
    const Participant& payee = participant(side.payee_agent);
    if (fails(side.uetr, ResultCode::kPayeeAgentNotLive, payee.takes_part(side.corridor))) {
        return ResultCode::kPayeeAgentNotLive;
    }
    if (!side.corridor.domestic()) {
        if (fails(side.uetr, ResultCode::kDestinationServiceNotOffered,
                  rules_.value(ParameterId::kOffered, side.corridor) != 0)) {
            return ResultCode::kDestinationServiceNotOffered;
        }
        // By the origin's acceptance: what was in time there is not too late here.
        if (fails(side.uetr, ResultCode::kOutsideDestinationHours,
                  rules_.within_hours(side.corridor, side.payee_agent, side.acceptance_time))) {
            return ResultCode::kOutsideDestinationHours;
        }
    }
    const ResultCode by_proxy = check_proxy(side);
    if (by_proxy != ResultCode::kAccepted) return by_proxy;
    if (fails(side.uetr, ResultCode::kPayeeAgentLoggedOff, !payee.off())) {
        return ResultCode::kPayeeAgentLoggedOff;
    }
    if (fails(side.uetr, ResultCode::kPayeeAgentOffline, payee.online)) {
        return ResultCode::kPayeeAgentOffline;
    }
    if (fails(side.uetr, ResultCode::kPayeeAgentDegraded, !payee.degraded)) {
        return ResultCode::kPayeeAgentDegraded;
    }
    if (fails(side.uetr, ResultCode::kPayeeAgentCongested, payee.has_room_for_request())) {
        return ResultCode::kPayeeAgentCongested;
    }
    return ResultCode::kAccepted;
}

/// What the payer was shown must still be so.
ResultCode Cell::check_proxy(const PayeeSide& side) const {
    if (side.payee_proxy.reference.value == 0) return ResultCode::kAccepted;
    const ProxyRegistration* known = directory_.find(side.payee_proxy.proxy, side.payee_agent);
    if (fails(side.uetr, ResultCode::kProxyUnknown, known != nullptr)) {
        return ResultCode::kProxyUnknown;
    }
    if (fails(side.uetr, ResultCode::kProxyMoved, known->reference == side.payee_proxy.reference)) {
        return ResultCode::kProxyMoved;
    }
    if (!side.corridor.domestic() &&
        fails(side.uetr, ResultCode::kProxyNotEnabled, known->cross_boundary)) {
        return ResultCode::kProxyNotEnabled;
    }
    return ResultCode::kAccepted;
}

void Cell::ask(const Stamp& stamp, PaymentIndex index) {
    Payment& payment = at(index);
    payment.asked = true;
    reserve(payment, *agent_account_);
    move(index, PaymentEvent::kDestinationAccepts);
    at(payment.local_agent).outcomes_owed += 1;
    set_timer(payee_timers_, TimerKind::kPayeeDeadline, stamp.elapsed + parameters().payee_deadline,
              index);
    put_out_for(stamp, OutboxKind::kRequest, index);
}

void Cell::on(const Stamp& stamp, const CreditTransferAnswer& answer) {
    take_number(answer.participant, answer.number);
    const auto index = asked_of(answer.participant, answer.uetr);
    if (!index) {
        OutboxEntry entry;
        entry.uetr = answer.uetr;
        entry.rejected_number = answer.number;
        entry.field = scheme::Field::kUetr;
        entry.result = ResultCode::kNoSuchRequest;
        return reject_message(stamp, answer.participant, entry);
    }
    if (at(*index).state != PaymentState::kAsked) return;  // Late or repeated: the first stands.
    if (answer.result == ResultCode::kAccepted) {
        settle(stamp, *index);
    } else {
        reject_asked(stamp, *index, PaymentEvent::kPayeeAgentRejects, answer.result);
    }
}

void Cell::settle(const Stamp& stamp, PaymentIndex index) {
    if (at(index).leg == Leg::kDomestic) return settle_domestic(stamp, index);
    move(index, PaymentEvent::kPayeeAgentAccepts);
    const Payment& payment = at(index);
    Participant& payee_agent = at(payment.local_agent);
    post_reserved(payment, *agent_account_, payee_agent.cny);
    post(&payment, {claim_, claim_contra_, payment.amount});
    payee_agent.outcomes_owed -= 1;
    put_out_for(stamp, OutboxKind::kCreditNow, index);
    LinkMessage message;
    message.kind = LinkKind::kSettled;
    message.uetr = payment.uetr;
    send_link(stamp, message);
}

void Cell::reject_asked(const Stamp& stamp, PaymentIndex index, PaymentEvent event,
                        ResultCode result) {
    if (at(index).leg == Leg::kDomestic) return reject_domestic(stamp, index, event, result);
    Payment& payment = at(index);
    payment.result = result;
    const bool moved = move(index, event);
    LOWU_ASSERT(moved, "the caller has looked at the state");
    release(payment, *agent_account_);
    at(payment.local_agent).outcomes_owed -= 1;
    put_out_for(stamp, OutboxKind::kVoid, index);
    LinkMessage message;
    message.kind =
        event == PaymentEvent::kCancelArrives ? LinkKind::kCancelled : LinkKind::kRefused;
    message.uetr = payment.uetr;
    message.result = result;
    send_link(stamp, message);
}

void Cell::payee_deadline(const Stamp& stamp, PaymentIndex index) {
    reject_asked(stamp, index, PaymentEvent::kPayeeDeadline, ResultCode::kPayeeAgentSilent);
}

void Cell::on_cancel(const Stamp& stamp, const LinkMessage& message) {
    const auto known = find_payment(message.uetr);
    if (known && at(*known).leg == Leg::kDestination) {
        const Payment& payment = at(*known);
        switch (payment.state) {
            case PaymentState::kAsked:
                return reject_asked(stamp, *known, PaymentEvent::kCancelArrives,
                                    ResultCode::kCancelledAtDeadline);
            case PaymentState::kSettled:
                return send_link(
                    stamp, answer_to(message, LinkKind::kAlreadySettled, ResultCode::kAccepted));
            case PaymentState::kNone:
            case PaymentState::kForwarded:
            case PaymentState::kCancelling:
            case PaymentState::kRejected:
                break;
        }
    } else if (!known && !table_full()) {
        Payment given_up = new_payment(message, kNoParticipant);
        given_up.result = ResultCode::kCancelledAtDeadline;
        move(remember(stamp, given_up), PaymentEvent::kCancelArrives);
    }
    send_link(stamp, answer_to(message, LinkKind::kCancelled, ResultCode::kCancelledAtDeadline));
}

void Cell::on(const Stamp& stamp, const CreditReport& report) {
    take_number(report.participant, report.number);
    const auto index = settled_to(report.participant, report.uetr);
    if (!index) {
        OutboxEntry entry;
        entry.uetr = report.uetr;
        entry.rejected_number = report.number;
        entry.field = scheme::Field::kUetr;
        entry.result = ResultCode::kNoSuchRequest;
        return reject_message(stamp, report.participant, entry);
    }
    Payment& payment = at(*index);
    if (payment.credited) return;
    payment.credited = true;
    decisions_.add(index->value, static_cast<std::uint64_t>(payment.amount.value));
    if (witness_ != nullptr) witness_->on_credited(payment);
}

}  // namespace lowu::core
