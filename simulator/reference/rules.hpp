// The rule families, one file each: what a rail does with each kind of command. Called by
// ReferenceLedger::apply, which finds the function by the command; one thread.
#pragma once

#include "simulator/reference/step.hpp"

namespace lowu::reference {

// origin.cpp: a bank's instruction, up to the transfer on the link; what the other rail answers.
void take_transfer(Step& step, const CreditTransfer& transfer);
void origin_deadline(Step& step, Payment& payment);
void settled_over_there(Step& step, const LinkMessage& message);
void refused_over_there(Step& step, const LinkMessage& message);
/// All checks of an origin, in order of precedence.
[[nodiscard]] ResultCode check_origin(const Step& step, const CreditTransfer& transfer,
                                      const Corridor& corridor);
/// A payment that began here waits for its outcome, with its money reserved; and no longer.
void begin_pending(Step& step, const Payment& payment);
void end_pending(Step& step, const Payment& payment);
void refuse_here(Step& step, Payment& payment, ResultCode result);
/// Where the payment stands now, to whoever repeats it.
void say_again(Step& step, const Payment& payment);

// destination.cpp: a transfer from the link, the question to the payee's bank, its answer.
void transfer_arrives(Step& step, const LinkMessage& message);
void cancel_arrives(Step& step, const LinkMessage& message);
void take_answer(Step& step, const CreditTransferAnswer& answer);
void take_credit_report(Step& step, const CreditReport& report);
void payee_deadline(Step& step, Payment& payment);
/// The rules of whoever is to be paid, in order of precedence.
struct PayeeSide {
    Corridor corridor;
    BankCode payee_agent;
    SchemeTime acceptance_time;
    PayeeProxy payee_proxy;
};
[[nodiscard]] ResultCode check_payee_side(const RailState& rail, const PayeeSide& side);
/// Puts the question, with a deadline; the money is reserved.
void ask(Step& step, Payment& payment);

// domestic.cpp: both banks on one rail.
void begin_domestic(Step& step, const CreditTransfer& transfer, Payment& payment);
void settle_domestic(Step& step, Payment& payment);
void reject_domestic(Step& step, Payment& payment, ResultCode result);

// returns.cpp: settled payments that come back.
void take_return(Step& step, const PaymentReturn& command);
void return_arrives(Step& step, const LinkMessage& message);
void return_settled(Step& step, Payment& payment);
void return_refused(Step& step, Payment& payment, ResultCode result);

// enquiries.cpp: where a payment stands.
void take_enquiry(Step& step, const StatusRequest& request);

// standing.cpp: banks that are away, too slow, or in default.
void take_availability(Step& step, const AvailabilityRequest& request);
void force_availability(Step& step, const ForceAvailability& command);
void declare_default(Step& step, const DeclareDefault& command);
void news_of_bank_arrives(Step& step, const LinkMessage& message);
void find_slow_banks(Step& step);
void restore_if_caught_up(Step& step, const BankCode& code, Bank& bank);

// rates.cpp: reference rates and rate sheets.
void set_reference_rate(Step& step, const SetReferenceRate& command);
void take_rate_sheet(Step& step, const FxRateSheet& sheet);
/// In force now, or null.
[[nodiscard]] const ReferenceRate* rate_in_force(const RailState& rail, SchemeTime now);

// proxies.cpp: which bank takes what is sent to a proxy.
void register_proxy(Step& step, const RegisterProxy& command);
void remove_proxy(Step& step, const RemoveProxy& command);
void set_proxy_warning(Step& step, const SetProxyWarning& command);
[[nodiscard]] const ProxyRegistration* find_registration(const RailState& rail,
                                                         const Hash128& proxy,
                                                         const BankCode& bank);

// memory.cpp: nothing is forgotten here; what others say of their memory is checked.
/// A new payment may have a UETR that is forgotten; a repeated instruction may not look new.
void check_not_forgotten(Step& step, const CreditTransfer& transfer);
void check_forget(Step& step, const Forget& command);
void check_recollection(Step& step, const Recollect& command);

}  // namespace lowu::reference
