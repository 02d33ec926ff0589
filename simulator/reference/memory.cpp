// What others forget and are told again. This ledger forgets nothing: it checks that a Forget does
// not come too early, and that a recollection says what was. See rules.hpp.
#include <algorithm>

#include "simulator/reference/parameters.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

/// In words, what is not as it was; empty: nothing.
std::string difference(const Recollect& told, const Payment& was) {
    if (told.leg != was.leg) return "leg";
    if (told.state != was.state) return "state";
    if (told.result != was.result) return "result";
    if (told.amount != was.amount) return "amount";
    if (!told.payer_agent.empty() && told.payer_agent != was.payer_agent) return "payer's bank";
    if (!told.payee_agent.empty() && told.payee_agent != was.payee_agent) return "payee's bank";
    if (told.returned != was.returned) return "amount returned";
    if (told.asked != was.asked) return "whether the payee's bank was asked";
    if (told.credited != was.credited) return "whether it has reported the credit";
    const QuotaHold hold = was.hold.value_or(QuotaHold{});
    if (told.quota_day != hold.day_amount || told.quota_year != hold.year_amount) {
        return "its part of the quota";
    }
    const Uetr original = was.return_of ? was.return_of->original : Uetr{};
    if (told.original != original) return "what it is a return of";
    return {};
}

/// When it says that it was made; a time in the far future is not believed.
SchemeTime made_at(const RailState& rail, const Payment& payment) {
    const SchemeTime latest =
        payment.acceptance_time + duration_of(rail, Parameter::kCreationSkewMs);
    return std::min(payment.instruction->creation_time, latest);
}

}  // namespace

void check_not_forgotten(Step& step, const CreditTransfer& transfer) {
    const auto known = step.rail.arrivals.find(transfer.uetr);
    if (known == step.rail.arrivals.end()) return;
    for (const std::uint32_t arrival : known->second) {
        const Payment& payment = step.rail.payments[arrival];
        if (!payment.instruction) continue;
        if (transfer.creation_time > made_at(step.rail, payment)) continue;
        step.complain("payment " + scheme::format_uetr(transfer.uetr) +
                      " is forgotten, and was not recollected for an instruction that is as old");
    }
}

void check_forget(Step& step, const Forget& command) {
    RailState& rail = step.rail;
    if (command.through < rail.forgotten_through || command.through > rail.payments.size()) {
        return step.complain("forgets payments that have not come, or remembers some again");
    }
    if (command.through == rail.forgotten_through) return;  // Only what was kept beside is dropped.
    if (!rail.link_agent.empty() && !rail.link_up) {
        step.complain("forgets while the other rail may not have heard how payments ended");
    }
    const Payment& newest = rail.payments[command.through - 1];
    if (step.now.scheme - newest.arrived <= spoken_of(rail)) {
        step.complain("forgets a payment that may still be spoken of");
    }
    rail.forgotten_through = command.through;
}

void check_recollection(Step& step, const Recollect& command) {
    RailState& rail = step.rail;
    const bool was_here = command.arrival < rail.payments.size() &&
                          rail.payments[command.arrival].uetr == command.uetr;
    if (!was_here) return step.complain("recollects a payment that was never here");
    const std::string what = difference(command, rail.payments[command.arrival]);
    if (!what.empty()) {
        step.complain("recollects " + scheme::format_uetr(command.uetr) + " with another " + what);
    }
}

}  // namespace lowu::reference
