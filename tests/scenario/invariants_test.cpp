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
const AgentCode kOtherBank = *scheme::parse_agent_code("X02");
const AgentCode kFpsAgent = *scheme::parse_agent_code("X90");
const AgentCode kIbpsAgent = *scheme::parse_agent_code("999900000017");

constexpr Uetr kSettledUetr{1, 1};
constexpr Uetr kInTransitUetr{2, 2};
constexpr Uetr kAskedUetr{3, 3};
constexpr Uetr kRejectedUetr{4, 4};
constexpr Uetr kDomesticUetr{5, 5};
constexpr Uetr kDomesticAskedUetr{6, 6};
constexpr Uetr kReturnUetr{7, 7};
constexpr Uetr kReturnOnItsWayUetr{8, 8};

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

/// Within fps, in HKD, from kPayerAgent to kOtherBank.
LegView domestic(Uetr uetr, PaymentState state, std::int64_t amount) {
    return {
        uetr,       Leg::kDomestic, state, ResultCode::kAccepted, AmountMinor{amount}, kPayerAgent,
        kOtherBank, Currency::kHkd, true};
}

AccountView hkd_account(AccountKind kind, AgentCode owner, std::int64_t opening,
                        std::int64_t balance, std::int64_t reserved = 0) {
    AccountView view = account(kind, owner, opening, balance, reserved);
    view.account.currency = Currency::kHkd;
    return view;
}

/// Back to kPayerAgent, of the settled northbound payment.
LegView back(Uetr uetr, Leg leg, PaymentState state, std::int64_t amount) {
    const bool sent = leg == Leg::kReturnSent;
    LegView view = sent ? destination(uetr, state, amount) : origin(uetr, state, amount);
    view.leg = leg;
    view.original = kSettledUetr;
    return view;
}

/// A person's holds at kPayerAgent (use 0) and over all (use 1), of day 10 in year 2025.
core::QuotaHold hold(std::int64_t amount, std::int32_t day = 10) {
    const core::QuotaAmounts amounts{AmountMinor{amount}, AmountMinor{amount}};
    return {core::UseIndex{0}, core::UseIndex{1}, {day, 2025}, amounts};
}

QuotaUseView use(std::uint32_t index, std::int64_t reserved, std::int64_t used) {
    const core::QuotaAmounts held{AmountMinor{reserved}, AmountMinor{reserved}};
    const core::QuotaAmounts done{AmountMinor{used}, AmountMinor{used}};
    return {core::UseIndex{index}, {10, 2025, held, done}};
}

/// The domestic payments of `fps`, and the quota that its northbound ones hold.
void add_domestic_and_quota(RailView& fps) {
    fps.accounts.push_back(hkd_account(AccountKind::kContra, scheme::kNoAgent, -800, -800));
    fps.accounts.push_back(hkd_account(AccountKind::kSettlement, kPayerAgent, 800, 750, 30));
    fps.accounts.push_back(hkd_account(AccountKind::kSettlement, kOtherBank, 0, 50));
    fps.legs.push_back(domestic(kDomesticUetr, PaymentState::kSettled, 50));
    fps.legs.push_back(domestic(kDomesticAskedUetr, PaymentState::kAsked, 30));
    fps.participants = {{kPayerAgent, 3, 0}, {kOtherBank, 0, 1}};
    fps.messages.push_back({kOtherBank, kDomesticUetr, OutboxKind::kRequest, {}, true});
    fps.messages.push_back({kOtherBank, kDomesticUetr, OutboxKind::kCreditNow, {}, true});
    fps.messages.push_back({kPayerAgent, kDomesticUetr, OutboxKind::kSettled, {}, true});
    fps.messages.push_back({kOtherBank, kDomesticAskedUetr, OutboxKind::kRequest, {}, true});
    fps.messages.push_back({kOtherBank, {}, OutboxKind::kEvent, {}, false});
    fps.pending = 3;
    for (std::size_t i = 0; i < 4; ++i)
        fps.legs[i].hold = hold(fps.legs[i].amount.value + 1);
    fps.quota_reserved = hold(21 + 4).amounts;
    fps.quota_uses = {use(0, 21 + 4, 101 - 40), use(1, 21 + 4, 101 - 40)};
}

MessageView payer_told(Uetr uetr, OutboxKind kind, ResultCode result = ResultCode::kAccepted) {
    return {kPayerAgent, uetr, kind, result, true};
}

MessageView payee_told(Uetr uetr, OutboxKind kind) {
    return {kPayeeAgent, uetr, kind, ResultCode::kAccepted, true};
}

