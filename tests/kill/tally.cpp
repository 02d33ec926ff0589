// The report, for people and for machines. See tally.hpp.
#include "tests/kill/tally.hpp"

#include <algorithm>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

namespace lowu::killing {

namespace {

constexpr std::size_t kExamplesMax = 50;
constexpr Finding::Kind kKinds[] = {Finding::Kind::kLost, Finding::Kind::kDoubled,
                                    Finding::Kind::kStuck, Finding::Kind::kContradicted};

std::string fault_text(const Round& round) {
    return std::string(name_of(round.victim)) + " " + std::string(name_of(round.fault));
}

void row(std::ostream& out, const std::string& what, const Tally::Count& count) {
    out << "  " << std::left << std::setw(26) << what << std::right << std::setw(6) << count.met
        << " of " << count.tried << "\n";
}

}  // namespace

void Tally::strike(const Round& round, bool met, std::int64_t in_flight) {
    ++rounds_;
    Count& count = round.fault == Fault::kStep ? steps_[round.step] : faults_[fault_text(round)];
    ++count.tried;
    if (!met) return;
    ++count.met;
    kills_ += ends_process(round.fault) ? 1U : 0U;
    fewest_in_flight_ = fewest_in_flight_ == 0 ? in_flight : std::min(fewest_in_flight_, in_flight);
}

void Tally::recovered(Victim victim, std::int64_t serving_ms) {
    std::int64_t& slowest = slowest_serving_ms_[std::string(name_of(victim))];
    slowest = std::max(slowest, serving_ms);
}

void Tally::found(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        ++found_[finding.kind];
        if (examples_.size() == kExamplesMax) continue;
        examples_.push_back(std::string(name_of(finding.kind)) + ": " + finding.what);
    }
}

void Tally::judged(const Judge& judge) {
    payments_ = judge.payments();
    settled_ = judge.settled();
    refused_by_reason_ = judge.refused_by_reason();
}

std::uint64_t Tally::count(Finding::Kind kind) const {
    const auto found = found_.find(kind);
    return found == found_.end() ? 0 : found->second;
}

std::vector<CrashStep> Tally::never_met(const std::vector<CrashStep>& steps) const {
    std::vector<CrashStep> missing;
    std::copy_if(steps.begin(), steps.end(), std::back_inserter(missing), [this](CrashStep step) {
        const auto found = steps_.find(step);
        return found == steps_.end() || found->second.met == 0;
    });
    return missing;
}

bool Tally::clean() const {
    return found_.empty() && failures_.empty();
}

std::optional<std::chrono::seconds> time_left(const Progress& progress) {
    using std::chrono::seconds;
    std::optional<seconds> left;
    if (progress.time.count() != 0) left = std::max(progress.time - progress.passed, seconds(0));
    if (progress.rounds_max == 0 || progress.rounds == 0) return left;
    const auto rounds_left = static_cast<std::int64_t>(
        progress.rounds_max - std::min(progress.rounds, progress.rounds_max));
    const seconds by_rounds{progress.passed.count() * rounds_left /
                            static_cast<std::int64_t>(progress.rounds)};
    return left ? std::min(*left, by_rounds) : by_rounds;
}

std::string Tally::progress(const Progress& progress) const {
    std::ostringstream out;
    out << "PROGRESS " << progress.passed.count() / 60 << " min, " << progress.rounds << " rounds, "
        << kills_ << " kills";
    if (!progress.wanted.empty()) {
        out << ", " << progress.wanted.size() - never_met(progress.wanted).size() << " of "
            << progress.wanted.size() << " steps met";
    }
    out << "; " << payments_ << " payments";
    for (const Finding::Kind kind : kKinds) {
        out << ", " << count(kind) << " " << name_of(kind);
    }
    const auto left = time_left(progress);
    out << "; "
        << (left ? "at most " + std::to_string(left->count() / 60 + 1) + " min to go"
                 : "no end set");
    return out.str();
}

std::string Tally::text(const Frame& frame) const {
    std::ostringstream out;
    out << "Seed " << frame.seed << ", " << rounds_ << " rounds in " << frame.seconds << " s\n\n"
        << "Faults met under load, of those tried:\n";
    for (const auto& [what, count] : faults_) {
        row(out, what, count);
    }
    out << "Kills at named steps:\n";
    for (const auto& [step, count] : steps_) {
        row(out, std::string(lowu::name_of(step)), count);
    }
    for (const CrashStep step : never_met(frame.wanted)) {
        out << "  NEVER MET: " << lowu::name_of(step) << "\n";
    }
    out << "Fewest payments in flight at a fault: " << fewest_in_flight_ << "\n"
        << "Slowest to serve again:";
    for (const auto& [who, slowest] : slowest_serving_ms_) {
        out << " " << who << " " << slowest << " ms;";
    }
    out << " slowest until quiet " << slowest_quiet_ms_ << " ms\n"
        << "Replays compared by digest: " << digests_compared_
        << ", jumps of the clock answered: " << clock_confirmed_ << "\n\n"
        << "Payments " << payments_ << ", settled " << settled_ << ", refused";
    for (const auto& [reason, count] : refused_by_reason_) {
        out << " " << reason << " " << count << ";";
    }
    out << "\n";
    for (const Finding::Kind kind : kKinds) {
        out << name_of(kind) << " " << count(kind) << (kind == kKinds[3] ? "\n" : ", ");
    }
    for (const std::string& example : examples_) {
        out << "  " << example << "\n";
    }
    for (const std::string& failure : failures_) {
        out << "  FAILED: " << failure << "\n";
    }
    return out.str();
}

std::string Tally::json(const Frame& frame) const {
    nlohmann::ordered_json report = {{"seed", frame.seed},
                                     {"rounds", rounds_},
                                     {"kills", kills_},
                                     {"seconds", frame.seconds},
                                     {"payments", payments_},
                                     {"settled", settled_},
                                     {"refused_by_reason", refused_by_reason_}};
    for (const Finding::Kind kind : kKinds) {
        report[std::string(name_of(kind))] = count(kind);
    }
    report["fewest_in_flight"] = fewest_in_flight_;
    report["slowest_to_serve_ms"] = slowest_serving_ms_;
    report["slowest_until_quiet_ms"] = slowest_quiet_ms_;
    report["digests_compared"] = digests_compared_;
    report["clock_jumps_answered"] = clock_confirmed_;
    for (const auto& [what, count] : faults_) {
        report["faults"][what] = {{"tried", count.tried}, {"met", count.met}};
    }
    for (const auto& [step, count] : steps_) {
        report["steps"][std::string(lowu::name_of(step))] = {{"tried", count.tried},
                                                             {"met", count.met}};
    }
    report["never_met"] = nlohmann::ordered_json::array();
    for (const CrashStep step : never_met(frame.wanted)) {
        report["never_met"].push_back(lowu::name_of(step));
    }
    report["examples"] = examples_;
    report["failures"] = failures_;
    return report.dump(2) + "\n";
}

}  // namespace lowu::killing
