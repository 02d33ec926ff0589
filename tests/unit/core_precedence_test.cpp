// C6: a request with many faults always gets the same one reason. Every pair of results that one
// instruction can break at once is walked: at the origin, at the destination, within one rail, and
// for returns. Two faults at once, and the earlier one in the table wins; nothing that comes later
// has been touched.
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "tests/unit/core_bench.hpp"

namespace lowu::core {
namespace {

using enum ResultCode;

/// Rows of the table that these raise, from `first` to `last`.
Faults rows(RaisedBy raised_by, ResultCode first, ResultCode last) {
    Faults found;
    for (const ResultRow& row : result_table()) {
        if (row.raised_by == raised_by && row.result >= first && row.result <= last) {
            found.push_back(row.result);
        }
    }
    return found;
}

Faults together(Faults left, const Faults& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// Walks every pair, and every fault alone.
void walk(const Faults& faults, const std::function<ResultCode(const Faults&)>& answer_to) {
    EXPECT_EQ(answer_to({}), kAccepted);
    for (std::size_t i = 0; i < faults.size(); ++i) {
        for (std::size_t j = i; j < faults.size(); ++j) {
            SCOPED_TRACE(std::string(row_of(faults[i]).name) + " and " +
                         std::string(row_of(faults[j]).name));
            EXPECT_EQ(answer_to({faults[i], faults[j]}), faults[i]);
        }
    }
}

// The ground on which an instruction is judged: what takes long to get into.

/// Fills the link with pending salaries of as many banks as that takes.
void congest_link(Bench& bench) {
    std::vector<ParticipantIndex> banks;
    for (std::uint32_t i = 0; i < kMaxLinkInFlight / kMaxPendingPayments; ++i)
        banks.push_back(bench.admit(code(100 + i), kMaxPendingPayments, kAllParticipation));
    std::uint64_t number = 1'000'000;
    for (const ParticipantIndex bank : banks) {
        for (std::uint32_t j = 0; j < kMaxPendingPayments; ++j)
            bench.send(bank, salary(number++, 1));
    }
}

/// Fills what one bank may have pending.
void congest_bank(Bench& bench, ParticipantIndex bank) {
    for (std::uint32_t i = 0; i < kMaxPendingPayments; ++i)
        bench.send(bank, salary(2'000'000 + i, 1));
}

bool slow_payee(const Faults& faults) {
    return has(faults, kPayeeAgentCongested) || has(faults, kPayeeAgentDegraded);
}

/// Leaves the payee's bank without room; for longer than it may, when that is among the faults, and
/// then with some again, unless that is none of them.
void slow_down(Bench& bench, const Faults& faults, ParticipantIndex bank, AgentCode payee_agent) {
    if (!slow_payee(faults)) return;
    congest_payee(bench, payee_agent);
    if (!has(faults, kPayeeAgentDegraded)) return;
    bench.set(ParameterId::kOutboxFull, {}, 1);
    bench.pass(1_ms);
    bench.apply(Tick{});
    if (!has(faults, kPayeeAgentCongested)) bench.apply(OutboxAcknowledged{bank, 2});
}

/// The payer's bank is the first participant, then a stranger, then the payee's bank of a domestic
/// payment.
constexpr ParticipantIndex kBank{0};
constexpr ParticipantIndex kStranger{1};
constexpr ParticipantIndex kPayee{2};
const AgentCode kPayeeCode = code(3);

/// A bank that may not do this may do something else.
std::uint32_t bits(bool live, Direction otherwise) {
    if (live) return kAllParticipation;
    return Participation::bit(otherwise, Service::kBusinessToPerson);
}

/// How many payments are known before the instruction comes.
std::uint32_t payments_before(const Faults& faults) {
    const bool taken = has(faults, kUetrOfAnotherAgent) || has(faults, kUetrContentDiffers);
    return (taken ? 1U : 0U) + (has(faults, kLinkCongested) ? kMaxLinkInFlight : 0U) +
           (has(faults, kPayerAgentCongested) ? kMaxPendingPayments : 0U) +
           (slow_payee(faults) ? kRequestSlots / 2 : 0U);
}

Bench ground_for(const Faults& faults, const CreditTransfer& transfer) {
    const bool full = has(faults, kPaymentTableFull);
    const std::uint32_t payments = payments_before(faults);
    Parameters parameters = small_tables(full ? std::max(payments, 1U) : payments + 1);
    if (has(faults, kQuotaRegisterFull)) parameters.quota_records_max = 1;
    Bench bench(parameters);
    const std::int64_t funds =
        1'000 + (has(faults, kPayerAgentCongested) ? kMaxPendingPayments : 0);
    bench.admit(code(1), funds, bits(!has(faults, kPayerAgentNotLive), Direction::kNorthbound));
    bench.admit(code(2), 1'000, kAllParticipation);
    bench.admit(kPayeeCode, 0, bits(!has(faults, kPayeeAgentNotLive), Direction::kSouthbound));
    bench.open_link(kRequestSlots / 2);
    bench.apply(SessionUp{kPayee, 1});
    slow_down(bench, faults, kPayee, kPayeeCode);
    if (has(faults, kPayerAgentCongested)) congest_bank(bench, kBank);
    if (has(faults, kLinkCongested)) congest_link(bench);
    CreditTransfer before = transfer;
    before.payer = person(2);
    if (has(faults, kUetrOfAnotherAgent)) {
        bench.send(kStranger, before);
    } else if (has(faults, kUetrContentDiffers)) {
        bench.send(kBank, before);
    }
    if (full && payments == 0) bench.send(kStranger, salary(2, 1));
    return bench;
}

/// The ground, made once where that takes long and nothing else about it is special.
Bench ground_of(const Faults& faults, const CreditTransfer& transfer) {
    const auto special = [](ResultCode fault) {
        return fault <= kPaymentTableFull || fault == kPayerAgentNotLive ||
               fault == kQuotaRegisterFull || fault == kPayerAgentCongested;
    };
    const bool only_link =
        has(faults, kLinkCongested) && std::none_of(faults.begin(), faults.end(), special);
    if (!only_link) return ground_for(faults, transfer);
    static const Bench kCongested = ground_for({kLinkCongested}, transfer);
    return kCongested;
}

/// What the bank hears about the instruction; kAccepted when it is pending.
ResultCode answer_of(Bench& bench, const CreditTransfer& transfer) {
    const std::uint32_t payments = bench.cell().payments_so_far();
    const std::uint32_t owed = bench.cell().participant(kBank).replies_owed;
    const MessageNumber link_next = bench.cell().link_outbox().next();
    const QuotaAmounts held = bench.cell().quota().reserved_total();
    bench.send(kBank, transfer);
    if (bench.cell().participant(kBank).replies_owed > owed) return kAccepted;
    const OutboxEntry& told = bench.last_told(kBank);
    EXPECT_EQ(told.kind, OutboxKind::kRejected);
    EXPECT_EQ(told.uetr, transfer.uetr);
    const bool spends = told.result >= kCreationTimeOutsideWindow;
    EXPECT_EQ(bench.cell().payments_so_far() - payments, spends ? 1U : 0U);
    EXPECT_EQ(bench.cell().link_outbox().next(), link_next) << "the destination hears nothing";
    EXPECT_EQ(bench.cell().quota().reserved_total(), held) << "it takes no quota";
    return told.result;
}

void set_if(Bench& bench, const Faults& faults, ResultCode fault, ParameterId id, Corridor corridor,
            std::int64_t value) {
    if (has(faults, fault)) bench.set(id, corridor, value);
}

/// What is the same across the boundary and within one rail.
void break_common_rules(Bench& bench, const Faults& faults, Corridor corridor,
                        CreditTransfer& transfer) {
    if (has(faults, kUetrContentDiffers)) transfer.carried_hash = 77;
    if (has(faults, kCreationTimeOutsideWindow)) transfer.creation_time = SchemeTime{0};
    if (has(faults, kPayerAgentLoggedOff)) bench.apply(ForceAvailability{kBank, false, {}});
    if (has(faults, kPayerAgentLiquidity)) transfer.amount = AmountMinor{1'001};
    set_if(bench, faults, kServiceNotOffered, ParameterId::kOffered, corridor, 0);
    set_if(bench, faults, kPurposeNotOffered, ParameterId::kPurposes, corridor, 0);
    set_if(bench, faults, kOutsideHours, ParameterId::kClosesAt, corridor, 1);
    set_if(bench, faults, kAmountAboveMaximum, ParameterId::kAmountMaximum, corridor, 99);
    set_if(bench, faults, kAmountAboveBankLimit, ParameterId::kBankPaymentLimit, corridor, 99);
}

// The origin.

ResultCode origin_answer(const Faults& faults) {
    CreditTransfer transfer = remittance(1, 100);
    Bench bench = ground_of(faults, transfer);
    if (!has(faults, kReferenceRateMissing)) bench.set_rate();
    break_common_rules(bench, faults, kNorthboundP2p, transfer);
    if (has(faults, kPayerDocument)) transfer.payer.document = DocumentType::kOther;
    if (has(faults, kTokenVersion)) transfer.payer.token_version = 2;
    if (has(faults, kPayerKind)) transfer.payer.kind = PartyKind::kCompany;
    if (has(faults, kLinkDown)) bench.apply(LinkState{false});
    if (has(faults, kExchangeArithmetic)) {
        transfer.exchange = {AmountMinor{100}, Rate{92'000'000}, 1};
    }
    set_if(bench, faults, kPersonDayLimit, ParameterId::kPersonDayLimit, kNorthboundP2p, 1);
    set_if(bench, faults, kPersonYearLimit, ParameterId::kPersonYearLimit, kNorthboundP2p, 1);
    return answer_of(bench, transfer);
}

TEST(OriginPrecedence, TheEarlierOfTwoFaultsWins) {
    const Faults identity = {kUetrOfAnotherAgent, kUetrContentDiffers, kPaymentTableFull};
    walk(together(identity,
                  rows(RaisedBy::kOrigin, kCreationTimeOutsideWindow, kPayerAgentCongested)),
         origin_answer);
}

TEST(OriginPrecedence, ChecksStandInTheOrderOfTheEnum) {
    CheckRecorder recorder;
    Bench bench(10, &recorder);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    bench.open_link(0);
    CreditTransfer transfer = remittance(1, 92);
    transfer.exchange = {AmountMinor{100}, Rate{92'000'000}, 1};
    bench.send(bank, transfer);
    EXPECT_EQ(recorder.checked,
              rows(RaisedBy::kOrigin, kCreationTimeOutsideWindow, kPayerAgentCongested));
}

// The destination.

/// Registers what a transfer with these faults of its proxy finds, and writes the proxy into it.
template <class Request>
void break_proxy(Bench& bench, const Faults& faults, ParticipantIndex payee_agent,
                 Request& request) {
    const bool unknown = has(faults, kProxyUnknown);
    const bool moved = has(faults, kProxyMoved);
    const bool not_enabled = has(faults, kProxyNotEnabled);
    if (!unknown && !moved && !not_enabled) return;
    ProxyRegistration registration;
    registration.proxy = {7, 7};
    registration.participant = payee_agent;
    registration.cross_boundary = !not_enabled;
    if (!unknown) bench.apply(RegisterProxy{registration});
    request.payee_proxy = {registration.proxy,
                           ProxyReference{bench.sequence().value + (moved ? 1U : 0U)}};
}

/// What the origin hears about a transfer with exactly these faults.
ResultCode destination_answer(const Faults& faults) {
    const bool taken = has(faults, kUetrTakenAtDestination);
    const std::uint32_t asked = slow_payee(faults) ? kRequestSlots / 2 : 0;
    const bool full = has(faults, kDestinationTableFull);
    const std::uint32_t known = asked + (taken ? 1U : 0U);
    Bench bench(full ? std::max(known, 1U) : known + 1);
    const ParticipantIndex bank =
        bench.admit(code(1), 1'000, bits(!has(faults, kPayeeAgentNotLive), Direction::kSouthbound));
    const ParticipantIndex other = bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(100 + asked);
    bench.apply(SessionUp{bank, 1});
    if (taken) bench.send(other, salary(1, 100));
    if (full && known == 0) bench.send(other, salary(2, 100));
    slow_down(bench, faults, bank, code(1));
    set_if(bench, faults, kDestinationServiceNotOffered, ParameterId::kOffered, kSouthboundP2p, 0);
    set_if(bench, faults, kOutsideDestinationHours, ParameterId::kClosesAt, kSouthboundP2p, 1);
    if (has(faults, kPayeeAgentLoggedOff)) bench.apply(ForceAvailability{bank, false, {}});
    if (has(faults, kPayeeAgentOffline)) bench.apply(SessionDown{bank});

    const bool unknown = has(faults, kPayeeAgentUnknown);
    const std::int64_t amount = has(faults, kLinkAgentLiquidity) ? 101 : 100;
    LinkMessage message = transfer_message(1, unknown ? code(9) : code(1), amount);
    break_proxy(bench, faults, bank, message);
    const std::uint32_t requests = bench.cell().participant(bank).outbox.requests();
    bench.deliver(message);
    if (bench.cell().participant(bank).outcomes_owed > asked) return kAccepted;
    EXPECT_EQ(bench.cell().participant(bank).outbox.requests(), requests) << "nobody is asked";
    EXPECT_EQ(bench.last_sent().kind, LinkKind::kRefused);
    EXPECT_EQ(bench.last_sent().uetr, uetr(1));
    return bench.last_sent().result;
}

TEST(DestinationPrecedence, TheEarlierOfTwoFaultsWins) {
    walk(rows(RaisedBy::kDestination, kUetrTakenAtDestination, kLinkAgentLiquidity),
         destination_answer);
}

TEST(DestinationPrecedence, ChecksStandInTheOrderOfTheEnum) {
    CheckRecorder recorder;
    Bench bench(10, &recorder);
    const ParticipantIndex bank = bench.admit(code(1), 0, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{bank, 1});
    ProxyRegistration registration;
    registration.participant = bank;
    registration.cross_boundary = true;
    bench.apply(RegisterProxy{registration});
    LinkMessage message = transfer_message(1, code(1), 100);
    message.payee_proxy.reference = ProxyReference{bench.sequence().value};
    bench.deliver(message);
    // The first two are decided before the payment is remembered.
    EXPECT_EQ(recorder.checked,
              rows(RaisedBy::kDestination, kPayeeAgentUnknown, kLinkAgentLiquidity));
}

// Within one rail: the origin's checks as far as they apply, then the payee's side.

const Faults kDomesticFaults = {
    kUetrOfAnotherAgent,  kUetrContentDiffers,  kPaymentTableFull,     kCreationTimeOutsideWindow,
    kPayerAgentNotLive,   kPayerAgentLoggedOff, kServiceNotOffered,    kPurposeNotOffered,
    kOutsideHours,        kAmountAboveMaximum,  kAmountAboveBankLimit, kPayerAgentLiquidity,
    kPayerAgentCongested, kPayeeAgentUnknown,   kPayeeAgentNotLive,    kProxyUnknown,
    kProxyMoved,          kPayeeAgentLoggedOff, kPayeeAgentOffline,    kPayeeAgentDegraded,
    kPayeeAgentCongested};

ResultCode domestic_answer(const Faults& faults) {
    CreditTransfer transfer = domestic(1, 100, kPayeeCode);
    Bench bench = ground_for(faults, transfer);
    break_common_rules(bench, faults, kDomesticCorridor, transfer);
    if (has(faults, kPayeeAgentUnknown)) transfer.payee_agent = code(9);
    break_proxy(bench, faults, kPayee, transfer);
    if (has(faults, kPayeeAgentLoggedOff)) bench.apply(ForceAvailability{kPayee, false, {}});
    if (has(faults, kPayeeAgentOffline)) bench.apply(SessionDown{kPayee});
    return answer_of(bench, transfer);
}

TEST(DomesticPrecedence, TheEarlierOfTwoFaultsWins) {
    walk(kDomesticFaults, domestic_answer);
}

TEST(DomesticPrecedence, ChecksStandInTheOrderOfTheEnum) {
    CheckRecorder recorder;
    Bench bench(10, &recorder);
    const ParticipantIndex bank = bench.admit(code(1), 1'000, kAllParticipation);
    const ParticipantIndex payee = bench.admit(code(3), 0, kAllParticipation);
    bench.apply(SessionUp{payee, 1});
    ProxyRegistration registration;
    registration.participant = payee;
    bench.apply(RegisterProxy{registration});
    CreditTransfer transfer = domestic(1, 100, code(3));
    transfer.payee_proxy.reference = ProxyReference{bench.sequence().value};
    bench.send(bank, transfer);
    const Faults checked(kDomesticFaults.begin() + 3, kDomesticFaults.end());
    EXPECT_EQ(recorder.checked, checked);
    EXPECT_TRUE(std::is_sorted(kDomesticFaults.begin(), kDomesticFaults.end()));
}

// Returns.

const Faults kReturnFaults = {kUetrOfAnotherAgent, kUetrContentDiffers,  kPaymentTableFull,
                              kOriginalNotSettled, kReturnAmount,        kLinkDown,
                              kLinkCongested,      kPayerAgentLiquidity, kPayerAgentCongested};

void send_back(Bench& bench, std::int64_t amount) {
    bench.apply(PaymentReturn{kBank, bench.next_number(kBank), uetr(1), uetr(5),
                              AmountMinor{amount}, scheme::ReturnReason::kMd06});
}

/// The bank sends back what it was paid from across the boundary: 100.
ResultCode return_answer(const Faults& faults) {
    const bool poor = has(faults, kPayerAgentLiquidity);
    const bool congested = has(faults, kPayerAgentCongested);
    const std::uint32_t payments = payments_before(faults) + 1U + (poor ? 1U : 0U);
    Bench bench(has(faults, kPaymentTableFull) ? payments : payments + 1);
    bench.admit(code(1), congested ? kMaxPendingPayments : 0, kAllParticipation);
    bench.admit(code(2), 1'000, kAllParticipation);
    bench.open_link(100);
    bench.apply(SessionUp{kBank, 1});
    bench.deliver(transfer_message(5, code(1), 100));
    if (!has(faults, kOriginalNotSettled)) bench.answer(kBank, uetr(5));
    if (poor) bench.send(kBank, salary(6, 100));  // It has spent what it was paid.
    if (congested) congest_bank(bench, kBank);
    if (has(faults, kLinkCongested)) congest_link(bench);
    if (has(faults, kUetrOfAnotherAgent)) {
        bench.send(kStranger, salary(1, 1));
    } else if (has(faults, kUetrContentDiffers)) {
        send_back(bench, 99);
    }
    if (has(faults, kLinkDown)) bench.apply(LinkState{false});
    const std::uint32_t owed = bench.cell().participant(kBank).replies_owed;
    send_back(bench, has(faults, kReturnAmount) ? 101 : 100);
    if (bench.cell().participant(kBank).replies_owed > owed) return kAccepted;
    EXPECT_EQ(bench.last_told(kBank).kind, OutboxKind::kRejected);
    return bench.last_told(kBank).result;
}

TEST(ReturnPrecedence, TheEarlierOfTwoFaultsWins) {
    walk(kReturnFaults, return_answer);
}

}  // namespace
}  // namespace lowu::core
