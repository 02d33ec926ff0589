// A TCP proxy on loopback that cuts, stalls, delays and half-closes what passes through it. Exists
// because a disconnect is then the network's doing and neither end's, and because this machine's
// kernel may have no netem. Its one thread moves the bytes; the calls come from the test's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.hpp"

namespace lowu::killing {

class TcpProxy {
public:
    /// From 127.0.0.1:`listen` to 127.0.0.1:`target`. Nobody need listen at the target yet.
    TcpProxy(std::uint16_t listen, std::uint16_t target);
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;
    ~TcpProxy();

    /// As if there were no proxy.
    void pass();
    /// Ends every connection with a reset, and each new one, until told otherwise.
    void cut();
    /// Lets nothing through, and nobody know, until told otherwise.
    void stall();
    /// Each piece arrives this much later.
    void delay(std::chrono::milliseconds by);
    /// Ends the client's side of every connection there is now: the server reads its end, the
    /// client does not. New connections pass.
    void half_close();

    /// Connections that it has accepted.
    [[nodiscard]] std::uint64_t accepted() const { return accepted_.load(); }

private:
    using Clock = std::chrono::steady_clock;
    enum class Mode : std::uint8_t { kPass, kCut, kStall };

    struct Piece {
        Clock::time_point due;
        std::string bytes;
    };
    // One direction of a connection.
    struct Way {
        std::deque<Piece> held;
        std::size_t held_bytes = 0;
        bool read_ended = false;   // nothing comes any more
        bool write_ended = false;  // and the other end has been told, or is not listening
    };
    struct Pair {
        int client = -1;
        int server = -1;
        Way up;    // client to server
        Way down;  // server to client
        bool broken = false;
    };

    void tell(Mode mode, std::chrono::milliseconds by);
    void run();
    void obey();
    void accept_one();
    [[nodiscard]] int wait_ms(Clock::time_point now) const;
    [[nodiscard]] bool may_read(const Way& way) const;
    [[nodiscard]] bool may_write(const Way& way, Clock::time_point now) const;
    void read(int from, Way& way, Pair& pair);
    void write(int to, Way& way, Pair& pair);
    void end_broken();
    static void close_pair(Pair& pair, bool reset);

    const std::uint16_t target_;
    int listener_ = -1;
    int wake_ = -1;
    std::atomic<Mode> mode_{Mode::kPass};
    std::atomic<std::int64_t> delay_ms_{0};
    std::atomic<bool> half_close_{false};
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> accepted_{0};
    std::list<Pair> pairs_;
    std::thread thread_;
};

}  // namespace lowu::killing
