// What every command goes through: the stamp, the timers, its rule. Genesis, sessions, the link and
// time, which belong to no rule, are here too. See reference_ledger.hpp.
#include "simulator/reference/reference_ledger.hpp"

#include <limits>

#include "simulator/reference/accounts.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/quota.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

// Genesis.

void on(Step& step, const OpenRail& command) {
    RailState& rail = step.rail;
    if (rail.open) return step.complain("the rail is opened twice");
    rail.open = true;
    rail.sizes = command;
    open_parameters(rail, command);
    open_account(rail, kOutsideCny, Currency::kCny, 0, true);
    if (rail.rail == Rail::kFps) open_account(rail, kOutsideHkd, Currency::kHkd, 0, true);
}

void on(Step& step, const AdmitBank& command) {
    RailState& rail = step.rail;
    if (find_bank(rail, command.bank) != nullptr) {
        return step.complain(command.bank + " is admitted twice");
    }
    Bank& bank = rail.banks[command.bank];
    bank.admitted = rail.banks.size() - 1;
    bank.takes_part = command.takes_part;
    const std::string cny = account_of(command.bank, Currency::kCny);
    open_account(rail, cny, Currency::kCny, command.net_debit_cap, false);
    if (command.opening_cny > 0) post(step, kOutsideCny, cny, command.opening_cny);
    if (rail.rail != Rail::kFps) return;
    const std::string hkd = account_of(command.bank, Currency::kHkd);
    open_account(rail, hkd, Currency::kHkd, 0, false);
    if (command.opening_hkd > 0) post(step, kOutsideHkd, hkd, command.opening_hkd);
}

void on(Step& step, const OpenLink& command) {
    RailState& rail = step.rail;
    if (!rail.link_agent.empty()) return step.complain("the link is opened twice");
    rail.link_agent = command.agent;
    open_account(rail, kLinkAgent, Currency::kCny, command.net_debit_cap, false);
    open_account(rail, kLinkClaim, Currency::kCny, 0, true);
    open_account(rail, kLinkClaimContra, Currency::kCny, 0, true);
    if (command.opening_cny > 0) post(step, kOutsideCny, kLinkAgent, command.opening_cny);
}

// Sessions, the link, time.

void on(Step& step, const SessionUp& command) {
    Bank* bank = find_bank(step.rail, command.bank);
    if (bank == nullptr) return step.complain("a session of nobody");
    if (command.incarnation < bank->incarnation) {
        step.complain("an older incarnation of " + command.bank);
    }
    bank->online = true;
    bank->incarnation = command.incarnation;
}

void on(Step& step, const SessionDown& command) {
    Bank* bank = find_bank(step.rail, command.bank);
    if (bank == nullptr) return step.complain("a session of nobody");
    bank->online = false;
}

void on(Step& step, const LinkState& command) {
    if (step.rail.link_agent.empty()) return step.complain("a link without an agent");
    step.rail.link_up = command.up;
}

void on(Step& step, const OutboxAcknowledged& command) {
    Bank* bank = find_bank(step.rail, command.bank);
    if (bank == nullptr) return step.complain("an acknowledgement of nobody");
    if (command.number > bank->last_said) {
        return step.complain(command.bank + " acknowledges what was never said");
    }
    auto& waiting = bank->unacknowledged;
    while (!waiting.empty() && waiting.front().first <= command.number) {
        slots_of(*bank, waiting.front().second) -= 1;
        waiting.pop_front();
    }
    if (bank->events_missed && bank->waiting_events < kEventSlots) {
        bank->events_missed = false;
        Said missed;
        missed.kind = SaidKind::kEvent;
        tell(step, command.bank, missed);
    }
    if (bank->has_room_for_request()) bank->full_since.reset();
    restore_if_caught_up(step, command.bank, *bank);
}

void on(Step& step, const LinkAcknowledged& command) {
    if (command.number > step.rail.link_said) {
        return step.complain("the other rail acknowledges what was never said");
    }
    auto& waiting = step.rail.link_unacknowledged;
    waiting.erase(waiting.begin(), waiting.upper_bound(command.number));
}

void on(Step& step, const LinkDelivery& command) {
    RailState& rail = step.rail;
    if (command.number <= rail.link_received) return;  // Seen before: the link repeats.
    if (command.number != rail.link_received + 1) step.complain("a gap on the link");
    rail.link_received = command.number;
    switch (command.message.kind) {
        case LinkKind::kTransfer:
            return transfer_arrives(step, command.message);
        case LinkKind::kCancel:
            return cancel_arrives(step, command.message);
        case LinkKind::kSettled:
        case LinkKind::kAlreadySettled:
            return settled_over_there(step, command.message);
        case LinkKind::kRefused:
        case LinkKind::kCancelled:
            return refused_over_there(step, command.message);
        case LinkKind::kReturn:
            return return_arrives(step, command.message);
        case LinkKind::kLoggedOff:
        case LinkKind::kLoggedOn:
        case LinkKind::kDegraded:
        case LinkKind::kRestored:
        case LinkKind::kDefault:
            return news_of_bank_arrives(step, command.message);
    }
    step.complain("a link message of no kind");
}

void on(Step& /*step*/, const Tick& /*command*/) {}

void on(Step& step, const AdvanceSchemeTime& /*command*/) {
    Announcement event;
    event.kind = AnnouncementKind::kTimeAdvanced;
    event.effective = step.now.scheme;
    announce(step, event);
}

// What belongs to a rule goes there.

