// Genesis: the commands that make the cells, and how a configuration is held against a log that has
// begun already. Exists so that a file which says something else than the log is never half
// believed: it is refused with the difference, or its values become commands. Used by the engine at
// start; one thread.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "switch/core/cell.hpp"

namespace lowu::engine {

/// In order: for each rail OpenCell, its participants, OpenLink, then SetParameters and
/// SetReferenceRate where the configuration says any.
using Genesis = std::vector<std::pair<core::Rail, core::Command>>;

/// What to do when the configuration's parameters are not the log's.
enum class OnDifference : std::uint8_t {
    kRefuse,     ///< Say the difference and stop.
    kKeepLog,    ///< Go on with the log's.
    kApplyFile,  ///< Record the configuration's, at once.
};

/// Whether the command makes something that never changes: cells, participants, agents.
[[nodiscard]] bool is_structure(const core::Command& command);

/// Error kInvalid names the first difference between the structure that the configuration makes and
/// what the log holds. Parameters are not looked at.
[[nodiscard]] Result<void> compare_structure(const Genesis& told, const Genesis& held);

/// The settings in which the configuration differs from the cell: neither what is in force nor what
/// is scheduled last. Values are the configuration's.
[[nodiscard]] std::vector<core::ParameterSetting> differing_parameters(const Genesis& told,
                                                                       const core::Cell& cell);

/// "opens_at_minute of ibps, southbound p2p_remittance: the configuration says 480, the log holds
/// 420".
[[nodiscard]] std::string describe_difference(const core::ParameterSetting& told,
                                              const core::Cell& cell);

}  // namespace lowu::engine
