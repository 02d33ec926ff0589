// The reference ledger: returns, enquiries, parameters to come, banks that are away, too slow or in
// default, what others forget.
#include "tests/unit/reference_bench.hpp"

namespace lowu::reference {
namespace {

class ReferenceScheme : public ReferenceTest {};

// Returns.

TEST_F(ReferenceScheme, ReturnGivesMoneyAndQuotaBackProRata) {
    CreditTransfer one = bench.transfer(1, kHk, kMainland, 920);
    one.exchange = {1'000, 92'000'000, 1};
    bench.say(one);
    bench.deliver_all();
    bench.accept(1, kMainland);
    bench.deliver_all();
    EXPECT_EQ(bench.send_back(2, 1, kMainland, 307), Texts{"link return 2"});
    EXPECT_EQ(bench.reserved(Rail::kIbps, kMainland + " CNY"), 307);
    EXPECT_EQ(bench.deliver(Rail::kIbps), (Texts{"001 returned 2", "link settled 2"}));
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kMainland + " settled 2"});
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'000 - 920 + 307);
    EXPECT_EQ(bench.balance(Rail::kIbps, kMainland + " CNY"), 920 - 307);
    const Quotas& quotas = bench.rail(Rail::kFps).quotas;
    const auto used = [&] { return quotas.by_year.at({0, kHk, 2025}).used; };
    EXPECT_EQ(used(), 1'000 - 333) << "333.69, rounded down";
    EXPECT_EQ(bench.send_back(3, 1, kMainland, 614),
              Texts{kMainland + " rejected 3 return_within_original"});
    EXPECT_EQ(bench.ledger.obligations(Rail::kIbps).size(), 1U);
    bench.send_back(4, 1, kMainland, 613);
    bench.deliver_all();
    EXPECT_EQ(used(), 0) << "all together give back all";
    EXPECT_TRUE(bench.ledger.obligations(Rail::kIbps).empty()) << "wholly sent back";
}

TEST_F(ReferenceScheme, ReturnIsRefusedAndTheAmountIsFreeAgain) {
    bench.settle(1, kHk, kMainland, 500);
    EXPECT_EQ(bench.send_back(2, 9, kMainland, 1),
              Texts{kMainland + " rejected 2 original_settled"});
    EXPECT_FALSE(bench.rail(Rail::kIbps).arrivals.contains(uetr(2)));
    bench.pay(3, kOtherHk, kOtherMainland, 77);  // Takes the UETR of the next return on fps.
    bench.deliver_all();
    EXPECT_EQ(bench.send_back(3, 1, kMainland, 500),
              Texts{kMainland + " rejected 3 uetr_of_another_agent"});
    bench.pay(4, kOtherHk, kHk, 5);
    EXPECT_EQ(bench.send_back(4, 1, kMainland, 500), Texts{"link return 4"});
    EXPECT_EQ(bench.send_back(5, 1, kMainland, 1),
              Texts{kMainland + " rejected 5 return_within_original"});
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"link refused 4 uetr_free_at_destination"});
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kMainland + " rejected 4 uetr_free_at_destination"});
    EXPECT_EQ(bench.payment(Rail::kIbps, 1).returned, 0);
    bench.send_back(6, 1, kMainland, 500);
    EXPECT_EQ(
        bench.say(PaymentReturn{kMainland, 0, uetr(6), uetr(1), 500, scheme::ReturnReason::kMd06}),
        Texts{kMainland + " pending 6"});
    EXPECT_EQ(
        bench.say(PaymentReturn{kMainland, 0, uetr(6), uetr(1), 500, scheme::ReturnReason::kFr01}),
        Texts{kMainland + " rejected 6 uetr_content_differs, reason_code"});
    bench.deliver_all();
}

