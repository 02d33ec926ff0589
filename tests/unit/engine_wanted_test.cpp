// What the archive gives for what a session wants, when several payments had one UETR.
#include "switch/engine/types.hpp"
#include "tests/unit/archive_fixture.hpp"

namespace lowu::follower {
namespace {

using core::Leg;
using core::Rail;
using core::Side;

class WantedTest : public ArchiveTest {
protected:
    /// Three payments that had one UETR, each with both its legs, the first one first. A batch
    /// each.
    WantedTest() {
        for (std::uint64_t number = 1; number <= 3; ++number) {
            rows_.add_forgotten(leg(number, Rail::kFps));
            rows_.add_forgotten(leg(number, Rail::kIbps));
            EXPECT_TRUE(append().ok());
        }
    }
    static scheme::AgentCode bank(Rail rail, std::uint64_t number) {
        return *scheme::parse_agent_code(rail == Rail::kFps
                                             ? "X0" + std::to_string(number)
                                             : "99910000" + std::to_string(number) + "017");
    }
    static core::ParticipantIndex index(std::uint64_t number) {
        return core::ParticipantIndex{static_cast<std::uint16_t>(number)};
    }
    /// From bank `number` of fps to bank `number` of ibps.
    static ArchivedLeg leg(std::uint64_t number, Rail rail) {
        const core::Sequence command{number * 10};
        ArchivedLeg one =
            leg_of(number, rail, rail == Rail::kFps ? Leg::kOrigin : Leg::kDestination,
                   core::Sequence{number}, command);
        one.leg.payment.uetr = uetr();
        one.leg.payment.local_agent = index(number);
        one.leg.payment.remote_agent = bank(scheme::other(rail), number);
        one.leg.payment.asked = rail == Rail::kIbps;
        return one;
    }
    static core::Uetr uetr() { return scheme::uetr_from_random(7, 8); }
    /// Of each rail the number of the payment whose leg is found.
    std::array<std::uint64_t, 2> found(Rail rail, std::uint64_t number, Side side) {
        const engine::Wanted wanted{uetr(), side, {rail, index(number), bank(rail, number)}};
        const auto payment = archive_->find(
            uetr(), [&](const ArchivedLeg& one) { return wanted.fits(one.rail, one.payment()); });
        EXPECT_TRUE(payment.ok());
        return {payment->legs[0]->index.value, payment->legs[1]->index.value};
    }
    using Numbers = std::array<std::uint64_t, 2>;
};

TEST_F(WantedTest, EachBankGetsTheNewestInWhichItHasThePart) {
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_EQ(found(Rail::kFps, number, Side::kPayer)[0], number);
        EXPECT_EQ(found(Rail::kIbps, number, Side::kPayee), (Numbers{number, number}))
            << "the other rail's too";
    }
    rows_.add_forgotten([] {
        ArchivedLeg newer = leg(2, Rail::kFps);
        newer.index = core::PaymentIndex{9};
        newer.forgotten = core::Sequence{40};
        return newer;
    }());
    ASSERT_TRUE(append().ok());
    EXPECT_EQ(found(Rail::kFps, 2, Side::kPayer)[0], 9U) << "of its own the newest";
    EXPECT_EQ(found(Rail::kFps, 3, Side::kPayer)[0], 3U);
}

TEST_F(WantedTest, WhoHasNoPartHearsThatTheUetrIsTaken) {
    EXPECT_EQ(found(Rail::kFps, 8, Side::kPayer), (Numbers{3, 3}));
    EXPECT_EQ(found(Rail::kFps, 1, Side::kPayee), (Numbers{3, 3})) << "it has paid";
    EXPECT_EQ(found(Rail::kIbps, 1, Side::kPayer)[1], 3U) << "it was paid";
}

}  // namespace
}  // namespace lowu::follower
