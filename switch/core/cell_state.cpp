// The state of a cell as a whole: digest, save and load over one list of fields. What replay and
// live must agree on is what a snapshot holds, and nothing else makes later commands. See cell.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "switch/core/cell.hpp"
#include "switch/core/state_io.hpp"

namespace lowu::core {

template <class Sink, class Self>
void Cell::fields(Sink& sink, Self& self) {
    sink(self.open_);
    sink(self.rail_);
    sink(self.rules_);
    if constexpr (Sink::kLoads) self.open_tables(sink);
    sink(self.reference_rates_);
    sink(self.quota_);
    sink(self.directory_);
    sink(self.events_);
    sink(self.enquiries_);
    sink(self.full_outboxes_);
    sink(self.ledger_);
    sink.list(self.participants_, kMaxParticipants, "participants");
    sink(self.contra_cny_);
    sink(self.contra_hkd_);
    sink(self.agent_);
    sink(self.agent_account_);
    sink(self.claim_);
    sink(self.claim_contra_);
    sink(self.link_up_);
    sink(self.link_outbox_);
    sink(self.link_received_);
    sink(self.link_in_flight_);
    sink(self.pending_);
    sink(self.last_stamp_);
    sink(self.decisions_);
    sink(self.forgotten_created_);
    sink(self.payments_);
    if constexpr (Sink::kLoads) {
        self.load_timers(sink, self.payee_timers_, PaymentState::kAsked);
        self.load_timers(sink, self.origin_timers_, PaymentState::kForwarded);
    } else {
        self.timers(sink, self.payee_timers_, PaymentState::kAsked);
        self.timers(sink, self.origin_timers_, PaymentState::kForwarded);
    }
}

/// Only timers that are still wanted: when the others are dropped is nobody's business.
template <class Sink>
void Cell::timers(Sink& sink, const TimerQueue& queue, PaymentState wanted) const {
    std::vector<TimerQueue::Timer> live;
    for (const TimerQueue::Timer& timer : queue.all()) {
        const Payment* payment = payments_.get(timer.payment);
        if (payment != nullptr && payment->state == wanted) live.push_back(timer);
    }
    sink.list(live, live.size(), "timers");
}

void Cell::load_timers(StateReader& reader, TimerQueue& queue, PaymentState wanted) {
    std::vector<TimerQueue::Timer> live;
    reader.list(live, payments_.remembered(), "timers");
    for (const TimerQueue::Timer& timer : live) {
        const Payment* payment = payments_.get(timer.payment);
        if (payment == nullptr || payment->state != wanted) {
            return reader.fail("a timer is of a payment that does not wait");
        }
        queue.set(timer.deadline, timer.payment);
    }
}

Hash128 Cell::digest() const {
    Digest digest;
    DigestSink sink(digest);
    fields(sink, *this);
    return digest.finish();
}

void Cell::save(StateWriter& writer) const {
    LOWU_ASSERT(open_, "an open cell is saved");
    fields(writer, *this);
}

Result<void> Cell::load(StateReader& reader) {
    LOWU_ASSERT(!open_, "a fresh cell is loaded");
    fields(reader, *this);
    rebuild(reader);
    return reader.status();
}

// Loading. Bytes with a good checksum are what save wrote; that whatever else cannot bring a cell
// down is checked here.

void Cell::open_tables(StateReader& reader) {
    if (!open_) reader.fail("the cell was never opened");
    if (!reader.ok()) return;
    payments_.open(parameters().payments_max, static_cast<std::uint32_t>(rules_.banks()));
    quota_.open(parameters().quota_records_max);
    directory_.open(parameters().proxies_max);
}

void Cell::rebuild(StateReader& reader) {
    if (reader.ok()) check_participants(reader);
    std::vector<PaymentIndex> originals;
    if (reader.ok()) originals = check_payments(reader);
    if (reader.ok()) pin_payments(reader, originals);
}

void Cell::check_participants(StateReader& reader) {
    const auto account_is = [&](AccountIndex index, Currency currency) {
        return index.value < ledger_.size() && ledger_.account(index).currency == currency;
    };
    for (std::uint32_t i = 0; i < ledger_.size(); ++i) {
        const Account& account = ledger_.account(AccountIndex{i});
        if (account.kind == AccountKind{}) return reader.fail("an account is of no kind");
    }
    bool fits = account_is(contra_cny_, Currency::kCny) &&
                (rail_ != Rail::kFps || account_is(contra_hkd_, Currency::kHkd));
    if (agent_account_) {
        fits = fits && account_is(*agent_account_, Currency::kCny) &&
               account_is(claim_, Currency::kCny) && account_is(claim_contra_, Currency::kCny);
    }
    if (!fits) return reader.fail("an account of the scheme is not in the book");
    if (rules_.banks() != participants_.size()) {
        return reader.fail("participants and their own values are not as many");
    }
    const auto knows = [this](const auto& one) {
        return one.participant.value < participants_.size();
    };
    if (!std::ranges::all_of(enquiries_.all(), knows) ||
        !std::ranges::all_of(full_outboxes_.all(), knows)) {
        return reader.fail("something is told of a participant that there is not");
    }
    for (const Participant& one : participants_) {
        const ParticipantIndex index{static_cast<std::uint16_t>(participant_of_code_.size())};
        if (!account_is(one.cny, Currency::kCny) || one.hkd.has_value() != (rail_ == Rail::kFps) ||
            (one.hkd && !account_is(*one.hkd, Currency::kHkd))) {
            return reader.fail("an account of a participant is not in the book");
        }
        if (!participant_of_code_.emplace(one.code, index).second) {
            return reader.fail("two participants have one code");
        }
    }
}

/// The originals of returns that are pending.
std::vector<PaymentIndex> Cell::check_payments(StateReader& reader) const {
    std::vector<PaymentIndex> originals;
    payments_.for_each([&](PaymentIndex index, const Payment& payment) {
        const bool local = payment.local_agent.value < participants_.size();
        // Only a payment that was given up before it came, or is to a stranger, has no bank here.
        const bool none = payment.local_agent == kNoParticipant &&
                          payment.leg == Leg::kDestination &&
                          payment.state == PaymentState::kRejected;
        const bool payee = payment.leg != Leg::kDomestic || !payment.asked ||
                           payee_agent_of(payment) != kNoParticipant;
        if ((!local && !none) || !payee || payment.state == PaymentState::kNone) {
            return reader.fail("a payment is of a bank that is not here");
        }
        if (payment.leg == Leg::kReturnSent && !is_final(payment.state)) {
            originals.push_back(payments_.return_of(index).original);
        }
        if (payment.hold == kNoHold) return;
        const QuotaHold* hold = payments_.hold_of(index);
        if (hold != nullptr && (hold->at_institution.value >= quota_.uses() ||
                                hold->over_all.value >= quota_.uses())) {
            reader.fail("a payment's hold is of nobody in the quota register");
        }
    });
    return originals;
}

/// Counts anew what refers to payments.
void Cell::pin_payments(StateReader& reader, const std::vector<PaymentIndex>& originals) {
    for (const Participant& one : participants_) {
        for (MessageNumber number = one.outbox.first(); number < one.outbox.next(); ++number) {
            const OutboxEntry& entry = one.outbox.entry(number);
            const bool of_payment =
                entry.kind == OutboxKind::kRequest || entry.kind == OutboxKind::kCreditNow ||
                entry.kind == OutboxKind::kVoid || entry.kind == OutboxKind::kReturned;
            if (entry.payment == kNoPayment && !of_payment) continue;
            if (payments_.get(entry.payment) == nullptr) {
                return reader.fail("a message is about a payment that is not there");
            }
            at(entry.payment).pins += 1;
        }
    }
    for (const PaymentIndex original : originals) {
        if (payments_.get(original) == nullptr) {
            return reader.fail("the original of a pending return is not there");
        }
        at(original).pins += 1;
    }
}

}  // namespace lowu::core