TEST_F(ReferenceScheme, DomesticReturnIsBookedAtOnce) {
    bench.pay(1, kHk, kOtherHk, 80);
    bench.accept(1, kOtherHk);
    EXPECT_EQ(bench.send_back(2, 1, kOtherHk, 30), (Texts{"001 returned 2", "002 settled 2"}));
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'000 - 50);
    EXPECT_EQ(bench.send_back(3, 1, kHk, 30), Texts{"001 rejected 3 original_settled"})
        << "only who was paid may send back";
}

// Enquiries.

TEST_F(ReferenceScheme, EnquiriesAreBoundedInTime) {
    bench.pay(1, kHk, kMainland);
    bench.deliver_all();
    const auto ask = [&](const BankCode& bank, Side side) {
        return bench.say(StatusRequest{bank, 0, uetr(1), side, std::nullopt}).at(0);
    };
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 not taken up 1 enquiry_delay, uetr");
    EXPECT_EQ(ask(kHk, Side::kPayee), "001 not taken up 1 enquiry_payment_known, uetr");
    bench.pass(5_s);
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 stands 1 as 1");
    EXPECT_EQ(ask(kMainland, Side::kPayee), kMainland + " stands 1 as 4");
    bench.accept(1, kMainland);
    EXPECT_EQ(ask(kMainland, Side::kPayee), kMainland + " stands 1 as 5");
    bench.deliver_all();
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 stands 1 as 2");
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 stands 1 as 2");
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 not taken up 1 enquiries_in_window, uetr");
    bench.pass(60_s);
    EXPECT_EQ(ask(kHk, Side::kPayer), "001 stands 1 as 2") << "the window has passed";
    EXPECT_EQ(ask(kOtherHk, Side::kPayer), "002 not taken up 1 enquiry_payment_known, uetr");
}

// Parameters.

TEST_F(ReferenceScheme, ParameterComesIntoForceAtItsTime) {
    const SchemeTime later = bench.now.scheme + 10_s;
    bench.set(Rail::kFps, Parameter::kOffered, kNorthP2p, 0, {}, later);
    EXPECT_EQ(bench.answer.said.at(0).event->effective, later);
    bench.pass(10_s - 1_ms);
    EXPECT_EQ(bench.pay(1, kHk, kMainland), Texts{"link transfer 1"});
    bench.pass(1_ms);
    EXPECT_EQ(bench.pay(2, kHk, kMainland), Texts{"001 rejected 2 service_offered"});
    bench.set(Rail::kIbps, Parameter::kOffered, kSouthP2p, 1);
    bench.set(Rail::kFps, Parameter::kOffered, kSouthP2p, 0);
    bench.pay(3, kMainland, kHk);
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"link refused 3 destination_service_offered"});
    bench.deliver_all();
}

