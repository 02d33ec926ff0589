// Exchange between HKD and CNY. See exchange_desk.hpp.
#include "bank_sim/model/exchange_desk.hpp"

#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/exchange.hpp"
#include "common/scheme/result.hpp"

namespace lowu::bank {
namespace {

using scheme::ResultCode;

constexpr std::int64_t kMaxQuoteValidityMs = 3'600'000;

CallError no_rates() {
    return {CallError::Kind::kState, "NO_RATES", "bank",
            "must have exchange rates: this bank exchanges nothing"};
}

CallError quotes_full() {
    return {CallError::Kind::kFull, "QUOTES_FULL", "",
            "too many quotes of this bank hold at the moment"};
}

bool is_amount(money::AmountMinor amount) {
    return !money::check_amount(amount);
}

void write_terms(const ExchangeTerms& terms, v1::Exchange& exchange) {
    exchange.set_quote_id(scheme::format_uetr(terms.quote));
    exchange.set_hkd_minor(terms.hkd.value);
    exchange.set_rate_e8(terms.rate.value);
}

}  // namespace

ExchangeDesk::ExchangeDesk(scheme::Rail rail, std::string code, const Books& books,
                           const ProxyBook& proxies)
    : rail_(rail),
      code_(std::move(code)),
      books_(books),
      proxies_(proxies),
      issued_(kMaxQuotes),
      offers_(kMaxOffers) {}

std::optional<CallError> ExchangeDesk::set_rates(const v1::SetRatesRequest& request) {
    if (rail_ != scheme::Rail::kFps) {
        return CallError{CallError::Kind::kState, "NO_EXCHANGE_HERE", "bank",
                         "must be in Hong Kong: only banks there exchange"};
    }
    if (request.bid_e8() <= 0 || money::Rate{request.bid_e8()} > money::kRateMax) {
        return malformed("bid_e8", "must be more than zero and at most 1,000,000");
    }
    if (request.ask_e8() < request.bid_e8() || money::Rate{request.ask_e8()} > money::kRateMax) {
        return malformed("ask_e8", "must be at least bid_e8 and at most 1,000,000");
    }
    if (request.quote_validity_ms() < 0 || request.quote_validity_ms() > kMaxQuoteValidityMs) {
        return malformed("quote_validity_ms", "must be 0 to 3,600,000");
    }
    bid_ = money::Rate{request.bid_e8()};
    ask_ = money::Rate{request.ask_e8()};
    if (request.quote_validity_ms() > 0) {
        quote_validity_ = Duration::from_ms(request.quote_validity_ms());
    }
    published_ = false;
    return std::nullopt;
}

void ExchangeDesk::add_to(Digest& digest) const {
    digest.add(bid_);
    digest.add(ask_);
    digest.add(quote_validity_.us);
    digest.add(published_);
    digest.add(sheet_valid_until_);
    issued_.add_to(digest);
    offers_.add_to(digest);
}

std::optional<SchemeTime> ExchangeDesk::sheet_due() const {
    if (!has_rates()) {
        return std::nullopt;
    }
    return published_ ? sheet_valid_until_ - kSheetRenewal : SchemeTime{};
}

void ExchangeDesk::write_sheet(SchemeTime now, v1::FxRateSheet& sheet) {
    sheet_valid_until_ = now + kSheetValidity;
    published_ = true;
    sheet.set_bid_e8(bid_.value);
    sheet.set_ask_e8(ask_.value);
    sheet.set_valid_until_ms(sheet_valid_until_.value);
}

std::optional<CallError> ExchangeDesk::check_order(const v1::QuoteOrder& order) const {
    if (const auto rule = scheme::check_account(order.payer_account())) {
        return malformed("payer_account", *rule);
    }
    if (const auto rule = money::check_amount(money::AmountMinor{order.amount_minor()})) {
        return malformed("amount_minor", *rule);
    }
    const bool northbound = rail_ == scheme::Rail::kFps;
    if (order.currency() != v1::CURRENCY_HKD &&
        (!northbound || order.currency() != v1::CURRENCY_CNY)) {
        return malformed("currency", northbound ? "must be CURRENCY_HKD or CURRENCY_CNY"
                                                : "must be CURRENCY_HKD, that of the bill");
    }
    const auto payer = books_.find(order.payer_account());
    if (!payer) {
        return CallError{CallError::Kind::kNotFound, "NO_SUCH_ACCOUNT", "payer_account",
                         "must be an account of this bank"};
    }
    const money::Currency pays_in = northbound ? money::Currency::kHkd : money::Currency::kCny;
    if (books_.customer(*payer).currency != pays_in) {
        return CallError{CallError::Kind::kState, "ACCOUNT_CURRENCY", "payer_account",
                         northbound ? "must be an HKD account: from one in CNY nothing is exchanged"
                                    : "must be a CNY account"};
    }
    return std::nullopt;
}

Outcome<ExchangeDesk::Step> ExchangeDesk::quote(const v1::QuoteOrder& order,
                                                const scheme::Uetr& fresh, SchemeTime now) {
    if (auto error = check_order(order)) {
        return *std::move(error);
    }
    return rail_ == scheme::Rail::kFps ? quote_northbound(order, fresh, now)
                                       : ask_payee_agent(order);
}

Outcome<ExchangeDesk::Step> ExchangeDesk::quote_northbound(const v1::QuoteOrder& order,
                                                           const scheme::Uetr& fresh,
                                                           SchemeTime now) {
    if (!has_rates()) {
        return no_rates();
    }
    const money::AmountMinor fixed{order.amount_minor()};
    const bool hkd_fixed = order.currency() == v1::CURRENCY_HKD;
    const auto hkd = hkd_fixed ? std::optional(fixed) : scheme::hkd_for_cny(fixed, bid_);
    const auto cny = hkd_fixed ? scheme::cny_of_hkd(fixed, bid_) : std::optional(fixed);
    if (!hkd || !cny || !is_amount(*hkd) || !is_amount(*cny)) {
        return CallError{CallError::Kind::kState, "NO_SUCH_EXCHANGE", "amount_minor",
                         "must have an amount of the other currency that is its exact counterpart "
                         "at this bank's rate"};
    }
    Quote quote;
    quote.kind = QuoteKind::kBid;
    quote.terms = {fresh, *hkd, bid_};
    quote.cny = *cny;
    quote.expires = now + quote_validity_;
    quote.account = *books_.find(order.payer_account());
    v1::QuoteOffer offer;
    write_terms(quote.terms, *offer.mutable_exchange());
    offer.set_cny_minor(quote.cny.value);
    offer.set_expires_ms(quote.expires.value);
    offer.set_issuer(code_);
    if (!issued_.add(std::move(quote), now)) {
        return quotes_full();
    }
    return Step{std::move(offer)};
}

Outcome<ExchangeDesk::Step> ExchangeDesk::ask_payee_agent(const v1::QuoteOrder& order) const {
    if (const auto rule = scheme::check_agent_code(other(rail_), order.payee_agent())) {
        return malformed("payee_agent", *rule);
    }
    if (order.has_payee_proxy()) {
        if (auto error = check_proxy(other(rail_), order.payee_proxy(), "payee_proxy")) {
            return *std::move(error);
        }
        if (!order.payee_account().empty()) {
            return malformed("payee_account", "must be empty with payee_proxy");
        }
    } else if (const auto rule = scheme::check_account(order.payee_account())) {
        return malformed("payee_account", *rule);
    }
    v1::RequestQuoteRequest request;
    request.set_participant(code_);
    request.set_payee_agent(order.payee_agent());
    request.set_payee_account(order.payee_account());
    if (order.has_payee_proxy()) {
        *request.mutable_payee_proxy() = order.payee_proxy();
    }
    request.set_hkd_minor(order.amount_minor());
    return Step{std::move(request)};
}

Outcome<v1::QuoteOffer> ExchangeDesk::take_offer(const v1::QuoteOrder& order,
                                                 const v1::QuoteAnswer& answer, SchemeTime now) {
    if (!answer.reason_code().empty()) {
        return CallError{CallError::Kind::kState, "QUOTE_REFUSED", "payee_agent",
                         "does not quote: " + answer.reason_code()};
    }
    const auto id = scheme::parse_uetr(answer.exchange().quote_id());
    const auto payer = books_.find(order.payer_account());
    Quote quote;
    quote.kind = QuoteKind::kOffer;
    quote.cny = money::AmountMinor{answer.cny_minor()};
    if (!id || !payer || !is_amount(quote.cny) ||
        answer.exchange().hkd_minor() != order.amount_minor()) {
        return CallError{CallError::Kind::kState, "QUOTE_UNUSABLE", "payee_agent",
                         "has answered with something that is no quote for this bill"};
    }
    quote.terms = {*id, money::AmountMinor{answer.exchange().hkd_minor()},
                   money::Rate{answer.exchange().rate_e8()}};
    quote.expires = SchemeTime{answer.expires_ms()};
    quote.account = *payer;
    quote.payee_agent = order.payee_agent();
    if (!offers_.add(std::move(quote), now)) {
        return quotes_full();
    }
    v1::QuoteOffer offer;
    *offer.mutable_exchange() = answer.exchange();
    offer.set_cny_minor(answer.cny_minor());
    offer.set_expires_ms(answer.expires_ms());
    offer.set_issuer(order.payee_agent());
    return offer;
}

std::optional<CustomerId> ExchangeDesk::payee_of(const v1::QuoteRequest& request) const {
    if (!request.has_payee_proxy()) {
        return books_.find(request.payee_account());
    }
    if (check_proxy(rail_, request.payee_proxy(), "payee_proxy")) {
        return std::nullopt;
    }
    const OwnProxy* proxy = proxies_.find(request.payee_proxy());
    return proxy == nullptr ? std::nullopt : std::optional(proxy->account);
}

// Empty when the bank quotes.
std::string_view ExchangeDesk::refusal_of(const v1::QuoteRequest& request) const {
    const auto payee = payee_of(request);
    if (!payee) {
        return row_of(request.has_payee_proxy() ? ResultCode::kPayeeProxy
                                                : ResultCode::kPayeeAccountUnknown)
            .iso_code;
    }
    // A bill in HKD is paid into an HKD account.
    if (!has_rates() || books_.customer(*payee).currency != money::Currency::kHkd) {
        return row_of(ResultCode::kPayeeAccountCurrency).iso_code;
    }
    const money::AmountMinor hkd{request.hkd_minor()};
    const auto cny = is_amount(hkd) ? scheme::cny_of_hkd(hkd, ask_) : std::nullopt;
    if (!cny || !is_amount(*cny)) {
        return row_of(ResultCode::kPayeeAmount).iso_code;
    }
    return {};
}

v1::QuoteAnswer ExchangeDesk::answer(const v1::QuoteRequest& request, const scheme::Uetr& fresh,
                                     SchemeTime now) {
    v1::QuoteAnswer answer;
    answer.set_query_id(request.query_id());
    if (const std::string_view refusal = refusal_of(request); !refusal.empty()) {
        answer.set_reason_code(std::string(refusal));
        return answer;
    }
    Quote quote;
    quote.kind = QuoteKind::kAsk;
    quote.terms = {fresh, money::AmountMinor{request.hkd_minor()}, ask_};
    quote.cny = *scheme::cny_of_hkd(quote.terms.hkd, ask_);
    quote.expires = now + quote_validity_;
    quote.account = *payee_of(request);
    write_terms(quote.terms, *answer.mutable_exchange());
    answer.set_expires_ms(quote.expires.value);
    answer.set_cny_minor(quote.cny.value);
    if (!issued_.add(std::move(quote), now)) {
        answer.Clear();
        answer.set_query_id(request.query_id());
        answer.set_reason_code(std::string(row_of(ResultCode::kPayeeAgentUnspecified).iso_code));
    }
    return answer;
}

}  // namespace lowu::bank
