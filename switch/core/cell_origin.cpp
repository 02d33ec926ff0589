// The origin leg: an instruction is checked, its money reserved, the transfer handed to the link
// (step 3 of a payment's way); then whatever the destination says is final here too (step 8). The
// origin never gives up by itself: at its deadline it asks, and stays pending until it is told.
#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/exchange.hpp"
#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

std::uint64_t judged_hash(const Payer& payer) {
    std::uint64_t hash = mix64(payer.tokens.current.high, payer.tokens.current.low);
    hash = mix64(hash, payer.token_version);
    return mix64(hash, static_cast<std::uint64_t>(payer.kind) * 256 +
                           static_cast<std::uint64_t>(payer.document));
}

std::uint64_t judged_hash(const PayeeProxy& payee) {
    if (payee.reference.value == 0) return 0;
    return mix64(mix64(payee.proxy.high, payee.proxy.low), payee.reference.value);
}

std::uint64_t judged_hash(const Exchange& exchange) {
    if (exchange.hkd.value == 0) return 0;
    return mix64(mix64(static_cast<std::uint64_t>(exchange.hkd.value),
                       static_cast<std::uint64_t>(exchange.rate.value)),
                 exchange.quote_hash);
}

/// The first judged field in which a repeated instruction differs, in the contract's order.
std::optional<scheme::Field> first_difference(const Payment& payment,
                                              const CreditTransfer& transfer) {
    using scheme::Field;
    if (transfer.service != payment.service) return Field::kService;
    if (transfer.payee_agent != payment.remote_agent) return Field::kPayeeAgent;
    if (transfer.payer_account_hash != payment.payer_account_hash) return Field::kPayerAccount;
    if (transfer.payee_account_hash != payment.payee_account_hash) return Field::kPayeeAccount;
    if (transfer.amount != payment.amount) return Field::kAmount;
    if (transfer.currency != payment.currency) return Field::kCurrency;
    if (transfer.creation_time != payment.creation_time) return Field::kCreationTime;
    if (transfer.purpose != payment.purpose) return Field::kPurpose;
    if (judged_hash(transfer.payer) != payment.payer_hash) return Field::kPayer;
    if (judged_hash(transfer.payee_proxy) != payment.payee_proxy_hash) return Field::kPayeeProxy;
    if (judged_hash(transfer.exchange) != payment.exchange_hash) return Field::kExchange;
    if (transfer.carried_hash != payment.carried_hash) return Field::kCarried;
    return std::nullopt;
}

Payment new_payment(const Stamp& stamp, const CreditTransfer& transfer) {
    Payment payment;
    payment.uetr = transfer.uetr;
    payment.amount = transfer.amount;
    payment.currency = transfer.currency;
    payment.purpose = transfer.purpose;
    payment.remote_agent = transfer.payee_agent;
    payment.creation_time = transfer.creation_time;
    payment.acceptance_time = stamp.scheme;
    payment.payer_account_hash = transfer.payer_account_hash;
    payment.payee_account_hash = transfer.payee_account_hash;
    payment.carried_hash = transfer.carried_hash;
    payment.payer_hash = judged_hash(transfer.payer);
    payment.payee_proxy_hash = judged_hash(transfer.payee_proxy);
    payment.exchange_hash = judged_hash(transfer.exchange);
    payment.body_sequence = stamp.sequence;
    payment.local_agent = transfer.participant;
    payment.service = transfer.service;
    payment.leg = transfer.service == Service::kDomestic ? Leg::kDomestic : Leg::kOrigin;
    return payment;
}

QuotaDate quota_date(const Stamp& stamp) {
    return {static_cast<std::int32_t>(scheme::day_number(stamp.scheme)),
            scheme::to_utc8(stamp.scheme).year};
}

}  // namespace

