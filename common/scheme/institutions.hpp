// The twelve institutions that Payment Connect opened with on 2025-06-22, as data with their
// sources. Exists so that sandbox and scenarios show real names where something real was published;
// whatever was not is played by invented banks. Read at start by bank_sim, client and scenarios.
// Any thread.
#pragma once

#include <span>
#include <string_view>

#include "common/base/result.hpp"
#include "common/scheme/agent_code.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::scheme {

// All views are static. Names are UTF-8: simplified characters for the Mainland, traditional for
// Hong Kong.
struct Institution {
    Rail rail;
    std::string_view code;  // fps: clearing code of 3; ibps: 12 digits
    std::string_view bic;
    std::string_view name_en;
    std::string_view name_zh;
    std::string_view bic_source;
    std::string_view code_source;
};

// Six of fps and six of ibps, in the order of their source.
[[nodiscard]] std::span<const Institution> launch_institutions();

// nullptr when it is not one of the twelve.
[[nodiscard]] const Institution* find_institution(AgentCode code);

// Check digits, shapes of BIC and names, sources, duplicates. The error names the first broken one.
// Run by every program that shows institutions, at start.
[[nodiscard]] Result<void> verify_institutions();
[[nodiscard]] Result<void> verify_institutions(std::span<const Institution> institutions);

}  // namespace lowu::scheme
