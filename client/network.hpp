// The other side of every command: the switch and the two processes that play the banks. Exists so
// that a command has one thing to call. Any thread: nothing here changes after construction.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "client/bank_client.hpp"
#include "client/peer.hpp"
#include "client/switch_client.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::client {

// Where the processes listen: host:port.
struct Addresses {
    std::string switch_address = "127.0.0.1:7410";
    std::string hk = "127.0.0.1:7420";
    std::string mainland = "127.0.0.1:7430";
};

// The three processes of a sandbox.
class Network {
public:
    explicit Network(const Addresses& addresses);

    [[nodiscard]] const SwitchClient& central() const { return switch_; }
    // The process that plays the banks of a rail.
    [[nodiscard]] const BankClient& banks_of(scheme::Rail rail) const {
        return rail == scheme::Rail::kFps ? hk_ : mainland_;
    }

private:
    SwitchClient switch_;
    BankClient hk_;
    BankClient mainland_;
};

// Calls `ready` until it says true, at growing distances from 5 ms to 250 ms; false when `timeout`
// has passed before.
[[nodiscard]] bool wait_with_backoff(std::chrono::milliseconds timeout,
                                     const std::function<bool()>& ready);

}  // namespace lowu::client
