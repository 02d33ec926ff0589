// Obligations that become overdue are found once each, told in words, and summed up when they are
// many.
#include <gmock/gmock.h>

#include "switch/follower/overdue.hpp"
#include "tests/unit/follower_archive_fixture.hpp"

namespace lowu::follower {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OverdueTest : public FollowerArchiveTest {
protected:
    /// Settled northbound, and not credited.
    void owe(std::uint64_t number) {
        bench_.send(number, 12'345);
        bench_.answer(Rail::kIbps, FollowerBench::kFirst, number);
    }
    /// Time passes for the follower when something is recorded.
    void pass(Duration duration) {
        bench_.pass(duration);
        bench_.apply(Rail::kIbps, core::Tick{});
        follow();
    }
    std::vector<std::string> look(std::size_t most = 10) {
        const OverdueWatch::Found found = watch_.look(*follower_, most);
        std::vector<std::string> numbers;
        for (const ObligationView& one : found.first)
            numbers.push_back(number_of(one.obligation.uetr));
        if (found.more > 0) numbers.push_back("and " + std::to_string(found.more));
        return numbers;
    }
    Duration deadline() { return follower_->credit_deadlines()[1]; }

    OverdueWatch watch_;
};

TEST_F(OverdueTest, EachIsFoundOnceWhenItsTimeIsOver) {
    owe(1);
    follow();
    ASSERT_GT(deadline(), 1_s);
    pass(1_s);
    owe(2);
    owe(3);
    bench_.report(Rail::kIbps, FollowerBench::kFirst, 2);
    pass(deadline() - 1_s);
    EXPECT_THAT(look(), IsEmpty()) << "the deadline itself is in time";
    pass(1_us);
    EXPECT_THAT(look(), ElementsAre("1"));
    EXPECT_THAT(look(), IsEmpty());
    pass(1_s);
    EXPECT_THAT(look(), ElementsAre("3")) << "what was credited is no obligation";
    pass(deadline());
    EXPECT_THAT(look(), IsEmpty());
}

TEST_F(OverdueTest, ItSaysWhoOwesWhat) {
    owe(1);
    follow();
    pass(deadline() + 90_s);
    const auto found = watch_.look(*follower_, 10);
    ASSERT_EQ(found.first.size(), 1U);
    const std::int64_t due_s = deadline().whole_ms() / 1'000;
    EXPECT_EQ(overdue_text(*follower_, found.first.front()),
              scheme::format_agent_code(kMainlandBank) +
                  " has not credited 123.45 CNY of payment " +
                  scheme::format_uetr(FollowerBench::uetr(1)) + ": settled " +
                  std::to_string(due_s + 90) + " s ago, to be credited within " +
                  std::to_string(due_s) + " s");
}

TEST_F(OverdueTest, ManyAreSummedUp) {
    for (std::uint64_t number = 1; number <= 5; ++number)
        owe(number);
    follow();
    pass(deadline() + 1_s);
    EXPECT_THAT(look(2), ElementsAre("1", "2", "and 3"));
    EXPECT_THAT(look(2), IsEmpty());
}

TEST_F(OverdueTest, OfABankInDefaultNobodyIsTold) {
    owe(1);
    bench_.apply(Rail::kIbps, core::DeclareDefault{FollowerBench::kFirst});
    follow();
    pass(deadline() + 1_s);
    EXPECT_THAT(look(), IsEmpty());
}

}  // namespace
}  // namespace lowu::follower
