// A small FPS cell with one bank that pays and one that is paid, its segments of 64 payments, and
// the ways by which its payments begin, end and are forgotten. Used by core_memory_test.cpp and
// core_memory_room_test.cpp; one thread.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/core_archive.hpp"

namespace lowu::core {

inline constexpr ParticipantIndex kBank{0};
inline constexpr ParticipantIndex kPayee{1};
inline const AgentCode kPayeeCode = code(2);

class MemoryTest : public testing::Test {
protected:
    explicit MemoryTest(std::uint32_t payments_max = 1'024) : bench_(payments_max, &witness_) {
        witness_.cell = &bench_.cell();
        bench_.admit(code(1), 1'000'000, kAllParticipation);
        bench_.admit(kPayeeCode, 1'000'000, kAllParticipation);
        bench_.open_link(1'000'000);
        bench_.set_rate();
        bench_.apply(SessionUp{kPayee, 1});
    }

    [[nodiscard]] const Cell& cell() const { return bench_.cell(); }
    [[nodiscard]] static PaymentIndex end_of(std::uint32_t segment) {
        return PaymentIndex{segment * kMinSegmentPayments};
    }
    [[nodiscard]] PaymentIndex index_of(std::uint64_t number) const {
        return *cell().find_payment(uetr(number));
    }
    [[nodiscard]] bool remembers(std::uint64_t number) const {
        return cell().find_payment(uetr(number)).has_value();
    }

    void later(Duration by) {
        now_ = now_ + by;
        bench_.set_scheme(now_);
        bench_.apply(Tick{});
    }
    void send(CreditTransfer transfer) {
        transfer.creation_time = now_;
        bench_.send(kBank, transfer);
    }
    void deliver(LinkKind kind, std::uint64_t number, ResultCode result = ResultCode::kAccepted) {
        LinkMessage message;
        message.kind = kind;
        message.uetr = uetr(number);
        message.result = result;
        bench_.deliver(message);
    }
    /// Comes over the link and is asked for.
    void ask(std::uint64_t number, std::int64_t amount = 100) {
        bench_.deliver(transfer_message(number, kPayeeCode, amount));
    }
    void settle_inward(std::uint64_t number, std::int64_t amount = 100) {
        ask(number, amount);
        bench_.answer(kPayee, uetr(number));
    }
    void report(std::uint64_t number) {
        bench_.apply(CreditReport{kPayee, bench_.next_number(kPayee), uetr(number)});
    }
    void settle_outward(std::uint64_t number, std::int64_t amount = 100) {
        send(remittance(number, amount));
        deliver(LinkKind::kSettled, number);
    }
    void send_back(std::uint64_t number, std::uint64_t original, std::int64_t amount) {
        bench_.apply(PaymentReturn{kPayee, bench_.next_number(kPayee), uetr(number), uetr(original),
                                   AmountMinor{amount}, scheme::ReturnReason::kMd06});
    }
    void come_back(std::uint64_t number, std::uint64_t original, std::int64_t amount) {
        LinkMessage message;
        message.kind = LinkKind::kReturn;
        message.uetr = uetr(number);
        message.original = uetr(original);
        message.service = Service::kP2pRemittance;
        message.payer_agent = kRemoteBank;
        message.amount = AmountMinor{amount};
        message.return_reason = scheme::ReturnReason::kMd06;
        bench_.deliver(message);
    }
    void acknowledge(ParticipantIndex bank) {
        bench_.apply(OutboxAcknowledged{bank, cell().participant(bank).outbox.next() - 1});
    }
    void acknowledge_all() {
        acknowledge(kBank);
        acknowledge(kPayee);
    }
    /// Payments that nobody needs, until so many segments are full.
    void fill(std::uint32_t segments) {
        while (cell().payments_so_far() < end_of(segments).value) {
            CreditTransfer refused = domestic(++filler_, 1, code(999));
            send(refused);
            acknowledge(kBank);
        }
    }
    void forget() {
        const PaymentIndex through = cell().forgettable_through();
        ASSERT_GT(through, cell().first_remembered()) << "there is something to forget";
        bench_.apply(Forget{through});
        ASSERT_EQ(cell().first_remembered(), through);
    }
    /// Fills the segment that is open now, lets it become old and forgets it.
    void forget_all() {
        fill(cell().payments_so_far() / kMinSegmentPayments + 1);
        later(Duration::from_hours(25));
        while (cell().forgettable_through() > cell().first_remembered())
            forget();
    }
    void recollect(PaymentIndex index) {
        bench_.apply(Recollect{index, witness_.archived.at(index)});
    }
    [[nodiscard]] std::set<std::uint32_t> kept() const {
        std::set<std::uint32_t> kept;
        cell().payments().for_each([&](PaymentIndex index, const Payment&) {
            if (index < cell().first_remembered()) kept.insert(index.value);
        });
        return kept;
    }

    ArchivingWitness witness_;
    Bench bench_;
    SchemeTime now_ = kStart;
    std::uint64_t filler_ = 1'000'000;
};

}  // namespace lowu::core
