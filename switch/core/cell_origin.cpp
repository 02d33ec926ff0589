// The origin leg: an instruction is checked, its money reserved, the transfer handed to the link
// (step 3 of a payment's way); then whatever the destination says is final here too (step 8). The
// origin never gives up by itself: at its deadline it asks, and stays pending until it is told.
#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

/// The first judged field in which a repeated instruction differs, in the contract's order.
std::optional<scheme::Field> first_difference(const Payment& payment,
                                              const CreditTransfer& transfer) {
    using scheme::Field;
    if (transfer.service != payment.service) return Field::kService;
    if (transfer.payee_agent != payment.remote_agent) return Field::kPayeeAgent;
    if (transfer.payer_account_hash != payment.payer_account_hash) return Field::kPayerAccount;
    if (transfer.payee_account_hash != payment.payee_account_hash) return Field::kPayeeAccount;
    if (transfer.amount != payment.amount) return Field::kAmount;
    if (transfer.creation_time != payment.creation_time) return Field::kCreationTime;
    if (transfer.carried_hash != payment.carried_hash) return Field::kCarried;
    return std::nullopt;
}

Payment new_payment(const Stamp& stamp, const CreditTransfer& transfer) {
    Payment payment;
    payment.uetr = transfer.uetr;
    payment.amount = transfer.amount;
    payment.remote_agent = transfer.payee_agent;
    payment.creation_time = transfer.creation_time;
    payment.acceptance_time = stamp.scheme;
    payment.payer_account_hash = transfer.payer_account_hash;
    payment.payee_account_hash = transfer.payee_account_hash;
    payment.carried_hash = transfer.carried_hash;
    payment.body_sequence = stamp.sequence;
    payment.local_agent = transfer.participant;
    payment.service = transfer.service;
    payment.leg = Leg::kOrigin;
    return payment;
}

}  // namespace

void Cell::on(const Stamp& stamp, const CreditTransfer& transfer) {
    take_number(transfer.participant, transfer.number);
    if (const auto known = find_payment(transfer.uetr)) {
        return answer_known(stamp, transfer, *known);
    }
    if (table_full()) {
        OutboxEntry entry;
        entry.uetr = transfer.uetr;
        entry.kind = OutboxKind::kRejected;
        entry.result = ResultCode::kPaymentTableFull;
        return put_out(stamp, transfer.participant, entry);
    }
    const PaymentIndex index = remember(new_payment(stamp, transfer));
    const ResultCode result = check_origin(stamp, transfer);
    if (result == ResultCode::kAccepted) {
        accept_at_origin(stamp, index);
    } else {
        refuse_at_origin(stamp, index, result);
    }
}

void Cell::answer_known(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index) {
    const Payment& payment = at(index);
    OutboxEntry entry;
    entry.uetr = transfer.uetr;
    entry.kind = OutboxKind::kRejected;
    if (payment.leg != Leg::kOrigin || payment.local_agent != transfer.participant) {
        entry.result = ResultCode::kUetrOfAnotherAgent;  // And not a word about the other payment.
    } else if (const auto field = first_difference(payment, transfer)) {
        entry.result = ResultCode::kUetrContentDiffers;
        entry.field = *field;
    } else {
        entry.payment = index;
        entry.result = payment.result;
        if (payment.state == PaymentState::kSettled) {
            entry.kind = OutboxKind::kSettled;
        } else if (!is_final(payment.state)) {
            entry.kind = OutboxKind::kPending;
        }
    }
    put_out(stamp, transfer.participant, entry);
}

