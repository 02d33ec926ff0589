// The reference ledger: a payment's way across the boundary, its deadlines, its money, its
// identity.
#include "tests/unit/reference_bench.hpp"

namespace lowu::reference {
namespace {

class ReferencePayment : public ReferenceTest {};

TEST_F(ReferencePayment, NorthboundStepByStep) {
    EXPECT_EQ(bench.pay(1, kHk, kMainland, 500), Texts{"link transfer 1"});
    EXPECT_EQ(bench.reserved(Rail::kFps, "001 CNY"), 500);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kMainland + " request 1"});
    EXPECT_EQ(bench.reserved(Rail::kIbps, "link agent"), 500);
    EXPECT_EQ(bench.accept(1, kMainland), (Texts{kMainland + " credit 1", "link settled 1"}));
    EXPECT_EQ(bench.balance(Rail::kIbps, kMainland + " CNY"), 500);
    EXPECT_EQ(bench.balance(Rail::kIbps, "link agent"), -500);
    EXPECT_EQ(bench.balance(Rail::kIbps, "link claim"), -500);
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 settled 1"});
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'000 - 500);
    EXPECT_EQ(bench.balance(Rail::kFps, "link agent"), 100'000'000 + 500);
    EXPECT_EQ(bench.balance(Rail::kFps, "link claim"), 500);
    EXPECT_EQ(bench.reserved(Rail::kFps, "001 CNY"), 0);
    EXPECT_EQ(bench.reserved(Rail::kIbps, "link agent"), 0);
    EXPECT_EQ(bench.ledger.obligations(Rail::kIbps),
              (std::vector{Obligation{uetr(1), kMainland, 500}}));
    EXPECT_EQ(bench.say(CreditReport{kMainland, 0, uetr(1)}), Texts{});
    EXPECT_TRUE(bench.ledger.obligations(Rail::kIbps).empty());
}

TEST_F(ReferencePayment, SouthboundUnderTheNetDebitCap) {
    EXPECT_EQ(bench.pay(1, kMainland, kHk, 70), Texts{"link transfer 1"});
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 request 1"});
    bench.accept(1, kHk);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kMainland + " settled 1"});
    EXPECT_EQ(bench.balance(Rail::kIbps, kMainland + " CNY"), -70);
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'070);
}

TEST_F(ReferencePayment, PayeesBankRefuses) {
    bench.pay(1, kHk, kMainland);
    bench.deliver_all();
    EXPECT_EQ(
        bench.say(CreditTransferAnswer{kMainland, 0, uetr(1), ResultCode::kPayeeAccountClosed}),
        (Texts{kMainland + " void 1 payee_account_open", "link refused 1 payee_account_open"}));
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 rejected 1 payee_account_open"});
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'000);
    // Answers twice, the same and differently: the first stands.
    EXPECT_EQ(bench.accept(1, kMainland), Texts{});
}

TEST_F(ReferencePayment, AnswerAtTheDeadlineIsLateOneBeforeIsNot) {
    bench.pay(1, kHk, kMainland);
    bench.pay(2, kHk, kMainland);
    bench.deliver_all();
    bench.pass(10_s - 1_us);
    EXPECT_EQ(bench.accept(1, kMainland), (Texts{kMainland + " credit 1", "link settled 1"}));
    bench.pass(1_us);
    EXPECT_EQ(bench.accept(2, kMainland), (Texts{kMainland + " void 2 payee_agent_answers_in_time",
                                                 "link refused 2 payee_agent_answers_in_time"}));
    bench.deliver_all();
    EXPECT_EQ(bench.payment(Rail::kFps, 1).state, State::kSettled);
    EXPECT_EQ(bench.payment(Rail::kFps, 2).state, State::kRejected);
}

