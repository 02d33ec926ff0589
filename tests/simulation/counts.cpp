// Counts of runs, and what must be among them; see counts.hpp.
#include "tests/simulation/counts.hpp"

#include <algorithm>

#include "switch/core/result.hpp"

namespace lowu::simulator {

std::uint64_t Counts::settled_in_all() const {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : settled)
        sum += count;
    return sum;
}

std::uint64_t Counts::refused_by(core::ResultCode rule) const {
    const auto found = refused.find(std::string(core::row_of(rule).name));
    return found == refused.end() ? 0 : found->second;
}

namespace {

void add_all(SwitchCounts& to, const SwitchCounts& from) {
    for (std::size_t i = 0; i < kDeaths; ++i)
        to.deaths[i] += from.deaths[i];
    to.torn_tails += from.torn_tails;
    to.kept_unreleased += from.kept_unreleased;
    to.failed_starts += from.failed_starts;
    to.takeovers += from.takeovers;
    to.late_hellos += from.late_hellos;
    to.stalls += from.stalls;
    to.clock_steps += from.clock_steps;
    to.clock_halts += from.clock_halts;
    to.batches += from.batches;
    to.records += from.records;
    to.built_while_syncing += from.built_while_syncing;
    to.segments = std::max(to.segments, from.segments);
    to.waited_writable += from.waited_writable;
    to.repeated_frames += from.repeated_frames;
    to.largest_batch_bytes = std::max(to.largest_batch_bytes, from.largest_batch_bytes);
    to.of_follower.compared += from.of_follower.compared;
    to.of_follower.snapshots += from.of_follower.snapshots;
    to.of_follower.failed_snapshots += from.of_follower.failed_snapshots;
    to.of_follower.trims += from.of_follower.trims;
    to.of_follower.lost_rows += from.of_follower.lost_rows;
    to.loaded_snapshots += from.loaded_snapshots;
    to.damaged_snapshots += from.damaged_snapshots;
    to.parked += from.parked;
    to.parked_behind += from.parked_behind;
    to.asked_again += from.asked_again;
    to.look_ups_early += from.look_ups_early;
    to.archived_bodies += from.archived_bodies;
}

}  // namespace

void Counts::add(const Counts& one) {
    add_all(of_switch, one.of_switch);
    const auto add_map = [](auto& to, const auto& from) {
        for (const auto& [name, count] : from)
            to[name] += count;
    };
    add_map(settled, one.settled);
    add_map(refused, one.refused);
    of_desk.changes += one.of_desk.changes;
    of_desk.refused += one.of_desk.refused;
    of_desk.lost += one.of_desk.lost;
    of_desk.look_ups += one.of_desk.look_ups;
    of_desk.found += one.of_desk.found;
    of_desk.quotes += one.of_desk.quotes;
    of_desk.no_quotes += one.of_desk.no_quotes;
    memory.forgets += one.memory.forgets;
    memory.recollections += one.memory.recollections;
    memory.repeats += one.memory.repeats;
    memory.returns += one.memory.returns;
    memory.enquiries += one.memory.enquiries;
    forgotten += one.forgotten;
    enquiries += one.enquiries;
    answers += one.answers;
    repeats += one.repeats;
    payments += one.payments;
    returns += one.returns;
    advances += one.advances;
    midnights += one.midnights;
    lost_requests += one.lost_requests;
    reconnects += one.reconnects;
    connections += one.connections;
    events += one.events;
}

