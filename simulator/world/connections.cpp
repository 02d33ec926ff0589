// Connections that are late and break; see connections.hpp.
#include "simulator/world/connections.hpp"

#include <algorithm>
#include <utility>

namespace lowu::simulator {

Connections::Connection* Connections::find(ConnectionId id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : &found->second;
}

ConnectionId Connections::connect(Endpoint& bank) {
    if (switch_ == nullptr) return 0;
    Connection connection;
    connection.ends = {&bank, switch_};
    connection.latency = Duration::from_us(prng_.between(50, 2'000));
    connections_.emplace(++last_id_, connection);
    events_.note("connect", last_id_);
    return last_id_;
}

/// Mostly the connection's own latency, sometimes a stall; never before what was sent earlier.
ElapsedTime Connections::arrival(const Connection& connection, const Direction& direction) {
    Duration latency = connection.latency + Duration::from_us(prng_.between(0, 300));
    if (faults_.late_frame.comes(prng_)) {
        latency = latency + Duration::from_us(prng_.between(0, faults_.late.us));
    }
    return std::max(events_.now() + latency, direction.last_arrival);
}

void Connections::send(ConnectionId id, End from, const std::string& bytes) {
    Connection* connection = find(id);
    if (connection == nullptr || connection->ended) return;
    Direction& direction = connection->from[index_of(from)];
    const std::uint64_t number = direction.sent++;
    direction.last_arrival = arrival(*connection, direction);
    events_.at(direction.last_arrival,
               [this, id, from, number, bytes] { arrive(id, from, number, bytes); });
    // Mostly quick; a connection that does not take bytes holds its sender back.
    const bool slow = faults_.slow_write.comes(prng_);
    const Duration written = Duration::from_us(prng_.between(10, slow ? faults_.slow.us : 400));
    events_.after(written, [this, id, from] {
        Connection* still = find(id);
        Endpoint* sender = still == nullptr ? nullptr : still->ends[index_of(from)];
        if (sender != nullptr && !still->ended) sender->on_written(id);
    });
}

void Connections::arrive(ConnectionId id, End from, std::uint64_t number,
                         const std::string& bytes) {
    Connection* connection = find(id);
    if (connection == nullptr) return;
    Direction& direction = connection->from[index_of(from)];
    direction.arrived = number + 1;
    Endpoint* receiver = connection->ends[index_of(other(from))];
    const bool lost = number >= direction.lost_from;
    events_.note(lost ? "lost" : "arrive", id, number);
    if (!lost && receiver != nullptr) receiver->on_received(id, bytes);
}

void Connections::lose_some(Direction& direction) {
    direction.lost_from = static_cast<std::uint64_t>(prng_.between(
        static_cast<std::int64_t>(direction.arrived), static_cast<std::int64_t>(direction.sent)));
}

void Connections::tell_later(ConnectionId id, Connection& connection, End end) {
    Direction& incoming = connection.from[index_of(other(end))];
    // An end reads what has arrived before it finds the end of it.
    const ElapsedTime time = std::max(
        incoming.last_arrival, events_.now() + Duration::from_us(prng_.between(100, 200'000)));
    events_.at(time, [this, id, end] { tell(id, end); });
}

void Connections::tell(ConnectionId id, End end) {
    Connection* connection = find(id);
    if (connection == nullptr) return;
    Endpoint* endpoint = std::exchange(connection->ends[index_of(end)], nullptr);
    if (endpoint == nullptr) return;
    events_.note("broken", id, index_of(end));
    endpoint->on_broken(id);
}

void Connections::cut(ConnectionId id) {
    Connection* connection = find(id);
    if (connection == nullptr || connection->ended) return;
    events_.note("cut", id);
    connection->ended = true;
    for (const End end : {End::kBank, End::kSwitch}) {
        lose_some(connection->from[index_of(end)]);
        if (connection->ends[index_of(end)] != nullptr) tell_later(id, *connection, end);
    }
}

void Connections::leave(ConnectionId id, End end) {
    Connection* connection = find(id);
    if (connection == nullptr) return;
    events_.note("leave", id, index_of(end));
    connection->ends[index_of(end)] = nullptr;
    if (connection->ended) return;
    connection->ended = true;
    if (connection->ends[index_of(other(end))] != nullptr) tell_later(id, *connection, other(end));
}

bool Connections::uses(ConnectionId id, End end) {
    const Connection* connection = find(id);
    return connection != nullptr && connection->ends[index_of(end)] != nullptr;
}

void Connections::switch_dies() {
    switch_ = nullptr;
    for (auto& [id, connection] : connections_) {
        connection.ends[index_of(End::kSwitch)] = nullptr;
        if (connection.ended) continue;
        connection.ended = true;
        lose_some(connection.from[index_of(End::kSwitch)]);
        if (connection.ends[index_of(End::kBank)] != nullptr) {
            tell_later(id, connection, End::kBank);
        }
    }
}

}  // namespace lowu::simulator
