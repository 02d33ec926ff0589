// Payments within one rail: both banks are its own, nothing crosses the link. The same checks as
// across the boundary as far as they apply, one reservation of the payer bank's money, the payee's
// bank is asked, and its acceptance is booked at once: the point of no return. See cell.hpp.
#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {

void Cell::begin_domestic(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index) {
    ResultCode result = check_origin(stamp, transfer, kDomesticCorridor);
    const ParticipantIndex payee_agent = payee_agent_of(at(index));
    if (result == ResultCode::kAccepted) {
        result = check_payee_side(
            {transfer.uetr, kDomesticCorridor, payee_agent, stamp.scheme, transfer.payee_proxy});
    }
    if (result != ResultCode::kAccepted) return refuse_at_origin(stamp, index, result);
    Payment& payment = at(index);
    payment.asked = true;
    begin_pending(index, account_of(payment.local_agent, payment.currency));
    move(index, PaymentEvent::kDestinationAccepts);
    at(payee_agent).outcomes_owed += 1;
    set_timer(payee_timers_, TimerKind::kPayeeDeadline, stamp.elapsed + parameters().payee_deadline,
              index);
    put_out_for(stamp, OutboxKind::kRequest, index);
}

void Cell::settle_domestic(const Stamp& stamp, PaymentIndex index) {
    move(index, PaymentEvent::kPayeeAgentAccepts);
    const Payment& payment = at(index);
    const ParticipantIndex payee_agent = payee_agent_of(payment);
    post_reserved(payment, account_of(payment.local_agent, payment.currency),
                  account_of(payee_agent, payment.currency));
    at(payee_agent).outcomes_owed -= 1;
    end_pending(index);
    put_out_for(stamp, OutboxKind::kCreditNow, index);
    put_out_for(stamp, OutboxKind::kSettled, index);
}

void Cell::reject_domestic(const Stamp& stamp, PaymentIndex index, PaymentEvent event,
                           ResultCode result) {
    at(index).result = result;
    const bool moved = move(index, event);
    LOWU_ASSERT(moved, "the caller has looked at the state");
    const Payment& payment = at(index);
    release(payment, account_of(payment.local_agent, payment.currency));
    at(payee_agent_of(payment)).outcomes_owed -= 1;
    end_pending(index);
    put_out_for(stamp, OutboxKind::kVoid, index);
    put_out_for(stamp, OutboxKind::kRejected, index);
}

}  // namespace lowu::core