/// Of the 100 that are settled 40 have come back, and 6 are on their way.
void add_returns(SchemeView& scheme) {
    using enum PaymentState;
    scheme.fps.legs.push_back(back(kReturnUetr, Leg::kReturnReceived, kSettled, 40));
    scheme.fps.messages.push_back({kPayerAgent, kReturnUetr, OutboxKind::kReturned, {}, true});
    scheme.ibps.legs.push_back(back(kReturnUetr, Leg::kReturnSent, kSettled, 40));
    scheme.ibps.legs.push_back(back(kReturnOnItsWayUetr, Leg::kReturnSent, kForwarded, 6));
    scheme.ibps.messages.push_back({kPayeeAgent, kReturnUetr, OutboxKind::kSettled, {}, true});
}

/// Northbound: 100 settled, 20 in transit, 3 asked, 5 rejected by the payee's bank. Within fps, in
/// HKD: 50 settled, 30 asked.
SchemeView healthy() {
    SchemeView scheme;
    RailView& fps = scheme.fps;
    fps.rail = Rail::kFps;
    fps.accounts = {account(AccountKind::kContra, scheme::kNoAgent, -1'500, -1'500),
                    account(AccountKind::kSettlement, kPayerAgent, 1'000, 940, 23),
                    account(AccountKind::kLinkAgent, kFpsAgent, 500, 560),
                    account(AccountKind::kLinkClaim, scheme::kNoAgent, 0, 60),
                    account(AccountKind::kLinkClaimContra, scheme::kNoAgent, 0, -60)};
    fps.legs = {origin(kSettledUetr, PaymentState::kSettled, 100),
                origin(kInTransitUetr, PaymentState::kCancelling, 20),
                origin(kAskedUetr, PaymentState::kForwarded, 3),
                origin(kRejectedUetr, PaymentState::kRejected, 5, ResultCode::kPayeeAgentSilent)};
    fps.messages = {
        payer_told(kSettledUetr, OutboxKind::kPending),
        payer_told(kSettledUetr, OutboxKind::kSettled),
        payer_told(kRejectedUetr, OutboxKind::kRejected, ResultCode::kPayeeAgentSilent)};
    fps.link_in_flight = 2;
    add_domestic_and_quota(fps);

    RailView& ibps = scheme.ibps;
    ibps.rail = Rail::kIbps;
    ibps.accounts = {account(AccountKind::kContra, scheme::kNoAgent, 0, 0),
                     account(AccountKind::kSettlement, kPayeeAgent, 0, 80, 6, 1'000),
                     account(AccountKind::kLinkAgent, kIbpsAgent, 0, -80, 3, 1'000),
                     account(AccountKind::kLinkClaim, scheme::kNoAgent, 0, -80),
                     account(AccountKind::kLinkClaimContra, scheme::kNoAgent, 0, 80)};
    ibps.legs = {
        destination(kSettledUetr, PaymentState::kSettled, 100),
        destination(kInTransitUetr, PaymentState::kSettled, 20),
        destination(kAskedUetr, PaymentState::kAsked, 3),
        destination(kRejectedUetr, PaymentState::kRejected, 5, ResultCode::kPayeeAgentSilent)};
    ibps.participants = {{kPayeeAgent, 1, 1}};
    ibps.pending = 1;
    ibps.link_in_flight = 1;
    ibps.messages = {payee_told(kSettledUetr, OutboxKind::kRequest),
                     payee_told(kSettledUetr, OutboxKind::kCreditNow),
                     payee_told(kInTransitUetr, OutboxKind::kRequest),
                     payee_told(kInTransitUetr, OutboxKind::kCreditNow),
                     payee_told(kAskedUetr, OutboxKind::kRequest),
                     payee_told(kRejectedUetr, OutboxKind::kRequest),
                     payee_told(kRejectedUetr, OutboxKind::kVoid)};
    add_returns(scheme);
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
             s.fps.accounts.push_back(hkd_account(AccountKind::kSettlement, kFpsAgent, 0, 7));
         }},
        {"ReservationIsLeftBehind", "reservations match payments",
         [](SchemeView& s) { s.fps.accounts[1].account.reserved.value += 1; }},
        {"AgentReservationIsForgotten", "reservations match payments",
         [](SchemeView& s) { s.ibps.accounts[2].account.reserved.value = 0; }},
        {"BankIsBeyondItsFunds", "nobody is beyond its limit",
         [](SchemeView& s) { s.fps.accounts[1].account.reserved.value = 941; }},
        {"AgentIsBeyondItsCap", "nobody is beyond its limit",
         [](SchemeView& s) { s.ibps.accounts[2].account.debit_limit.value = 82; }},
        {"PaymentIsBookedTwice", "positions follow payments",
         [](SchemeView& s) {
             s.fps.accounts[1].account.balance.value -= 100;
             s.fps.accounts[2].account.balance.value += 100;
         }},
        {"OtherBankIsCredited", "positions follow payments",
         [](SchemeView& s) {
             s.ibps.accounts.push_back(account(AccountKind::kSettlement, kFpsAgent, 0, 100));
         }},
        {"DomesticReservationIsInAnotherCurrency", "reservations match payments",
         [](SchemeView& s) { s.fps.legs[5].currency = Currency::kCny; }},
        {"DomesticPaymentIsBookedAtTheWrongBank", "positions follow payments",
         [](SchemeView& s) { s.fps.legs[4].remote_agent = kFpsAgent; }},
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
         [](SchemeView& s) { s.fps.participants[0].replies_owed = 4; }},
        {"OutcomeRoomIsGivenAway", "room matches pending",
         [](SchemeView& s) { s.ibps.participants[0].outcomes_owed = 0; }},
        {"LinkCountLeaks", "room matches pending", [](SchemeView& s) { s.fps.link_in_flight = 1; }},
        {"PendingCountLeaks", "room matches pending", [](SchemeView& s) { s.fps.pending = 2; }},
        {"DomesticOutcomeRoomIsGivenAway", "room matches pending",
         [](SchemeView& s) { s.fps.participants[1].outcomes_owed = 0; }},
        {"DomesticLegIsNoOrigin", "legs agree",
         [](SchemeView& s) { s.fps.legs[0].leg = Leg::kDomestic; }},
    };
}

