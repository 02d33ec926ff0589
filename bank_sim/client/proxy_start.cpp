// Registration of configured proxies. See proxy_start.hpp.
#include "bank_sim/client/proxy_start.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

// Between two attempts while the switch cannot be asked.
constexpr auto kPause = std::chrono::milliseconds(200);

// What may go away by itself.
bool passes(const grpc::Status& status) {
    return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
           status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
           status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

}  // namespace

ProxyStart::ProxyStart(boost::asio::io_context& loop,
                       std::vector<v1::RegisterAccountProxyRequest> proxies, FindBank find,
                       SwitchCalls& calls, std::function<void()> changed)
    : waiting_(std::make_move_iterator(proxies.begin()), std::make_move_iterator(proxies.end())),
      find_(std::move(find)),
      calls_(calls),
      changed_(std::move(changed)),
      pause_(loop) {}

void ProxyStart::step() {
    while (!paused_ && !waiting_.empty() && under_way_ < kMaxRegistrationsUnderWay) {
        Wanted wanted = std::move(waiting_.front());
        waiting_.pop_front();
        ask(std::move(wanted));
    }
}

void ProxyStart::ask(Wanted wanted) {
    Bank* bank = find_(wanted.bank());
    LOWU_ASSERT(bank != nullptr, "proxies are of banks of the configuration");
    auto asked = bank->register_proxy(wanted);
    if (const auto* error = std::get_if<CallError>(&asked)) {
        spdlog::error("bank {}: proxy {} not registered: {} {}", wanted.bank(),
                      wanted.proxy().value(), error->field, error->rule);
        return;
    }
    ++under_way_;
    calls_.register_proxy(
        std::get<v1::RegisterProxyRequest>(std::move(asked)),
        [this, wanted = std::move(wanted)](const grpc::Status& status,
                                           const v1::RegisterProxyResponse& response) {
            take(wanted, status, response);
        });
}

void ProxyStart::take(const Wanted& wanted, const grpc::Status& status,
                      const v1::RegisterProxyResponse& response) {
    --under_way_;
    Bank& bank = *find_(wanted.bank());
    if (status.ok()) {
        bank.registered(wanted, response.registration());
    } else {
        bank.change_failed(wanted.proxy());
        if (passes(status)) {
            ask_again_later(wanted);
        } else {
            spdlog::error("bank {}: proxy {} not registered: code {} {}", wanted.bank(),
                          wanted.proxy().value(), static_cast<int>(status.error_code()),
                          status.error_message());
        }
    }
    changed_();
}

void ProxyStart::ask_again_later(const Wanted& wanted) {
    waiting_.push_back(wanted);
    if (std::exchange(paused_, true)) {
        return;
    }
    pause_.expires_after(kPause);
    pause_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            paused_ = false;
            changed_();
        }
    });
}

void ProxyStart::stop() {
    waiting_.clear();
    pause_.cancel();
}

}  // namespace lowu::bank
