// Asking the person at the terminal. Exists so that a command that needs a yes stops in a script
// instead of waiting for ever. Called by `pay`; main thread.
#pragma once

#include <string>

namespace lowu::client {

// Whether there is somebody to ask: standard input and standard error are a terminal.
[[nodiscard]] bool can_ask();

// Writes the question to standard error and reads a line; true for y or yes.
[[nodiscard]] bool ask(const std::string& question);

}  // namespace lowu::client
