// Questions to the switch's unary services. See switch_calls.hpp.
#include "bank_sim/client/switch_calls.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "common/rpc/status.hpp"

namespace lowu::bank {
namespace {

// Longer than the switch itself waits for the other side of the link.
constexpr auto kPatience = std::chrono::seconds(10);

// A switch that restarts is asked again at once, however long it was away.
constexpr int kReconnectMs = 1'000;

std::shared_ptr<grpc::Channel> open_channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMs);
    arguments.SetMaxReceiveMessageSize(static_cast<int>(kMaxSwitchAnswerBytes));
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

template <class Request, class Response>
struct SwitchCalls::CallOf final : SwitchCalls::Call {
    CallOf(Request asked, Done<Response> then) : request(std::move(asked)), done(std::move(then)) {}

    void answer(const grpc::Status& status) override { done(status, response); }

    Request request;
    Response response;
    Done<Response> done;
};

SwitchCalls::SwitchCalls(boost::asio::io_context& loop, const std::string& address) : loop_(loop) {
    const auto channel = open_channel(address);
    directory_ = v1::DirectoryService::NewStub(channel);
    exchange_ = v1::ExchangeService::NewStub(channel);
}

SwitchCalls::~SwitchCalls() {
    LOWU_ASSERT(calls_.empty(), "questions are answered before the loop ends");
}

template <class Request, class Response, class Invoke>
void SwitchCalls::start(Request request, Done<Response> done, Invoke invoke) {
    auto owned = std::make_unique<CallOf<Request, Response>>(std::move(request), std::move(done));
    auto* call = owned.get();
    const bool full = calls_.size() >= kMaxSwitchCalls;
    calls_.emplace(call, std::move(owned));
    if (full) {
        boost::asio::post(loop_, [this, call] {
            finish(call,
                   rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_QUESTIONS", "",
                                    "too many questions to the switch are under way"));
        });
        return;
    }
    call->context.set_deadline(std::chrono::system_clock::now() + kPatience);
    invoke(&call->context, &call->request, &call->response, [this, call](grpc::Status status) {
        boost::asio::post(loop_,
                          [this, call, status = std::move(status)] { finish(call, status); });
    });
}

void SwitchCalls::finish(Call* call, const grpc::Status& status) {
    const auto found = calls_.find(call);
    LOWU_ASSERT(found != calls_.end(), "a question is answered once");
    const std::unique_ptr<Call> owned = std::move(found->second);
    calls_.erase(found);
    owned->answer(status);
}

void SwitchCalls::register_proxy(v1::RegisterProxyRequest request,
                                 Done<v1::RegisterProxyResponse> done) {
    start(std::move(request), std::move(done), [this](auto... arguments) {
        directory_->async()->RegisterProxy(std::move(arguments)...);
    });
}

void SwitchCalls::remove_proxy(v1::RemoveProxyRequest request, Done<v1::RemoveProxyResponse> done) {
    start(std::move(request), std::move(done),
          [this](auto... arguments) { directory_->async()->RemoveProxy(std::move(arguments)...); });
}

void SwitchCalls::resolve_proxy(v1::ResolveProxyRequest request,
                                Done<v1::ResolveProxyResponse> done) {
    start(std::move(request), std::move(done), [this](auto... arguments) {
        directory_->async()->ResolveProxy(std::move(arguments)...);
    });
}

void SwitchCalls::request_quote(v1::RequestQuoteRequest request,
                                Done<v1::RequestQuoteResponse> done) {
    start(std::move(request), std::move(done),
          [this](auto... arguments) { exchange_->async()->RequestQuote(std::move(arguments)...); });
}

void SwitchCalls::cancel_all() {
    for (const auto& [key, call] : calls_) {
        call->context.TryCancel();
    }
}

}  // namespace lowu::bank