void Cell::on(const Stamp& stamp, const CreditTransfer& transfer) {
    take_number(transfer.participant, transfer.number);
    if (const auto known = find_payment(transfer.uetr)) {
        const auto own = begun_by(transfer.participant, transfer.uetr);
        return answer_known(stamp, transfer, own.value_or(*known));
    }
    if (table_full()) {
        OutboxEntry entry;
        entry.uetr = transfer.uetr;
        entry.kind = OutboxKind::kRejected;
        entry.result = ResultCode::kPaymentTableFull;
        return put_out(stamp, transfer.participant, entry);
    }
    const PaymentIndex index = remember(stamp, new_payment(stamp, transfer));
    if (transfer.service == Service::kDomestic) return begin_domestic(stamp, transfer, index);
    const ResultCode result = check_origin(stamp, transfer, corridor_of_transfer(transfer));
    if (result == ResultCode::kAccepted) {
        accept_at_origin(stamp, transfer, index);
    } else {
        refuse_at_origin(stamp, index, result);
    }
}

void Cell::answer_known(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index) {
    const Payment& payment = at(index);
    OutboxEntry entry;
    entry.uetr = transfer.uetr;
    entry.kind = OutboxKind::kRejected;
    const bool own = payment.leg == Leg::kOrigin || payment.leg == Leg::kDomestic;
    if (!own || payment.local_agent != transfer.participant) {
        entry.result = ResultCode::kUetrOfAnotherAgent;  // And not a word about the other payment.
    } else if (const auto field = first_difference(payment, transfer)) {
        entry.result = ResultCode::kUetrContentDiffers;
        entry.field = *field;
    } else {
        say_again(entry, index);
    }
    put_out(stamp, transfer.participant, entry);
}

/// The stored answer: where the payment stands now.
void Cell::say_again(OutboxEntry& entry, PaymentIndex index) const {
    const Payment& known = payment(index);
    entry.payment = index;
    entry.result = known.result;
    if (known.state == PaymentState::kSettled) {
        entry.kind = OutboxKind::kSettled;
    } else if (!is_final(known.state)) {
        entry.kind = OutboxKind::kPending;
    }
}

/// The origin's checks, group by group in order of precedence.
ResultCode Cell::check_origin(const Stamp& stamp, const CreditTransfer& transfer,
                              Corridor corridor) const {
    for (const auto check : {&Cell::check_payer_agent, &Cell::check_service, &Cell::check_link,
                             &Cell::check_amount, &Cell::check_quota, &Cell::check_liquidity}) {
        const ResultCode result = (this->*check)(stamp, transfer, corridor);
        if (result != ResultCode::kAccepted) return result;
    }
    return ResultCode::kAccepted;
}

ResultCode Cell::check_payer_agent(const Stamp& stamp, const CreditTransfer& transfer,
                                   Corridor corridor) const {
    const Participant& payer_agent = participant(transfer.participant);
    if (fails(transfer.uetr, ResultCode::kCreationTimeOutsideWindow,
              transfer.creation_time >= stamp.scheme - parameters().creation_window &&
                  transfer.creation_time <= stamp.scheme + parameters().creation_skew)) {
        return ResultCode::kCreationTimeOutsideWindow;
    }
    if (fails(transfer.uetr, ResultCode::kPayerAgentNotLive, payer_agent.takes_part(corridor))) {
        return ResultCode::kPayerAgentNotLive;
    }
    if (fails(transfer.uetr, ResultCode::kPayerAgentLoggedOff, !payer_agent.off())) {
        return ResultCode::kPayerAgentLoggedOff;
    }
    return ResultCode::kAccepted;
}

