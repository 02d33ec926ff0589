// What every rule does. See step.hpp.
#include "simulator/reference/step.hpp"

#include "common/base/assert.hpp"
#include "simulator/reference/limits.hpp"

namespace lowu::reference {

Bank* find_bank(RailState& rail, const BankCode& code) {
    const auto found = rail.banks.find(code);
    return found == rail.banks.end() ? nullptr : &found->second;
}

const Bank* find_bank(const RailState& rail, const BankCode& code) {
    const auto found = rail.banks.find(code);
    return found == rail.banks.end() ? nullptr : &found->second;
}

Bank& bank_at(RailState& rail, const BankCode& code) {
    Bank* bank = find_bank(rail, code);
    LOWU_ASSERT(bank != nullptr, "the bank is a participant of this rail");
    return *bank;
}

const Bank& bank_at(const RailState& rail, const BankCode& code) {
    const Bank* bank = find_bank(rail, code);
    LOWU_ASSERT(bank != nullptr, "the bank is a participant of this rail");
    return *bank;
}

// Payments.

bool is_remembered(const Step& step, std::uint32_t arrival) {
    return arrival >= step.rail.forgotten_through || step.remembers(arrival);
}

namespace {

/// The newest of that UETR that `fits`, whether it is remembered or not.
template <class Fits>
Payment* newest(Step& step, const Uetr& uetr, bool remembered_only, const Fits& fits) {
    const auto known = step.rail.arrivals.find(uetr);
    if (known == step.rail.arrivals.end()) return nullptr;
    for (auto arrival = known->second.rbegin(); arrival != known->second.rend(); ++arrival) {
        if (remembered_only && !is_remembered(step, *arrival)) continue;
        Payment& payment = step.rail.payments[*arrival];
        if (fits(payment)) return &payment;
    }
    return nullptr;
}

/// The newest that is remembered; none forgotten must fit, since a message is about it.
template <class Fits>
Payment* needed(Step& step, const Uetr& uetr, const Fits& fits) {
    Payment* found = newest(step, uetr, true, fits);
    if (found == nullptr && newest(step, uetr, false, fits) != nullptr) {
        step.complain("payment " + scheme::format_uetr(uetr) +
                      " is forgotten, and was not recollected for the message about it");
    }
    return found;
}

}  // namespace

Payment* find_payment(Step& step, const Uetr& uetr) {
    return newest(step, uetr, true, [](const Payment&) { return true; });
}

Payment* begun_by(Step& step, const BankCode& bank, const Uetr& uetr) {
    return newest(step, uetr, true, [&](const Payment& payment) {
        return begins_here(payment) && payment.payer_agent == bank;
    });
}

Payment* asked_of(Step& step, const BankCode& bank, const Uetr& uetr) {
    return needed(step, uetr, [&](const Payment& payment) {
        return payment.asked && payment.payee_agent == bank;
    });
}

Payment* settled_to(Step& step, const BankCode& bank, const Uetr& uetr) {
    return needed(step, uetr, [&](const Payment& payment) {
        return payment.asked && payment.payee_agent == bank && payment.state == State::kSettled;
    });
}

Payment* remembered_of(Step& step, const BankCode& bank, const Uetr& uetr) {
    return newest(step, uetr, true, [&](const Payment& payment) {
        return payment.asked && payment.payee_agent == bank;
    });
}

Payment* sent_to(Step& step, const BankCode& bank, const Uetr& uetr) {
    return needed(step, uetr, [&](const Payment& payment) {
        return payment.leg == Leg::kOrigin && payment.payee_agent == bank &&
               payment.state == State::kSettled;
    });
}

std::uint64_t credit_limit(const Bank& bank) {
    return bank.last_number + kReplySlots - bank.waiting_replies - bank.pending;
}

bool take_number(Step& step, const BankCode& code, std::uint64_t number) {
    Bank* bank = find_bank(step.rail, code);
    if (bank == nullptr) {
        step.complain("a message of " + code + ", which is no participant");
        return false;
    }
    if (number != bank->last_number + 1) {
        step.complain("message " + std::to_string(number) + " of " + code + " after " +
                      std::to_string(bank->last_number));
    }
    if (number > credit_limit(*bank)) {
        step.complain("message " + std::to_string(number) + " of " + code + " is beyond " +
                      std::to_string(credit_limit(*bank)));
    }
    bank->last_number = number;
    return true;
}

// Saying things.

std::uint64_t& slots_of(Bank& bank, SaidKind kind) {
    switch (kind) {
        case SaidKind::kPending:
        case SaidKind::kSettled:
        case SaidKind::kRejected:
        case SaidKind::kMessageReject:
        case SaidKind::kEnquiryAnswer:
            return bank.waiting_replies;
        case SaidKind::kRequest:
        case SaidKind::kCreditNow:
        case SaidKind::kVoid:
        case SaidKind::kReturned:
            return bank.waiting_requests;
        case SaidKind::kEvent:
            return bank.waiting_events;
        case SaidKind::kLink:
            break;
    }
    LOWU_UNREACHABLE("only banks have slots");
}

void tell(Step& step, const BankCode& code, Said said) {
    Bank& bank = bank_at(step.rail, code);
    said.to = code;
    said.number = ++bank.last_said;
    slots_of(bank, said.kind) += 1;
    bank.unacknowledged.emplace_back(said.number, said.kind);
    step.answer.said.push_back(std::move(said));
    // A bank without room for another request is watched, unless it is found too slow already.
    if (bank.has_room_for_request()) {
        bank.full_since.reset();
    } else if (!bank.degraded && !bank.full_since) {
        bank.full_since = step.now.elapsed;
    }
}

namespace {

Said about(SaidKind kind, const Payment& payment) {
    Said said;
    said.kind = kind;
    said.uetr = payment.uetr;
    said.result = payment.result;
    return said;
}

}  // namespace

void tell_payer(Step& step, SaidKind kind, const Payment& payment) {
    tell(step, payment.payer_agent, about(kind, payment));
}

void tell_payee(Step& step, SaidKind kind, const Payment& payment) {
    tell(step, payment.payee_agent, about(kind, payment));
}

void reject_message(Step& step, const BankCode& bank, std::uint64_t number, const Uetr& uetr,
                    Field field, ResultCode result) {
    Said said;
    said.kind = SaidKind::kMessageReject;
    said.uetr = uetr;
    said.result = result;
    said.field = field;
    said.spoken_of = number;
    tell(step, bank, said);
}

void send_over_link(Step& step, const LinkMessage& message) {
    Said said;
    said.kind = SaidKind::kLink;
    said.number = ++step.rail.link_said;
    said.link = message;
    step.rail.link_unacknowledged[said.number] = message;
    step.answer.said.push_back(std::move(said));
}

void announce(Step& step, Announcement event) {
    event.booked = step.now.scheme;
    step.rail.announcements += 1;
    for (auto& [code, bank] : step.rail.banks) {
        if (bank.incarnation == 0) continue;  // It has never been here: it begins from now.
        if (bank.waiting_events >= kEventSlots) {
            bank.events_missed = true;
            continue;
        }
        Said said;
        said.kind = SaidKind::kEvent;
        said.spoken_of = step.rail.announcements;
        said.event = event;
        tell(step, code, said);
    }
}

Payment& remember(Step& step, Payment payment) {
    payment.arrival = static_cast<std::uint32_t>(step.rail.payments.size());
    payment.arrived = step.now.scheme;
    step.rail.arrivals[payment.uetr].push_back(payment.arrival);
    return step.rail.payments.emplace_back(std::move(payment));
}

bool table_full(const RailState& rail) {
    return rail.payments.size() - rail.forgotten_through >= rail.sizes.payments_max;
}

bool link_has_space(const RailState& rail) {
    return kLinkSlots - rail.link_unacknowledged.size() > kLinkSlots / 2;
}

bool link_has_room(const RailState& rail) {
    return rail.link_in_flight < kLinkInFlight && link_has_space(rail);
}

}  // namespace lowu::reference
