// BankActor: one bank of the simulation: the production bank model and its session end, what its
// program would do around them (connect, write, read, call, try again), customers who order, and
// the ways a bank misbehaves. It keeps its memory over every break. One thread, virtual time.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/prng.hpp"
#include "simulator/world/connections.hpp"
#include "simulator/world/desk.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/observer.hpp"
#include "simulator/world/orders.hpp"
#include "simulator/world/scheme.hpp"

namespace lowu::simulator {

/// A registration as the bank knows it.
struct KnownProxy {
    v1::Proxy proxy;
    std::uint64_t reference = 0;  ///< 0: none.
    bool certain = true;          ///< False: a call was lost, or is under way.
};

class BankActor final : public Endpoint {
public:
    struct World {
        EventQueue& events;
        Connections& network;
        Observer& observer;
        Desk& desk;
    };
    BankActor(const World& world, const BankPlan& plan, Prng prng);

    void start() { connect(); }
    /// Answers late, twice, otherwise or not at all, now and then.
    void misbehave(const Faults& faults);
    [[nodiscard]] bank::Bank& bank() { return bank_; }
    [[nodiscard]] const bank::Bank& bank() const { return bank_; }
    /// Of every payment and return that its customers have sent to the rail.
    [[nodiscard]] const std::vector<scheme::Uetr>& sent() const { return sent_; }
    [[nodiscard]] const std::map<std::string, KnownProxy>& proxies() const { return proxies_; }
    [[nodiscard]] ConnectionId connection() const { return connection_; }

    /// What comes next is drawn from here, whatever went before: so one thing that is planned can
    /// be left out and the others stay as they are.
    void draw_from(Prng prng);
    /// A customer orders something.
    void pay();
    /// A customer sends something back that was paid to him.
    void send_back();
    /// Goes through what is long over: asks where a payment stands, sends one back, or gives its
    /// instruction to the rail once more, as a bank does that has lost the answer.
    void old_business();
    /// Registers a proxy for one of its customers, or takes it out.
    void change_proxy();
    /// Logs itself off, or on again.
    void set_available(bool available);
    /// Publishes other rates.
    void change_rates();
    /// Reads nothing for so long; what comes is read afterwards.
    void freeze(Duration duration);
    /// Loses every request that it reads meanwhile: its customers' department never sees them.
    void lose_requests(Duration duration) { losing_until_ = events_.now() + duration; }
    /// Leaves its connection and connects anew at once, before the switch has heard of it.
    void reconnect();

    [[nodiscard]] std::uint64_t enquiries() const { return enquiries_; }
    [[nodiscard]] std::uint64_t answers() const { return answers_; }
    [[nodiscard]] std::uint64_t repeats() const { return repeats_; }
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
    void arm(ElapsedTime next);
    [[nodiscard]] bool frozen() { return events_.now() < frozen_until_; }
    void input(EventQueue::Action action);
    void note_credited(const v1::SwitchFrame& frame);
    void send_back(const std::string& uetr);
    void enquire();
    void repeat();
    [[nodiscard]] v1::ParticipantFrame as_sent(const v1::ParticipantFrame& frame);
    /// After as long as a customer thinks.
    void later(EventQueue::Action action);
    void quote(CustomerOrder order);
    void look_up(v1::SendRemittanceRequest request);
    void order(const v1::SendRemittanceRequest& request);
    void take(const bank::Outcome<const bank::OutgoingRemittance*>& sent);
    void register_proxy(const v1::Proxy& proxy);
    void remove_proxy(const v1::Proxy& proxy);

    EventQueue& events_;
    Connections& network_;
    Observer& observer_;
    Desk& desk_;
    Prng prng_;
    bank::Bank bank_;
    Orders orders_;
    ConnectionId connection_ = 0;
    bool writing_ = false;
    ElapsedTime pump_armed_for_ = kNever;
    ElapsedTime frozen_until_;
    ElapsedTime losing_until_;
    std::deque<EventQueue::Action> waiting_;  ///< While frozen.
    std::vector<scheme::Uetr> sent_;
    std::vector<std::string> credited_;  ///< Payments that could be sent back.
    std::map<std::string, KnownProxy> proxies_;
    /// Instructions as they were sent, by UETR; and which go once more, in place of the message at
    /// a position of the outbox: the bank itself would not repeat one under a new number.
    std::map<std::string, v1::ParticipantMessage> instructions_;
    std::map<std::uint64_t, std::string> repeated_;
    std::uint64_t enquiries_ = 0;
    std::uint64_t answers_ = 0;  ///< To enquiries, whatever they say.
    std::uint64_t repeats_ = 0;
    std::uint64_t lost_requests_ = 0;
    std::uint64_t reconnects_ = 0;
};

}  // namespace lowu::simulator
