// One run of a plan; see simulation.hpp.
#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/world/bank_actor.hpp"
#include "simulator/world/operator_actor.hpp"
#include "simulator/world/scheme.hpp"
#include "tests/simulation/assertion_hook.hpp"
#include "tests/simulation/gather.hpp"

namespace lowu::simulator {
namespace {

/// When an operator gives up setting scheme time forward.
constexpr std::array<ElapsedTime, 3> kGiveUp{ElapsedTime{7'500'000}, ElapsedTime{10'600'000},
                                             ElapsedTime{60'000'000}};
/// Beyond the memory of payments.
constexpr Duration kLongAfter = kPaymentMemory + Duration::from_minutes(1);
/// A run that needs more never comes to rest; ten times what most need.
constexpr std::uint64_t kEventsMax = 60'000;
/// A switch that cannot start so often when nothing fails any more never will.
constexpr int kStartsMax = 20;

std::string corridor_name(Rail rail, core::Corridor corridor) {
    const std::string name(scheme::to_string(corridor.service()));
    if (corridor.domestic()) return name + " " + std::string(scheme::to_string(rail));
    return std::string(scheme::to_string(corridor.direction())) + " " + name;
}

class Simulation {
public:
    explicit Simulation(const Plan& plan)
        : plan_(plan),
          items_(played_items(plan)),
          faults_(faults_of(plan, items_)),
          start_(start_of(plan)),
          prng_(plan.seed) {
        for (const BankPlan& one : bank_plans()) {
            banks_.push_back(std::make_unique<BankActor>(
                BankActor::World{events_, network_, court_, desk_}, one, prng_.fork()));
            if (faults_.misbehaviour) banks_.back()->misbehave(faults_);
        }
        switch_.set_down_handler([this] { start_later(); });
    }

    void play() {
        start_switch();
        for (const auto& bank : banks_)
            bank->start();
        for (const Item& item : items_) {
            if (item.what == What::kOldBusiness || item.at.value == 0) continue;
            events_.at(item.at, [this, &item] { play(item); });
        }
        events_.at(ElapsedTime{} + kSafetyPhase, [this] { switch_.end_faults(); });
        while (!over() && events_.step())
            die_perhaps();
    }

    /// What there is to say, whatever state the run is in.
    [[nodiscard]] Outcome so_far() {
        Outcome outcome;
        outcome.complaints = court_.complaints();
        outcome.trace_hash = events_.trace_hash();
        return outcome;
    }

    [[nodiscard]] Outcome conclude() {
        Gathered gathered;
        if (switch_.running() && !over()) {
            std::vector<BankActor*> banks;
            for (const auto& bank : banks_)
                banks.push_back(bank.get());
            gathered = gather(court_, switch_, desk_, banks);
            court_.conclude(gathered.ending);
        }
        if (!switch_.running()) complain_of_rest("the switch is down at the end");
        Outcome outcome = so_far();
        outcome.counts = counts(gathered);
        outcome.ending = std::move(gathered.ending);
        return outcome;
    }

    void assertion_failed(std::string what) {
        court_.complain_of(judges::kAssertions, std::move(what));
    }

private:
    [[nodiscard]] bool over() {
        if (events_.events() > kEventsMax) complain_of_rest("it goes on and on");
        return court_.has_found(judges::kRest) ||
               (!plan_.stop_at.empty() && court_.has_found(plan_.stop_at));
    }
    void complain_of_rest(std::string what) {
        if (!court_.has_found(judges::kRest)) {
            court_.complain_of(judges::kRest, std::move(what));
        }
    }
    [[nodiscard]] bool in_safety_phase() { return events_.now().value < kSafetyPhase.us; }

    // The switch.

    void start_switch() {
        if (switch_.running()) return;
        if (const auto started = switch_.start(); !started.ok()) {
            if (!in_safety_phase() && ++starts_failed_ > kStartsMax) {
                return complain_of_rest("the switch does not start: " + started.error().what);
            }
            start_later();
        }
    }

    void start_later() {
        if (in_safety_phase() && faults_.failed_start.comes(start_prng_)) {
            switch_.fail_next_start(1 + start_prng_.below(3));
        }
        events_.after(faults_.restart.some(start_prng_), [this] { start_switch(); });
    }

    /// At any event while payments are in flight, or somebody waits for the archive.
    void die_perhaps() {
        if (deaths_due_.empty() || !in_safety_phase()) return;
        const bool worse = switch_.has_payments_in_flight() || switch_.has_parked_frames();
        if (!worse || !faults_.death_now.comes(start_prng_)) return;
        const Death death = deaths_due_.front();
        deaths_due_.pop_front();
        switch_.die(death);
    }

    // Items.

    void play(const Item& item) {
        events_.note("item", item.number);
        switch (kind_of(item.what)) {
            case Kind::kFault:
                return fail(item);
            case Kind::kChange:
                operator_.draw_from(Prng(item.seed));
                return change(item);
            case Kind::kTraffic:
                return order(item);
        }
    }

    void fail(const Item& item) {
        BankActor& bank = *banks_[item.bank];
        if (item.what == What::kDeath) return deaths_due_.push_back(item.death);
        if (item.what == What::kCut) return network_.cut(bank.connection());
        if (item.what == What::kReconnect) return bank.reconnect();
        if (item.what == What::kFreeze) return bank.freeze(item.lasts);
        if (item.what == What::kLoss) return bank.lose_requests(item.lasts);
        if (item.what == What::kStall) return switch_.stall(item.lasts);
        LOWU_ASSERT(item.what == What::kClockStep, "no other fault has a moment");
        switch_.step_clock(clock_step_of(item, faults_));
    }

