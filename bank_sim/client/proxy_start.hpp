// ProxyStart: registers the proxies that banks are configured with, when the switch has been
// reached. Exists so that a process says ready only when its customers can be found. On the loop's
// thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "bank_sim/client/switch_calls.hpp"
#include "bank_sim/model/bank.hpp"
#include "lowu/v1/bank.pb.h"

namespace lowu::bank {

/// Registrations under way at once: enough that the switch makes many of them durable together.
inline constexpr std::size_t kMaxRegistrationsUnderWay = 64;

class ProxyStart {
public:
    using FindBank = std::function<Bank*(std::string_view code)>;

    /// `find` knows the bank of each proxy; `changed` is called when an answer has come.
    ProxyStart(boost::asio::io_context& loop, std::vector<v1::RegisterAccountProxyRequest> proxies,
               FindBank find, SwitchCalls& calls, std::function<void()> changed);

    /// Asks for as many as may be under way. To be called again after each change.
    void step();
    /// All are registered, or refused for good (then the log says which and why).
    [[nodiscard]] bool done() const { return waiting_.empty() && under_way_ == 0; }
    /// Asks for no more.
    void stop();

private:
    using Wanted = v1::RegisterAccountProxyRequest;

    void ask(Wanted wanted);
    void take(const Wanted& wanted, const grpc::Status& status,
              const v1::RegisterProxyResponse& response);
    void ask_again_later(const Wanted& wanted);

    std::deque<Wanted> waiting_;  // bounded by the configuration
    FindBank find_;
    SwitchCalls& calls_;
    std::function<void()> changed_;
    boost::asio::steady_timer pause_;
    bool paused_ = false;
    std::size_t under_way_ = 0;
};

}  // namespace lowu::bank
