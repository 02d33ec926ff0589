// Holds cells against the reference ledger (simulator/reference): after every command, what the
// cell said and what was predicted; when asked, both books. Used by the simulation's judge, fuzzers
// and tests, which apply the commands; one thread.
//
// Use: give the cell an ear (CellEar, or any witness that hands on what it hears), apply the
// command to the cell, then say so here. CheckedCells does all that with cells of its own.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "simulator/reference/reference_ledger.hpp"
#include "switch/core/cell.hpp"

namespace lowu::support {

/// How many differences are kept: after the first few the rest say nothing new.
inline constexpr std::size_t kMaxDifferences = 32;

class ReferenceCheck {
public:
    /// What a cell says while it applies a command.
    void hear(const core::Cell& cell, core::ParticipantIndex participant,
              core::MessageNumber number, const core::OutboxEntry& entry);
    void hear(core::MessageNumber number, const core::LinkMessage& message);

    /// The cell has just applied this command: the ledger does, and both answers are compared.
    /// `effects` are what it put out.
    void applied(const core::Cell& cell, const core::Stamp& stamp, const core::Command& command,
                 const core::Effects& effects);
    /// Compares all books of a rail: accounts, payments, banks, quotas, rules. Walks everything.
    void compare_books(const core::Cell& cell);

    /// What differed so far, in words; empty is good.
    [[nodiscard]] const std::vector<std::string>& differences() const { return differences_; }
    [[nodiscard]] const reference::ReferenceLedger& ledger() const { return ledger_; }

private:
    void differ(std::string what);
    void compare_said(const std::string& where, std::vector<reference::Said> predicted);

    reference::ReferenceLedger ledger_;
    std::vector<reference::Said> heard_;
    std::vector<std::string> differences_;
};

/// A witness that hands on what it hears; what else it could hear, a class made of it may.
class CellEar : public core::Witness {
public:
    explicit CellEar(ReferenceCheck& check) : check_(check) {}
    /// The cell that it is the witness of; before the cell's first command.
    void watch(const core::Cell& cell) { cell_ = &cell; }

    void on_outbox(core::ParticipantIndex participant, core::MessageNumber number,
                   const core::OutboxEntry& entry) override {
        check_.hear(*cell_, participant, number, entry);
    }
    void on_link_message(core::MessageNumber number, const core::LinkMessage& message) override {
        check_.hear(number, message);
    }
    void on_payment(const core::Payment& /*payment*/, core::PaymentIndex /*index*/) override {}
    void on_check(const core::Uetr& /*uetr*/, core::ResultCode /*rule*/, bool /*passed*/) override {
    }
    void on_state(const core::Payment& /*payment*/, core::PaymentState /*from*/,
                  core::PaymentEvent /*event*/) override {}
    void on_reserve(const core::Payment& /*payment*/, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {}
    void on_release(const core::Payment& /*payment*/, core::AccountIndex /*account*/,
                    core::AmountMinor /*before*/) override {}
    void on_entry(const core::Payment* /*payment*/, const core::Entry& /*entry*/,
                  core::AmountMinor /*debit_before*/,
                  core::AmountMinor /*credit_before*/) override {}
    void on_timer_set(const core::Payment& /*payment*/, core::TimerKind /*kind*/,
                      ElapsedTime /*deadline*/) override {}
    void on_timer_fired(const core::Payment& /*payment*/, core::TimerKind /*kind*/) override {}
    void on_credited(const core::Payment& /*payment*/) override {}
    void on_quota(const core::Payment& /*payment*/, core::QuotaMove /*move*/,
                  const core::QuotaHold& /*hold*/) override {}
    void on_forget(const core::Payment& /*payment*/, core::PaymentIndex index) override {
        forgotten_.insert_or_assign(index, cell_->payments().whole(index));
    }

    /// As an archive has them.
    [[nodiscard]] const std::map<core::PaymentIndex, core::WholeLeg>& forgotten() const {
        return forgotten_;
    }

protected:
    [[nodiscard]] const core::Cell& cell() const { return *cell_; }

private:
    std::map<core::PaymentIndex, core::WholeLeg> forgotten_;
    ReferenceCheck& check_;
    const core::Cell* cell_ = nullptr;
};

/// Two cells, and the ledger beside them.
class CheckedCells {
public:
    CheckedCells();

    /// Both cells' commands in the log's order.
    void apply(const core::Stamp& stamp, scheme::Rail rail, const core::Command& command);
    void compare_books();

    [[nodiscard]] const core::Cell& cell(scheme::Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    /// What the cell has forgotten, as an archive has it.
    [[nodiscard]] const std::map<core::PaymentIndex, core::WholeLeg>& forgotten(
        scheme::Rail rail) const {
        return ears_[static_cast<std::size_t>(rail)]->forgotten();
    }
    [[nodiscard]] const core::Effects& effects() const { return effects_; }
    [[nodiscard]] ReferenceCheck& check() { return check_; }

private:
    ReferenceCheck check_;
    std::array<std::unique_ptr<CellEar>, 2> ears_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    core::Effects effects_;
};

}  // namespace lowu::support