/// The origin's checks, in order of precedence.
ResultCode Cell::check_origin(const Stamp& stamp, const CreditTransfer& transfer) const {
    const auto fails = [&](ResultCode rule, bool holds) {
        if (witness_ != nullptr) witness_->on_check(transfer.uetr, rule, holds);
        return !holds;
    };
    const Participant& payer_agent = participant(transfer.participant);
    if (fails(ResultCode::kCreationTimeOutsideWindow,
              transfer.creation_time >= stamp.scheme - parameters_.creation_window &&
                  transfer.creation_time <= stamp.scheme + parameters_.creation_skew)) {
        return ResultCode::kCreationTimeOutsideWindow;
    }
    if (fails(ResultCode::kPayerAgentNotLive,
              payer_agent.participation.live(outward(), transfer.service))) {
        return ResultCode::kPayerAgentNotLive;
    }
    if (fails(ResultCode::kLinkDown, link_up_)) return ResultCode::kLinkDown;
    // Half the link's slots stay for answers to the other rail, however late acknowledgements come.
    if (fails(ResultCode::kLinkCongested,
              link_in_flight_ < kMaxLinkInFlight && link_outbox_.free() > kLinkSlots / 2)) {
        return ResultCode::kLinkCongested;
    }
    if (fails(ResultCode::kPayerAgentLiquidity,
              ledger_.can_reserve(payer_agent.cny, transfer.amount))) {
        return ResultCode::kPayerAgentLiquidity;
    }
    if (fails(ResultCode::kPayerAgentCongested, payer_agent.replies_owed < kMaxPendingPayments)) {
        return ResultCode::kPayerAgentCongested;
    }
    return ResultCode::kAccepted;
}

void Cell::accept_at_origin(const Stamp& stamp, PaymentIndex index) {
    const Payment& payment = at(index);
    Participant& payer_agent = at(payment.local_agent);
    reserve(payment, payer_agent.cny);
    move(index, PaymentEvent::kOriginAccepts);
    payer_agent.replies_owed += 1;
    link_in_flight_ += 1;
    set_timer(origin_timers_, TimerKind::kOriginDeadline,
              stamp.elapsed + parameters_.origin_deadline, index);
    LinkMessage message;
    message.kind = LinkKind::kTransfer;
    message.uetr = payment.uetr;
    message.service = payment.service;
    message.payer_agent = payer_agent.code;
    message.payee_agent = payment.remote_agent;
    message.amount = payment.amount;
    message.acceptance_time = payment.acceptance_time;
    message.body_sequence = payment.body_sequence;
    send_link(stamp, message);
}

void Cell::refuse_at_origin(const Stamp& stamp, PaymentIndex index, ResultCode result) {
    at(index).result = result;
    move(index, PaymentEvent::kOriginRefuses);
    put_out_for(stamp, OutboxKind::kRejected, index);
}

void Cell::origin_deadline(const Stamp& stamp, PaymentIndex index) {
    const bool moved = move(index, PaymentEvent::kOriginDeadline);
    LOWU_ASSERT(moved, "the timer of a forwarded payment");
    LinkMessage message;
    message.kind = LinkKind::kCancel;
    message.uetr = at(index).uetr;
    send_link(stamp, message);
}

void Cell::on_settled(const Stamp& stamp, const LinkMessage& message) {
    const auto index = find_payment(message.uetr);
    LOWU_ASSERT(index.has_value(), "the other side answers what was sent");
    if (!move(*index, PaymentEvent::kSettledArrives)) return;
    const Payment& payment = at(*index);
    Participant& payer_agent = at(payment.local_agent);
    post_reserved(payment, payer_agent.cny, *agent_account_);
    post(&payment, {claim_contra_, claim_, payment.amount});
    payer_agent.replies_owed -= 1;
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kSettled, *index);
}

void Cell::on_refused(const Stamp& stamp, const LinkMessage& message) {
    const auto index = find_payment(message.uetr);
    LOWU_ASSERT(index.has_value(), "the other side answers what was sent");
    Payment& payment = at(*index);
    if (is_final(payment.state)) return;  // The answer to a cancel that crossed the first word.
    payment.result = message.result;
    const bool moved = move(*index, PaymentEvent::kRefusedArrives);
    LOWU_ASSERT(moved, "a payment that is sent can be refused");
    Participant& payer_agent = at(payment.local_agent);
    release(payment, payer_agent.cny);
    payer_agent.replies_owed -= 1;
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kRejected, *index);
}

}  // namespace lowu::core
