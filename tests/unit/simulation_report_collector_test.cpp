// What the collector makes of what it is told: periods, carried pending, percentiles, low-water
// marks, participants; and the digest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/report/axis.hpp"
#include "simulator/report/histogram.hpp"
#include "simulator/report/text.hpp"
#include "tests/unit/simulation_report_fixture.hpp"

namespace lowu::report {
namespace {

using scheme::ResultCode;
using ::testing::ElementsAre;
using ::testing::Pair;

Setup day_setup() {
    Setup setup = small_setup();
    setup.from = moment("2025-06-22 09:00");
    setup.until = moment("2025-06-25 00:00");
    setup.period = Duration::from_days(1);
    return setup;
}

TEST(Collector, CountsWhatWasOrderedAndWhatBecameFinalWhereItHappened) {
    Collector collector(day_setup());
    collector.ordered(moment("2025-06-22 23:59"), 0, 0);
    collector.ordered(moment("2025-06-22 23:59"), 0, 0);
    collector.finished(moment("2025-06-23 00:00"), {0, 0, 2, ResultCode::kAccepted, 700, 30'000});
    collector.finished(moment("2025-06-23 00:01"),
                       {0, 0, 2, ResultCode::kPayeeAgentSilent, 100, 10'000'000});
    const Report report = collector.finish();
    ASSERT_EQ(report.periods.size(), 3U);
    const Flow& first = report.periods[0].flows[0];
    EXPECT_EQ(first.ordered, 2);
    EXPECT_EQ(first.settled + first.refused, 0);
    EXPECT_EQ(first.pending, 2);
    EXPECT_EQ(first.latency_us.count, 0);
    const Flow& second = report.periods[1].flows[0];
    EXPECT_EQ(second.ordered, 0);
    EXPECT_EQ(second.settled, 1);
    EXPECT_EQ(second.settled_minor, 700);
    EXPECT_EQ(second.refused, 1);
    EXPECT_EQ(second.pending, 0);
    EXPECT_THAT(second.refusals, ElementsAre(Pair(ResultCode::kPayeeAgentSilent, 1)));
    EXPECT_EQ(second.latency_us.count, 2);
    EXPECT_EQ(second.latency_us.max, 10'000'000);
    EXPECT_EQ(report.periods[1].latency_us, second.latency_us);
    EXPECT_EQ(report.totals[0].ordered, 2);
    EXPECT_EQ(report.banks[0].sent_minor, 700);
    EXPECT_EQ(report.banks[0].refused, 1);
    EXPECT_EQ(report.banks[2].received, 1);
    EXPECT_EQ(report.banks[2].refused_to, 1);
}

TEST(Collector, LowestMoneyIsOfThePeriodAndStartsWithWhatWasLeft) {
    Collector collector(day_setup());
    collector.available(moment("2025-06-22 10:00"), 0, 400'000);
    collector.available(moment("2025-06-22 11:00"), 0, 900'000);
    collector.available(moment("2025-06-23 10:00"), 0, 1'200'000);
    const Report report = collector.finish();
    EXPECT_EQ(report.periods[0].lowest_minor[0], 400'000);
    EXPECT_EQ(report.periods[1].lowest_minor[0], 900'000);
    EXPECT_EQ(report.periods[2].lowest_minor[0], 1'200'000);
    EXPECT_EQ(report.periods[2].lowest_minor[1], 500'000) << "never told of: as at the start";
}

TEST(Collector, ObligationsStayUntilToldOtherwise) {
    Collector collector(day_setup());
    collector.obligations(moment("2025-06-22 10:00"), 5, 1);
    collector.obligations(moment("2025-06-22 11:00"), 2, 0);
    const Report report = collector.finish();
    EXPECT_EQ(report.periods[0].obligations, 5);
    EXPECT_EQ(report.periods[0].overdue, 1);
    EXPECT_EQ(report.periods[1].obligations, 2);
    EXPECT_EQ(report.periods[1].overdue, 0);
}

TEST(Collector, ParticipantsAreThoseAtTheEndOfAPeriod) {
    const Report report = Collector(day_setup()).finish();
    // One joins and one leaves at midnight.
    EXPECT_THAT(report.periods[0].participants, ElementsAre(1, 2));
    EXPECT_THAT(report.periods[1].participants, ElementsAre(2, 1));
    ASSERT_EQ(report.events.size(), 2U);
    EXPECT_EQ(report.events[0].title, "Invented, \"Peak\" Bank (fps X12) joins");
    EXPECT_EQ(report.events[1].kind, EventKind::kLeave);
}

TEST(Collector, QuotasAreSharesOfTheirLimit) {
    Collector collector(day_setup());
    const SchemeTime at = moment("2025-06-22 10:00");
    collector.quota_used(at, 0, 99, 1'000);
    collector.quota_used(at, 0, 100, 1'000);
    collector.quota_used(at, 0, 1'000, 1'000);
    collector.quota_used(at, 0, 2'000, 1'000);  // a limit that was lowered
    collector.quota_used(at, 0, 2'000, 0);      // no limit
    const Report report = collector.finish();
    EXPECT_THAT(report.quota_totals[0].tenths, ElementsAre(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2));
    EXPECT_EQ(report.quota_totals[0].permille.count, 4);
    EXPECT_EQ(report.quota_totals[0].permille.max, 2'000);
    EXPECT_EQ(report.periods[1].quotas[0].permille.count, 0);
}

TEST(Collector, WhatComesAfterTheEndBelongsToTheLastPeriod) {
    Collector collector(day_setup());
    collector.ordered(moment("2025-06-24 23:59"), 0, 0);
    collector.finished(moment("2025-06-25 00:03"), {0, 0, 2, ResultCode::kAccepted, 700, 1});
    const Report report = collector.finish();
    ASSERT_EQ(report.periods.size(), 3U);
    EXPECT_EQ(report.periods[2].flows[0].settled, 1);
    EXPECT_EQ(report.sum().pending, 0);
}

TEST(Collector, PeriodsFitTheTime) {
    const SchemeTime from = moment("2025-06-22 09:00");
    EXPECT_EQ(default_period(from, moment("2025-06-23 00:00")), Duration::from_minutes(15));
    EXPECT_EQ(default_period(from, moment("2025-06-24 00:00")), Duration::from_hours(1));
    EXPECT_EQ(default_period(from, moment("2025-06-29 00:00")), Duration::from_hours(1));
    EXPECT_EQ(default_period(from, moment("2025-06-30 00:00")), Duration::from_days(1));
}

TEST(Report, DigestIsOfFiguresAndEventsOnly) {
    const Report report = small_report();
    Report other = report;
    other.setup.head.title = "another";
    other.effort.cpu_ms = 1;
    EXPECT_EQ(digest_of(report), digest_of(other));
    other.events[0].title += "!";
    EXPECT_NE(digest_of(report), digest_of(other));
    other = report;
    ++other.periods[9].flows[1].settled_minor;
    EXPECT_NE(digest_of(report), digest_of(other));
    other = report;
    --other.periods[3].lowest_minor[2];
    EXPECT_NE(digest_of(report), digest_of(other));
}

TEST(Histogram, KnowsQuantilesWithinASixtyFourth) {
    Histogram histogram;
    for (std::int64_t number = 1; number <= 100'000; ++number)
        histogram.record(number);
    for (const std::int64_t permille : {1, 100, 500, 900, 990, 999}) {
        const std::int64_t exact = permille * 100;
        const std::int64_t found = histogram.quantile(static_cast<std::uint64_t>(permille));
        EXPECT_GE(found, exact);
        EXPECT_LE(found, exact + exact / 64 + 1);
    }
    EXPECT_EQ(histogram.quantile(1'000), 100'000);
    Histogram other;
    other.record(-5);
    other.record(std::int64_t{1} << 60U);
    histogram.add(other);
    EXPECT_EQ(histogram.percentiles().count, 100'002);
    EXPECT_EQ(histogram.quantile(0), 0);
    histogram.clear();
    EXPECT_EQ(histogram.percentiles(), Percentiles());
}

TEST(Axis, TicksAreRoundAndReachTheTop) {
    EXPECT_THAT(round_ticks(0, 5), ElementsAre(0, 1));
    EXPECT_THAT(round_ticks(4, 5), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(round_ticks(14'700, 6), ElementsAre(0, 5'000, 10'000, 15'000));
    EXPECT_THAT(round_ticks(260'001, 6),
                ElementsAre(0, 50'000, 100'000, 150'000, 200'000, 250'000, 300'000));
    for (std::int64_t max = 1; max < 3'000'000'000; max = max * 7 / 5 + 1) {
        const auto ticks = round_ticks(max, 6);
        EXPECT_GE(ticks.back(), max);
        EXPECT_LE(ticks.size(), 8U);
        EXPECT_GE(ticks.size(), 2U);
    }
    EXPECT_THAT(log_ticks(30, 900), ElementsAre(20, 50, 100, 200, 500, 1'000));
    EXPECT_THAT(log_ticks(30, 90'000), ElementsAre(10, 100, 1'000, 10'000, 100'000));
    EXPECT_THAT(log_ticks(1, 1), ElementsAre(1, 2));
}

TEST(Axis, TimeHasHoursDaysOrMonths) {
    const auto labels = [](const char* from, const char* until, std::int64_t width) {
        std::vector<std::string> found;
        for (const TimeTick& tick : time_ticks(moment(from), moment(until), width, 60)) {
            found.push_back(tick.label);
        }
        return found;
    };
    EXPECT_THAT(labels("2025-06-22 00:00", "2025-06-23 00:00", 300),
                ElementsAre("00:00", "06:00", "12:00", "18:00"));
    EXPECT_THAT(labels("2025-06-22 00:00", "2025-06-24 00:00", 300),
                ElementsAre("00:00", "12:00", "Jun 23", "12:00"));
    EXPECT_THAT(labels("2025-06-22 00:00", "2025-07-06 00:00", 130),
                ElementsAre("Jun 22", "Jun 29"));
    EXPECT_THAT(labels("2025-10-22 00:00", "2026-03-06 00:00", 400),
                ElementsAre("Nov 2025", "Dec", "Jan 2026", "Feb", "Mar"));
}

TEST(Text, NumbersAreShortAndRight) {
    EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped_money(123'450), "1,235");
    EXPECT_EQ(brief(999), "999");
    EXPECT_EQ(brief(15'000), "15k");
    EXPECT_EQ(brief(1'250'000), "1.3m");
    EXPECT_EQ(brief(-2'000'000'000), "-2bn");
    EXPECT_EQ(duration_text(850), "850 µs");
    EXPECT_EQ(duration_text(12'340), "12.3 ms");
    EXPECT_EQ(duration_text(100'000'000), "100 s");
    EXPECT_EQ(percent(1, 3), "33.33 %");
    EXPECT_EQ(percent(1, 2), "50 %");
    EXPECT_EQ(percent(1, 0), "-");
    EXPECT_EQ(escaped("<a href='x'>&\"\x01"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot; ");
    EXPECT_EQ(csv_field("plain"), "plain");
    EXPECT_EQ(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
    EXPECT_EQ(corridor_label("northbound p2p_remittance"), "Northbound P2P remittance");
}

}  // namespace
}  // namespace lowu::report
