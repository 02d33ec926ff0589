// One run from one seed; see simulation.hpp.
#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <utility>

#include "common/scheme/calendar.hpp"

namespace lowu::simulation {
namespace {

/// Traffic and faults are spread over so long. Twice customers pause, so that there is a quiet
/// moment for setting scheme time forward.
constexpr Duration kSafetyPhase = Duration::from_seconds(12);
constexpr ElapsedTime kPauseBegins{4'800'000};
constexpr ElapsedTime kPauseEnds{7'500'000};
constexpr ElapsedTime kSecondPauseBegins{9'000'000};
constexpr ElapsedTime kSecondPauseEnds{10'600'000};
/// Afterwards everything is quiet sooner or later.
constexpr ElapsedTime kEpilogueBegins{13'000'000};
constexpr ElapsedTime kEpilogueEnds{60'000'000};
/// Beyond the memory of payments.
constexpr Duration kLongAfter = kPaymentMemory + Duration::from_minutes(1);
/// A run that needs more never comes to rest.
constexpr std::uint64_t kEventsMax = 2'000'000;

std::string corridor_name(Rail rail, core::Corridor corridor) {
    const std::string name(scheme::to_string(corridor.service()));
    if (corridor.domestic()) return name + " " + std::string(scheme::to_string(rail));
    return std::string(scheme::to_string(corridor.direction())) + " " + name;
}

class Simulation {
public:
    explicit Simulation(const Plan& plan)
        : plan_(plan),
          start_(plan.new_days ? starts()[plan.seed % starts().size()] : starts()[0]),
          prng_(plan.seed) {
        for (const BankPlan& one : bank_plans()) {
            banks_.push_back(std::make_unique<BankActor>(
                BankActor::World{events_, network_, judge_, desk_}, one, prng_.fork()));
            if (plan.misbehaviour && plan.seed % 2 == 0) banks_.back()->misbehave();
        }
        switch_.set_down_handler([this] { start_later(); });
    }

    Outcome run() {
        start_switch();
        for (const auto& bank : banks_)
            bank->start();
        plan_traffic();
        plan_faults();
        plan_changes();
        if (plan_.new_days) plan_new_days();
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
    /// When customers come: seldom in the pause.
    [[nodiscard]] ElapsedTime some_busy_moment() {
        const ElapsedTime moment = some_moment();
        const bool pause = (moment > kPauseBegins && moment < kPauseEnds) ||
                           (moment > kSecondPauseBegins && moment < kSecondPauseEnds);
        return pause && !prng_.chance(1, 10) ? some_busy_moment() : moment;
    }
    [[nodiscard]] BankActor& some_bank() { return *banks_[prng_.below(banks_.size())]; }
    [[nodiscard]] Duration between_ms(std::int64_t first, std::int64_t last) {
        return Duration::from_us(prng_.between(first * 1'000, last * 1'000));
    }
    /// At so many moments of the safety phase.
    void plan(int times, const EventQueue::Action& action) {
        for (int i = 0; i < times; ++i)
            events_.at(some_moment(), action);
    }

    /// At any event while payments are in flight, or somebody waits for the archive.
    void die_perhaps() {
        if (deaths_due_ == 0 || events_.now().value > kSafetyPhase.us) return;
        const bool worse = switch_.has_payments_in_flight() || switch_.has_parked_frames();
        if (!worse || !prng_.chance(1, 40)) return;
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
            BankActor* actor = bank.get();
            for (int left = plan_.payments_a_bank; left > 0;) {
                const int burst = std::min<int>(left, static_cast<int>(prng_.between(1, 6)));
                left -= burst;
                events_.at(some_busy_moment(), [actor, burst] {
                    for (int i = 0; i < burst; ++i)
                        actor->pay();
                });
            }
            for (int i = 0; i < plan_.returns_a_bank; ++i)
                events_.at(some_busy_moment(), [actor] { actor->send_back(); });
            // Most of them at the beginning, so that there is somebody to be paid.
            for (int i = 0; i < plan_.proxy_changes_a_bank; ++i) {
                events_.at(i % 2 == 0 ? ElapsedTime{prng_.between(5'000, 400'000)} : some_moment(),
                           [actor] { actor->change_proxy(); });
            }
        }
    }

