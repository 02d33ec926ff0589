// Cells beside the reference ledger: a history through the real engine, on which both must agree
// about every answer and all books; and that a difference is found where there is one.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "switch/journal/replay.hpp"
#include "tests/golden/history.hpp"
#include "tests/support/reference_check.hpp"

namespace lowu::support {
namespace {

using Texts = std::vector<std::string>;
using scheme::Rail;

/// The history of the committed logs, as the engine records it now. Calls take(entry) for every
/// record.
template <class Take>
void for_each_entry(const Take& take) {
    engine::GoldenHistory history;
    history.play();
    const auto read = journal::for_each_record(history.log(), take);
    ASSERT_TRUE(read.ok()) << read.error().what;
}

TEST(ReferenceCheck, AgreesWithTheCellsAboutAHistory) {
    CheckedCells cells;
    std::size_t entries = 0;
    for_each_entry([&](const journal::Entry& entry) {
        cells.apply(entry.stamp, entry.rail, entry.command);
        if (++entries % 16 == 0) cells.compare_books();
    });
    cells.compare_books();
    EXPECT_EQ(cells.check().differences(), Texts{});
    EXPECT_GT(entries, 100U);
    EXPECT_GT(cells.check().ledger().rail(Rail::kFps).payments.size(), 10U);
    EXPECT_TRUE(cells.check().ledger().rail(Rail::kIbps).banks.begin()->second.in_default);
}

// One command in turn is told to the ledger with something changed.
class DoctoredLog : public testing::Test {
protected:
    /// How the log differs when change(command) answers true for the first time.
    template <class Change>
    Texts differences_when(const Change& change) {
        bool changed = false;
        std::array<std::unique_ptr<core::Cell>, 2> cells;
        ReferenceCheck check;
        std::array ears{std::make_unique<CellEar>(check), std::make_unique<CellEar>(check)};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            cells[i] = std::make_unique<core::Cell>(ears[i].get());
            ears[i]->watch(*cells[i]);
        }
        core::Effects effects;
        for_each_entry([&](const journal::Entry& entry) {
            core::Cell& cell = *cells[static_cast<std::size_t>(entry.rail)];
            effects.clear();
            cell.apply(entry.stamp, entry.command, effects);
            core::Command told = entry.command;
            if (!changed) changed = change(told);
            check.applied(cell, entry.stamp, told, effects);
            if (changed) check.compare_books(cell);
        });
        EXPECT_TRUE(changed);
        return check.differences();
    }
};

TEST_F(DoctoredLog, OtherAmountIsNoticedInWhatIsSaid) {
    const Texts found = differences_when([](core::Command& command) {
        auto* transfer = std::get_if<core::CreditTransfer>(&command);
        if (transfer == nullptr || transfer->service == core::Service::kDomestic) return false;
        transfer->amount.value += 1;
        return true;
    });
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].find("the cell says [link"), std::string::npos) << found[0];
}

TEST_F(DoctoredLog, OtherRatesAreNoticedInTheBooks) {
    const Texts found = differences_when([](core::Command& command) {
        auto* sheet = std::get_if<core::FxRateSheet>(&command);
        if (sheet == nullptr) return false;
        sheet->bid.value += 1;
        return true;
    });
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].find("bid is 91520000 in the cell, 91520001"), std::string::npos)
        << found[0];
}

TEST_F(DoctoredLog, OtherYearIsNoticedInTheOutcome) {
    const Texts found = differences_when([](core::Command& command) {
        auto* prior = std::get_if<core::SetPriorUse>(&command);
        if (prior == nullptr) return false;
        prior->year = 1999;
        return true;
    });
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].find("prior_use_year"), std::string::npos) << found[0];
}

TEST_F(DoctoredLog, MissingAnswerIsNoticed) {
    const Texts found = differences_when([](core::Command& command) {
        auto* answer = std::get_if<core::CreditTransferAnswer>(&command);
        if (answer == nullptr) return false;
        command = core::Tick{};
        return true;
    });
    ASSERT_GE(found.size(), 2U);
    EXPECT_NE(found[0].find("the ledger [nothing]"), std::string::npos) << found[0];
}

}  // namespace
}  // namespace lowu::support
