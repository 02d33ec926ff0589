// The three processes. See network.hpp.
#include "client/network.hpp"

#include <algorithm>
#include <thread>

namespace lowu::client {

Network::Network(const Addresses& addresses)
    : switch_(addresses.switch_address),
      hk_("the Hong Kong banks' process", addresses.hk),
      mainland_("the Mainland banks' process", addresses.mainland) {}

bool wait_with_backoff(std::chrono::milliseconds timeout, const std::function<bool()>& ready) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::chrono::milliseconds pause{5};
    while (!ready()) {
        if (std::chrono::steady_clock::now() + pause > deadline) return false;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds{250});
    }
    return true;
}

}  // namespace lowu::client
