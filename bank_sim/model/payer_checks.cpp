// What a customer's order says, and what a bank checks of it before it moves money. Part of
// PayerSide.
#include <optional>
#include <string>

#include "bank_sim/model/payer_side.hpp"
#include "bank_sim/model/reasons.hpp"
#include "common/base/assert.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/carried.hpp"

namespace lowu::bank {
namespace {

using scheme::Rail;
using scheme::Service;

CallError full(std::string reason, std::string rule) {
    return {CallError::Kind::kFull, std::move(reason), "", std::move(rule)};
}

CallError no_such_account(std::string_view field) {
    return {CallError::Kind::kNotFound, "NO_SUCH_ACCOUNT", std::string(field),
            "must be an account of this bank"};
}

CallError no_token_key() {
    return {CallError::Kind::kState, "NO_TOKEN_KEY", "",
            "this bank lacks the scheme key under which the rail knows persons now: "
            "token_keys of its configuration must hold it and the one before"};
}

bool same_proxy(const v1::Proxy& left, const v1::Proxy& right) {
    return left.kind() == right.kind() && left.value() == right.value();
}

// The first field in which a repeated order differs from the one that used its UETR; nullptr when
// both are the same. What an order left to the bank is not compared.
const char* differing_field(const v1::SendRemittanceRequest& request,
                            const v1::CreditTransfer& first, bool one_fen_more) {
    const bool in_hkd = !request.quote_id().empty() && request.currency() == v1::CURRENCY_HKD;
    const std::int64_t ordered =
        in_hkd ? first.exchange().hkd_minor() : first.amount_minor() - (one_fen_more ? 1 : 0);
    const auto given_differs = [](const std::string& given, const std::string& before) {
        return !given.empty() && given != before;
    };
    const auto number_differs = [](std::int64_t given, std::int64_t before) {
        return given != 0 && given != before;
    };
    if (request.payer_account() != first.payer_account()) return "payer_account";
    if (given_differs(request.payee_agent(), first.payee_agent())) return "payee_agent";
    if (request.payee_account() != first.payee_account()) return "payee_account";
    if (given_differs(request.payee_name(), first.carried().payee_name())) return "payee_name";
    if (number_differs(request.amount_minor(), ordered)) return "amount_minor";
    if (!in_hkd && number_differs(request.currency(), first.currency())) return "currency";
    if (request.remittance_information() != first.carried().remittance_information()) {
        return "remittance_information";
    }
    if (number_differs(request.service(), first.service())) return "service";
    if (number_differs(request.purpose(), first.purpose())) return "purpose";
    if (!same_proxy(request.payee_proxy(), first.payee_proxy().proxy())) return "payee_proxy";
    if (number_differs(static_cast<std::int64_t>(request.proxy_reference()),
                       static_cast<std::int64_t>(first.payee_proxy().reference()))) {
        return "proxy_reference";
    }
    if (request.quote_id() != first.exchange().quote_id()) return "quote_id";
    return nullptr;
}

// Which rail the payee's bank is on, as far as service, code and proxy tell.
bool is_domestic(Rail own, std::optional<Service> service, const std::string& payee_agent) {
    if (service) {
        return *service == Service::kDomestic;
    }
    if (!payee_agent.empty()) {
        return scheme::rail_of_code(payee_agent) == own;
    }
    return own == Rail::kFps;  // without a bank's name only fps finds anybody
}

}  // namespace

// nullptr when the UETR is new to this bank.
Outcome<const OutgoingRemittance*> PayerSide::find_same(
    const v1::SendRemittanceRequest& request) const {
    if (request.uetr().empty()) {
        return nullptr;
    }
    const auto uetr = scheme::parse_uetr(request.uetr());
    if (!uetr) {
        return malformed("uetr", scheme::kUetrRule);
    }
    const OutgoingRemittance* before = remittances_.find(*uetr);
    if (before == nullptr) {
        return nullptr;
    }
    v1::CreditTransfer first;
    const bool parsed = first.ParseFromString(before->transfer);
    LOWU_ASSERT(parsed, "a remittance keeps its own message");
    if (const char* field = differing_field(request, first, before->one_fen_more)) {
        return CallError{CallError::Kind::kExists, "UETR_CONTENT_DIFFERS", field,
                         "must be what this UETR was first used with"};
    }
    return before;
}

// In the order of the request's fields, but for what the payer's account and the payee's rail
// decide.
Outcome<Instruction> PayerSide::read(const v1::SendRemittanceRequest& request) const {
    Instruction instruction;
    if (auto error = read_route(request, instruction)) {
        return *std::move(error);
    }
    if (auto error = read_payee(request, instruction)) {
        return *std::move(error);
    }
    if (auto error = read_money(request, instruction)) {
        return *std::move(error);
    }
    instruction.remittance_information = request.remittance_information();
    const scheme::CarriedDetails carried{payer_name(parts_.books.customer(instruction.payer)),
                                         instruction.payee_name,
                                         instruction.remittance_information};
    if (const auto fault = scheme::check_carried(carried)) {
        return malformed(to_string(fault->field), fault->rule);
    }
    return instruction;
}

std::optional<CallError> PayerSide::read_route(const v1::SendRemittanceRequest& request,
                                               Instruction& instruction) const {
    if (const auto rule = scheme::check_account(request.payer_account())) {
        return malformed("payer_account", *rule);
    }
    const auto payer = parts_.books.find(request.payer_account());
    if (!payer) {
        return no_such_account("payer_account");
    }
    const auto service = scheme::service_from_number(request.service());
    if (!service && request.service() != v1::SERVICE_UNSPECIFIED) {
        return malformed("service", "must be a service of the scheme");
    }
    const bool domestic = is_domestic(options_.rail, service, request.payee_agent());
    const Rail destination = domestic ? options_.rail : other(options_.rail);
    if (!request.payee_agent().empty() || !request.has_payee_proxy()) {
        if (const auto rule = scheme::check_agent_code(destination, request.payee_agent())) {
            return malformed("payee_agent", *rule);
        }
    } else if (destination == Rail::kIbps) {
        return malformed("payee_agent",
                         "must be given: on the Mainland a mobile number goes with a bank");
    }
    if (request.payee_agent() == options_.code) {
        return malformed("payee_agent", "must be another bank: within one no rail is needed");
    }
    const bool person = parts_.books.customer(*payer).holder == scheme::PartyKind::kPerson;
    const Service usual = domestic ? Service::kDomestic
                          : person ? Service::kP2pRemittance
                                   : Service::kBusinessToPerson;
    instruction.payer = *payer;
    instruction.service = service.value_or(usual);
    instruction.payee_agent = request.payee_agent();
    const auto purpose = scheme::purpose_from_number(request.purpose());
    if (!purpose && request.purpose() != v1::PURPOSE_UNSPECIFIED) {
        return malformed("purpose", "must be a purpose of the scheme");
    }
    instruction.purpose = purpose.value_or(scheme::usual_purpose(instruction.service));
    return std::nullopt;
}

std::optional<CallError> PayerSide::read_payee(const v1::SendRemittanceRequest& request,
                                               Instruction& instruction) const {
    instruction.payee_account = request.payee_account();
    instruction.payee_name = request.payee_name();
    if (!request.has_payee_proxy()) {
        if (const auto rule = scheme::check_account(request.payee_account())) {
            return malformed("payee_account", *rule);
        }
        return std::nullopt;
    }
    if (!request.payee_account().empty()) {
        return malformed("payee_account", "must be empty with payee_proxy");
    }
    const bool domestic = instruction.service == Service::kDomestic;
    if (auto error = check_proxy(domestic ? options_.rail : other(options_.rail),
                                 request.payee_proxy(), "payee_proxy")) {
        return error;
    }
    instruction.payee_proxy = &request.payee_proxy();
    instruction.proxy_reference = request.proxy_reference();
    const v1::ResolveProxyResponse* found =
        parts_.resolutions.find(request.payee_proxy(), request.proxy_reference());
    if (found == nullptr) {
        if (instruction.payee_agent.empty()) {
            return malformed("payee_agent",
                             "must be given: this bank has not resolved the proxy lately");
        }
        return std::nullopt;  // a name that is missing is found by the check of names
    }
    instruction.suspicious = found->suspicious();
    if (instruction.payee_agent.empty()) {
        instruction.payee_agent = found->payee_agent();
    }
    if (instruction.payee_agent == options_.code) {
        return malformed("payee_proxy",
                         "must stand for a customer of another bank: within one no rail is needed");
    }
    if (instruction.payee_name.empty()) {
        instruction.payee_name = found->display_name_en();
    }
    return std::nullopt;
}

std::optional<CallError> PayerSide::read_money(const v1::SendRemittanceRequest& request,
                                               Instruction& instruction) const {
    const bool domestic = instruction.service == Service::kDomestic;
    const bool quoted = !request.quote_id().empty();
    if (quoted && domestic) {
        return malformed("quote_id", "must be empty for a domestic payment");
    }
    if (quoted && !scheme::parse_uetr(request.quote_id())) {
        return malformed("quote_id", scheme::kUetrRule);
    }
    const money::AmountMinor amount{request.amount_minor()};
    if (!quoted || amount != money::kZeroAmount) {
        if (const auto rule = money::check_amount(amount)) {
            return malformed("amount_minor", *rule);
        }
    }
    const bool may_be_hkd = domestic ? options_.rail == Rail::kFps : quoted;
    const bool may_be_unset = quoted && amount == money::kZeroAmount;
    const bool in_hkd = request.currency() == v1::CURRENCY_HKD;
    if (in_hkd ? !may_be_hkd
               : request.currency() != v1::CURRENCY_CNY &&
                     !(may_be_unset && request.currency() == v1::CURRENCY_UNSPECIFIED)) {
        return malformed("currency", domestic
                                         ? "must be one in which this rail settles"
                                         : "must be CURRENCY_CNY: only CNY crosses the border");
    }
    instruction.amount = amount;
    const money::Currency held = parts_.books.customer(instruction.payer).currency;
    if (domestic) {
        instruction.currency = in_hkd ? money::Currency::kHkd : money::Currency::kCny;
    }
    if (!quoted && held != instruction.currency) {
        return CallError{CallError::Kind::kState, "ACCOUNT_CURRENCY", "payer_account",
                         domestic ? "must be in the currency of the payment"
                                  : "must be a CNY account, or the order must name a quote: only "
                                    "CNY crosses the border"};
    }
    return std::nullopt;
}

// Completes an instruction by its quote, as far as this bank knows it; the sentence is why it must
// not go.
std::optional<std::string_view> PayerSide::take_quote(const v1::SendRemittanceRequest& request,
                                                      SchemeTime now,
                                                      Instruction& instruction) const {
    const bool own = options_.rail == Rail::kFps;
    const bool in_hkd = request.currency() == v1::CURRENCY_HKD;
    const money::AmountMinor ordered = instruction.amount;
    const QuoteBook& book = own ? parts_.exchange.issued() : parts_.exchange.offers();
    // As ordered, for the record of a refusal.
    ExchangeTerms terms{*scheme::parse_uetr(request.quote_id()),
                        in_hkd ? ordered : money::kZeroAmount, money::Rate{0}};
    instruction.exchange = terms;
    instruction.amount = in_hkd ? money::kZeroAmount : ordered;
    const Quote* quote = book.find(terms.quote, own ? QuoteKind::kBid : QuoteKind::kOffer);
    if (quote == nullptr) {
        return "This bank has given no such quote to its customer.";
    }
    if (ordered != money::kZeroAmount && ordered != (in_hkd ? quote->terms.hkd : quote->cny)) {
        return "The quote is for another amount.";
    }
    instruction.exchange = quote->terms;
    instruction.amount = quote->cny;
    if (own) {
        return book.judge(quote->terms, QuoteKind::kBid, instruction.payer, quote->cny, now);
    }
    // Whether it is over or used is for its issuer to say, once.
    if (quote->account != instruction.payer) {
        return "The quote is for another account.";
    }
    if (quote->payee_agent != instruction.payee_agent) {
        return "The quote is of another bank.";
    }
    return std::nullopt;
}

Outcome<const OutgoingRemittance*> PayerSide::send(const v1::SendRemittanceRequest& request,
                                                   const scheme::Uetr& fresh, Moment now,
                                                   std::optional<ElapsedTime> scheduled_at) {
    auto same = find_same(request);
    const auto* before = std::get_if<const OutgoingRemittance*>(&same);
    if (before == nullptr || *before != nullptr) {
        return same;
    }
    if (request.has_payee_proxy() && request.proxy_reference() == 0) {
        return CallError{CallError::Kind::kState, "PROXY_NOT_RESOLVED", "proxy_reference",
                         "must come from a resolution of the proxy"};
    }
    auto read_order = read(request);
    if (auto* error = std::get_if<CallError>(&read_order)) {
        return std::move(*error);
    }
    Instruction& instruction = std::get<Instruction>(read_order);
    instruction.scheduled_at = scheduled_at;
    const scheme::Uetr uetr = scheme::parse_uetr(request.uetr()).value_or(fresh);
    if (!request.quote_id().empty()) {
        if (const auto why = take_quote(request, now.scheme, instruction)) {
            return refuse(instruction, uetr, now,
                          reason_of(options_.rail, scheme::ResultCode::kPayerQuote, *why));
        }
    }
    switch (start(instruction, uetr, now)) {
        case Start::kSent:
            return remittances_.find(uetr);
        case Start::kNoMoney:
            return refuse(instruction, uetr, now,
                          reason_of(options_.rail, scheme::ResultCode::kPayerFunds));
        case Start::kOutboxFull:
            return full("OUTBOX_FULL", "the switch has not taken up the payments sent before");
        case Start::kMemoryFull:
            return full("TOO_MANY_PENDING", "too many payments of this bank are pending");
        case Start::kBooksFull:
            return full("BOOKS_FULL", "this bank's books can take no such amount any more");
        case Start::kNoTokenKey:
            return no_token_key();
    }
    LOWU_UNREACHABLE("every result of start is handled");
}

Outcome<const OutgoingRemittance*> PayerSide::refuse_unresolved(
    const v1::SendRemittanceRequest& request, const scheme::Uetr& fresh, Moment now,
    std::string_view why, std::optional<ElapsedTime> scheduled_at) {
    auto same = find_same(request);
    const auto* before = std::get_if<const OutgoingRemittance*>(&same);
    if (before == nullptr || *before != nullptr) {
        return same;
    }
    Instruction instruction;
    if (auto error = read_route(request, instruction)) {
        return *std::move(error);
    }
    if (auto error = read_money(request, instruction)) {
        return *std::move(error);
    }
    instruction.scheduled_at = scheduled_at;
    instruction.payee_proxy = &request.payee_proxy();
    instruction.payee_name = request.payee_name();
    instruction.remittance_information = request.remittance_information();
    if (!request.quote_id().empty()) {
        // Named in the record, and neither judged nor used.
        static_cast<void>(take_quote(request, now.scheme, instruction));
    }
    return refuse(instruction, scheme::parse_uetr(request.uetr()).value_or(fresh), now,
                  reason_of(options_.rail, scheme::ResultCode::kPayerProxy, why));
}

}  // namespace lowu::bank
