// What `lowu watch` shows: a change of a payment in a line, and how to go on. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "lowu/v1/payment.pb.h"

namespace lowu::client {

// One line without its end, in columns: position in the log, when accepted, UETR, service, both
// banks, amount, how it stands now.
[[nodiscard]] std::string watch_line(const v1::WatchPaymentsResponse& response);

// The headings of these columns.
[[nodiscard]] std::string watch_heading();

// The line that ends a watch: what to type to go on. `token` may be empty.
[[nodiscard]] std::string watch_end_text(std::size_t shown, const std::string& participant,
                                         const std::string& token);

}  // namespace lowu::client
