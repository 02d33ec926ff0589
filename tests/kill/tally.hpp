// The report of a run: how often each fault and step was planned and met, and what became of the
// payments. Exists so that a run that did not meet what it should is told from one that did. Filled
// by campaign.hpp; main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/kill/judge.hpp"
#include "tests/kill/plan.hpp"

namespace lowu::killing {

/// How far a run is, and what bounds it.
struct Progress {
    std::chrono::seconds passed{0};
    std::chrono::seconds time{0};        // no round begins after it; 0: no bound
    std::uint64_t rounds = 0;            // played
    std::uint64_t rounds_max = 0;        // 0: no bound
    std::vector<CrashStep> wanted = {};  // steps that must be met
};
/// Until the nearer of the two bounds, at the pace so far; nullopt when that cannot be told.
[[nodiscard]] std::optional<std::chrono::seconds> time_left(const Progress& progress);

class Tally {
public:
    struct Count {
        std::uint64_t tried = 0;
        std::uint64_t met = 0;  // with enough payments in flight
    };

    /// A round's fault, and whether it met what it should; `in_flight` payments at that moment.
    void strike(const Round& round, bool met, std::int64_t in_flight);
    /// From a process's end until it served again, and until all was quiet.
    void recovered(Victim victim, std::int64_t serving_ms);
    void quiet(std::int64_t after_ms) { slowest_quiet_ms_ = std::max(slowest_quiet_ms_, after_ms); }
    void found(const std::vector<Finding>& findings);
    /// What is not one payment's fault: books that differ, a process that died by itself.
    void fail(const std::string& what) { failures_.push_back(what); }
    void judged(const Judge& judge);
    void digest_compared() { ++digests_compared_; }
    void clock_confirmed() { ++clock_confirmed_; }

    [[nodiscard]] std::uint64_t count(Finding::Kind kind) const;
    /// Of these steps, those that were never met.
    [[nodiscard]] std::vector<CrashStep> never_met(const std::vector<CrashStep>& steps) const;
    /// Nothing lost, doubled, stuck or contradicted, and nothing failed.
    [[nodiscard]] bool clean() const;

    /// One line, for whoever waits.
    [[nodiscard]] std::string progress(const Progress& progress) const;

    struct Frame {
        std::uint64_t seed = 0;
        std::int64_t seconds = 0;
        std::vector<CrashStep> wanted;  // a run that never met one of these has failed
    };
    [[nodiscard]] std::string text(const Frame& frame) const;
    [[nodiscard]] std::string json(const Frame& frame) const;

private:
    std::map<std::string, Count> faults_;
    std::map<CrashStep, Count> steps_;
    std::uint64_t rounds_ = 0;
    std::uint64_t kills_ = 0;
    std::int64_t fewest_in_flight_ = 0;  // at a strike that met
    std::map<std::string, std::int64_t> slowest_serving_ms_;
    std::int64_t slowest_quiet_ms_ = 0;
    std::map<Finding::Kind, std::uint64_t> found_;
    std::vector<std::string> examples_;
    std::vector<std::string> failures_;
    std::uint64_t payments_ = 0;
    std::uint64_t settled_ = 0;
    std::map<std::string, std::uint64_t> refused_by_reason_;
    std::uint64_t digests_compared_ = 0;
    std::uint64_t clock_confirmed_ = 0;
};

}  // namespace lowu::killing
