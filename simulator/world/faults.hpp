// Faults: everything that goes wrong in a random run, and how often. Exists so that all of it
// stands in one place: what is not here never goes wrong. Values; any thread.
#pragma once

#include <cstdint>

#include "common/base/prng.hpp"
#include "common/base/time.hpp"

namespace lowu::simulator {

/// So many of so many cases.
struct Chance {
    std::uint64_t of = 0;
    std::uint64_t in = 1;

    [[nodiscard]] bool comes(Prng& prng) const { return prng.chance(of, in); }
};

/// From the one to the other.
struct Range {
    Duration first;
    Duration last;

    [[nodiscard]] Duration some(Prng& prng) const {
        return Duration::from_us(prng.between(first.us, last.us));
    }
};

struct Faults {
    // How often in a run, at moments of its safety phase.
    int deaths = 3;       ///< The switch dies, in one of the ways of Death, while payments wait.
    int cuts = 6;         ///< A connection breaks, with what is on its way.
    int freezes = 3;      ///< A bank reads nothing for a while.
    int losses = 2;       ///< A bank loses every request that it reads for a while.
    int reconnects = 4;   ///< A bank connects anew while its old connection is up.
    int stalls = 2;       ///< The switch gets no processor for a while.
    int clock_steps = 1;  ///< Its clock goes ahead at once.

    // How long that lasts.
    Range freeze{200_ms, 4'000_ms};  ///< Some short of the payee's deadline, some beyond it.
    Range loss{200_ms, 2'000_ms};
    Range stall{5_ms, 7'000_ms};    ///< Some beyond both deadlines at once.
    Range restart{1_ms, 1'500_ms};  ///< From a death, or a start that failed, to the next start.
    Range believed_step{100_ms, 20_s};
    Chance unbelieved_step{1, 2};  ///< Of steps: one that stops everything,
    Range long_step{61_s, 90_s};
    Range silence{100_ms, 1'500_ms};  ///< until an operator says so much later what it was.

    // Connections.
    Chance late_frame{1, 50};  ///< A frame takes up to `late` longer.
    Duration late = 60_ms;     ///< Nothing overtakes it.
    Chance slow_write{1, 15};  ///< A connection takes no bytes for up to `slow`.
    Duration slow = 80_ms;

    // The switch's disk.
    Chance slow_sync{1, 100};  ///< A sync takes up to `slow_sync_extra` longer.
    Duration slow_sync_extra = 200_ms;
    Chance torn_write{1, 3};    ///< Of failing disks: the write fails, and leaves a part.
    Chance failed_start{1, 4};  ///< A start finds a disk that fails once more.

    // The follower and its snapshots.
    Chance lag{1, 30};  ///< It comes up to `lag_by` later.
    Duration lag_by = 100_ms;
    Chance failed_snapshot{1, 8};   ///< Some step of writing one fails.
    Chance leftover{1, 4};          ///< At a death: one was being written.
    Chance damaged_snapshot{1, 4};  ///< At a death: the newest one is damaged,
    Chance cut_snapshot{1, 4};      ///< of these by losing its end, else by one bit.

    // Banks, in every other seed: of 1,000 answers.
    bool misbehaviour = true;
    std::int32_t silent_permille = 30;
    std::int32_t late_permille = 30;
    std::int32_t duplicate_permille = 100;
    std::int32_t contradict_permille = 50;
    std::int32_t refuse_permille = 30;
    std::int32_t wrong_amount_permille = 30;  ///< Of instructions.

    /// How often something dies of those that are due, at each event: so they fall where work is.
    Chance death_now{1, 40};

    /// Nothing goes wrong that somebody plans; delays stay.
    [[nodiscard]] static Faults none() {
        Faults faults;
        faults.deaths = faults.cuts = faults.freezes = faults.losses = 0;
        faults.reconnects = faults.stalls = faults.clock_steps = 0;
        faults.misbehaviour = false;
        return faults;
    }
};

}  // namespace lowu::simulator
