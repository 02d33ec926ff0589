// Banks that misbehave on purpose: what is drawn, what it does to payments, what it leaves in the
// books.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "bank_sim/model/answer_queue.hpp"
#include "bank_sim/model/behavior.hpp"
#include "tests/unit/bank_fixture.hpp"

namespace lowu::bank {
namespace {

constexpr money::AmountMinor kAmount{10'000};
constexpr Duration kDeadline = 10_s;

v1::Behavior with(void (v1::Behavior::*set)(std::int32_t), std::int32_t permille = 1'000) {
    v1::Behavior behavior;
    (behavior.*set)(permille);
    return behavior;
}

TEST(Behavior, ChecksNameTheField) {
    const auto field_with = [](auto change) {
        v1::Behavior behavior;
        change(behavior);
        const auto error = Behavior::check(behavior);
        return error ? error->field : std::string("none");
    };
    EXPECT_EQ(field_with([](auto&) {}), "none");
    EXPECT_EQ(field_with([](auto& b) { b.set_silent_permille(1'001); }), "silent_permille");
    EXPECT_EQ(field_with([](auto& b) { b.set_bad_message_permille(-1); }), "bad_message_permille");
    EXPECT_EQ(field_with([](auto& b) { b.set_refuse_reason("XX99"); }), "refuse_reason");
    EXPECT_EQ(field_with([](auto& b) { b.set_refuse_reason("AM23"); }), "refuse_reason")
        << "no creditor agent says so";
    EXPECT_EQ(field_with([](auto& b) { b.set_refuse_above_minor(-1); }), "refuse_above_minor");
    EXPECT_EQ(field_with([](auto& b) { b.set_clock_skew_ms(INT64_MAX); }), "clock_skew_ms");
    EXPECT_EQ(field_with([](auto& b) { b.mutable_latency()->set_min_us(-1); }), "latency.min_us");
    EXPECT_EQ(field_with([](auto& b) { b.mutable_latency()->set_min_us(5); }), "latency.p50_us");
    EXPECT_EQ(field_with([](auto& b) { b.mutable_latency()->set_p50_us(5); }), "latency.p99_us");
    EXPECT_EQ(field_with([](auto& b) { b.mutable_latency()->set_p99_us(4'000'000'000); }),
              "latency.p99_us");
}

TEST(Behavior, AShareIsAboutItsShareAndTheSameFromTheSameSeed) {
    v1::Behavior wanted;
    wanted.set_silent_permille(200);
    Behavior first(1);
    Behavior second(2);
    first.set(wanted, 42);
    second.set(wanted, 42);
    int silent = 0;
    for (int request = 0; request < 10'000; ++request) {
        const bool one = first.plan_answer(true, kAmount, kDeadline).silent;
        EXPECT_EQ(one, second.plan_answer(true, kAmount, kDeadline).silent);
        silent += one ? 1 : 0;
    }
    EXPECT_NEAR(silent, 2'000, 200);
    v1::GetBehaviorResponse view;
    first.describe(view);
    EXPECT_EQ(view.done().at("silent_permille"), silent);
    EXPECT_EQ(view.done_size(), 1);
    EXPECT_EQ(view.behavior().silent_permille(), 200);
}

TEST(Behavior, LatencyKeepsItsThreeFigures) {
    v1::Behavior wanted;
    wanted.mutable_latency()->set_min_us(100);
    wanted.mutable_latency()->set_p50_us(1'000);
    wanted.mutable_latency()->set_p99_us(20'000);
    Behavior behavior(7);
    behavior.set(wanted, 0);
    std::vector<std::int64_t> taken;
    for (int request = 0; request < 20'000; ++request)
        taken.push_back(behavior.plan_answer(true, kAmount, kDeadline).delay.us);
    std::sort(taken.begin(), taken.end());
    EXPECT_GE(taken.front(), 100);
    EXPECT_NEAR(static_cast<int>(taken[taken.size() / 2]), 1'000, 200);
    EXPECT_NEAR(static_cast<int>(taken[taken.size() / 100 * 99]), 20'000, 2'000);
    EXPECT_LE(taken.back(), 39'000);
}

TEST(Behavior, WhoBehavesDrawsNothing) {
    Behavior behavior(1);
    const AnswerPlan plan = behavior.plan_answer(true, kAmount, kDeadline);
    EXPECT_EQ(plan.content, AnswerPlan::Content::kRight);
    EXPECT_FALSE(plan.silent);
    EXPECT_EQ(plan.delay, Duration{});
    EXPECT_FALSE(behavior.instructs_wrong_amount());
    EXPECT_FALSE(behavior.sends_bad_message());
    EXPECT_EQ(behavior.clock_skew(), Duration{});
    v1::GetBehaviorResponse view;
    behavior.describe(view);
    EXPECT_EQ(view.done_size(), 0);
}

TEST(Behavior, RulesOfRefusal) {
    v1::Behavior wanted;
    wanted.set_refuse_above_minor(10'000);
    wanted.set_refuse_reason("RR04");
    Behavior behavior(1);
    behavior.set(wanted, 0);
    EXPECT_EQ(behavior.plan_answer(true, money::AmountMinor{10'000}, kDeadline).content,
              AnswerPlan::Content::kRight);
    const AnswerPlan plan = behavior.plan_answer(true, money::AmountMinor{10'001}, kDeadline);
    EXPECT_EQ(plan.content, AnswerPlan::Content::kRefuse);
    EXPECT_EQ(plan.refusal, scheme::ResultCode::kPayeeRegulatory);
    EXPECT_EQ(behavior.plan_answer(false, money::AmountMinor{10'001}, kDeadline).content,
              AnswerPlan::Content::kRight)
        << "refused anyway, for its own reason";
}

TEST(AnswerQueue, AnswersComeOutByTimeThenByOrder) {
    AnswerQueue queue;
    EXPECT_EQ(queue.next_at(), kNever);
    const auto uetr = [](std::uint64_t number) { return scheme::uetr_from_random(number, 0); };
    queue.add(ElapsedTime{30}, uetr(1), scheme::ResultCode::kAccepted);
    queue.add(ElapsedTime{10}, uetr(2), scheme::ResultCode::kAccepted);
    queue.add(ElapsedTime{10}, uetr(3), scheme::ResultCode::kAccepted);
    EXPECT_EQ(queue.next_at(), ElapsedTime{10});
    EXPECT_EQ(queue.take().uetr, uetr(2));
    EXPECT_EQ(queue.take().uetr, uetr(3));
    EXPECT_EQ(queue.take().uetr, uetr(1));
    for (std::size_t answer = 0; answer < kMaxDelayedAnswers; ++answer)
        queue.add(ElapsedTime{1}, uetr(answer), scheme::ResultCode::kAccepted);
    EXPECT_TRUE(queue.full());
}

class Misbehaving : public BankModel {
protected:
    void SetUp() override {
        greet_both();
        settle_down();
    }

    v1::Remittance pay(std::int64_t amount_minor = 10'000) {
        v1::SendRemittanceRequest request = order();
        request.set_amount_minor(amount_minor);
        request.clear_uetr();
        const OutgoingRemittance* sent = send(request);
        if (sent == nullptr) return {};
        const std::string uetr = scheme::format_uetr(sent->uetr);
        settle_down();
        return *hk_.remittance(uetr);
    }

    std::map<std::string, std::int64_t> done(const Bank& bank) {
        v1::GetBehaviorResponse view;
        bank.behavior().describe(view);
        return {view.done().begin(), view.done().end()};
    }

    // The rail tells the payee's bank how a payment has ended.
    void conclude(const std::string& uetr, v1::PaymentStatus status) {
        v1::SwitchMessage message;
        message.mutable_status_report()->set_uetr(uetr);
        message.mutable_status_report()->set_side(v1::SIDE_PAYEE);
        message.mutable_status_report()->set_status(status);
        rail_.side(mainland_).waiting.push_back(message);
        settle_down();
    }
};

TEST_F(Misbehaving, ASilentBankPromisesNothingItCouldBreak) {
    mainland_.set_behavior(with(&v1::Behavior::set_silent_permille), 1);
    const v1::Remittance sent = pay();
    EXPECT_EQ(sent.status(), v1::PAYMENT_STATUS_ACSP);
    v1::BankBooks books;
    mainland_.describe(books);
    EXPECT_EQ(books.incoming_promised(), 1) << "the rail counts it as asked";
    conclude(sent.uetr(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(mainland_.remittance(sent.uetr())->status(), v1::PAYMENT_STATUS_RJCT);
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 50'000);
    mainland_.set_behavior({}, 0);
    EXPECT_EQ(pay().status(), v1::PAYMENT_STATUS_ACSC) << "switched back while running";
    EXPECT_EQ(done(mainland_).at("silent_permille"), 1);
}

TEST_F(Misbehaving, ALateAnswerComesAfterTheRailsDeadline) {
    mainland_.set_behavior(with(&v1::Behavior::set_late_permille), 1);
    const ElapsedTime before = now_;
    const v1::Remittance sent = pay();
    EXPECT_EQ(sent.status(), v1::PAYMENT_STATUS_ACSP);
    EXPECT_GT(mainland_.next_at(), before + Duration::from_ms(kPayeeDeadlineMs));
    EXPECT_LT(mainland_.next_at(), before + Duration::from_ms(kPayeeDeadlineMs) + 1_s);
    now_ = mainland_.next_at();
    settle_down();
    EXPECT_EQ(mainland_.next_at(), kNever);
    EXPECT_EQ(hk_.remittance(sent.uetr())->status(), v1::PAYMENT_STATUS_ACSC)
        << "this rail has no deadline of its own";
}

TEST_F(Misbehaving, ASlowBankTakesItsTime) {
    v1::Behavior slow;
    slow.mutable_latency()->set_min_us(500'000);
    slow.mutable_latency()->set_p50_us(500'000);
    slow.mutable_latency()->set_p99_us(500'000);
    mainland_.set_behavior(slow, 1);
    const v1::Remittance sent = pay();
    EXPECT_EQ(sent.status(), v1::PAYMENT_STATUS_ACSP) << "a tenth of a second is not enough";
    now_ = now_ + 500_ms;
    settle_down();
    EXPECT_EQ(hk_.remittance(sent.uetr())->status(), v1::PAYMENT_STATUS_ACSC);
    expect_balanced(mainland_);
}

TEST_F(Misbehaving, SecondAnswersChangeNothing) {
    mainland_.set_behavior(with(&v1::Behavior::set_duplicate_permille), 1);
    EXPECT_EQ(pay().status(), v1::PAYMENT_STATUS_ACSC);
    mainland_.set_behavior(with(&v1::Behavior::set_contradict_permille), 1);
    EXPECT_EQ(pay().status(), v1::PAYMENT_STATUS_ACSC) << "the first answer stands";
    EXPECT_EQ(balance(mainland_, "6222000000000001"), 70'000);
    EXPECT_EQ(done(mainland_).at("duplicate_permille"), 1);
    EXPECT_EQ(done(mainland_).at("contradict_permille"), 1);
    EXPECT_EQ(rail_.side(mainland_).received, 6U) << "two answers and a report each";
    expect_balanced(mainland_);
}

TEST_F(Misbehaving, TheOppositeOfAcceptingIsRefusing) {
    mainland_.set_behavior(with(&v1::Behavior::set_wrong_permille), 1);
    EXPECT_EQ(pay().reason().code(), "MS03");
    EXPECT_EQ(balance(hk_, "012-875-10001"), 100'000);
}

TEST_F(Misbehaving, MoneyForNobodyIsKeptApart) {
    mainland_.set_behavior(with(&v1::Behavior::set_wrong_permille), 1);
    v1::SendRemittanceRequest request = order();
    request.set_payee_account("6222999999999999");
    ASSERT_NE(send(request), nullptr);
    settle_down();
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSC) << "wrongly promised";
    const auto view = mainland_.remittance(kUetr);
    EXPECT_EQ(view->status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_FALSE(view->credited());
    EXPECT_EQ(rail_.reports, 0) << "nobody has it, so nothing is reported";
    EXPECT_EQ(owed(mainland_, LedgerAccount::kUnapplied), 10'000);
    EXPECT_EQ(owed(mainland_, LedgerAccount::kSettlement), -10'000);
    expect_balanced(mainland_);
    v1::BankBooks books;
    mainland_.describe(books);
    EXPECT_EQ(books.incoming_promised(), 0);
    EXPECT_EQ(books.accounts(books.accounts_size() - 1).name(), "unapplied");
}

TEST_F(Misbehaving, RefusalsByRuleSayTheirReason) {
    v1::Behavior behavior;
    behavior.set_refuse_above_minor(9'999);
    mainland_.set_behavior(behavior, 1);
    EXPECT_EQ(pay(9'999).status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(pay(10'000).reason().code(), "MS03");
    behavior.Clear();
    behavior.set_refuse_permille(1'000);
    behavior.set_refuse_reason("AC06");
    mainland_.set_behavior(behavior, 1);
    EXPECT_EQ(pay().reason().code(), "AC06");
}

TEST_F(Misbehaving, OneFenMoreIsInstructedAndDebited) {
    hk_.set_behavior(with(&v1::Behavior::set_wrong_amount_permille), 1);
    v1::SendRemittanceRequest request = order();
    ASSERT_NE(send(request), nullptr);
    settle_down();
    EXPECT_EQ(rail_.last_transfer.amount_minor(), 10'001);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 89'999) << "so that the books hold";
    EXPECT_NE(send(request), nullptr) << "the order is the same all the same";
    expect_balanced(hk_);
    request.clear_uetr();
    request.set_amount_minor(89'999);
    ASSERT_NE(send(request), nullptr) << "all that is left: there is no fen more";
    settle_down();
    EXPECT_EQ(rail_.last_transfer.amount_minor(), 89'999);
}

TEST_F(Misbehaving, ABadMessageGoesBeforeTheRealOne) {
    hk_.set_behavior(with(&v1::Behavior::set_bad_message_permille), 1);
    EXPECT_EQ(pay().status(), v1::PAYMENT_STATUS_ACSC);
    EXPECT_EQ(rail_.transfers, 2);
    EXPECT_EQ(hk_.anomalies().message_rejected, 1U);
    EXPECT_EQ(balance(hk_, "012-875-10001"), 90'000) << "one payment";
    expect_balanced(hk_);
}

TEST_F(Misbehaving, AClockThatIsOffShowsInTheCreationTime) {
    v1::Behavior behavior;
    behavior.set_clock_skew_ms(-3'600'000);
    hk_.set_behavior(behavior, 1);
    pay();
    EXPECT_LT(rail_.last_transfer.creation_time_ms(), kSchemeStartMs - 3'500'000);
    EXPECT_EQ(done(hk_).at("clock_skew_ms"), 1);
}

TEST_F(Misbehaving, ABadFrameBreaksTheProtocolOnceAndLosesNothing) {
    v1::Behavior behavior;
    behavior.set_bad_frame(true);
    hk_.set_behavior(behavior, 1);
    ASSERT_NE(send(order()), nullptr);
    const v1::ParticipantFrame* frame = hk_.session().next_frame(now_);
    ASSERT_NE(frame, nullptr);
    EXPECT_TRUE(frame->has_hello()) << "in the middle of a session";
    EXPECT_EQ(frame->messages_size(), 0);
    hk_.session().disconnect();
    rail_.greet(hk_, now_);
    settle_down();
    EXPECT_EQ(hk_.remittance(kUetr)->status(), v1::PAYMENT_STATUS_ACSC);
    v1::GetBehaviorResponse view;
    hk_.behavior().describe(view);
    EXPECT_FALSE(view.behavior().bad_frame()) << "done";
    EXPECT_EQ(view.done().at("bad_frame"), 1);
}

TEST_F(Misbehaving, OfflineIsAWishThatTheProgramFollows) {
    v1::Behavior behavior;
    behavior.set_offline(true);
    hk_.set_behavior(behavior, 1);
    EXPECT_TRUE(hk_.behavior().offline());
    hk_.set_behavior(behavior, 1);
    EXPECT_EQ(done(hk_).at("offline"), 1);
    hk_.set_behavior({}, 0);
    EXPECT_FALSE(hk_.behavior().offline());
}

// The switch may send as much as it was granted, whatever the bank has put off.
TEST_F(Misbehaving, DelayedAnswersKeepTheirPlaceInTheOutbox) {
    SmallRail closed(0);
    mainland_.set_behavior(with(&v1::Behavior::set_late_permille), 1);
    std::uint64_t number = rail_.side(mainland_).next_number;
    for (std::uint64_t sent = 0; sent < kReceiveWindow; ++sent, ++number) {
        v1::SwitchFrame frame;
        frame.set_first_number(number);
        v1::CreditTransfer& transfer = *frame.add_messages()->mutable_request()->mutable_transfer();
        transfer.set_uetr(scheme::format_uetr(scheme::uetr_from_random(sent, 5)));
        frame.set_acknowledged(rail_.side(mainland_).received);
        if (sent % 1'000 == 0) {
            now_ = now_ + kAcknowledgementDelay;
            while (mainland_.session().next_frame(now_) != nullptr)
                mainland_.session().frame_sent();
        }
        ASSERT_TRUE(mainland_.receive(frame, now_).ok());
    }
    now_ = now_ + 20_s;
    mainland_.on_time(now_);
    EXPECT_EQ(mainland_.next_at(), kNever) << "all have gone";
}

}  // namespace
}  // namespace lowu::bank
