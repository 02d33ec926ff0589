// Reasons: a refusal by this bank in the words of the scheme's one table of results. Exists so that
// payer and payee side say a code, its native form and its meaning alike. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/scheme/rail.hpp"
#include "common/scheme/result.hpp"
#include "lowu/v1/types.pb.h"

namespace lowu::bank {

/// `text`: what happened, in one sentence; empty: the table's own.
[[nodiscard]] inline v1::StatusReason reason_of(scheme::Rail rail, scheme::ResultCode result,
                                                std::string_view text = {}) {
    const scheme::ResultRow& row = scheme::row_of(result);
    v1::StatusReason reason;
    reason.set_code(std::string(row.iso_code));
    reason.set_native_code(
        std::string(rail == scheme::Rail::kFps ? row.fps_native : row.ibps_native));
    reason.set_text(std::string(text.empty() ? row.meaning : text));
    return reason;
}

}  // namespace lowu::bank
