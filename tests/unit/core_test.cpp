// Tests of the parts that the cell is made of: ledger, table of a payment's life, timers, outboxes,
// table of results, parameters. The cell as a whole is shown by tests/scenario.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

using scheme::Field;

const AgentCode kBank = *scheme::parse_agent_code("X01");
const AgentCode kOtherBank = *scheme::parse_agent_code("X02");

// Ledger.

class LedgerTest : public testing::Test {
protected:
    Ledger ledger_;
    const AccountIndex outside_ =
        ledger_.open(AccountKind::kContra, Currency::kCny, scheme::kNoAgent, AmountMinor{0});
    const AccountIndex bank_ =
        ledger_.open(AccountKind::kSettlement, Currency::kCny, kBank, AmountMinor{0});
    const AccountIndex capped_ =
        ledger_.open(AccountKind::kSettlement, Currency::kCny, kOtherBank, AmountMinor{50});
    const AccountIndex hkd_ =
        ledger_.open(AccountKind::kSettlement, Currency::kHkd, kBank, AmountMinor{0});

    void SetUp() override { ledger_.post({outside_, bank_, AmountMinor{100}}); }
};

TEST_F(LedgerTest, OpeningMoneyComesFromOutside) {
    EXPECT_EQ(ledger_.account(outside_).balance, AmountMinor{-100});
    EXPECT_EQ(ledger_.account(bank_).balance, AmountMinor{100});
    EXPECT_EQ(ledger_.sum(Currency::kCny), AmountMinor{0});
    EXPECT_EQ(ledger_.sum(Currency::kHkd), AmountMinor{0});
    EXPECT_EQ(ledger_.size(), 4U);
}

TEST_F(LedgerTest, WhatIsReservedCannotBeReservedAgain) {
    EXPECT_TRUE(ledger_.can_reserve(bank_, AmountMinor{100}));
    EXPECT_FALSE(ledger_.can_reserve(bank_, AmountMinor{101}));
    ledger_.reserve(bank_, AmountMinor{70});
    EXPECT_TRUE(ledger_.can_reserve(bank_, AmountMinor{30}));
    EXPECT_FALSE(ledger_.can_reserve(bank_, AmountMinor{31}));
    EXPECT_EQ(ledger_.account(bank_).balance, AmountMinor{100}) << "a reservation books nothing";
    ledger_.release(bank_, AmountMinor{70});
    EXPECT_TRUE(ledger_.can_reserve(bank_, AmountMinor{100}));
}

TEST_F(LedgerTest, ReservationEndsWithItsPosting) {
    ledger_.reserve(bank_, AmountMinor{70});
    ledger_.post_reserved({bank_, capped_, AmountMinor{70}});
    EXPECT_EQ(ledger_.account(bank_).balance, AmountMinor{30});
    EXPECT_EQ(ledger_.account(bank_).reserved, AmountMinor{0});
    EXPECT_EQ(ledger_.account(capped_).balance, AmountMinor{70});
    EXPECT_EQ(ledger_.sum(Currency::kCny), AmountMinor{0});
}

TEST_F(LedgerTest, CapIsRoomBelowZero) {
    EXPECT_TRUE(ledger_.can_reserve(capped_, AmountMinor{50}));
    EXPECT_FALSE(ledger_.can_reserve(capped_, AmountMinor{51}));
    ledger_.reserve(capped_, AmountMinor{50});
    ledger_.post_reserved({capped_, bank_, AmountMinor{50}});
    EXPECT_EQ(ledger_.account(capped_).balance, AmountMinor{-50});
    EXPECT_EQ(ledger_.account(capped_).available(), AmountMinor{0});
}

TEST_F(LedgerTest, AmountsOfAnySizeAreJudgedWithoutOverflow) {
    EXPECT_FALSE(ledger_.can_reserve(bank_, money::kMaxAmountMinor));
    EXPECT_FALSE(ledger_.can_reserve(capped_, money::kMaxAmountMinor));
}

using LedgerDeathTest = LedgerTest;

TEST_F(LedgerDeathTest, BrokenEntriesAbort) {
    EXPECT_DEATH(ledger_.reserve(bank_, AmountMinor{101}), "asked before");
    EXPECT_DEATH(ledger_.reserve(bank_, AmountMinor{0}), "an amount is positive");
    EXPECT_DEATH(ledger_.release(bank_, AmountMinor{1}), "only what is reserved is released");
    EXPECT_DEATH(ledger_.post({bank_, bank_, AmountMinor{1}}), "two sides");
    EXPECT_DEATH(ledger_.post({bank_, hkd_, AmountMinor{1}}), "one currency");
    EXPECT_DEATH(ledger_.post({bank_, capped_, AmountMinor{-1}}), "an amount is positive");
    EXPECT_DEATH(ledger_.post({bank_, capped_, AmountMinor{101}}), "nobody overdraws");
    EXPECT_DEATH(static_cast<void>(ledger_.account(AccountIndex{4})), "account exists");
}

