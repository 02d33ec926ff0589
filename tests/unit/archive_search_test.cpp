// Looking for one payment in the archive: in steps as at once, by what fits when a UETR was used
// twice, and how long it takes through a long history.
#include <gmock/gmock.h>

#include <chrono>
#include <iostream>

#include "tests/unit/archive_fixture.hpp"

namespace lowu::follower {
namespace {

using core::Leg;
using core::ParticipantIndex;
using core::Rail;
using core::Sequence;
using testing::ElementsAre;

class ArchiveSearchTest : public ArchiveTest {
protected:
    /// A batch that makes a cell forget these legs.
    void forget(std::vector<ArchivedLeg> legs) {
        for (ArchivedLeg& leg : legs) {
            leg.forgotten = Sequence{next_ + 9};
            rows_.add_forgotten(leg);
        }
        ASSERT_TRUE(append().ok());
    }
    /// A leg that stands in the bucket of the first one.
    static ArchivedLeg neighbour(std::uint64_t number) {
        ArchivedLeg leg = leg_of(number, Rail::kFps, Leg::kOrigin, Sequence{1}, {});
        const std::uint16_t bucket =
            uetr_bucket(leg_of(0, Rail::kFps, Leg::kOrigin, {}, {}).payment().uetr);
        for (std::uint64_t i = 0; uetr_bucket(leg.leg.payment.uetr) != bucket; ++i)
            leg.leg.payment.uetr = scheme::uetr_from_random(mix64(number, i), i);
        return leg;
    }
    static Archive::Fits of_bank(std::uint16_t bank) {
        return [bank](const ArchivedLeg& leg) {
            return leg.payment().local_agent == ParticipantIndex{bank};
        };
    }
    std::uint64_t found(const core::Uetr& uetr, const Archive::Fits& fits = {}) {
        const auto payment = archive_->find(uetr, fits);
        EXPECT_TRUE(payment.ok());
        const auto& leg = payment->legs[0];
        return leg ? leg->index.value : 0;
    }
    /// The same payment's UETR, of another bank.
    static ArchivedLeg again(const ArchivedLeg& first, std::uint64_t number, Sequence instruction) {
        ArchivedLeg leg = leg_of(number, Rail::kFps, Leg::kOrigin, instruction, {});
        leg.leg.payment.uetr = first.payment().uetr;
        return leg;
    }
};

TEST_F(ArchiveSearchTest, OfTwoThatOneCommandForgotTheFittingOneIsFound) {
    // Neighbours in one row, and in two: a command forgets more than a window.
    for (const std::uint64_t distance : {1U, 4'000U}) {
        open(folder_ + "/" + std::to_string(distance));
        previous_ = {};
        next_ = 1;
        for (int i = 0; i < 1'000; ++i)
            ASSERT_TRUE(append().ok());
        const ArchivedLeg first = leg_of(1, Rail::kFps, Leg::kOrigin, Sequence{100}, {});
        const ArchivedLeg second = again(first, 2, Sequence{100 + distance});
        const core::Uetr uetr = first.payment().uetr;
        forget({first, second});
        EXPECT_EQ(found(uetr), 2U) << "the newest";
        EXPECT_EQ(found(uetr, of_bank(1)), 1U);
        EXPECT_EQ(found(uetr, of_bank(2)), 2U);
        EXPECT_EQ(found(uetr, of_bank(3)), 2U) << "none fits";
        // Whatever their order was.
        const ArchivedLeg third = again(first, 4, Sequence{200 + distance});
        forget({third, first});
        EXPECT_EQ(found(uetr), 4U);
        EXPECT_EQ(found(uetr, of_bank(1)), 1U);
        EXPECT_EQ(found(uetr, of_bank(2)), 2U) << "an earlier command forgot it";
    }
}

TEST_F(ArchiveSearchTest, TwoPaymentsOfOneUetrAreListed) {
    const ArchivedLeg first = leg_of(1, Rail::kFps, Leg::kOrigin, Sequence{3}, {});
    forget({first, again(first, 2, Sequence{4})});
    forget({first});  // It had come back.
    std::vector<std::uint64_t> listed;
    ASSERT_TRUE(archive_
                    ->list_before(Rail::kFps, Sequence{100},
                                  [&](const ArchivedLeg& leg) {
                                      listed.push_back(leg.index.value);
                                      return true;
                                  })
                    .ok());
    EXPECT_THAT(listed, ElementsAre(2, 1));
}

TEST_F(ArchiveSearchTest, AStepReadsNoMoreThanItsRows) {
    constexpr std::uint64_t kCommands = 100;
    const ArchivedLeg oldest = neighbour(1);
    forget({oldest});
    for (std::uint64_t i = 2; i <= kCommands; ++i)
        forget({neighbour(i)});
    const auto steps = [&](const core::Uetr& uetr, std::size_t rows) {
        Archive::Search search(*archive_, uetr, {});
        std::size_t count = 1;
        for (auto done = search.step(rows); !*done; done = search.step(rows)) {
            ++count;
            // What comes meanwhile is not waited for.
            if (count == 3) forget({neighbour(1'000)});
        }
        const ArchivedPayment payment = search.take_found();
        EXPECT_EQ(payment.empty(), uetr != oldest.payment().uetr);
        return count;
    };
    const core::Uetr unknown = neighbour(5'000).payment().uetr;
    EXPECT_EQ(steps(unknown, 1'000), 1U);
    EXPECT_EQ(steps(unknown, 30), 4U);
    EXPECT_GE(steps(oldest.payment().uetr, 7), kCommands / 7);
    EXPECT_EQ(steps(scheme::uetr_from_random(7, 7), 1), 1U) << "a bucket without rows";
}

TEST_F(ArchiveSearchTest, EndsWhenWhatIsNeededIsFound) {
    const ArchivedLeg wanted = neighbour(1);
    forget({wanted});
    const Sequence then = archive_->position();
    for (std::uint64_t i = 2; i <= 10; ++i)
        forget({neighbour(i)});
    ArchivedLeg domestic = neighbour(11);
    domestic.leg.payment.leg = Leg::kDomestic;
    forget({domestic});
    const auto done_after = [&](const core::Uetr& uetr, std::size_t rows,
                                Archive::Search::Need need) {
        Archive::Search search(*archive_, uetr, std::move(need));
        const auto done = search.step(rows);
        return done.ok() && *done;
    };
    const core::Uetr newest = domestic.payment().uetr;
    EXPECT_TRUE(done_after(newest, 1, {})) << "within a rail there is no other leg";
    const core::Uetr tenth = neighbour(10).payment().uetr;
    EXPECT_FALSE(done_after(tenth, 2, {})) << "the other rail's leg may come";
    EXPECT_TRUE(done_after(tenth, 2, {{}, {true, false}, {}}));
    EXPECT_FALSE(done_after(wanted.payment().uetr, 9, {{}, {true, false}, {}}));
    Archive::Search newer(*archive_, wanted.payment().uetr, {{}, {true, false}, then});
    const auto done = newer.step(100);
    ASSERT_TRUE(done.ok());
    EXPECT_TRUE(*done);
    EXPECT_TRUE(newer.take_found().empty()) << "it was forgotten before";
}

/// What one look-up costs when nothing is found: for people who read the test's output.
TEST_F(ArchiveSearchTest, ALongHistoryIsReadThrough) {
    constexpr std::uint64_t kCommands = 3'000;
    for (std::uint64_t i = 1; i <= kCommands; ++i) {
        std::vector<ArchivedLeg> legs;  // As many as a row has of 65,536 payments.
        for (std::uint64_t k = 0; k < 16; ++k)
            legs.push_back(neighbour(i * 16 + k));
        for (ArchivedLeg& leg : legs)
            leg.leg.payment.body_sequence = Sequence{next_};
        forget(std::move(legs));
    }
    ASSERT_TRUE(archive_->flush().ok());
    const core::Uetr unknown = neighbour(1'000'000).payment().uetr;
    const auto took = [&](std::size_t rows) {
        const auto begin = std::chrono::steady_clock::now();
        Archive::Search search(*archive_, unknown, {});
        std::size_t steps = 1;
        for (auto done = search.step(rows); done.ok() && !*done; done = search.step(rows))
            ++steps;
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::steady_clock::now() - begin)
                            .count();
        std::cout << kCommands << " rows in " << steps << " steps: " << us << " us\n";
        return steps;
    };
    took(~std::size_t{0});
    EXPECT_EQ(took(~std::size_t{0}), 1U);
    EXPECT_EQ(took(512), kCommands / 512 + 1);
}

}  // namespace
}  // namespace lowu::follower
