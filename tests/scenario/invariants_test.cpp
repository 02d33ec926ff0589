// Each invariant holds on a healthy snapshot and finds the one thing that is wrong with a doctored
// one: an invariant that cannot fail proves nothing.
#include "tests/support/invariants.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace lowu::support {
namespace {

using core::AccountKind;
using core::Leg;
using core::OutboxKind;
using core::PaymentState;
using core::ResultCode;
using money::AmountMinor;
using money::Currency;
using scheme::AgentCode;
using scheme::Rail;
using scheme::Uetr;

const AgentCode kPayerAgent = *scheme::parse_agent_code("X01");
const AgentCode kPayeeAgent = *scheme::parse_agent_code("999100000011");
const AgentCode kFpsAgent = *scheme::parse_agent_code("X90");
const AgentCode kIbpsAgent = *scheme::parse_agent_code("999900000017");

constexpr Uetr kSettledUetr{1, 1};
constexpr Uetr kInTransitUetr{2, 2};
constexpr Uetr kAskedUetr{3, 3};
constexpr Uetr kRejectedUetr{4, 4};

AccountView account(AccountKind kind, AgentCode owner, std::int64_t opening, std::int64_t balance,
                    std::int64_t reserved = 0, std::int64_t cap = 0) {
    return {{kind, Currency::kCny, owner, AmountMinor{balance}, AmountMinor{reserved},
             AmountMinor{cap}},
            AmountMinor{opening}};
}

LegView origin(Uetr uetr, PaymentState state, std::int64_t amount,
               ResultCode result = ResultCode::kAccepted) {
    return {uetr, Leg::kOrigin, state, result, AmountMinor{amount}, kPayerAgent, kPayeeAgent};
}

LegView destination(Uetr uetr, PaymentState state, std::int64_t amount,
                    ResultCode result = ResultCode::kAccepted) {
    return {uetr, Leg::kDestination, state, result, AmountMinor{amount}, kPayeeAgent, kPayerAgent};
}

MessageView payer_told(Uetr uetr, OutboxKind kind, ResultCode result = ResultCode::kAccepted) {
    return {kPayerAgent, uetr, kind, result, true};
}

MessageView payee_told(Uetr uetr, OutboxKind kind) {
    return {kPayeeAgent, uetr, kind, ResultCode::kAccepted, true};
}

/// Northbound: 100 settled, 20 in transit, 3 asked, 5 rejected by the payee's bank.
SchemeView healthy() {
    SchemeView scheme;
    RailView& fps = scheme.fps;
    fps.rail = Rail::kFps;
    fps.accounts = {account(AccountKind::kContra, scheme::kNoAgent, -1'500, -1'500),
                    account(AccountKind::kSettlement, kPayerAgent, 1'000, 900, 23),
                    account(AccountKind::kLinkAgent, kFpsAgent, 500, 600),
                    account(AccountKind::kLinkClaim, scheme::kNoAgent, 0, 100),
                    account(AccountKind::kLinkClaimContra, scheme::kNoAgent, 0, -100)};
    fps.legs = {origin(kSettledUetr, PaymentState::kSettled, 100),
                origin(kInTransitUetr, PaymentState::kCancelling, 20),
                origin(kAskedUetr, PaymentState::kForwarded, 3),
                origin(kRejectedUetr, PaymentState::kRejected, 5, ResultCode::kPayeeAgentSilent)};
    fps.participants = {{kPayerAgent, 2, 0}};
    fps.messages = {
        payer_told(kSettledUetr, OutboxKind::kPending),
        payer_told(kSettledUetr, OutboxKind::kSettled),
        payer_told(kRejectedUetr, OutboxKind::kRejected, ResultCode::kPayeeAgentSilent)};
    fps.link_in_flight = 2;

    RailView& ibps = scheme.ibps;
    ibps.rail = Rail::kIbps;
    ibps.accounts = {account(AccountKind::kContra, scheme::kNoAgent, 0, 0),
                     account(AccountKind::kSettlement, kPayeeAgent, 0, 120, 0, 1'000),
                     account(AccountKind::kLinkAgent, kIbpsAgent, 0, -120, 3, 1'000),
                     account(AccountKind::kLinkClaim, scheme::kNoAgent, 0, -120),
                     account(AccountKind::kLinkClaimContra, scheme::kNoAgent, 0, 120)};
    ibps.legs = {
        destination(kSettledUetr, PaymentState::kSettled, 100),
        destination(kInTransitUetr, PaymentState::kSettled, 20),
        destination(kAskedUetr, PaymentState::kAsked, 3),
        destination(kRejectedUetr, PaymentState::kRejected, 5, ResultCode::kPayeeAgentSilent)};
    ibps.participants = {{kPayeeAgent, 0, 1}};
    ibps.messages = {payee_told(kSettledUetr, OutboxKind::kRequest),
                     payee_told(kSettledUetr, OutboxKind::kCreditNow),
                     payee_told(kInTransitUetr, OutboxKind::kRequest),
                     payee_told(kInTransitUetr, OutboxKind::kCreditNow),
                     payee_told(kAskedUetr, OutboxKind::kRequest),
                     payee_told(kRejectedUetr, OutboxKind::kRequest),
                     payee_told(kRejectedUetr, OutboxKind::kVoid)};
    return scheme;
}

TEST(Invariants, HoldOnAHealthyScheme) {
    for (const Violation& one : check_all(healthy()))
        ADD_FAILURE() << one.invariant << ": " << one.what;
    EXPECT_TRUE(check_all(SchemeView{}).empty());
}

struct Doctored {
    std::string name;
    const char* invariant;  ///< Who must find it.
    std::function<void(SchemeView&)> spoil;
};

class DoctoredTest : public testing::TestWithParam<Doctored> {};

TEST_P(DoctoredTest, IsFound) {
    SchemeView scheme = healthy();
    GetParam().spoil(scheme);
    bool found = false;
    for (const Invariant* invariant : all_invariants()) {
        if (invariant->name() != GetParam().invariant) continue;
        found = true;
        Violations violations;
        invariant->check(scheme, violations);
        EXPECT_FALSE(violations.empty());
        for (const Violation& one : violations) {
            EXPECT_EQ(one.invariant, GetParam().invariant);
            EXPECT_FALSE(one.what.empty());
        }
    }
    EXPECT_TRUE(found) << "no invariant is called " << GetParam().invariant;
}

std::vector<Doctored> doctored_books() {
    return {
        {"MoneyAppears", "money is conserved",
         [](SchemeView& s) { s.fps.accounts[1].account.balance.value += 1; }},
        {"MoneyOfAnotherCurrencyAppears", "money is conserved",
         [](SchemeView& s) {
             AccountView hkd = account(AccountKind::kSettlement, kPayerAgent, 0, 7);
             hkd.account.currency = Currency::kHkd;
             s.fps.accounts.push_back(hkd);
         }},
        {"ReservationIsLeftBehind", "reservations match payments",
         [](SchemeView& s) { s.fps.accounts[1].account.reserved.value += 1; }},
        {"AgentReservationIsForgotten", "reservations match payments",
         [](SchemeView& s) { s.ibps.accounts[2].account.reserved.value = 0; }},
        {"BankIsBeyondItsFunds", "nobody is beyond its limit",
         [](SchemeView& s) { s.fps.accounts[1].account.reserved.value = 901; }},
        {"AgentIsBeyondItsCap", "nobody is beyond its limit",
         [](SchemeView& s) { s.ibps.accounts[2].account.debit_limit.value = 122; }},
        {"PaymentIsBookedTwice", "positions follow payments",
         [](SchemeView& s) {
             s.fps.accounts[1].account.balance.value -= 100;
             s.fps.accounts[2].account.balance.value += 100;
         }},
        {"OtherBankIsCredited", "positions follow payments",
         [](SchemeView& s) {
             s.ibps.accounts.push_back(account(AccountKind::kSettlement, kFpsAgent, 0, 100));
         }},
        {"ClaimsDiverge", "claims cancel",
         [](SchemeView& s) { s.fps.accounts[3].account.balance.value += 1; }},
        {"InTransitIsForgotten", "claims cancel",
         [](SchemeView& s) { s.fps.legs[1].state = PaymentState::kSettled; }},
    };
}

std::vector<Doctored> doctored_payments() {
    return {
        {"UetrTwice", "a UETR is unique",
         [](SchemeView& s) { s.ibps.legs.push_back(s.ibps.legs[0]); }},
        {"SettledAtTheOriginOnly", "legs agree",
         [](SchemeView& s) { s.ibps.legs.erase(s.ibps.legs.begin()); }},
        {"SettledHereRejectedThere", "legs agree",
         [](SchemeView& s) { s.ibps.legs[0].state = PaymentState::kRejected; }},
        {"RejectedHereSettledThere", "legs agree",
         [](SchemeView& s) { s.fps.legs[1].state = PaymentState::kRejected; }},
        {"RejectedHereStillAskedThere", "legs agree",
         [](SchemeView& s) { s.fps.legs[2].state = PaymentState::kRejected; }},
        {"ReasonsDiffer", "legs agree",
         [](SchemeView& s) { s.fps.legs[3].result = ResultCode::kPayeeAccountClosed; }},
        {"AmountsDiffer", "legs agree", [](SchemeView& s) { s.ibps.legs[2].amount.value = 4; }},
        {"NobodySentIt", "legs agree", [](SchemeView& s) { s.fps.legs.erase(s.fps.legs.begin()); }},
        {"ReplyRoomLeaks", "room matches pending",
         [](SchemeView& s) { s.fps.participants[0].replies_owed = 3; }},
        {"OutcomeRoomIsGivenAway", "room matches pending",
         [](SchemeView& s) { s.ibps.participants[0].outcomes_owed = 0; }},
        {"LinkCountLeaks", "room matches pending", [](SchemeView& s) { s.fps.link_in_flight = 1; }},
    };
}

std::vector<Doctored> doctored_messages() {
    const char* const outcome = "one outcome a request";
    const char* const truth = "the payer is told the truth";
    const auto payee_hears = [](Uetr uetr, OutboxKind kind) {
        return [=](SchemeView& s) { s.ibps.messages.push_back(payee_told(uetr, kind)); };
    };
    const auto payer_hears = [](Uetr uetr, OutboxKind kind, ResultCode result) {
        return [=](SchemeView& s) { s.fps.messages.push_back(payer_told(uetr, kind, result)); };
    };
    return {
        {"CreditIsSaidTwice", outcome, payee_hears(kSettledUetr, OutboxKind::kCreditNow)},
        {"CreditAndVoid", outcome, payee_hears(kSettledUetr, OutboxKind::kVoid)},
        {"CreditBeforeItIsSettled", outcome, payee_hears(kAskedUetr, OutboxKind::kCreditNow)},
        {"AskedTwice", outcome, payee_hears(kAskedUetr, OutboxKind::kRequest)},
        {"OutcomeWithoutRequest", outcome, payee_hears(Uetr{9, 9}, OutboxKind::kVoid)},
        {"OutcomeIsNeverSaid", outcome, [](SchemeView& s) { s.ibps.messages.pop_back(); }},
        {"PayerHearsTheOpposite", truth,
         payer_hears(kSettledUetr, OutboxKind::kRejected, ResultCode::kPayeeAgentSilent)},
        {"PayerHearsAnotherReason", truth,
         payer_hears(kRejectedUetr, OutboxKind::kRejected, ResultCode::kLinkDown)},
        {"PayerHearsTooEarly", truth,
         payer_hears(kAskedUetr, OutboxKind::kSettled, ResultCode::kAccepted)},
        {"PayerHearsNothing", truth, [](SchemeView& s) { s.fps.messages.pop_back(); }},
        {"StrangerHears", truth,
         [](SchemeView& s) {
             MessageView message = payer_told(kSettledUetr, OutboxKind::kSettled);
             message.to = kFpsAgent;
             s.fps.messages.push_back(message);
         }},
    };
}

const auto kDoctoredName = [](const testing::TestParamInfo<Doctored>& tested) {
    return tested.param.name;
};
INSTANTIATE_TEST_SUITE_P(Books, DoctoredTest, testing::ValuesIn(doctored_books()), kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Payments, DoctoredTest, testing::ValuesIn(doctored_payments()),
                         kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Messages, DoctoredTest, testing::ValuesIn(doctored_messages()),
                         kDoctoredName);

}  // namespace
}  // namespace lowu::support
