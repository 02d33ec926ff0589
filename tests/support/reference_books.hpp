// Both books of a rail side by side: the cell's and the reference ledger's. Used by
// reference_check.cpp; stateless, any thread.
#pragma once

#include <string>
#include <vector>

#include "simulator/reference/state.hpp"
#include "switch/core/cell.hpp"

namespace lowu::support {

/// Where they differ, in words; empty is good.
[[nodiscard]] std::vector<std::string> books_that_differ(const core::Cell& cell,
                                                         const reference::RailState& rail);

}  // namespace lowu::support