TEST_F(ReferenceScheme, ParametersMustFitTogetherAtEveryMoment) {
    const auto outcome = [&](Rail rail, Parameter parameter, const Corridor& corridor,
                             std::int64_t value, const BankCode& bank = {},
                             SchemeTime effective = {}) {
        bench.set(rail, parameter, corridor, value, bank, effective);
        return bench.answer.outcome;
    };
    const SchemeTime soon = bench.now.scheme + 1_s;
    const SchemeTime later = bench.now.scheme + 2_s;
    EXPECT_EQ(outcome(Rail::kFps, static_cast<Parameter>(99), kWholeRail, 1),
              ResultCode::kParameterUnknown);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kPurposes, kSouthP2p, 1), ResultCode::kParameterPlace)
        << "fps is no origin of southbound payments";
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kOffered, kNorthP2p, 0, kHk),
              ResultCode::kParameterPlace);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kOpensAtMinute, kNorthP2p, 0, "077"),
              ResultCode::kUnknownParticipant);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kOffered, kNorthP2p, 2), ResultCode::kParameterRange);
    // 20 s > 15 s + 1 s + 2 x 2 s does not hold.
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kPayeeDeadlineMs, kWholeRail, 15'000),
              ResultCode::kParametersTogether);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kOriginDeadlineMs, kWholeRail, 60'000, {}, soon),
              ResultCode::kAccepted);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kPayeeDeadlineMs, kWholeRail, 15'000, {}, later),
              ResultCode::kAccepted)
        << "by then it does";
    EXPECT_EQ(
        outcome(Rail::kFps, Parameter::kOriginDeadlineMs, kWholeRail, 20'000, {}, later + 1_s),
        ResultCode::kParametersTogether);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kTokenVersion, kWholeRail, 3),
              ResultCode::kTokenVersionOrder);
    EXPECT_EQ(outcome(Rail::kFps, Parameter::kTokenVersion, kWholeRail, 2, {}, later),
              ResultCode::kAccepted);
    EXPECT_EQ(outcome(Rail::kIbps, Parameter::kClosesAtMinute, kSouthP2p, 7 * 60),
              ResultCode::kParametersTogether);
    EXPECT_EQ(value_of(bench.rail(Rail::kFps), Parameter::kPayeeDeadlineMs), 10'000);
    bench.pass(2_s);
    bench.apply(Rail::kFps, Tick{});
    EXPECT_EQ(value_of(bench.rail(Rail::kFps), Parameter::kPayeeDeadlineMs), 15'000);
    EXPECT_EQ(bench.rail(Rail::kFps).parameters.token_version_since, later);
}

TEST_F(ReferenceScheme, ReferenceRateOfTheDayStands) {
    const auto outcome = [&](std::int64_t day, RateNumber cny_per_hkd) {
        bench.apply(Rail::kFps, SetReferenceRate{{day, cny_per_hkd, 720'000'000}});
        return bench.answer.outcome;
    };
    const std::int64_t today = bench.today();
    EXPECT_EQ(outcome(today, 92'000'000), ResultCode::kAccepted) << "said before";
    EXPECT_TRUE(bench.answer.said.empty());
    EXPECT_EQ(outcome(today, 93'000'000), ResultCode::kReferenceRateSet);
    EXPECT_EQ(outcome(today - 1, 93'000'000), ResultCode::kReferenceRatePast);
    EXPECT_EQ(outcome(today + 32, 93'000'000), ResultCode::kReferenceRatePast);
    EXPECT_EQ(outcome(today + 31, 93'000'000), ResultCode::kAccepted);
    EXPECT_EQ(outcome(today + 31, 94'000'000), ResultCode::kAccepted) << "not counted by yet";
}

// Banks.

TEST_F(ReferenceScheme, AbsenceIsAnnouncedOnBothRails) {
    bench.pass(1_s);
    EXPECT_EQ(bench.say(AvailabilityRequest{kMainland, 0, false, SchemeTime{5}}),
              (Texts{kMainland + " event", kOtherMainland + " event", "link logged off"}));
    EXPECT_EQ(bench.deliver(Rail::kIbps), (Texts{"001 event", "002 event"}));
    EXPECT_EQ(bench.answer.said.at(0).event->bank, kMainland);
    EXPECT_EQ(bench.answer.said.at(0).event->expected_back, SchemeTime{5});
    bench.pay(1, kHk, kMainland);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link refused 1 payee_agent_logged_on"});
    EXPECT_EQ(bench.pay(2, kMainland, kHk), Texts{kMainland + " rejected 2 payer_agent_logged_on"});
    EXPECT_EQ(bench.say(AvailabilityRequest{kMainland, 0, true, {}}),
              Texts{kMainland + " not taken up availability_interval, availability"});
    bench.pass(10_s);
    // The operator has forced it off meanwhile: it stays off, and nobody is told anything new.
    bench.apply(Rail::kIbps, ForceAvailability{kMainland, false, SchemeTime{9}});
    EXPECT_EQ(bench.answer.said.size(), 0U);
    EXPECT_EQ(bench.say(AvailabilityRequest{kMainland, 0, true, {}}), Texts{});
    EXPECT_EQ(bench.apply(Rail::kIbps, ForceAvailability{kMainland, true, {}}),
              (Texts{kMainland + " event", kOtherMainland + " event", "link logged on"}));
    bench.deliver_all();
}

TEST_F(ReferenceScheme, DefaultIsForGoodAndPendingPaymentsEnd) {
    bench.pay(1, kHk, kMainland);
    bench.deliver_all();
    EXPECT_EQ(bench.apply(Rail::kIbps, DeclareDefault{kMainland}).back(), "link default");
    EXPECT_EQ(bench.apply(Rail::kIbps, DeclareDefault{kMainland}), Texts{});
    EXPECT_EQ(bench.accept(1, kMainland), (Texts{kMainland + " credit 1", "link settled 1"}));
    bench.deliver_all();
    EXPECT_EQ(bench.pay(2, kMainland, kHk), Texts{kMainland + " rejected 2 payer_agent_live"});
    bench.pay(3, kHk, kMainland);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link refused 3 payee_agent_live"});
    bench.deliver_all();
    EXPECT_EQ(bench.send_back(4, 1, kMainland, 100), Texts{"link return 4"});
    bench.deliver_all();
}

TEST_F(ReferenceScheme, BankWithoutRoomIsDegradedUntilItHasCaughtUp) {
    std::uint64_t number = 0;
    // Each takes two slots at once, and two when it has expired: a request and a void.
    const auto ask_many = [&] {
        for (std::uint64_t i = 0; i < kRequestSlots / 4; ++i)
            ASSERT_EQ(bench.pay(++number, kHk, kOtherHk, 1).at(0).substr(0, 11), "002 request");
    };
    const auto acknowledge = [&](const BankCode& bank, std::uint64_t up_to) {
        return bench.apply(Rail::kFps, OutboxAcknowledged{bank, up_to});
    };
    const auto last_said = [&] { return bench.rail(Rail::kFps).banks.at(kHk).last_said; };
    const auto expire_some = [&] {
        bench.apply(Rail::kFps, Tick{});
        acknowledge(kHk, last_said());
    };
    const Bank& slow = bench.rail(Rail::kFps).banks.at(kOtherHk);
    ask_many();
    bench.pass(10_s);
    for (std::uint64_t fired = 0; fired < kRequestSlots / 4; fired += kTimersPerTick)
        expire_some();
    ask_many();
    EXPECT_EQ(slow.request_slots(), kRequestSlots);
    EXPECT_EQ(bench.pay(77'777, kHk, kOtherHk, 1),
              Texts{"001 rejected 77777 payee_agent_has_room"});
    bench.pass(10_s - 1_us);
    expire_some();
    EXPECT_FALSE(slow.degraded);
    bench.pass(1_us);
    expire_some();
    EXPECT_TRUE(slow.degraded) << "full for outbox_full_ms";
    EXPECT_EQ(bench.pay(88'888, kHk, kOtherHk, 1).back(),
              "001 rejected 88888 payee_agent_caught_up");
    EXPECT_EQ(acknowledge(kOtherHk, kRequestSlots / 2 - 1), Texts{});
    EXPECT_EQ(acknowledge(kOtherHk, kRequestSlots / 2),
              (Texts{"001 event", "002 event", "link restored"}))
        << "half of its slots are free";
    EXPECT_EQ(bench.pay(99'999, kHk, kOtherHk, 1), Texts{"002 request 99999"});
    bench.deliver_all();
}

TEST_F(ReferenceScheme, WhoIsAwayForTooLongIsToldThatItMissedSome) {
    for (std::uint64_t i = 0; i < kEventSlots + 1; ++i)
        bench.apply(Rail::kFps, AdvanceSchemeTime{});
    const Bank& bank = bench.rail(Rail::kFps).banks.at(kHk);
    EXPECT_EQ(bank.waiting_events, kEventSlots);
    EXPECT_TRUE(bank.events_missed);
    EXPECT_EQ(bench.apply(Rail::kFps, OutboxAcknowledged{kHk, 1}), Texts{"001 event"});
    EXPECT_EQ(bench.answer.said.at(0).spoken_of, 0U);
    EXPECT_FALSE(bench.answer.said.at(0).event.has_value());
    bench.apply(Rail::kFps, OutboxAcknowledged{kHk, 600});
    EXPECT_EQ(bench.complaints, Texts{"001 acknowledges what was never said"});
    bench.complaints.clear();
}

// Memory.

TEST_F(ReferenceScheme, ForgottenPaymentsComeBackAsTheyWere) {
    bench.settle(1, kHk, kMainland, 500);
    bench.apply(Rail::kFps, Forget{1});
    EXPECT_EQ(bench.complaints, Texts{"forgets a payment that may still be spoken of"});
    bench.complaints.clear();
    const auto forgets = [](std::uint32_t) { return false; };
    bench.remembers = forgets;
    CreditTransfer again = bench.transfer(1, kHk, kMainland, 500);
    bench.say(again);
    EXPECT_EQ(bench.complaints.size(), 1U) << "it should have been recollected";
    bench.complaints.clear();

    Recollect back;
    back.arrival = 0;
    back.uetr = uetr(1);
    back.leg = Leg::kOrigin;
    back.state = State::kSettled;
    back.payer_agent = kHk;
    back.payee_agent = kMainland;
    back.amount = 500;
    back.quota_day = back.quota_year = 544;  // 500 / 0.92, rounded up
    bench.apply(Rail::kFps, back);
    EXPECT_EQ(bench.complaints, Texts{});
    back.returned = 1;
    bench.apply(Rail::kFps, back);
    EXPECT_EQ(bench.complaints.size(), 1U);
    bench.complaints.clear();
    bench.deliver_all();
}

TEST_F(ReferenceScheme, ForgottenUetrMayBeUsedAgain) {
    bench.settle(1, kHk, kMainland, 500);
    bench.apply(Rail::kFps, LinkAcknowledged{1});
    bench.pass(Duration::from_hours(2));
    bench.apply(Rail::kFps, Forget{1});
    bench.apply(Rail::kIbps, Forget{1});
    bench.remembers = [](std::uint32_t) { return false; };
    EXPECT_EQ(bench.pay(1, kHk, kOtherMainland, 70), Texts{"link transfer 1"}) << "another payment";
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kOtherMainland + " request 1"});
    bench.accept(1, kOtherMainland);
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 settled 1"});
    EXPECT_EQ(bench.rail(Rail::kFps).payments.size(), 2U);
    // The old one is asked about: out of the archive, and what that says must be what was.
    StatusRequest request{kMainland, 0, uetr(1), Side::kPayee,
                          ArchivedAnswer{kMainland, State::kSettled, ResultCode::kAccepted}};
    EXPECT_EQ(bench.say(request), Texts{kMainland + " stands 1 as 5"});
    request.archived->state = State::kRejected;
    bench.say(request);
    EXPECT_EQ(bench.complaints, Texts{"the archive's answer about a payment is not what was"});
    bench.complaints.clear();
    // Its report needs the payment itself.
    EXPECT_EQ(bench.say(CreditReport{kMainland, 0, uetr(1)}),
              Texts{kMainland + " not taken up 1 request_known, uetr"});
    EXPECT_EQ(bench.complaints.size(), 1U);
    bench.complaints.clear();
}

TEST_F(ReferenceScheme, NothingIsForgottenWhileTheLinkIsDown) {
    bench.settle(1, kHk, kMainland, 500);
    bench.pass(Duration::from_hours(2));
    bench.apply(Rail::kFps, LinkState{false});
    bench.apply(Rail::kFps, Forget{1});
    EXPECT_EQ(bench.complaints.size(), 1U);
    bench.complaints.clear();
}

}  // namespace
}  // namespace lowu::reference
