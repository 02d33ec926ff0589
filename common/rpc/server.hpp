// Starts a gRPC server as every lowu program does: health and reflection on, loopback only, no
// silent sharing of a port, the bound port in a file for whoever waits for it. Called by main().
// Any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <span>
#include <string>

#include "common/base/result.hpp"

namespace lowu::rpc {

struct ServerSettings {
    std::string listen;     ///< See check_listen_address.
    std::string port_file;  ///< Empty for none; holds the port and a newline, written at once.
};

struct RunningServer {
    std::unique_ptr<grpc::Server> server;
    std::string address;  ///< As listen, with the port that was bound.
};

/// The services must outlive the server. Health says NOT_SERVING until set_serving. Fails with
/// kInvalid (address), kBusy (cannot be bound), kIo (port file).
[[nodiscard]] Result<RunningServer> start_server(const ServerSettings& settings,
                                                 std::span<grpc::Service* const> services);

/// What the health service answers for the whole server.
void set_serving(grpc::Server& server, bool serving);

}  // namespace lowu::rpc
