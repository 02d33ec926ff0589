// A payment and its timeline as text. Exists because `get`, `pay` and `up` show payments alike.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "lowu/v1/payment.pb.h"

namespace lowu::client {

// "CNY 12.50  012 Bank of China (Hong Kong) -> 102100099996 ..." and its state, some lines.
[[nodiscard]] std::string payment_text(const v1::Payment& payment);

// One line per event: scheme time, time since the first event, rail, kind, what happened. Rules
// that held one after another share a line; times stand where they change. Says first what is
// missing when it is told from the archive.
[[nodiscard]] std::string timeline_text(const v1::GetPaymentResponse& response, std::size_t indent);

// "RJCT AC03 (LW050) after 0.817 ms: The payee's bank has no such account."; 0 says no duration.
[[nodiscard]] std::string status_text(v1::PaymentStatus status, const v1::StatusReason& reason,
                                      std::int64_t duration_us);

}  // namespace lowu::client
