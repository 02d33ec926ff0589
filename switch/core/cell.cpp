// What both legs share: dispatch, genesis, sessions, acknowledgements, timers, bookkeeping. See
// cell.hpp.
#include "switch/core/cell.hpp"

#include <limits>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::core {
namespace {

/// How many timers may fire under a command. A tick's are bounded, and so is a batch of ticks. What
/// a bank says must find none that is due, or an answer could come late and still count; the engine
/// has ticked before. What operators say and the switch to itself judges nobody's time, and comes
/// in any number at one moment: it fires none.
std::uint32_t timers_under(const Command& command) {
    if (std::holds_alternative<Tick>(command)) return kMaxTimersPerTick;
    const bool of_bank = std::visit(
        [](const auto& one) {
            return requires {
                one.number;
                one.participant;
            };
        },
        command);
    return of_bank ? std::numeric_limits<std::uint32_t>::max() : 0;
}

}  // namespace

Cell::Cell(Witness* witness) : witness_(witness) {
    participants_.reserve(kMaxParticipants);
}

void Cell::apply(const Stamp& stamp, const Command& command, Effects& effects) {
    LOWU_ASSERT(stamp.sequence > last_stamp_.sequence, "sequence numbers grow");
    LOWU_ASSERT(stamp.elapsed >= last_stamp_.elapsed, "elapsed time never goes back");
    LOWU_ASSERT(stamp.scheme >= last_stamp_.scheme, "scheme time never goes back");
    LOWU_ASSERT(open_ || std::holds_alternative<OpenCell>(command), "a cell is opened first");
    effects_ = &effects;
    effects.outcome = ResultCode::kAccepted;
    effects.outcome_detail = 0;
    if (rules_.next_change() <= stamp.scheme) rules_.advance(stamp.scheme);
    fire_due(stamp, timers_under(command));
    degrade_due(stamp);
    std::visit([&](const auto& one) { on(stamp, one); }, command);
    decisions_.add(stamp.sequence.value, command.index() |
                                             static_cast<std::uint64_t>(effects.outcome) << 8U |
                                             std::uint64_t{effects.outcome_detail} << 32U);
    last_stamp_ = stamp;
    effects_ = nullptr;
}

// Genesis.

void Cell::on(const Stamp& /*stamp*/, const OpenCell& command) {
    LOWU_ASSERT(!open_, "a cell is opened once");
    LOWU_ASSERT(command.parameters.broken_rule() == nullptr,
                "parameters are validated at the edge");
    open_ = true;
    rail_ = command.rail;
    rules_.open(rail_, command.parameters);
    payments_.open(command.parameters.payments_max, 0);
    quota_.open(command.parameters.quota_records_max);
    directory_.open(command.parameters.proxies_max);
    contra_cny_ =
        ledger_.open(AccountKind::kContra, Currency::kCny, scheme::kNoAgent, AmountMinor{0});
    if (rail_ == Rail::kFps) {
        contra_hkd_ =
            ledger_.open(AccountKind::kContra, Currency::kHkd, scheme::kNoAgent, AmountMinor{0});
    }
}

void Cell::on(const Stamp& /*stamp*/, const AdmitParticipant& command) {
    LOWU_ASSERT(participants_.size() < kMaxParticipants, "participants are bounded");
    LOWU_ASSERT(!participant_of_code_.contains(command.code), "a code is admitted once");
    Participant participant;
    participant.code = command.code;
    participant.participation = command.participation;
    participant.cny =
        ledger_.open(AccountKind::kSettlement, Currency::kCny, command.code, command.net_debit_cap);
    if (command.opening_cny.value > 0) {
        post(nullptr, {contra_cny_, participant.cny, command.opening_cny});
    }
    if (rail_ == Rail::kFps) {
        participant.hkd =
            ledger_.open(AccountKind::kSettlement, Currency::kHkd, command.code, AmountMinor{0});
        if (command.opening_hkd.value > 0) {
            post(nullptr, {contra_hkd_, *participant.hkd, command.opening_hkd});
        }
    }
    const ParticipantIndex index{static_cast<std::uint16_t>(participants_.size())};
    participant_of_code_.emplace(command.code, index);
    participants_.push_back(std::move(participant));
    rules_.admit();
    payments_.admit(participants());
}

void Cell::on(const Stamp& /*stamp*/, const OpenLink& command) {
    LOWU_ASSERT(!agent_account_, "there is one link");
    agent_ = command.agent;
    agent_account_ =
        ledger_.open(AccountKind::kLinkAgent, Currency::kCny, command.agent, command.net_debit_cap);
    claim_ =
        ledger_.open(AccountKind::kLinkClaim, Currency::kCny, scheme::kNoAgent, AmountMinor{0});
    claim_contra_ = ledger_.open(AccountKind::kLinkClaimContra, Currency::kCny, scheme::kNoAgent,
                                 AmountMinor{0});
    if (command.opening_cny.value > 0) {
        post(nullptr, {contra_cny_, *agent_account_, command.opening_cny});
    }
}