    void plan_faults() {
        plan(plan_.deaths, [this] { ++deaths_due_; });
        plan(plan_.cuts, [this] { network_.cut(some_bank().connection()); });
        plan(plan_.reconnects, [this] { some_bank().reconnect(); });
        // Some short of the payee's deadline, some beyond it.
        plan(plan_.freezes, [this] { some_bank().freeze(between_ms(200, 4'000)); });
        plan(plan_.losses, [this] { some_bank().lose_requests(between_ms(200, 2'000)); });
        // Some beyond both deadlines at once.
        plan(plan_.stalls, [this] { switch_.stall(between_ms(5, 7'000)); });
    }

    void plan_changes() {
        plan(plan_.rule_changes, [this] { operator_.change_rule(); });
        plan(plan_.rule_changes / 5, [this] { operator_.tell_prior_use(); });
        plan(plan_.rule_changes / 5, [this] { operator_.warn(); });
        plan(plan_.rule_changes / 5, [this] { banks_[prng_.below(2)]->change_rates(); });
        plan(plan_.forced_off, [this] { operator_.force_off_for(between_ms(100, 1'500)); });
        // A bank that is away for most of the run leaves little to happen: in every third only.
        for (int i = 0; i < plan_.absences && prng_.chance(1, 3); ++i) {
            BankActor* actor = &some_bank();
            const ElapsedTime off{prng_.between(500'000, 1'500'000)};
            events_.at(off, [actor] { actor->set_available(false); });
            // The first is too soon.
            events_.at(off + 3_s, [actor] { actor->set_available(true); });
            events_.at(off + 10'300_ms, [actor] { actor->set_available(true); });
        }
    }

    void plan_new_days() {
        if (prng_.chance(1, 2)) {
            events_.at(some_moment(), [this] { operator_.change_token_key(); });
        }
        // Sometimes when the day has long begun: then no quota can be counted until it is there.
        const bool late = prng_.chance(1, 3);
        events_.at(ElapsedTime{late ? prng_.between(8'000'000, 10'000'000)
                                    : prng_.between(500'000, 2'500'000)},
                   [this] { operator_.set_rate_of_next_day(); });
        rush_at_midnight();
        const auto then = [this] { old_business(); };
        events_.at(kPauseBegins + 500_ms,
                   [=, this] { operator_.advance_to_next_day(kPauseEnds, then); });
        events_.at(kSecondPauseBegins + 300_ms,
                   [=, this] { operator_.advance_by(kLongAfter, kSecondPauseEnds, then); });
        events_.at(kEpilogueBegins,
                   [=, this] { operator_.advance_by(kLongAfter, kEpilogueEnds, then); });
        events_.at(ElapsedTime{} + kSafetyPhase, [this] { switch_.end_faults(); });
    }

    /// Time has gone by: somebody looks through what is over.
    void old_business() {
        for (const auto& bank : banks_) {
            for (int i = 0; i < plan_.old_business_a_bank; ++i)
                events_.after(between_ms(1, 900), [actor = bank.get()] { actor->old_business(); });
        }
    }

    /// What is taken of the old day's quota is settled in the new one.
    void rush_at_midnight() {
        const SchemeTime midnight = scheme::start_of_day(scheme::day_number(start_) + 1);
        const ElapsedTime at = ElapsedTime{} + (midnight - start_);
        if (at.value > kSafetyPhase.us) return;
        for (const auto& bank : banks_) {
            for (int i = 0; i < 12; ++i) {
                events_.at(at + between_ms(-60, 60), [actor = bank.get()] { actor->pay(); });
            }
        }
    }

    Outcome conclude() {
        Outcome outcome;
        if (judge_.complaints().empty() && switch_.running()) {
            std::vector<BankActor*> banks;
            for (const auto& bank : banks_)
                banks.push_back(bank.get());
            outcome.ending = gather(judge_, switch_, desk_, banks);
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
        counts.of_desk = desk_.counts();
        counts.payments = ending.payments.size();
        counts.memory = judge_.memory();
        for (const follower::PaymentView& one : ending.listed)
            count(one, counts);
        for (const auto& bank : banks_) {
            counts.enquiries += bank->enquiries();
            counts.answers += bank->answers();
            counts.repeats += bank->repeats();
            counts.lost_requests += bank->lost_requests();
            counts.reconnects += bank->reconnects();
        }
        counts.advances = operator_.advances();
        if (switch_.running()) {
            const SchemeTime last = switch_.follower().last().scheme;
            counts.midnights = scheme::day_number(last) > scheme::day_number(start_) ? 1 : 0;
        }
        counts.connections = network_.connections();
        counts.events = events_.events();
        return counts;
    }

    static void count(const follower::PaymentView& payment, Counts& counts) {
        const bool settled = payment.origin_state == core::PaymentState::kSettled;
        counts.forgotten += payment.archived ? 1 : 0;
        if (payment.original) {
            counts.returns += settled ? 1 : 0;
        } else if (settled) {
            counts.settled[corridor_name(payment.origin, payment.corridor)] += 1;
        } else {
            counts.refused[std::string(core::row_of(payment.result).name)] += 1;
        }
    }

    Plan plan_;
    const SchemeTime start_;
    Prng prng_;
    EventQueue events_;
    Judge judge_;
    Network network_{events_, prng_.fork()};
    SwitchProcess switch_{events_, network_, judge_, prng_.fork(), start_};
    Desk desk_{events_, switch_, judge_, prng_.fork()};
    OperatorActor operator_{events_, desk_, start_, prng_.fork()};
    std::vector<std::unique_ptr<BankActor>> banks_;
    int deaths_due_ = 0;
};

}  // namespace

std::uint64_t Counts::settled_in_all() const {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : settled)
        sum += count;
    return sum;
}

std::uint64_t Counts::refused_by(core::ResultCode rule) const {
    const auto found = refused.find(std::string(core::row_of(rule).name));
    return found == refused.end() ? 0 : found->second;
}

Plan Plan::quiet() {
    Plan plan;
    plan.deaths = plan.cuts = plan.freezes = plan.losses = plan.reconnects = plan.stalls = 0;
    plan.rule_changes = plan.forced_off = plan.absences = 0;
    plan.misbehaviour = plan.new_days = false;
    return plan;
}

Outcome run(const Plan& plan) {
    return Simulation(plan).run();
}

}  // namespace lowu::simulation
