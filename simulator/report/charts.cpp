// Choosing what is drawn. See charts.hpp.
#include "simulator/report/charts.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "common/base/int128.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

using scheme::RaisedBy;
using Shape = TimePlot::Shape;

constexpr std::int64_t kPerTenThousand = 10'000;
constexpr std::int64_t kPermille = 1'000;
constexpr std::int64_t kMostLiquidityPermille = 1'500;

TimeSpan span_of(const Report& report) {
    const SchemeTime from = report.periods.front().from;
    const auto periods = static_cast<std::int64_t>(report.periods.size());
    return {from, from + report.setup.period * periods, report.setup.period};
}

// "by day", "by hour", "by 3 hours", "by 15 minutes"
std::string by_period(const Report& report) {
    const Duration period = report.setup.period;
    if (period == Duration::from_days(1)) return "by day";
    if (period == Duration::from_hours(1)) return "by hour";
    const std::int64_t minutes = period.us / 60'000'000;
    if (minutes % 60 == 0) return "by " + std::to_string(minutes / 60) + " hours";
    return "by " + std::to_string(minutes) + " minutes";
}

std::vector<std::int64_t> over_periods(const Report& report,
                                       const std::function<std::int64_t(const Period&)>& value) {
    std::vector<std::int64_t> values;
    values.reserve(report.periods.size());
    for (const Period& period : report.periods)
        values.push_back(value(period));
    return values;
}

std::int64_t sum_over(const Period& period, std::int64_t Flow::*member) {
    std::int64_t sum = 0;
    for (const Flow& flow : period.flows)
        sum += flow.*member;
    return sum;
}

std::string figure(const TimePlot& plot, const Report& report) {
    return figure(plot, span_of(report), marks_of(report));
}

// One series for each corridor that has anything at all.
std::vector<Series> by_corridor(const Report& report, std::int64_t Flow::*member) {
    const std::vector<std::string> classes = corridor_classes(report.setup);
    std::vector<Series> series;
    for (std::size_t corridor = 0; corridor < report.setup.corridors.size(); ++corridor) {
        if (report.totals[corridor].*member == 0) continue;
        series.push_back({corridor_label(report.setup.corridors[corridor].name), classes[corridor],
                          over_periods(report, [&](const Period& period) {
                              return period.flows[corridor].*member;
                          })});
    }
    // One direction above the other.
    std::stable_sort(series.begin(), series.end(), [](const Series& one, const Series& other) {
        return one.css[0] < other.css[0];
    });
    return series;
}

std::string permille_text(std::int64_t permille) {
    const std::string tenth = permille % 10 == 0 ? "" : "." + std::to_string(permille % 10);
    return std::to_string(permille / 10) + tenth + " %";
}

std::string ten_thousandth_text(std::int64_t share) {
    return percent(share, kPerTenThousand);
}

std::string outcome_figure(const Report& report) {
    TimePlot plot;
    plot.title = "Outcomes " + by_period(report);
    plot.note = "Payments that became final, and settled ones that were sent back.";
    const auto outcome = [&](const char* label, const char* css, std::int64_t Flow::*member) {
        plot.series.push_back({label, css, over_periods(report, [member](const Period& period) {
                                   return sum_over(period, member);
                               })});
    };
    outcome("Settled", "good", &Flow::settled);
    outcome("Refused", "bad", &Flow::refused);
    outcome("Sent back", "back", &Flow::returned);
    plot.axis_text = brief;
    plot.full_text = grouped;
    return figure(plot, report);
}

std::string pending_figure(const Report& report) {
    TimePlot plot;
    plot.title = "Not over at the end of a period";
    plot.note =
        "Payments that are pending; and the most that was settled and not credited at once.";
    plot.shape = Shape::kLines;
    plot.series = {
        {"Pending", "p90",
         over_periods(report,
                      [](const Period& period) { return sum_over(period, &Flow::pending); })},
        {"Not credited", "back",
         over_periods(report, [](const Period& period) { return period.obligations; })},
        {"Not credited in time", "bad",
         over_periods(report, [](const Period& period) { return period.overdue; })}};
    plot.axis_text = brief;
    plot.full_text = grouped;
    const bool any = std::any_of(plot.series.begin(), plot.series.end(), [](const Series& one) {
        return std::any_of(one.values.begin(), one.values.end(),
                           [](std::int64_t value) { return value > 0; });
    });
    return any ? figure(plot, report) : "";
}

std::int64_t refused_by(const Period& period, RaisedBy raised_by) {
    std::int64_t count = 0;
    for (const Flow& flow : period.flows) {
        for (const auto& [result, refusals] : flow.refusals) {
            if (scheme::row_of(result).raised_by == raised_by) count += refusals;
        }
    }
    return count;
}

bool refuses(const Report& report, RaisedBy raised_by) {
    const Refusals refusals = report.sum().refusals;
    return std::any_of(refusals.begin(), refusals.end(), [raised_by](const auto& refusal) {
        return scheme::row_of(refusal.first).raised_by == raised_by;
    });
}

