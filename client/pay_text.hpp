// What a customer sees around a payment: whom a proxy stands for, a quote, a remittance. Exists
// because `pay`, `quote`, `resolve` and `up` show them alike. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "lowu/v1/bank.pb.h"

namespace lowu::client {

// "CHAN T*** M*** (陳**), person, at 012 Bank of China (Hong Kong)"
[[nodiscard]] std::string payee_text(const v1::ResolvePayeeResponse& payee);

// The warning before a payment to a proxy on the list of suspicious ones; one line without its end.
[[nodiscard]] std::string suspicious_text(const v1::Proxy& proxy);

// "HKD 1000.00 at 0.9152 = CNY 915.20"
[[nodiscard]] std::string exchange_text(const v1::Exchange& exchange, std::int64_t cny_minor);

// "Quote: HKD 1000.00 at 0.9152 = CNY 915.20, holds until ..." and the issuer and id; two lines,
// `indent` blanks before each.
[[nodiscard]] std::string offer_text(const v1::QuoteOffer& offer, std::size_t indent);

// "MD06, Return of funds requested by end customer"
[[nodiscard]] std::string return_text(const std::string& code);

// Whom a proxy stood for, and rate and both amounts; a line each where present.
[[nodiscard]] std::string proxy_and_exchange_text(const v1::Remittance& remittance,
                                                  std::size_t indent);

// How a payment stands, for its payer: state, identity, both banks, and where present proxy,
// exchange and what the account was debited; some lines.
[[nodiscard]] std::string remittance_text(const v1::Remittance& remittance);

}  // namespace lowu::client