// The table of a payment's life.

using enum PaymentState;
using enum PaymentEvent;

TEST(PaymentTable, WalksEveryStateAndEvent) {
    // The whole table once more, written by hand: what is not listed changes nothing.
    const std::map<std::pair<PaymentState, PaymentEvent>, PaymentState> expected = {
        {{kNone, kOriginAccepts}, kForwarded},      {{kNone, kOriginRefuses}, kRejected},
        {{kNone, kDestinationAccepts}, kAsked},     {{kNone, kDestinationRefuses}, kRejected},
        {{kNone, kCancelArrives}, kRejected},       {{kForwarded, kSettledArrives}, kSettled},
        {{kForwarded, kRefusedArrives}, kRejected}, {{kForwarded, kOriginDeadline}, kCancelling},
        {{kCancelling, kSettledArrives}, kSettled}, {{kCancelling, kRefusedArrives}, kRejected},
        {{kAsked, kPayeeAgentAccepts}, kSettled},   {{kAsked, kPayeeAgentRejects}, kRejected},
        {{kAsked, kPayeeDeadline}, kRejected},      {{kAsked, kCancelArrives}, kRejected},
        {{kNone, kReturnBooked}, kSettled},
    };
    for (const PaymentState state : {kNone, kForwarded, kCancelling, kAsked, kSettled, kRejected}) {
        for (std::size_t i = 0; i < kPaymentEvents; ++i) {
            const auto event = static_cast<PaymentEvent>(i);
            SCOPED_TRACE(std::string(to_string(state)) + ", " + std::string(to_string(event)));
            const auto found = expected.find({state, event});
            const auto next = next_state(state, event);
            ASSERT_EQ(next.has_value(), found != expected.end());
            if (next) {
                EXPECT_EQ(*next, found->second);
            }
        }
    }
}

TEST(PaymentTable, FinalStatesStayAndAreReached) {
    std::set<PaymentState> reached = {kNone};
    for (std::size_t round = 0; round < 4; ++round) {
        for (const PaymentState state : std::set(reached)) {
            for (std::size_t i = 0; i < kPaymentEvents; ++i) {
                const auto next = next_state(state, static_cast<PaymentEvent>(i));
                EXPECT_FALSE(next && is_final(state));
                EXPECT_FALSE(next == kNone);
                if (next) reached.insert(*next);
            }
        }
    }
    EXPECT_EQ(reached.size(), 6U);
}

TEST(PaymentTable, NamesDiffer) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kPaymentEvents; ++i)
        EXPECT_TRUE(names.insert(to_string(static_cast<PaymentEvent>(i))).second);
    for (const PaymentState state : {kNone, kForwarded, kCancelling, kAsked, kSettled, kRejected})
        EXPECT_TRUE(names.insert(to_string(state)).second);
}

TEST(PaymentTable, APaymentIsSmall) {
    EXPECT_LE(sizeof(Payment), 128U) << "ten million of them are a gigabyte and a quarter";
}

// Timers.

TEST(TimerQueue, OrdersByDeadlineThenPayment) {
    TimerQueue queue;
    const auto set = [&](std::int64_t deadline_us, std::uint32_t payment) {
        queue.set(ElapsedTime{deadline_us}, PaymentIndex{payment});
    };
    set(20, 1);
    set(20, 4);
    set(10, 7);
    set(20, 2);
    set(30, 0);
    std::vector<std::pair<std::int64_t, std::uint32_t>> fired;
    while (const auto timer = queue.first([](PaymentIndex) { return true; })) {
        fired.emplace_back(timer->deadline.value, timer->payment.value);
        queue.pop();
    }
    const std::vector<std::pair<std::int64_t, std::uint32_t>> expected = {
        {10, 7}, {20, 1}, {20, 2}, {20, 4}, {30, 0}};
    EXPECT_EQ(fired, expected);
}