std::vector<Doctored> doctored_returns() {
    const char* const returns = "returns follow payments";
    const auto told = [](scheme::AgentCode to, Uetr uetr) {
        return [=](SchemeView& s) {
            s.fps.messages.push_back({to, uetr, OutboxKind::kReturned, {}, true});
        };
    };
    return {
        {"MoreComesBackThanThereWas", returns,
         [](SchemeView& s) { s.ibps.legs[5].amount.value = 61; }},
        {"WhatWasRejectedComesBack", returns,
         [](SchemeView& s) { s.ibps.legs[5].original = kRejectedUetr; }},
        {"WhatNobodyKnowsComesBack", returns,
         [](SchemeView& s) {
             s.fps.legs[6].original = Uetr{9, 9};
         }},
        {"ThePayeeGetsItBack", returns,
         [](SchemeView& s) { s.fps.legs[0].leg = Leg::kDestination; }},
        {"PayersBankHearsTwice", returns, told(kPayerAgent, kReturnUetr)},
        {"PayersBankHearsOfNoReturn", returns, told(kPayerAgent, Uetr{9, 9})},
        {"PayersBankDoesNotHear", returns, [](SchemeView& s) { s.fps.messages.pop_back(); }},
        {"AnotherBankHears", returns, [](SchemeView& s) { s.fps.messages.back().to = kOtherBank; }},
        {"QuotaStaysUsed", "quotas follow payments",
         [](SchemeView& s) { s.fps.quota_uses[0].use.used.day.value = 101; }},
        {"MoneyOfAReturnStaysReserved", "reservations match payments",
         [](SchemeView& s) { s.ibps.legs[5].state = PaymentState::kRejected; }},
        {"NobodySentItBack", "legs agree",
         [](SchemeView& s) { s.ibps.legs.erase(s.ibps.legs.begin() + 4); }},
        {"ItComesBackOnOneSideOnly", "legs agree", [](SchemeView& s) { s.fps.legs.pop_back(); }},
        {"ItComesBackFromBothSides", "legs agree",
         [](SchemeView& s) { s.fps.legs[6].leg = Leg::kReturnSent; }},
    };
}

