// What customers order and what becomes of it in the banks' books; see bank_hall.hpp.
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/exchange.hpp"
#include "simulator/play/bank_hall.hpp"

namespace lowu::simulator {
namespace {

using core::AmountMinor;
using money::Currency;
using scheme::Rail;
using scheme::ResultCode;
using scheme::Service;

/// Of the settlement institution's payments.
constexpr Corridor kWithinFps{Rail::kFps, Rail::kFps, Service::kDomestic};
constexpr Corridor kWithinIbps{Rail::kIbps, Rail::kIbps, Service::kDomestic};
constexpr Corridor kNorth{Rail::kFps, Rail::kIbps, Service::kBusinessToPerson};
constexpr Corridor kSouth{Rail::kIbps, Rail::kFps, Service::kBusinessToPerson};

constexpr const char* kOwnAccount = "SETTLEMENT";
constexpr std::size_t kRecent = 64;
constexpr std::size_t kMostEnquiriesWaiting = 4'096;
constexpr Duration kQuoteHolds = Duration::from_minutes(1);

bool into_hkd(const LivePayment& payment, const Corridor& corridor) {
    return !corridor.domestic() && corridor.payee_rail == Rail::kFps && payment.order.hkd_account;
}

bool needs_quote_of_payee(const LivePayment& payment, const Corridor& corridor) {
    return into_hkd(payment, corridor) && corridor.service == Service::kFeeCollection;
}

bool out_of_hkd(const LivePayment& payment, const Corridor& corridor) {
    return !corridor.domestic() && corridor.payer_rail == Rail::kFps && payment.order.hkd_account;
}

Currency moves(const LivePayment& payment) {
    return payment.in_hkd() ? Currency::kHkd : Currency::kCny;
}

}  // namespace

const Corridor& BankHall::corridor_of(const LivePayment& payment) const {
    if (!payment.funding()) return scenario_.flows[payment.order.flow].corridor;
    const Rail from = banks_[payment.order.payer_bank].rail;
    const Rail to = banks_[payment.order.payee_bank].rail;
    if (from == to) return from == Rail::kFps ? kWithinFps : kWithinIbps;
    return from == Rail::kFps ? kNorth : kSouth;
}

// An order becomes an instruction.

void BankHall::expect(const Order& order) {
    const Corridor& corridor = scenario_.flows[order.flow].corridor;
    const std::uint32_t payer =
        customers_.number(order.payer_bank, corridor.payer_is_person(), order.payer);
    const std::uint32_t payee =
        customers_.number(order.payee_bank, corridor.payee_is_person(), order.payee);
    customers_.prefetch(order.payer_bank, payer);
    customers_.prefetch(order.payee_bank, payee);
    for (const Book& book : banks_[order.payer_bank].books)
        book.prefetch(payer);
    for (const Book& book : banks_[order.payee_bank].books)
        book.prefetch(payee);
}

void BankHall::order(const Order& order) {
    LivePayment& payment = payments_[payments_.add(order)];
    payment.sent_at = timeline_.now();
    payment.created = host_.scheme_now();
    tally_.ordered(timeline_.now(), payment);
    const LightBank& payer_bank = banks_[order.payer_bank];
    if (!payer_bank.there || payer_bank.killed) {
        return refuse(payment, ResultCode::kMessageNotTakenUp);
    }
    if (const ResultCode why = find_payee(payment); why != ResultCode::kAccepted) {
        return refuse(payment, why);
    }
    const Corridor& corridor = corridor_of(payment);
    const bool hkd = order.currency == Currency::kHkd;
    if (needs_quote_of_payee(payment, corridor)) return ask_quote(payment);
    if (out_of_hkd(payment, corridor)) {
        if (const ResultCode why = exchange_northbound(payment); why != ResultCode::kAccepted) {
            return refuse(payment, why);
        }
    } else {
        (hkd ? payment.hkd_minor : payment.cny_minor) = order.amount_minor;
    }
    instruct(payment);
}

/// A proxy is looked up in the directory of the payee's rail.
ResultCode BankHall::find_payee(LivePayment& payment) {
    const Order& order = payment.order;
    if (!order.by_proxy) return ResultCode::kAccepted;
    if (!host_.running()) return ResultCode::kMessageNotTakenUp;
    const LightBank& payee_bank = banks_[order.payee_bank];
    const std::uint32_t payee =
        customers_.number(order.payee_bank, corridor_of(payment).payee_is_person(), order.payee);
    const Hash128 hash = order.mistake == Mistake::kUnknownProxy
                             ? Hash128{payment.uetr.high, payment.uetr.low}
                             : customers_.proxy_hash(order.payee_bank, payee);
    const core::ProxyRegistration* known =
        host_.cell(payee_bank.rail).directory().find(hash, payee_bank.participant);
    if (known == nullptr) return ResultCode::kPayerProxy;
    payment.proxy_reference = known->reference.value;
    return ResultCode::kAccepted;
}

/// At the payer's bank's own rate.
ResultCode BankHall::exchange_northbound(LivePayment& payment) {
    const Order& order = payment.order;
    const bool hkd_fixed = order.currency == Currency::kHkd;
    const AmountMinor fixed{order.amount_minor};
    payment.rate = exchange_.bank_rates(rates_day_, order.payer_bank).bid;
    const auto hkd = hkd_fixed ? std::optional(fixed) : scheme::hkd_for_cny(fixed, payment.rate);
    const auto cny = hkd_fixed ? scheme::cny_of_hkd(fixed, payment.rate) : std::optional(fixed);
    if (!hkd || !cny || cny->value <= 0) return ResultCode::kPayerQuote;
    payment.hkd_minor = hkd->value;
    payment.cny_minor = cny->value;
    payment.quote = payments_.fresh_uetr(LivePayments::place_of(payment.uetr));
    return ResultCode::kAccepted;
}

/// A bill in HKD on the Mainland: its collector's bank says what it costs in CNY.
void BankHall::ask_quote(LivePayment& payment) {
    const Order& order = payment.order;
    if (!host_.running()) return refuse(payment, ResultCode::kMessageNotTakenUp);
    const money::Rate reference = exchange_.rates(rates_day_).cny_per_hkd;
    const auto hkd = order.currency == Currency::kHkd
                         ? std::optional(AmountMinor{order.amount_minor})
                         : scheme::hkd_of_cny(AmountMinor{order.amount_minor}, reference);
    if (!hkd || hkd->value <= 0) return refuse(payment, ResultCode::kPayerQuote);
    engine::QuoteRequest request;
    request.payer_agent = banks_[order.payer_bank].code;
    request.payee_account = "BILL";
    request.hkd = *hkd;
    quotes_[++last_quote_] = payment.uetr;
    host_.request_quote(engine::QuoteId{last_quote_}, banks_[order.payee_bank].code,
                        std::move(request));
}

void BankHall::answer_quotes(std::size_t index, const std::vector<engine::QuoteRequest>& requests) {
    LightBank& bank = banks_[index];
    for (const engine::QuoteRequest& request : requests) {
        if (bank.silent_permille > 0 && prng_.chance(bank.silent_permille, 1'000)) continue;
        engine::QuoteAnswer& answer = bank.quote_answers.emplace_back();
        answer.query_id = request.query_id;
        answer.rate = exchange_.bank_rates(rates_day_, index).ask;
        answer.hkd = request.hkd;
        const auto cny = scheme::cny_of_hkd(request.hkd, answer.rate);
        answer.quoted = cny && cny->value > 0;
        if (!answer.quoted) continue;
        answer.cny = *cny;
        answer.quote_id =
            scheme::format_uetr(scheme::uetr_from_random(prng_.next_u64(), prng_.next_u64()));
        answer.expires = host_.scheme_now() + kQuoteHolds;
    }
}

void BankHall::quoted(engine::QuoteId quote, const engine::QuoteAnswer* answer, ResultCode why) {
    const auto asked = quotes_.find(quote.value);
    if (asked == quotes_.end()) return;
    LivePayment* payment = payments_.find(asked->second);
    quotes_.erase(asked);
    LOWU_ASSERT(payment != nullptr, "an order waits for its quote");
    if (answer == nullptr || !answer->quoted) {
        return refuse(*payment, answer == nullptr ? why : ResultCode::kPayerQuote);
    }
    payment->hkd_minor = answer->hkd.value;
    payment->cny_minor = answer->cny.value;
    payment->rate = answer->rate;
    payment->quote = *scheme::parse_uetr(answer->quote_id);
    payment->created = host_.scheme_now();
    instruct(*payment);
}

void BankHall::instruct(LivePayment& payment) {
    if (!debit(payment)) return refuse(payment, ResultCode::kPayerFunds);
    const std::size_t index = payment.order.payer_bank;
    LightBank& bank = banks_[index];
    say(index, {payment.uetr, Speech::kTransfer, {}});
    bank.recent.push_back(payment.uetr);
    if (bank.recent.size() > kRecent) bank.recent.pop_front();
    pump(index);
}

/// By the payer's bank or before the rail has it.
void BankHall::refuse(LivePayment& payment, ResultCode why) {
    payment.final_at_payer = true;
    tally_.finished(timeline_.now(), payment, why, 0);
    payments_.remove(payment);
}

core::CreditTransfer BankHall::transfer_of(const LivePayment& payment, const journal::Body& body) {
    const Order& order = payment.order;
    const Corridor& corridor = corridor_of(payment);
    core::CreditTransfer transfer;
    transfer.participant = banks_[order.payer_bank].participant;
    transfer.uetr = payment.uetr;
    transfer.service = corridor.service;
    transfer.payee_agent = banks_[order.payee_bank].code;
    transfer.amount = AmountMinor{payment.moved_minor()};
    transfer.currency = moves(payment);
    transfer.purpose = scheme::usual_purpose(corridor.service);
    transfer.creation_time = payment.created;
    transfer.payer.kind = scheme::PartyKind::kRegisteredInstitution;
    if (!payment.funding() && corridor.payer_is_person()) {
        transfer.payer.kind = scheme::PartyKind::kPerson;
        if (!corridor.domestic()) {
            transfer.payer.document = scheme::document_of(corridor.payer_rail);
            transfer.payer.token_version = 1;
            transfer.payer.tokens.current = customers_.token(order.payer_bank, order.payer);
        }
    }
    if (payment.proxy_reference != 0) {
        const std::uint32_t payee =
            customers_.number(order.payee_bank, corridor.payee_is_person(), order.payee);
        transfer.payee_proxy = {customers_.proxy_hash(order.payee_bank, payee),
                                core::ProxyReference{payment.proxy_reference}};
    }
    transfer.payer_account_hash = hash64(body.payer_account);
    transfer.payee_account_hash = hash64(body.payee_account);
    transfer.carried_hash = hash64(body.carried);
    if (payment.quote != scheme::Uetr{}) {
        transfer.exchange = {AmountMinor{payment.hkd_minor}, payment.rate, hash64(body.quote_id)};
    }
    return transfer;
}

/// Texts that the cells never read. Names do not travel here: the payee's bank knows from the order
/// whether they fit.
journal::Body BankHall::body_of(const LivePayment& payment) {
    const Order& order = payment.order;
    const Corridor& corridor = corridor_of(payment);
    journal::Body body;
    body.creation_time = payment.created;
    body.purpose = scheme::usual_purpose(corridor.service);
    body.payer_kind = scheme::PartyKind::kRegisteredInstitution;
    if (payment.funding()) {
        body.payer_account = body.payee_account = kOwnAccount;
        return body;
    }
    if (corridor.payer_is_person()) body.payer_kind = scheme::PartyKind::kPerson;
    const bool domestic_hkd = corridor.domestic() && payment.in_hkd();
    body.payer_account = customers_.account(
        order.payer_bank,
        customers_.number(order.payer_bank, corridor.payer_is_person(), order.payer),
        out_of_hkd(payment, corridor) || domestic_hkd);
    const std::uint32_t payee =
        order.mistake == Mistake::kWrongAccount
            ? customers_.count(order.payee_bank) + order.payee
            : customers_.number(order.payee_bank, corridor.payee_is_person(), order.payee);
    if (payment.proxy_reference != 0) {
        bank::DayProxy proxy = customers_.proxy(order.payee_bank, payee);
        body.payee_proxy = std::move(proxy.value);
        body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
        body.proxy_reference = payment.proxy_reference;
    } else {
        body.payee_account = customers_.account(order.payee_bank, payee,
                                                into_hkd(payment, corridor) || domestic_hkd);
    }
    if (payment.quote != scheme::Uetr{}) {
        body.quote_id = scheme::format_uetr(payment.quote);
        body.hkd = AmountMinor{payment.hkd_minor};
        body.rate = payment.rate;
    }
    return body;
}

// The payee's bank.

/// As bank_sim/model/payee_checks.cpp: account, name, currency.
ResultCode BankHall::judge(LivePayment& payment) {
    if (payment.funding()) return ResultCode::kAccepted;
    if (payment.order.mistake == Mistake::kWrongAccount) return ResultCode::kPayeeAccountUnknown;
    if (payment.order.mistake == Mistake::kWrongName) return ResultCode::kPayeeNameMismatch;
    if (!into_hkd(payment, corridor_of(payment))) return ResultCode::kAccepted;
    payment.credit_hkd_minor = payment.hkd_minor;
    if (payment.quote != scheme::Uetr{}) return ResultCode::kAccepted;
    const money::Rate ask = exchange_.bank_rates(rates_day_, payment.order.payee_bank).ask;
    const auto hkd = scheme::hkd_of_cny(AmountMinor{payment.cny_minor}, ask);
    if (!hkd || hkd->value <= 0) return ResultCode::kPayeeAccountCurrency;
    payment.credit_hkd_minor = hkd->value;
    return ResultCode::kAccepted;
}

void BankHall::enquire(std::size_t index) {
    LightBank& bank = banks_[index];
    if (bank.recent.empty() || bank.outbox.size() > kMostEnquiriesWaiting) return;
    ++tally_.counts().enquiries;
    say(index, {bank.recent[prng_.below(bank.recent.size())], Speech::kEnquiry, {}});
    pump(index);
}

engine::ChangeCommand BankHall::registration(std::size_t index, std::uint32_t customer) {
    core::RegisterProxy command;
    command.registration.proxy = customers_.proxy_hash(index, customer);
    command.registration.participant = banks_[index].participant;
    command.registration.holder = customers_.is_person(index, customer)
                                      ? scheme::PartyKind::kPerson
                                      : scheme::PartyKind::kRegisteredInstitution;
    command.registration.cross_boundary = true;
    journal::Body body;
    bank::DayProxy proxy = customers_.proxy(index, customer);
    body.payee_proxy = std::move(proxy.value);
    body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
    return {banks_[index].rail, command, std::move(body)};
}

}  // namespace lowu::simulator
