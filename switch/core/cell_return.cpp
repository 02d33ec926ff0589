// Returns (pacs.004): a payee's bank sends a settled payment back, all of it or a part. Not a
// cancellation: the original stays settled, and the return is a payment of its own in the other
// direction, under neither quota nor hours, nobody being asked. The rail that sends back reserves
// its bank's money and tells the other; that one books at once, which is the point of no return, or
// refuses. What comes back gives the person's quota back, pro rata. See cell.hpp.
#include "common/base/assert.hpp"
#include "common/base/int128.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

Payment new_return(const Payment& original, const Uetr& uetr, AmountMinor amount, Leg leg,
                   const Stamp& stamp) {
    Payment payment;
    payment.uetr = uetr;
    payment.amount = amount;
    payment.currency = original.currency;
    payment.service = original.service;
    payment.purpose = original.purpose;
    payment.remote_agent = original.remote_agent;
    payment.acceptance_time = stamp.scheme;
    payment.body_sequence = stamp.sequence;
    payment.local_agent = original.local_agent;
    payment.leg = leg;
    return payment;
}

/// `whole` x part / all, rounded down.
AmountMinor share_of(AmountMinor whole, AmountMinor part, AmountMinor all) {
    return AmountMinor{
        static_cast<std::int64_t>(static_cast<Int128>(whole.value) * part.value / all.value)};
}

}  // namespace

AmountMinor Cell::left_of(PaymentIndex original) const {
    return AmountMinor{payment(original).amount.value - returned(original).value};
}

PaymentIndex Cell::remember_return(const Stamp& stamp, const Payment& payment,
                                   const ReturnRecord& record) {
    const PaymentIndex index = payments_.add_return(payment, record, stamp);
    remembered_now(index);
    return index;
}

// Where it is sent from.

void Cell::on(const Stamp& stamp, const PaymentReturn& command) {
    take_number(command.participant, command.number);
    if (const auto known = find_payment(command.uetr)) {
        const auto own = begun_by(command.participant, command.uetr);
        return answer_known_return(stamp, command, own.value_or(*known));
    }
    OutboxEntry refused;
    refused.uetr = command.uetr;
    refused.kind = OutboxKind::kRejected;
    if (table_full()) {
        refused.result = ResultCode::kPaymentTableFull;
        return put_out(stamp, command.participant, refused);
    }
    auto original = settled_to(command.participant, command.original);
    // What was not settled cannot come back; the return is remembered as refused.
    if (!original) original = asked_of(command.participant, command.original);
    const ResultCode result = check_return(command, original);
    if (!original) {  // Nothing that could be remembered as its original.
        refused.result = result;
        return put_out(stamp, command.participant, refused);
    }
    Payment payment =
        new_return(at(*original), command.uetr, command.amount, Leg::kReturnSent, stamp);
    payment.local_agent = command.participant;
    if (at(*original).leg == Leg::kDomestic) {
        payment.remote_agent = participant(at(*original).local_agent).code;
    }
    const PaymentIndex index =
        remember_return(stamp, payment, {*original, command.original, command.reason});
    if (result != ResultCode::kAccepted) return refuse_at_origin(stamp, index, result);
    at(*original).returned.value += command.amount.value;
    if (at(*original).leg == Leg::kDomestic) return return_domestic(stamp, index);
    send_return(stamp, command, index);
}

void Cell::answer_known_return(const Stamp& stamp, const PaymentReturn& command,
                               PaymentIndex index) {
    const Payment& payment = at(index);
    OutboxEntry entry;
    entry.uetr = command.uetr;
    entry.kind = OutboxKind::kRejected;
    if (payment.leg != Leg::kReturnSent || payment.local_agent != command.participant) {
        entry.result = ResultCode::kUetrOfAnotherAgent;
        return put_out(stamp, command.participant, entry);
    }
    const ReturnRecord& record = return_of(index);
    entry.result = ResultCode::kUetrContentDiffers;
    if (record.original_uetr != command.original) {
        entry.field = scheme::Field::kOriginalUetr;
    } else if (payment.amount != command.amount) {
        entry.field = scheme::Field::kAmount;
    } else if (record.reason != command.reason) {
        entry.field = scheme::Field::kReasonCode;
    } else {
        say_again(entry, index);
    }
    put_out(stamp, command.participant, entry);
}