void on(Step& step, const CreditTransfer& command) {
    take_transfer(step, command);
}
void on(Step& step, const CreditTransferAnswer& command) {
    take_answer(step, command);
}
void on(Step& step, const CreditReport& command) {
    take_credit_report(step, command);
}
void on(Step& step, const RejectMessage& command) {
    if (!take_number(step, command.bank, command.number)) return;
    reject_message(step, command.bank, command.number, command.uetr, command.field,
                   ResultCode::kAccepted);
}
void on(Step& step, const FxRateSheet& command) {
    take_rate_sheet(step, command);
}
void on(Step& step, const AvailabilityRequest& command) {
    take_availability(step, command);
}
void on(Step& step, const SetParameters& command) {
    set_parameters(step, command);
}
void on(Step& step, const SetReferenceRate& command) {
    set_reference_rate(step, command);
}
void on(Step& step, const ForceAvailability& command) {
    force_availability(step, command);
}
void on(Step& step, const SetPriorUse& command) {
    set_prior_use(step, command);
}
void on(Step& step, const RegisterProxy& command) {
    register_proxy(step, command);
}
void on(Step& step, const RemoveProxy& command) {
    remove_proxy(step, command);
}
void on(Step& step, const SetProxyWarning& command) {
    set_proxy_warning(step, command);
}
void on(Step& step, const PaymentReturn& command) {
    take_return(step, command);
}
void on(Step& step, const StatusRequest& command) {
    take_enquiry(step, command);
}
void on(Step& step, const DeclareDefault& command) {
    declare_default(step, command);
}
void on(Step& step, const Forget& command) {
    check_forget(step, command);
}
void on(Step& step, const Recollect& command) {
    check_recollection(step, command);
}

/// How many timers fire before a command. A tick fires a bounded number; what a bank says first
/// finds none due, so that no answer can slip in after its deadline; what operators say, and the
/// switch to itself, judges nobody's time.
std::uint32_t timers_before(const Command& command) {
    if (std::holds_alternative<Tick>(command)) return kTimersPerTick;
    const bool of_bank = std::holds_alternative<CreditTransfer>(command) ||
                         std::holds_alternative<CreditTransferAnswer>(command) ||
                         std::holds_alternative<CreditReport>(command) ||
                         std::holds_alternative<RejectMessage>(command) ||
                         std::holds_alternative<FxRateSheet>(command) ||
                         std::holds_alternative<AvailabilityRequest>(command) ||
                         std::holds_alternative<PaymentReturn>(command) ||
                         std::holds_alternative<StatusRequest>(command) ||
                         std::holds_alternative<OutboxAcknowledged>(command);
    return of_bank ? std::numeric_limits<std::uint32_t>::max() : 0;
}

/// By (deadline, order of arrival).
void fire_timers(Step& step, std::uint32_t most) {
    RailState& rail = step.rail;
    std::uint32_t fired = 0;
    while (fired < most && !rail.timers.empty()) {
        const auto [deadline, arrival] = *rail.timers.begin();
        if (deadline > step.now.elapsed) return;
        rail.timers.erase(rail.timers.begin());
        Payment& payment = rail.payments[arrival];
        if (payment.state == State::kAsked) {
            payee_deadline(step, payment);
            fired += 1;
        } else if (payment.state == State::kForwarded) {
            origin_deadline(step, payment);
            fired += 1;
        }
    }
}

/// A delivery is what the other rail has said; nobody to compare with when that is not told.
void check_delivery(Step& step, const RailState& other, const LinkDelivery& delivery) {
    if (!other.open || delivery.number <= step.rail.link_received) return;
    const auto said = other.link_unacknowledged.find(delivery.number);
    if (said == other.link_unacknowledged.end() || said->second != delivery.message) {
        step.complain("link message " + std::to_string(delivery.number) +
                      " is not what the other rail has said");
    }
}

}  // namespace

ReferenceLedger::ReferenceLedger() {
    at(Rail::kFps).rail = Rail::kFps;
    at(Rail::kIbps).rail = Rail::kIbps;
}

Answer ReferenceLedger::apply(const Stamp& stamp, Rail rail, const Command& command,
                              const Remembers& remembers) {
    Answer answer;
    RailState& state = at(rail);
    Step step{state, stamp, answer, remembers};
    const bool opens = std::holds_alternative<OpenRail>(command);
    if (!state.open && !opens) {
        step.complain("the rail is not open yet");
        return answer;
    }
    if (stamp.sequence <= state.last.sequence || stamp.elapsed < state.last.elapsed ||
        stamp.scheme < state.last.scheme) {
        step.complain("a stamp goes back");
    }
    if (const auto* delivery = std::get_if<LinkDelivery>(&command)) {
        check_delivery(step, at(scheme::other(rail)), *delivery);
    }
    advance_parameters(state, stamp.scheme);
    fire_timers(step, timers_before(command));
    find_slow_banks(step);
    std::visit([&](const auto& one) { on(step, one); }, command);
    state.last = stamp;
    return answer;
}

std::vector<Obligation> ReferenceLedger::obligations(Rail which) const {
    std::vector<Obligation> open;
    for (const Payment& payment : rail(which).payments) {
        const bool owed = payment.asked && payment.state == State::kSettled && !payment.credited &&
                          payment.returned < payment.amount;
        if (owed) open.push_back({payment.uetr, payment.payee_agent, payment.amount});
    }
    return open;
}

}  // namespace lowu::reference
