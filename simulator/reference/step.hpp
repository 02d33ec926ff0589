// One command at work: the rail that it changes, the stamp, the answer that grows. And the few
// things that every rule does: say something to a bank, to the other rail, to all banks. Used by
// the rules; one thread.
#pragma once

#include <functional>
#include <string>

#include "simulator/reference/said.hpp"
#include "simulator/reference/state.hpp"

namespace lowu::reference {

/// Whether the other implementation remembers a payment that arrived before the last Forget: the
/// one thing about its insides that decides answers.
using Remembers = std::function<bool(std::uint32_t arrival)>;

struct Step {
    RailState& rail;
    const Stamp& now;
    Answer& answer;
    const Remembers& remembers;

    void complain(std::string what) { answer.complaints.push_back(std::move(what)); }
};

/// The bank, or null.
[[nodiscard]] Bank* find_bank(RailState& rail, const BankCode& code);
[[nodiscard]] const Bank* find_bank(const RailState& rail, const BankCode& code);
/// One that must be there.
[[nodiscard]] Bank& bank_at(RailState& rail, const BankCode& code);
[[nodiscard]] const Bank& bank_at(const RailState& rail, const BankCode& code);

// Payments of a UETR, newest first; null when there is none. A message is about the payment in
// which its bank has the part.

/// What arrived after the last Forget is; of the rest the other side says whether it is.
[[nodiscard]] bool is_remembered(const Step& step, std::uint32_t arrival);
[[nodiscard]] Payment* find_payment(Step& step, const Uetr& uetr);
/// It was sent by this bank of this rail.
[[nodiscard]] Payment* begun_by(Step& step, const BankCode& bank, const Uetr& uetr);
/// This bank of this rail was asked to credit it. With a complaint when such a one is forgotten and
/// was not recollected for the message that is about it.
[[nodiscard]] Payment* asked_of(Step& step, const BankCode& bank, const Uetr& uetr);
/// And it was paid: what it reports or sends back is such a one. Complains likewise.
[[nodiscard]] Payment* settled_to(Step& step, const BankCode& bank, const Uetr& uetr);
/// Its newest of all that it was asked to credit, paid or not; of those that are remembered.
[[nodiscard]] Payment* remembered_of(Step& step, const BankCode& bank, const Uetr& uetr);
/// This bank of the other rail was paid with it. Complains likewise.
[[nodiscard]] Payment* sent_to(Step& step, const BankCode& bank, const Uetr& uetr);

/// Counts a bank's message; false, with a complaint, when it cannot have been taken: unknown bank,
/// a gap, more than the bank has credit for.
[[nodiscard]] bool take_number(Step& step, const BankCode& bank, std::uint64_t number);
/// The highest number that the bank may use: what is said in answer must have a reply slot.
[[nodiscard]] std::uint64_t credit_limit(const Bank& bank);

/// How many messages of this kind's slots wait for the bank: replies, requests or events.
[[nodiscard]] std::uint64_t& slots_of(Bank& bank, SaidKind kind);
/// Says something to a bank of this rail: numbers it, and keeps it until it is acknowledged.
void tell(Step& step, const BankCode& bank, Said said);
/// The usual message about a payment, with its result.
void tell_payer(Step& step, SaidKind kind, const Payment& payment);
void tell_payee(Step& step, SaidKind kind, const Payment& payment);
/// That a message could not be taken up.
void reject_message(Step& step, const BankCode& bank, std::uint64_t number, const Uetr& uetr,
                    Field field, ResultCode result);
void send_over_link(Step& step, const LinkMessage& message);
/// To every bank that has ever been here.
void announce(Step& step, Announcement event);

/// A new payment on this rail.
Payment& remember(Step& step, Payment payment);
/// Whether this rail can remember no more payments: those that arrived since the last Forget count.
[[nodiscard]] bool table_full(const RailState& rail);
/// Room on the link for a new payment: half stays free for answers to the other rail.
[[nodiscard]] bool link_has_room(const RailState& rail);
/// Half of the link's slots are free: news about banks may go.
[[nodiscard]] bool link_has_space(const RailState& rail);

}  // namespace lowu::reference
