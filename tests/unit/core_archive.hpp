// A cell that forgets, with an archive of what it forgot, and the ways to get it there. Used by
// core_memory_test.cpp and core_state_test.cpp; one thread.
#pragma once

#include <map>

#include "tests/unit/core_bench.hpp"

namespace lowu::core {

/// Keeps what a cell forgets, as the follower does.
class ArchivingWitness final : public Witness {
public:
    std::map<PaymentIndex, WholeLeg> archived;
    std::vector<PaymentIndex> gone;  ///< In order of going.
    const Cell* cell = nullptr;

    void on_forget(const Payment& payment, PaymentIndex index) override {
        LOWU_ASSERT(cell->payments().get(index) == &payment, "it is there still");
        archived.insert_or_assign(index, cell->payments().whole(index));
        gone.push_back(index);
    }
    void on_payment(const Payment&, PaymentIndex) override {}
    void on_check(const Uetr&, ResultCode, bool) override {}
    void on_state(const Payment&, PaymentState, PaymentEvent) override {}
    void on_reserve(const Payment&, AccountIndex, AmountMinor) override {}
    void on_release(const Payment&, AccountIndex, AmountMinor) override {}
    void on_entry(const Payment*, const Entry&, AmountMinor, AmountMinor) override {}
    void on_timer_set(const Payment&, TimerKind, ElapsedTime) override {}
    void on_timer_fired(const Payment&, TimerKind) override {}
    void on_outbox(ParticipantIndex, MessageNumber, const OutboxEntry&) override {}
    void on_link_message(MessageNumber, const LinkMessage&) override {}
    void on_credited(const Payment&) override {}
    void on_quota(const Payment&, QuotaMove, const QuotaHold&) override {}
};

}  // namespace lowu::core
