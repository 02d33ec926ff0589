// Participants and positions as tables. Exists because `banks`, `positions` and `up` show them
// alike. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "lowu/v1/operations.pb.h"

namespace lowu::client {

[[nodiscard]] std::string participants_text(const v1::ListParticipantsResponse& response,
                                            std::size_t indent);

[[nodiscard]] std::string positions_text(const v1::ListPositionsResponse& response,
                                         std::size_t indent);

// "settlement", "link agent", "contra", "claim", "claim contra".
[[nodiscard]] std::string word(v1::AccountKind kind);

}  // namespace lowu::client