TEST(TimerQueue, DropsThoseThatNobodyWants) {
    TimerQueue queue;
    for (std::uint32_t i = 0; i < 6; ++i)
        queue.set(ElapsedTime{i}, PaymentIndex{i});
    const auto odd = [](PaymentIndex payment) { return payment.value % 2 == 1; };
    EXPECT_EQ(queue.first(odd)->payment, PaymentIndex{1});
    EXPECT_EQ(queue.first(odd)->payment, PaymentIndex{1}) << "looking at it does not take it";
    queue.pop();
    EXPECT_EQ(queue.first(odd)->payment, PaymentIndex{3});
    EXPECT_FALSE(queue.first([](PaymentIndex) { return false; }));
    EXPECT_FALSE(queue.first(odd)) << "dropped is dropped";
}

// Outboxes.

OutboxEntry entry(OutboxKind kind) {
    OutboxEntry one;
    one.kind = kind;
    return one;
}

TEST(Outbox, NumbersWithoutGapsAndForgetsWhatIsAcknowledged) {
    Outbox outbox;
    EXPECT_EQ(outbox.first(), 1U);
    EXPECT_EQ(outbox.next(), 1U);
    outbox.append(entry(OutboxKind::kRequest));
    outbox.append(entry(OutboxKind::kPending));
    outbox.append(entry(OutboxKind::kCreditNow));
    EXPECT_EQ(outbox.next(), 4U);
    EXPECT_EQ(outbox.replies(), 1U);
    EXPECT_EQ(outbox.requests(), 2U);
    EXPECT_EQ(outbox.entry(2).kind, OutboxKind::kPending);

    EXPECT_TRUE(outbox.acknowledge(2));
    EXPECT_EQ(outbox.first(), 3U);
    EXPECT_EQ(outbox.size(), 1U);
    EXPECT_EQ(outbox.replies(), 0U);
    EXPECT_EQ(outbox.requests(), 1U);
    EXPECT_EQ(outbox.entry(3).kind, OutboxKind::kCreditNow);

    EXPECT_TRUE(outbox.acknowledge(1)) << "an older acknowledgement says nothing new";
    EXPECT_EQ(outbox.first(), 3U);
    EXPECT_FALSE(outbox.acknowledge(4)) << "never put out";
    EXPECT_EQ(outbox.size(), 1U);
}

TEST(Outbox, KnowsRepliesFromRequests) {
    for (const OutboxKind kind : {OutboxKind::kPending, OutboxKind::kSettled, OutboxKind::kRejected,
                                  OutboxKind::kMessageReject, OutboxKind::kEnquiryAnswer}) {
        EXPECT_TRUE(is_reply(kind));
    }
    for (const OutboxKind kind : {OutboxKind::kRequest, OutboxKind::kCreditNow, OutboxKind::kVoid,
                                  OutboxKind::kEvent, OutboxKind::kReturned}) {
        EXPECT_FALSE(is_reply(kind));
    }
}

TEST(Outbox, CountsEventsApart) {
    Outbox outbox;
    outbox.append(entry(OutboxKind::kEvent));
    outbox.append(entry(OutboxKind::kReturned));
    outbox.append(entry(OutboxKind::kEvent));
    EXPECT_EQ(outbox.events(), 2U);
    EXPECT_EQ(outbox.requests(), 1U);
    EXPECT_EQ(outbox.replies(), 0U);
    EXPECT_TRUE(outbox.acknowledge(1));
    EXPECT_EQ(outbox.events(), 1U);
    EXPECT_TRUE(outbox.acknowledge(3));
    EXPECT_EQ(outbox.events(), 0U);
    EXPECT_EQ(outbox.requests(), 0U);
}

TEST(LinkOutbox, KeepsMessagesUntilAcknowledged) {
    LinkOutbox outbox;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        LinkEntry one;
        one.message.uetr = {i, i};
        outbox.append(one);
    }
    EXPECT_EQ(outbox.size(), 3U);
    EXPECT_EQ(outbox.free(), kLinkSlots - 3);
    EXPECT_TRUE(outbox.acknowledge(2));
    EXPECT_EQ(outbox.first(), 3U);
    EXPECT_EQ(outbox.entry(3).message.uetr, (Uetr{3, 3}));
    EXPECT_FALSE(outbox.acknowledge(4));
}

using OutboxDeathTest = testing::Test;

TEST(OutboxDeathTest, OnlyKeptEntriesCanBeRead) {
    Outbox outbox;
    outbox.append(entry(OutboxKind::kPending));
    EXPECT_DEATH(static_cast<void>(outbox.entry(2)), "the entry is kept");
    EXPECT_TRUE(outbox.acknowledge(1));
    EXPECT_DEATH(static_cast<void>(outbox.entry(1)), "the entry is kept");
}