/// In order of precedence. Neither quota nor hours nor any absence stands against a return.
ResultCode Cell::check_return(const PaymentReturn& command,
                              std::optional<PaymentIndex> original) const {
    const bool settled = original && payment(*original).state == PaymentState::kSettled;
    if (fails(command.uetr, ResultCode::kOriginalNotSettled, settled)) {
        return ResultCode::kOriginalNotSettled;
    }
    if (fails(command.uetr, ResultCode::kReturnAmount, command.amount <= left_of(*original))) {
        return ResultCode::kReturnAmount;
    }
    const Payment& first = payment(*original);
    const bool domestic = first.leg == Leg::kDomestic;
    if (!domestic && fails(command.uetr, ResultCode::kLinkDown, link_up_)) {
        return ResultCode::kLinkDown;
    }
    if (!domestic &&
        fails(command.uetr, ResultCode::kLinkCongested,
              link_in_flight_ < kMaxLinkInFlight && link_outbox_.free() > kLinkSlots / 2)) {
        return ResultCode::kLinkCongested;
    }
    if (fails(
            command.uetr, ResultCode::kPayerAgentLiquidity,
            ledger_.can_reserve(account_of(command.participant, first.currency), command.amount))) {
        return ResultCode::kPayerAgentLiquidity;
    }
    const Participant& sender = participant(command.participant);
    if (fails(command.uetr, ResultCode::kPayerAgentCongested,
              sender.replies_owed < kMaxPendingPayments)) {
        return ResultCode::kPayerAgentCongested;
    }
    if (!domestic) return ResultCode::kAccepted;
    const Participant& receiver = participant(first.local_agent);
    if (fails(command.uetr, ResultCode::kPayeeAgentCongested,
              receiver.outbox.requests() + receiver.outcomes_owed + 1 <= kRequestSlots)) {
        return ResultCode::kPayeeAgentCongested;
    }
    return ResultCode::kAccepted;
}

void Cell::send_return(const Stamp& stamp, const PaymentReturn& command, PaymentIndex index) {
    begin_pending(index, participant(command.participant).cny);
    move(index, PaymentEvent::kOriginAccepts);
    link_in_flight_ += 1;
    at(return_of(index).original).pins += 1;  // It takes the amount back if this is refused.
    const Payment& payment = at(index);
    LinkMessage message;
    message.kind = LinkKind::kReturn;
    message.uetr = payment.uetr;
    message.original = command.original;
    message.service = payment.service;
    message.payer_agent = participant(command.participant).code;
    message.payee_agent = payment.remote_agent;
    message.amount = payment.amount;
    message.acceptance_time = payment.acceptance_time;
    message.body_sequence = payment.body_sequence;
    message.return_reason = command.reason;
    send_link(stamp, message);
}

void Cell::return_domestic(const Stamp& stamp, PaymentIndex index) {
    const Payment& payment = at(index);
    const Payment& original = at(return_of(index).original);
    post(&payment, {account_of(payment.local_agent, payment.currency),
                    account_of(original.local_agent, payment.currency), payment.amount});
    move(index, PaymentEvent::kReturnBooked);
    OutboxEntry entry;
    entry.uetr = payment.uetr;
    entry.payment = index;
    entry.kind = OutboxKind::kReturned;
    put_out(stamp, original.local_agent, entry);
    put_out_for(stamp, OutboxKind::kSettled, index);
}

void Cell::on_return_settled(const Stamp& stamp, PaymentIndex index) {
    const Payment& payment = at(index);
    post_reserved(payment, participant(payment.local_agent).cny, *agent_account_);
    post(&payment, {claim_contra_, claim_, payment.amount});
    at(return_of(index).original).pins -= 1;
    end_pending(index);
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kSettled, index);
}

