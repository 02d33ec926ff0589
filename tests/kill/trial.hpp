// The parts that every test here has in common: load on the scheme, a quiet moment, judgement.
// Exists so that kills, the loss of power and faults of the disk are judged alike. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/kill/scheme_under_fire.hpp"
#include "tests/kill/standing.hpp"
#include "tests/kill/tally.hpp"

namespace lowu::killing {

/// For the answer of a process that may have died meanwhile.
inline constexpr std::chrono::milliseconds kShortCall{2'000};

struct TrialSettings {
    std::uint64_t seed = 1;               // of the traffic
    std::int64_t payments = 2'000;        // a side sends so many, again while they are needed
    std::int32_t in_flight = 400;         // at most, from each side
    std::int64_t in_flight_min = 100;     // what counts as load
    std::size_t remittances_max = 1'000;  // of which both banks are asked too, a judgement
};

class Trial {
public:
    Trial(SchemeUnderFire& scheme, TrialSettings settings, Tally& tally);

    /// Makes the payees' banks take their time, so that many payments are in flight at a moderate
    /// rate. Once; the banks' logs remember it.
    [[nodiscard]] Result<void> slow_down();
    /// Traffic that begins from now on is so many times the usual: for what comes with much of it.
    void press(std::int32_t times) { pressure_ = times; }
    /// Starts traffic on the sides where none runs. A bank that is away, or has lost its session,
    /// is asked again at the next look.
    [[nodiscard]] Result<void> top_up();
    /// Tops up until there is load; the payments in flight then.
    [[nodiscard]] Result<std::int64_t> wait_under_load();
    /// The payments in flight, as the switch counts them; nothing when it does not answer soon. A
    /// switch that does not believe its clock is told what it was.
    [[nodiscard]] std::optional<std::int64_t> in_flight();
    /// At a quiet moment: makes what is remembered old, with load before if it is little, and lets
    /// nothing be forgotten yet.
    [[nodiscard]] Result<void> make_old();
    /// From now on the switch forgets what make_old has made old, payments being under way or not.
    void let_forget();
    /// To be called now and then in a long round; see EvidenceReader::collect.
    void collect() { reader_.collect(); }
    /// Until traffic is over and nothing is open anywhere. What is open after kPatience is stuck,
    /// in the tally, and an error.
    [[nodiscard]] Result<void> wait_quiet();
    /// At a quiet moment: every payment, every customer's statement, every book. Findings go to the
    /// tally.
    [[nodiscard]] Result<void> judge();
    /// At a quiet moment: the switch's directory, replayed, gives the state that its follower has.
    [[nodiscard]] Result<void> compare_replay();
    /// What was final once is so still: every payment that the switch tells.
    [[nodiscard]] Result<void> judge_all();

    /// What a process that ended without being told to left; nothing while all run.
    [[nodiscard]] std::optional<std::string> died() const;
    [[nodiscard]] const Judge& judge_of_all() const { return judge_; }

private:
    [[nodiscard]] Result<void> top_up(scheme::Rail rail);
    void answer_clock();
    [[nodiscard]] Result<v1::GetStatusResponse> status() const;
    [[nodiscard]] Result<void> set_memory(std::int64_t memory_ms) const;

    SchemeUnderFire& scheme_;
    const TrialSettings settings_;
    Tally& tally_;
    Judge judge_;
    EvidenceReader reader_;
    std::uint64_t traffic_runs_ = 0;
    std::int32_t pressure_ = 1;
    bool clock_passed_ = false;  // the next answer about the clock
};

}  // namespace lowu::killing
