// The contract's words. See words.hpp.
#include "client/words.hpp"

#include <array>

#include "client/context.hpp"
#include "common/money/amount.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/calendar.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/proxy.hpp"
#include "common/scheme/purpose.hpp"
#include "common/scheme/service.hpp"

namespace lowu::client {

namespace {

template <class Enum>
struct Word {
    Enum value;
    std::string_view text;
};

constexpr std::array<Word<v1::Service>, 4> kServices = {{
    {v1::SERVICE_P2P_REMITTANCE, "p2p"},
    {v1::SERVICE_FEE_COLLECTION, "fee"},
    {v1::SERVICE_BUSINESS_TO_PERSON, "b2p"},
    {v1::SERVICE_DOMESTIC, "domestic"},
}};

constexpr std::array<Word<v1::PartyKind>, 3> kParties = {{
    {v1::PARTY_KIND_PERSON, "person"},
    {v1::PARTY_KIND_COMPANY, "company"},
    {v1::PARTY_KIND_REGISTERED_INSTITUTION, "institution"},
}};

constexpr std::array<Word<v1::Direction>, 3> kDirections = {{
    {v1::DIRECTION_NORTHBOUND, "northbound"},
    {v1::DIRECTION_SOUTHBOUND, "southbound"},
    {v1::DIRECTION_DOMESTIC, "domestic"},
}};

constexpr std::string_view kCodeRule =
    "must be a clearing code of 3 characters of [A-Z0-9] or an IBPS code of 12 digits with its "
    "check digit";

template <class Enum, std::size_t kSize>
std::string_view text_of(const std::array<Word<Enum>, kSize>& words, Enum value) {
    for (const Word<Enum>& row : words) {
        if (row.value == value) return row.text;
    }
    return "";
}

template <class Enum, std::size_t kSize>
const Word<Enum>* find(const std::array<Word<Enum>, kSize>& words, std::string_view text) {
    for (const Word<Enum>& row : words) {
        if (row.text == text) return &row;
    }
    return nullptr;
}

}  // namespace

std::string word(v1::Service service) {
    return std::string(text_of(kServices, service));
}

std::string word(v1::Purpose purpose) {
    const auto known = scheme::purpose_from_number(purpose);
    return known ? std::string(to_string(*known)) : "";
}

std::string word(v1::PartyKind kind) {
    if (kind == v1::PARTY_KIND_REGISTERED_INSTITUTION) return "registered institution";
    return std::string(text_of(kParties, kind));
}

std::string word(v1::DocumentType document) {
    if (document == v1::DOCUMENT_TYPE_HKID) return "HKID";
    if (document == v1::DOCUMENT_TYPE_MAINLAND_ID) return "Mainland ID";
    if (document == v1::DOCUMENT_TYPE_OTHER) return "other";
    return "";
}

std::string word(v1::ProxyKind kind) {
    if (kind == v1::PROXY_KIND_MOBILE) return "mobile";
    if (kind == v1::PROXY_KIND_EMAIL) return "email";
    if (kind == v1::PROXY_KIND_FPS_ID) return "FPS ID";
    return "";
}

std::string proxy_text(const v1::Proxy& proxy) {
    return word(proxy.kind()) + " " + proxy.value();
}

v1::Rail to_proto(scheme::Rail rail) {
    return rail == scheme::Rail::kFps ? v1::RAIL_FPS : v1::RAIL_IBPS;
}

Result<v1::Service> parse_service_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::SERVICE_UNSPECIFIED;
    if (const auto* row = find(kServices, text)) return row->value;
    if (const auto known = scheme::parse_service(text)) {
        return static_cast<v1::Service>(*known);
    }
    return usage_error(field, "must be p2p, fee, b2p or domestic");
}

Result<v1::Purpose> parse_purpose_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::PURPOSE_UNSPECIFIED;
    if (const auto known = scheme::parse_purpose(text)) return static_cast<v1::Purpose>(*known);
    std::string words;
    for (const scheme::Purpose purpose : scheme::kPurposes) {
        words += (words.empty() ? "" : ", ") + std::string(to_string(purpose));
    }
    return usage_error(field, "must be one of " + words);
}

Result<v1::Direction> parse_direction_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::DIRECTION_UNSPECIFIED;
    if (const auto* row = find(kDirections, text)) return row->value;
    return usage_error(field, "must be northbound, southbound or domestic");
}

Result<v1::Rail> parse_rail_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::RAIL_UNSPECIFIED;
    if (const auto rail = scheme::parse_rail(text)) return to_proto(*rail);
    return usage_error(field, "must be fps or ibps");
}

Result<v1::PartyKind> parse_party_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::PARTY_KIND_UNSPECIFIED;
    if (const auto* row = find(kParties, text)) return row->value;
    return usage_error(field, "must be person, company or institution");
}

Result<v1::DocumentType> parse_document_word(std::string_view field, std::string_view text) {
    if (text.empty()) return v1::DOCUMENT_TYPE_UNSPECIFIED;
    const auto known = scheme::parse_document_type(text);
    if (known && *known != scheme::DocumentType::kNone) {
        return static_cast<v1::DocumentType>(*known);
    }
    return usage_error(field, "must be hkid, mainland_id or other");
}

Result<scheme::Rail> parse_bank_code(std::string_view field, std::string_view text) {
    if (const auto rail = scheme::rail_of_code(text)) return *rail;
    return usage_error(field, kCodeRule);
}

Result<std::int64_t> parse_time(std::string_view field, std::string_view text) {
    if (const auto time = scheme::parse_utc8(text)) return time->value;
    return usage_error(field, "must be a time in UTC+8 like \"2025-06-22 12:00\"");
}

Result<std::int64_t> parse_money(std::string_view field, std::string_view text) {
    const auto parsed = money::parse_amount(text);
    if (!parsed) return usage_error(field, parsed.broken_rule);
    if (const auto rule = money::check_amount(*parsed.amount)) return usage_error(field, *rule);
    return parsed.amount->value;
}

Result<std::int64_t> parse_rate_e8(std::string_view field, std::string_view text) {
    if (const auto rate = money::parse_rate(text)) return rate->value;
    return usage_error(field, "must be a rate like 0.9152: more than zero, at most eight decimals");
}

Result<v1::Proxy> parse_proxy(scheme::Rail rail, std::string_view kind, std::string_view value) {
    const auto known =
        kind.empty() ? scheme::guess_proxy_kind(value) : scheme::parse_proxy_kind(kind);
    if (!known && !kind.empty()) {
        return usage_error("--proxy-kind", "must be mobile, email or fps_id");
    }
    if (!known) {
        return usage_error("proxy",
                           "must be a mobile number (+852-91234567), an e-mail address or an FPS "
                           "ID of 7 or 9 digits");
    }
    if (const auto rule = scheme::check_proxy(rail, *known, value)) {
        return usage_error("proxy", *rule);
    }
    v1::Proxy proxy;
    proxy.set_kind(static_cast<v1::ProxyKind>(*known));
    proxy.set_value(std::string(value));
    return proxy;
}

bool is_mainland_mobile(std::string_view proxy) {
    return proxy.starts_with("+86-");
}

std::string rate_text(std::int64_t rate_e8) {
    constexpr std::size_t kDropped = 4;  // of eight decimals, when they are zeros
    std::string text = money::format_rate(money::Rate{rate_e8});
    for (std::size_t i = 0; i < kDropped && text.ends_with('0'); ++i) {
        text.pop_back();
    }
    return text;
}

}  // namespace lowu::client