std::vector<Doctored> doctored_quotas() {
    const char* const quotas = "quotas follow payments";
    return {
        {"QuotaIsNotGivenBack", quotas,
         [](SchemeView& s) { s.fps.quota_reserved = hold(21 + 4 + 6).amounts; }},
        {"QuotaOfAPendingPaymentIsFree", quotas,
         [](SchemeView& s) { s.fps.quota_uses[0].use.reserved.day.value -= 4; }},
        {"QuotaOverAllIsForgotten", quotas,
         [](SchemeView& s) { s.fps.quota_uses[1].use.used.year.value = 0; }},
        {"QuotaIsUsedTwice", quotas,
         [](SchemeView& s) { s.fps.quota_uses[1].use.used.day.value += 101; }},
        {"QuotaOfYesterdayCountsToday", quotas,
         [](SchemeView& s) { s.fps.legs[0].hold->date.day = 9; }},
        {"QuotaOfLastYearCounts", quotas,
         [](SchemeView& s) { s.fps.legs[1].hold->date.year = 2024; }},
        {"RefusedPaymentKeepsItsQuota", quotas,
         [](SchemeView& s) { s.fps.legs[1].state = PaymentState::kRejected; }},
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
        {"OutcomeIsNeverSaid", outcome,
         [](SchemeView& s) { s.ibps.messages.erase(s.ibps.messages.begin() + 6); }},
        {"PayerHearsTheOpposite", truth,
         payer_hears(kSettledUetr, OutboxKind::kRejected, ResultCode::kPayeeAgentSilent)},
        {"PayerHearsAnotherReason", truth,
         payer_hears(kRejectedUetr, OutboxKind::kRejected, ResultCode::kLinkDown)},
        {"PayerHearsTooEarly", truth,
         payer_hears(kAskedUetr, OutboxKind::kSettled, ResultCode::kAccepted)},
        {"PayerHearsNothing", truth,
         [](SchemeView& s) { s.fps.messages.erase(s.fps.messages.begin() + 2); }},
        {"DomesticPayerHearsNothing", truth,
         [](SchemeView& s) { s.fps.legs[5].state = PaymentState::kSettled; }},
        {"DomesticPayeeHearsTooEarly", outcome,
         [](SchemeView& s) {
             s.fps.messages.push_back(
                 {kOtherBank, kDomesticAskedUetr, OutboxKind::kCreditNow, {}, true});
         }},
        {"DomesticPayersBankIsAsked", outcome,
         [](SchemeView& s) {
             s.fps.messages.push_back({kPayerAgent, kDomesticUetr, OutboxKind::kRequest, {}, true});
         }},
        {"StrangerHears", truth,
         [](SchemeView& s) {
             MessageView message = payer_told(kSettledUetr, OutboxKind::kSettled);
             message.to = kFpsAgent;
             s.fps.messages.push_back(message);
         }},
    };
}

std::vector<Doctored> doctored_enquiries() {
    const char* const enquiries = "enquiries are answered truly";
    using core::Standing;
    const auto answered = [](AgentCode to, Uetr uetr, Standing standing,
                             ResultCode result = ResultCode::kAccepted) {
        return [=](SchemeView& s) {
            RailView& rail = to == kPayeeAgent ? s.ibps : s.fps;
            rail.messages.push_back({to, uetr, OutboxKind::kEnquiryAnswer, result, true, standing});
        };
    };
    const auto silent = ResultCode::kPayeeAgentSilent;
    return {
        {"AStrangerIsAnswered", enquiries,
         answered(kOtherBank, kSettledUetr, Standing::kPayerSettled)},
        {"ThePayerIsAnsweredAsPayee", enquiries,
         answered(kPayerAgent, kSettledUetr, Standing::kPayeeSettled)},
        {"ThePayeeIsAnsweredAsPayer", enquiries,
         answered(kPayeeAgent, kSettledUetr, Standing::kPayerSettled)},
        {"WhatNobodyKnowsIsAnswered", enquiries,
         answered(kPayerAgent, Uetr{9, 9}, Standing::kPayerPending)},
        {"PendingAfterTheEnd", enquiries,
         answered(kPayerAgent, kSettledUetr, Standing::kPayerPending)},
        {"PayeePendingAfterTheEnd", enquiries,
         answered(kPayeeAgent, kSettledUetr, Standing::kPayeePending)},
        {"AnEndTooEarly", enquiries,
         answered(kPayerAgent, kInTransitUetr, Standing::kPayerSettled)},
        {"TheOppositeEnd", enquiries,
         answered(kPayeeAgent, kSettledUetr, Standing::kPayeeRejected, silent)},
        {"AnotherReason", enquiries,
         answered(kPayerAgent, kRejectedUetr, Standing::kPayerRejected, ResultCode::kLinkDown)},
    };
}

const auto kDoctoredName = [](const testing::TestParamInfo<Doctored>& tested) {
    return tested.param.name;
};
INSTANTIATE_TEST_SUITE_P(Books, DoctoredTest, testing::ValuesIn(doctored_books()), kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Payments, DoctoredTest, testing::ValuesIn(doctored_payments()),
                         kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Returns, DoctoredTest, testing::ValuesIn(doctored_returns()),
                         kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Quotas, DoctoredTest, testing::ValuesIn(doctored_quotas()), kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Enquiries, DoctoredTest, testing::ValuesIn(doctored_enquiries()),
                         kDoctoredName);
INSTANTIATE_TEST_SUITE_P(Messages, DoctoredTest, testing::ValuesIn(doctored_messages()),
                         kDoctoredName);

}  // namespace
}  // namespace lowu::support
