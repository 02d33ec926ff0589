// One bank of the simulation; see bank_actor.hpp.
#include "simulator/world/bank_actor.hpp"

#include <algorithm>
#include <variant>

#include "common/base/assert.hpp"

namespace lowu::simulator {
namespace {

bank::Bank::Options options_of(const BankPlan& plan, Prng& prng) {
    return {plan.rail, plan.code,       "Bank " + plan.code,  "银行" + plan.code,
            1,         prng.next_u64(), token_keys(plan.rail)};
}

/// Beyond this nothing is waited for: a rate sheet is renewed after a day.
constexpr Duration kHorizon = Duration::from_minutes(5);

}  // namespace

BankActor::BankActor(const World& world, const BankPlan& plan, Prng prng)
    : events_(world.events),
      network_(world.network),
      observer_(world.observer),
      desk_(world.desk),
      prng_(prng),
      bank_(options_of(plan, prng_)),
      orders_(plan, prng_.fork()) {
    for (const CustomerPlan& one : customers(plan.rail)) {
        const auto opened = bank_.open_account(opening(plan.rail, one), ElapsedTime{});
        LOWU_ASSERT(std::holds_alternative<bank::CustomerId>(opened), "the plan's accounts open");
    }
    if (plan.rail == Rail::kFps) change_rates();
}

void BankActor::misbehave(const Faults& faults) {
    v1::Behavior behavior;
    behavior.set_silent_permille(faults.silent_permille);
    behavior.set_late_permille(faults.late_permille);
    behavior.set_duplicate_permille(faults.duplicate_permille);
    behavior.set_contradict_permille(faults.contradict_permille);
    behavior.set_refuse_permille(faults.refuse_permille);
    behavior.set_wrong_amount_permille(faults.wrong_amount_permille);
    behavior.mutable_latency()->set_min_us(10);
    behavior.mutable_latency()->set_p50_us(2'000);
    behavior.mutable_latency()->set_p99_us(900'000);
    LOWU_ASSERT(!bank::Behavior::check(behavior), "the plan's misbehaviour is possible");
    bank_.set_behavior(behavior, prng_.next_u64());
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
    network_.leave(connection_, Connections::End::kBank);
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
        return observer_.complain("the switch's frame does not parse in the public view");
    }
    if (events_.now() < losing_until_) {
        for (v1::SwitchMessage& message : *frame.mutable_messages()) {
            if (!message.has_request()) continue;
            message.clear_request();
            ++lost_requests_;
        }
    }
    if (const auto taken = bank_.receive(frame, events_.now()); !taken.ok()) {
        observer_.complain("bank " + bank_.code() + ": " + taken.error().what);
    }
    note_credited(frame);
    answers_ += bank_.enquiry_answers().size();
    while (!bank_.enquiry_answers().empty())
        bank_.enquiry_answers().pop();
}

void BankActor::note_credited(const v1::SwitchFrame& frame) {
    for (const v1::SwitchMessage& message : frame.messages()) {
        const v1::StatusReport& report = message.status_report();
        if (report.side() != v1::SIDE_PAYEE) continue;
        if (report.status() == v1::PAYMENT_STATUS_ACSC) credited_.push_back(report.uetr());
    }
}

/// Writes what the session end wants to send, and comes back when it will want to.
void BankActor::pump() {
    if (frozen()) return;
    if (bank_.next_at() <= events_.now()) bank_.on_time(events_.now());
    arm(bank_.next_at());
    if (connection_ == 0 || writing_) return;
    if (const v1::ParticipantFrame* frame = bank_.session().next_frame(events_.now())) {
        writing_ = true;
        const v1::ParticipantFrame sent = as_sent(*frame);
        observer_.on_bank_frame({connection_, bank_.code(), sent});
        const std::string bytes = sent.SerializeAsString();
        events_.note("bank sends", connection_, hash64(bytes));
        network_.send(connection_, Connections::End::kBank, bytes);
        return;
    }
    arm(bank_.session().send_at());
}

/// Notes instructions, and puts those that are repeated where they belong: the same on every
/// connection, as a number means one message for ever.
v1::ParticipantFrame BankActor::as_sent(const v1::ParticipantFrame& frame) {
    v1::ParticipantFrame sent = frame;
    for (int i = 0; i < sent.messages_size(); ++i) {
        v1::ParticipantMessage& message = *sent.mutable_messages(i);
        if (message.has_credit_transfer()) {
            instructions_.try_emplace(message.credit_transfer().uetr(), message);
            continue;
        }
        const auto position =
            bank_.session().position_of(frame.first_number() + static_cast<std::uint64_t>(i));
        LOWU_ASSERT(position.has_value(), "what is sent has a place in the outbox");
        const auto repeated = repeated_.find(*position);
        if (repeated != repeated_.end()) message = instructions_.at(repeated->second);
    }
    return sent;
}

/// Pumps again at this time.
void BankActor::arm(ElapsedTime next) {
    if (next > events_.now() + kHorizon) return;
    if (next >= pump_armed_for_ && pump_armed_for_ > events_.now()) return;
    pump_armed_for_ = next;
    events_.at(next, [this, next] {
        if (pump_armed_for_ == next) pump_armed_for_ = kNever;
        pump();
    });
}

// Customers.

void BankActor::later(EventQueue::Action action) {
    events_.after(Duration::from_us(prng_.between(0, prng_.chance(1, 4) ? 1'500'000 : 20'000)),
                  std::move(action));
}

void BankActor::draw_from(Prng prng) {
    prng_ = prng;
    orders_.draw_from(prng_.fork());
}

void BankActor::pay() {
    CustomerOrder next = orders_.next();
    if (next.quote) return quote(std::move(next));
    look_up(std::move(next.request));
}

void BankActor::quote(CustomerOrder next) {
    const auto step = bank_.quote(*next.quote, events_.now());
    const auto* known = std::get_if<bank::ExchangeDesk::Step>(&step);
    if (known == nullptr) return;  // A call that the bank refuses: nothing is ordered.
    const auto go_on = [this](v1::SendRemittanceRequest request, const v1::QuoteOffer& offer) {
        request.set_quote_id(offer.exchange().quote_id());
        later([this, request] { order(request); });
        // Some customers use a quote twice.
        if (prng_.chance(1, 10)) later([this, request] { order(request); });
    };
    if (const auto* offer = std::get_if<v1::QuoteOffer>(known)) return go_on(next.request, *offer);
    desk_.request_quote(std::get<v1::RequestQuoteRequest>(*known),
                        [this, next = std::move(next), go_on](const v1::QuoteAnswer* answer) {
                            if (answer == nullptr) return;
                            const auto taken =
                                bank_.take_offer(*next.quote, *answer, events_.now());
                            const auto* offer = std::get_if<v1::QuoteOffer>(&taken);
                            if (offer != nullptr) go_on(next.request, *offer);
                        });
}

void BankActor::look_up(v1::SendRemittanceRequest request) {
    const auto lookup = bank_.lookup_for(request, events_.now());
    const auto* asked = std::get_if<std::optional<v1::ResolveProxyRequest>>(&lookup);
    if (asked == nullptr) return;
    if (!*asked) return order(request);
    desk_.resolve(**asked,
                  [this, asked = **asked, request = std::move(request)](
                      bool lost, const std::optional<v1::ResolveProxyResponse>& found) mutable {
                      if (lost) return;
                      if (!found) return take(bank_.refuse_unresolved(request, events_.now()));
                      if (found->payee_agent() == bank_.code())
                          return;  // Within one bank no rail is needed.
                      bank_.resolved(asked, *found);
                      request.set_proxy_reference(found->payee_proxy().reference());
                      later([this, request] { order(request); });
                  });
}

void BankActor::order(const v1::SendRemittanceRequest& request) {
    take(bank_.send(request, events_.now()));
}

void BankActor::take(const bank::Outcome<const bank::OutgoingRemittance*>& sent) {
    if (const auto* remittance = std::get_if<const bank::OutgoingRemittance*>(&sent)) {
        if ((*remittance)->sent) sent_.push_back((*remittance)->uetr);
    }
    bank_.finals().clear();
    pump();
}

void BankActor::send_back() {
    if (!credited_.empty()) send_back(credited_[prng_.below(credited_.size())]);
}

void BankActor::send_back(const std::string& uetr) {
    const auto paid = bank_.remittance(uetr);
    LOWU_ASSERT(paid.has_value(), "a bank remembers what it was paid");
    take(bank_.return_payment(orders_.send_back(uetr, paid->amount_minor()), events_.now()));
}

// What is long over: mostly of the first half of everything.

void BankActor::old_business() {
    switch (prng_.below(3)) {
        case 0:
            return enquire();
        case 1:
            return repeat();
    }
    if (!credited_.empty()) send_back(credited_[prng_.below(credited_.size() / 2 + 1)]);
}

void BankActor::enquire() {
    const bool paid = prng_.chance(1, 2);
    if (paid ? credited_.empty() : sent_.empty()) return;
    const std::string uetr = paid ? credited_[prng_.below(credited_.size() / 2 + 1)]
                                  : scheme::format_uetr(sent_[prng_.below(sent_.size() / 2 + 1)]);
    // Some ask at the wrong end, and are told that they have no part in it.
    const bool payee = prng_.chance(1, 8) ? !paid : paid;
    const auto asked = bank_.enquire(uetr, payee ? v1::SIDE_PAYEE : v1::SIDE_PAYER);
    if (std::holds_alternative<std::uint64_t>(asked)) ++enquiries_;
    pump();
}

void BankActor::repeat() {
    if (sent_.empty()) return;
    const std::string uetr = scheme::format_uetr(sent_[prng_.below(sent_.size() / 2 + 1)]);
    if (!instructions_.contains(uetr)) return;  // A return, or not sent yet.
    const auto place = bank_.enquire(uetr, v1::SIDE_PAYER);
    if (const auto* position = std::get_if<std::uint64_t>(&place)) {
        repeated_[*position] = uetr;
        ++repeats_;
    }
    pump();
}

// What the bank does itself.

void BankActor::change_proxy() {
    const auto& all = simulator::proxies(bank_.rail());
    const v1::Proxy& proxy = all[prng_.below(all.size())];
    if (prng_.chance(1, 4)) {
        remove_proxy(proxy);
    } else {
        register_proxy(proxy);
    }
}

void BankActor::register_proxy(const v1::Proxy& proxy) {
    v1::RegisterAccountProxyRequest request;
    request.set_bank(bank_.code());
    request.set_account(customers(bank_.rail())[prng_.below(3)].account);
    *request.mutable_proxy() = proxy;
    request.set_default_receiver(bank_.rail() == Rail::kFps && prng_.chance(1, 3));
    request.set_no_cross_boundary(prng_.chance(1, 8));
    const auto begun = bank_.register_proxy(request);
    const auto* asked = std::get_if<v1::RegisterProxyRequest>(&begun);
    if (asked == nullptr) return;  // A change of this proxy is under way.
    KnownProxy& known = proxies_[proxy.value()];
    known.proxy = proxy;
    known.certain = false;
    desk_.register_proxy(*asked, [this, request](const v1::ProxyRegistration* held) {
        if (held == nullptr) return bank_.change_failed(request.proxy());
        bank_.registered(request, *held);
        proxies_[request.proxy().value()] = {request.proxy(), held->reference(), true};
    });
}

void BankActor::remove_proxy(const v1::Proxy& proxy) {
    v1::RemoveAccountProxyRequest request;
    request.set_bank(bank_.code());
    *request.mutable_proxy() = proxy;
    const auto begun = bank_.remove_proxy(request);
    const auto* asked = std::get_if<v1::RemoveProxyRequest>(&begun);
    if (asked == nullptr) return;
    KnownProxy& known = proxies_[proxy.value()];
    known.proxy = proxy;
    known.certain = false;
    desk_.remove_proxy(*asked, [this, proxy](const engine::ChangeOutcome* outcome) {
        if (outcome == nullptr) return bank_.change_failed(proxy);
        bank_.removed(proxy);  // Refused: the directory holds none, which is what was asked for.
        proxies_[proxy.value()] = {proxy, 0, true};
    });
}

void BankActor::set_available(bool available) {
    v1::SetBankAvailabilityRequest request;
    request.set_bank(bank_.code());
    request.set_available(available);
    const auto refused = bank_.set_availability(request);
    LOWU_ASSERT(!refused, "the plan's absences are possible");
    pump();
}

void BankActor::change_rates() {
    v1::SetRatesRequest request;
    request.set_bank(bank_.code());
    request.set_bid_e8(prng_.between(91'000'000, 92'000'000));
    request.set_ask_e8(request.bid_e8() + prng_.between(0, 500'000));
    request.set_quote_validity_ms(1'000);
    const auto refused = bank_.set_rates(request, events_.now());
    LOWU_ASSERT(!refused, "the plan's rates are possible");
    pump();
}

}  // namespace lowu::simulator
