// Python scripts against the real programs: finding a Python that has gRPC, generating the classes
// of proto/, starting a script. Exists so that every test in Python finds and skips the same way.
// Used by foreign_clients_test.cpp and hostile_test.cpp, on the test's main thread.
#pragma once

#include <string>
#include <vector>

#include "tests/support/process.hpp"

namespace lowu::test {

/// The Python that has gRPC: the one in PATH or Debian's own; empty when neither has it.
[[nodiscard]] std::string python_with_grpc();

/// Why Python cannot be tested here; empty when it can.
[[nodiscard]] std::string python_missing();

/// Starts a script of tests/integration/python with the generated classes importable. Classes and
/// output go into `folder`.
[[nodiscard]] Process start_script(const TempDirectory& folder, const std::string& name,
                                   std::vector<std::string> arguments);

}  // namespace lowu::test
