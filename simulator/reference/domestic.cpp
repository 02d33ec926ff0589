// Payments within one rail: both banks are its own, nothing crosses the link. The checks of an
// origin as far as they apply, then those of the payee's side; the payer bank's money is reserved,
// the payee's bank asked, its acceptance booked at once. See rules.hpp.
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {

void begin_domestic(Step& step, const CreditTransfer& transfer, Payment& payment) {
    ResultCode result = check_origin(step, transfer, kDomesticCorridor);
    if (result == ResultCode::kAccepted) {
        result = check_payee_side(step.rail, {kDomesticCorridor, transfer.payee_agent,
                                              step.now.scheme, transfer.payee_proxy});
    }
    if (result != ResultCode::kAccepted) return refuse_here(step, payment, result);
    begin_pending(step, payment);
    ask(step, payment);
}

void settle_domestic(Step& step, Payment& payment) {
    payment.state = State::kSettled;
    post_reserved(step, account_of(payment.payer_agent, payment.currency),
                  account_of(payment.payee_agent, payment.currency), payment.amount);
    bank_at(step.rail, payment.payee_agent).open_requests -= 1;
    end_pending(step, payment);
    tell_payee(step, SaidKind::kCreditNow, payment);
    tell_payer(step, SaidKind::kSettled, payment);
}

void reject_domestic(Step& step, Payment& payment, ResultCode result) {
    payment.state = State::kRejected;
    payment.result = result;
    release(step, account_of(payment.payer_agent, payment.currency), payment.amount);
    bank_at(step.rail, payment.payee_agent).open_requests -= 1;
    end_pending(step, payment);
    tell_payee(step, SaidKind::kVoid, payment);
    tell_payer(step, SaidKind::kRejected, payment);
}

}  // namespace lowu::reference
