// One bank of the simulation; see bank_actor.hpp.
#include "tests/simulation/bank_actor.hpp"

#include <algorithm>
#include <variant>

#include "common/base/assert.hpp"

namespace lowu::simulation {
namespace {

bank::Bank::Options options_of(const BankPlan& plan, Prng& prng) {
    return {plan.rail, plan.code, "Bank " + plan.code, "银行" + plan.code, 1, prng.next_u64()};
}

}  // namespace

BankActor::BankActor(EventQueue& events, Network& network, Judge& judge, const BankPlan& plan,
                     Prng prng)
    : events_(events),
      network_(network),
      judge_(judge),
      prng_(prng),
      bank_(options_of(plan, prng_)) {
    for (int i = 0; i < kCustomers; ++i) {
        v1::OpenAccountRequest request;
        request.mutable_account()->set_account(customer_account(i));
        request.mutable_account()->set_currency(v1::CURRENCY_CNY);
        request.mutable_account()->set_name_en("Customer " + std::to_string(i));
        request.mutable_account()->set_name_zh("客户");
        request.set_opening_balance_minor(kCustomerOpeningMinor);
        const auto opened = bank_.open_account(request, ElapsedTime{});
        LOWU_ASSERT(std::holds_alternative<bank::CustomerId>(opened), "the plan's accounts open");
    }
}

// Connection.

void BankActor::connect() {
    if (connection_ != 0) return;
    connection_ = network_.connect(*this);
    if (connection_ == 0) {
        events_.after(Duration::from_us(prng_.between(50'000, 300'000)), [this] { connect(); });
        return;
    }
    bank_.session().connect();
    pump();
}

void BankActor::disconnect() {
    connection_ = 0;
    writing_ = false;
    bank_.session().disconnect();
}

void BankActor::reconnect() {
    if (connection_ == 0) return;
    ++reconnects_;
    network_.leave(connection_, Network::End::kBank);
    disconnect();
    connect();
}

void BankActor::freeze(Duration duration) {
    frozen_until_ = std::max(frozen_until_, events_.now() + duration);
    events_.at(frozen_until_, [this] {
        while (!frozen() && !waiting_.empty()) {
            const EventQueue::Action action = std::move(waiting_.front());
            waiting_.pop_front();
            action();
        }
        if (!frozen()) pump();
    });
}

void BankActor::input(EventQueue::Action action) {
    if (frozen()) {
        waiting_.push_back(std::move(action));
    } else {
        action();
    }
}

void BankActor::on_broken(ConnectionId connection) {
    input([this, connection] {
        if (connection != connection_) return;
        disconnect();
        events_.after(Duration::from_us(prng_.between(0, 100'000)), [this] { connect(); });
    });
}

void BankActor::on_written(ConnectionId connection) {
    if (connection != connection_ || !std::exchange(writing_, false)) return;
    bank_.session().frame_sent();
    pump();
}

void BankActor::on_received(ConnectionId connection, const std::string& bytes) {
    input([this, connection, bytes] {
        if (connection != connection_) return;
        read(bytes);
        pump();
    });
}

void BankActor::read(const std::string& bytes) {
    v1::SwitchFrame frame;
    if (!frame.ParseFromString(bytes)) {
        return judge_.complain("the switch's frame does not parse in the public view");
    }
    if (events_.now() < losing_until_) {
        for (v1::SwitchMessage& message : *frame.mutable_messages()) {
            if (!message.has_request()) continue;
            message.clear_request();
            ++lost_requests_;
        }
    }
    if (const auto taken = bank_.receive(frame, events_.now()); !taken.ok()) {
        judge_.complain("bank " + bank_.code() + ": " + taken.error().what);
    }
}

/// Writes what the session end wants to send, and comes back when it will want to.
void BankActor::pump() {
    if (connection_ == 0 || writing_ || frozen()) return;
    if (const v1::ParticipantFrame* frame = bank_.session().next_frame(events_.now())) {
        writing_ = true;
        const std::string bytes = frame->SerializeAsString();
        events_.note("bank sends", connection_, hash64(bytes));
        network_.send(connection_, Network::End::kBank, bytes);
        return;
    }
    const ElapsedTime next = bank_.session().send_at();
    if (next == kNever || (next >= pump_armed_for_ && pump_armed_for_ > events_.now())) return;
    pump_armed_for_ = next;
    events_.at(next, [this, next] {
        if (pump_armed_for_ == next) pump_armed_for_ = kNever;
        pump();
    });
}

// Customers.

v1::SendRemittanceRequest BankActor::order() {
    const Rail there = scheme::other(bank_.rail());
    std::vector<std::string> payees;
    for (const BankPlan& plan : bank_plans()) {
        if (plan.rail == there) payees.push_back(plan.code);
    }
    v1::SendRemittanceRequest request;
    request.set_bank(bank_.code());
    request.set_payer_account(customer_account(static_cast<int>(prng_.below(kCustomers))));
    request.set_payee_agent(payees[prng_.below(payees.size())]);
    if (prng_.chance(1, 25)) request.set_payee_agent(stranger(there));
    // One more than there are: a payee that the bank does not know.
    request.set_payee_account(customer_account(static_cast<int>(prng_.below(kCustomers + 1))));
    request.set_payee_name("收款人");
    request.set_amount_minor(prng_.between(1, prng_.chance(1, 4) ? 150'000 : 15'000));
    request.set_currency(v1::CURRENCY_CNY);
    request.set_remittance_information("生活費 é");
    return request;
}

void BankActor::pay() {
    const auto sent = bank_.send(order(), events_.now());
    if (const auto* remittance = std::get_if<const bank::OutgoingRemittance*>(&sent)) {
        if ((*remittance)->sent) sent_.push_back((*remittance)->uetr);
    }
    bank_.finals().clear();
    pump();
}

}  // namespace lowu::simulation
