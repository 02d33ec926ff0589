// What a reason code or a rule means, from the scheme's own table and the standard. Exists apart
// from the command because `up` explains its refusals, too. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/scheme/result.hpp"

namespace lowu::client {

// Rows with this ISO code, this native code of either rail, or of this rule's name; letters may be
// of either case. In order of precedence; empty when there is none.
[[nodiscard]] std::vector<const scheme::ResultRow*> find_results(std::string_view what);

// "the origin rail: fps northbound, ibps southbound"
[[nodiscard]] std::string raised_by_text(scheme::RaisedBy raised_by);

// Some lines about each row, after the standard's definition of their ISO codes.
[[nodiscard]] std::string explanation_text(const std::vector<const scheme::ResultRow*>& rows);

// What a reason to send a settled payment back means, for example MD06; empty for any other code.
[[nodiscard]] std::string return_reason_text(std::string_view code);

// All rows but "accepted" as a table, in order of precedence.
[[nodiscard]] std::string all_results_text();

}  // namespace lowu::client