// Sessions, link state, acknowledgements, time.

void Cell::on(const Stamp& /*stamp*/, const SessionUp& command) {
    Participant& participant = at(command.participant);
    LOWU_ASSERT(command.incarnation >= participant.incarnation, "older incarnations are refused");
    participant.online = true;
    participant.incarnation = command.incarnation;
    decide_on_standing(command.participant);
}

void Cell::on(const Stamp& /*stamp*/, const SessionDown& command) {
    at(command.participant).online = false;
    decide_on_standing(command.participant);
}

void Cell::on(const Stamp& /*stamp*/, const LinkState& command) {
    LOWU_ASSERT(agent_account_.has_value(), "a link has an agent");
    link_up_ = command.up;
    decisions_.add(link_in_flight_, link_up_ ? 1 : 0);
}

void Cell::on(const Stamp& stamp, const OutboxAcknowledged& command) {
    Participant& participant = at(command.participant);
    const bool known =
        participant.outbox.acknowledge(command.number, [this](const OutboxEntry& entry) {
            if (entry.payment != kNoPayment) at(entry.payment).pins -= 1;
        });
    LOWU_ASSERT(known, "the session checks acknowledgements");
    if (participant.events_missed && participant.outbox.events() < kEventSlots) {
        participant.events_missed = false;
        OutboxEntry missed;  // Event number 0: more happened than could be kept.
        missed.kind = OutboxKind::kEvent;
        put_out(stamp, command.participant, missed);
    }
    watch_room(stamp, command.participant);
    restore_if_caught_up(stamp, command.participant);
}

void Cell::on(const Stamp& /*stamp*/, const LinkAcknowledged& command) {
    const bool known = link_outbox_.acknowledge(command.number);
    LOWU_ASSERT(known, "only what was sent is acknowledged");
}

void Cell::on(const Stamp& /*stamp*/, const Tick& /*command*/) {}

void Cell::on(const Stamp& stamp, const RejectMessage& command) {
    take_number(command.participant, command.number);
    OutboxEntry entry;
    entry.uetr = command.uetr;
    entry.rejected_number = command.number;
    entry.field = command.field;
    reject_message(stamp, command.participant, entry);
}

void Cell::on(const Stamp& stamp, const LinkDelivery& command) {
    if (command.number <= link_received_) return;  // Seen before: the link repeats.
    LOWU_ASSERT(command.number == link_received_ + 1, "the link has no gaps");
    link_received_ = command.number;
    switch (command.message.kind) {
        case LinkKind::kTransfer:
            return on_transfer(stamp, command.message);
        case LinkKind::kCancel:
            return on_cancel(stamp, command.message);
        case LinkKind::kSettled:
        case LinkKind::kAlreadySettled:
            return on_settled(stamp, command.message);
        case LinkKind::kRefused:
        case LinkKind::kCancelled:
            return on_refused(stamp, command.message);
        case LinkKind::kReturn:
            return on_return(stamp, command.message);
        case LinkKind::kLoggedOff:
        case LinkKind::kLoggedOn:
            return on_availability(stamp, command.message);
        case LinkKind::kDegraded:
        case LinkKind::kRestored:
        case LinkKind::kDefault:
            return on_standing(stamp, command.message);
    }
    LOWU_UNREACHABLE("every kind of link message is handled");
}

// Admission and views.

MessageNumber Cell::credit_limit(ParticipantIndex index) const {
    const Participant& one = participant(index);
    return one.last_number + kReplySlots - one.outbox.replies() - one.replies_owed;
}

const Participant& Cell::participant(ParticipantIndex index) const {
    LOWU_ASSERT(index.value < participants_.size(), "participant exists");
    return participants_[index.value];
}

Participant& Cell::at(ParticipantIndex index) {
    LOWU_ASSERT(index.value < participants_.size(), "participant exists");
    return participants_[index.value];
}

std::optional<ParticipantIndex> Cell::find_participant(AgentCode code) const {
    const auto found = participant_of_code_.find(code);
    if (found == participant_of_code_.end()) return std::nullopt;
    return found->second;
}

const ReferenceRate* Cell::reference_rate() const {
    return reference_rates_.in_force(
        static_cast<std::int32_t>(scheme::day_number(last_stamp_.scheme)),
        rules_.rail_value(ParameterId::kReferenceRateDays));
}

// Bookkeeping that both legs use.

bool Cell::fails(const Uetr& uetr, ResultCode rule, bool holds) const {
    if (witness_ != nullptr) witness_->on_check(uetr, rule, holds);
    return !holds;
}

