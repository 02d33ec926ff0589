// Starts a gRPC server. See server.hpp.
#include "common/rpc/server.hpp"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "common/rpc/listen.hpp"
#include "grpc/health/v1/health.pb.h"

namespace lowu::rpc {
namespace {

// By rename, so that a reader sees either nothing or the whole port.
Result<void> write_port_file(const std::string& file, int port) {
    const std::string draft = file + ".draft";
    std::ofstream stream(draft, std::ios::trunc);
    stream << port << '\n';
    stream.close();
    if (!stream || std::rename(draft.c_str(), file.c_str()) != 0) {
        return Error{Error::Kind::kIo, "port file " + file + " cannot be written"};
    }
    return {};
}

std::string bound_address(const std::string& listen, int port) {
    if (listen.starts_with("unix")) {
        return listen;
    }
    return listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
}

}  // namespace

Result<RunningServer> start_server(const ServerSettings& settings,
                                   std::span<grpc::Service* const> services) {
    if (Result<void> checked = check_listen_address(settings.listen); !checked) {
        return std::move(checked).error();
    }
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // Links the descriptor in: reflection lists the health service, so it must be able to show it.
    static_cast<void>(grpc::health::v1::HealthCheckRequest::descriptor());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(settings.listen, grpc::InsecureServerCredentials(), &port);
    // Two programs on one port would each get some of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    for (grpc::Service* service : services) {
        builder.RegisterService(service);
    }
    RunningServer running{builder.BuildAndStart(), {}};
    if (running.server == nullptr || port == 0) {
        return Error{Error::Kind::kBusy,
                     "cannot listen on " + settings.listen + ": the address is taken or not there"};
    }
    set_serving(*running.server, false);
    running.address = bound_address(settings.listen, port);
    if (!settings.port_file.empty()) {
        if (Result<void> written = write_port_file(settings.port_file, port); !written) {
            return std::move(written).error();
        }
    }
    return running;
}

void set_serving(grpc::Server& server, bool serving) {
    if (auto* health = server.GetHealthCheckService()) {
        health->SetServingStatus(serving);
    }
}

}  // namespace lowu::rpc
