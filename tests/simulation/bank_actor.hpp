// BankActor: one bank of the simulation: the production bank model and its session end, what its
// program would do around them (connect, write, read, try again), customers who pay, and the ways a
// bank misbehaves. It keeps its memory over every break. One thread, virtual time.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/prng.hpp"
#include "tests/simulation/judge.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/scheme.hpp"

namespace lowu::simulation {

class BankActor final : public Endpoint {
public:
    BankActor(EventQueue& events, Network& network, Judge& judge, const BankPlan& plan, Prng prng);

    void start() { connect(); }
    [[nodiscard]] bank::Bank& bank() { return bank_; }
    [[nodiscard]] const bank::Bank& bank() const { return bank_; }
    /// Of every payment its customers have sent to the rail.
    [[nodiscard]] const std::vector<scheme::Uetr>& sent() const { return sent_; }
    [[nodiscard]] ConnectionId connection() const { return connection_; }

    /// A customer pays somebody on the other rail.
    void pay();
    /// Reads nothing for so long; what comes is read afterwards.
    void freeze(Duration duration);
    /// Loses every request that it reads meanwhile: its customers' department never sees them.
    void lose_requests(Duration duration) { losing_until_ = events_.now() + duration; }
    /// Leaves its connection and connects anew at once, before the switch has heard of it.
    void reconnect();

    [[nodiscard]] std::uint64_t lost_requests() const { return lost_requests_; }
    [[nodiscard]] std::uint64_t reconnects() const { return reconnects_; }

    void on_received(ConnectionId connection, const std::string& bytes) override;
    void on_written(ConnectionId connection) override;
    void on_broken(ConnectionId connection) override;

private:
    void connect();
    void disconnect();
    void read(const std::string& bytes);
    void pump();
    [[nodiscard]] bool frozen() { return events_.now() < frozen_until_; }
    void input(EventQueue::Action action);
    [[nodiscard]] v1::SendRemittanceRequest order();

    EventQueue& events_;
    Network& network_;
    Judge& judge_;
    Prng prng_;
    bank::Bank bank_;
    ConnectionId connection_ = 0;
    bool writing_ = false;
    ElapsedTime pump_armed_for_ = kNever;
    ElapsedTime frozen_until_;
    ElapsedTime losing_until_;
    std::deque<EventQueue::Action> waiting_;  ///< While frozen.
    std::vector<scheme::Uetr> sent_;
    std::uint64_t lost_requests_ = 0;
    std::uint64_t reconnects_ = 0;
};

}  // namespace lowu::simulation
