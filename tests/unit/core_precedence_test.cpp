// C6: a request with many faults always gets the same one reason. Every pair of checks is walked,
// at the origin and at the destination: two faults at once, and the earlier one wins. Besides, what
// only a bare cell can be shown: credit, congestion, a transfer that comes after its cancel.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "switch/core/cell.hpp"

namespace lowu::core {
namespace {

const AgentCode kFpsAgent = *scheme::parse_agent_code("X90");
const AgentCode kRemoteBank = *scheme::parse_agent_code("999100000011");
constexpr SchemeTime kStart{1'750'554'000'000};

Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(number, number);
}

AgentCode code(std::uint32_t number) {
    std::string text = std::to_string(number);
    text.insert(0, 3 - text.size(), '0');
    return *scheme::parse_agent_code(text);
}

/// Remembers which rules were checked for one payment, in order.
class CheckRecorder final : public Witness {
public:
    std::vector<ResultCode> checked;

    void on_payment(const Payment&, PaymentIndex) override {}
    void on_check(const Uetr&, ResultCode rule, bool) override { checked.push_back(rule); }
    void on_state(const Payment&, PaymentState, PaymentEvent) override {}
    void on_reserve(const Payment&, AccountIndex, AmountMinor) override {}
    void on_release(const Payment&, AccountIndex, AmountMinor) override {}
    void on_entry(const Payment*, const Entry&, AmountMinor, AmountMinor) override {}
    void on_timer_set(const Payment&, TimerKind, ElapsedTime) override {}
    void on_timer_fired(const Payment&, TimerKind) override {}
    void on_outbox(ParticipantIndex, MessageNumber, const OutboxEntry&) override {}
    void on_link_message(MessageNumber, const LinkMessage&) override {}
    void on_credited(const Payment&) override {}
};

/// One FPS cell and whatever a test does to it.
class Bench {
public:
    explicit Bench(std::uint32_t payments_max, Witness* witness = nullptr,
                   Parameters parameters = {})
        : cell_(witness) {
        parameters.payments_max = payments_max;
        apply(OpenCell{Rail::kFps, parameters, {}});
    }