ParticipantIndex Cell::payee_agent_of(const Payment& payment) const {
    if (payment.leg == Leg::kDestination) return payment.local_agent;
    if (payment.leg == Leg::kOrigin) return kNoParticipant;
    return find_participant(payment.remote_agent).value_or(kNoParticipant);
}

AccountIndex Cell::account_of(ParticipantIndex index, Currency currency) const {
    const Participant& one = participant(index);
    if (currency != Currency::kHkd) return one.cny;
    LOWU_ASSERT(one.hkd.has_value(), "HKD is paid on fps only");
    return *one.hkd;
}

void Cell::take_number(ParticipantIndex index, MessageNumber number) {
    Participant& participant = at(index);
    LOWU_ASSERT(number == participant.last_number + 1, "the session lets no gap through");
    LOWU_ASSERT(number <= credit_limit(index), "the session lets nothing beyond credit through");
    participant.last_number = number;
}

PaymentIndex Cell::remember(const Stamp& stamp, const Payment& payment) {
    const PaymentIndex index = payments_.add(payment, stamp);
    remembered_now(index);
    return index;
}

void Cell::remembered_now(PaymentIndex index) {
    const Payment& payment = at(index);
    decisions_.add(payment.uetr.high ^ index.value, payment.uetr.low);
    if (witness_ != nullptr) witness_->on_payment(payment, index);
}

bool Cell::move(PaymentIndex index, PaymentEvent event) {
    Payment& payment = at(index);
    const PaymentState from = payment.state;
    const std::optional<PaymentState> to = next_state(from, event);
    if (!to) return false;
    payment.state = *to;
    decisions_.add(std::uint64_t{index.value} << 32U | static_cast<std::uint64_t>(from) << 24U |
                       static_cast<std::uint64_t>(*to) << 16U |
                       static_cast<std::uint64_t>(event) << 8U |
                       static_cast<std::uint64_t>(payment.result),
                   static_cast<std::uint64_t>(payment.amount.value));
    if (witness_ != nullptr) witness_->on_state(payment, from, event);
    return true;
}

void Cell::put_out(const Stamp& stamp, ParticipantIndex index, OutboxEntry entry) {
    entry.sequence = stamp.sequence;
    entry.scheme_time = stamp.scheme;
    Outbox& outbox = at(index).outbox;
    outbox.append(entry);
    if (entry.payment != kNoPayment) at(entry.payment).pins += 1;
    decisions_.add(std::uint64_t{index.value} << 48U ^ outbox.next(),
                   std::uint64_t{entry.payment.value} << 32U |
                       static_cast<std::uint64_t>(entry.kind) << 16U |
                       static_cast<std::uint64_t>(entry.result) << 8U |
                       static_cast<std::uint64_t>(entry.field));
    decisions_.add(entry.uetr.high ^ static_cast<std::uint64_t>(entry.standing) << 56U,
                   entry.uetr.low ^ entry.rejected_number);
    effects_->outboxes.push_back(index);
    if (witness_ != nullptr) witness_->on_outbox(index, outbox.next() - 1, entry);
    watch_room(stamp, index);
}

void Cell::put_out_for(const Stamp& stamp, OutboxKind kind, PaymentIndex index) {
    const Payment& payment = at(index);
    OutboxEntry entry;
    entry.uetr = payment.uetr;
    entry.payment = index;
    entry.kind = kind;
    entry.result = payment.result;
    put_out(stamp, is_reply(kind) ? payment.local_agent : payee_agent_of(payment), entry);
}

void Cell::reject_message(const Stamp& stamp, ParticipantIndex participant, OutboxEntry entry) {
    entry.kind = OutboxKind::kMessageReject;
    put_out(stamp, participant, entry);
}