// Lines for the middle and the highest of a quota's use, by way.
std::string quota_figure(const Report& report, bool of_year) {
    TimePlot plot;
    plot.title = of_year ? "Use of persons' limits for a year" : "Use of persons' limits for a day";
    plot.note =
        "Share of the limit that a person has used after a payment: half of the payments "
        "are below the dashed line, 99 of 100 below the other.";
    plot.shape = Shape::kLines;
    for (std::size_t quota = 0; quota < report.setup.quotas.size(); ++quota) {
        const QuotaInfo& info = report.setup.quotas[quota];
        if (info.of_year != of_year) continue;
        const std::string css = info.way == Way::kNorthbound ? "n1" : "s1";
        const auto line = [&](const char* label, const std::string& look,
                              std::int64_t Percentiles::*member) {
            plot.series.push_back(
                {info.name + label, look, over_periods(report, [&](const Period& period) {
                     const Percentiles& use = period.quotas[quota].permille;
                     return use.count == 0 ? kNothing : use.*member;
                 })});
        };
        line(", half", css + " dashed", &Percentiles::p50);
        line(", 99 of 100", css, &Percentiles::p99);
    }
    plot.axis_text = permille_text;
    plot.full_text = permille_text;
    return plot.series.empty() ? "" : figure(plot, report);
}

std::string quota_spread_figure(const Report& report) {
    BarPlot plot;
    plot.title = "How full limits were";
    plot.note =
        "Payments by the share of the limit that their payer had used after them, in per cent and "
        "more; logarithmic.";
    plot.categories = {"0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"};
    for (std::size_t quota = 0; quota < report.setup.quotas.size(); ++quota) {
        const QuotaInfo& info = report.setup.quotas[quota];
        const auto& tenths = report.quota_totals[quota].tenths;
        const char* css = info.way == Way::kNorthbound ? (info.of_year ? "n1" : "n3")
                                                       : (info.of_year ? "s1" : "s3");
        plot.series.push_back({info.name, css, {tenths.begin(), tenths.end()}});
    }
    plot.axis_text = brief;
    plot.full_text = grouped;
    return plot.series.empty() ? "" : figure(plot);
}

// The lowest share of their opening money that any of these accounts was down to.
std::vector<std::int64_t> lowest_share(const Report& report,
                                       const std::function<bool(const AccountInfo&)>& chosen) {
    return over_periods(report, [&](const Period& period) {
        std::int64_t lowest = kNothing;
        for (std::size_t index = 0; index < report.setup.accounts.size(); ++index) {
            const AccountInfo& account = report.setup.accounts[index];
            if (!chosen(account) || account.opening_minor <= 0) continue;
            const auto share =
                static_cast<std::int64_t>(static_cast<Int128>(period.lowest_minor[index]) *
                                          kPermille / account.opening_minor);
            lowest = lowest == kNothing ? share : std::min(lowest, share);
        }
        return lowest;
    });
}

}  // namespace

std::vector<std::string> event_numbers(const Report& report) {
    std::vector<std::string> numbers;
    int next = 1;
    for (const Event& event : report.events) {
        const bool plain = event.kind == EventKind::kJoin || event.kind == EventKind::kLeave;
        numbers.push_back(plain ? "" : std::to_string(next++));
    }
    return numbers;
}

std::vector<Mark> marks_of(const Report& report) {
    const std::vector<std::string> numbers = event_numbers(report);
    std::vector<Mark> marks;
    for (std::size_t index = 0; index < report.events.size(); ++index) {
        const Event& event = report.events[index];
        if (numbers[index].empty() || event.from >= report.setup.until) continue;
        marks.push_back({event.from, event.until.value_or(event.from),
                         std::string(to_string(event.kind)), numbers[index]});
    }
    return marks;
}

std::vector<std::string> corridor_classes(const Setup& setup) {
    std::array<int, 3> used{};
    std::vector<std::string> classes;
    for (const CorridorInfo& corridor : setup.corridors) {
        constexpr std::array<const char*, 3> kFamilies{"n", "s", "d"};
        int& number = used[static_cast<std::size_t>(corridor.way)];
        classes.push_back(kFamilies[static_cast<std::size_t>(corridor.way)] +
                          std::to_string(number % 3 + 1));
        ++number;
    }
    return classes;
}

std::string payment_figures(const Report& report) {
    TimePlot counts;
    counts.title = "Payments ordered " + by_period(report);
    counts.note = "By corridor, customers' mistakes included.";
    counts.series = by_corridor(report, &Flow::ordered);
    counts.axis_text = brief;
    counts.full_text = grouped;
    counts.tells_sum = true;
    TimePlot value;
    value.title = "Value settled " + by_period(report);
    value.note = "In CNY, by corridor.";
    value.series = by_corridor(report, &Flow::settled_minor);
    value.axis_text = [](std::int64_t minor) { return brief(minor / 100); };
    value.full_text = grouped_money;
    value.tells_sum = true;
    return (counts.series.empty() ? "" : figure(counts, report)) +
           (value.series.empty() ? "" : figure(value, report)) + outcome_figure(report) +
           pending_figure(report);
}

