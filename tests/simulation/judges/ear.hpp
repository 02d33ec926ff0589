// Ear: the witness of one of the court's cells. Keeps what is heard under a command for the judges,
// every message ever said and every payment ever forgotten for the view of the scheme, and tells
// the reference check. One thread.
#pragma once

#include <vector>

#include "tests/simulation/judges/judge.hpp"
#include "tests/support/reference_check.hpp"
#include "tests/support/scheme_view.hpp"

namespace lowu::judges {

class Ear final : public support::CellEar {
public:
    using CellEar::CellEar;

    /// Another cell, which has said nothing yet.
    void begin(const core::Cell& cell) {
        watch(cell);
        messages_.clear();
        forgotten_.clear();
        next_command();
    }
    void next_command() {
        steps_.clear();
        money_.clear();
        told_.clear();
    }

    [[nodiscard]] const std::vector<support::MessageView>& messages() const { return messages_; }
    [[nodiscard]] const support::ForgottenLegs& gone() const { return forgotten_; }
    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
    [[nodiscard]] const std::vector<MoneyDeed>& money() const { return money_; }
    [[nodiscard]] const std::vector<Told>& told() const { return told_; }

    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override {
        CellEar::on_outbox(participant, number, entry);
        messages_.push_back(support::message_view(cell(), participant, entry));
        told_.push_back({participant, number, entry});
    }
    void on_state(const core::Payment& payment, core::PaymentState from,
                  core::PaymentEvent /*event*/) override {
        steps_.push_back({payment.uetr, from, payment.state});
    }
    void on_reserve(const core::Payment& payment, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {
        money_.push_back({Deed::kReserved, payment.uetr, payment.leg});
    }
    void on_release(const core::Payment& payment, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {
        money_.push_back({Deed::kReleased, payment.uetr, payment.leg});
    }
    void on_entry(const core::Payment* payment, const core::Entry& /*entry*/,
                  core::AmountMinor /*debit_before*/,
                  core::AmountMinor /*credit_before*/) override {
        if (payment != nullptr) money_.push_back({Deed::kBooked, payment->uetr, payment->leg});
    }
    void on_forget(const core::Payment& /*payment*/, core::PaymentIndex index) override {
        forgotten_.insert_or_assign(index, support::leg_view(cell(), index));
    }

private:
    std::vector<support::MessageView> messages_;
    support::ForgottenLegs forgotten_;
    std::vector<Step> steps_;
    std::vector<MoneyDeed> money_;
    std::vector<Told> told_;
};

}  // namespace lowu::judges
