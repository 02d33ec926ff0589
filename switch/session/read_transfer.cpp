// An instruction's fields; see read_transfer.hpp. Each reader judges some fields and takes them up
// when they are well formed; read_transfer has them in order.
#include "switch/session/read_transfer.hpp"

#include "common/money/amount.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/wire/v1/participant_wire.pb.h"
#include "switch/core/limits.hpp"
#include "switch/session/convert.hpp"

namespace lowu::session {
namespace {

using scheme::Field;
using scheme::FieldFault;
using scheme::Rail;
using scheme::Service;

constexpr std::string_view kAmountRule = "must be 1 to 99,999,999,999,999,999 minor units";

bool is_amount(std::int64_t amount_minor) {
    return amount_minor > 0 && amount_minor <= money::kMaxAmountMinor.value;
}

/// service to payee_agent.
std::optional<FieldFault> read_agents(const wire::v1::CreditTransfer& from,
                                      std::string_view own_code, Rail own_rail,
                                      core::CreditTransfer& command) {
    const auto service = scheme::service_from_number(from.service());
    if (!service) {
        return FieldFault{Field::kService,
                          "must be P2P_REMITTANCE, FEE_COLLECTION, BUSINESS_TO_PERSON or DOMESTIC"};
    }
    command.service = *service;
    if (from.payer_agent() != own_code) {
        return FieldFault{Field::kPayerAgent, "must be the code of the session's own participant"};
    }
    const bool domestic = *service == Service::kDomestic;
    const Rail destination = domestic ? own_rail : scheme::other(own_rail);
    if (const auto rule = scheme::check_agent_code(destination, from.payee_agent())) {
        return FieldFault{Field::kPayeeAgent, *rule};
    }
    if (domestic && from.payee_agent() == own_code) {
        return FieldFault{Field::kPayeeAgent,
                          "must be another bank than the payer's: no rail is needed within one"};
    }
    command.payee_agent = *scheme::parse_agent_code(from.payee_agent());
    return std::nullopt;
}

std::optional<FieldFault> read_accounts(const wire::v1::CreditTransfer& from, journal::Body& body) {
    if (const auto rule = scheme::check_account(from.payer_account())) {
        return FieldFault{Field::kPayerAccount, *rule};
    }
    if (from.has_payee_proxy()) {
        if (!from.payee_account().empty()) {
            return FieldFault{Field::kPayeeAccount, "must be empty when payee_proxy is set"};
        }
    } else if (const auto rule = scheme::check_account(from.payee_account())) {
        return FieldFault{Field::kPayeeAccount, *rule};
    }
    body.payer_account = from.payer_account();
    body.payee_account = from.payee_account();
    return std::nullopt;
}

/// amount_minor to purpose.
std::optional<FieldFault> read_money(const wire::v1::CreditTransfer& from, Rail own_rail,
                                     core::CreditTransfer& command, journal::Body& body) {
    if (!is_amount(from.amount_minor())) return FieldFault{Field::kAmount, kAmountRule};
    const bool hkd_moves = command.service == Service::kDomestic && own_rail == Rail::kFps;
    const bool cny = from.currency() == static_cast<int>(money::Currency::kCny);
    const bool hkd = from.currency() == static_cast<int>(money::Currency::kHkd);
    if (!cny && !(hkd && hkd_moves)) {
        return FieldFault{Field::kCurrency,
                          "must be CURRENCY_CNY, or CURRENCY_HKD with SERVICE_DOMESTIC on fps: "
                          "nothing else crosses the link"};
    }
    if (from.creation_time_ms() <= 0) {
        return FieldFault{Field::kCreationTime, "must be milliseconds since 1970-01-01 UTC"};
    }
    const auto purpose = scheme::purpose_from_number(from.purpose());
    if (!purpose) return FieldFault{Field::kPurpose, "must be a purpose of the contract"};
    command.amount = money::AmountMinor{from.amount_minor()};
    command.currency = cny ? money::Currency::kCny : money::Currency::kHkd;
    command.creation_time = SchemeTime{from.creation_time_ms()};
    command.purpose = *purpose;
    body.creation_time = command.creation_time;
    body.purpose = *purpose;
    return std::nullopt;
}

/// The tokens of a person. Across the boundary persons pay under their quotas, so they need one;
/// elsewhere they may have one.
std::optional<std::string_view> read_tokens(const v1::Payer& from, Service service,
                                            core::Payer& payer) {
    const bool needed = service == Service::kP2pRemittance || service == Service::kFeeCollection;
    if (!needed && from.token().empty()) {
        if (from.token_version() == 0 && from.previous_token().empty()) return std::nullopt;
        return "must have token_version and previous_token only with a token";
    }
    const auto token = scheme::parse_person_token(from.token());
    if (!token) return "must have a token of 16 bytes that are not all zero";
    if (from.token_version() == 0) return "must have a token_version of 1 or more";
    payer.tokens.current = *token;
    payer.token_version = from.token_version();
    if (from.previous_token().empty()) return std::nullopt;
    const auto previous = scheme::parse_person_token(from.previous_token());
    if (!previous) return "must have a previous_token that is empty or 16 bytes, not all zero";
    payer.tokens.previous = *previous;
    return std::nullopt;
}

std::optional<std::string_view> read_payer(const v1::Payer& from, Service service,
                                           core::Payer& payer) {
    const auto kind = scheme::party_kind_from_number(from.kind());
    if (!kind) return "must have a kind: PERSON, COMPANY or REGISTERED_INSTITUTION";
    const auto document = scheme::document_type_from_number(from.document());
    if (!document) return "must have a document of the contract, or none";
    payer.kind = *kind;
    payer.document = *document;
    if (*kind == scheme::PartyKind::kPerson) return read_tokens(from, service, payer);
    if (*document != scheme::DocumentType::kNone || !from.token().empty() ||
        from.token_version() != 0 || !from.previous_token().empty()) {
        return "must have document and tokens only when it is a person";
    }
    return std::nullopt;
}

std::optional<std::string_view> read_payee_proxy(const v1::ProxyReference& from, Rail directory,
                                                 core::CreditTransfer& command,
                                                 journal::Body& body) {
    ProxyText proxy;
    if (const auto fault = read_proxy(directory, from.proxy(), proxy)) return fault->rule;
    if (from.reference() == 0) return "must have the reference that its look-up gave";
    command.payee_proxy = {proxy.hash, core::ProxyReference{from.reference()}};
    body.payee_proxy = std::move(proxy.value);
    body.proxy_kind = static_cast<std::uint8_t>(proxy.kind);
    body.proxy_reference = from.reference();
    return std::nullopt;
}

std::optional<std::string_view> read_exchange(const v1::Exchange& from, Service service,
                                              core::CreditTransfer& command, journal::Body& body) {
    if (service == Service::kDomestic) return "must be unset: nothing is exchanged within a rail";
    if (const auto rule = check_exchange(from)) return rule;
    command.exchange.hkd = money::AmountMinor{from.hkd_minor()};
    command.exchange.rate = money::Rate{from.rate_e8()};
    body.quote_id = from.quote_id();
    body.hkd = command.exchange.hkd;
    body.rate = command.exchange.rate;
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> check_exchange(const v1::Exchange& exchange) {
    if (!scheme::parse_uetr(exchange.quote_id())) {
        return "must have a quote_id that is a version 4 UUID in lower case";
    }
    if (!is_amount(exchange.hkd_minor())) {
        return "must have an hkd_minor of 1 to 99,999,999,999,999,999";
    }
    if (exchange.rate_e8() <= 0 || exchange.rate_e8() > money::kRateMax.value) {
        return "must have a rate_e8 above 0 and at most 1,000,000 CNY for one HKD";
    }
    return std::nullopt;
}

std::optional<FieldFault> read_transfer(const wire::v1::CreditTransfer& from,
                                        std::string_view own_code, Rail own_rail,
                                        core::CreditTransfer& command, journal::Body& body) {
    if (const auto fault = read_agents(from, own_code, own_rail, command)) return fault;
    if (const auto fault = read_accounts(from, body)) return fault;
    if (const auto fault = read_money(from, own_rail, command, body)) return fault;
    if (const auto rule = read_payer(from.payer(), command.service, command.payer)) {
        return FieldFault{Field::kPayer, *rule};
    }
    body.payer_kind = command.payer.kind;
    if (from.has_payee_proxy()) {
        const bool domestic = command.service == Service::kDomestic;
        const Rail directory = domestic ? own_rail : scheme::other(own_rail);
        if (const auto rule = read_payee_proxy(from.payee_proxy(), directory, command, body)) {
            return FieldFault{Field::kPayeeProxy, *rule};
        }
    }
    if (from.has_exchange()) {
        if (const auto rule = read_exchange(from.exchange(), command.service, command, body)) {
            return FieldFault{Field::kExchange, *rule};
        }
    }
    if (from.carried().size() > core::kMaxCarriedBytes) {
        return FieldFault{Field::kCarried, "must be at most 4,096 bytes"};
    }
    body.carried = from.carried();
    journal::hash_body(body, command);
    return std::nullopt;
}

}  // namespace lowu::session
