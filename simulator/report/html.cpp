// Writing the page. See html.hpp.
#include "simulator/report/html.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/report/charts.hpp"
#include "simulator/report/style.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

constexpr Duration kMinute = Duration::from_minutes(1);

struct Column {
    std::string_view name;
    bool number = false;
};

class HtmlTable {
public:
    explicit HtmlTable(const std::vector<Column>& columns) : columns_(columns) {
        html_ = "<div class=\"scroll\"><table>\n<thead><tr>";
        for (const Column& column : columns) {
            html_ += "<th scope=\"col\"" + std::string(column.number ? " class=\"number\"" : "") +
                     ">" + escaped(column.name) + "</th>";
        }
        html_ += "</tr></thead>\n<tbody>\n";
    }

    void row(const std::vector<std::string>& cells, bool sum = false) {
        html_ += sum ? "<tr class=\"sum\">" : "<tr>";
        for (std::size_t column = 0; column < cells.size(); ++column) {
            html_ += columns_[column].number ? "<td class=\"number\">" : "<td>";
            html_ += escaped(cells[column]) + "</td>";
        }
        html_ += "</tr>\n";
    }

    [[nodiscard]] std::string take() { return html_ + "</tbody></table></div>\n"; }

private:
    std::vector<Column> columns_;
    std::string html_;
};

std::string fact(std::string_view name, const std::string& value) {
    if (value.empty()) return "";
    return "<div><dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd></div>\n";
}

std::string tile(const std::string& value, std::string_view what) {
    return "<li><b>" + escaped(value) + "</b><span>" + escaped(what) + "</span></li>\n";
}

std::string section(std::string_view title, const std::string& content) {
    return content.empty()
               ? ""
               : "<section>\n<h2>" + escaped(title) + "</h2>\n" + content + "</section>\n";
}

