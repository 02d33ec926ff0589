// SwitchCalls: questions to the switch's unary services: the directory of proxies, and quotes over
// the link. Exists so that a question costs no thread: gRPC's threads only post the answer to the
// loop. Bounded, each with a deadline. Everything but the posting is on the loop's thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "lowu/v1/directory.grpc.pb.h"
#include "lowu/v1/exchange.grpc.pb.h"

namespace lowu::bank {

/// Questions under way at once. What comes on top is answered with RESOURCE_EXHAUSTED.
inline constexpr std::size_t kMaxSwitchCalls = 1'024;

class SwitchCalls {
public:
    /// Called once on the loop, never before the question's call has returned. The response counts
    /// with an OK status only.
    template <class Response>
    using Done = std::function<void(const grpc::Status& status, const Response& response)>;

    /// `address`: where the switch listens. The loop must outlive every question.
    SwitchCalls(boost::asio::io_context& loop, const std::string& address);
    SwitchCalls(const SwitchCalls&) = delete;
    SwitchCalls& operator=(const SwitchCalls&) = delete;
    ~SwitchCalls();

    void register_proxy(v1::RegisterProxyRequest request, Done<v1::RegisterProxyResponse> done);
    void remove_proxy(v1::RemoveProxyRequest request, Done<v1::RemoveProxyResponse> done);
    void resolve_proxy(v1::ResolveProxyRequest request, Done<v1::ResolveProxyResponse> done);
    void request_quote(v1::RequestQuoteRequest request, Done<v1::RequestQuoteResponse> done);

    /// Every question under way is answered soon, with CANCELLED if need be.
    void cancel_all();
    [[nodiscard]] bool idle() const { return calls_.empty(); }

private:
    // What all questions have in common.
    struct Call {
        virtual ~Call() = default;
        virtual void answer(const grpc::Status& status) = 0;
        grpc::ClientContext context;
    };
    template <class Request, class Response>
    struct CallOf;

    // `invoke(context, request, response, on_done)` starts the call.
    template <class Request, class Response, class Invoke>
    void start(Request request, Done<Response> done, Invoke invoke);
    void finish(Call* call, const grpc::Status& status);

    boost::asio::io_context& loop_;
    std::unique_ptr<v1::DirectoryService::Stub> directory_;
    std::unique_ptr<v1::ExchangeService::Stub> exchange_;
    std::map<const Call*, std::unique_ptr<Call>> calls_;
};

}  // namespace lowu::bank
