// Which process is hit how, round after round, by one seed. Exists so that a run can be told and
// played again, and so that every named step comes up in every cycle. Pure; main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/crash_step.hpp"
#include "common/base/prng.hpp"

namespace lowu::killing {

/// The three processes.
enum class Victim : std::uint8_t { kSwitch, kHk, kMainland };
inline constexpr Victim kVictims[] = {Victim::kSwitch, Victim::kHk, Victim::kMainland};
[[nodiscard]] std::string_view name_of(Victim victim);

enum class Fault : std::uint8_t {
    kKill,       // SIGKILL at a random moment, the installed program
    kPause,      // SIGSTOP for a random time, then SIGCONT
    kCut,        // the banks' connections end, and none is let through for a random time
    kStall,      // the banks' connections stay, and nothing passes for a random time
    kDelay,      // what the banks and the switch say arrives late for a random time
    kHalfClose,  // the banks' side of each connection ends, the switch's does not
    kStep,       // SIGKILL at a named step, the program's test variant
};
inline constexpr std::size_t kFaults = 7;
[[nodiscard]] std::string_view name_of(Fault fault);

/// Whether the process is gone afterwards.
[[nodiscard]] bool ends_process(Fault fault);

struct Round {
    std::uint64_t number = 0;  // from 0
    Victim victim = Victim::kSwitch;
    Fault fault = Fault::kKill;
    CrashStep step = CrashStep::kOriginReserved;  // with kStep
    std::uint64_t occurrence = 1;                 // with kStep: the how manieth time
    std::uint64_t seed = 0;                       // of what is random within the round
};

struct PlanSettings {
    std::uint64_t seed = 1;
    std::vector<CrashStep> steps;  // to be hit in each cycle; empty: none
    bool banks = true;             // banks' processes are ended too
    bool random_faults = true;     // false: the steps alone
};

class Plan {
public:
    explicit Plan(PlanSettings settings);

    /// The same for the same number, whatever was asked before.
    [[nodiscard]] const Round& at(std::uint64_t number);

    /// The next round from `number` on that ends this process, if there is one within two cycles:
    /// it decides which program is started now.
    [[nodiscard]] std::optional<Round> next_end(Victim victim, std::uint64_t number);

    /// Rounds after which everything has come up once.
    [[nodiscard]] std::size_t cycle() const { return cycle_; }

private:
    void add_cycle();
    void add(Victim victim, Fault fault);
    void add_step(CrashStep step);

    const PlanSettings settings_;
    Prng prng_;
    std::vector<Round> rounds_;
    std::size_t cycle_ = 0;
};

}  // namespace lowu::killing
