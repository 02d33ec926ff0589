// The observer; see observer.hpp.
#include "switch/follower/observer.hpp"

#include "common/base/assert.hpp"
#include "switch/follower/received_event.hpp"

namespace lowu::follower {

using What = TimelineEvent::What;

TimelineEvent Observer::event(What what) const {
    TimelineEvent event;
    event.stamp = stamp_;
    event.rail = rail_;
    event.what = what;
    return event;
}

core::AgentCode Observer::code(core::ParticipantIndex participant) const {
    return participant == core::kNoParticipant ? scheme::kNoAgent
                                               : cell_->participant(participant).code;
}

/// Another bank's try at a UETR is no part of the payment's own story.
bool Observer::is_strangers(const core::CreditTransfer& transfer) const {
    const auto index = cell_->find_payment(transfer.uetr);
    if (!index) return false;
    const core::Payment& known = cell_->payment(*index);
    return known.leg == core::Leg::kDestination || known.local_agent != transfer.participant;
}

core::PaymentIndex Observer::index_of(const core::Payment& payment) const {
    const auto index = cell_->payments().find(
        payment.uetr, [&](const core::Payment& one) { return &one == &payment; });
    LOWU_ASSERT(index.has_value(), "a payment that changes is remembered");
    return *index;
}

/// How far the command at hand is behind the payment's instruction.
std::uint32_t Observer::mark(const core::Payment& payment) const {
    const std::uint64_t distance = stamp_.sequence.value - payment.body_sequence.value;
    return distance < LegTimes::kNoMark ? static_cast<std::uint32_t>(distance) : LegTimes::kNoMark;
}

void Observer::begin(const core::Stamp& stamp, const core::Command& command) {
    stamp_ = stamp;
    models_.positions.begin(stamp.scheme, models_.gathering ? &models_.rows : nullptr);
    auto received = received_event(*cell_, stamp, command);
    if (!received) return;
    const auto* transfer = std::get_if<core::CreditTransfer>(&command);
    if (transfer != nullptr && is_strangers(*transfer)) return;
    if (received->original) {
        if (const auto original = cell_->find_payment(*received->original)) {
            received->event.currency = cell_->payment(*original).currency;
        }
    }
    if (received->begins) models_.timelines.begin(received->uetr);
    models_.timelines.add(received->uetr, received->event);
    if (received->original) models_.timelines.add(*received->original, received->event);
}

void Observer::end(const core::Command& command) {
    // Also when all payments of the segment stayed: the cell's segment has gone.
    if (!gone_.empty() || std::holds_alternative<core::Forget>(command)) {
        legs_.forget(*cell_, gone_);
        gone_.clear();
    }
    const auto* back = std::get_if<core::Recollect>(&command);
    if (back == nullptr) return;
    if (cell_->payments().recollected_at(back->index) != stamp_.sequence) return;
    legs_.recollect(back->index, archived_times(*back));
}

/// None when they cannot be read: what a payment's timeline has lost must not end the follower.
LegTimes Observer::archived_times(const core::Recollect& back) {
    if (models_.archive == nullptr) return {};
    // Another payment may have the UETR, too.
    const auto is_it = [&](const ArchivedLeg& leg) {
        return leg.rail == rail_ && leg.index == back.index;
    };
    const auto payment = models_.archive->find(back.leg.payment.uetr, is_it);
    if (!payment.ok()) {
        models_.unreadable = payment.error();
        return {};
    }
    const auto& leg = payment->legs[static_cast<std::size_t>(rail_)];
    return leg && is_it(*leg) ? leg->times : LegTimes{};
}

void Observer::on_payment(const core::Payment& payment, core::PaymentIndex index) {
    LegTimes times;
    times.us = stamp_.elapsed.value;
    times.taken_up = mark(payment);
    const bool begins = core::begins(payment.leg);
    legs_.add(*cell_, index, times, begins);
    if (!begins) return;
    ++origin_payments_;
    ++pending_;
    change(payment.uetr, ChangeKind::kTakenUp);
}

void Observer::on_forget(const core::Payment& /*payment*/, core::PaymentIndex index) {
    gone_.push_back(index);
    if (!models_.gathering) return;
    models_.rows.add_forgotten(
        {rail_, index, cell_->payments().whole(index), legs_.at(index), stamp_.sequence});
}

void Observer::on_check(const core::Uetr& uetr, core::ResultCode rule, bool passed) {
    TimelineEvent check = event(What::kCheck);
    check.result = rule;
    check.passed = passed;
    models_.timelines.add(uetr, check);
}

void Observer::on_state(const core::Payment& payment, core::PaymentState from,
                        core::PaymentEvent cause) {
    TimelineEvent change = event(What::kState);
    change.from = from;
    change.to = payment.state;
    change.event = cause;
    change.result = payment.result;
    models_.timelines.add(payment.uetr, change);
    if (core::is_final(payment.state)) on_final(payment);
}

void Observer::on_final(const core::Payment& payment) {
    const core::PaymentIndex index = index_of(payment);
    LegTimes& times = legs_.at(index);
    times.us = stamp_.elapsed.value - times.us;
    times.ended = mark(payment);
    if (core::begins(payment.leg)) {
        --pending_;
        change(payment.uetr, ChangeKind::kFinal);
    }
    if (payment.state != core::PaymentState::kSettled) return;
    if (payment.asked) {
        obligations_.add({index, stamp_.elapsed, payment.uetr, payment.amount,
                          payee_agent_of(payment), payment.currency});
    }
    if (core::is_return(payment.leg)) on_return_settled(payment, index);
}

void Observer::on_return_settled(const core::Payment& payment, core::PaymentIndex index) {
    const core::PaymentIndex original_index = cell_->return_of(index).original;
    const core::Payment& original = cell_->payment(original_index);
    legs_.at(original_index).returned = mark(original);
    const bool sent = payment.leg == core::Leg::kReturnSent;
    if (sent && original.returned == original.amount && !original.credited) {
        obligations_.remove(original_index);
    }
    // The payer's bank has it back: where it comes back, or within the rail.
    if (core::begins(original.leg)) change(original.uetr, ChangeKind::kReturned);
}

core::AgentCode Observer::payee_agent_of(const core::Payment& payment) const {
    return payment.leg == core::Leg::kDomestic ? payment.remote_agent : code(payment.local_agent);
}

void Observer::move_position(core::AccountIndex account, core::AmountMinor before) {
    models_.positions.moved(rail_, account, cell_->ledger().account(account), before);
}

void Observer::add_ledger(const core::Payment& payment, What what, core::AccountIndex index,
                          core::AmountMinor before) {
    const core::Account& account = cell_->ledger().account(index);
    TimelineEvent moved = event(what);
    moved.agent = account.owner;
    moved.account_kind = account.kind;
    moved.amount = payment.amount;
    moved.currency = account.currency;
    moved.before = before;
    moved.after = account.available();
    models_.timelines.add(payment.uetr, moved);
}

void Observer::on_reserve(const core::Payment& payment, core::AccountIndex account,
                          core::AmountMinor before) {
    add_ledger(payment, What::kReserve, account, before);
    move_position(account, before);
}

void Observer::on_release(const core::Payment& payment, core::AccountIndex account,
                          core::AmountMinor before) {
    add_ledger(payment, What::kRelease, account, before);
    move_position(account, before);
}

EntryTotals& Observer::at(core::AccountIndex account) {
    if (account.value >= totals_.size()) totals_.resize(account.value + 1U);
    return totals_[account.value];
}

void Observer::on_entry(const core::Payment* payment, const core::Entry& entry,
                        core::AmountMinor debit_before, core::AmountMinor credit_before) {
    at(core::AccountIndex{std::max(entry.debit.value, entry.credit.value)});
    EntryTotals& debit = at(entry.debit);
    EntryTotals& credit = at(entry.credit);
    debit.debits.value += entry.amount.value;
    credit.credits.value += entry.amount.value;
    debit.entries += 1;
    credit.entries += 1;
    move_position(entry.debit, debit_before);
    move_position(entry.credit, credit_before);
    models_.positions.booked(rail_, entry.debit, stamp_.sequence);
    models_.positions.booked(rail_, entry.credit, stamp_.sequence);
    if (models_.gathering) gather_entry(payment, entry);
    if (payment == nullptr) return;
    debit.payment_debits.value += entry.amount.value;
    credit.payment_credits.value += entry.amount.value;
    add_ledger(*payment, What::kDebit, entry.debit, debit_before);
    add_ledger(*payment, What::kCredit, entry.credit, credit_before);
}

void Observer::gather_entry(const core::Payment* payment, const core::Entry& entry) {
    ArchivedEntry archived;
    archived.sequence = stamp_.sequence;
    archived.time = stamp_.scheme;
    archived.rail = rail_;
    if (payment != nullptr) archived.uetr = payment->uetr;
    archived.debit = entry.debit;
    archived.credit = entry.credit;
    archived.amount = entry.amount;
    archived.debit_balance = cell_->ledger().account(entry.debit).balance;
    archived.credit_balance = cell_->ledger().account(entry.credit).balance;
    models_.rows.add_entry(archived);
}

void Observer::on_timer_set(const core::Payment& payment, core::TimerKind kind,
                            ElapsedTime deadline) {
    TimelineEvent set = event(What::kTimerSet);
    set.timer = kind;
    set.deadline = deadline;
    models_.timelines.add(payment.uetr, set);
}

void Observer::on_timer_fired(const core::Payment& payment, core::TimerKind kind) {
    TimelineEvent fired = event(What::kTimerFired);
    fired.timer = kind;
    models_.timelines.add(payment.uetr, fired);
}

void Observer::on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                         const core::OutboxEntry& entry) {
    if (entry.result == core::ResultCode::kUetrOfAnotherAgent) return;
    if (entry.kind == core::OutboxKind::kEvent) return;
    // An enquiry that is not answered is no event of the payment: anybody could make many.
    if (entry.kind == core::OutboxKind::kMessageReject &&
        entry.result >= core::ResultCode::kEnquiryUnknown) {
        return;
    }
    TimelineEvent sent = event(What::kOutbox);
    sent.agent = code(participant);
    sent.number = number;
    sent.outbox = entry.kind;
    sent.result = entry.result;
    models_.timelines.add(entry.uetr, sent);
}