TEST_F(ReferencePayment, OriginAsksAndTheOtherRailDecides) {
    bench.pay(1, kHk, kMainland);
    bench.pay(2, kHk, kMainland);
    bench.deliver(Rail::kFps);
    bench.pass(9_s);
    bench.accept(1, kMainland);
    bench.pass(11_s);
    // Its word is on the way, and the second never came: the origin asks about both.
    EXPECT_EQ(bench.apply(Rail::kFps, Tick{}), (Texts{"link cancel 1", "link cancel 2"}));
    EXPECT_EQ(bench.pay(3, kHk, kMainland), Texts{"link transfer 3"});
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{kMainland + " request 2"});
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link already settled 1"});
    EXPECT_EQ(bench.deliver(Rail::kFps),
              (Texts{kMainland + " void 2 origin_deadline", "link cancelled 2 origin_deadline"}));
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 settled 1"});
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{}) << "told already";
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 rejected 2 origin_deadline"});
}

TEST_F(ReferencePayment, CancelBeforeTheTransferIsRemembered) {
    bench.pay(1, kHk, kMainland);
    bench.pass(20_s);
    bench.apply(Rail::kFps, Tick{});
    // The link turns the two round: no real link does, and the rule holds all the same.
    LinkMessage cancel;
    cancel.kind = LinkKind::kCancel;
    cancel.uetr = uetr(1);
    EXPECT_EQ(bench.apply(Rail::kIbps, LinkDelivery{1, cancel}),
              Texts{"link cancelled 1 origin_deadline"});
    const LinkMessage transfer = *bench.on_the_way[0].front().link;
    EXPECT_EQ(bench.apply(Rail::kIbps, LinkDelivery{2, transfer}),
              Texts{"link refused 1 origin_deadline"});
    EXPECT_EQ(bench.complaints.size(), 2U) << "neither is what fps said under that number";
    bench.complaints.clear();
    bench.on_the_way[0].clear();
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{"001 rejected 1 origin_deadline"});
    EXPECT_EQ(bench.deliver(Rail::kIbps), Texts{});
}