void Cell::send_link(const Stamp& stamp, const LinkMessage& message) {
    link_outbox_.append({message, stamp.sequence});
    decisions_.add(message.uetr.high ^ static_cast<std::uint64_t>(message.amount.value),
                   message.uetr.low ^ message.payee_agent.value);
    decisions_.add(link_outbox_.next(), static_cast<std::uint64_t>(message.kind) << 56U |
                                            static_cast<std::uint64_t>(message.result) << 48U |
                                            static_cast<std::uint64_t>(message.service) << 40U |
                                            static_cast<std::uint64_t>(message.return_reason)
                                                << 32U |
                                            (message.payer_agent.value & 0xffff'ffffU));
    effects_->link = true;
    if (witness_ != nullptr) witness_->on_link_message(link_outbox_.next() - 1, message);
}

/// What a movement leaves on an account.
void Cell::decide_on_money(AccountIndex index, AmountMinor moved) {
    const Account& account = ledger_.account(index);
    decisions_.add(static_cast<std::uint64_t>(account.balance.value),
                   static_cast<std::uint64_t>(account.reserved.value));
    decisions_.add(index.value, static_cast<std::uint64_t>(moved.value));
}

/// What happened to a hold; what the register then counts follows from that.
void Cell::decide_on_quota(QuotaMove move, const QuotaHold& hold) {
    decisions_.add(static_cast<std::uint64_t>(hold.amounts.day.value) ^
                       static_cast<std::uint64_t>(move) << 62U,
                   static_cast<std::uint64_t>(hold.amounts.year.value));
    decisions_.add(std::uint64_t{hold.at_institution.value} << 32U | hold.over_all.value,
                   static_cast<std::uint64_t>(hold.date.day));
}

/// Whatever stands of a bank beside its money and messages.
void Cell::decide_on_standing(ParticipantIndex index) {
    const Participant& one = participant(index);
    std::uint64_t flags = index.value;
    for (const bool flag : {one.online, one.logged_off, one.forced_off, one.degraded,
                            one.in_default, one.events_missed})
        flags = flags << 1U | (flag ? 1U : 0U);
    decisions_.add(flags ^ one.incarnation << 32U,
                   static_cast<std::uint64_t>(one.expected_back.value));
}

void Cell::reserve(const Payment& payment, AccountIndex account) {
    const AmountMinor before = ledger_.account(account).available();
    ledger_.reserve(account, payment.amount);
    decide_on_money(account, payment.amount);
    if (witness_ != nullptr) witness_->on_reserve(payment, account, before);
}

void Cell::release(const Payment& payment, AccountIndex account) {
    const AmountMinor before = ledger_.account(account).available();
    ledger_.release(account, payment.amount);
    decide_on_money(account, payment.amount);
    if (witness_ != nullptr) witness_->on_release(payment, account, before);
}

void Cell::post_reserved(const Payment& payment, AccountIndex debit, AccountIndex credit) {
    const Entry entry{debit, credit, payment.amount};
    const AmountMinor debit_before = ledger_.account(debit).available();
    const AmountMinor credit_before = ledger_.account(credit).available();
    ledger_.post_reserved(entry);
    decide_on_money(debit, payment.amount);
    decide_on_money(credit, payment.amount);
    if (witness_ != nullptr) witness_->on_entry(&payment, entry, debit_before, credit_before);
}

void Cell::post(const Payment* payment, const Entry& entry) {
    const AmountMinor debit_before = ledger_.account(entry.debit).available();
    const AmountMinor credit_before = ledger_.account(entry.credit).available();
    ledger_.post(entry);
    decide_on_money(entry.debit, entry.amount);
    decide_on_money(entry.credit, entry.amount);
    if (witness_ != nullptr) witness_->on_entry(payment, entry, debit_before, credit_before);
}

// Timers.

void Cell::set_timer(TimerQueue& queue, TimerKind kind, ElapsedTime deadline, PaymentIndex index) {
    queue.set(deadline, index);
    if (witness_ != nullptr) witness_->on_timer_set(at(index), kind, deadline);
}

std::optional<Cell::DueTimer> Cell::first_timer() {
    // The payment of a timer that nobody wants may even be forgotten.
    const auto in = [&](PaymentState state) {
        return [this, state](PaymentIndex index) {
            const Payment* payment = payments_.get(index);
            return payment != nullptr && payment->state == state;
        };
    };
    const auto payee = payee_timers_.first(in(PaymentState::kAsked));
    const auto origin = origin_timers_.first(in(PaymentState::kForwarded));
    if (!payee && !origin) return std::nullopt;
    if (!origin || (payee && *payee <= *origin)) return DueTimer{*payee, TimerKind::kPayeeDeadline};
    return DueTimer{*origin, TimerKind::kOriginDeadline};
}

std::optional<ElapsedTime> Cell::next_deadline() {
    std::optional<ElapsedTime> earliest;
    if (const auto first = first_timer()) earliest = first->timer.deadline;
    if (const auto full = full_outboxes_.first()) {
        const ElapsedTime due = degrades_at(*full);
        if (!earliest || due < *earliest) earliest = due;
    }
    return earliest;
}

void Cell::fire_due(const Stamp& stamp, std::uint32_t most) {
    for (std::uint32_t fired = 0; fired < most; ++fired) {
        const auto due = first_timer();
        if (!due || due->timer.deadline > stamp.elapsed) return;
        const PaymentIndex index = due->timer.payment;
        if (witness_ != nullptr) witness_->on_timer_fired(at(index), due->kind);
        if (due->kind == TimerKind::kPayeeDeadline) {
            payee_timers_.pop();
            payee_deadline(stamp, index);
        } else {
            origin_timers_.pop();
            origin_deadline(stamp, index);
        }
    }
}

}  // namespace lowu::core
