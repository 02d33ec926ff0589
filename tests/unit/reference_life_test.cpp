// Random lives of both cells beside the reference ledger: no answer and no book may differ.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/reference_life.hpp"

namespace lowu::support {
namespace {

constexpr std::uint64_t kSeeds = 60;
constexpr int kSteps = 2'500;
constexpr int kBooksEvery = 100;

TEST(ReferenceLife, CellsAndLedgerAgreeStepByStep) {
    std::vector<std::uint64_t> kinds(std::variant_size_v<core::Command>);
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        Life life(seed);
        for (int step = 1; step <= kSteps; ++step) {
            life.step();
            if (step % kBooksEvery == 0) life.cells().compare_books();
            ASSERT_EQ(life.cells().check().differences(), std::vector<std::string>{})
                << "seed " << seed << ", step " << step;
        }
        life.settle_down();
        life.cells().compare_books();
        ASSERT_EQ(life.cells().check().differences(), std::vector<std::string>{})
            << "seed " << seed << ", at its end";
        EXPECT_EQ(life.cells().cell(scheme::Rail::kFps).pending(), 0U);
        EXPECT_EQ(life.cells().cell(scheme::Rail::kIbps).pending(), 0U);
        for (std::size_t kind = 0; kind < kinds.size(); ++kind)
            kinds[kind] += life.kinds()[kind];
    }
    for (std::size_t kind = 0; kind < kinds.size(); ++kind)
        EXPECT_GT(kinds[kind], 10U) << "command number " << kind << " of core::Command";
}

}  // namespace
}  // namespace lowu::support