TEST_F(ReferencePayment, ReservedMoneyCountsAtOnce) {
    Bench poor({}, 5'000);
    for (std::uint64_t number = 1; number <= 5; ++number)
        EXPECT_EQ(poor.pay(number, kHk, kMainland, 1'000).size(), 1U) << number;
    EXPECT_EQ(poor.pay(6, kHk, kMainland, 1'000), Texts{"001 rejected 6 payer_agent_liquidity"});
    poor.deliver_all();
    // The agent on the other side is as poor.
    EXPECT_EQ(poor.pay(7, kOtherHk, kMainland, 1), Texts{"link transfer 7"});
    EXPECT_EQ(poor.deliver(Rail::kFps), Texts{"link refused 7 link_agent_liquidity"});
    EXPECT_EQ(poor.deliver(Rail::kIbps), Texts{"002 rejected 7 link_agent_liquidity"});
    poor.expect_order();
}

TEST_F(ReferencePayment, SameInstructionAgainIsAnsweredAgain) {
    const CreditTransfer first = bench.transfer(1, kHk, kMainland);
    bench.say(first);
    EXPECT_EQ(bench.say(first), Texts{"001 pending 1"});
    bench.deliver_all();
    bench.accept(1, kMainland);
    bench.deliver_all();
    bench.pass(Duration::from_hours(1));
    EXPECT_EQ(bench.say(first), Texts{"001 settled 1"}) << "long after its creation window";
    EXPECT_EQ(bench.balance(Rail::kFps, "001 CNY"), 100'000'000 - 100);
    CreditTransfer other = first;
    other.bank = kOtherHk;
    EXPECT_EQ(bench.say(other), Texts{"002 rejected 1 uetr_of_another_agent"});
}

TEST_F(ReferencePayment, FirstDifferingFieldIsNamed) {
    CreditTransfer first = bench.transfer(1, kHk, kMainland);
    bench.say(first);
    const auto again = [&](const auto& change) {
        CreditTransfer changed = first;
        changed.carried_hash = 77;  // The last field that is judged.
        change(changed);
        return bench.say(changed).at(0);
    };
    const std::string differs = "001 rejected 1 uetr_content_differs, ";
    EXPECT_EQ(again([](CreditTransfer&) {}), differs + "carried");
    EXPECT_EQ(again([](CreditTransfer& one) { one.exchange.hkd = 5; }), differs + "exchange");
    EXPECT_EQ(again([](CreditTransfer& one) { one.exchange.rate = 5; }), differs + "carried")
        << "a rate without HKD is no exchange";
    EXPECT_EQ(again([](CreditTransfer& one) { one.payee_proxy.reference = 5; }),
              differs + "payee_proxy");
    EXPECT_EQ(again([](CreditTransfer& one) { one.payer.tokens.current.high = 9; }),
              differs + "payer");
    EXPECT_EQ(again([](CreditTransfer& one) { one.payer.tokens.previous.high = 9; }),
              differs + "carried")
        << "the token before is not judged";
    EXPECT_EQ(again([](CreditTransfer& one) { one.purpose = Purpose::kOther; }),
              differs + "purpose");
    EXPECT_EQ(again([](CreditTransfer& one) { one.creation_time.value += 1; }),
              differs + "creation_time_ms");
    EXPECT_EQ(again([](CreditTransfer& one) { one.currency = Currency::kHkd; }),
              differs + "currency");
    EXPECT_EQ(again([](CreditTransfer& one) { one.amount += 1; }), differs + "amount_minor");
    EXPECT_EQ(again([](CreditTransfer& one) { one.payee_account_hash = 1; }),
              differs + "payee_account");
    EXPECT_EQ(again([](CreditTransfer& one) { one.payer_account_hash = 1; }),
              differs + "payer_account");
    EXPECT_EQ(again([](CreditTransfer& one) { one.payee_agent = kOtherMainland; }),
              differs + "payee_agent");
    EXPECT_EQ(again([](CreditTransfer& one) { one.service = Service::kFeeCollection; }),
              differs + "service");
}

TEST_F(ReferencePayment, RefusedUetrIsSpentMalformedIsNot) {
    bench.apply(Rail::kFps, LinkState{false});
    const CreditTransfer first = bench.transfer(1, kHk, kMainland);
    EXPECT_EQ(bench.say(first), Texts{"001 rejected 1 link_up"});
    bench.apply(Rail::kFps, LinkState{true});
    EXPECT_EQ(bench.say(first), Texts{"001 rejected 1 link_up"});
    EXPECT_EQ(bench.say(RejectMessage{kHk, 0, Field::kAmount, uetr(2)}),
              Texts{"001 not taken up 2, amount_minor"});
    EXPECT_EQ(bench.pay(2, kHk, kMainland), Texts{"link transfer 2"});
}

TEST_F(ReferencePayment, UetrOfTheOtherRailIsRefusedThereWithoutARecord) {
    bench.pay(1, kOtherMainland, kHk);
    bench.on_the_way[1].clear();  // On its way still; fps has not heard of it.
    bench.pay(1, kHk, kMainland);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link refused 1 uetr_free_at_destination"});
    EXPECT_EQ(bench.rail(Rail::kIbps).payments.size(), 1U);
    EXPECT_EQ(bench.apply(Rail::kFps, LinkDelivery{1, *bench.answer.said.at(0).link}),
              (Texts{"001 rejected 1 uetr_free_at_destination"}));
    bench.complaints.clear();
}

TEST_F(ReferencePayment, CreationTimeAndHoursAtTheirEdges) {
    const auto created = [&](std::uint64_t number, std::int64_t ms) {
        CreditTransfer one = bench.transfer(number, kHk, kMainland);
        one.creation_time.value += ms;
        return bench.say(one).at(0);
    };
    EXPECT_EQ(created(1, -600'000), "link transfer 1");
    EXPECT_EQ(created(2, -600'001), "001 rejected 2 creation_time_in_window");
    EXPECT_EQ(created(3, 60'000), "link transfer 3");
    EXPECT_EQ(created(4, 60'001), "001 rejected 4 creation_time_in_window");
    bench.deliver_all();
    bench.at("2025-06-22 22:59:59.999");
    EXPECT_EQ(bench.pay(5, kMainland, kHk), Texts{"link transfer 5"});
    bench.at("2025-06-22 23:00");
    EXPECT_EQ(bench.pay(6, kMainland, kHk), Texts{kMainland + " rejected 6 within_hours"});
    EXPECT_EQ(bench.pay(7, kHk, kMainland), Texts{"link transfer 7"}) << "northbound never closes";
    bench.at("2025-06-23 06:59:59.999");
    EXPECT_EQ(bench.pay(8, kMainland, kHk), Texts{kMainland + " rejected 8 within_hours"});
    bench.at("2025-06-23 07:00");
    bench.set(Rail::kIbps, Parameter::kOpensAtMinute, kSouthP2p, 8 * 60, kMainland);
    EXPECT_EQ(bench.pay(9, kMainland, kHk), Texts{kMainland + " rejected 9 within_hours"});
    EXPECT_EQ(bench.pay(10, kOtherMainland, kHk), Texts{"link transfer 10"});
}

TEST_F(ReferencePayment, PayeesBankMustBeThere) {
    EXPECT_EQ(bench.pay(1, kHk, "999999999999"), Texts{"link transfer 1"});
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link refused 1 payee_agent_known"});
    bench.apply(Rail::kIbps, SessionDown{kMainland});
    bench.pay(2, kHk, kMainland);
    EXPECT_EQ(bench.deliver(Rail::kFps), Texts{"link refused 2 payee_agent_online"});
    EXPECT_EQ(bench.accept(2, kMainland), Texts{kMainland + " not taken up 2 request_known, uetr"})
        << "it was never asked";
    bench.deliver_all();
}

TEST_F(ReferencePayment, FullTableRefusesAndSpendsNothing) {
    OpenRail small;
    small.payments_max = 2;
    Bench full(small);
    full.pay(1, kHk, kMainland);
    full.pay(2, kHk, kMainland);
    EXPECT_EQ(full.pay(3, kHk, kMainland), Texts{"001 rejected 3 payment_table_full"});
    full.pay(3, kMainland, kHk);
    full.deliver_all();
    EXPECT_EQ(full.rail(Rail::kFps).payments.size(), 2U);
    EXPECT_EQ(full.payment(Rail::kIbps, 3).result, ResultCode::kDestinationTableFull);
}

TEST_F(ReferencePayment, TickFiresABoundedNumberOfTimersLinkMessagesNone) {
    for (std::uint64_t number = 1; number <= kTimersPerTick + 1; ++number)
        bench.pay(number, kHk, kMainland, 1);
    bench.pass(20_s);
    EXPECT_EQ(bench.apply(Rail::kFps, LinkState{true}).size(), 0U);
    EXPECT_EQ(bench.apply(Rail::kFps, Tick{}).size(), kTimersPerTick);
    EXPECT_EQ(bench.say(CreditReport{kHk, 0, uetr(1)}),
              (Texts{"link cancel " + std::to_string(kTimersPerTick + 1),
                     "001 not taken up 1 request_known, uetr"}));
}

TEST_F(ReferencePayment, WhatCannotBeIsComplainedOf) {
    bench.apply(Rail::kFps, CreditReport{kHk, 2, uetr(1)});  // After none.
    EXPECT_EQ(bench.complaints, Texts{"message 2 of 001 after 0"});
    bench.complaints.clear();
    LinkMessage settled;
    settled.kind = LinkKind::kSettled;
    settled.uetr = uetr(9);
    bench.apply(Rail::kFps, LinkDelivery{1, settled});
    EXPECT_EQ(bench.complaints.size(), 2U) << "nobody said it, and nothing was sent";
    bench.complaints.clear();
    bench.now.elapsed = ElapsedTime{-1};
    bench.apply(Rail::kFps, Tick{});
    EXPECT_EQ(bench.complaints, Texts{"a stamp goes back"});
    bench.complaints.clear();
}

}  // namespace
}  // namespace lowu::reference
