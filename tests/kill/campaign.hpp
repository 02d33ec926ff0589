// A run of the kill test: load, a fault while at least a hundred payments are in flight, recovery,
// a quiet moment, judgement; and again. Exists so that main.cpp only reads flags. Main thread, the
// one that starts the processes.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "tests/kill/scheme_under_fire.hpp"
#include "tests/kill/tally.hpp"
#include "tests/kill/trial.hpp"

namespace lowu::killing {

struct CampaignSettings {
    std::uint64_t rounds = 0;         // 0: as many as the time allows
    std::chrono::seconds time{0};     // no round begins after it; 0: no bound
    std::vector<CrashStep> wanted;    // steps that must be met
    bool until_met = false;           // the run ends as soon as they are
    std::uint64_t replay_every = 20;  // rounds between comparisons with a replay
    TrialSettings trial;
};

class Campaign {
public:
    Campaign(SchemeUnderFire& scheme, Plan& plan, CampaignSettings settings, Tally& tally);

    /// Starts the processes, plays the rounds. False when it had to stop before its end; the tally
    /// says why.
    [[nodiscard]] bool run();

private:
    using Clock = std::chrono::steady_clock;

    // What a strike leaves.
    struct Strike {
        bool met = false;                        // at least in_flight_min payments were in flight
        std::int64_t in_flight = 0;              // at the moment, or just before it
        std::optional<Clock::time_point> ended;  // when the process did
    };

    [[nodiscard]] Result<void> play(const Round& round);
    [[nodiscard]] bool over(std::uint64_t next) const;
    [[nodiscard]] Launch launch_for(Victim victim, std::uint64_t from);
    [[nodiscard]] Result<void> prepare(const Round& round);

    [[nodiscard]] Result<Strike> strike(const Round& round);
    [[nodiscard]] Result<Strike> strike_at_random(const Round& round);
    [[nodiscard]] Result<Strike> strike_at_step(const Round& round);
    void hold(const Round& round, Prng& prng);
    void hurry(CrashStep step);

    [[nodiscard]] Result<void> restart(const Round& round, const Strike& strike);
    void say(const Round& round, const Strike& strike, Clock::time_point began) const;
    void say_progress(std::uint64_t rounds_played);

    SchemeUnderFire& scheme_;
    Plan& plan_;
    const CampaignSettings settings_;
    Tally& tally_;
    Trial trial_;
    std::future<void> snapshot_;  // asked for while a step is waited for
    Clock::time_point began_;
    Clock::time_point said_progress_;
};

}  // namespace lowu::killing
