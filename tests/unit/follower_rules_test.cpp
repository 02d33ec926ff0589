// What the follower tells beyond remittances: payments within one rail, moves of the quota
// register, and the texts behind registered proxies.
#include <gmock/gmock.h>

#include "common/scheme/proxy.hpp"
#include "tests/unit/follower_fixture.hpp"

namespace lowu::follower {
namespace {

using core::Corridor;
using core::ParticipantIndex;
using engine::ChangeCommand;
using engine::domestic;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kMobile = "+852-91234567";

class FollowerRulesTest : public FollowerTest {
protected:
    static ChangeCommand put(ParticipantIndex bank, const std::string& value,
                             const std::string& name, Rail rail = Rail::kFps) {
        const auto kind = *scheme::guess_proxy_kind(value);
        core::RegisterProxy command;
        command.registration.proxy = scheme::proxy_hash(kind, value);
        command.registration.participant = bank;
        command.registration.holder = core::PartyKind::kPerson;
        command.registration.cross_boundary = true;
        journal::Body body;
        body.payee_proxy = value;
        body.proxy_kind = static_cast<std::uint8_t>(kind);
        body.name_en = name;
        body.name_zh = "陈**";
        return {rail, command, body};
    }
    static ChangeCommand take_out(ParticipantIndex bank, const std::string& value,
                                  Rail rail = Rail::kFps) {
        return {
            rail,
            core::RemoveProxy{scheme::proxy_hash(*scheme::guess_proxy_kind(value), value), bank},
            {}};
    }
    /// "X01 +852-91234567 C*** T**", in the order of registration.
    std::vector<std::string> names() {
        std::vector<std::string> lines;
        for (const auto& [reference, texts] : follower_->proxy_names().all()) {
            const core::Cell& cell = follower_->cell(texts.rail);
            const auto* held = cell.directory().find(texts.proxy, texts.participant);
            EXPECT_TRUE(held != nullptr && held->reference == reference)
                << "what has a name is in the directory";
            lines.push_back(scheme::format_agent_code(cell.participant(texts.participant).code) +
                            " " + texts.value + " " + texts.name_en);
        }
        return lines;
    }
    static constexpr ParticipantIndex kFirst{0};
    static constexpr ParticipantIndex kSecond{1};
};

// Payments within one rail.

TEST_F(FollowerRulesTest, TellsTheWholeWayOfADomesticPayment) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kOtherFpsBank);
    say_durably(payer, {domestic(1, kOtherFpsBank, 12'345)});
    follow();
    EXPECT_EQ(found(1).destination_state, PaymentState::kAsked) << "both ends are one";
    EXPECT_EQ(follower_->observer(Rail::kFps).pending(), 1);
    pass(25_ms);
    say_durably(payee, {answer(1)});
    say_durably(payee, {report(1)});
    follow();
    EXPECT_THAT(
        timeline(1),
        ElementsAre("fps instruction from X01, 123.45 CNY", "fps creation_time_in_window: holds",
                    "fps payer_agent_live: holds", "fps payer_agent_logged_on: holds",
                    "fps service_offered: holds", "fps purpose_offered: holds",
                    "fps within_hours: holds", "fps amount_within_maximum: holds",
                    "fps amount_within_bank_limit: holds", "fps payer_agent_liquidity: holds",
                    "fps payer_agent_has_room: holds", "fps payee_agent_known: holds",
                    "fps payee_agent_live: holds", "fps payee_agent_logged_on: holds",
                    "fps payee_agent_online: holds", "fps payee_agent_caught_up: holds",
                    "fps payee_agent_has_room: holds", "fps reserve 123.45 CNY of X01",
                    "fps NONE -> ASKED: destination accepts",
                    "fps timer set: payee's bank must answer within 10000 ms",
                    "fps to X02, message 1: will you credit this?", "fps X02 answers: accepted",
                    "fps ASKED -> SETTLED: payee's bank accepts", "fps debit 123.45 CNY from X01",
                    "fps credit 123.45 CNY to X02",
                    "fps to X02, message 2: ACSC, settled: credit the payee now",
                    "fps to X01, message 1: ACSC, settled", "fps X02 reports: payee credited",
                    "fps the payee has the money"));
    const PaymentView view = found(1);
    EXPECT_EQ(view.origin, Rail::kFps);
    EXPECT_TRUE(view.corridor.domestic());
    EXPECT_EQ(view.payer_agent, code(kFpsBank));
    EXPECT_EQ(view.payee_agent, code(kOtherFpsBank));
    EXPECT_EQ(view.origin_state, PaymentState::kSettled);
    EXPECT_EQ(view.destination_state, PaymentState::kSettled);
    EXPECT_TRUE(view.credited);
    EXPECT_EQ(view.quota, core::QuotaAmounts{}) << "under no quota";
    EXPECT_EQ(view.duration_us, 25'000);
    EXPECT_EQ(follower_->observer(Rail::kFps).pending(), 0);
    EXPECT_EQ(follower_->observer(Rail::kFps).settled_not_credited(), 0);
}

TEST_F(FollowerRulesTest, ADomesticPaymentInHkdIsToldInHkd) {
    engine::Input input = domestic(1, kOtherFpsBank, 500);
    std::get<core::CreditTransfer>(input.command).currency = core::Currency::kHkd;
    BankEnd payer = connect(kFpsBank);
    connect(kOtherFpsBank);
    say_durably(payer, {input});
    follow();
    EXPECT_THAT(timeline(1), Contains("fps instruction from X01, 5.00 HKD"));
    EXPECT_THAT(timeline(1), Contains("fps payer_agent_liquidity: broken, AM23"))
        << "the fixture's banks hold no HKD";
    EXPECT_EQ(found(1).currency, core::Currency::kHkd);
    EXPECT_EQ(found(1).destination_state, PaymentState::kNone) << "nobody was asked";
}

TEST_F(FollowerRulesTest, ListsTellDomesticPaymentsFromThoseThatCross) {
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    connect(kOtherFpsBank);
    connect(kOtherIbpsBank);
    say_durably(fps, {domestic(1, kOtherFpsBank), transfer(2, kIbpsBank)});
    say_durably(ibps, {domestic(3, kOtherIbpsBank), transfer(4, kFpsBank)});
    follow();
    const auto all = [&](const PaymentFilter& filter) {
        return numbers(follower_->list(filter, 100, std::nullopt));
    };
    PaymentFilter filter;
    EXPECT_THAT(all(filter), ElementsAre(4, 3, 2, 1));
    filter.domestic = true;
    EXPECT_THAT(all(filter), ElementsAre(3, 1));
    filter.participant = code(kOtherIbpsBank);
    EXPECT_THAT(all(filter), ElementsAre(3)) << "as the payee's bank";
    filter = {};
    filter.direction = core::Direction::kNorthbound;
    EXPECT_THAT(all(filter), ElementsAre(2));
    filter.direction = core::Direction::kSouthbound;
    EXPECT_THAT(all(filter), ElementsAre(4));
}

// Quotas.

TEST_F(FollowerRulesTest, TellsWhatAPaymentTakesOfThePayersQuotaAndWhatBecomesOfIt) {
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    const std::string day = "of the payer's day 2025-06-22 and ";
    say_durably(ibps, {transfer(1, kFpsBank, 72'001), transfer(2, kFpsBank, 72'000)});
    say_durably(fps, {answer(1)});
    say_durably(fps, {answer(2, ResultCode::kPayeeAccountUnknown)});
    follow();
    // Southbound the day counts CNY, the year USD at 7.20, rounded up.
    EXPECT_THAT(timeline(1),
                Contains("ibps take CNY 720.01 " + day + "USD 100.01 of the year 2025"));
    EXPECT_THAT(timeline(1),
                Contains("ibps keep CNY 720.01 " + day + "USD 100.01 of the year 2025"));
    EXPECT_THAT(timeline(2),
                Contains("ibps take CNY 720.00 " + day + "USD 100.00 of the year 2025"));
    EXPECT_THAT(timeline(2),
                Contains("ibps give back CNY 720.00 " + day + "USD 100.00 of the year 2025"));
    EXPECT_THAT(timeline(2), Not(Contains(HasSubstr("keep"))));
    EXPECT_EQ(found(1).quota.day, core::AmountMinor{72'001});
    EXPECT_EQ(found(1).quota.year, core::AmountMinor{10'001});
    for (const std::uint64_t number : {1U, 2U}) {
        const auto told = follower_->timeline(uetr(number));
        ASSERT_TRUE(told.ok() && *told);
        const std::vector<TimelineEvent>& events = (*told)->events;
        EXPECT_EQ(std::count_if(events.begin(), events.end(),
                                [](const TimelineEvent& event) {
                                    return kind_of(event) == TimelineKind::kQuota;
                                }),
                  2);
    }
}

TEST_F(FollowerRulesTest, ARefusalByQuotaTakesNothing) {
    BankEnd ibps = connect(kIbpsBank);
    connect(kFpsBank);
    change_durably({engine::setting(Rail::kIbps, core::ParameterId::kPersonDayLimit,
                                    engine::kSouthboundP2p, 99)});
    say_durably(ibps, {transfer(1, kFpsBank, 100)});
    follow();
    EXPECT_THAT(timeline(1), Contains("ibps person_day_limit: broken, AM02"));
    EXPECT_THAT(timeline(1), Not(Contains(HasSubstr("ibps take"))));
    EXPECT_EQ(found(1).quota, core::QuotaAmounts{});
    EXPECT_EQ(found(1).result, ResultCode::kPersonDayLimit);
}

// Checks are kept together and told one by one.
TEST_F(FollowerRulesTest, ABrokenRuleComesBehindThoseThatHeldAndEachIsToldOnce) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    change_durably({engine::setting(Rail::kFps, core::ParameterId::kPersonDayLimit,
                                    engine::kNorthboundP2p, 1)});
    say_durably(payer, {transfer(1, kIbpsBank)});
    say_durably(payer, {transfer(1, kIbpsBank)});  // Again: no check, the answer from before.
    follow();
    std::vector<std::string> rules;
    const auto told = follower_->timeline(uetr(1));
    ASSERT_TRUE(told.ok() && *told);
    for (const TimelineEvent& event : (*told)->events) {
        if (event.what != TimelineEvent::What::kCheck) continue;
        EXPECT_EQ(event.passed, event.result != ResultCode::kPersonDayLimit);
        EXPECT_EQ(event.number, 0U);
        rules.emplace_back(rule_of(event));
    }
    EXPECT_THAT(rules,
                ElementsAre("creation_time_in_window", "payer_agent_live", "payer_agent_logged_on",
                            "service_offered", "purpose_offered", "payer_kind", "payer_document",
                            "token_version", "within_hours", "link_up", "link_has_room",
                            "amount_within_maximum", "amount_within_bank_limit",
                            "reference_rate_known", "person_day_limit"));
}

// What no payment is about is in no payment's story.
TEST_F(FollowerRulesTest, AnnouncementsAreInNoTimeline) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say(payer, {transfer(1, kIbpsBank)});
    change_durably({{Rail::kIbps, core::ForceAvailability{kSecond, false, SchemeTime{}}, {}}});
    follow();
    EXPECT_THAT(timeline(1), Not(Contains(HasSubstr("announcement"))));
    EXPECT_THAT(timeline(1), Not(Contains(HasSubstr("logged off"))));
    EXPECT_FALSE(*follower_->timeline(scheme::Uetr{}));
}

// Returns.

TEST_F(FollowerRulesTest, TellsWhatHasComeBackAndGivesTheQuotaBackWithIt) {
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    say_durably(fps, {transfer(1, kIbpsBank, 92'000)});
    say_durably(ibps, {answer(1)});
    say_durably(ibps, {report(1)});
    say_durably(ibps, {engine::send_back(2, 1, 23'000)});
    follow();
    EXPECT_THAT(timeline(1), Contains("fps give back HKD 250.00 of the payer's day 2025-06-22 and "
                                      "HKD 250.00 of the year 2025"));
    EXPECT_THAT(timeline(1), Contains("ibps " + kIbpsBank + " sends back 230.00 CNY (AM09)"));
    EXPECT_EQ(found(1).origin_state, PaymentState::kSettled) << "and stays so";
    EXPECT_EQ(found(1).returned, core::AmountMinor{23'000});
    const PaymentView returned = found(2);
    EXPECT_EQ(returned.origin, Rail::kIbps) << "it goes the other way";
    EXPECT_EQ(returned.original, uetr(1));
    EXPECT_EQ(returned.return_reason, scheme::ReturnReason::kAm09);
    EXPECT_EQ(returned.payer_agent, code(kIbpsBank));
    EXPECT_EQ(returned.payee_agent, code(kFpsBank));
    EXPECT_EQ(returned.amount, core::AmountMinor{23'000});
    EXPECT_EQ(returned.origin_state, PaymentState::kSettled);
    EXPECT_EQ(returned.destination_state, PaymentState::kSettled);
    EXPECT_EQ(returned.quota, core::QuotaAmounts{}) << "under no quota itself";
    EXPECT_THAT(numbers(follower_->list({}, 10, std::nullopt)), ElementsAre(2, 1));
    EXPECT_EQ(follower_->observer(Rail::kIbps).pending(), 0);
    EXPECT_EQ(follower_->observer(Rail::kFps).settled_not_credited(), 0);
}

TEST_F(FollowerRulesTest, ARefusedReturnSaysWhy) {
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    say_durably(fps, {transfer(1, kIbpsBank, 100)});
    say_durably(ibps, {answer(1)});
    say_durably(ibps, {engine::send_back(2, 1, 101), engine::send_back(3, 9, 1)});
    follow();
    EXPECT_EQ(found(2).origin_state, PaymentState::kRejected);
    EXPECT_EQ(found(2).result, ResultCode::kReturnAmount);
    EXPECT_EQ(found(1).returned, core::AmountMinor{0});
    EXPECT_FALSE(*follower_->find(uetr(3))) << "of nothing that is known";
}

// Proxies.

TEST_F(FollowerRulesTest, KnowsWhatRegisteredProxiesSayAndWhomTheyShow) {
    change_durably({put(kFirst, kMobile, "C*** T**"), put(kSecond, kMobile, "C*** T** (X02)"),
                    put(kFirst, "Tai.Man@example.com", "C*** T**"),
                    put(kFirst, "+86-13800138000", "W*** X**", Rail::kIbps)});
    follow();
    EXPECT_THAT(
        names(),
        ElementsAre("X01 +852-91234567 C*** T**", "X02 +852-91234567 C*** T** (X02)",
                    "X01 Tai.Man@example.com C*** T**", kIbpsBank + " +86-13800138000 W*** X**"));
    const auto& first = follower_->proxy_names().all().begin()->second;
    EXPECT_EQ(first.kind, scheme::ProxyKind::kMobile);
    EXPECT_EQ(first.name_zh, "陈**");
}

TEST_F(FollowerRulesTest, AChangedRegistrationHasItsNewNameAndTheOldReferenceNone) {
    const auto before = change_durably({put(kFirst, kMobile, "C*** T**")});
    change_durably({put(kSecond, kMobile, "L** M**")});
    const auto after = change_durably({put(kFirst, "+852-9123-4567", "W*** S**")});
    follow();
    EXPECT_EQ(follower_->proxy_names().find(core::ProxyReference{before.sequence.value}), nullptr);
    const auto* texts = follower_->proxy_names().find(core::ProxyReference{after.sequence.value});
    ASSERT_NE(texts, nullptr);
    EXPECT_EQ(texts->value, "+852-9123-4567") << "as typed last; the same number to the directory";
    EXPECT_THAT(names(), ElementsAre("X02 +852-91234567 L** M**", "X01 +852-9123-4567 W*** S**"));
}

TEST_F(FollowerRulesTest, ARemovedRegistrationIsForgotten) {
    change_durably({put(kFirst, kMobile, "C*** T**"), put(kSecond, kMobile, "L** M**")});
    change_durably({take_out(kFirst, kMobile)});
    change_durably({take_out(kFirst, kMobile)});
    follow();
    EXPECT_THAT(names(), ElementsAre("X02 +852-91234567 L** M**"));
    change_durably({put(kFirst, kMobile, "C*** T** again")});
    follow();
    EXPECT_THAT(names(),
                ElementsAre("X02 +852-91234567 L** M**", "X01 +852-91234567 C*** T** again"));
}

TEST_F(FollowerRulesTest, ARefusedRegistrationLeavesNoName) {
    change_durably({put(ParticipantIndex{50}, kMobile, "Nobody")});
    follow();
    EXPECT_THAT(names(), ElementsAre());
}

}  // namespace
}  // namespace lowu::follower
