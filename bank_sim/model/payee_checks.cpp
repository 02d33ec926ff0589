// What the payee's bank thinks of a request, in this order, and the first that is true of it is the
// answer: shape (MS03, name BE22), account or proxy (AC03, BE23), who holds the account (AC14), its
// name (BE01), its currency (AC11), the quote (AB04), the bill (AM09). Part of PayeeSide.
#include "bank_sim/model/payee_side.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/carried.hpp"
#include "common/scheme/exchange.hpp"
#include "common/scheme/masked_name.hpp"
#include "common/scheme/party.hpp"

namespace lowu::bank {

using scheme::PartyKind;
using scheme::ResultCode;
using scheme::Service;

PayeeSide::Judgement PayeeSide::judge(const v1::CreditTransfer& transfer, SchemeTime now) const {
    Judgement judgement = judge_shape(transfer);
    const auto service = scheme::service_from_number(transfer.service());
    if (judgement.accepted() && service) {
        judge_payee(transfer, judgement);
    }
    if (judgement.accepted()) {
        judge_holder(*service, judgement);
    }
    if (judgement.accepted()) {
        judge_name(transfer, judgement);
    }
    if (judgement.accepted()) {
        judge_credit(transfer, judgement);
    }
    if (judgement.accepted()) {
        judge_quote(transfer, now, judgement);
    }
    return judgement;
}

PayeeSide::Judgement PayeeSide::judge_shape(const v1::CreditTransfer& transfer) const {
    const v1::CarriedDetails& carried = transfer.carried();
    const auto fault = scheme::check_carried(
        {carried.payer_name(), carried.payee_name(), carried.remittance_information()});
    Judgement judgement;
    if (fault && fault->field == scheme::Field::kPayeeName) {
        judgement.refusal = ResultCode::kPayeeNameMissing;
        return judgement;
    }
    const bool currency_known =
        transfer.currency() == v1::CURRENCY_CNY || transfer.currency() == v1::CURRENCY_HKD;
    if (fault || !currency_known || !scheme::service_from_number(transfer.service()) ||
        money::check_amount(money::AmountMinor{transfer.amount_minor()})) {
        judgement.refusal = ResultCode::kPayeeAgentUnspecified;
        judgement.text = "The message does not hold what a credit transfer must hold.";
    }
    return judgement;
}

// By proxy: the registration that was resolved must be the one that this bank has made.
void PayeeSide::judge_payee(const v1::CreditTransfer& transfer, Judgement& judgement) const {
    if (!transfer.has_payee_proxy()) {
        judgement.payee = parts_.books.find(transfer.payee_account());
        if (!judgement.payee) {
            judgement.refusal = ResultCode::kPayeeAccountUnknown;
        }
        return;
    }
    const v1::ProxyReference& wanted = transfer.payee_proxy();
    const OwnProxy* proxy = check_proxy(rail_, wanted.proxy(), "payee_proxy")
                                ? nullptr
                                : parts_.proxies.find(wanted.proxy());
    if (proxy == nullptr || proxy->reference != wanted.reference()) {
        judgement.refusal = ResultCode::kPayeeProxy;
        return;
    }
    judgement.payee = proxy->account;
}

void PayeeSide::judge_holder(Service service, Judgement& judgement) const {
    const PartyKind holder = parts_.books.customer(*judgement.payee).holder;
    bool fits = true;
    switch (service) {
        case Service::kP2pRemittance:
        case Service::kBusinessToPerson:
            fits = holder == PartyKind::kPerson;
            judgement.text = "The payee's account is not a person's.";
            break;
        case Service::kFeeCollection:
            fits = holder == PartyKind::kRegisteredInstitution;
            judgement.text = "The payee is not registered for the collection of fees.";
            break;
        case Service::kDomestic:
            break;
    }
    if (fits) {
        judgement.text = {};
    } else {
        judgement.refusal = ResultCode::kPayeeAccountType;
    }
}

// Who pays by proxy has seen a masked name, and confirmed it.
void PayeeSide::judge_name(const v1::CreditTransfer& transfer, Judgement& judgement) const {
    if (transfer.has_payee_proxy()) {
        return;
    }
    const Customer& payee = parts_.books.customer(*judgement.payee);
    if (!scheme::names_match(transfer.carried().payee_name(), payee.name_en, payee.name_zh)) {
        judgement.refusal = ResultCode::kPayeeNameMismatch;
    }
}

// What the account gets: the same currency as it comes, or HKD for CNY from across the boundary at
// this bank's own rate, rounded down. A quote says later what it gets instead.
void PayeeSide::judge_credit(const v1::CreditTransfer& transfer, Judgement& judgement) const {
    const money::AmountMinor amount{transfer.amount_minor()};
    const money::Currency held = parts_.books.customer(*judgement.payee).currency;
    const bool in_hkd = transfer.currency() == v1::CURRENCY_HKD;
    const money::Currency comes = in_hkd ? money::Currency::kHkd : money::Currency::kCny;
    if (held == comes) {
        judgement.credit = {amount, comes};
        return;
    }
    const bool exchanges = held == money::Currency::kHkd && parts_.exchange.has_rates() &&
                           transfer.service() != v1::SERVICE_DOMESTIC;
    const auto hkd = exchanges ? scheme::hkd_of_cny(amount, parts_.exchange.ask()) : std::nullopt;
    if (!hkd || *hkd <= money::kZeroAmount) {
        judgement.refusal = ResultCode::kPayeeAccountCurrency;
        judgement.text = exchanges ? "The amount is worth less than a cent."
                                   : "The payee's account is in another currency, and the bank "
                                     "does not exchange.";
        return;
    }
    judgement.credit = {*hkd, money::Currency::kHkd};
}

// On the Mainland the quote is about the payer's side and was judged there.
void PayeeSide::judge_quote(const v1::CreditTransfer& transfer, SchemeTime now,
                            Judgement& judgement) const {
    const bool into_hkd = judgement.credit.currency == money::Currency::kHkd;
    if (rail_ == scheme::Rail::kFps && transfer.has_exchange()) {
        const v1::Exchange& exchange = transfer.exchange();
        // A text that is no identity names no quote.
        const ExchangeTerms terms{scheme::parse_uetr(exchange.quote_id()).value_or(scheme::Uetr{}),
                                  money::AmountMinor{exchange.hkd_minor()},
                                  money::Rate{exchange.rate_e8()}};
        const auto why =
            parts_.exchange.issued().judge(terms, QuoteKind::kAsk, *judgement.payee,
                                           money::AmountMinor{transfer.amount_minor()}, now);
        if (why) {
            judgement.refusal = ResultCode::kPayeeQuote;
            judgement.text = *why;
            return;
        }
        judgement.quoted = true;
        judgement.credit = {terms.hkd, money::Currency::kHkd};
        return;
    }
    if (into_hkd && transfer.service() == v1::SERVICE_FEE_COLLECTION) {
        judgement.refusal = ResultCode::kPayeeAmount;
        judgement.text = "A bill in HKD is paid with a quote that fixes its amount.";
    }
}

}  // namespace lowu::bank