/// What the service is, who may use it, what for, and when.
ResultCode Cell::check_service(const Stamp& stamp, const CreditTransfer& transfer,
                               Corridor corridor) const {
    if (fails(transfer.uetr, ResultCode::kServiceNotOffered,
              rules_.value(ParameterId::kOffered, corridor) != 0)) {
        return ResultCode::kServiceNotOffered;
    }
    const auto purposes =
        static_cast<std::uint32_t>(rules_.value(ParameterId::kPurposes, corridor));
    if (fails(transfer.uetr, ResultCode::kPurposeNotOffered,
              (purposes & scheme::purpose_bit(transfer.purpose)) != 0)) {
        return ResultCode::kPurposeNotOffered;
    }
    const bool person = transfer.payer.kind == PartyKind::kPerson;
    const bool persons_pay =
        transfer.service == Service::kP2pRemittance || transfer.service == Service::kFeeCollection;
    if (!corridor.domestic() &&
        fails(transfer.uetr, ResultCode::kPayerKind, person == persons_pay)) {
        return ResultCode::kPayerKind;
    }
    if (!corridor.domestic() && persons_pay) {
        if (fails(transfer.uetr, ResultCode::kPayerDocument,
                  transfer.payer.document == scheme::document_of(rail_))) {
            return ResultCode::kPayerDocument;
        }
        if (fails(
                transfer.uetr, ResultCode::kTokenVersion,
                rules_.token_version_fits(transfer.payer.token_version, transfer.creation_time))) {
            return ResultCode::kTokenVersion;
        }
    }
    if (fails(transfer.uetr, ResultCode::kOutsideHours,
              rules_.within_hours(corridor, transfer.participant, stamp.scheme))) {
        return ResultCode::kOutsideHours;
    }
    return ResultCode::kAccepted;
}

ResultCode Cell::check_link(const Stamp& /*stamp*/, const CreditTransfer& transfer,
                            Corridor corridor) const {
    if (corridor.domestic()) return ResultCode::kAccepted;
    if (fails(transfer.uetr, ResultCode::kLinkDown, link_up_)) return ResultCode::kLinkDown;
    // Half the link's slots stay for answers to the other rail, however late acknowledgements come.
    if (fails(transfer.uetr, ResultCode::kLinkCongested,
              link_in_flight_ < kMaxLinkInFlight && link_outbox_.free() > kLinkSlots / 2)) {
        return ResultCode::kLinkCongested;
    }
    return ResultCode::kAccepted;
}

ResultCode Cell::check_amount(const Stamp& /*stamp*/, const CreditTransfer& transfer,
                              Corridor corridor) const {
    const Exchange& exchange = transfer.exchange;
    if (exchange.hkd.value != 0 &&
        fails(transfer.uetr, ResultCode::kExchangeArithmetic,
              scheme::cny_of_hkd(exchange.hkd, exchange.rate) == transfer.amount)) {
        return ResultCode::kExchangeArithmetic;
    }
    const auto within = [&](std::int64_t limit) {
        return limit == 0 || transfer.amount.value <= limit;
    };
    if (fails(transfer.uetr, ResultCode::kAmountAboveMaximum,
              within(rules_.value(ParameterId::kAmountMaximum, corridor)))) {
        return ResultCode::kAmountAboveMaximum;
    }
    const AmountMinor own =
        rules_.limit(ParameterId::kBankPaymentLimit, corridor, transfer.participant);
    if (fails(transfer.uetr, ResultCode::kAmountAboveBankLimit, within(own.value))) {
        return ResultCode::kAmountAboveBankLimit;
    }
    return ResultCode::kAccepted;
}

/// Persons' limits; what institutions pay, and what stays on one rail, is under none.
bool Cell::under_quota(const CreditTransfer& transfer, Corridor corridor) const {
    if (corridor.domestic() || transfer.payer.kind != PartyKind::kPerson) return false;
    return rules_.limit(ParameterId::kPersonDayLimit, corridor, transfer.participant).value != 0 ||
           rules_.value(ParameterId::kPersonYearLimit, corridor) != 0;
}