void Observer::on_link_message(core::MessageNumber number, const core::LinkMessage& message) {
    if (!scheme::is_uetr(message.uetr)) return;  // Of no payment.
    TimelineEvent sent = event(What::kLinkSent);
    sent.number = number;
    sent.link = message.kind;
    sent.result = message.result;
    models_.timelines.add(message.uetr, sent);
}

void Observer::on_credited(const core::Payment& payment) {
    const core::PaymentIndex index = index_of(payment);
    legs_.at(index).credited = mark(payment);
    obligations_.remove(index);
    change(payment.uetr, ChangeKind::kCredited);
    models_.timelines.add(payment.uetr, event(What::kCredited));
}

void Observer::on_quota(const core::Payment& payment, core::QuotaMove move,
                        const core::QuotaHold& hold) {
    TimelineEvent moved = event(What::kQuota);
    moved.quota = move;
    moved.quota_amounts = hold.amounts;
    moved.quota_date = hold.date;
    models_.timelines.add(payment.uetr, moved);
}

EntryTotals Observer::totals(core::AccountIndex account) const {
    return account.value < totals_.size() ? totals_[account.value] : EntryTotals{};
}

std::int64_t Observer::duration_us(core::PaymentIndex payment) const {
    const LegTimes& times = legs_.at(payment);
    return core::is_final(cell_->payment(payment).state) ? times.us : 0;
}

}  // namespace lowu::follower
