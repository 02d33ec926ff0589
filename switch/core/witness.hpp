// Witness: how a cell can be watched while it works. The live cell has none: it never explains
// itself. The follower gives its own cells one and makes timelines of what it hears; tests judge by
// it. Called on the thread that applies.
#pragma once

#include "switch/core/command.hpp"
#include "switch/core/ledger.hpp"
#include "switch/core/outbox.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

enum class TimerKind : std::uint8_t { kPayeeDeadline = 0, kOriginDeadline = 1 };

/// What happens to a payment's hold in the quota register.
enum class QuotaMove : std::uint8_t {
    kReserved = 0,
    kCommitted = 1,
    kReleased = 2,
    kReturned = 3,  ///< The settled payment came back: so much of the hold.
};

class Witness {
public:
    Witness() = default;
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    virtual ~Witness() = default;

    /// A payment is new here.
    virtual void on_payment(const Payment& payment, PaymentIndex index) = 0;
    /// A rule was checked; `result` is the refusal it stands for, `passed` whether it held.
    virtual void on_check(const Uetr& uetr, ResultCode rule, bool passed) = 0;
    virtual void on_state(const Payment& payment, PaymentState from, PaymentEvent event) = 0;
    /// `available_before` is what the account could use before the ledger moved.
    virtual void on_reserve(const Payment& payment, AccountIndex account,
                            AmountMinor available_before) = 0;
    virtual void on_release(const Payment& payment, AccountIndex account,
                            AmountMinor available_before) = 0;
    /// `payment` is null for opening money.
    virtual void on_entry(const Payment* payment, const Entry& entry,
                          AmountMinor debit_available_before,
                          AmountMinor credit_available_before) = 0;
    virtual void on_timer_set(const Payment& payment, TimerKind kind, ElapsedTime deadline) = 0;
    virtual void on_timer_fired(const Payment& payment, TimerKind kind) = 0;
    virtual void on_outbox(ParticipantIndex participant, MessageNumber number,
                           const OutboxEntry& entry) = 0;
    virtual void on_link_message(MessageNumber number, const LinkMessage& message) = 0;
    virtual void on_credited(const Payment& payment) = 0;
    virtual void on_quota(const Payment& payment, QuotaMove move, const QuotaHold& hold) = 0;
    /// A payment goes out of memory; during the call it, and all that go with it, can be looked at
    /// still (PaymentTable::whole). One that was recollected goes again.
    virtual void on_forget(const Payment& payment, PaymentIndex index) = 0;
};

}  // namespace lowu::core
