// lowu.v1.DirectoryService: banks register proxies by commands through the engine, and ask who a
// proxy stands for, which the follower answers from durable state. Translation, and the rate limits
// of look-ups.
#pragma once

#include <grpcpp/grpcpp.h>

#include "common/base/clock.hpp"
#include "lowu/v1/directory.grpc.pb.h"
#include "switch/service/desk.hpp"
#include "switch/service/lookup_limiter.hpp"
#include "switch/service/requests.hpp"

namespace lowu::service {

class DirectoryService final : public v1::DirectoryService::CallbackService {
public:
    DirectoryService(Desk& desk, Requests& requests, Clock& clock)
        : desk_(desk), requests_(requests), clock_(clock) {}

    grpc::ServerUnaryReactor* RegisterProxy(grpc::CallbackServerContext* context,
                                            const v1::RegisterProxyRequest* request,
                                            v1::RegisterProxyResponse* response) override;
    grpc::ServerUnaryReactor* RemoveProxy(grpc::CallbackServerContext* context,
                                          const v1::RemoveProxyRequest* request,
                                          v1::RemoveProxyResponse* response) override;
    grpc::ServerUnaryReactor* ResolveProxy(grpc::CallbackServerContext* context,
                                           const v1::ResolveProxyRequest* request,
                                           v1::ResolveProxyResponse* response) override;
    grpc::ServerUnaryReactor* ListProxies(grpc::CallbackServerContext* context,
                                          const v1::ListProxiesRequest* request,
                                          v1::ListProxiesResponse* response) override;

private:
    struct Query;
    [[nodiscard]] grpc::Status resolve(const Query& query, const follower::Follower& follower,
                                       v1::ResolveProxyResponse& response);

    Desk& desk_;
    Requests& requests_;
    Clock& clock_;
    LookupLimiter limiter_;  ///< Follower's thread.
};

}  // namespace lowu::service