namespace {

std::string describe_memory(const Counts& counts) {
    const SwitchCounts& of_switch = counts.of_switch;
    std::string text;
    const auto add_one = [&](const char* what, std::uint64_t count) {
        text += std::string(text.empty() ? "" : ", ") + what + " " + std::to_string(count);
    };
    add_one("segments forgotten", counts.memory.forgets);
    add_one("payments forgotten at the end", counts.forgotten);
    add_one("legs recollected", counts.memory.recollections);
    add_one("forgotten ones instructed again", counts.memory.repeats);
    add_one("sent back", counts.memory.returns);
    add_one("enquiries", counts.enquiries);
    add_one("answered", counts.answers);
    add_one("answered from the archive", counts.memory.enquiries);
    add_one("old instructions repeated", counts.repeats);
    add_one("frames parked", of_switch.parked);
    add_one("behind them", of_switch.parked_behind);
    add_one("asked again", of_switch.asked_again);
    add_one("look-ups before the follower", of_switch.look_ups_early);
    add_one("batches read from the archive", of_switch.archived_bodies);
    add_one("decisions compared", of_switch.of_follower.compared);
    add_one("snapshots", of_switch.of_follower.snapshots);
    add_one("failed", of_switch.of_follower.failed_snapshots);
    add_one("loaded", of_switch.loaded_snapshots);
    add_one("damaged", of_switch.damaged_snapshots);
    add_one("times that the log was cut", of_switch.of_follower.trims);
    add_one("archives that had lost rows", of_switch.of_follower.lost_rows);
    return text;
}

}  // namespace

std::string describe(const Counts& counts) {
    const SwitchCounts& of_switch = counts.of_switch;
    std::string text;
    const auto add_one = [&](const char* what, std::uint64_t count) {
        text += std::string(text.empty() ? "" : ", ") + what + " " + std::to_string(count);
    };
    add_one("payments and returns", counts.payments);
    add_one("returned", counts.returns);
    for (const auto& [name, count] : counts.settled)
        add_one(("settled " + name).c_str(), count);
    for (const auto& [name, count] : counts.refused)
        add_one(("refused " + name).c_str(), count);
    add_one("changes", counts.of_desk.changes);
    add_one("changes refused", counts.of_desk.refused);
    add_one("look-ups", counts.of_desk.look_ups);
    add_one("found", counts.of_desk.found);
    add_one("questions for quotes", counts.of_desk.quotes);
    add_one("without a quote", counts.of_desk.no_quotes);
    add_one("calls lost", counts.of_desk.lost);
    add_one("advances", counts.advances);
    add_one("runs over midnight", counts.midnights);
    add_one("requests lost", counts.lost_requests);
    add_one("killed", of_switch.deaths[0]);
    add_one("power lost", of_switch.deaths[1]);
    add_one("power lost in a sync", of_switch.deaths[2]);
    add_one("write failed", of_switch.deaths[3]);
    add_one("torn tails", of_switch.torn_tails);
    add_one("found more than released", of_switch.kept_unreleased);
    add_one("failed starts", of_switch.failed_starts);
    add_one("takeovers", of_switch.takeovers);
    add_one("late hellos refused", of_switch.late_hellos);
    add_one("stalls", of_switch.stalls);
    add_one("steps of the clock", of_switch.clock_steps);
    add_one("not believed", of_switch.clock_halts);
    add_one("reconnects", counts.reconnects);
    add_one("frames repeated", of_switch.repeated_frames);
    add_one("connections", counts.connections);
    add_one("batches", of_switch.batches);
    add_one("records", of_switch.records);
    add_one("inputs while syncing", of_switch.built_while_syncing);
    add_one("segments", of_switch.segments);
    add_one("largest batch in bytes", of_switch.largest_batch_bytes);
    add_one("writes held back", of_switch.waited_writable);
    add_one("events", counts.events);
    return text + "\n" + describe_memory(counts);
}

