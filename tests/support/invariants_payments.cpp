// The invariants about payments and what is said of them; see invariants.hpp. Those about money and
// quotas are in invariants.cpp.
#include <map>

#include "tests/support/invariants.hpp"
#include "tests/support/legs.hpp"

namespace lowu::support {

using core::Leg;
using core::OutboxKind;
using core::PaymentState;
using money::AmountMinor;
using scheme::AgentCode;
using scheme::Uetr;

namespace {

constexpr Uetr kNoUetr{};

}  // namespace

void UetrIsUnique::check_rail(const RailView& rail, Violations& violations) const {
    std::map<Uetr, int> times;
    for (const LegView& leg : rail.legs)
        times[leg.uetr] += 1;
    for (const auto& [uetr, count] : times) {
        if (count > 1) {
            violations.push_back(
                {name(), rail.rail, uetr, std::to_string(count) + " payments have it"});
        }
    }
}

void RoomMatchesPending::check_rail(const RailView& rail, Violations& violations) const {
    std::map<AgentCode, std::uint32_t> replies;
    std::map<AgentCode, std::uint32_t> outcomes;
    std::uint32_t in_flight = 0;
    std::uint32_t own = 0;
    for (const LegView& leg : rail.legs) {
        if (!is_pending(leg)) continue;
        if (leg.leg == Leg::kDestination) outcomes[leg.local_agent] += 1;
        if (leg.leg == Leg::kDomestic) outcomes[leg.remote_agent] += 1;
        if (!core::begins(leg.leg)) continue;
        replies[leg.local_agent] += 1;
        own += 1;
        if (!leg.within_rail) in_flight += 1;
    }
    const auto expect = [&](std::string_view what, std::uint32_t kept, std::uint32_t needed) {
        if (kept == needed) return;
        violations.push_back({name(), rail.rail, kNoUetr,
                              std::string(what) + ": room for " + std::to_string(kept) +
                                  " instead of " + std::to_string(needed)});
    };
    for (const ParticipantView& one : rail.participants) {
        const std::string code = scheme::format_agent_code(one.code);
        expect("replies to " + code, one.replies_owed, replies[one.code]);
        expect("outcomes to " + code, one.outcomes_owed, outcomes[one.code]);
    }
    expect("payments on the link", rail.link_in_flight, in_flight);
    expect("pending payments", rail.pending, own);
}

namespace {

bool asks_or_ends(OutboxKind kind) {
    return kind == OutboxKind::kRequest || kind == OutboxKind::kCreditNow ||
           kind == OutboxKind::kVoid;
}

/// The bank on this rail that may be asked.
AgentCode payee_agent_of(const LegView& leg) {
    if (leg.leg == Leg::kDestination) return leg.local_agent;
    return leg.leg == Leg::kDomestic ? leg.remote_agent : scheme::kNoAgent;
}

}  // namespace

void EveryRequestHasOneOutcome::check_rail(const RailView& rail, Violations& violations) const {
    struct Heard {
        int requests = 0;
        int credits = 0;
        int voids = 0;
    };
    std::map<std::pair<AgentCode, Uetr>, Heard> heard;
    for (const MessageView& message : rail.messages) {
        if (!asks_or_ends(message.kind)) continue;
        Heard& one = heard[{message.to, message.uetr}];
        one.requests += message.kind == OutboxKind::kRequest ? 1 : 0;
        one.credits += message.kind == OutboxKind::kCreditNow ? 1 : 0;
        one.voids += message.kind == OutboxKind::kVoid ? 1 : 0;
    }
    const LegsByUetr legs = by_uetr(rail);
    for (const auto& [key, one] : heard) {
        const auto leg = legs.find(key.second);
        const bool known = leg != legs.end() && payee_agent_of(*leg->second) == key.first;
        const PaymentState state = known ? leg->second->state : PaymentState::kNone;
        const int credits = state == PaymentState::kSettled ? 1 : 0;
        const int voids = state == PaymentState::kRejected ? 1 : 0;
        if (known && one.requests == 1 && one.credits == credits && one.voids == voids) continue;
        violations.push_back({name(), rail.rail, key.second,
                              scheme::format_agent_code(key.first) + " heard " +
                                  std::to_string(one.requests) + " requests, " +
                                  std::to_string(one.credits) + " credits, " +
                                  std::to_string(one.voids) + " voids; the payment is " +
                                  std::string(known ? core::to_string(state) : "not its own")});
    }
}

void PayerIsToldTheTruth::check_rail(const RailView& rail, Violations& violations) const {
    const LegsByUetr legs = by_uetr(rail);
    std::map<Uetr, bool> told;
    for (const MessageView& message : rail.messages) {
        if (!core::is_reply(message.kind) || !message.of_payment) continue;
        if (message.kind == OutboxKind::kEnquiryAnswer) continue;  // Of either side, at any time.
        const auto found_leg = legs.find(message.uetr);
        const LegView* leg = found_leg == legs.end() ? nullptr : found_leg->second;
        if (leg == nullptr || !core::begins(leg->leg) || leg->local_agent != message.to) {
            violations.push_back({name(), rail.rail, message.uetr,
                                  scheme::format_agent_code(message.to) +
                                      " hears of a payment that is not its own"});
            continue;
        }
        if (message.kind == OutboxKind::kPending) continue;
        const bool settled = message.kind == OutboxKind::kSettled;
        const PaymentState said = settled ? PaymentState::kSettled : PaymentState::kRejected;
        told[message.uetr] = true;
        if (leg->state == said && leg->result == message.result) continue;
        violations.push_back({name(), rail.rail, message.uetr,
                              "told " + std::string(core::to_string(said)) + " " +
                                  std::string(core::row_of(message.result).name) + ", it is " +
                                  std::string(core::to_string(leg->state)) + " " +
                                  std::string(core::row_of(leg->result).name)});
    }
    for (const LegView& leg : rail.legs) {
        if (!core::begins(leg.leg) || is_pending(leg) || told[leg.uetr]) continue;
        violations.push_back({name(), rail.rail, leg.uetr, "final, and its bank was not told"});
    }
}

namespace {

/// Whether the message tells its bank how the payment has ended.
bool ends(OutboxKind kind) {
    return kind == OutboxKind::kSettled || kind == OutboxKind::kRejected ||
           kind == OutboxKind::kCreditNow || kind == OutboxKind::kVoid;
}

/// What an answer gets wrong, or null. `ended`: its bank had been told before how it ended.
const char* untruth(const MessageView& answer, const LegView* leg, bool ended) {
    const bool payee = answer.standing >= core::Standing::kPayeePending;
    const AgentCode own = leg == nullptr           ? scheme::kNoAgent
                          : payee                  ? payee_agent_of(*leg)
                          : core::begins(leg->leg) ? leg->local_agent
                                                   : scheme::kNoAgent;
    if (own != answer.to) return "it has no part in the payment on that side";
    if (answer.standing == core::standing_of(core::Side::kPayer, PaymentState::kAsked) ||
        answer.standing == core::standing_of(core::Side::kPayee, PaymentState::kAsked)) {
        return ended ? "still pending, when it had been told the end" : nullptr;
    }
    const auto side = payee ? core::Side::kPayee : core::Side::kPayer;
    const bool true_now = core::is_final(leg->state) &&
                          answer.standing == core::standing_of(side, leg->state) &&
                          answer.result == leg->result;
    return true_now ? nullptr : "another end than the payment's";
}

}  // namespace

void EnquiriesAreAnsweredTruly::check_rail(const RailView& rail, Violations& violations) const {
    const LegsByUetr legs = by_uetr(rail);
    std::map<std::pair<AgentCode, Uetr>, bool> ended;
    for (const MessageView& message : rail.messages) {
        if (!message.of_payment) continue;
        if (ends(message.kind)) ended[{message.to, message.uetr}] = true;
        if (message.kind != OutboxKind::kEnquiryAnswer) continue;
        const auto found = legs.find(message.uetr);
        const LegView* leg = found == legs.end() ? nullptr : found->second;
        if (const char* what = untruth(message, leg, ended[{message.to, message.uetr}])) {
            violations.push_back({name(), rail.rail, message.uetr,
                                  scheme::format_agent_code(message.to) + " hears: " + what});
        }
    }
}

namespace {

/// Whether a payment can come back on this rail: a return is sent where the payee's bank is, and
/// comes back where the payer's is.
bool can_come_back(const LegView* original, const LegView& back) {
    if (original == nullptr || original->state != PaymentState::kSettled) return false;
    if (original->leg == Leg::kDomestic) return back.within_rail;
    return original->leg == (back.leg == Leg::kReturnSent ? Leg::kDestination : Leg::kOrigin);
}

/// Who is told that the money is back; kNoAgent when that is said on the other rail.
AgentCode told_of_return(const LegView& back) {
    if (back.within_rail) return back.remote_agent;
    return back.leg == Leg::kReturnReceived ? back.local_agent : scheme::kNoAgent;
}

}  // namespace

void ReturnsFollowPayments::check_rail(const RailView& rail, Violations& violations) const {
    const LegsByUetr legs = by_uetr(rail);
    std::map<Uetr, std::vector<AgentCode>> told;
    for (const MessageView& message : rail.messages) {
        if (message.kind == OutboxKind::kReturned) told[message.uetr].push_back(message.to);
    }
    std::map<Uetr, AmountMinor> sums;
    for (const LegView& leg : rail.legs) {
        if (!core::is_return(leg.leg) || leg.state == PaymentState::kRejected) continue;
        const auto complain = [&](const std::string& what) {
            violations.push_back({name(), rail.rail, leg.uetr, what});
        };
        const auto known = legs.find(leg.original);
        const LegView* original = known == legs.end() ? nullptr : known->second;
        if (!can_come_back(original, leg)) {
            complain("returns what was not settled");
            continue;
        }
        AmountMinor& sum = sums[leg.original];
        sum.value += leg.amount.value;
        if (sum > original->amount) complain("more comes back than there was");
        std::vector<AgentCode> expected;
        const AgentCode to = told_of_return(leg);
        if (leg.state == PaymentState::kSettled && to != scheme::kNoAgent) expected = {to};
        if (told[leg.uetr] != expected) {
            complain(std::to_string(told[leg.uetr].size()) + " banks are told of it");
        }
        told.erase(leg.uetr);
    }
    for (const auto& [uetr, banks] : told) {
        violations.push_back({name(), rail.rail, uetr,
                              scheme::format_agent_code(banks.front()) + " is told of no return"});
    }
}

namespace {

/// Whether `other` is the far end of what begins with `leg`.
bool is_far_end(const LegView& other, const LegView& leg) {
    return other.leg == (leg.leg == Leg::kOrigin ? Leg::kDestination : Leg::kReturnReceived);
}

/// Null when origin and destination leg may stand like this at one moment.
const char* disagreement(const LegView& origin, const LegView* destination) {
    const bool origin_final = core::is_final(origin.state);
    if (destination == nullptr || !is_far_end(*destination, origin)) {
        // Not there, or the UETR is another payment's over there.
        return origin.state == PaymentState::kSettled ? "settled at the origin only" : nullptr;
    }
    if (origin.amount != destination->amount && destination->local_agent != scheme::kNoAgent) {
        return "amounts differ";
    }
    if (!origin_final) return nullptr;  // In transit, or on its way.
    if (origin.state != destination->state) return "final at the origin, different elsewhere";
    if (origin.result != destination->result) return "reasons differ";
    return nullptr;
}

void check_legs(std::string_view name, const RailView& origin_rail,
                const RailView& destination_rail, Violations& violations) {
    const LegsByUetr origins = by_uetr(origin_rail);
    const LegsByUetr destinations = by_uetr(destination_rail);
    for (const LegView& leg : origin_rail.legs) {
        if (!core::begins(leg.leg) || leg.within_rail) continue;
        const auto other = destinations.find(leg.uetr);
        const LegView* destination = other == destinations.end() ? nullptr : other->second;
        if (const char* what = disagreement(leg, destination)) {
            violations.push_back({name, origin_rail.rail, leg.uetr, what});
        }
    }
    for (const LegView& leg : destination_rail.legs) {
        if (core::begins(leg.leg)) continue;
        const auto other = origins.find(leg.uetr);
        const bool sent = other != origins.end() && core::begins(other->second->leg) &&
                          is_far_end(leg, *other->second);
        if (sent) continue;
        violations.push_back({name, destination_rail.rail, leg.uetr, "nobody sent it"});
    }
}

}  // namespace

void LegsAgree::check(const SchemeView& scheme, Violations& violations) const {
    check_legs(name(), scheme.fps, scheme.ibps, violations);
    check_legs(name(), scheme.ibps, scheme.fps, violations);
}

}  // namespace lowu::support
