// What happens in a simulated run when one of the program's own assertions fails: the run ends with
// a complaint, and the process goes on, so that the seed can be named and shrunk. Exists as a
// choice at link time (assertion_hook.cpp stands before the archive that has the aborting one). The
// hook is of one thread.
#pragma once

#include <functional>
#include <string>

namespace lowu::simulator {

/// Called instead of the abort when an assertion fails on this thread. It must not return: what has
/// failed cannot go on, and nothing may be taken apart behind it. Empty: the process aborts.
void on_assertion(std::function<void(std::string what)> hook);

}  // namespace lowu::simulator