void Cell::on_return_refused(const Stamp& stamp, PaymentIndex index) {
    const Payment& payment = at(index);
    Payment& original = at(return_of(index).original);
    original.returned.value -= payment.amount.value;
    original.pins -= 1;
    release(payment, participant(payment.local_agent).cny);
    end_pending(index);
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kRejected, index);
}

// Where it comes back.

ResultCode Cell::check_return_here(const LinkMessage& message,
                                   std::optional<PaymentIndex> original) const {
    if (fails(message.uetr, ResultCode::kOriginalNotSettled, original.has_value())) {
        return ResultCode::kOriginalNotSettled;
    }
    const Participant& receiver = participant(payment(*original).local_agent);
    if (fails(message.uetr, ResultCode::kPayeeAgentCongested,
              receiver.outbox.requests() + receiver.outcomes_owed + 1 <= kRequestSlots)) {
        return ResultCode::kPayeeAgentCongested;
    }
    if (fails(message.uetr, ResultCode::kLinkAgentLiquidity,
              ledger_.can_reserve(*agent_account_, message.amount))) {
        return ResultCode::kLinkAgentLiquidity;
    }
    return ResultCode::kAccepted;
}

void Cell::on_return(const Stamp& stamp, const LinkMessage& message) {
    LinkMessage answer;
    answer.kind = LinkKind::kRefused;
    answer.uetr = message.uetr;
    const auto refuse = [&](ResultCode result) {
        answer.result = result;
        send_link(stamp, answer);
    };
    if (find_payment(message.uetr)) return refuse(ResultCode::kUetrTakenAtDestination);
    if (table_full()) return refuse(ResultCode::kDestinationTableFull);
    const auto original = sent_to(message.payer_agent, message.original);
    const bool ours = original && message.amount <= left_of(*original);
    if (!ours) return refuse(ResultCode::kOriginalNotSettled);
    const PaymentIndex index = remember_return(
        stamp, new_return(at(*original), message.uetr, message.amount, Leg::kReturnReceived, stamp),
        {*original, message.original, message.return_reason});
    const ResultCode result = check_return_here(message, original);
    if (result != ResultCode::kAccepted) {
        at(index).result = result;
        move(index, PaymentEvent::kDestinationRefuses);
        return refuse(result);
    }
    const AmountMinor before = returned(*original);
    at(*original).returned.value += message.amount.value;
    move(index, PaymentEvent::kReturnBooked);
    const Payment& payment = at(index);
    post(&payment, {*agent_account_, participant(payment.local_agent).cny, payment.amount});
    post(&payment, {claim_, claim_contra_, payment.amount});
    give_quota_back(*original, before, message.amount);
    OutboxEntry entry;
    entry.uetr = payment.uetr;
    entry.payment = index;
    entry.kind = OutboxKind::kReturned;
    put_out(stamp, payment.local_agent, entry);
    answer.kind = LinkKind::kSettled;
    send_link(stamp, answer);
}

/// Pro rata, so that all returns together give back exactly what the whole payment took.
void Cell::give_quota_back(PaymentIndex index, AmountMinor returned_before, AmountMinor amount) {
    const Payment& original = at(index);
    const QuotaHold* hold = payments_.hold_of(index);
    if (hold == nullptr) return;
    QuotaHold part = *hold;
    const AmountMinor returned_after{returned_before.value + amount.value};
    const auto given = [&](AmountMinor whole) {
        return AmountMinor{share_of(whole, returned_after, original.amount).value -
                           share_of(whole, returned_before, original.amount).value};
    };
    part.amounts = {given(part.amounts.day), given(part.amounts.year)};
    quota_.give_back(part, part.amounts);
    decide_on_quota(QuotaMove::kReturned, part);
    if (witness_ != nullptr) witness_->on_quota(original, QuotaMove::kReturned, part);
}

}  // namespace lowu::core
