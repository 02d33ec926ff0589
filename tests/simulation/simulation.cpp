// One run from one seed; see simulation.hpp.
#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <utility>

namespace lowu::simulation {
namespace {

/// Traffic and faults are spread over so long.
constexpr Duration kSafetyPhase = Duration::from_seconds(12);
/// A run that needs more never comes to rest.
constexpr std::uint64_t kEventsMax = 2'000'000;

class Simulation {
public:
    explicit Simulation(const Plan& plan) : plan_(plan), prng_(plan.seed) {
        for (const BankPlan& one : bank_plans()) {
            banks_.push_back(
                std::make_unique<BankActor>(events_, network_, judge_, one, prng_.fork()));
        }
        switch_.set_down_handler([this] { start_later(); });
    }

    Outcome run() {
        start_switch();
        for (const auto& bank : banks_)
            bank->start();
        plan_traffic();
        plan_faults();
        while (events_.step()) {
            die_perhaps();
            if (events_.events() > kEventsMax) {
                judge_.complain("it never comes to rest");
                break;
            }
            if (judge_.complaints().size() > 20) break;
        }
        return conclude();
    }

private:
    [[nodiscard]] ElapsedTime some_moment() {
        return ElapsedTime{prng_.between(10'000, kSafetyPhase.us)};
    }
    [[nodiscard]] BankActor& some_bank() { return *banks_[prng_.below(banks_.size())]; }
    [[nodiscard]] Duration between_ms(std::int64_t first, std::int64_t last) {
        return Duration::from_us(prng_.between(first * 1'000, last * 1'000));
    }

    /// At any event while payments are in flight.
    void die_perhaps() {
        if (deaths_due_ == 0 || events_.now().value > kSafetyPhase.us) return;
        if (!switch_.has_payments_in_flight() || !prng_.chance(1, 40)) return;
        --deaths_due_;
        switch_.die(static_cast<Death>(prng_.below(kDeaths)));
    }

    void start_switch() {
        if (switch_.running()) return;
        if (!switch_.start().ok()) start_later();
    }

    void start_later() {
        if (events_.now().value < kSafetyPhase.us && prng_.chance(1, 4)) {
            switch_.fail_next_start(1 + prng_.below(3));
        }
        events_.after(between_ms(1, 1'500), [this] { start_switch(); });
    }

    /// In bursts, as customers come: payments of one burst share batches.
    void plan_traffic() {
        for (const auto& bank : banks_) {
            for (int left = plan_.payments_a_bank; left > 0;) {
                const int burst = std::min<int>(left, static_cast<int>(prng_.between(1, 6)));
                left -= burst;
                events_.at(some_moment(), [actor = bank.get(), burst] {
                    for (int i = 0; i < burst; ++i)
                        actor->pay();
                });
            }
        }
    }

    void plan_faults() {
        for (int i = 0; i < plan_.deaths; ++i)
            events_.at(some_moment(), [this] { ++deaths_due_; });
        for (int i = 0; i < plan_.cuts; ++i)
            events_.at(some_moment(), [this] { network_.cut(some_bank().connection()); });
        for (int i = 0; i < plan_.reconnects; ++i)
            events_.at(some_moment(), [this] { some_bank().reconnect(); });
        // Some short of the payee's deadline, some beyond it.
        for (int i = 0; i < plan_.freezes; ++i)
            events_.at(some_moment(), [this] { some_bank().freeze(between_ms(200, 4'000)); });
        for (int i = 0; i < plan_.losses; ++i)
            events_.at(some_moment(),
                       [this] { some_bank().lose_requests(between_ms(200, 2'000)); });
        // Some beyond both deadlines at once.
        for (int i = 0; i < plan_.stalls; ++i)
            events_.at(some_moment(), [this] { switch_.stall(between_ms(5, 7'000)); });
    }

    Outcome conclude() {
        Outcome outcome;
        if (judge_.complaints().empty() && switch_.running()) {
            std::vector<BankActor*> banks;
            for (const auto& bank : banks_)
                banks.push_back(bank.get());
            outcome.ending = gather(judge_, switch_.engine(), switch_.log(), banks);
            for (std::string& wrong : judge_ending(outcome.ending))
                judge_.complain(std::move(wrong));
        }
        if (!switch_.running()) judge_.complain("the switch is down at the end");
        outcome.complaints = judge_.complaints();
        outcome.trace_hash = events_.trace_hash();
        outcome.counts = counts(outcome.ending);
        return outcome;
    }

    [[nodiscard]] Counts counts(const Ending& ending) {
        Counts counts;
        counts.of_switch = switch_.counts();
        counts.payments = ending.payments.size();
        for (const support::RailView* rail : {&ending.scheme.fps, &ending.scheme.ibps}) {
            for (const support::LegView& leg : rail->legs) {
                if (leg.leg != core::Leg::kOrigin) continue;
                using core::ResultCode;
                counts.settled += leg.state == core::PaymentState::kSettled ? 1 : 0;
                counts.silent += leg.result == ResultCode::kPayeeAgentSilent ? 1 : 0;
                counts.offline += leg.result == ResultCode::kPayeeAgentOffline ? 1 : 0;
                counts.no_money += leg.result == ResultCode::kPayerAgentLiquidity ||
                                           leg.result == ResultCode::kLinkAgentLiquidity
                                       ? 1
                                       : 0;
            }
        }
        for (const auto& bank : banks_) {
            counts.lost_requests += bank->lost_requests();
            counts.reconnects += bank->reconnects();
        }
        counts.connections = network_.connections();
        counts.events = events_.events();
        return counts;
    }

    Plan plan_;
    Prng prng_;
    EventQueue events_;
    Judge judge_;
    Network network_{events_, prng_.fork()};
    SwitchProcess switch_{events_, network_, judge_, prng_.fork()};
    std::vector<std::unique_ptr<BankActor>> banks_;
    int deaths_due_ = 0;
};

}  // namespace

Outcome run(const Plan& plan) {
    return Simulation(plan).run();
}

}  // namespace lowu::simulation
