// Rounds by seed. See plan.hpp.
#include "tests/kill/plan.hpp"

#include <utility>

#include "common/base/assert.hpp"

namespace lowu::killing {

namespace {

constexpr int kKillsOfEach = 2;

// What happens for every payment comes again soon; what happens once a snapshot does not.
constexpr std::int64_t kFrequentOccurrenceMax = 200;

bool is_frequent(CrashStep step) {
    switch (step) {
        case CrashStep::kOriginReserved:
        case CrashStep::kTransferDelivered:
        case CrashStep::kPayeeAsked:
        case CrashStep::kSettledApplied:
        case CrashStep::kOriginPosted:
        case CrashStep::kCreditedApplied:
        case CrashStep::kPayerDebited:
        case CrashStep::kPromiseMade:
        case CrashStep::kCreditMade:
            return true;
        case CrashStep::kBatchWritten:
        case CrashStep::kBatchDurable:
        case CrashStep::kSegmentBegun:
        case CrashStep::kSnapshotWritten:
        case CrashStep::kSnapshotRenamed:
        case CrashStep::kSegmentsRemoved:
        case CrashStep::kForgetApplied:
        case CrashStep::kArchiveFlushed:
        case CrashStep::kPayerDebitDurable:
        case CrashStep::kPromiseDurable:
        case CrashStep::kCreditDurable:
        case CrashStep::kReportSent:
            return false;
    }
    LOWU_UNREACHABLE("every step is frequent or not");
}

}  // namespace

std::string_view name_of(Victim victim) {
    switch (victim) {
        case Victim::kSwitch:
            return "switch";
        case Victim::kHk:
            return "hk";
        case Victim::kMainland:
            return "mainland";
    }
    LOWU_UNREACHABLE("every victim has a name");
}

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::kKill:
            return "kill";
        case Fault::kPause:
            return "pause";
        case Fault::kCut:
            return "cut";
        case Fault::kStall:
            return "stall";
        case Fault::kDelay:
            return "delay";
        case Fault::kHalfClose:
            return "half-close";
        case Fault::kStep:
            return "step";
    }
    LOWU_UNREACHABLE("every fault has a name");
}

bool ends_process(Fault fault) {
    return fault == Fault::kKill || fault == Fault::kStep;
}

Plan::Plan(PlanSettings settings) : settings_(std::move(settings)), prng_(settings_.seed) {
    LOWU_ASSERT(settings_.random_faults || !settings_.steps.empty(), "a plan has something to do");
    add_cycle();
    cycle_ = rounds_.size();
}

const Round& Plan::at(std::uint64_t number) {
    while (rounds_.size() <= number) {
        add_cycle();
    }
    return rounds_[number];
}

std::optional<Round> Plan::next_end(Victim victim, std::uint64_t number) {
    for (std::uint64_t i = number; i < number + 2 * cycle_; ++i) {
        const Round& round = at(i);
        if (round.victim == victim && ends_process(round.fault)) return round;
    }
    return std::nullopt;
}

void Plan::add(Victim victim, Fault fault) {
    if (victim != Victim::kSwitch && ends_process(fault) && !settings_.banks) return;
    rounds_.push_back({.victim = victim, .fault = fault});
}

void Plan::add_step(CrashStep step) {
    Victim victim = Victim::kSwitch;
    if (is_step_of_bank(step)) {
        if (!settings_.banks) return;
        victim = prng_.chance(1, 2) ? Victim::kHk : Victim::kMainland;
    }
    Round round{.victim = victim, .fault = Fault::kStep, .step = step};
    if (is_frequent(step)) {
        round.occurrence = static_cast<std::uint64_t>(prng_.between(1, kFrequentOccurrenceMax));
    }
    rounds_.push_back(round);
}

void Plan::add_cycle() {
    const std::size_t first = rounds_.size();
    for (const CrashStep step : settings_.steps) {
        add_step(step);
    }
    if (settings_.random_faults) {
        for (const Victim victim : kVictims) {
            for (int i = 0; i < kKillsOfEach; ++i) {
                add(victim, Fault::kKill);
            }
            add(victim, Fault::kPause);
            // The connections of one side's banks.
            if (victim == Victim::kSwitch) continue;
            for (const Fault fault :
                 {Fault::kCut, Fault::kStall, Fault::kDelay, Fault::kHalfClose}) {
                add(victim, fault);
            }
        }
    }
    for (std::size_t i = rounds_.size() - 1; i > first; --i) {
        std::swap(rounds_[i], rounds_[first + prng_.below(i - first + 1)]);
    }
    for (std::size_t i = first; i < rounds_.size(); ++i) {
        rounds_[i].number = i;
        rounds_[i].seed = prng_.next_u64();
    }
}

}  // namespace lowu::killing
