// Connections: the connections between banks and switch as TCP makes them: each direction delivers
// in order and late, a connection breaks at any moment, both ends learn of it at different times,
// and nobody knows how much of what was on its way arrived. One thread, virtual time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "common/base/prng.hpp"
#include "simulator/world/event_queue.hpp"
#include "simulator/world/faults.hpp"

namespace lowu::simulator {

/// Never used twice in a run.
using ConnectionId = std::uint64_t;

/// One end of connections.
class Endpoint {
public:
    Endpoint() = default;
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
    virtual ~Endpoint() = default;

    virtual void on_received(ConnectionId connection, const std::string& bytes) = 0;
    /// What was sent last has left; the next may be sent.
    virtual void on_written(ConnectionId connection) = 0;
    /// The connection is gone; nothing more comes from it.
    virtual void on_broken(ConnectionId connection) = 0;
};

class Connections {
public:
    enum class End : std::uint8_t { kBank = 0, kSwitch = 1 };

    Connections(EventQueue& events, const Faults& faults, Prng prng)
        : events_(events), faults_(faults), prng_(prng) {}

    /// Where connections go; null while the switch is down.
    void set_switch(Endpoint* endpoint) { switch_ = endpoint; }
    /// 0 when nobody listens. `bank` must outlive the network.
    [[nodiscard]] ConnectionId connect(Endpoint& bank);
    /// `from` sends bytes. After the connection has ended, they vanish.
    void send(ConnectionId connection, End from, const std::string& bytes);
    /// Breaks in between: both ends learn later.
    void cut(ConnectionId connection);
    /// One end leaves and hears nothing more; what it sent before arrives unless the other end is
    /// dead. The other end learns later.
    void leave(ConnectionId connection, End end);
    /// The switch's process dies: it hears nothing more, the banks learn later.
    void switch_dies();

    /// Whether an end still uses the connection.
    [[nodiscard]] bool uses(ConnectionId connection, End end);
    [[nodiscard]] std::uint64_t connections() const { return last_id_; }

private:
    struct Direction {
        std::uint64_t sent = 0;
        std::uint64_t arrived = 0;
        std::uint64_t lost_from = ~std::uint64_t{0};  ///< Frames from this one on are lost.
        ElapsedTime last_arrival;
    };
    struct Connection {
        std::array<Endpoint*, 2> ends{};  ///< Null once an end knows that it is over.
        std::array<Direction, 2> from;    ///< By the sender's end.
        Duration latency;
        bool ended = false;
    };

    [[nodiscard]] Connection* find(ConnectionId id);
    [[nodiscard]] ElapsedTime arrival(const Connection& connection, const Direction& direction);
    void arrive(ConnectionId id, End from, std::uint64_t number, const std::string& bytes);
    void lose_some(Direction& direction);
    void tell_later(ConnectionId id, Connection& connection, End end);
    void tell(ConnectionId id, End end);

    EventQueue& events_;
    const Faults& faults_;
    Prng prng_;
    Endpoint* switch_ = nullptr;
    std::map<ConnectionId, Connection> connections_;
    ConnectionId last_id_ = 0;
};

[[nodiscard]] constexpr std::size_t index_of(Connections::End end) {
    return static_cast<std::size_t>(end);
}
[[nodiscard]] constexpr Connections::End other(Connections::End end) {
    return end == Connections::End::kBank ? Connections::End::kSwitch : Connections::End::kBank;
}

}  // namespace lowu::simulator
