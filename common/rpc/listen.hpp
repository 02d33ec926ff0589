// Where a server may listen. Exists because identity comes from the transport, and without TLS only
// what stays inside this machine can be trusted. Called by server.cpp and by options. Any thread.
#pragma once

#include <string_view>

#include "common/base/result.hpp"

namespace lowu::rpc {

/// Passes 127.0.0.0/8, [::1] and localhost with a port of 0 to 65535 (0: any free one), and
/// unix: sockets. Fails with kInvalid naming the rule.
[[nodiscard]] Result<void> check_listen_address(std::string_view address);

}  // namespace lowu::rpc
