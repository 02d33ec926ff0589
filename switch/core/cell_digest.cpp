// The digest of a cell: the canonical list of fields that replay and live must agree on. See
// cell.hpp.
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

void add(Digest& digest, const Uetr& uetr) {
    digest.add(uetr.high);
    digest.add(uetr.low);
}

void add(Digest& digest, const Account& account) {
    digest.add(account.kind);
    digest.add(account.currency);
    digest.add(account.owner);
    digest.add(account.balance);
    digest.add(account.reserved);
    digest.add(account.debit_limit);
}

void add(Digest& digest, const Outbox& outbox) {
    digest.add(outbox.first());
    for (MessageNumber number = outbox.first(); number < outbox.next(); ++number) {
        const OutboxEntry& entry = outbox.entry(number);
        add(digest, entry.uetr);
        digest.add(entry.sequence);
        digest.add(entry.scheme_time);
        digest.add(entry.rejected_number);
        digest.add(entry.payment);
        digest.add(entry.kind);
        digest.add(entry.result);
        digest.add(entry.field);
    }
}

void add(Digest& digest, const Participant& participant) {
    digest.add(participant.code);
    digest.add(participant.participation.bits);
    digest.add(participant.online);
    digest.add(participant.incarnation);
    digest.add(participant.last_number);
    digest.add(participant.replies_owed);
    digest.add(participant.outcomes_owed);
    add(digest, participant.outbox);
}

void add(Digest& digest, const LinkOutbox& outbox) {
    digest.add(outbox.first());
    for (MessageNumber number = outbox.first(); number < outbox.next(); ++number) {
        const LinkMessage& message = outbox.entry(number).message;
        digest.add(message.kind);
        add(digest, message.uetr);
        digest.add(message.service);
        digest.add(message.payer_agent);
        digest.add(message.payee_agent);
        digest.add(message.amount);
        digest.add(message.acceptance_time);
        digest.add(message.result);
        digest.add(message.body_sequence);
        digest.add(outbox.entry(number).sequence);
    }
}

void add(Digest& digest, const Payment& payment) {
    add(digest, payment.uetr);
    digest.add(payment.amount);
    digest.add(payment.remote_agent);
    digest.add(payment.creation_time);
    digest.add(payment.acceptance_time);
    digest.add(payment.payer_account_hash);
    digest.add(payment.payee_account_hash);
    digest.add(payment.carried_hash);
    digest.add(payment.body_sequence);
    digest.add(payment.local_agent);
    digest.add(payment.service);
    digest.add(payment.leg);
    digest.add(payment.state);
    digest.add(payment.result);
    digest.add(payment.asked);
    digest.add(payment.credited);
}

void add(Digest& digest, const Parameters& parameters) {
    digest.add(parameters.payee_deadline.us);
    digest.add(parameters.origin_deadline.us);
    digest.add(parameters.link_allowance.us);
    digest.add(parameters.queue_allowance.us);
    digest.add(parameters.creation_window.us);
    digest.add(parameters.creation_skew.us);
}

}  // namespace

Hash128 Cell::digest() const {
    Digest digest;
    digest.add(rail_);
    add(digest, parameters_);
    digest.add(last_stamp_.sequence);
    digest.add(last_stamp_.scheme);
    digest.add(last_stamp_.elapsed);
    digest.add(link_up_);
    digest.add(link_received_);
    digest.add(link_in_flight_);
    for (std::uint32_t i = 0; i < ledger_.size(); ++i)
        add(digest, ledger_.account(AccountIndex{i}));
    for (const Participant& participant : participants_)
        add(digest, participant);
    add(digest, link_outbox_);
    for (const Payment& payment : payments_)
        add(digest, payment);
    // Only timers that are still wanted: when the others are dropped is nobody's business.
    const auto add_timers = [&](const TimerQueue& queue, PaymentState wanted) {
        for (const TimerQueue::Timer& timer : queue.all()) {
            if (payment(timer.payment).state != wanted) continue;
            digest.add(timer.deadline);
            digest.add(timer.payment);
        }
    };
    add_timers(payee_timers_, PaymentState::kAsked);
    add_timers(origin_timers_, PaymentState::kForwarded);
    return digest.finish();
}

}  // namespace lowu::core
