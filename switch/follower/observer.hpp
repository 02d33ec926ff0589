// The observer: the witness of one of the follower's cells. Makes the follower's read models of
// what it hears: timeline events, times of legs, changes for watchers, obligations, positions, and
// rows for the archive; and sums every account's entries by itself, so that balances can be checked
// against entries. One thread, the follower's.
#pragma once

#include <vector>

#include "common/base/result.hpp"
#include "switch/core/state_io.hpp"
#include "switch/core/witness.hpp"
#include "switch/follower/archive.hpp"
#include "switch/follower/leg_table.hpp"
#include "switch/follower/obligations.hpp"
#include "switch/follower/positions.hpp"
#include "switch/follower/timeline.hpp"
#include "switch/follower/watch_ring.hpp"

namespace lowu::follower {

/// An account's entries, summed.
struct EntryTotals {
    core::AmountMinor debits, credits;                  ///< All entries.
    core::AmountMinor payment_debits, payment_credits;  ///< Those of payments only.
    std::int64_t entries = 0;

    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.debits);
        sink(self.credits);
        sink(self.payment_debits);
        sink(self.payment_credits);
        sink(self.entries);
    }
};

/// What both observers feed.
struct ReadModels {
    ReadModels(std::size_t timelines_max, std::size_t changes_max, const Archive* from)
        : timelines(timelines_max), watch(changes_max), archive(from) {}

    Timelines timelines;
    std::vector<PaymentChange> changes;  ///< Of the command at hand.
    WatchRing watch;
    Positions positions;
    ArchiveBatch rows;                               ///< Of the batch at hand.
    bool gathering = false;                          ///< The archive wants them.
    const Archive* archive;                          ///< Or null.
    std::optional<Error> unreadable = std::nullopt;  ///< What the archive should have told.
};

class Observer final : public core::Witness {
public:
    Observer(core::Rail rail, ReadModels& models) : rail_(rail), models_(models) {}

    /// The cell that is heard; once, before the first command.
    void watch(const core::Cell& cell) { cell_ = &cell; }
    /// What comes next happens at this stamp. Also writes down the command itself, where it
    /// concerns a payment.
    void begin(const core::Stamp& stamp, const core::Command& command);
    /// The command has been applied.
    void end(const core::Command& command);

    [[nodiscard]] EntryTotals totals(core::AccountIndex account) const;
    /// Microseconds from acceptance to the final state; 0 while pending. The cell remembers it.
    [[nodiscard]] std::int64_t duration_us(core::PaymentIndex payment) const;
    [[nodiscard]] std::int64_t pending() const { return pending_; }
    [[nodiscard]] std::int64_t settled_not_credited() const { return obligations_.total(); }
    /// Payments taken up here, forgotten ones too.
    [[nodiscard]] std::int64_t origin_payments() const { return origin_payments_; }
    [[nodiscard]] const LegTable& legs() const { return legs_; }
    [[nodiscard]] const Obligations& obligations() const { return obligations_; }

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
    void on_forget(const core::Payment& payment, core::PaymentIndex index) override;

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.totals_, core::kMaxAccounts, "sums of entries");
        sink(self.legs_);
        sink(self.obligations_);
        sink(self.pending_);
        sink(self.origin_payments_);
    }

private:
    [[nodiscard]] bool is_strangers(const core::CreditTransfer& transfer) const;
    [[nodiscard]] TimelineEvent event(TimelineEvent::What what) const;
    [[nodiscard]] core::PaymentIndex index_of(const core::Payment& payment) const;
    [[nodiscard]] std::uint32_t mark(const core::Payment& payment) const;
    void add_ledger(const core::Payment& payment, TimelineEvent::What what,
                    core::AccountIndex account, core::AmountMinor before);
    void move_position(core::AccountIndex account, core::AmountMinor before);
    void gather_entry(const core::Payment* payment, const core::Entry& entry);
    [[nodiscard]] LegTimes archived_times(const core::Recollect& back);
    void on_final(const core::Payment& payment);
    void on_return_settled(const core::Payment& payment, core::PaymentIndex index);
    void change(const core::Uetr& uetr, ChangeKind kind) {
        PaymentChange& one = models_.changes.emplace_back();
        one.sequence = stamp_.sequence;
        one.uetr = uetr;
        one.kind = kind;
    }
    [[nodiscard]] core::AgentCode payee_agent_of(const core::Payment& payment) const;
    [[nodiscard]] core::AgentCode code(core::ParticipantIndex participant) const;
    EntryTotals& at(core::AccountIndex account);

    core::Rail rail_;
    ReadModels& models_;
    const core::Cell* cell_ = nullptr;
    core::Stamp stamp_;
    std::vector<EntryTotals> totals_;
    LegTable legs_;
    std::vector<core::PaymentIndex> gone_;  ///< Forgotten by the command at hand.
    Obligations obligations_;
    std::int64_t pending_ = 0;
    std::int64_t origin_payments_ = 0;
};

}  // namespace lowu::follower
