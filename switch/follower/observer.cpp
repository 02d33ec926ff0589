// The observer; see observer.hpp.
#include "switch/follower/observer.hpp"

#include "common/base/assert.hpp"

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

void Observer::begin(const core::Stamp& stamp, const core::Command& command) {
    stamp_ = stamp;
    if (const auto* transfer = std::get_if<core::CreditTransfer>(&command)) {
        TimelineEvent received = event(What::kInstruction);
        received.agent = code(transfer->participant);
        received.amount = transfer->amount;
        received.currency = transfer->currency;
        if (is_strangers(*transfer)) return;
        timelines_.begin(transfer->uetr);
        timelines_.add(transfer->uetr, received);
    } else if (const auto* answer = std::get_if<core::CreditTransferAnswer>(&command)) {
        TimelineEvent received = event(What::kAnswer);
        received.agent = code(answer->participant);
        received.result = answer->result;
        timelines_.add(answer->uetr, received);
    } else if (const auto* sent_back = std::get_if<core::PaymentReturn>(&command)) {
        TimelineEvent received = event(What::kReturn);
        received.agent = code(sent_back->participant);
        received.amount = sent_back->amount;
        if (const auto original = cell_->find_payment(sent_back->original)) {
            received.currency = cell_->payment(*original).currency;
        }
        received.reason = sent_back->reason;
        timelines_.begin(sent_back->uetr);
        timelines_.add(sent_back->uetr, received);
        timelines_.add(sent_back->original, received);
    } else if (const auto* report = std::get_if<core::CreditReport>(&command)) {
        TimelineEvent received = event(What::kCreditReport);
        received.agent = code(report->participant);
        timelines_.add(report->uetr, received);
    } else if (const auto* delivery = std::get_if<core::LinkDelivery>(&command)) {
        TimelineEvent received = event(What::kLinkReceived);
        if (!scheme::is_uetr(delivery->message.uetr)) return;  // Of no payment.
        received.number = delivery->number;
        received.link = delivery->message.kind;
        received.result = delivery->message.result;
        timelines_.begin(delivery->message.uetr);
        timelines_.add(delivery->message.uetr, received);
    }
}

void Observer::on_payment(const core::Payment& payment, core::PaymentIndex index) {
    LOWU_ASSERT(index.value == times_.size(), "payments come in order");
    times_.push_back({stamp_.elapsed, stamp_.elapsed});
    if (core::begins(payment.leg)) {
        ++origin_payments_;
        ++pending_;
    }
}

void Observer::on_check(const core::Uetr& uetr, core::ResultCode rule, bool passed) {
    TimelineEvent check = event(What::kCheck);
    check.result = rule;
    check.passed = passed;
    timelines_.add(uetr, check);
}

void Observer::on_state(const core::Payment& payment, core::PaymentState from,
                        core::PaymentEvent cause) {
    TimelineEvent change = event(What::kState);
    change.from = from;
    change.to = payment.state;
    change.event = cause;
    change.result = payment.result;
    timelines_.add(payment.uetr, change);
    if (!core::is_final(payment.state)) return;
    if (core::begins(payment.leg)) --pending_;
    const auto index = cell_->find_payment(payment.uetr);
    LOWU_ASSERT(index.has_value(), "a payment that changes is remembered");
    times_[index->value].ended = stamp_.elapsed;
    if (payment.state != core::PaymentState::kSettled) return;
    if (payment.asked) not_credited_.insert(*index);
    if (payment.leg != core::Leg::kReturnSent) return;
    const core::PaymentIndex original = cell_->return_of(payment).original;
    if (cell_->returned(original) == cell_->payment(original).amount) {
        not_credited_.erase(original);
    }
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
    timelines_.add(payment.uetr, moved);
}

void Observer::on_reserve(const core::Payment& payment, core::AccountIndex account,
                          core::AmountMinor before) {
    add_ledger(payment, What::kReserve, account, before);
}

void Observer::on_release(const core::Payment& payment, core::AccountIndex account,
                          core::AmountMinor before) {
    add_ledger(payment, What::kRelease, account, before);
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
    if (payment == nullptr) return;
    debit.payment_debits.value += entry.amount.value;
    credit.payment_credits.value += entry.amount.value;
    add_ledger(*payment, What::kDebit, entry.debit, debit_before);
    add_ledger(*payment, What::kCredit, entry.credit, credit_before);
}

void Observer::on_timer_set(const core::Payment& payment, core::TimerKind kind,
                            ElapsedTime deadline) {
    TimelineEvent set = event(What::kTimerSet);
    set.timer = kind;
    set.deadline = deadline;
    timelines_.add(payment.uetr, set);
}

void Observer::on_timer_fired(const core::Payment& payment, core::TimerKind kind) {
    TimelineEvent fired = event(What::kTimerFired);
    fired.timer = kind;
    timelines_.add(payment.uetr, fired);
}

void Observer::on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                         const core::OutboxEntry& entry) {
    if (entry.result == core::ResultCode::kUetrOfAnotherAgent) return;
    if (entry.kind == core::OutboxKind::kEvent) return;
    TimelineEvent sent = event(What::kOutbox);
    sent.agent = code(participant);
    sent.number = number;
    sent.outbox = entry.kind;
    sent.result = entry.result;
    timelines_.add(entry.uetr, sent);
}

void Observer::on_link_message(core::MessageNumber number, const core::LinkMessage& message) {
    if (!scheme::is_uetr(message.uetr)) return;  // Of no payment.
    TimelineEvent sent = event(What::kLinkSent);
    sent.number = number;
    sent.link = message.kind;
    sent.result = message.result;
    timelines_.add(message.uetr, sent);
}

void Observer::on_credited(const core::Payment& payment) {
    const auto index = cell_->find_payment(payment.uetr);
    LOWU_ASSERT(index.has_value(), "a payment that changes is remembered");
    not_credited_.erase(*index);
    timelines_.add(payment.uetr, event(What::kCredited));
}

void Observer::on_quota(const core::Payment& payment, core::QuotaMove move,
                        const core::QuotaHold& hold) {
    TimelineEvent moved = event(What::kQuota);
    moved.quota = move;
    moved.quota_amounts = hold.amounts;
    moved.quota_date = hold.date;
    timelines_.add(payment.uetr, moved);
}

EntryTotals Observer::totals(core::AccountIndex account) const {
    return account.value < totals_.size() ? totals_[account.value] : EntryTotals{};
}

std::int64_t Observer::duration_us(core::PaymentIndex payment) const {
    const Times& times = times_.at(payment.value);
    return (times.ended - times.accepted).us;
}

}  // namespace lowu::follower
