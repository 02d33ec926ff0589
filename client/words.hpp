// The contract's words as people read and type them: services, purposes, parties, proxies. Exists
// so that every command takes and shows the same words. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/participant.pb.h"
#include "lowu/v1/types.pb.h"

namespace lowu::client {

// "p2p", "fee", "b2p", "domestic"; "" for none.
[[nodiscard]] std::string word(v1::Service service);
// "personal", "tuition", ...; "" for none.
[[nodiscard]] std::string word(v1::Purpose purpose);
// "person", "company", "registered institution"; "" for none.
[[nodiscard]] std::string word(v1::PartyKind kind);
// "HKID", "Mainland ID", "other"; "" for none.
[[nodiscard]] std::string word(v1::DocumentType document);
// "mobile", "email", "FPS ID".
[[nodiscard]] std::string word(v1::ProxyKind kind);
// "mobile +852-91234567"
[[nodiscard]] std::string proxy_text(const v1::Proxy& proxy);

[[nodiscard]] v1::Rail to_proto(scheme::Rail rail);

// What follows fails with kInvalid: "<field> must be ...". An empty text gives UNSPECIFIED where
// the comment says so.

// "p2p", "fee", "b2p", "domestic", or the scheme's long names; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::Service> parse_service_word(std::string_view field, std::string_view text);
// "personal", ...; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::Purpose> parse_purpose_word(std::string_view field, std::string_view text);
// "northbound", "southbound", "domestic"; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::Direction> parse_direction_word(std::string_view field,
                                                         std::string_view text);
// "fps", "ibps"; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::Rail> parse_rail_word(std::string_view field, std::string_view text);
// "person", "company", "institution"; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::PartyKind> parse_party_word(std::string_view field, std::string_view text);
// "hkid", "mainland_id", "other"; empty: UNSPECIFIED.
[[nodiscard]] Result<v1::DocumentType> parse_document_word(std::string_view field,
                                                           std::string_view text);
// A bank's code of either rail.
[[nodiscard]] Result<scheme::Rail> parse_bank_code(std::string_view field, std::string_view text);
// "2025-06-22 12:00", UTC+8, as milliseconds since 1970-01-01 UTC.
[[nodiscard]] Result<std::int64_t> parse_time(std::string_view field, std::string_view text);
// "12.50" as minor units, more than zero.
[[nodiscard]] Result<std::int64_t> parse_money(std::string_view field, std::string_view text);
// "0.9152" as CNY for one unit, times 100,000,000.
[[nodiscard]] Result<std::int64_t> parse_rate_e8(std::string_view field, std::string_view text);
// A proxy of `kind` ("mobile", "email", "fps_id"), or of the kind it looks like when that is empty;
// judged by the rules of `rail`'s directory.
[[nodiscard]] Result<v1::Proxy> parse_proxy(scheme::Rail rail, std::string_view kind,
                                            std::string_view value);

// Whether a proxy is a mobile number of the Mainland, which goes with its bank's name, and the
// rule.
[[nodiscard]] bool is_mainland_mobile(std::string_view proxy);
inline constexpr std::string_view kMainlandBankRule =
    "must name the payee's bank: a mobile number on the Mainland goes with its bank";

// "0.9152": at least four decimals, at most eight.
[[nodiscard]] std::string rate_text(std::int64_t rate_e8);

}  // namespace lowu::client