std::string head_html(const Report& report) {
    const Head& head = report.setup.head;
    std::string html = "<header>\n<h1>" + escaped(head.title) +
                       "</h1>\n<p class=\"simulated\">Simulated: no statement about any "
                       "institution or person.</p>\n";
    if (!head.notes.empty()) {
        html += "<ul class=\"notes\">";
        for (const std::string& note : head.notes)
            html += "<li>" + escaped(note) + "</li>";
        html += "</ul>\n";
    }
    html += "<dl class=\"facts\">\n" + fact("scenario", head.scenario) +
            fact("seed", std::to_string(head.seed)) +
            fact("from", moment_text(report.setup.from, kMinute)) +
            fact("to", moment_text(report.setup.until, kMinute) + " UTC+8") +
            fact("digest of the scheme", head.digest) +
            fact("digest of this report", to_hex(digest_of(report))) + fact("commit", head.commit);
    if (head.volume_permille < 1'000) {
        html += fact("volumes", percent(head.volume_permille, 1'000) + " of those of the scenario");
    }
    return html + "</dl>\n</header>\n";
}

std::string tiles_html(const Report& report) {
    const Flow sum = report.sum();
    const std::int64_t final = sum.settled + sum.refused;
    const Period& last = report.periods.back();
    std::string html = "<ul class=\"tiles\">\n" + tile(grouped(sum.ordered), "payments ordered") +
                       tile(grouped(sum.settled), "settled") +
                       tile(brief(sum.settled_minor / 100), "CNY settled") +
                       tile(percent(sum.refused, final), "refused") +
                       tile(grouped(sum.returned), "sent back") +
                       tile(grouped(sum.pending), "pending at the end");
    if (report.latency_us.count > 0) {
        html += tile(duration_text(report.latency_us.p50), "half are final within") +
                tile(duration_text(report.latency_us.p99), "99 of 100 are final within");
    }
    html +=
        tile(std::to_string(last.participants[0]) + " + " + std::to_string(last.participants[1]),
             "participants at the end, FPS + IBPS");
    if (report.effort.cpu_ms > 0) {
        html += tile(grouped(final * 1'000 / report.effort.cpu_ms), "payments a CPU second") +
                tile(duration_text(report.effort.wall_ms * 1'000), "to simulate");
    }
    return html + "</ul>\n";
}

std::string corridors_html(const Report& report) {
    HtmlTable table({{"Corridor"},
                     {"Ordered", true},
                     {"Settled", true},
                     {"CNY settled", true},
                     {"Refused", true},
                     {"Share", true},
                     {"Sent back", true},
                     {"Pending", true},
                     {"Half within", true},
                     {"99 of 100 within", true}});
    const auto row = [&table](const std::string& name, const Flow& flow, bool sum) {
        const bool timed = flow.latency_us.count > 0;
        table.row({name, grouped(flow.ordered), grouped(flow.settled),
                   grouped_money(flow.settled_minor), grouped(flow.refused),
                   percent(flow.refused, flow.settled + flow.refused), grouped(flow.returned),
                   grouped(flow.pending), timed ? duration_text(flow.latency_us.p50) : "-",
                   timed ? duration_text(flow.latency_us.p99) : "-"},
                  sum);
    };
    for (std::size_t corridor = 0; corridor < report.totals.size(); ++corridor) {
        row(corridor_label(report.setup.corridors[corridor].name), report.totals[corridor], false);
    }
    row("All", report.sum(), true);
    return table.take();
}

// Which class of refusal_figures' colours a reason has.
std::string_view refusal_class(scheme::RaisedBy raised_by) {
    switch (raised_by) {
        case scheme::RaisedBy::kPayerAgent:
            return "r1";
        case scheme::RaisedBy::kOrigin:
        case scheme::RaisedBy::kOperator:
            return "r2";
        case scheme::RaisedBy::kDestination:
            return "r3";
        case scheme::RaisedBy::kPayeeAgent:
            return "r4";
    }
    return "r2";
}

std::string refusals_html(const Report& report) {
    Flow sum = report.sum();
    std::stable_sort(sum.refusals.begin(), sum.refusals.end(),
                     [](const auto& one, const auto& other) { return one.second > other.second; });
    if (sum.refusals.empty()) return "";
    std::string html =
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Code</th><th "
        "scope=\"col\">Rule</th><th scope=\"col\" class=\"number\">Refused</th><th scope=\"col\" "
        "class=\"number\">Share</th><th scope=\"col\" class=\"plot\"></th></tr></thead>\n<tbody>\n";
    const std::int64_t most = sum.refusals.front().second;
    for (const auto& [result, count] : sum.refusals) {
        const scheme::ResultRow& row = scheme::row_of(result);
        html += "<tr><td>" + escaped(row.iso_code) + "</td><td>" + escaped(row.name) + "<small>" +
                escaped(row.meaning) + "</small></td><td class=\"number\">" + grouped(count) +
                "</td><td class=\"number\">" + percent(count, sum.refused) +
                "</td><td class=\"plot\"><span class=\"share " +
                std::string(refusal_class(row.raised_by)) + "\" style=\"width:" +
                std::to_string(std::max<std::int64_t>(1, count * 100 / most)) +
                "%\"></span></td></tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string accounts_html(const Report& report) {
    HtmlTable table({{"Account"},
                     {"Currency"},
                     {"At the start", true},
                     {"Lowest", true},
                     {"Share", true},
                     {"In the period from"}});
    for (std::size_t index = 0; index < report.setup.accounts.size(); ++index) {
        const AccountInfo& account = report.setup.accounts[index];
        const auto lowest =
            std::min_element(report.periods.begin(), report.periods.end(),
                             [index](const Period& one, const Period& other) {
                                 return one.lowest_minor[index] < other.lowest_minor[index];
                             });
        const std::int64_t minor = lowest->lowest_minor[index];
        table.row({std::string(scheme::to_string(account.rail)) +
                       (account.link_agent ? " link agent " : " ") + account.owner,
                   std::string(money::to_string(account.currency)),
                   grouped_money(account.opening_minor), grouped_money(minor),
                   minor < 0 ? "-" : percent(minor, account.opening_minor),
                   moment_text(lowest->from, report.setup.period)});
    }
    return report.setup.accounts.empty()
               ? ""
               : "<details><summary>Lowest money of each account</summary>\n" + table.take() +
                     "</details>\n";
}

std::string banks_html(const Report& report) {
    HtmlTable table({{"Bank"},
                     {"There from"},
                     {"Ordered", true},
                     {"Sent", true},
                     {"CNY sent", true},
                     {"Refused", true},
                     {"Received", true},
                     {"CNY received", true},
                     {"Refused to it", true},
                     {"Sent back", true}});
    for (std::size_t index = 0; index < report.banks.size(); ++index) {
        const BankInfo& bank = report.setup.banks[index];
        const BankTotal& total = report.banks[index];
        table.row({bank.name + " (" + bank.code + ")",
                   moment_text(bank.joins, Duration::from_days(1)), grouped(total.ordered),
                   grouped(total.sent), grouped_money(total.sent_minor), grouped(total.refused),
                   grouped(total.received), grouped_money(total.received_minor),
                   grouped(total.refused_to), grouped(total.returned)});
    }
    return table.take();
}

std::string events_html(const Report& report) {
    if (report.events.empty()) return "";
    std::string html =
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\" class=\"number\">Mark</th><th "
        "scope=\"col\">When</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n";
    const std::vector<std::string> numbers = event_numbers(report);
    for (std::size_t index = 0; index < report.events.size(); ++index) {
        const Event& event = report.events[index];
        const std::string kind(to_string(event.kind));
        html += "<tr><td class=\"number\">" + numbers[index] + "</td><td class=\"when\">" +
                moment_text(event.from, kMinute);
        if (event.until) html += "<small>to " + moment_text(*event.until, kMinute) + "</small>";
        html += "</td><td><span class=\"tag " + kind + "\">" + kind + "</span>" +
                escaped(event.title) + "</td></tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace

std::string to_html(const Report& report) {
    std::string html =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
        escaped(report.setup.head.title) + " - simulated</title>\n<style>";
    html += kStyle;
    html += "</style>\n</head>\n<body>\n<main>\n" + head_html(report) + tiles_html(report);
    html += section("Payments", corridors_html(report) + "<br>\n" + payment_figures(report));
    html += section("Refusals", refusal_figures(report) + refusals_html(report));
    html += section("Latency", latency_figures(report));
    html += section("Persons' limits", quota_figures(report));
    html += section("Settlement money", liquidity_figures(report) + accounts_html(report));
    html += section("Participants", participant_figures(report) + banks_html(report));
    html += section("Events", events_html(report));
    html +=
        "<footer>Made by lowu simulate. Banks, customers and payments are simulated; times are "
        "UTC+8, amounts CNY unless said otherwise.</footer>\n</main>\n</body>\n</html>\n";
    return html;
}

}  // namespace lowu::report
