// Both cells with the link between them, as an engine would drive them, but for the log: every
// command goes through the log's form to a second pair of cells, which must decide alike, and to
// the reference ledger, which must say the same. Used by the target of commands; one thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "switch/core/cell.hpp"
#include "switch/journal/batch.hpp"
#include "tests/fuzz/small_scheme.hpp"
#include "tests/support/invariants.hpp"
#include "tests/support/reference_check.hpp"

namespace lowu::fuzz {

/// Remembers of one cell what it forgets, and what it has said.
class Watcher final : public support::CellEar {
public:
    using CellEar::CellEar;

    std::vector<support::MessageView> messages;
    support::ForgottenLegs legs_forgotten;
    int settled = 0;

    void on_state(const core::Payment& payment, core::PaymentState, core::PaymentEvent) override {
        if (payment.state == core::PaymentState::kSettled) ++settled;
    }
    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override {
        CellEar::on_outbox(participant, number, entry);
        messages.push_back(support::message_view(cell(), participant, entry));
    }
    void on_forget(const core::Payment& payment, core::PaymentIndex index) override {
        CellEar::on_forget(payment, index);
        legs_forgotten.insert_or_assign(index, support::leg_view(cell(), index));
    }
};

class TwoCells {
public:
    TwoCells();

    [[nodiscard]] core::Cell& cell(core::Rail rail) { return *side(rail).live; }
    [[nodiscard]] const Watcher& watcher(core::Rail rail) { return side(rail).watcher; }
    [[nodiscard]] const core::Stamp& now() const { return now_; }

    void apply(core::Rail rail, const core::Command& command, const journal::Body& body = {});

    // Time. What is on the link arrives before more than a moment passes, as it does in a switch.
    void pass(Duration duration);
    /// Fires whatever is due, on both sides.
    void tick();
    /// An operator sets scheme time forward; not while a payment is pending.
    void advance(Duration duration);

    // The link.
    void set_link(bool up);
    /// The next message that has not arrived; false when there is none, or the link is down.
    bool deliver(core::Rail from);
    void deliver_all();
    /// One that has arrived comes again: those that are not acknowledged may.
    void deliver_again(core::Rail from, std::uint32_t which);
    void acknowledge_link(core::Rail from);

    // Memory, as an engine with an archive keeps it.
    void forget();
    /// What the cells have forgotten of this payment comes back, where there is room. False: there
    /// was none.
    [[nodiscard]] bool recollect(const core::Uetr& uetr);
    /// How it ended for this bank, when the cell has forgotten it.
    [[nodiscard]] std::optional<core::ArchivedAnswer> archived_answer(core::Rail rail,
                                                                      core::ParticipantIndex bank,
                                                                      const core::Uetr& uetr,
                                                                      core::Side side);

    /// Aborts when a law is broken, and says which.
    void judge();
    /// State as a whole: replayed and saved alike.
    void judge_state();

private:
    struct Side {
        explicit Side(support::ReferenceCheck& check) : watcher(check) {}

        Watcher watcher;
        std::unique_ptr<core::Cell> live;
        std::unique_ptr<core::Cell> replayed;
        std::vector<money::AmountMinor> openings;
        core::MessageNumber delivered = 0;  ///< Of its link messages.
    };
    Side& side(core::Rail rail) { return sides_[static_cast<std::size_t>(rail)]; }
    void to_replay(const core::Stamp& stamp, core::Rail rail, const core::Command& command,
                   const journal::Body& body);

    support::ReferenceCheck reference_;
    std::array<Side, 2> sides_{Side(reference_), Side(reference_)};
    core::Stamp now_;
    bool link_up_ = true;
    journal::BatchBuilder builder_;
    journal::RecordReader reader_;
    log::BatchBuffer batch_;
};

}  // namespace lowu::fuzz
