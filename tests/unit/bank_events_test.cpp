// What the rail announces, planned absence, and quote answers on their way.
#include <string>

#include "bank_sim/model/reasons.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

class Announced : public BankModel {
protected:
    void SetUp() override { greet_both(); }

    static v1::SystemEvent event(v1::SystemEventKind kind, std::int64_t effective_ms) {
        v1::SystemEvent made;
        made.set_kind(kind);
        made.set_effective_time_ms(effective_ms);
        return made;
    }
};

TEST_F(Announced, SchemeTimeGoesForwardAndNeverBack) {
    announce(hk_, event(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED, kSchemeStartMs + 86'400'000));
    const SchemeTime later = *hk_.session().scheme_time(now_);
    EXPECT_GE(later.value, kSchemeStartMs + 86'400'000);
    EXPECT_LT(later.value, kSchemeStartMs + 86'400'000 + 1'000);
    announce(hk_, event(v1::SYSTEM_EVENT_KIND_TIME_ADVANCED, kSchemeStartMs + 5));
    EXPECT_GE(*hk_.session().scheme_time(now_), later);
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    EXPECT_GE(rail_.last_transfer.creation_time_ms(), later.value);
}

TEST_F(Announced, TheNewestAreKeptNewestFirst) {
    for (std::size_t number = 0; number < kMaxEvents + 10; ++number) {
        announce(hk_, event(v1::SYSTEM_EVENT_KIND_PARAMETER, static_cast<std::int64_t>(number)));
    }
    v1::ListEventsResponse view;
    hk_.describe(view);
    ASSERT_EQ(view.events_size(), static_cast<int>(kMaxEvents));
    EXPECT_EQ(view.events(0).effective_time_ms(), static_cast<std::int64_t>(kMaxEvents) + 9);
    EXPECT_EQ(view.events(255).effective_time_ms(), 10);
}

TEST_F(Announced, MoreChangesOfTheKeyThanAreKeptAreCounted) {
    for (std::uint32_t version = 2; version < 2 + kMaxAnnouncedVersions; ++version) {
        v1::SystemEvent change =
            event(v1::SYSTEM_EVENT_KIND_TOKEN_KEY, kSchemeStartMs + 86'400'000);
        change.mutable_parameter()->set_value(version);
        announce(hk_, change);
    }
    EXPECT_EQ(hk_.anomalies(), Anomalies{});
    v1::SystemEvent change = event(v1::SYSTEM_EVENT_KIND_TOKEN_KEY, kSchemeStartMs + 86'400'000);
    change.mutable_parameter()->set_value(99);
    announce(hk_, change);
    EXPECT_EQ(hk_.anomalies().announcement_dropped, 1U);
}

TEST_F(Announced, WhoHasMissedSomethingGreetsAnew) {
    EXPECT_FALSE(hk_.take_greet_anew());
    announce(hk_, event(v1::SYSTEM_EVENT_KIND_MISSED, 0));
    EXPECT_TRUE(hk_.take_greet_anew());
    EXPECT_FALSE(hk_.take_greet_anew()) << "once";
}

// A change that was announced before the bank started shows in the first refusal after it.
TEST_F(Announced, ARefusalForTheKeysVersionLetsTheBankGreetAnew) {
    rail_.silent = true;
    ASSERT_NE(send(order()), nullptr);
    settle_down();
    v1::SwitchMessage message;
    message.mutable_status_report()->set_uetr(kUetr);
    message.mutable_status_report()->set_side(v1::SIDE_PAYER);
    message.mutable_status_report()->set_status(v1::PAYMENT_STATUS_RJCT);
    *message.mutable_status_report()->mutable_reason() =
        reason_of(scheme::Rail::kFps, scheme::ResultCode::kTokenVersion);
    rail_.side(hk_).waiting.push_back(message);
    settle_down();
    EXPECT_TRUE(hk_.take_greet_anew());
    rail_.token_version = 2;
    hk_.session().disconnect();
    rail_.greet(hk_, now_);
    v1::SendRemittanceRequest again = order();
    again.clear_uetr();
    ASSERT_NE(send(again), nullptr);
    settle_down();
    EXPECT_EQ(rail_.last_transfer.payer().token_version(), 2U);
    rail_.side(hk_).waiting.push_back(message);
    settle_down();
    EXPECT_FALSE(hk_.take_greet_anew()) << "about a payment from before it knew";
}

TEST_F(Announced, AKindOfALaterVersionIsKeptAndChangesNothing) {
    announce(hk_, event(static_cast<v1::SystemEventKind>(77), 5));
    EXPECT_EQ(hk_.anomalies(), Anomalies{});
    ASSERT_NE(send(order()), nullptr);
}

TEST_F(Announced, APlannedAbsenceIsToldToTheRail) {
    v1::SetBankAvailabilityRequest request;
    request.set_expected_back_ms(-1);
    EXPECT_EQ(hk_.set_availability(request)->field, "expected_back_ms");
    request.set_expected_back_ms(kSchemeStartMs + 1);
    ASSERT_FALSE(hk_.set_availability(request).has_value());
    settle_down();
    EXPECT_EQ(rail_.availabilities, 1);
}

TEST_F(Announced, QuoteAnswersGoInFramesOfAtMostSixtyFourAndNotAgain) {
    v1::SwitchFrame frame;
    frame.set_acknowledged(rail_.side(hk_).received);
    for (std::uint64_t query = 1; query <= 70; ++query)
        frame.add_quote_requests()->set_query_id(query);
    ASSERT_TRUE(hk_.receive(frame, now_).ok());
    const v1::ParticipantFrame* first = hk_.session().next_frame(now_);
    ASSERT_NE(first, nullptr) << "a customer waits: at once";
    EXPECT_EQ(first->quote_answers_size(), static_cast<int>(kMaxFrameQuoteAnswers));
    EXPECT_EQ(first->quote_answers(0).query_id(), 1U);
    EXPECT_EQ(first->quote_answers(0).reason_code(), "AC03");
    hk_.session().frame_sent();
    hk_.session().disconnect();
    rail_.greet(hk_, now_);
    settle_down();
    EXPECT_TRUE(rail_.quote_answers.empty()) << "of another session";
}

TEST_F(Announced, TooManyQuoteAnswersAreDropped) {
    v1::SwitchFrame frame;
    frame.set_acknowledged(rail_.side(hk_).received);
    for (std::uint64_t query = 1; query <= kMaxQuoteAnswers + 100; ++query)
        frame.add_quote_requests()->set_query_id(query);
    ASSERT_TRUE(hk_.receive(frame, now_).ok());
    settle_down();
    EXPECT_EQ(rail_.quote_answers.size(), kMaxQuoteAnswers);
}

}  // namespace
}  // namespace lowu::bank
