// The judges who watch a run while it goes on; see judges.hpp. Those who judge its end are in
// ending_judges.cpp.
#include <algorithm>
#include <type_traits>
#include <variant>

#include "common/base/hash.hpp"
#include "tests/simulation/judges/judges.hpp"

namespace lowu::judges {
namespace {

/// All books are compared after so many commands: it reads every one of them.
constexpr std::uint64_t kBooksEvery = 64;

std::string at(const core::Cell& cell, const core::Stamp& stamp) {
    return std::string(scheme::to_string(cell.rail())) + " at sequence " +
           std::to_string(stamp.sequence.value) + ": ";
}

const char* word_of(Deed deed) {
    switch (deed) {
        case Deed::kReserved:
            return "reserved";
        case Deed::kReleased:
            return "released";
        case Deed::kBooked:
            return "booked";
    }
    return "?";
}

/// When the money of a leg must be free again.
ElapsedTime deadline_of(const core::Cell& cell, const core::Stamp& stamp, core::Leg leg) {
    switch (leg) {
        case core::Leg::kOrigin:
            return stamp.elapsed + cell.parameters().origin_deadline;
        case core::Leg::kDestination:
        case core::Leg::kDomestic:
            return stamp.elapsed + cell.parameters().payee_deadline;
        case core::Leg::kReturnSent:
        case core::Leg::kReturnReceived:
            break;
    }
    return stamp.elapsed;
}

}  // namespace

void InvariantHolds::on_scheme(const support::SchemeView& scheme, Complaints& complaints) {
    support::Violations violations;
    invariant_.check(scheme, violations);
    for (const support::Violation& one : violations) {
        const bool of_payment = one.uetr != scheme::Uetr{};
        complaints.say(
            name(), std::string(scheme::to_string(one.rail)) +
                        (of_payment ? " " + scheme::format_uetr(one.uetr) : std::string()) + ": " +
                        one.what);
    }
}

void FinalIsFinal::on_command(const Applied& applied, Complaints& complaints) {
    const Rail rail = applied.cell.rail();
    const auto complain = [&](const scheme::Uetr& uetr, const std::string& what) {
        complaints.say(name(), at(applied.cell, applied.stamp) + scheme::format_uetr(uetr) +
                                   " has ended, and " + what);
    };
    for (const Step& step : applied.steps) {
        if (!final_.contains({rail, step.uetr})) continue;
        complain(step.uetr, "becomes " + std::string(core::to_string(step.to)));
    }
    for (const MoneyDeed& deed : applied.money) {
        if (!final_.contains({rail, deed.uetr})) continue;
        complain(deed.uetr, "money is " + std::string(word_of(deed.deed)));
    }
    for (const Step& step : applied.steps) {
        if (core::is_final(step.to)) final_.insert({rail, step.uetr});
    }
}

void ReservationsEnd::reset() {
    open_.clear();
    round_before_ = ElapsedTime{-1};
}

void ReservationsEnd::on_command(const Applied& applied, Complaints& /*complaints*/) {
    for (const MoneyDeed& one : applied.money) {
        const LegKey key{applied.cell.rail(), one.uetr};
        if (one.deed == Deed::kReserved) {
            open_[key] = deadline_of(applied.cell, applied.stamp, one.leg);
        } else {
            open_.erase(key);
        }
    }
}

void ReservationsEnd::on_batch(const Replayed& batch, Complaints& complaints) {
    for (auto one = open_.begin(); one != open_.end();) {
        const auto& [key, deadline] = *one;
        if (deadline > round_before_) {
            ++one;
            continue;
        }
        complaints.say(name(), std::string(scheme::to_string(key.first)) + " " +
                                   scheme::format_uetr(key.second) + ": due at " +
                                   std::to_string(deadline.value) + " us, still reserved at " +
                                   std::to_string(batch.last.elapsed.value));
        one = open_.erase(one);
    }
    round_before_ = batch.last.elapsed;
}

// Sessions.

void SessionsKeepOrder::follow(Sent& sent, std::uint64_t connection, std::uint64_t first,
                               std::uint64_t count, const std::string& who,
                               Complaints& complaints) const {
    const auto next = sent.next.find(connection);
    if (next == sent.next.end()) {
        complaints.say(name(), who + " sends messages before it is greeted");
    } else if (next->second != 0 && next->second != first) {
        complaints.say(name(), who + " goes on with number " + std::to_string(first) + " where " +
                                   std::to_string(next->second) + " is next");
    }
    sent.next[connection] = first + count;
}

void SessionsKeepOrder::keep(Sent& sent, std::uint64_t number, std::uint64_t hash,
                             const std::string& who, Complaints& complaints) const {
    const auto [known, fresh] = sent.messages.try_emplace(number, hash);
    if (fresh || known->second == hash) return;
    complaints.say(name(), who + " sends another message as number " + std::to_string(number));
}

namespace {

/// Empty when it is about no payment.
std::string uetr_of(const v1::ParticipantMessage& message) {
    if (message.has_credit_transfer()) return message.credit_transfer().uetr();
    if (message.has_answer()) return message.answer().uetr();
    if (message.has_credit_report()) return message.credit_report().uetr();
    if (message.has_payment_return()) return message.payment_return().uetr();
    return message.has_status_request() ? message.status_request().uetr() : std::string();
}

std::uint64_t hash_of(const core::OutboxEntry& entry) {
    std::uint64_t hash = mix64(entry.uetr.high, entry.uetr.low);
    hash = mix64(hash, entry.sequence.value);
    hash = mix64(hash, entry.rejected_number);
    return mix64(hash, static_cast<std::uint64_t>(entry.kind) << 16U |
                           static_cast<std::uint64_t>(entry.result) << 8U |
                           static_cast<std::uint64_t>(entry.standing));
}

}  // namespace

void SessionsKeepOrder::on_bank_frame(const simulator::BankFrame& frame, Complaints& complaints) {
    if (frame.frame.has_hello()) {
        const v1::Hello& hello = frame.frame.hello();
        to_banks_[frame.bank].next[frame.connection] =
            hello.has_last_received() ? hello.last_received() + 1 : 0;
    }
    if (frame.frame.messages().empty()) return;
    Sent& sent = from_banks_[frame.bank];
    const std::string who = "bank " + frame.bank;
    std::uint64_t number = frame.frame.first_number();
    follow(sent, frame.connection, number, static_cast<std::uint64_t>(frame.frame.messages_size()),
           who, complaints);
    for (const v1::ParticipantMessage& message : frame.frame.messages()) {
        keep(sent, number, hash64(message.SerializeAsString()), who, complaints);
        uetr_of_[{frame.bank, number}] = uetr_of(message);
        ++number;
    }
}

void SessionsKeepOrder::on_switch_frame(const simulator::SwitchFrame& frame,
                                        Complaints& complaints) {
    Sent& sent = to_banks_[frame.bank];
    const std::string who = "the switch, to bank " + frame.bank + ",";
    if (const auto& reply = frame.frame.hello_reply) {
        from_banks_[frame.bank].next[frame.connection] = reply->last_received + 1;
        follow(sent, frame.connection, reply->next_number, 0, who, complaints);
    }
    const auto& messages = frame.frame.messages;
    if (messages.empty()) return;
    std::uint64_t number = frame.frame.first_number;
    follow(sent, frame.connection, number, messages.size(), who, complaints);
    for (const engine::OutboundMessage& message : messages)
        keep(sent, number++, hash_of(*message.entry), who, complaints);
}

namespace {

/// Calls `take` with a bank's message, when the command is one.
template <class Take>
void with_message(const core::Command& command, Take&& take) {
    std::visit(
        [&](const auto& one) {
            using Command = std::decay_t<decltype(one)>;
            // That one names a message of the switch.
            constexpr bool of_switch = std::is_same_v<Command, core::OutboxAcknowledged>;
            if constexpr (!of_switch && requires {
                              one.number;
                              one.participant;
                          }) {
                take(one);
            }
        },
        command);
}

}  // namespace

void SessionsKeepOrder::on_command(const Applied& applied, Complaints& complaints) {
    with_message(applied.command, [&](const auto& one) {
        const core::AgentCode code = applied.cell.participant(one.participant).code;
        const std::string where =
            at(applied.cell, applied.stamp) + "number " + std::to_string(one.number);
        core::MessageNumber& taken = taken_[code];
        if (one.number != taken + 1) {
            complaints.say(name(), where + " is taken up after " + std::to_string(taken));
        }
        taken = one.number;
        // A message that cannot be taken up may name anything.
        if constexpr (
            requires { one.uetr; } && !requires { one.field; }) {
            const std::string bank = scheme::format_agent_code(code);
            const auto sent = uetr_of_.find({bank, one.number});
            const bool same = sent != uetr_of_.end() &&
                              scheme::parse_uetr(sent->second) == std::optional(one.uetr);
            if (same) return;
            complaints.say(name(), where + " of bank " + bank + " is not what it has sent");
        }
    });
}

void NothingIsSaidTooEarly::on_command(const Applied& applied, Complaints& /*complaints*/) {
    with_message(applied.command, [&](const auto& one) {
        const core::AgentCode code = applied.cell.participant(one.participant).code;
        taken_at_[code][one.number] = applied.stamp.sequence;
    });
}

void NothingIsSaidTooEarly::on_switch_frame(const simulator::SwitchFrame& frame,
                                            Complaints& complaints) {
    for (const engine::OutboundMessage& message : frame.frame.messages) {
        if (message.entry->sequence <= frame.durable) continue;
        complaints.say(name(), "sequence " + std::to_string(message.entry->sequence.value) +
                                   " is said when " + std::to_string(frame.durable.value) +
                                   " is durable");
    }
    const core::MessageNumber number = frame.frame.acknowledged;
    if (number == 0) return;
    const auto& taken = taken_at_[frame.frame.participant];
    const auto known = taken.find(number);
    if (known != taken.end() && known->second <= frame.durable) return;
    complaints.say(name(), "number " + std::to_string(number) + " of bank " + frame.bank +
                               " is acknowledged when " + std::to_string(frame.durable.value) +
                               " is durable, and it is not");
}

void CreditFollowsSettled::on_command(const Applied& applied, Complaints& complaints) {
    for (const Told& told : applied.told) {
        if (told.entry.kind != core::OutboxKind::kCreditNow) continue;
        credit_now_.insert({applied.cell.participant(told.to).code, told.entry.uetr});
    }
    const auto* report = std::get_if<core::CreditReport>(&applied.command);
    if (report == nullptr) return;
    const core::AgentCode bank = applied.cell.participant(report->participant).code;
    if (credit_now_.contains({bank, report->uetr})) return;
    complaints.say(name(), at(applied.cell, applied.stamp) + "bank " +
                               scheme::format_agent_code(bank) + " has credited " +
                               scheme::format_uetr(report->uetr) + ", which was not settled to it");
}

void ReferencePredicts::on_command(const Applied& applied, Complaints& complaints) {
    check_.applied(applied.cell, applied.stamp, applied.command, applied.effects);
    if (applied.stamp.sequence.value % kBooksEvery == 0) check_.compare_books(applied.cell);
    const auto& differences = check_.differences();
    for (; told_ < differences.size(); ++told_)
        complaints.say(name(), differences[told_]);
}

void ReplayIsTheSame::on_batch(const Replayed& batch, Complaints& complaints) {
    const std::string where =
        "batch through sequence " + std::to_string(batch.last.sequence.value) + ": ";
    if (!batch.whole) complaints.say(name(), where + "records are missing");
    if (batch.live != batch.replayed) {
        complaints.say(name(), where + "replay differs from the live cells");
    }
}

void NothingReleasedIsLost::on_recovery(const Recovery& recovery, Complaints& complaints) {
    const std::string where =
        "recovery to sequence " + std::to_string(recovery.recovered.value) + ": ";
    if (recovery.recovered < recovery.released_through) {
        complaints.say(
            name(), where + "released through " + std::to_string(recovery.released_through.value));
    }
    if (recovery.recovered.value == 0) return;
    if (recovery.batch_end != recovery.recovered) {
        complaints.say(name(), where + "no batch ended there");
    } else if (recovery.live != recovery.replayed) {
        complaints.say(name(), where + "not the state that was sealed");
    }
}

}  // namespace lowu::judges
