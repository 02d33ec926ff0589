// Draws a plan's items; see plan.hpp. Their words are in words.cpp.
#include "tests/simulation/plan.hpp"

#include <algorithm>

#include "common/scheme/calendar.hpp"
#include "simulator/world/scheme.hpp"

namespace lowu::simulator {
namespace {

/// Twice customers pause, so that there is a quiet moment for setting scheme time forward.
constexpr ElapsedTime kPauseBegins{4'800'000};
constexpr ElapsedTime kPauseEnds{7'500'000};
constexpr ElapsedTime kSecondPauseBegins{9'000'000};
constexpr ElapsedTime kSecondPauseEnds{10'600'000};
/// Afterwards everything is quiet sooner or later.
constexpr ElapsedTime kEpilogueBegins{13'000'000};

class Planner {
public:
    explicit Planner(const Plan& plan) : plan_(plan), prng_(plan.seed) {}

    std::vector<Item> items() {
        plan_faults();
        plan_changes();
        if (plan_.new_days) plan_new_days();
        plan_traffic();
        return std::move(items_);
    }

private:
    /// The next item; the caller says what else it is.
    Item& add(What what, ElapsedTime at) {
        Item& item = items_.emplace_back();
        item.number = static_cast<std::uint32_t>(items_.size());
        item.what = what;
        item.at = at;
        item.seed = prng_.next_u64();
        item.bank = static_cast<std::uint32_t>(prng_.below(bank_plans().size()));
        return item;
    }
    /// At so many moments of the safety phase.
    void add_some(int times, What what) {
        for (int i = 0; i < times; ++i)
            add(what, some_moment());
    }
    void add_lasting(int times, What what, Range lasts) {
        for (int i = 0; i < times; ++i)
            add(what, some_moment()).lasts = lasts.some(prng_);
    }

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
    [[nodiscard]] Duration between_ms(std::int64_t first, std::int64_t last) {
        return Duration::from_us(prng_.between(first * 1'000, last * 1'000));
    }

    void plan_faults() {
        const Faults& faults = plan_.faults;
        for (const What what : {What::kLateFrames, What::kSlowWrites, What::kSlowSyncs,
                                What::kFailedStarts, What::kLaggingFollower, What::kBadSnapshots})
            add(what, ElapsedTime{});
        if (faults.misbehaviour && plan_.seed % 2 == 0) add(What::kMisbehaviour, ElapsedTime{});
        for (int i = 0; i < faults.deaths; ++i)
            add(What::kDeath, some_moment()).death = static_cast<Death>(prng_.below(kDeaths));
        add_some(faults.cuts, What::kCut);
        add_some(faults.reconnects, What::kReconnect);
        add_lasting(faults.freezes, What::kFreeze, faults.freeze);
        add_lasting(faults.losses, What::kLoss, faults.loss);
        add_lasting(faults.stalls, What::kStall, faults.stall);
        for (int i = 0; i < faults.clock_steps; ++i) {
            const bool believed = !faults.unbelieved_step.comes(prng_);
            add_lasting(1, What::kClockStep, believed ? faults.believed_step : faults.long_step);
        }
    }

