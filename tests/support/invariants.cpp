// The invariants; see invariants.hpp.
#include "tests/support/invariants.hpp"

#include <array>
#include <map>

#include "common/base/int128.hpp"

namespace lowu::support {
namespace {

using core::AccountKind;
using core::Leg;
using core::OutboxKind;
using core::PaymentState;
using money::AmountMinor;
using money::Currency;
using money::format_amount;
using scheme::AgentCode;
using scheme::Uetr;

constexpr Uetr kNoUetr{};

bool is_pending(const LegView& leg) {
    return !core::is_final(leg.state);
}

std::string found(AmountMinor found, AmountMinor expected) {
    return format_amount(found) + " instead of " + format_amount(expected);
}

std::string name_of(const core::Account& account) {
    std::string name;
    switch (account.kind) {
        case AccountKind::kSettlement:
            break;
        case AccountKind::kLinkAgent:
            name = "link agent ";
            break;
        case AccountKind::kContra:
            name = "outside";
            break;
        case AccountKind::kLinkClaim:
            name = "claim";
            break;
        case AccountKind::kLinkClaimContra:
            name = "claim contra";
            break;
    }
    return name + scheme::format_agent_code(account.owner) + " " +
           std::string(money::to_string(account.currency));
}

using LegsByUetr = std::map<Uetr, const LegView*>;

LegsByUetr by_uetr(const RailView& rail) {
    LegsByUetr legs;
    for (const LegView& leg : rail.legs)
        legs.emplace(leg.uetr, &leg);
    return legs;
}

/// What a rail's accounts should show, from its payments alone.
struct Expected {
    std::map<AgentCode, std::int64_t> moved_of_bank;
    std::map<AgentCode, std::int64_t> reserved_of_bank;
    std::int64_t moved_of_agent = 0;
    std::int64_t reserved_of_agent = 0;
    std::int64_t moved_of_claim = 0;
};

Expected expected_of(const RailView& rail) {
    Expected expected;
    for (const LegView& leg : rail.legs) {
        const bool origin = leg.leg == Leg::kOrigin;
        if (is_pending(leg)) {
            std::int64_t& reserved =
                origin ? expected.reserved_of_bank[leg.local_agent] : expected.reserved_of_agent;
            reserved += leg.amount.value;
        }
        if (leg.state == PaymentState::kSettled) {
            // The money goes from the payer's bank to the agent, and from the agent to the payee's.
            const std::int64_t into_agent = origin ? leg.amount.value : -leg.amount.value;
            expected.moved_of_bank[leg.local_agent] -= into_agent;
            expected.moved_of_agent += into_agent;
            expected.moved_of_claim += into_agent;
        }
    }
    return expected;
}

/// A settlement account in CNY, a link agent's, a claim, its contra: what its payments say.
std::int64_t moved_of(const Expected& expected, const core::Account& account) {
    if (account.currency != Currency::kCny) return 0;
    switch (account.kind) {
        case AccountKind::kSettlement: {
            const auto moved = expected.moved_of_bank.find(account.owner);
            return moved == expected.moved_of_bank.end() ? 0 : moved->second;
        }
        case AccountKind::kLinkAgent:
            return expected.moved_of_agent;
        case AccountKind::kContra:
            return 0;
        case AccountKind::kLinkClaim:
            return expected.moved_of_claim;
        case AccountKind::kLinkClaimContra:
            return -expected.moved_of_claim;
    }
    LOWU_UNREACHABLE("every kind of account is named");
}

std::int64_t reserved_of(const Expected& expected, const core::Account& account) {
    if (account.currency != Currency::kCny) return 0;
    if (account.kind == AccountKind::kLinkAgent) return expected.reserved_of_agent;
    if (account.kind != AccountKind::kSettlement) return 0;
    const auto reserved = expected.reserved_of_bank.find(account.owner);
    return reserved == expected.reserved_of_bank.end() ? 0 : reserved->second;
}

}  // namespace

void MoneyIsConserved::check_rail(const RailView& rail, Violations& violations) const {
    for (const Currency currency : {Currency::kCny, Currency::kHkd}) {
        Int128 sum = 0;
        for (const AccountView& one : rail.accounts) {
            if (one.account.currency == currency) sum += one.account.balance.value;
        }
        if (sum == 0) continue;
        violations.push_back({name(), rail.rail, kNoUetr,
                              std::string(money::to_string(currency)) + " sums to " +
                                  format_amount(AmountMinor{static_cast<std::int64_t>(sum)})});
    }
}

void ReservationsMatchPayments::check_rail(const RailView& rail, Violations& violations) const {
    const Expected expected = expected_of(rail);
    for (const AccountView& one : rail.accounts) {
        const AmountMinor reserved{reserved_of(expected, one.account)};
        if (one.account.reserved == reserved) continue;
        violations.push_back(
            {name(), rail.rail, kNoUetr,
             name_of(one.account) + " holds back " + found(one.account.reserved, reserved)});
    }
}

void NobodyIsBeyondLimit::check_rail(const RailView& rail, Violations& violations) const {
    for (const AccountView& one : rail.accounts) {
        const bool outside = one.account.owner == scheme::kNoAgent;
        if (outside || one.account.available() >= money::kZeroAmount) continue;
        violations.push_back(
            {name(), rail.rail, kNoUetr,
             name_of(one.account) + " can use " + format_amount(one.account.available())});
    }
}

void PositionsFollowPayments::check_rail(const RailView& rail, Violations& violations) const {
    const Expected expected = expected_of(rail);
    for (const AccountView& one : rail.accounts) {
        const AmountMinor balance{one.opening.value + moved_of(expected, one.account)};
        if (one.account.balance == balance) continue;
        violations.push_back(
            {name(), rail.rail, kNoUetr,
             name_of(one.account) + " stands at " + found(one.account.balance, balance)});
    }
}

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
    for (const LegView& leg : rail.legs) {
        if (!is_pending(leg)) continue;
        (leg.leg == Leg::kOrigin ? replies : outcomes)[leg.local_agent] += 1;
        in_flight += leg.leg == Leg::kOrigin ? 1U : 0U;
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
}

void EveryRequestHasOneOutcome::check_rail(const RailView& rail, Violations& violations) const {
    struct Heard {
        int requests = 0;
        int credits = 0;
        int voids = 0;
    };
    std::map<std::pair<AgentCode, Uetr>, Heard> heard;
    for (const MessageView& message : rail.messages) {
        if (core::is_reply(message.kind)) continue;
        Heard& one = heard[{message.to, message.uetr}];
        one.requests += message.kind == OutboxKind::kRequest ? 1 : 0;
        one.credits += message.kind == OutboxKind::kCreditNow ? 1 : 0;
        one.voids += message.kind == OutboxKind::kVoid ? 1 : 0;
    }
    const LegsByUetr legs = by_uetr(rail);
    for (const auto& [key, one] : heard) {
        const auto leg = legs.find(key.second);
        const bool known = leg != legs.end() && leg->second->leg == Leg::kDestination &&
                           leg->second->local_agent == key.first;
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
        const auto found_leg = legs.find(message.uetr);
        const LegView* leg = found_leg == legs.end() ? nullptr : found_leg->second;
        if (leg == nullptr || leg->leg != Leg::kOrigin || leg->local_agent != message.to) {
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
        if (leg.leg != Leg::kOrigin || is_pending(leg) || told[leg.uetr]) continue;
        violations.push_back({name(), rail.rail, leg.uetr, "final, and its bank was not told"});
    }
}

namespace {

/// Null when origin and destination leg may stand like this at one moment.
const char* disagreement(const LegView& origin, const LegView* destination) {
    const bool origin_final = core::is_final(origin.state);
    if (destination == nullptr || destination->leg == Leg::kOrigin) {
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
        if (leg.leg != Leg::kOrigin) continue;
        const auto other = destinations.find(leg.uetr);
        const LegView* destination = other == destinations.end() ? nullptr : other->second;
        if (const char* what = disagreement(leg, destination)) {
            violations.push_back({name, origin_rail.rail, leg.uetr, what});
        }
    }
    for (const LegView& leg : destination_rail.legs) {
        if (leg.leg != Leg::kDestination) continue;
        const auto other = origins.find(leg.uetr);
        if (other != origins.end() && other->second->leg == Leg::kOrigin) continue;
        violations.push_back({name, destination_rail.rail, leg.uetr, "nobody sent it"});
    }
}

/// Booked at the destination rail, not yet posted at the origin rail.
std::int64_t in_transit_minor(const RailView& origin_rail, const RailView& destination_rail) {
    const LegsByUetr origins = by_uetr(origin_rail);
    std::int64_t sum_minor = 0;
    for (const LegView& leg : destination_rail.legs) {
        if (leg.leg != Leg::kDestination || leg.state != PaymentState::kSettled) continue;
        const auto other = origins.find(leg.uetr);
        if (other != origins.end() && is_pending(*other->second)) sum_minor += leg.amount.value;
    }
    return sum_minor;
}

std::int64_t claim_minor(const RailView& rail) {
    std::int64_t sum_minor = 0;
    for (const AccountView& one : rail.accounts) {
        if (one.account.kind == AccountKind::kLinkClaim) sum_minor += one.account.balance.value;
    }
    return sum_minor;
}

}  // namespace

void LegsAgree::check(const SchemeView& scheme, Violations& violations) const {
    check_legs(name(), scheme.fps, scheme.ibps, violations);
    check_legs(name(), scheme.ibps, scheme.fps, violations);
}

void ClaimsCancel::check(const SchemeView& scheme, Violations& violations) const {
    const AmountMinor sum{claim_minor(scheme.fps) + claim_minor(scheme.ibps)};
    // The destination has given what the origin has not yet taken.
    const AmountMinor expected{-in_transit_minor(scheme.fps, scheme.ibps) -
                               in_transit_minor(scheme.ibps, scheme.fps)};
    if (sum == expected) return;
    violations.push_back(
        {name(), scheme.fps.rail, kNoUetr, "claims of both sides sum to " + found(sum, expected)});
}

std::span<const Invariant* const> all_invariants() {
    static const MoneyIsConserved money;
    static const ReservationsMatchPayments reservations;
    static const NobodyIsBeyondLimit limits;
    static const PositionsFollowPayments positions;
    static const UetrIsUnique unique;
    static const RoomMatchesPending room;
    static const EveryRequestHasOneOutcome outcomes;
    static const PayerIsToldTheTruth truth;
    static const LegsAgree legs;
    static const ClaimsCancel claims;
    static const std::array<const Invariant*, 10> all = {
        &money, &reservations, &limits, &positions, &unique,
        &room,  &outcomes,     &truth,  &legs,      &claims};
    return all;
}

Violations check_all(const SchemeView& scheme) {
    Violations violations;
    for (const Invariant* invariant : all_invariants())
        invariant->check(scheme, violations);
    return violations;
}

}  // namespace lowu::support
