// Where a payment begins (steps 3 and 8 of its way): the instruction is judged, the bank's money
// reserved, the person's quota taken, the transfer sent over the link. What the other rail says is
// final here too; at its deadline the origin only asks. See rules.hpp.
#include "common/base/assert.hpp"
#include "common/base/int128.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/reference/accounts.hpp"
#include "simulator/reference/limits.hpp"
#include "simulator/reference/parameters.hpp"
#include "simulator/reference/quota.hpp"
#include "simulator/reference/rules.hpp"

namespace lowu::reference {
namespace {

constexpr Int128 kRateScale = 100'000'000;

bool same(const Payer& left, const Payer& right) {
    return left.kind == right.kind && left.document == right.document &&
           left.token_version == right.token_version && left.tokens.current == right.tokens.current;
}
bool same(const PayeeProxy& left, const PayeeProxy& right) {
    const bool none = left.reference == 0 && right.reference == 0;
    return none || left == right;
}
bool same(const Exchange& left, const Exchange& right) {
    const bool none = left.hkd == 0 && right.hkd == 0;
    return none || left == right;
}

/// The first judged field in which a repeated instruction differs, in the contract's order.
Field first_difference(const CreditTransfer& first, const CreditTransfer& again) {
    if (again.service != first.service) return Field::kService;
    if (again.payee_agent != first.payee_agent) return Field::kPayeeAgent;
    if (again.payer_account_hash != first.payer_account_hash) return Field::kPayerAccount;
    if (again.payee_account_hash != first.payee_account_hash) return Field::kPayeeAccount;
    if (again.amount != first.amount) return Field::kAmount;
    if (again.currency != first.currency) return Field::kCurrency;
    if (again.creation_time != first.creation_time) return Field::kCreationTime;
    if (again.purpose != first.purpose) return Field::kPurpose;
    if (!same(again.payer, first.payer)) return Field::kPayer;
    if (!same(again.payee_proxy, first.payee_proxy)) return Field::kPayeeProxy;
    if (!same(again.exchange, first.exchange)) return Field::kExchange;
    if (again.carried_hash != first.carried_hash) return Field::kCarried;
    return Field::kNone;
}

/// An instruction that is no new payment: refused, without a word about any other.
void refuse_unrecorded(Step& step, const BankCode& bank, const Uetr& uetr, ResultCode result,
                       Field field = Field::kNone) {
    Said said;
    said.kind = SaidKind::kRejected;
    said.uetr = uetr;
    said.result = result;
    said.field = field;
    tell(step, bank, said);
}

void answer_known(Step& step, const CreditTransfer& transfer, const Payment& known) {
    const bool own = known.instruction && known.payer_agent == transfer.bank;
    if (!own) {
        return refuse_unrecorded(step, transfer.bank, transfer.uetr,
                                 ResultCode::kUetrOfAnotherAgent);
    }
    const Field field = first_difference(*known.instruction, transfer);
    if (field != Field::kNone) {
        return refuse_unrecorded(step, transfer.bank, transfer.uetr,
                                 ResultCode::kUetrContentDiffers, field);
    }
    say_again(step, known);
}

Payment new_payment(const Step& step, const CreditTransfer& transfer) {
    Payment payment;
    payment.uetr = transfer.uetr;
    payment.leg = transfer.service == Service::kDomestic ? Leg::kDomestic : Leg::kOrigin;
    payment.payer_agent = transfer.bank;
    payment.payee_agent = transfer.payee_agent;
    payment.amount = transfer.amount;
    payment.currency = transfer.currency;
    payment.service = transfer.service;
    payment.acceptance_time = step.now.scheme;
    payment.instruction = transfer;
    return payment;
}

// Quotas.

/// Persons' remittances are under quotas, unless no limit is set; nothing else is.
bool under_quota(const RailState& rail, const CreditTransfer& transfer, const Corridor& corridor) {
    if (corridor == kDomesticCorridor || transfer.payer.kind != scheme::PartyKind::kPerson)
        return false;
    return limit_of(rail, Parameter::kPersonDayLimit, corridor, transfer.bank) != 0 ||
           value_of(rail, Parameter::kPersonYearLimit, corridor) != 0;
}

/// A CNY amount in another currency, rounded up, so that rounding lets no more through; none when
/// there is no such rate.
std::optional<Amount> counted_amount(Amount cny, RateNumber cny_for_one) {
    if (cny_for_one <= 0) return std::nullopt;
    const Int128 scaled = Int128{cny} * kRateScale;
    const Int128 rounded_up = (scaled + cny_for_one - 1) / cny_for_one;
    if (rounded_up > Int128{0x7fff'ffff'ffff'ffff}) return std::nullopt;
    return static_cast<Amount>(rounded_up);
}

/// Northbound the instructed HKD, or the CNY at the reference rate, in HKD for day and year;
/// southbound CNY for the day, and USD at the reference rate for the year. None without a rate.
std::optional<Counted> quota_amounts(const Step& step, const CreditTransfer& transfer) {
    const bool northbound = step.rail.rail == Rail::kFps;
    if (northbound && transfer.exchange.hkd != 0) {
        return Counted{transfer.exchange.hkd, transfer.exchange.hkd};
    }
    const ReferenceRate* rate = rate_in_force(step.rail, step.now.scheme);
    if (rate == nullptr) return std::nullopt;
    const auto other =
        counted_amount(transfer.amount, northbound ? rate->cny_per_hkd : rate->cny_per_usd);
    if (!other) return std::nullopt;
    return northbound ? Counted{*other, *other} : Counted{transfer.amount, *other};
}

QuotaHold new_hold(const Step& step, const CreditTransfer& transfer, const Counted& amounts) {
    QuotaHold hold;
    hold.bank = transfer.bank;
    hold.day = scheme::day_number(step.now.scheme);
    hold.year = scheme::to_utc8(step.now.scheme).year;
    hold.day_amount = amounts.day;
    hold.year_amount = amounts.year;
    return hold;
}

// The checks, in order of precedence (common/scheme/result.cpp).

ResultCode check_payer_agent(const Step& step, const CreditTransfer& transfer,
                             const Corridor& corridor) {
    const RailState& rail = step.rail;
    const SchemeTime oldest = step.now.scheme - duration_of(rail, Parameter::kCreationWindowMs);
    const SchemeTime newest = step.now.scheme + duration_of(rail, Parameter::kCreationSkewMs);
    if (transfer.creation_time < oldest || transfer.creation_time > newest) {
        return ResultCode::kCreationTimeOutsideWindow;
    }
    const Bank& bank = bank_at(rail, transfer.bank);
    if (!bank.takes_part.contains(corridor) || bank.in_default) {
        return ResultCode::kPayerAgentNotLive;
    }
    if (bank.off()) return ResultCode::kPayerAgentLoggedOff;
    return ResultCode::kAccepted;
}

ResultCode check_service(const Step& step, const CreditTransfer& transfer,
                         const Corridor& corridor) {
    const RailState& rail = step.rail;
    if (value_of(rail, Parameter::kOffered, corridor) == 0) return ResultCode::kServiceNotOffered;
    const auto purpose_bit = std::int64_t{1} << (static_cast<int>(transfer.purpose) - 1);
    if ((value_of(rail, Parameter::kPurposes, corridor) & purpose_bit) == 0) {
        return ResultCode::kPurposeNotOffered;
    }
    if (corridor != kDomesticCorridor) {
        // Persons remit and pay fees; institutions pay salaries and subsidies.
        const bool person = transfer.payer.kind == scheme::PartyKind::kPerson;
        const bool persons_pay = transfer.service != Service::kBusinessToPerson;
        if (person != persons_pay) return ResultCode::kPayerKind;
        const auto document = rail.rail == Rail::kFps ? scheme::DocumentType::kHkid
                                                      : scheme::DocumentType::kMainlandId;
        if (persons_pay && transfer.payer.document != document) {
            return ResultCode::kPayerDocument;
        }
        if (persons_pay &&
            !token_version_fits(rail, transfer.payer.token_version, transfer.creation_time)) {
            return ResultCode::kTokenVersion;
        }
    }
    if (!within_hours(rail, corridor, transfer.bank, step.now.scheme)) {
        return ResultCode::kOutsideHours;
    }
    return ResultCode::kAccepted;
}

ResultCode check_link(const Step& step, const Corridor& corridor) {
    if (corridor == kDomesticCorridor) return ResultCode::kAccepted;
    if (!step.rail.link_up) return ResultCode::kLinkDown;
    if (!link_has_room(step.rail)) return ResultCode::kLinkCongested;
    return ResultCode::kAccepted;
}

/// HKD x rate = CNY, rounded half up.
bool exchange_is_right(const Exchange& exchange, Amount cny) {
    if (exchange.hkd <= 0 || exchange.rate <= 0) return false;
    const Int128 product = Int128{exchange.hkd} * exchange.rate;
    return (product + kRateScale / 2) / kRateScale == Int128{cny};
}

ResultCode check_amount(const Step& step, const CreditTransfer& transfer,
                        const Corridor& corridor) {
    const RailState& rail = step.rail;
    if (transfer.exchange.hkd != 0 && !exchange_is_right(transfer.exchange, transfer.amount)) {
        return ResultCode::kExchangeArithmetic;
    }
    const std::int64_t maximum = value_of(rail, Parameter::kAmountMaximum, corridor);
    if (maximum != 0 && transfer.amount > maximum) return ResultCode::kAmountAboveMaximum;
    const std::int64_t of_bank =
        limit_of(rail, Parameter::kBankPaymentLimit, corridor, transfer.bank);
    if (of_bank != 0 && transfer.amount > of_bank) return ResultCode::kAmountAboveBankLimit;
    return ResultCode::kAccepted;
}

/// What was counted before, at the payer's bank or over all banks, as a parameter says.
Counted counted_before(const Step& step, const CreditTransfer& transfer, const Corridor& corridor,
                       Parameter across) {
    const bool all = value_of(step.rail, across, corridor) != 0;
    return counted(step.rail.quotas, transfer.payer.tokens, all ? BankCode() : transfer.bank,
                   scheme::day_number(step.now.scheme), scheme::to_utc8(step.now.scheme).year);
}

bool exceeds(std::int64_t limit, Amount before, Amount now) {
    return limit != 0 && Int128{before} + now > Int128{limit};
}

ResultCode check_quota(const Step& step, const CreditTransfer& transfer, const Corridor& corridor) {
    const RailState& rail = step.rail;
    if (!under_quota(rail, transfer, corridor)) return ResultCode::kAccepted;
    const auto amounts = quota_amounts(step, transfer);
    if (!amounts) return ResultCode::kReferenceRateMissing;
    const Counted of_day =
        counted_before(step, transfer, corridor, Parameter::kDayAcrossInstitutions);
    if (exceeds(limit_of(rail, Parameter::kPersonDayLimit, corridor, transfer.bank), of_day.day,
                amounts->day)) {
        return ResultCode::kPersonDayLimit;
    }
    const Counted of_year =
        counted_before(step, transfer, corridor, Parameter::kYearAcrossInstitutions);
    if (exceeds(value_of(rail, Parameter::kPersonYearLimit, corridor), of_year.year,
                amounts->year)) {
        return ResultCode::kPersonYearLimit;
    }
    if (!quota_has_room(rail, transfer.payer.tokens, transfer.bank)) {
        return ResultCode::kQuotaRegisterFull;
    }
    return ResultCode::kAccepted;
}

ResultCode check_liquidity(const Step& step, const CreditTransfer& transfer) {
    if (!can_reserve(step.rail, account_of(transfer.bank, transfer.currency), transfer.amount)) {
        return ResultCode::kPayerAgentLiquidity;
    }
    if (bank_at(step.rail, transfer.bank).pending >= kPendingOfBank) {
        return ResultCode::kPayerAgentCongested;
    }
    return ResultCode::kAccepted;
}

void accept(Step& step, const CreditTransfer& transfer, const Corridor& corridor,
            Payment& payment) {
    if (under_quota(step.rail, transfer, corridor)) {
        const auto amounts = quota_amounts(step, transfer);
        LOWU_ASSERT(amounts.has_value(), "the check has asked for the rate");
        payment.hold = reserve_quota(step.rail.quotas, transfer.payer.tokens,
                                     new_hold(step, transfer, *amounts));
    }
    payment.state = State::kForwarded;
    begin_pending(step, payment);
    step.rail.link_in_flight += 1;
    step.rail.timers.insert(
        {step.now.elapsed + duration_of(step.rail, Parameter::kOriginDeadlineMs), payment.arrival});
    LinkMessage message;
    message.kind = LinkKind::kTransfer;
    message.uetr = payment.uetr;
    message.service = payment.service;
    message.payer_agent = payment.payer_agent;
    message.payee_agent = payment.payee_agent;
    message.amount = payment.amount;
    message.acceptance_time = payment.acceptance_time;
    message.payee_proxy = transfer.payee_proxy;
    send_over_link(step, message);
}

}  // namespace

void take_transfer(Step& step, const CreditTransfer& transfer) {
    if (!take_number(step, transfer.bank, transfer.number)) return;
    if (const Payment* known = find_payment(step, transfer.uetr)) {
        const Payment* own = begun_by(step, transfer.bank, transfer.uetr);
        return answer_known(step, transfer, own != nullptr ? *own : *known);
    }
    check_not_forgotten(step, transfer);
    if (table_full(step.rail)) {
        return refuse_unrecorded(step, transfer.bank, transfer.uetr, ResultCode::kPaymentTableFull);
    }
    Payment& payment = remember(step, new_payment(step, transfer));
    if (payment.leg == Leg::kDomestic) return begin_domestic(step, transfer, payment);
    const Corridor corridor{transfer.service, scheme::direction_from(step.rail.rail)};
    const ResultCode result = check_origin(step, transfer, corridor);
    if (result != ResultCode::kAccepted) return refuse_here(step, payment, result);
    accept(step, transfer, corridor, payment);
}

ResultCode check_origin(const Step& step, const CreditTransfer& transfer,
                        const Corridor& corridor) {
    ResultCode result = check_payer_agent(step, transfer, corridor);
    if (result == ResultCode::kAccepted) result = check_service(step, transfer, corridor);
    if (result == ResultCode::kAccepted) result = check_link(step, corridor);
    if (result == ResultCode::kAccepted) result = check_amount(step, transfer, corridor);
    if (result == ResultCode::kAccepted) result = check_quota(step, transfer, corridor);
    if (result == ResultCode::kAccepted) result = check_liquidity(step, transfer);
    return result;
}

void begin_pending(Step& step, const Payment& payment) {
    reserve(step, account_of(payment.payer_agent, payment.currency), payment.amount);
    bank_at(step.rail, payment.payer_agent).pending += 1;
    step.rail.pending += 1;
}

void end_pending(Step& step, const Payment& payment) {
    bank_at(step.rail, payment.payer_agent).pending -= 1;
    step.rail.pending -= 1;
}

void refuse_here(Step& step, Payment& payment, ResultCode result) {
    payment.state = State::kRejected;
    payment.result = result;
    tell_payer(step, SaidKind::kRejected, payment);
}

void say_again(Step& step, const Payment& payment) {
    if (payment.state == State::kSettled) return tell_payer(step, SaidKind::kSettled, payment);
    if (payment.state == State::kRejected) return tell_payer(step, SaidKind::kRejected, payment);
    tell_payer(step, SaidKind::kPending, payment);
}

/// Never by itself: it asks the other rail to give up, and stays pending until it is told.
void origin_deadline(Step& step, Payment& payment) {
    payment.state = State::kCancelling;
    LinkMessage message;
    message.kind = LinkKind::kCancel;
    message.uetr = payment.uetr;
    send_over_link(step, message);
}

void settled_over_there(Step& step, const LinkMessage& message) {
    Payment* payment = find_payment(step, message.uetr);
    if (payment == nullptr || !begins_here(*payment)) {
        return step.complain("the other rail settled what was never sent to it: " +
                             scheme::format_uetr(message.uetr));
    }
    if (payment->state == State::kRejected) {
        // Where somebody else has the UETR, a cancel was answered for that payment.
        if (payment->result == ResultCode::kUetrTakenAtDestination) return;
        return step.complain("the other rail settled what is rejected here: " +
                             scheme::format_uetr(message.uetr));
    }
    if (payment->state == State::kSettled) return;  // The answer to a cancel that crossed.
    payment->state = State::kSettled;
    if (payment->leg == Leg::kReturnSent) return return_settled(step, *payment);
    post_reserved(step, account_of(payment->payer_agent, Currency::kCny), kLinkAgent,
                  payment->amount);
    post(step, kLinkClaimContra, kLinkClaim, payment->amount);
    if (payment->hold) commit_quota(step.rail.quotas, *payment->hold);
    end_pending(step, *payment);
    step.rail.link_in_flight -= 1;
    tell_payer(step, SaidKind::kSettled, *payment);
}

void refused_over_there(Step& step, const LinkMessage& message) {
    Payment* payment = find_payment(step, message.uetr);
    if (payment == nullptr || !begins_here(*payment)) {
        return step.complain("the other rail refused what was never sent to it: " +
                             scheme::format_uetr(message.uetr));
    }
    if (payment->state == State::kSettled) {
        return step.complain("the other rail refused what is settled here: " +
                             scheme::format_uetr(message.uetr));
    }
    if (payment->state == State::kRejected) return;  // The answer to a cancel that crossed.
    payment->state = State::kRejected;
    payment->result = message.result;
    if (payment->leg == Leg::kReturnSent) return return_refused(step, *payment, message.result);
    release(step, account_of(payment->payer_agent, Currency::kCny), payment->amount);
    if (payment->hold) release_quota(step.rail.quotas, *payment->hold);
    end_pending(step, *payment);
    step.rail.link_in_flight -= 1;
    tell_payer(step, SaidKind::kRejected, *payment);
}

}  // namespace lowu::reference
