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
    digest.add(participant.logged_off);
    digest.add(participant.forced_off);
    digest.add(participant.events_missed);
    digest.add(participant.expected_back);
    digest.add(participant.availability_since);
    const RateSheet rates = participant.rates.value_or(RateSheet{});
    digest.add(rates.bid);
    digest.add(rates.ask);
    digest.add(rates.valid_until);
    digest.add(rates.booked);
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
        digest.add(message.payee_proxy.proxy);
        digest.add(message.payee_proxy.reference);
        add(digest, message.original);
        digest.add(message.return_reason);
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
    digest.add(payment.payer_hash);
    digest.add(payment.payee_proxy_hash);
    digest.add(payment.exchange_hash);
    digest.add(payment.hold);
    digest.add(payment.currency);
    digest.add(payment.purpose);
    digest.add(payment.body_sequence);
    digest.add(payment.local_agent);
    digest.add(payment.service);
    digest.add(payment.leg);
    digest.add(payment.state);
    digest.add(payment.result);
    digest.add(payment.asked);
    digest.add(payment.credited);
}

void add(Digest& digest, const ParameterSetting& setting) {
    digest.add(setting.key.id);
    digest.add(setting.key.corridor.index);
    digest.add(setting.key.participant);
    digest.add(setting.value);
}

void add(Digest& digest, const RuleBook& rules, std::uint16_t participants) {
    digest.add(rules.parameters().payments_max);
    digest.add(rules.parameters().quota_records_max);
    digest.add(rules.parameters().proxies_max);
    digest.add(rules.token_version_since());
    for (const ParameterRow& row : parameter_table()) {
        if (row.scope == ParameterScope::kRail) {
            digest.add(rules.rail_value(row.id));
            continue;
        }
        for (std::uint8_t i = 0; i < kCorridors; ++i) {
            digest.add(rules.value(row.id, Corridor{i}));
            for (std::uint16_t bank = 0; row.banks_own && bank < participants; ++bank)
                digest.add(rules.own_value(row.id, Corridor{i}, ParticipantIndex{bank}));
        }
    }
    for (const ScheduledSetting& scheduled : rules.schedule()) {
        digest.add(scheduled.effective);
        add(digest, scheduled.setting);
    }
}

void add(Digest& digest, const ReferenceRate& rate) {
    digest.add(rate.day);
    digest.add(rate.cny_per_hkd);
    digest.add(rate.cny_per_usd);
}

void add(Digest& digest, const SystemEvents& events) {
    digest.add(events.last());
    for (EventNumber number = events.last(); events.find(number) != nullptr; --number) {
        const SystemEvent& event = *events.find(number);
        digest.add(event.kind);
        digest.add(event.forced);
        digest.add(event.participant);
        digest.add(event.booked);
        digest.add(event.effective);
        digest.add(event.expected_back);
        add(digest, event.setting);
        add(digest, event.rate);
    }
}

void add(Digest& digest, const QuotaHold& hold) {
    digest.add(hold.at_institution);
    digest.add(hold.over_all);
    digest.add(hold.date.day);
    digest.add(hold.date.year);
    digest.add(hold.amounts.day);
    digest.add(hold.amounts.year);
}

}  // namespace

Hash128 Cell::digest() const {
    Digest digest;
    digest.add(rail_);
    add(digest, rules_, participants());
    for (const ReferenceRate& rate : reference_rates_.all())
        add(digest, rate);
    quota_.digest(digest);
    for (const QuotaHold& hold : holds_)
        add(digest, hold);
    for (const ReturnRecord& record : returns_) {
        digest.add(record.original);
        digest.add(record.reason);
    }
    directory_.digest(digest);
    add(digest, events_);
    digest.add(last_stamp_.sequence);
    digest.add(last_stamp_.scheme);
    digest.add(last_stamp_.elapsed);
    digest.add(link_up_);
    digest.add(link_received_);
    digest.add(link_in_flight_);
    digest.add(pending_);
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