// The table of results.

TEST(ResultTable, EveryNumberHasOneRowAndBack) {
    std::set<ResultCode> seen;
    for (const ResultRow& row : result_table()) {
        EXPECT_TRUE(seen.insert(row.result).second);
        EXPECT_EQ(&row_of(row.result), &row);
        EXPECT_EQ(result_of_number(static_cast<std::uint32_t>(row.result)), row.result);
    }
    EXPECT_EQ(seen.size(), result_table().size());
    EXPECT_FALSE(result_of_number(5));
    EXPECT_FALSE(result_of_number(127));
    EXPECT_FALSE(result_of_number(0xffff'ffff));
}

TEST(ResultTable, RowsAreCompleteAndNamesDiffer) {
    std::set<std::string_view> names;
    std::set<std::string_view> natives;
    for (const ResultRow& row : result_table()) {
        SCOPED_TRACE(row.name);
        EXPECT_TRUE(names.insert(row.name).second);
        EXPECT_FALSE(row.meaning.empty());
        EXPECT_EQ(row.meaning.back(), '.');
        if (row.result == ResultCode::kAccepted) continue;
        EXPECT_TRUE(natives.insert(row.fps_native).second);
        EXPECT_TRUE(natives.insert(row.ibps_native).second);
        // ISO 20022 ExternalStatusReason1Code: four characters; none where there is no payment.
        const bool has_code =
            row.raised_by != RaisedBy::kOperator && row.result < ResultCode::kNoSuchRequest;
        EXPECT_EQ(row.iso_code.size(), has_code ? 4U : 0U);
    }
}

TEST(ResultTable, APayeesBankMayUseItsOwnCodesOnly) {
    std::size_t allowed = 0;
    for (const ResultRow& row : result_table()) {
        if (row.raised_by != RaisedBy::kPayeeAgent) continue;
        EXPECT_EQ(payee_agent_result(row.iso_code), row.result);
        ++allowed;
    }
    EXPECT_EQ(allowed, 12U);
    for (const char* code : {"", "AM23", "DUPL", "AB05", "ED06", "ac03", "ZZZZ"})
        EXPECT_FALSE(payee_agent_result(code)) << code;
}

TEST(ResultTable, StandsInOrderOfPrecedence) {
    // Identity and origin, then destination, then the payee's bank, then time.
    std::vector<RaisedBy> order;
    for (const ResultRow& row : result_table()) {
        const bool before_time = row.result < ResultCode::kPayeeAgentSilent;
        if (before_time && (order.empty() || order.back() != row.raised_by)) {
            order.push_back(row.raised_by);
        }
    }
    const std::vector<RaisedBy> expected = {RaisedBy::kOrigin, RaisedBy::kDestination,
                                            RaisedBy::kPayeeAgent};
    EXPECT_EQ(order, expected);
}

// Parameters.

TEST(Parameters, DefaultsHoldTheRules) {
    EXPECT_EQ(Parameters{}.broken_rule(), nullptr);
}

TEST(Parameters, OriginOutlivesEverythingElse) {
    Parameters parameters;
    parameters.origin_deadline =
        parameters.payee_deadline + parameters.queue_allowance + parameters.link_allowance * 2;
    ASSERT_NE(parameters.broken_rule(), nullptr);
    EXPECT_NE(std::string(parameters.broken_rule()).find("origin_deadline"), std::string::npos);
    parameters.origin_deadline = parameters.origin_deadline + 1_us;
    EXPECT_EQ(parameters.broken_rule(), nullptr);
}

TEST(Parameters, SpansArePositive) {
    for (Duration Parameters::*field :
         {&Parameters::payee_deadline, &Parameters::link_allowance, &Parameters::creation_window}) {
        Parameters parameters;
        parameters.*field = Duration{};
        EXPECT_NE(parameters.broken_rule(), nullptr);
    }
    for (Duration Parameters::*field : {&Parameters::queue_allowance, &Parameters::creation_skew}) {
        Parameters parameters;
        parameters.*field = Duration{};
        EXPECT_EQ(parameters.broken_rule(), nullptr);
        parameters.*field = -1 * 1_us;
        EXPECT_NE(parameters.broken_rule(), nullptr);
    }
    Parameters endless;
    endless.payee_deadline = Duration::from_days(200'000'000);
    endless.origin_deadline = endless.payee_deadline;
    EXPECT_NE(endless.broken_rule(), nullptr) << "saturated sums are not greater";
}

}  // namespace
}  // namespace lowu::core
