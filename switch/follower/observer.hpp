// The observer: the witness of one of the follower's cells. Makes timeline events of what it hears
// and sums every account's entries by itself, so that balances can be checked against entries. One
// thread, the follower's.
#pragma once

#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "switch/core/witness.hpp"
#include "switch/follower/timeline.hpp"

namespace lowu::follower {

/// An account's entries, summed.
struct EntryTotals {
    core::AmountMinor debits, credits;                  ///< All entries.
    core::AmountMinor payment_debits, payment_credits;  ///< Those of payments only.
    std::int64_t entries = 0;
};

class Observer final : public core::Witness {
public:
    Observer(core::Rail rail, Timelines& timelines) : rail_(rail), timelines_(timelines) {}

    /// The cell that is heard; once, before the first command.
    void watch(const core::Cell& cell) { cell_ = &cell; }
    /// What comes next happens at this stamp. Also writes down the command itself, where it
    /// concerns a payment.
    void begin(const core::Stamp& stamp, const core::Command& command);

    [[nodiscard]] EntryTotals totals(core::AccountIndex account) const;
    /// Microseconds from acceptance to the final state; 0 while pending.
    [[nodiscard]] std::int64_t duration_us(core::PaymentIndex payment) const;
    [[nodiscard]] std::int64_t pending() const { return pending_; }
    [[nodiscard]] std::int64_t settled_not_credited() const {
        return static_cast<std::int64_t>(not_credited_.size());
    }
    /// Origin legs taken up here.
    [[nodiscard]] std::int64_t origin_payments() const { return origin_payments_; }

    void on_payment(const core::Payment& payment, core::PaymentIndex index) override;
    void on_check(const core::Uetr& uetr, core::ResultCode rule, bool passed) override;
    void on_state(const core::Payment& payment, core::PaymentState from,
                  core::PaymentEvent event) override;
    void on_reserve(const core::Payment& payment, core::AccountIndex account,
                    core::AmountMinor available_before) override;
    void on_release(const core::Payment& payment, core::AccountIndex account,
                    core::AmountMinor available_before) override;
    void on_entry(const core::Payment* payment, const core::Entry& entry,
                  core::AmountMinor debit_available_before,
                  core::AmountMinor credit_available_before) override;
    void on_timer_set(const core::Payment& payment, core::TimerKind kind,
                      ElapsedTime deadline) override;
    void on_timer_fired(const core::Payment& payment, core::TimerKind kind) override;
    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override;
    void on_link_message(core::MessageNumber number, const core::LinkMessage& message) override;
    void on_credited(const core::Payment& payment) override;
    void on_quota(const core::Payment& payment, core::QuotaMove move,
                  const core::QuotaHold& hold) override;

private:
    struct Times {
        ElapsedTime accepted;
        ElapsedTime ended;
    };
    [[nodiscard]] bool is_strangers(const core::CreditTransfer& transfer) const;
    [[nodiscard]] TimelineEvent event(TimelineEvent::What what) const;
    void add_ledger(const core::Payment& payment, TimelineEvent::What what,
                    core::AccountIndex account, core::AmountMinor before);
    [[nodiscard]] core::AgentCode code(core::ParticipantIndex participant) const;
    EntryTotals& at(core::AccountIndex account);

    core::Rail rail_;
    Timelines& timelines_;
    const core::Cell* cell_ = nullptr;
    core::Stamp stamp_;
    std::vector<EntryTotals> totals_;
    std::vector<Times> times_;
    std::int64_t pending_ = 0;
    /// Settled to the payee's bank, and neither reported credited nor wholly sent back.
    boost::unordered_flat_set<core::PaymentIndex, std::hash<core::PaymentIndex>> not_credited_;
    std::int64_t origin_payments_ = 0;
};

}  // namespace lowu::follower
