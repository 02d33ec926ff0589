// The invariants about money and quotas, and the list of all; see invariants.hpp. Those about
// payments are in invariants_payments.cpp.
#include "tests/support/invariants.hpp"

#include <array>
#include <map>

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"
#include "tests/support/legs.hpp"

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

/// What a rail's accounts should show, from its payments alone.
struct Expected {
    using OfBank = std::map<std::pair<AgentCode, Currency>, std::int64_t>;
    OfBank moved_of_bank;
    OfBank reserved_of_bank;
    std::int64_t moved_of_agent = 0;
    std::int64_t reserved_of_agent = 0;
    std::int64_t moved_of_claim = 0;
};

void expect_pending(const LegView& leg, Expected& expected) {
    std::int64_t& reserved = core::begins(leg.leg)
                                 ? expected.reserved_of_bank[{leg.local_agent, leg.currency}]
                                 : expected.reserved_of_agent;
    reserved += leg.amount.value;
}

/// The money goes from the bank where it begins to the agent, and from the agent to the other bank;
/// within one rail from bank to bank.
void expect_settled(const LegView& leg, Expected& expected) {
    const std::int64_t out = core::begins(leg.leg) ? leg.amount.value : -leg.amount.value;
    expected.moved_of_bank[{leg.local_agent, leg.currency}] -= out;
    if (leg.within_rail) {
        expected.moved_of_bank[{leg.remote_agent, leg.currency}] += out;
    } else {
        expected.moved_of_agent += out;
        expected.moved_of_claim += out;
    }
}

Expected expected_of(const RailView& rail) {
    Expected expected;
    for (const LegView& leg : rail.legs) {
        if (is_pending(leg)) expect_pending(leg, expected);
        if (leg.state == PaymentState::kSettled) expect_settled(leg, expected);
    }
    return expected;
}

std::int64_t of_bank(const Expected::OfBank& amounts, const core::Account& account) {
    const auto amount = amounts.find({account.owner, account.currency});
    return amount == amounts.end() ? 0 : amount->second;
}

/// A settlement account, a link agent's, a claim, its contra: what its payments say.
std::int64_t moved_of(const Expected& expected, const core::Account& account) {
    switch (account.kind) {
        case AccountKind::kSettlement:
            return of_bank(expected.moved_of_bank, account);
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
    if (account.kind == AccountKind::kLinkAgent) return expected.reserved_of_agent;
    if (account.kind != AccountKind::kSettlement) return 0;
    return of_bank(expected.reserved_of_bank, account);
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

namespace {

void add(core::QuotaAmounts& sum, const core::QuotaAmounts& amounts, bool day, bool year) {
    if (day) sum.day.value += amounts.day.value;
    if (year) sum.year.value += amounts.year.value;
}

/// `whole` x part / all, rounded down.
AmountMinor share_of(AmountMinor whole, AmountMinor part, AmountMinor all) {
    return AmountMinor{
        static_cast<std::int64_t>(static_cast<Int128>(whole.value) * part.value / all.value)};
}

/// What is left used of a settled payment's hold.
core::QuotaAmounts left_of(const LegView& leg, AmountMinor returned) {
    core::QuotaAmounts left = leg.hold->amounts;
    left.day.value -= share_of(left.day, returned, leg.amount).value;
    left.year.value -= share_of(left.year, returned, leg.amount).value;
    return left;
}

using AmountByUetr = std::map<Uetr, AmountMinor>;

/// What has come back of each payment of this rail's own.
AmountByUetr returned_of(const RailView& rail) {
    AmountByUetr returned;
    for (const LegView& leg : rail.legs) {
        if (leg.leg == Leg::kReturnReceived && leg.state == PaymentState::kSettled) {
            returned[leg.original].value += leg.amount.value;
        }
    }
    return returned;
}

/// A use as it is, and what it should show from the payments that have holds in it.
struct JudgedUse {
    const core::QuotaUse* use = nullptr;
    core::QuotaAmounts reserved;
    core::QuotaAmounts used;
};
using JudgedUses = std::map<core::UseIndex, JudgedUse>;

void count(const LegView& leg, AmountMinor returned, JudgedUse& judged) {
    const bool day = leg.hold->date.day == judged.use->day;
    const bool year = leg.hold->date.year == judged.use->year;
    if (is_pending(leg)) add(judged.reserved, leg.hold->amounts, day, year);
    if (leg.state == PaymentState::kSettled) add(judged.used, left_of(leg, returned), day, year);
}

JudgedUses judged_uses(const RailView& rail) {
    JudgedUses uses;
    for (const QuotaUseView& view : rail.quota_uses)
        uses[view.index].use = &view.use;
    AmountByUetr returned = returned_of(rail);
    for (const LegView& leg : rail.legs) {
        if (!leg.hold) continue;
        for (const core::UseIndex index : {leg.hold->at_institution, leg.hold->over_all}) {
            const auto judged = uses.find(index);
            if (judged != uses.end()) count(leg, returned[leg.uetr], judged->second);
        }
    }
    return uses;
}

std::string found(const core::QuotaAmounts& amounts, const core::QuotaAmounts& expected) {
    return "day " + found(amounts.day, expected.day) + ", year " +
           found(amounts.year, expected.year);
}

}  // namespace

void QuotaFollowsPayments::check_rail(const RailView& rail, Violations& violations) const {
    core::QuotaAmounts held;
    for (const LegView& leg : rail.legs) {
        if (leg.hold && is_pending(leg)) add(held, leg.hold->amounts, true, true);
    }
    const auto expect = [&](const std::string& what, const core::QuotaAmounts& amounts,
                            const core::QuotaAmounts& expected) {
        if (amounts == expected) return;
        violations.push_back({name(), rail.rail, kNoUetr, what + found(amounts, expected)});
    };
    expect("reserved over all: ", rail.quota_reserved, held);
    for (const auto& [index, judged] : judged_uses(rail)) {
        const std::string use = "use " + std::to_string(index.value);
        expect(use + " reserved: ", judged.use->reserved, judged.reserved);
        expect(use + " used: ", judged.use->used, judged.used);
    }
}

namespace {

/// Booked at the destination rail, not yet posted at the origin rail.
std::int64_t in_transit_minor(const RailView& origin_rail, const RailView& destination_rail) {
    const LegsByUetr origins = by_uetr(origin_rail);
    std::int64_t sum_minor = 0;
    for (const LegView& leg : destination_rail.legs) {
        if (core::begins(leg.leg) || leg.state != PaymentState::kSettled) continue;
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
    static const EnquiriesAreAnsweredTruly enquiries;
    static const QuotaFollowsPayments quotas;
    static const ReturnsFollowPayments returns;
    static const LegsAgree legs;
    static const ClaimsCancel claims;
    static const std::array<const Invariant*, 13> all = {
        &money, &reservations, &limits, &positions, &unique, &room,  &outcomes,
        &truth, &enquiries,    &quotas, &returns,   &legs,   &claims};
    return all;
}

Violations check_all(const SchemeView& scheme) {
    Violations violations;
    for (const Invariant* invariant : all_invariants())
        invariant->check(scheme, violations);
    return violations;
}

}  // namespace lowu::support