    void change(const Item& item) {
        BankActor& bank = *banks_[item.bank];
        if (item.what == What::kRule) return operator_.change_rule();
        if (item.what == What::kPriorUse) return operator_.tell_prior_use();
        if (item.what == What::kWarning) return operator_.warn();
        if (item.what == What::kForcedOff) return operator_.force_off_for(item.lasts);
        if (item.what == What::kTokenKey) return operator_.change_token_key();
        if (item.what == What::kNextRate) return operator_.set_rate_of_next_day();
        if (item.what == What::kAdvance) return advance(item.advance);
        bank.draw_from(Prng(item.seed));
        if (item.what == What::kRates) return bank.change_rates();
        LOWU_ASSERT(item.what == What::kAbsence, "no other change is planned");
        bank.set_available(false);
        // The first is too soon.
        events_.after(3_s, [&bank] { bank.set_available(true); });
        events_.after(10'300_ms, [&bank] { bank.set_available(true); });
    }

    void advance(std::uint32_t which) {
        const auto then = [this, which] { begin_old_business(which); };
        if (which == 0) return operator_.advance_to_next_day(kGiveUp[which], then);
        operator_.advance_by(kLongAfter, kGiveUp[which], then);
    }

    /// Time has gone by: somebody looks through what is over.
    void begin_old_business(std::uint32_t advance) {
        for (const Item& item : items_) {
            if (item.what != What::kOldBusiness || item.advance != advance) continue;
            events_.after(item.at - ElapsedTime{}, [this, &item] { play(item); });
        }
    }

    void order(const Item& item) {
        BankActor& bank = *banks_[item.bank];
        bank.draw_from(Prng(item.seed));
        if (item.what == What::kOrder) return bank.pay();
        if (item.what == What::kReturn) return bank.send_back();
        if (item.what == What::kProxyChange) return bank.change_proxy();
        LOWU_ASSERT(item.what == What::kOldBusiness, "no other traffic is planned");
        bank.old_business();
    }

    // Counting.

    [[nodiscard]] Counts counts(const Gathered& gathered) {
        Counts counts;
        counts.of_switch = switch_.counts();
        counts.of_desk = desk_.counts();
        counts.payments = gathered.ending.payments.size();
        counts.memory = court_.memory();
        for (const follower::PaymentView& one : gathered.listed)
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

    const Plan plan_;
    const std::vector<Item> items_;
    const Faults faults_;
    const SchemeTime start_;
    Prng prng_;
    Prng start_prng_{prng_.fork()};
    EventQueue events_;
    judges::Court court_;
    Connections network_{events_, faults_, prng_.fork()};
    SwitchProcess switch_{{events_, network_, court_, faults_}, prng_.fork(), start_};
    Desk desk_{events_, switch_, court_, prng_.fork()};
    OperatorActor operator_{events_, desk_, start_, prng_.fork()};
    std::vector<std::unique_ptr<BankActor>> banks_;
    std::deque<Death> deaths_due_;
    int starts_failed_ = 0;  ///< When nothing fails any more.
};

[[noreturn]] void stand_still() {
    std::promise<void> never;
    const std::future<void> waiting = never.get_future();
    while (true)
        waiting.wait();
}

}  // namespace

Faults faults_of(const Plan& plan, const std::vector<Item>& played) {
    Faults faults = plan.faults;
    const auto plays = [&](What what) {
        return std::any_of(played.begin(), played.end(),
                           [what](const Item& item) { return item.what == what; });
    };
    if (!plays(What::kLateFrames)) faults.late_frame = Chance{};
    if (!plays(What::kSlowWrites)) faults.slow_write = Chance{};
    if (!plays(What::kSlowSyncs)) faults.slow_sync = Chance{};
    if (!plays(What::kFailedStarts)) faults.failed_start = Chance{};
    if (!plays(What::kLaggingFollower)) faults.lag = Chance{};
    if (!plays(What::kBadSnapshots)) {
        faults.failed_snapshot = faults.leftover = faults.damaged_snapshot = Chance{};
    }
    faults.misbehaviour = plays(What::kMisbehaviour);
    return faults;
}

/// Each run on a thread of its own. When an assertion fails there, what was found until then is the
/// outcome, and the thread stands still for good: nothing behind it may be taken apart.
Outcome run(const Plan& plan) {
    auto done = std::make_shared<std::promise<Outcome>>();
    auto broken = std::make_shared<bool>(false);
    std::future<Outcome> outcome = done->get_future();
    std::thread thread([plan, done, broken] {
        Simulation simulation(plan);
        on_assertion([&](std::string what) {
            *broken = true;
            simulation.assertion_failed(std::move(what));
            done->set_value(simulation.so_far());
            stand_still();
        });
        simulation.play();
        Outcome at_end = simulation.conclude();
        on_assertion(nullptr);
        done->set_value(std::move(at_end));
    });
    Outcome found = outcome.get();
    if (*broken) {
        thread.detach();
    } else {
        thread.join();
    }
    return found;
}

}  // namespace lowu::simulator