    void plan_changes() {
        add_some(plan_.rule_changes, What::kRule);
        add_some(plan_.rule_changes / 5, What::kPriorUse);
        add_some(plan_.rule_changes / 5, What::kWarning);
        for (int i = 0; i < plan_.rule_changes / 5; ++i)  // Of the two that exchange.
            add(What::kRates, some_moment()).bank = static_cast<std::uint32_t>(prng_.below(2));
        add_lasting(plan_.forced_off, What::kForcedOff, {100_ms, 1'500_ms});
        // A bank that is away for most of the run leaves little to happen: in every third only.
        for (int i = 0; i < plan_.absences && prng_.chance(1, 3); ++i)
            add(What::kAbsence, ElapsedTime{prng_.between(500'000, 1'500'000)});
    }

    void plan_new_days() {
        if (prng_.chance(1, 2)) add(What::kTokenKey, some_moment());
        // Sometimes when the day has long begun: then no quota can be counted until it is there.
        const bool late = prng_.chance(1, 3);
        add(What::kNextRate, ElapsedTime{late ? prng_.between(8'000'000, 10'000'000)
                                              : prng_.between(500'000, 2'500'000)});
        const std::array<ElapsedTime, 3> advances{kPauseBegins + 500_ms,
                                                  kSecondPauseBegins + 300_ms, kEpilogueBegins};
        for (std::uint32_t i = 0; i < advances.size(); ++i)
            add(What::kAdvance, advances[i]).advance = i;
    }

    /// In bursts, as customers come: payments of one burst share batches.
    void plan_traffic() {
        for (std::uint32_t bank = 0; bank < bank_plans().size(); ++bank) {
            // Most of them at the beginning, so that there is somebody to be paid.
            for (int i = 0; i < plan_.proxy_changes_a_bank; ++i) {
                add(What::kProxyChange,
                    i % 2 == 0 ? ElapsedTime{prng_.between(5'000, 400'000)} : some_moment())
                    .bank = bank;
            }
            for (int left = plan_.payments_a_bank; left > 0;) {
                const int burst = std::min<int>(left, static_cast<int>(prng_.between(1, 6)));
                left -= burst;
                const ElapsedTime at = some_busy_moment();
                for (int i = 0; i < burst; ++i)
                    add(What::kOrder, at).bank = bank;
            }
            for (int i = 0; i < plan_.returns_a_bank; ++i)
                add(What::kReturn, some_busy_moment()).bank = bank;
            if (plan_.new_days) plan_days_of(bank);
        }
    }

    void plan_days_of(std::uint32_t bank) {
        // What is taken of the old day's quota is settled in the new one.
        const SchemeTime start = start_of(plan_);
        const SchemeTime midnight = scheme::start_of_day(scheme::day_number(start) + 1);
        const ElapsedTime at = ElapsedTime{} + (midnight - start);
        for (int i = 0; i < 12 && at.value <= kSafetyPhase.us; ++i)
            add(What::kOrder, at + between_ms(-60, 60)).bank = bank;
        // Time has gone by: somebody looks through what is over.
        for (std::uint32_t advance = 0; advance < 3; ++advance) {
            for (int i = 0; i < plan_.old_business_a_bank; ++i) {
                Item& item = add(What::kOldBusiness, ElapsedTime{} + between_ms(1, 900));
                item.bank = bank;
                item.advance = advance;
            }
        }
    }

    const Plan& plan_;
    Prng prng_;
    std::vector<Item> items_;
};

}  // namespace

Kind kind_of(What what) {
    if (what <= What::kClockStep) return Kind::kFault;
    return what <= What::kAdvance ? Kind::kChange : Kind::kTraffic;
}

Plan Plan::quiet() {
    Plan plan;
    plan.faults = Faults::none();
    plan.rule_changes = plan.forced_off = plan.absences = 0;
    plan.new_days = false;
    return plan;
}

SchemeTime start_of(const Plan& plan) {
    return plan.new_days ? starts()[plan.seed % starts().size()] : starts()[0];
}

ClockStep clock_step_of(const Item& item, const Faults& faults) {
    Prng prng(item.seed);
    return {item.lasts, faults.silence.some(prng), prng.chance(1, 2)};
}

std::vector<Item> items_of(const Plan& plan) {
    return Planner(plan).items();
}

std::vector<Item> played_items(const Plan& plan) {
    std::vector<Item> items = items_of(plan);
    if (plan.only) {
        std::erase_if(items, [&](const Item& item) {
            return !std::binary_search(plan.only->begin(), plan.only->end(), item.number);
        });
    }
    return items;
}

}  // namespace lowu::simulator