    void apply(const Command& command, ElapsedTime elapsed = ElapsedTime{0}) {
        effects_.clear();
        cell_.apply({Sequence{++sequence_}, kStart, elapsed}, command, effects_);
    }
    ParticipantIndex admit(AgentCode bank, std::int64_t funds, std::uint32_t bits) {
        apply(AdmitParticipant{bank, {bits}, AmountMinor{funds}, {}, {}});
        return *cell_.find_participant(bank);
    }
    void open_link(std::int64_t agent_funds) {
        apply(OpenLink{kFpsAgent, AmountMinor{agent_funds}, {}});
        apply(LinkState{true});
    }
    void send(ParticipantIndex bank, CreditTransfer transfer) {
        transfer.participant = bank;
        transfer.number = cell_.participant(bank).last_number + 1;
        apply(transfer);
    }
    void deliver(const LinkMessage& message) {
        apply(LinkDelivery{cell_.link_received() + 1, message});
    }
    [[nodiscard]] const OutboxEntry& last_told(ParticipantIndex bank) const {
        const Outbox& outbox = cell_.participant(bank).outbox;
        return outbox.entry(outbox.next() - 1);
    }
    [[nodiscard]] const LinkMessage& last_sent() const {
        return cell_.link_outbox().entry(cell_.link_outbox().next() - 1).message;
    }
    [[nodiscard]] const Cell& cell() const { return cell_; }

private:
    Cell cell_;
    Effects effects_;
    std::uint64_t sequence_ = 0;
};

CreditTransfer instruction(std::uint64_t number, std::int64_t amount) {
    CreditTransfer transfer;
    transfer.uetr = uetr(number);
    transfer.service = Service::kP2pRemittance;
    transfer.payee_agent = kRemoteBank;
    transfer.amount = AmountMinor{amount};
    transfer.creation_time = kStart;
    return transfer;
}

LinkMessage transfer_message(std::uint64_t number, AgentCode payee_agent, std::int64_t amount) {
    LinkMessage message;
    message.kind = LinkKind::kTransfer;
    message.uetr = uetr(number);
    message.service = Service::kP2pRemittance;
    message.payer_agent = kRemoteBank;
    message.payee_agent = payee_agent;
    message.amount = AmountMinor{amount};
    message.acceptance_time = kStart;
    return message;
}

bool has(const std::vector<ResultCode>& faults, ResultCode fault) {
    return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

// The origin.

/// Fills the link with pending payments of as many banks as that takes.
void congest_link(Bench& bench) {
    std::uint64_t number = 1'000;
    for (std::uint32_t i = 0; i < kMaxLinkInFlight / kMaxPendingPayments; ++i) {
        const ParticipantIndex bank =
            bench.admit(code(100 + i), kMaxPendingPayments, kAllParticipation);
        for (std::uint32_t j = 0; j < kMaxPendingPayments; ++j)
            bench.send(bank, instruction(number++, 1));
    }
}

/// Fills what one bank may have pending.
void congest_bank(Bench& bench, ParticipantIndex bank) {
    for (std::uint32_t i = 0; i < kMaxPendingPayments; ++i)
        bench.send(bank, instruction(2'000'000 + i, 1));
}

/// What a bank hears that sends an instruction with exactly these faults.
ResultCode origin_answer(const std::vector<ResultCode>& faults) {
    using enum ResultCode;
    const bool of_another = has(faults, kUetrOfAnotherAgent);
    const bool differs = has(faults, kUetrContentDiffers);
    const bool congested = has(faults, kLinkCongested);
    const bool bank_congested = has(faults, kPayerAgentCongested);
    const std::uint32_t pending = bank_congested ? kMaxPendingPayments : 0;
    const std::uint32_t known =
        (of_another || differs ? 1U : 0U) + (congested ? kMaxLinkInFlight : 0U) + pending;
    const bool full = has(faults, kPaymentTableFull);
    // A table for one payment that is taken, when nothing else takes it.
    const bool filler = full && known == 0;
    Bench bench(full ? std::max(known, 1U) : known + 1);
    const std::uint32_t bits = has(faults, kPayerAgentNotLive) ? 0 : kAllParticipation;
    const ParticipantIndex bank = bench.admit(code(1), 1'000 + pending, bits);
    const ParticipantIndex other = bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(0);
    if (bank_congested) congest_bank(bench, bank);

    CreditTransfer transfer = instruction(1, 100);
    if (of_another) bench.send(other, transfer);
    if (!of_another && differs) bench.send(bank, transfer);
    if (filler) bench.send(other, instruction(2, 100));
    if (differs) transfer.carried_hash = 77;
    if (congested) congest_link(bench);
    if (has(faults, kCreationTimeOutsideWindow)) transfer.creation_time = SchemeTime{0};
    if (has(faults, kLinkDown)) bench.apply(LinkState{false});
    if (has(faults, kPayerAgentLiquidity)) transfer.amount = AmountMinor{1'001};
    const std::uint32_t payments_before = bench.cell().payments();
    bench.send(bank, transfer);
    if (bench.cell().participant(bank).replies_owed > pending && !differs) return kAccepted;
    EXPECT_EQ(bench.last_told(bank).kind, OutboxKind::kRejected);
    const bool spends = bench.last_told(bank).result >= kCreationTimeOutsideWindow;
    EXPECT_EQ(bench.cell().payments() - payments_before, spends ? 1U : 0U);
    return bench.last_told(bank).result;
}

const std::vector<ResultCode> kOriginFaults = {
    ResultCode::kUetrOfAnotherAgent, ResultCode::kUetrContentDiffers,
    ResultCode::kPaymentTableFull,   ResultCode::kCreationTimeOutsideWindow,
    ResultCode::kPayerAgentNotLive,  ResultCode::kLinkDown,
    ResultCode::kLinkCongested,      ResultCode::kPayerAgentLiquidity,
    ResultCode::kPayerAgentCongested};

TEST(OriginPrecedence, TheEarlierOfTwoFaultsWins) {
    EXPECT_EQ(origin_answer({}), ResultCode::kAccepted);
    for (std::size_t i = 0; i < kOriginFaults.size(); ++i) {
        for (std::size_t j = i; j < kOriginFaults.size(); ++j) {
            SCOPED_TRACE(std::string(row_of(kOriginFaults[i]).name) + " and " +
                         std::string(row_of(kOriginFaults[j]).name));
            EXPECT_EQ(origin_answer({kOriginFaults[i], kOriginFaults[j]}), kOriginFaults[i]);
        }
    }
}

TEST(OriginPrecedence, ChecksStandInTheOrderOfTheEnum) {
    CheckRecorder recorder;
    Bench bench(10, &recorder);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    bench.send(bank, instruction(1, 100));
    std::vector<ResultCode> expected;
    for (const ResultRow& row : result_table()) {
        const bool identity = row.result <= ResultCode::kPaymentTableFull;
        if (row.raised_by == RaisedBy::kOrigin && !identity) expected.push_back(row.result);
    }
    EXPECT_EQ(recorder.checked, expected);
}

// The destination.

/// What the origin hears about a transfer with exactly these faults.
ResultCode destination_answer(const std::vector<ResultCode>& faults) {
    using enum ResultCode;
    const bool taken = has(faults, kUetrTakenAtDestination);
    const bool congested = has(faults, kPayeeAgentCongested);
    const std::uint32_t asked = congested ? kRequestSlots / 2 : 0;
    const bool full = has(faults, kDestinationTableFull);
    const std::uint32_t known = asked + (taken ? 1U : 0U);
    Bench bench(full ? std::max(known, 1U) : known + 1);
    // Requests reach the bank in the one direction that it takes part in.
    const std::uint32_t southbound =
        Participation::bit(Direction::kSouthbound, Service::kP2pRemittance);
    const bool live = !has(faults, kPayeeAgentNotLive);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, live ? southbound : 0);
    const ParticipantIndex other = bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(100 + asked);
    bench.apply(SessionUp{bank, 1});
    if (taken) bench.send(other, instruction(1, 100));
    if (full && known == 0) bench.send(other, instruction(2, 100));
    for (std::uint32_t i = 0; i < asked; ++i)
        bench.deliver(transfer_message(1'000 + i, code(1), 1));
    if (has(faults, kPayeeAgentOffline)) bench.apply(SessionDown{bank});

    const bool unknown = has(faults, kPayeeAgentUnknown);
    const std::int64_t amount = has(faults, kLinkAgentLiquidity) ? 101 : 100;
    bench.deliver(transfer_message(1, unknown ? code(9) : code(1), amount));
    if (bench.cell().participant(bank).outcomes_owed > asked) return kAccepted;
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kRefused);
    EXPECT_EQ(bench.last_sent().uetr, uetr(1));
    return bench.last_sent().result;
}

const std::vector<ResultCode> kDestinationFaults = {
    ResultCode::kUetrTakenAtDestination, ResultCode::kDestinationTableFull,
    ResultCode::kPayeeAgentUnknown,      ResultCode::kPayeeAgentNotLive,
    ResultCode::kPayeeAgentOffline,      ResultCode::kPayeeAgentCongested,
    ResultCode::kLinkAgentLiquidity};

/// A bank that takes no part is never asked, so nothing can wait for it.
bool exclude_each_other(ResultCode left, ResultCode right) {
    return left == ResultCode::kPayeeAgentNotLive && right == ResultCode::kPayeeAgentCongested;
}

TEST(DestinationPrecedence, TheEarlierOfTwoFaultsWins) {
    EXPECT_EQ(destination_answer({}), ResultCode::kAccepted);
    for (std::size_t i = 0; i < kDestinationFaults.size(); ++i) {
        for (std::size_t j = i; j < kDestinationFaults.size(); ++j) {
            if (exclude_each_other(kDestinationFaults[i], kDestinationFaults[j])) continue;
            SCOPED_TRACE(std::string(row_of(kDestinationFaults[i]).name) + " and " +
                         std::string(row_of(kDestinationFaults[j]).name));
            EXPECT_EQ(destination_answer({kDestinationFaults[i], kDestinationFaults[j]}),
                      kDestinationFaults[i]);
        }
    }
}

TEST(DestinationPrecedence, ChecksStandInTheOrderOfTheEnum) {
    CheckRecorder recorder;
    Bench bench(10, &recorder);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    bench.deliver(transfer_message(1, code(1), 100));
    std::vector<ResultCode> expected;
    for (const ResultRow& row : result_table()) {
        // The first two are decided before the payment is remembered, the last ones by time.
        const bool checked = row.result >= ResultCode::kPayeeAgentUnknown &&
                             row.result < ResultCode::kPayeeAgentSilent;
        if (row.raised_by == RaisedBy::kDestination && checked) expected.push_back(row.result);
    }
    EXPECT_EQ(recorder.checked, expected);
}

// Room and order that only a bare cell can be shown.

TEST(Cell, CreditIsOneReplySlotForEachNumberAndNeverFalls) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    const auto limit = [&] { return bench.cell().credit_limit(bank); };
    EXPECT_EQ(limit(), kReplySlots);
    bench.send(bank, instruction(1, 100));
    EXPECT_EQ(limit(), kReplySlots) << "the coming reply is kept room for";
    bench.send(bank, instruction(1, 100));
    EXPECT_EQ(limit(), kReplySlots) << "pending, said once, waits";
    LinkMessage settled;
    settled.kind = LinkKind::kSettled;
    settled.uetr = uetr(1);
    bench.deliver(settled);
    EXPECT_EQ(limit(), kReplySlots) << "the reply waits in its place";
    bench.apply(OutboxAcknowledged{bank, 2});
    EXPECT_EQ(limit(), kReplySlots + 2);
    bench.apply(CreditTransferAnswer{bank, 3, uetr(9), ResultCode::kAccepted});
    EXPECT_EQ(limit(), kReplySlots + 2) << "a reject is a reply too";
}

TEST(Cell, ABankWithoutCreditIsStoppedByItsSession) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    for (MessageNumber i = 1; i <= kReplySlots; ++i)
        bench.apply(RejectMessage{bank, i, scheme::Field::kAmount, {}});
    EXPECT_EQ(bench.cell().credit_limit(bank), bench.cell().participant(bank).last_number);
    EXPECT_DEATH(bench.apply(RejectMessage{bank, kReplySlots + 1, scheme::Field::kAmount, {}}),
                 "beyond credit");
    bench.apply(OutboxAcknowledged{bank, 1});
    bench.apply(RejectMessage{bank, kReplySlots + 1, scheme::Field::kAmount, {}});
}

TEST(Cell, ATransferAfterItsCancelIsRefused) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    LinkMessage cancel;
    cancel.kind = LinkKind::kCancel;
    cancel.uetr = uetr(1);
    bench.deliver(cancel);
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kCancelled);
    bench.deliver(transfer_message(1, code(1), 100));
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kRefused);
    EXPECT_EQ(bench.last_sent().result, ResultCode::kCancelledAtDeadline);
    EXPECT_EQ(bench.cell().participant(bank).outbox.size(), 0U) << "the bank is not asked";
}

