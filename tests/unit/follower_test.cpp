// The follower: what it tells about a payment, how it lists payments, and that its entries sum to
// its balances. Domestic payments, quotas and proxies are in follower_rules_test.cpp.
#include <gmock/gmock.h>

#include "tests/unit/follower_fixture.hpp"

namespace lowu::follower {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(FollowerTest, TellsTheWholeWayOfASettledPayment) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank, 12'345)});
    pass(40_ms);
    say_durably(payee, {answer(1)});
    say_durably(payee, {report(1)});
    follow();
    const std::string to = kIbpsBank;
    EXPECT_THAT(
        timeline(1),
        ElementsAre(
            "fps instruction from X01, 123.45 CNY", "fps creation_time_in_window: holds",
            "fps payer_agent_live: holds", "fps payer_agent_logged_on: holds",
            "fps service_offered: holds", "fps purpose_offered: holds", "fps payer_kind: holds",
            "fps payer_document: holds", "fps token_version: holds", "fps within_hours: holds",
            "fps link_up: holds", "fps link_has_room: holds", "fps amount_within_maximum: holds",
            "fps amount_within_bank_limit: holds", "fps reference_rate_known: holds",
            "fps person_day_limit: holds", "fps person_year_limit: holds",
            "fps quota_register_has_room: holds", "fps payer_agent_liquidity: holds",
            "fps payer_agent_has_room: holds", "fps reserve 123.45 CNY of X01",
            "fps take HKD 134.19 of the payer's day 2025-06-22 and HKD 134.19 of the year 2025",
            "fps NONE -> FORWARDED: origin accepts",
            "fps timer set: origin asks to cancel within 20000 ms",
            "fps to the link, message 1: transfer", "ibps from the link, message 1: transfer",
            "ibps payee_agent_known: holds", "ibps payee_agent_live: holds",
            "ibps destination_service_offered: holds", "ibps within_destination_hours: holds",
            "ibps payee_agent_logged_on: holds", "ibps payee_agent_online: holds",
            "ibps payee_agent_caught_up: holds", "ibps payee_agent_has_room: holds",
            "ibps link_agent_liquidity: holds",
            "ibps reserve 123.45 CNY of link agent 999900000017",
            "ibps NONE -> ASKED: destination accepts",
            "ibps timer set: payee's bank must answer within 10000 ms",
            "ibps to " + to + ", message 1: will you credit this?",
            "ibps " + to + " answers: accepted", "ibps ASKED -> SETTLED: payee's bank accepts",
            "ibps debit 123.45 CNY from link agent 999900000017", "ibps credit 123.45 CNY to " + to,
            "ibps debit 123.45 CNY from link claim",
            "ibps credit 123.45 CNY to link claim (contra)",
            "ibps to " + to + ", message 2: ACSC, settled: credit the payee now",
            "ibps to the link, message 1: settled", "fps from the link, message 1: settled",
            "fps FORWARDED -> SETTLED: settled at the destination", "fps debit 123.45 CNY from X01",
            "fps credit 123.45 CNY to link agent X90",
            "fps debit 123.45 CNY from link claim (contra)", "fps credit 123.45 CNY to link claim",
            "fps keep HKD 134.19 of the payer's day 2025-06-22 and HKD 134.19 of the year 2025",
            "fps to X01, message 1: ACSC, settled", "ibps " + to + " reports: payee credited",
            "ibps the payee has the money"));
    const PaymentView view = found(1);
    EXPECT_EQ(view.origin, Rail::kFps);
    EXPECT_EQ(view.corridor, engine::kNorthboundP2p);
    EXPECT_EQ(view.purpose, core::Purpose::kPersonal);
    EXPECT_EQ(view.quota.day, core::AmountMinor{13'419}) << "at 0.92, rounded up";
    EXPECT_EQ(view.quota.year, core::AmountMinor{13'419});
    EXPECT_EQ(view.payer_agent, code(kFpsBank));
    EXPECT_EQ(view.payee_agent, code(kIbpsBank));
    EXPECT_EQ(view.amount, core::AmountMinor{12'345});
    EXPECT_EQ(view.origin_state, PaymentState::kSettled);
    EXPECT_EQ(view.destination_state, PaymentState::kSettled);
    EXPECT_TRUE(view.credited);
    EXPECT_EQ(view.duration_us, 40'000);
}

TEST_F(FollowerTest, TellsWhyAPaymentWasRefused) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    say_durably(payer, {transfer(9, kIbpsBank, 900'000), transfer(1, kIbpsBank, 200'000)});
    follow();
    EXPECT_THAT(timeline(1).back(),
                HasSubstr("fps to X01, message 1: RJCT (AM23 payer_agent_liquidity)"));
    EXPECT_THAT(timeline(1), testing::Contains("fps payer_agent_liquidity: broken, AM23"));
    EXPECT_THAT(
        timeline(1),
        testing::Contains("fps NONE -> REJECTED: origin refuses (AM23 payer_agent_liquidity)"));
    EXPECT_EQ(found(1).result, ResultCode::kPayerAgentLiquidity);
    EXPECT_EQ(found(1).destination_state, PaymentState::kNone);
    say_durably(payer, {transfer(2, kIbpsBank)});
    say_durably(payee, {answer(2, ResultCode::kPayeeAccountUnknown)});
    follow();
    EXPECT_THAT(timeline(2), testing::Contains("ibps " + kIbpsBank +
                                               " answers: rejected (AC03 payee_account_known)"));
    EXPECT_THAT(timeline(2), testing::Contains("ibps release 1.00 CNY of link agent 999900000017"));
    EXPECT_THAT(timeline(2), testing::Contains("fps release 1.00 CNY of X01"));
    EXPECT_THAT(timeline(2), testing::Contains("fps give back HKD 1.09 of the payer's day "
                                               "2025-06-22 and HKD 1.09 of the year 2025"));
}

TEST_F(FollowerTest, TellsOfTimersThatFired) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    pass(11_s);
    engine().on_time();
    process_->sync();
    follow();
    EXPECT_THAT(timeline(1), testing::Contains("ibps timer fired: payee's bank must answer"));
    EXPECT_EQ(found(1).result, ResultCode::kPayeeAgentSilent);
    EXPECT_EQ(found(1).duration_us, 11'000'000);
}

TEST_F(FollowerTest, PendingPaymentsHaveNoDuration) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    follow();
    EXPECT_EQ(found(1).origin_state, PaymentState::kForwarded);
    EXPECT_EQ(found(1).destination_state, PaymentState::kAsked);
    EXPECT_EQ(found(1).duration_us, 0);
    EXPECT_EQ(follower_->observer(Rail::kFps).pending(), 1);
    EXPECT_EQ(follower_->observer(Rail::kFps).origin_payments(), 1);
    EXPECT_FALSE(*follower_->find(uetr(2)));
}

TEST_F(FollowerTest, OnlyTheNewestTimelinesAreKept) {
    follower_ = std::make_unique<Follower>(3);
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    for (std::uint64_t number = 1; number <= 5; ++number)
        say_durably(payer, {transfer(number, kIbpsBank)});
    follow();
    EXPECT_TRUE(timeline(1).empty());
    EXPECT_TRUE(timeline(2).empty());
    for (std::uint64_t number = 3; number <= 5; ++number) {
        EXPECT_THAT(timeline(number).front(), HasSubstr("instruction from X01"));
    }
    EXPECT_EQ(found(1).origin_state, PaymentState::kForwarded) << "the payment itself is known";
}

// Lists.

class ListTest : public FollowerTest {
protected:
    /// 1 to 5 northbound, 6 to 10 southbound, alternating; odd ones settle, 2 is refused by the
    /// payee's bank, the others stay pending.
    ListTest() {
        BankEnd fps = connect(kFpsBank);
        BankEnd other_fps = connect(kOtherFpsBank);
        BankEnd ibps = connect(kIbpsBank);
        connect(kOtherIbpsBank);
        for (std::uint64_t i = 1; i <= 5; ++i) {
            say_durably(i <= 4 ? fps : other_fps,
                        {transfer(i, i == 4 ? kOtherIbpsBank : kIbpsBank)});
            say_durably(ibps, {transfer(i + 5, kFpsBank)});
        }
        for (const std::uint64_t number : {1U, 3U, 5U})
            say_durably(ibps, {answer(number)});
        for (const std::uint64_t number : {7U, 9U})
            say_durably(fps, {answer(number)});
        say_durably(ibps, {answer(2, ResultCode::kPayeeAccountClosed)});
        follow();
    }
    std::vector<std::uint64_t> all(const PaymentFilter& filter) {
        return numbers(follower_->list(filter, 100, std::nullopt));
    }
};

TEST_F(ListTest, NewestFirstOverBothRails) {
    EXPECT_THAT(all({}), ElementsAre(10, 5, 9, 4, 8, 3, 7, 2, 6, 1));
    EXPECT_FALSE(follower_->list({}, 100, std::nullopt)->before);
}

TEST_F(ListTest, FiltersByParticipantDirectionAndStatus) {
    PaymentFilter filter;
    filter.direction = core::Direction::kSouthbound;
    EXPECT_THAT(all(filter), ElementsAre(10, 9, 8, 7, 6));
    filter.direction = core::Direction::kNorthbound;
    EXPECT_THAT(all(filter), ElementsAre(5, 4, 3, 2, 1));
    filter.status = PaymentFilter::Status::kSettled;
    EXPECT_THAT(all(filter), ElementsAre(5, 3, 1));
    filter.status = PaymentFilter::Status::kRejected;
    EXPECT_THAT(all(filter), ElementsAre(2));
    filter.status = PaymentFilter::Status::kPending;
    EXPECT_THAT(all(filter), ElementsAre(4));
    filter.direction.reset();
    EXPECT_THAT(all(filter), ElementsAre(10, 4, 8, 6));
    filter.participant = code(kOtherIbpsBank);
    EXPECT_THAT(all(filter), ElementsAre(4)) << "as the payee's bank";
    filter = {};
    filter.participant = code(kOtherFpsBank);
    EXPECT_THAT(all(filter), ElementsAre(5)) << "as the payer's bank";
    filter.participant = code("X77");
    EXPECT_TRUE(all(filter).empty());
}

TEST_F(ListTest, PagesTileTheListWhateverTheirSize) {
    PaymentFilter southbound;
    southbound.direction = core::Direction::kSouthbound;
    for (const PaymentFilter& filter : {PaymentFilter{}, southbound}) {
        const auto expected = all(filter);
        for (std::size_t page_size = 1; page_size <= expected.size() + 1; ++page_size) {
            std::vector<std::uint64_t> gathered;
            std::optional<core::Sequence> before;
            do {
                const auto page = follower_->list(filter, page_size, before);
                ASSERT_TRUE(page.ok());
                EXPECT_LE(page->payments.size(), page_size);
                for (const std::uint64_t number : numbers(page))
                    gathered.push_back(number);
                before = page->before;
            } while (before);
            EXPECT_EQ(gathered, expected) << "pages of " << page_size;
        }
    }
}

TEST_F(ListTest, APageStaysWhatItWasWhenNewPaymentsCome) {
    const auto first = follower_->list({}, 4, std::nullopt);
    ASSERT_TRUE(first.ok() && first->before);
    BankEnd fps = connect(kFpsBank);
    fps.next = participant(kFpsBank).last_number + 1;
    say_durably(fps, {transfer(11, kIbpsBank), transfer(12, kIbpsBank)});
    follow();
    EXPECT_THAT(numbers(follower_->list({}, 4, first->before)), ElementsAre(8, 3, 7, 2));
    EXPECT_THAT(numbers(follower_->list({}, 3, std::nullopt)), ElementsAre(12, 11, 10));
}

// Books.

TEST_F(ListTest, EntriesSumToBalances) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
        const core::Ledger& ledger = follower_->cell(rail).ledger();
        std::int64_t payments_minor = 0;
        for (std::uint32_t i = 0; i < ledger.size(); ++i) {
            const core::AccountIndex index{i};
            const EntryTotals totals = follower_->observer(rail).totals(index);
            EXPECT_EQ(totals.credits.value - totals.debits.value,
                      ledger.account(index).balance.value);
            EXPECT_GE(totals.credits, totals.payment_credits);
            payments_minor += totals.payment_credits.value - totals.payment_debits.value;
        }
        EXPECT_EQ(payments_minor, 0);
    }
    const EntryTotals payer =
        follower_->observer(Rail::kFps)
            .totals(follower_->cell(Rail::kFps).participant(core::ParticipantIndex{0}).cny);
    EXPECT_EQ(payer.payment_debits, core::AmountMinor{200}) << "payments 1 and 3";
    EXPECT_EQ(payer.payment_credits, core::AmountMinor{200}) << "payments 7 and 9";
    EXPECT_EQ(payer.credits, core::AmountMinor{1'000'200});
    EXPECT_EQ(payer.entries, 5);
    EXPECT_EQ(follower_->observer(Rail::kFps).totals(core::AccountIndex{9'999}).entries, 0);
}

TEST_F(ListTest, CountsWhatIsPendingAndWhatIsNotCredited) {
    EXPECT_EQ(follower_->observer(Rail::kFps).origin_payments(), 5);
    EXPECT_EQ(follower_->observer(Rail::kFps).pending(), 1);
    EXPECT_EQ(follower_->observer(Rail::kIbps).pending(), 3);
    EXPECT_EQ(follower_->observer(Rail::kIbps).settled_not_credited(), 3);
    EXPECT_EQ(follower_->observer(Rail::kFps).settled_not_credited(), 2);
}

TEST_F(ListTest, ItsCellsAreTheLiveOnes) {
    for (const Rail rail : {Rail::kFps, Rail::kIbps})
        EXPECT_EQ(follower_->cell(rail).digest(), engine().cell(rail).digest());
    EXPECT_EQ(follower_->replayed(), engine().durable());
    EXPECT_EQ(follower_->last().sequence, engine().durable());
}

TEST_F(FollowerTest, APayloadThatIsNoBatchIsNamed) {
    const std::string garbage = "\xff\xff\xff";
    log::BatchView view;
    view.first_sequence = 1;
    view.count = 1;
    view.payload = std::as_bytes(std::span(garbage));
    const auto taken = follower_->take(view);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().kind, Error::Kind::kCorrupt);
}

using FollowerDeathTest = FollowerTest;

TEST_F(FollowerDeathTest, BatchesComeWithoutGaps) {
    log::BatchView view;
    view.first_sequence = 2;
    view.count = 1;
    EXPECT_DEATH(static_cast<void>(follower_->take(view)), "without gaps");
}

}  // namespace
}  // namespace lowu::follower