/// What the payment counts: northbound the instructed HKD, or the CNY at the reference rate, in HKD
/// for day and year; southbound CNY for the day and USD at the reference rate for the year. None
/// when that needs a rate and none is in force.
std::optional<QuotaAmounts> Cell::quota_amounts(const Stamp& stamp,
                                                const CreditTransfer& transfer) const {
    const ReferenceRate* rate =
        reference_rates_.in_force(static_cast<std::int32_t>(scheme::day_number(stamp.scheme)),
                                  rules_.rail_value(ParameterId::kReferenceRateDays));
    if (rail_ == Rail::kFps && transfer.exchange.hkd.value != 0) {
        return QuotaAmounts{transfer.exchange.hkd, transfer.exchange.hkd};
    }
    if (rate == nullptr) return std::nullopt;
    const auto counted = scheme::quota_amount(
        transfer.amount, rail_ == Rail::kFps ? rate->cny_per_hkd : rate->cny_per_usd);
    if (!counted) return std::nullopt;
    return QuotaAmounts{rail_ == Rail::kFps ? *counted : transfer.amount, *counted};
}

ResultCode Cell::check_quota(const Stamp& stamp, const CreditTransfer& transfer,
                             Corridor corridor) const {
    if (!under_quota(transfer, corridor)) return ResultCode::kAccepted;
    const auto amounts = quota_amounts(stamp, transfer);
    if (fails(transfer.uetr, ResultCode::kReferenceRateMissing, amounts.has_value())) {
        return ResultCode::kReferenceRateMissing;
    }
    const auto place = quota_.place_of(transfer.payer.tokens, transfer.participant);
    const QuotaDate date = quota_date(stamp);
    const auto counted = [&](ParameterId across) {
        return quota_.counted(place, rules_.value(across, corridor) != 0, date);
    };
    const auto fits = [](AmountMinor limit, AmountMinor before, AmountMinor now) {
        return limit.value == 0 || (before <= limit && now.value <= limit.value - before.value);
    };
    if (fails(transfer.uetr, ResultCode::kPersonDayLimit,
              fits(rules_.limit(ParameterId::kPersonDayLimit, corridor, transfer.participant),
                   counted(ParameterId::kDayAcrossInstitutions).day, amounts->day))) {
        return ResultCode::kPersonDayLimit;
    }
    if (fails(transfer.uetr, ResultCode::kPersonYearLimit,
              fits(AmountMinor{rules_.value(ParameterId::kPersonYearLimit, corridor)},
                   counted(ParameterId::kYearAcrossInstitutions).year, amounts->year))) {
        return ResultCode::kPersonYearLimit;
    }
    if (fails(transfer.uetr, ResultCode::kQuotaRegisterFull, quota_.has_room(place))) {
        return ResultCode::kQuotaRegisterFull;
    }
    return ResultCode::kAccepted;
}

ResultCode Cell::check_liquidity(const Stamp& /*stamp*/, const CreditTransfer& transfer,
                                 Corridor /*corridor*/) const {
    if (fails(transfer.uetr, ResultCode::kPayerAgentLiquidity,
              ledger_.can_reserve(account_of(transfer.participant, transfer.currency),
                                  transfer.amount))) {
        return ResultCode::kPayerAgentLiquidity;
    }
    if (fails(transfer.uetr, ResultCode::kPayerAgentCongested,
              participant(transfer.participant).replies_owed < kMaxPendingPayments)) {
        return ResultCode::kPayerAgentCongested;
    }
    return ResultCode::kAccepted;
}

void Cell::begin_pending(PaymentIndex index, AccountIndex account) {
    const Payment& payment = at(index);
    reserve(payment, account);
    at(payment.local_agent).replies_owed += 1;
    pending_ += 1;
}

void Cell::end_pending(PaymentIndex index) {
    at(at(index).local_agent).replies_owed -= 1;
    pending_ -= 1;
}

void Cell::take_quota(const Stamp& stamp, const CreditTransfer& transfer, PaymentIndex index) {
    if (!under_quota(transfer, corridor_of_transfer(transfer))) return;
    const auto amounts = quota_amounts(stamp, transfer);
    LOWU_ASSERT(amounts.has_value(), "the check has asked for the rate");
    const QuotaHold& hold = payments_.put_hold(
        index,
        quota_.reserve(transfer.payer.tokens, transfer.participant, quota_date(stamp), *amounts));
    decide_on_quota(QuotaMove::kReserved, hold);
    if (witness_ != nullptr) witness_->on_quota(at(index), QuotaMove::kReserved, hold);
}