TEST(Cell, ARepeatedLinkNumberChangesNothing) {
    Bench bench(10);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    const LinkMessage transfer = transfer_message(1, code(1), 60);
    bench.deliver(transfer);
    bench.apply(LinkDelivery{1, transfer});
    EXPECT_EQ(bench.cell().participant(bank).outbox.size(), 1U);
    EXPECT_EQ(bench.cell().link_outbox().size(), 0U);
    EXPECT_DEATH(bench.apply(LinkDelivery{3, transfer}), "no gaps");
}

TEST(Cell, DigestCoversParametersAndTimers) {
    const auto digest_after = [](const Parameters& parameters, std::int64_t asked_us) {
        Bench bench(10, nullptr, parameters);
        const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
        bench.open_link(100);
        bench.apply(SessionUp{bank, 1});
        bench.apply(LinkDelivery{1, transfer_message(1, code(1), 60)}, ElapsedTime{asked_us});
        bench.apply(Tick{}, ElapsedTime{9});
        return bench.cell().digest();
    };
    Parameters other;
    other.creation_skew = other.creation_skew + 1_us;
    EXPECT_EQ(digest_after({}, 3), digest_after({}, 3));
    EXPECT_NE(digest_after({}, 3), digest_after(other, 3));
    EXPECT_NE(digest_after({}, 3), digest_after({}, 4)) << "another deadline";
}

TEST(CellDeathTest, TheEngineMustKeepTheOrder) {
    Cell cell;
    Effects effects;
    EXPECT_DEATH(cell.apply({Sequence{1}, kStart, ElapsedTime{0}}, Tick{}, effects),
                 "opened first");
    cell.apply({Sequence{1}, kStart, ElapsedTime{5}}, OpenCell{Rail::kFps, {}, {}}, effects);
    const auto tick = [&](std::uint64_t sequence, SchemeTime scheme, std::int64_t elapsed_us) {
        cell.apply({Sequence{sequence}, scheme, ElapsedTime{elapsed_us}}, Tick{}, effects);
    };
    EXPECT_DEATH(tick(1, kStart, 5), "sequence numbers grow");
    EXPECT_DEATH(tick(2, kStart - 1_ms, 5), "scheme time never goes back");
    EXPECT_DEATH(tick(2, kStart, 4), "elapsed time never goes back");
    tick(2, kStart, 5);
}

}  // namespace
}  // namespace lowu::core
