// Rounds of load, fault, recovery and judgement. See campaign.hpp.
#include "tests/kill/campaign.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::killing {

namespace {

using std::chrono::milliseconds;

// A step that has to wait for a whole segment of the log, or for two snapshots that cover one.
constexpr milliseconds kStepPatience{300'000};

constexpr int kStrikesMax = 50;
constexpr std::int64_t kDelayBeforeMs = 300;
constexpr std::int64_t kHoldMinMs = 50;
constexpr std::int64_t kHoldMaxMs = 2'500;
constexpr std::int64_t kLateMinMs = 20;
constexpr std::int64_t kLateMaxMs = 400;
constexpr milliseconds kHurryEvery{2'000};
constexpr std::int32_t kPressure = 4;
constexpr milliseconds kProgressEvery{60'000};

milliseconds random_ms(Prng& prng, std::int64_t first, std::int64_t last) {
    return milliseconds(prng.between(first, last));
}

std::int64_t ms_since(std::chrono::steady_clock::time_point moment) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - moment)
        .count();
}

// How often a process, over all its lives, has said that it dies at this step.
std::size_t times_reached(const test::Process& process, CrashStep step) {
    const std::string said = process.output();
    const std::string line = "crash step " + std::string(lowu::name_of(step)) + ": reached";
    std::size_t times = 0;
    for (std::size_t at = said.find(line); at != std::string::npos; at = said.find(line, at + 1)) {
        ++times;
    }
    return times;
}

}  // namespace

Campaign::Campaign(SchemeUnderFire& scheme, Plan& plan, CampaignSettings settings, Tally& tally)
    : scheme_(scheme),
      plan_(plan),
      settings_(std::move(settings)),
      tally_(tally),
      trial_(scheme, settings_.trial, tally) {}

bool Campaign::run() {
    began_ = Clock::now();
    said_progress_ = began_;
    for (const Victim victim : kVictims) {
        if (auto started = scheme_.start(victim, launch_for(victim, 0)); !started) {
            tally_.fail(started.error().what);
            return false;
        }
    }
    if (auto slow = trial_.slow_down(); !slow) {
        tally_.fail(slow.error().what);
        return false;
    }
    for (std::uint64_t number = 0; !over(number); ++number) {
        const Round round = plan_.at(number);
        if (auto played = play(round); !played) {
            tally_.fail("round " + std::to_string(number) + ": " + played.error().what + "\n" +
                        scheme_.tails());
            return false;
        }
    }
    auto all = trial_.compare_replay();
    if (all) all = trial_.judge_all();
    if (!all) {
        tally_.fail(all.error().what);
        return false;
    }
    return true;
}

bool Campaign::over(std::uint64_t next) const {
    if (settings_.rounds != 0 && next >= settings_.rounds) return true;
    if (settings_.time.count() != 0 && Clock::now() - began_ >= settings_.time) return true;
    return settings_.until_met && next > 0 && tally_.never_met(settings_.wanted).empty();
}

// The program that the next round which ends this process asks for.
Launch Campaign::launch_for(Victim victim, std::uint64_t from) {
    const auto next = plan_.next_end(victim, from);
    if (!next || next->fault != Fault::kStep) return {};
    return {next};
}

Result<void> Campaign::play(const Round& round) {
    const Clock::time_point began = Clock::now();
    if (auto ready = prepare(round); !ready) return ready;
    auto struck = strike(round);
    if (!struck) return std::move(struck).error();
    tally_.strike(round, struck->met, struck->in_flight);
    const Clock::time_point hit = struck->ended.value_or(Clock::now());
    if (ends_process(round.fault)) {
        if (auto back = restart(round, *struck); !back) return back;
    }
    if (auto quiet = trial_.wait_quiet(); !quiet) return quiet;
    tally_.quiet(ms_since(hit));
    if (auto judged = trial_.judge(); !judged) return judged;
    if ((round.number + 1) % settings_.replay_every == 0) {
        if (auto same = trial_.compare_replay(); !same) return same;
    }
    say(round, *struck, began);
    say_progress(round.number + 1);
    return {};
}

Result<void> Campaign::prepare(const Round& round) {
    const auto& step = scheme_.launch_of(round.victim).step;
    const bool right = round.fault != Fault::kStep || (step && step->number == round.number);
    if (!right) {
        scheme_.process(round.victim).kill();
        if (auto started = scheme_.start(round.victim, {round}); !started) return started;
    }
    for (const scheme::Rail rail : {scheme::Rail::kFps, scheme::Rail::kIbps}) {
        if (auto up = scheme_.wait_for_sessions(rail); !up) return up;
    }
    if (round.fault == Fault::kStep && round.step == CrashStep::kForgetApplied) {
        if (auto old = trial_.make_old(); !old) return old;
    }
    // The log's segments fill with the payments that there are.
    const bool fills = round.fault == Fault::kStep && (round.step == CrashStep::kSegmentBegun ||
                                                       round.step == CrashStep::kSegmentsRemoved);
    trial_.press(fills ? kPressure : 1);
    return trial_.top_up();
}

Result<Campaign::Strike> Campaign::strike(const Round& round) {
    if (round.fault == Fault::kStep) return strike_at_step(round);
    return strike_at_random(round);
}

// At a random moment, put off while too few payments are in flight.
Result<Campaign::Strike> Campaign::strike_at_random(const Round& round) {
    Prng prng(round.seed);
    test::Process& victim = scheme_.process(round.victim);
    Strike strike;
    for (int i = 0; i < kStrikesMax; ++i) {
        if (auto load = trial_.wait_under_load(); !load) return std::move(load).error();
        if (victim.wait(random_ms(prng, 0, kDelayBeforeMs))) break;
        const auto now = trial_.in_flight();
        if (!now || *now < settings_.trial.in_flight_min) continue;
        strike = {true, *now, std::nullopt};
        break;
    }
    if (auto dead = trial_.died()) return Error{Error::Kind::kUnknown, *dead};
    if (round.fault == Fault::kKill) {
        strike.ended = Clock::now();
        victim.kill();
    } else {
        hold(round, prng);
    }
    return strike;
}

// The fault lasts for a random time; the process whose end is waited for meanwhile does not end.
void Campaign::hold(const Round& round, Prng& prng) {
    test::Process& process = scheme_.process(round.victim);
    TcpProxy& proxy = scheme_.proxy(rail_of(round.victim));
    const milliseconds time = random_ms(prng, kHoldMinMs, kHoldMaxMs);
    switch (round.fault) {
        case Fault::kPause:
            process.signal(SIGSTOP);
            break;
        case Fault::kCut:
            proxy.cut();
            break;
        case Fault::kStall:
            proxy.stall();
            break;
        case Fault::kDelay:
            proxy.delay(random_ms(prng, kLateMinMs, kLateMaxMs));
            break;
        case Fault::kHalfClose:
            proxy.half_close();
            break;
        case Fault::kKill:
        case Fault::kStep:
            LOWU_UNREACHABLE("a killed process is not held");
    }
    (void)process.wait(time);
    process.signal(SIGCONT);
    proxy.pass();
}

// The process dies by itself once told to count; whether it did so at its step, it says.
Result<Campaign::Strike> Campaign::strike_at_step(const Round& round) {
    auto load = trial_.wait_under_load();
    if (!load) return std::move(load).error();
    test::Process& victim = scheme_.process(round.victim);
    Strike strike{false, *load, std::nullopt};
    Clock::time_point hurried = Clock::now() - kHurryEvery;
    const std::size_t reached_before = times_reached(victim, round.step);
    victim.signal(SIGUSR1);
    const bool dead = victim.wait_until(kStepPatience, [&] {
        if (victim.wait(milliseconds(0))) return true;
        if (auto done = trial_.top_up(); !done) return false;
        strike.in_flight = trial_.in_flight().value_or(strike.in_flight);
        if (Clock::now() - hurried >= kHurryEvery) {
            hurry(round.step);
            trial_.collect();
            say_progress(round.number);
            hurried = Clock::now();
        }
        return victim.wait(milliseconds(0)).has_value();
    });
    strike.ended = Clock::now();
    const bool at_step = dead && times_reached(victim, round.step) > reached_before;
    strike.met = at_step && strike.in_flight >= settings_.trial.in_flight_min;
    if (dead && !at_step) {
        return Error{Error::Kind::kUnknown,
                     std::string(name_of(round.victim)) + " died, and not at the step"};
    }
    if (!dead) victim.kill();
    return strike;
}

// What comes with a snapshot, and forgetting, does not come by itself in a short time. A snapshot
// is asked for on the side: the load must not run out meanwhile.
void Campaign::hurry(CrashStep step) {
    if (step == CrashStep::kForgetApplied) return trial_.let_forget();
    const bool with_snapshot =
        step == CrashStep::kSnapshotWritten || step == CrashStep::kSnapshotRenamed ||
        step == CrashStep::kSegmentsRemoved || step == CrashStep::kArchiveFlushed;
    const bool asked =
        snapshot_.valid() && snapshot_.wait_for(milliseconds(0)) != std::future_status::ready;
    if (!with_snapshot || asked) return;
    snapshot_ = std::async(std::launch::async, [this] {
        (void)scheme_.operations().call(&v1::OperationsService::Stub::TakeSnapshot,
                                        v1::TakeSnapshotRequest{}, kShortCall);
    });
}

Result<void> Campaign::restart(const Round& round, const Strike& strike) {
    if (auto started = scheme_.start(round.victim, launch_for(round.victim, round.number + 1));
        !started) {
        return started;
    }
    tally_.recovered(round.victim, ms_since(strike.ended.value_or(Clock::now())));
    return {};
}

// Once a minute, in long rounds too.
void Campaign::say_progress(std::uint64_t rounds_played) {
    const Clock::time_point now = Clock::now();
    if (now - said_progress_ < kProgressEvery) return;
    said_progress_ = now;
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - began_);
    const Progress progress{passed, settings_.time, rounds_played, settings_.rounds,
                            settings_.wanted};
    std::cout << tally_.progress(progress) << std::endl;
}

void Campaign::say(const Round& round, const Strike& strike, Clock::time_point began) const {
    std::cout << ms_since(began_) / 1'000 << " s: round " << round.number << ", "
              << name_of(round.victim) << " " << name_of(round.fault);
    if (round.fault == Fault::kStep) {
        std::cout << " " << lowu::name_of(round.step) << ":" << round.occurrence;
    }
    std::cout << (strike.met ? "" : " NOT MET") << ", " << strike.in_flight << " in flight, "
              << ms_since(began) << " ms; " << trial_.judge_of_all().payments() << " payments, "
              << trial_.judge_of_all().settled() << " settled, "
              << tally_.count(Finding::Kind::kLost) << " lost, "
              << tally_.count(Finding::Kind::kDoubled) << " doubled, "
              << tally_.count(Finding::Kind::kStuck) << " stuck" << std::endl;
}

}  // namespace lowu::killing
