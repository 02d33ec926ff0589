// Moves bytes between pairs of sockets, as it is told. See tcp_proxy.hpp.
#include "tests/kill/tcp_proxy.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/assert.hpp"

namespace lowu::killing {

namespace {

constexpr std::size_t kHeldBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr int kBacklog = 64;
constexpr int kIdleMs = 1'000;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int new_socket() {
    return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

void make_quick(int descriptor) {
    const int on = 1;
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::fcntl(descriptor, F_SETFL, O_NONBLOCK);
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t listen, std::uint16_t target) : target_(target) {
    listener_ = new_socket();
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    LOWU_ASSERT(listener_ >= 0 && wake_ >= 0, "a test may open a socket");
    const int on = 1;
    (void)::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(listen);
    const int bound =
        ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    LOWU_ASSERT(bound == 0 && ::listen(listener_, kBacklog) == 0, "the port was free");
    (void)::fcntl(listener_, F_SETFL, O_NONBLOCK);
    thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
    stop_.store(true);
    tell(Mode::kCut, {});
    thread_.join();
    for (Pair& pair : pairs_) {
        close_pair(pair, true);
    }
    ::close(listener_);
    ::close(wake_);
}

void TcpProxy::pass() {
    tell(Mode::kPass, {});
}

void TcpProxy::cut() {
    tell(Mode::kCut, {});
}

void TcpProxy::stall() {
    tell(Mode::kStall, {});
}

void TcpProxy::delay(std::chrono::milliseconds by) {
    tell(Mode::kPass, by);
}

void TcpProxy::half_close() {
    half_close_.store(true);
    tell(Mode::kPass, {});
}

void TcpProxy::tell(Mode mode, std::chrono::milliseconds by) {
    delay_ms_.store(by.count());
    mode_.store(mode);
    const std::uint64_t one = 1;
    const ssize_t woken = ::write(wake_, &one, sizeof one);
    LOWU_ASSERT(woken == sizeof one, "the proxy's thread can be woken");
}

void TcpProxy::run() {
    std::vector<pollfd> waits;
    while (!stop_.load()) {
        obey();
        end_broken();
        const Clock::time_point now = Clock::now();
        waits.assign({{listener_, POLLIN, 0}, {wake_, POLLIN, 0}});
        for (const Pair& pair : pairs_) {
            const auto events = [&](const Way& in, const Way& out) {
                return static_cast<short>((may_read(in) ? POLLIN : 0) |
                                          (may_write(out, now) ? POLLOUT : 0));
            };
            const auto wait = [&](int descriptor, short what) {
                // Without anything to wait for, poll would still tell of a hang-up, for ever.
                waits.push_back({what == 0 ? -1 : descriptor, what, 0});
            };
            wait(pair.client, events(pair.up, pair.down));
            wait(pair.server, events(pair.down, pair.up));
        }
        const std::size_t polled = pairs_.size();
        if (::poll(waits.data(), waits.size(), wait_ms(now)) < 0) continue;
        std::uint64_t woken = 0;
        (void)!::read(wake_, &woken, sizeof woken);
        auto pair = pairs_.begin();
        for (std::size_t i = 0; i < polled; ++i, ++pair) {
            constexpr short kReadable = POLLIN | POLLHUP | POLLERR;
            const pollfd& client = waits[2 + 2 * i];
            const pollfd& server = waits[3 + 2 * i];
            if ((client.revents & kReadable) != 0 && may_read(pair->up)) {
                read(pair->client, pair->up, *pair);
            }
            if ((server.revents & kReadable) != 0 && may_read(pair->down)) {
                read(pair->server, pair->down, *pair);
            }
            if (may_write(pair->up, Clock::now())) write(pair->server, pair->up, *pair);
            if (may_write(pair->down, Clock::now())) write(pair->client, pair->down, *pair);
        }
        if ((waits[0].revents & POLLIN) != 0) accept_one();
    }
}

void TcpProxy::obey() {
    if (half_close_.exchange(false)) {
        for (Pair& pair : pairs_) {
            pair.up.held.clear();
            pair.up.held_bytes = 0;
            pair.up.read_ended = true;
        }
    }
    if (mode_.load() != Mode::kCut) return;
    for (Pair& pair : pairs_) {
        pair.broken = true;
    }
}

void TcpProxy::accept_one() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    ++accepted_;
    Pair pair{.client = client, .server = -1, .up = {}, .down = {}};
    if (mode_.load() == Mode::kCut) return close_pair(pair, true);
    pair.server = new_socket();
    const sockaddr_in address = loopback(target_);
    // On loopback this is answered at once, or refused.
    if (::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return close_pair(pair, true);
    }
    make_quick(pair.client);
    make_quick(pair.server);
    pairs_.push_back(std::move(pair));
}

int TcpProxy::wait_ms(Clock::time_point now) const {
    if (mode_.load() == Mode::kStall) return kIdleMs;
    std::int64_t wait = kIdleMs;
    for (const Pair& pair : pairs_) {
        for (const Way* way : {&pair.up, &pair.down}) {
            if (way->held.empty() || way->held.front().due <= now) continue;
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(way->held.front().due - now);
            wait = std::min(wait, left.count());
        }
    }
    return static_cast<int>(wait);
}

bool TcpProxy::may_read(const Way& way) const {
    return mode_.load() != Mode::kStall && !way.read_ended && way.held_bytes < kHeldBytesMax;
}

bool TcpProxy::may_write(const Way& way, Clock::time_point now) const {
    if (mode_.load() == Mode::kStall || way.write_ended) return false;
    if (way.held.empty()) return way.read_ended;
    return way.held.front().due <= now;
}

void TcpProxy::read(int from, Way& way, Pair& pair) {
    std::array<char, kReadBytes> bytes{};
    const ssize_t count = ::recv(from, bytes.data(), bytes.size(), 0);
    if (count > 0) {
        way.held.push_back({Clock::now() + std::chrono::milliseconds(delay_ms_.load()),
                            std::string(bytes.data(), static_cast<std::size_t>(count))});
        way.held_bytes += static_cast<std::size_t>(count);
    } else if (count == 0) {
        way.read_ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        pair.broken = true;
    }
}

void TcpProxy::write(int to, Way& way, Pair& pair) {
    if (way.held.empty()) {
        (void)::shutdown(to, SHUT_WR);
        way.write_ended = true;
        if (pair.up.write_ended && pair.down.write_ended) pair.broken = true;
        return;
    }
    std::string& bytes = way.held.front().bytes;
    const ssize_t count = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
        pair.broken = pair.broken || (errno != EAGAIN && errno != EINTR);
        return;
    }
    way.held_bytes -= static_cast<std::size_t>(count);
    bytes.erase(0, static_cast<std::size_t>(count));
    if (bytes.empty()) way.held.pop_front();
}

void TcpProxy::end_broken() {
    pairs_.remove_if([](Pair& pair) {
        if (pair.broken) close_pair(pair, !(pair.up.write_ended && pair.down.write_ended));
        return pair.broken;
    });
}

void TcpProxy::close_pair(Pair& pair, bool reset) {
    for (const int descriptor : {pair.client, pair.server}) {
        if (descriptor < 0) continue;
        if (reset) {
            const linger at_once{1, 0};
            (void)::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        ::close(descriptor);
    }
}

}  // namespace lowu::killing