namespace {

/// Figures with what each must be above.
class Least {
public:
    void expect(const std::string& what, std::uint64_t count, std::uint64_t above) {
        if (count > above) return;
        missing_.push_back(what + ": " + std::to_string(count) + ", must be above " +
                           std::to_string(above));
    }
    [[nodiscard]] std::vector<std::string> missing() { return std::move(missing_); }

private:
    std::vector<std::string> missing_;
};

/// What the rules bring about: each of it must have happened.
void expect_rules(const Counts& sum, Least& least) {
    for (const char* service :
         {"northbound p2p_remittance", "southbound p2p_remittance", "northbound fee_collection",
          "southbound fee_collection", "northbound business_to_person",
          "southbound business_to_person", "domestic fps", "domestic ibps"}) {
        const auto settled = sum.settled.find(service);
        least.expect(service, settled == sum.settled.end() ? 0 : settled->second, 50);
    }
    using enum core::ResultCode;
    for (const core::ResultCode rule :
         {kPayerAgentLoggedOff,   kServiceNotOffered,    kPurposeNotOffered,
          kOutsideHours,          kAmountAboveBankLimit, kReferenceRateMissing,
          kPersonDayLimit,        kPersonYearLimit,      kPayerAgentLiquidity,
          kPayeeAgentUnknown,     kProxyMoved,           kPayeeAgentLoggedOff,
          kPayeeAgentOffline,     kLinkAgentLiquidity,   kPayeeAccountUnknown,
          kPayeeAccountType,      kPayeeNameMismatch,    kPayeeQuote,
          kPayeeAgentUnspecified, kPayeeAgentSilent})
        least.expect("refused " + std::string(core::row_of(rule).name), sum.refused_by(rule), 5);
    least.expect("settled", sum.settled_in_all(), 2'000);
    least.expect("returns", sum.returns, 50);
    least.expect("advances", sum.advances, 5);
    least.expect("runs over midnight", sum.midnights, 20);
    least.expect("changes", sum.of_desk.changes, 500);
    least.expect("changes refused", sum.of_desk.refused, 20);
    least.expect("calls lost", sum.of_desk.lost, 50);
    least.expect("proxies found", sum.of_desk.found, 200);
    least.expect("no quotes", sum.of_desk.no_quotes, 5);
}

/// What is old is forgotten, found again, and survives in snapshots and archive.
void expect_memory(const Counts& sum, Least& least) {
    least.expect("segments forgotten", sum.memory.forgets, 50);
    least.expect("payments forgotten", sum.forgotten, 1'000);
    least.expect("recollections", sum.memory.recollections, 100);
    least.expect("forgotten ones instructed again", sum.memory.repeats, 50);
    least.expect("forgotten ones sent back", sum.memory.returns, 20);
    least.expect("enquiries answered from the archive", sum.memory.enquiries, 50);
    least.expect("enquiries answered", sum.answers, 100);
    const SwitchCounts& of_switch = sum.of_switch;
    least.expect("frames parked", of_switch.parked, 100);
    least.expect("frames parked behind them", of_switch.parked_behind, 5);
    least.expect("early look-ups", of_switch.look_ups_early, 5);
    least.expect("asked again", of_switch.asked_again, 1);
    least.expect("decisions compared", of_switch.of_follower.compared, 10'000);
    least.expect("snapshots", of_switch.of_follower.snapshots, 100);
    least.expect("failed snapshots", of_switch.of_follower.failed_snapshots, 5);
    least.expect("log cut", of_switch.of_follower.trims, 20);
    least.expect("archives that had lost rows", of_switch.of_follower.lost_rows, 20);
    least.expect("snapshots loaded", of_switch.loaded_snapshots, 50);
    least.expect("snapshots damaged", of_switch.damaged_snapshots, 5);
}

}  // namespace

std::vector<std::string> never_tried(const Counts& sum) {
    Least least;
    const SwitchCounts& of_switch = sum.of_switch;
    for (const std::uint64_t deaths : of_switch.deaths)
        least.expect("deaths of one kind", deaths, 10);
    least.expect("torn tails", of_switch.torn_tails, 5);
    least.expect("found more than released", of_switch.kept_unreleased, 5);
    least.expect("failed starts", of_switch.failed_starts, 5);
    least.expect("takeovers", of_switch.takeovers, 5);
    least.expect("steps of the clock", of_switch.clock_steps, 20);
    least.expect("steps not believed", of_switch.clock_halts, 5);
    least.expect("inputs while syncing", of_switch.built_while_syncing, 100);
    least.expect("segments of the log", of_switch.segments, 1);
    least.expect("writes held back", of_switch.waited_writable, 10);
    least.expect("frames repeated", of_switch.repeated_frames, 20);
    expect_rules(sum, least);
    expect_memory(sum, least);
    return least.missing();
}

}  // namespace lowu::simulator