/// The hold becomes use, or is given back on the day and year it was taken from.
void Cell::end_quota(PaymentIndex index, QuotaMove move) {
    const QuotaHold* hold = payments_.hold_of(index);
    if (hold == nullptr) return;
    if (move == QuotaMove::kCommitted) {
        quota_.commit(*hold);
    } else {
        quota_.release(*hold);
    }
    decide_on_quota(move, *hold);
    if (witness_ != nullptr) witness_->on_quota(at(index), move, *hold);
}

void Cell::accept_at_origin(const Stamp& stamp, const CreditTransfer& transfer,
                            PaymentIndex index) {
    const Payment& payment = at(index);
    begin_pending(index, participant(payment.local_agent).cny);
    take_quota(stamp, transfer, index);
    move(index, PaymentEvent::kOriginAccepts);
    link_in_flight_ += 1;
    set_timer(origin_timers_, TimerKind::kOriginDeadline,
              stamp.elapsed + parameters().origin_deadline, index);
    LinkMessage message;
    message.kind = LinkKind::kTransfer;
    message.uetr = payment.uetr;
    message.service = payment.service;
    message.payer_agent = participant(payment.local_agent).code;
    message.payee_agent = payment.remote_agent;
    message.amount = payment.amount;
    message.acceptance_time = payment.acceptance_time;
    message.body_sequence = payment.body_sequence;
    message.payee_proxy = transfer.payee_proxy;
    send_link(stamp, message);
}

void Cell::refuse_at_origin(const Stamp& stamp, PaymentIndex index, ResultCode result) {
    at(index).result = result;
    move(index, PaymentEvent::kOriginRefuses);
    put_out_for(stamp, OutboxKind::kRejected, index);
}

void Cell::origin_deadline(const Stamp& stamp, PaymentIndex index) {
    const bool moved = move(index, PaymentEvent::kOriginDeadline);
    LOWU_ASSERT(moved, "the timer of a forwarded payment");
    LinkMessage message;
    message.kind = LinkKind::kCancel;
    message.uetr = at(index).uetr;
    send_link(stamp, message);
}

void Cell::on_settled(const Stamp& stamp, const LinkMessage& message) {
    const auto index = find_payment(message.uetr);
    LOWU_ASSERT(index.has_value(), "the other side answers what was sent");
    if (!move(*index, PaymentEvent::kSettledArrives)) return;
    if (at(*index).leg == Leg::kReturnSent) return on_return_settled(stamp, *index);
    const Payment& payment = at(*index);
    post_reserved(payment, participant(payment.local_agent).cny, *agent_account_);
    post(&payment, {claim_contra_, claim_, payment.amount});
    end_quota(*index, QuotaMove::kCommitted);
    end_pending(*index);
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kSettled, *index);
}

void Cell::on_refused(const Stamp& stamp, const LinkMessage& message) {
    const auto index = find_payment(message.uetr);
    LOWU_ASSERT(index.has_value(), "the other side answers what was sent");
    Payment& payment = at(*index);
    if (is_final(payment.state)) return;  // The answer to a cancel that crossed the first word.
    payment.result = message.result;
    const bool moved = move(*index, PaymentEvent::kRefusedArrives);
    LOWU_ASSERT(moved, "a payment that is sent can be refused");
    if (payment.leg == Leg::kReturnSent) return on_return_refused(stamp, *index);
    release(payment, participant(payment.local_agent).cny);
    end_quota(*index, QuotaMove::kReleased);
    end_pending(*index);
    link_in_flight_ -= 1;
    put_out_for(stamp, OutboxKind::kRejected, *index);
}

}  // namespace lowu::core
