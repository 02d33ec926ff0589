// Compares what is said; see reference_check.hpp. The books are in reference_books.cpp.
#include "tests/support/reference_check.hpp"

#include <algorithm>

#include "tests/support/reference_books.hpp"
#include "tests/support/reference_commands.hpp"

namespace lowu::support {

namespace ref = reference;

namespace {

/// Each receiver's messages in order: between receivers there is none.
void sort_by_receiver(std::vector<ref::Said>& said) {
    std::stable_sort(said.begin(), said.end(), [](const ref::Said& left, const ref::Said& right) {
        return left.to != right.to ? left.to < right.to : left.number < right.number;
    });
}

std::string name_of(ref::ResultCode result) {
    return std::string(scheme::row_of(result).name);
}

}  // namespace

void ReferenceCheck::hear(const core::Cell& cell, core::ParticipantIndex participant,
                          core::MessageNumber number, const core::OutboxEntry& entry) {
    heard_.push_back(reference_said(cell, participant, number, entry));
}

void ReferenceCheck::hear(core::MessageNumber number, const core::LinkMessage& message) {
    heard_.push_back(reference_said(number, message));
}

void ReferenceCheck::differ(std::string what) {
    if (differences_.size() < kMaxDifferences) differences_.push_back(std::move(what));
}

void ReferenceCheck::compare_said(const std::string& where, std::vector<ref::Said> predicted) {
    sort_by_receiver(predicted);
    sort_by_receiver(heard_);
    const std::size_t most = std::max(predicted.size(), heard_.size());
    for (std::size_t i = 0; i < most; ++i) {
        const bool same = i < predicted.size() && i < heard_.size() && predicted[i] == heard_[i];
        if (same) continue;
        const std::string cell = i < heard_.size() ? to_text(heard_[i]) : "nothing";
        const std::string ledger = i < predicted.size() ? to_text(predicted[i]) : "nothing";
        return differ(where + "the cell says [" + cell + "], the ledger [" + ledger + "]");
    }
}

void ReferenceCheck::applied(const core::Cell& cell, const core::Stamp& stamp,
                             const core::Command& command, const core::Effects& effects) {
    const std::string where = std::string(scheme::to_string(cell.rail())) + " at sequence " +
                              std::to_string(stamp.sequence.value) + ": ";
    const auto remembers = [&cell](std::uint32_t arrival) {
        return cell.payments().get(core::PaymentIndex{arrival}) != nullptr;
    };
    const ref::Answer answer = ledger_.apply(reference_stamp(stamp), cell.rail(),
                                             reference_command(cell, command), remembers);
    for (const std::string& complaint : answer.complaints)
        differ(where + complaint);
    if (answer.outcome != effects.outcome || answer.outcome_detail != effects.outcome_detail) {
        differ(where + "the cell's outcome is " + name_of(effects.outcome) + " " +
               std::to_string(effects.outcome_detail) + ", the ledger's " +
               name_of(answer.outcome) + " " + std::to_string(answer.outcome_detail));
    }
    compare_said(where, answer.said);
    heard_.clear();
}

void ReferenceCheck::compare_books(const core::Cell& cell) {
    for (std::string& what : books_that_differ(cell, ledger_.rail(cell.rail())))
        differ(std::move(what));
}

CheckedCells::CheckedCells() {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        ears_[i] = std::make_unique<CellEar>(check_);
        cells_[i] = std::make_unique<core::Cell>(ears_[i].get());
        ears_[i]->watch(*cells_[i]);
    }
}

void CheckedCells::apply(const core::Stamp& stamp, scheme::Rail rail,
                         const core::Command& command) {
    const core::Cell& to = cell(rail);
    effects_.clear();
    cells_[static_cast<std::size_t>(rail)]->apply(stamp, command, effects_);
    check_.applied(to, stamp, command, effects_);
}

void CheckedCells::compare_books() {
    for (const auto& one : cells_) {
        if (one->is_open()) check_.compare_books(*one);
    }
}

}  // namespace lowu::support
