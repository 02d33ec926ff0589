// Turning into another program that lies beside lowu: for commands whose work another binary does.
// Called by such commands; main thread.
#pragma once

#include <string>
#include <vector>

#include "client/context.hpp"

namespace lowu::client {

// Returns only when the program cannot be started; else its output and exit code are lowu's.
[[nodiscard]] ExitCode become_program(const Context& context, const std::string& name,
                                      std::vector<std::string> arguments);

}  // namespace lowu::client
