// Numbers, moments and names as people and files want them. Used by all writers. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/time.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

/// For HTML and SVG: text and attributes. Control characters become blanks.
[[nodiscard]] std::string escaped(std::string_view text);
/// A field of CSV (RFC 4180): in quotes where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);
/// "1,234,567"
[[nodiscard]] std::string grouped(std::int64_t number);
/// Whole units of a currency, rounded half away from zero: "1,234" of 123,449.
[[nodiscard]] std::string grouped_money(std::int64_t minor);
/// "12.3k", "4.5m", "6bn": short, for axes; exact to the digits that are shown.
[[nodiscard]] std::string brief(std::int64_t number);
/// "850 µs", "12.3 ms", "4.5 s", "2 min"
[[nodiscard]] std::string duration_text(std::int64_t us);
/// "2025-06-22" when periods are days, else "2025-06-22 09:15".
[[nodiscard]] std::string moment_text(SchemeTime time, Duration period);
/// "2.5 %" of 25 in 1,000.
[[nodiscard]] std::string percent(std::int64_t part, std::int64_t whole);
/// "Northbound P2P remittance" for "northbound p2p_remittance".
[[nodiscard]] std::string corridor_label(std::string_view name);
/// "012 CNY", "link agent 012"
[[nodiscard]] std::string account_label(const AccountInfo& account);

}  // namespace lowu::report