std::string refusal_figures(const Report& report) {
    struct Side {
        const char* label;
        const char* css;
        RaisedBy raised_by;
    };
    constexpr std::array<Side, 4> kSides{{{"Payer's bank", "r1", RaisedBy::kPayerAgent},
                                          {"Origin rail", "r2", RaisedBy::kOrigin},
                                          {"Destination rail", "r3", RaisedBy::kDestination},
                                          {"Payee's bank", "r4", RaisedBy::kPayeeAgent}}};
    TimePlot plot;
    plot.title = "Refused " + by_period(report) + ", by who refuses";
    plot.note = "Share of the payments that became final.";
    for (const Side& side : kSides) {
        if (!refuses(report, side.raised_by)) continue;
        plot.series.push_back(
            {side.label, side.css, over_periods(report, [&](const Period& period) {
                 const std::int64_t final =
                     sum_over(period, &Flow::settled) + sum_over(period, &Flow::refused);
                 const std::int64_t refused = refused_by(period, side.raised_by);
                 return final == 0 ? 0 : refused * kPerTenThousand / final;
             })});
    }
    plot.axis_text = ten_thousandth_text;
    plot.full_text = ten_thousandth_text;
    plot.tells_sum = true;
    return report.sum().refused == 0 ? "" : figure(plot, report);
}

std::string latency_figures(const Report& report) {
    TimePlot plot;
    plot.title = "Time from sending to the final state " + by_period(report);
    plot.note = "Virtual time, from the payer's bank's sending; logarithmic.";
    plot.shape = Shape::kLogLines;
    const auto line = [&](const char* label, const char* css, std::int64_t Percentiles::*member) {
        plot.series.push_back({label, css, over_periods(report, [member](const Period& period) {
                                   const Percentiles& latency = period.latency_us;
                                   return latency.count == 0 ? kNothing : latency.*member;
                               })});
    };
    line("99 of 100 are faster", "p99", &Percentiles::p99);
    line("90 of 100", "p90", &Percentiles::p90);
    line("half", "p50", &Percentiles::p50);
    plot.axis_text = duration_text;
    plot.full_text = duration_text;
    return report.latency_us.count == 0 ? "" : figure(plot, report);
}

std::string quota_figures(const Report& report) {
    return quota_figure(report, false) + quota_figure(report, true) + quota_spread_figure(report);
}

std::string participant_figures(const Report& report) {
    TimePlot plot;
    plot.title = "Participants";
    plot.note = "At the end of each period.";
    const auto rail = [&](const char* label, const char* css, std::size_t index) {
        plot.series.push_back({label, css, over_periods(report, [index](const Period& period) {
                                   return period.participants[index];
                               })});
    };
    rail("Hong Kong (FPS)", "n1", 0);
    rail("Mainland (IBPS)", "s1", 1);
    plot.axis_text = grouped;
    plot.full_text = grouped;
    plot.tells_sum = true;
    return figure(plot, report);
}

std::string liquidity_figures(const Report& report) {
    using scheme::Rail;
    TimePlot plot;
    plot.title = "Lowest settlement money " + by_period(report);
    plot.note =
        "Least that could be used, as a share of what there was at the start (IBPS: of the "
        "net debit cap); of banks, that of the bank with the least. Above 150 % at the "
        "upper edge.";
    plot.shape = Shape::kLines;
    plot.most = kMostLiquidityPermille;
    const auto line = [&](const char* label, const char* css, Rail rail, money::Currency currency,
                          bool agent) {
        Series series{label, css, lowest_share(report, [=](const AccountInfo& account) {
                          return account.rail == rail && account.currency == currency &&
                                 account.link_agent == agent;
                      })};
        const bool any = std::any_of(series.values.begin(), series.values.end(),
                                     [](std::int64_t value) { return value != kNothing; });
        if (any) plot.series.push_back(std::move(series));
    };
    line("FPS banks, CNY", "n1", Rail::kFps, money::Currency::kCny, false);
    line("FPS banks, HKD", "n3", Rail::kFps, money::Currency::kHkd, false);
    line("IBPS banks", "s1", Rail::kIbps, money::Currency::kCny, false);
    line("FPS link agent", "n1 dashed", Rail::kFps, money::Currency::kCny, true);
    line("IBPS link agent", "s1 dashed", Rail::kIbps, money::Currency::kCny, true);
    plot.axis_text = permille_text;
    plot.full_text = permille_text;
    return plot.series.empty() ? "" : figure(plot, report);
}

}  // namespace lowu::report
