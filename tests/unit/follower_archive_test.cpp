// The follower with an archive: what cells have forgotten is found, listed and told as before; what
// comes back from the archive is remembered again; memory stays bounded.
#include <gmock/gmock.h>

#include "switch/journal/snapshot_memory.hpp"
#include "tests/unit/follower_archive_fixture.hpp"

namespace lowu::follower {
namespace {

using core::PaymentState;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(FollowerArchiveTest, ForgottenPaymentsAreFoundAsTheyWere) {
    some_days(1);
    follow();
    const auto before = views();
    ASSERT_GT(before.size(), 150U);
    for (int day = 0; day < 3; ++day)
        some_days(1);
    follow();
    ASSERT_GT(bench_.cell(Rail::kFps).first_remembered().value, 128U);
    ASSERT_GT(bench_.cell(Rail::kIbps).first_remembered().value, 64U);
    std::size_t archived = 0;
    for (const auto& [number, view] : before) {
        const auto found = follower_->find(FollowerBench::uetr(number));
        ASSERT_TRUE(found.ok() && found->has_value()) << number;
        archived += (*found)->archived ? 1U : 0U;
        if (core::is_final(view.origin_state)) {
            EXPECT_EQ(words_of(**found), words_of(view)) << number;
        }
    }
    EXPECT_GT(archived, 100U);
    EXPECT_FALSE(*follower_->find(FollowerBench::uetr(99'999)));
}

TEST_F(FollowerArchiveTest, ListsAreTheSameWhereverPaymentsAre) {
    some_days(4);
    follow();
    const auto all = model_list({});
    ASSERT_GT(all.size(), 600U);
    ASSERT_GT(bench_.cell(Rail::kFps).first_remembered().value, 256U);
    std::vector<PaymentFilter> filters(8);
    filters[1].status = PaymentFilter::Status::kRejected;
    filters[2].direction = core::Direction::kSouthbound;
    filters[3].domestic = true;
    filters[4].reason = "AC03";
    filters[5].participant = kOtherHongKongBank;
    filters[6].service = core::Service::kP2pRemittance;
    filters[6].status = PaymentFilter::Status::kSettled;
    filters[7].accepted_from = scheme::kDefaultSchemeStart + Duration::from_hours(24);
    filters[7].accepted_before = scheme::kDefaultSchemeStart + Duration::from_hours(49);
    for (const PaymentFilter& filter : filters) {
        const auto expected = model_list(filter);
        EXPECT_FALSE(expected.empty());
        for (const std::size_t page_size : {std::size_t{1'000}, std::size_t{97}, std::size_t{7}})
            EXPECT_EQ(list(filter, page_size), expected) << "pages of " << page_size;
    }
    PaymentFilter none;
    none.reason = "AB05";
    EXPECT_THAT(list(none, 10), IsEmpty());
}

TEST_F(FollowerArchiveTest, APageThatFindsNothingSaysWhereToGoOn) {
    // Far more payments than one page may look at are not needed: each archived one costs more.
    some_days(4);
    follow();
    PaymentFilter filter;
    filter.participant = *scheme::parse_agent_code("X77");
    std::optional<Sequence> before;
    std::size_t pages = 0;
    do {
        const auto page = follower_->list(filter, 10, before);
        ASSERT_TRUE(page.ok());
        EXPECT_TRUE(page->payments.empty());
        EXPECT_TRUE(!page->before || !before || *page->before < *before);
        before = page->before;
        ++pages;
    } while (before);
    EXPECT_GE(pages, 1U);
}

TEST_F(FollowerArchiveTest, TimelinesOfOldPaymentsAreToldFromTheArchive) {
    follower_ = std::make_unique<Follower>(10, archive_.get());
    bench_.pay(1, 12'345);
    bench_.send(2);
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 2, core::ResultCode::kPayeeAccountUnknown);
    bench_.pay(3);
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 4, 3, 40);
    bench_.send_domestic(5);
    bench_.answer(Rail::kFps, FollowerBench::kSecond, 5);
    bench_.report(Rail::kFps, FollowerBench::kSecond, 5);
    number_ = 5;
    some_days(3);
    follow();
    const std::string payee = scheme::format_agent_code(kMainlandBank);
    EXPECT_THAT(
        timeline(1),
        ElementsAre(
            "fps instruction from X01, 123.45 CNY", "ibps from the link, message 1: transfer",
            "ibps " + payee + " answers: accepted",
            "ibps debit 123.45 CNY from link agent 999900000017",
            "ibps credit 123.45 CNY to " + payee, "ibps debit 123.45 CNY from link claim",
            "ibps credit 123.45 CNY to link claim (contra)",
            "fps from the link, message 1: settled", "fps debit 123.45 CNY from X01",
            "fps credit 123.45 CNY to link agent X90",
            "fps debit 123.45 CNY from link claim (contra)", "fps credit 123.45 CNY to link claim",
            "ibps " + payee + " reports: payee credited"));
    EXPECT_THAT(
        timeline(2),
        ElementsAre("fps instruction from X01, 1.00 CNY", "ibps from the link, message 2: transfer",
                    "ibps " + payee + " answers: rejected (AC03 payee_account_known)",
                    "fps from the link, message 2: refused (AC03 payee_account_known)"));
    EXPECT_THAT(timeline(3), Contains("ibps " + payee + " sends back 0.40 CNY (AM09)"));
    EXPECT_THAT(timeline(4), Contains("fps debit 0.40 CNY from link agent X90"));
    EXPECT_THAT(timeline(4), Contains("ibps " + payee + " sends back 0.40 CNY (AM09)"));
    EXPECT_THAT(timeline(5),
                ElementsAre("fps instruction from X01, 1.00 CNY", "fps X02 answers: accepted",
                            "fps debit 1.00 CNY from X01", "fps credit 1.00 CNY to X02",
                            "fps X02 reports: payee credited"));
    EXPECT_FALSE((*follower_->timeline(FollowerBench::uetr(1)))->whole);
    EXPECT_TRUE((*follower_->timeline(FollowerBench::uetr(number_)))->whole);
    EXPECT_FALSE(*follower_->timeline(FollowerBench::uetr(99'999)));
}

TEST_F(FollowerArchiveTest, WhatComesBackIsRememberedAgain) {
    bench_.pay(1, 500);
    bench_.send(2, 300);
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 2);  // Never credited.
    number_ = 2;
    some_days(2);
    follow();
    ASSERT_FALSE(bench_.cell(Rail::kFps).find_payment(FollowerBench::uetr(1)));
    ASSERT_FALSE(bench_.cell(Rail::kIbps).find_payment(FollowerBench::uetr(1)));
    EXPECT_TRUE(view(1).archived);
    recollect(1);
    follow();
    EXPECT_FALSE(view(1).archived);
    EXPECT_EQ(view(1).duration_us, 0) << "the bench's clock stands still while a payment is made";
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 90'001, 1, 200);
    follow();
    EXPECT_EQ(view(1).returned, AmountMinor{200});
    EXPECT_EQ(view(90'001).original, FollowerBench::uetr(1));
    EXPECT_EQ(count_listed(1), 1U) << "once, though the archive has it too";
    some_days(2);
    follow();
    ASSERT_FALSE(bench_.cell(Rail::kFps).find_payment(FollowerBench::uetr(1)));
    EXPECT_TRUE(view(1).archived);
    EXPECT_EQ(view(1).returned, AmountMinor{200}) << "as it was the last time";
    EXPECT_EQ(count_listed(1), 1U);
    EXPECT_THAT(timeline(1), Contains("ibps " + scheme::format_agent_code(kMainlandBank) +
                                      " sends back 2.00 CNY (AM09)"));
}

TEST_F(FollowerArchiveTest, OneLegMayBeForgottenBeforeTheOther) {
    for (int i = 0; i < 40; ++i)
        some_payments();
    bench_.acknowledge();
    bench_.pass(Duration::from_days(1));
    bench_.apply(Rail::kFps, core::Tick{});
    follow();
    const auto before = views();
    while (bench_.cell(Rail::kFps).forgettable_through() >
           bench_.cell(Rail::kFps).first_remembered())
        bench_.apply(Rail::kFps, core::Forget{bench_.cell(Rail::kFps).forgettable_through()});
    follow();
    ASSERT_GT(bench_.cell(Rail::kFps).first_remembered().value, 0U);
    ASSERT_EQ(bench_.cell(Rail::kIbps).first_remembered().value, 0U);
    for (const auto& [number, view] : before)
        EXPECT_EQ(words_of(this->view(number)), words_of(view)) << number;
    EXPECT_EQ(list({}, 1'000), model_list({}));
}

TEST_F(FollowerArchiveTest, MemoryStaysBounded) {
    std::size_t most = 0;
    for (int day = 0; day < 16; ++day) {
        some_days(1);
        follow();
        const std::size_t bytes = follower_->observer(Rail::kFps).legs().bytes() +
                                  follower_->observer(Rail::kIbps).legs().bytes();
        if (day == 8) most = bytes;  // What is owed fills its part of the side table by then.
        if (day <= 8) continue;
        EXPECT_LE(bytes, most + most / 4) << "day " << day;
    }
    EXPECT_GT(bench_.cell(Rail::kFps).payments_so_far(), 2'000U);
    EXPECT_LT(bench_.cell(Rail::kFps).remembered(), 512U);
    EXPECT_EQ(list({}, 1'000), model_list({}));
}

// Obligations.

TEST_F(FollowerArchiveTest, ObligationsOutliveTheMemoryOfTheirPayment) {
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        bench_.send(number);
        bench_.answer(Rail::kIbps, FollowerBench::kFirst, number);
        bench_.pass(1_s);
    }
    bench_.send_domestic(4);
    bench_.answer(Rail::kFps, FollowerBench::kSecond, 4);
    bench_.report(Rail::kIbps, FollowerBench::kFirst, 2);
    follow();
    const std::array<Duration, 2> deadlines{Duration::from_hours(1), 2_s};
    const auto open = [&] {
        std::vector<std::string> lines;
        for (const ObligationView& one : follower_->obligations(std::nullopt, deadlines, 10)) {
            lines.push_back(number_of(one.obligation.uetr) + " " +
                            scheme::format_agent_code(one.obligation.payee_agent) + " " +
                            std::to_string(one.age.whole_ms()) + (one.overdue ? " overdue" : ""));
        }
        return lines;
    };
    const std::string payee = scheme::format_agent_code(kMainlandBank);
    EXPECT_THAT(open(),
                ElementsAre("1 " + payee + " 3000 overdue", "3 " + payee + " 1000", "4 X02 0"));
    const auto nobody = [](Rail, core::AgentCode) { return false; };
    EXPECT_EQ(follower_->obligations_overdue(deadlines, nobody), 1);
    EXPECT_EQ(follower_->obligations_overdue(
                  deadlines, [](Rail, core::AgentCode bank) { return bank == kMainlandBank; }),
              0);
    EXPECT_EQ(follower_->obligations(kOtherHongKongBank, deadlines, 10).size(), 1U);
    EXPECT_EQ(follower_->obligations(std::nullopt, deadlines, 1).size(), 1U);
    EXPECT_EQ(follower_->observer(Rail::kIbps).settled_not_credited(), 2);
    // All of it comes back: nothing is owed any more.
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 5, 3, 100);
    follow();
    EXPECT_EQ(follower_->observer(Rail::kIbps).settled_not_credited(), 1);
    bench_.report(Rail::kIbps, FollowerBench::kFirst, 1);
    bench_.report(Rail::kFps, FollowerBench::kSecond, 4);
    follow();
    EXPECT_THAT(open(), IsEmpty());
}

// Changes.

TEST_F(FollowerArchiveTest, ChangesAreToldInOrderFromAnyPlace) {
    follow();
    const Sequence start = follower_->replayed();
    bench_.pay(1);
    bench_.send(2);
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 2, core::ResultCode::kPayeeAccountClosed);
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 3, 1, 30);
    follow();
    const auto told = [&](Sequence place, std::size_t most) {
        std::vector<std::string> lines;
        const Changes changes = follower_->changes_after(place, most);
        EXPECT_FALSE(changes.too_old);
        for (const PaymentChange& one : changes.changes) {
            constexpr std::array kKinds{"", "taken up", "final", "credited", "returned"};
            lines.push_back(number_of(one.uetr) + " " + kKinds[static_cast<std::size_t>(one.kind)]);
        }
        return lines;
    };
    EXPECT_THAT(told(start, 100), ElementsAre("1 taken up", "1 final", "1 credited", "2 taken up",
                                              "2 final", "3 taken up", "1 returned", "3 final"));
    const Changes first = follower_->changes_after(start, 2);
    ASSERT_EQ(first.changes.size(), 2U);
    EXPECT_THAT(told(first.changes.back().sequence, 2), ElementsAre("1 credited", "2 taken up"));
    EXPECT_THAT(told(follower_->replayed(), 100), IsEmpty());
}

PaymentChange change_at(std::uint64_t sequence, std::uint64_t number) {
    PaymentChange change;
    change.sequence = Sequence{sequence};
    change.uetr = FollowerBench::uetr(number);
    change.kind = ChangeKind::kFinal;
    return change;
}

class ChangesTest : public FollowerArchiveTest {
protected:
    /// Of each change, how the payment is told to have stood then.
    std::vector<std::string> told(Sequence place) {
        std::vector<std::string> lines;
        for (const PaymentChange& one : follower_->changes_after(place, 1'000'000).changes) {
            const auto view = follower_->find_at(one);
            EXPECT_TRUE(view.ok());
            lines.push_back(number_of(one.uetr) + " " +
                            (view.ok() && *view ? words(**view) : "of another payment"));
        }
        return lines;
    }
    static std::string words(const PaymentView& view) {
        return std::string(core::to_string(view.origin_state)) + ", " +
               std::string(core::to_string(view.destination_state)) +
               (view.credited ? ", credited" : "") + ", back " +
               std::to_string(view.returned.value) + (view.duration_us > 0 ? ", took time" : "");
    }
};

TEST_F(ChangesTest, EachIsToldAsThePaymentWasThen) {
    follow();
    const Sequence start = follower_->replayed();
    bench_.send(1);
    bench_.pass(1_s);
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 1);
    bench_.report(Rail::kIbps, FollowerBench::kFirst, 1);
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 2, 1, 30);
    bench_.send_back(Rail::kIbps, FollowerBench::kFirst, 3, 1, 70);
    bench_.send(4);
    bench_.answer(Rail::kIbps, FollowerBench::kFirst, 4, core::ResultCode::kPayeeAccountClosed);
    bench_.send_domestic(5);
    bench_.answer(Rail::kFps, FollowerBench::kSecond, 5);
    bench_.report(Rail::kFps, FollowerBench::kSecond, 5);
    follow();
    const std::vector<std::string> lines = told(start);
    EXPECT_THAT(lines, ElementsAre("1 FORWARDED, NONE, back 0",                          //
                                   "1 SETTLED, SETTLED, back 0, took time",              //
                                   "1 SETTLED, SETTLED, credited, back 0, took time",    //
                                   "2 FORWARDED, NONE, back 0",                          //
                                   "1 SETTLED, SETTLED, credited, back 30, took time",   //
                                   "2 SETTLED, SETTLED, back 0",                         //
                                   "3 FORWARDED, NONE, back 0",                          //
                                   "1 SETTLED, SETTLED, credited, back 100, took time",  //
                                   "3 SETTLED, SETTLED, back 0",                         //
                                   "4 FORWARDED, NONE, back 0",                          //
                                   "4 REJECTED, REJECTED, back 0",                       //
                                   "5 ASKED, ASKED, back 0",                             //
                                   "5 SETTLED, SETTLED, back 0",                         //
                                   "5 SETTLED, SETTLED, credited, back 0"));
    // When both cells have forgotten them, too.
    number_ = 100;
    some_days(3);
    follow();
    ASSERT_FALSE(follower_->cell(Rail::kFps).find_payment(FollowerBench::uetr(1)));
    std::vector<std::string> later = told(start);
    ASSERT_GT(later.size(), lines.size());
    later.resize(lines.size());
    EXPECT_EQ(later, lines);
}

TEST(WatchRingTest, TheOldestGoAndWhoIsTooLateIsTold) {
    WatchRing ring(4);
    for (std::uint64_t sequence = 1; sequence <= 6; ++sequence)
        ring.add(change_at(sequence * 10, sequence));
    EXPECT_TRUE(ring.after(Sequence{10}, 10).too_old);
    EXPECT_EQ(ring.after(Sequence{10}, 10).oldest, Sequence{20});
    EXPECT_FALSE(ring.after(Sequence{20}, 10).too_old);
    EXPECT_EQ(ring.after(Sequence{20}, 10).changes.size(), 4U);
    EXPECT_EQ(ring.after(Sequence{45}, 10).changes.size(), 2U);
}

TEST(WatchRingTest, WhatHappenedAtOncePlaceIsNeverCut) {
    WatchRing ring(10);
    for (const std::uint64_t sequence : {1U, 2U, 2U, 2U, 3U})
        ring.add(change_at(sequence, sequence));
    EXPECT_EQ(ring.after(Sequence{0}, 2).changes.size(), 4U);
    EXPECT_EQ(ring.after(Sequence{2}, 2).changes.size(), 1U);
}

}  // namespace
}  // namespace lowu::follower
