// Which named steps of a payment's way a command has just taken (common/base/crash_step.hpp): the
// cell has applied it, its batch is not durable yet. Exists because the cell itself must not know
// that tests kill processes. Called by the engine; one thread.
#pragma once

#include "switch/core/cell.hpp"

namespace lowu::engine {

/// Passes every step that the command has taken. In the installed programs: nothing.
void pass_crash_steps(const core::Command& command, const core::Effects& effects);

}  // namespace lowu::engine
