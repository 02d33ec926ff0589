// A day's figures as text and JSON. See launch_day_report.hpp.
#include "client/launch_day_report.hpp"

#include <set>
#include <sstream>
#include <vector>

#include "client/console.hpp"
#include "client/iso_reason.hpp"
#include "common/scheme/result.hpp"

namespace lowu::client {

namespace {

using scheme::Direction;
using scheme::Rail;

constexpr std::array kDirections{Direction::kNorthbound, Direction::kSouthbound};

std::string name_of(Direction direction) {
    return std::string(to_string(direction));
}

template <class Array>
const auto& of(const Array& by_direction, Direction direction) {
    return by_direction[static_cast<std::size_t>(direction)];
}

// "108 slices of 5 minutes"
std::string slices_text(const DayFile& day) {
    const std::int64_t span_ms = day.checkpoints_ms.back() - day.start_ms;
    const std::int64_t slices = (span_ms + day.slice_ms() - 1) / day.slice_ms();
    return std::to_string(slices) + " slices of " + std::to_string(day.scenario.slice_minutes()) +
           " minutes";
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& counts,
                      const std::string& reason) {
    const auto found = counts.find(reason);
    return found == counts.end() ? 0 : found->second;
}

// Lines of at most 100 columns; those after the first are indented as far as its mark.
std::string wrapped(const std::string& mark, const std::string& text) {
    constexpr std::size_t kWidth = 100;
    std::string lines;
    std::string line = mark;
    std::stringstream words(text);
    for (std::string word; words >> word;) {
        if (display_width(line) + 1 + display_width(word) > kWidth) {
            lines += line + "\n";
            line = std::string(mark.size(), ' ');
        }
        line += (line.size() == mark.size() ? "" : " ") + word;
    }
    return lines + line + "\n";
}

// "  No Mainland bank used more than 9.00 of its net debit cap of 50.00."
std::string banks_text(const std::string& whose, const Tightest& tightest,
                       const std::string& of_what) {
    if (tightest.used_minor <= 0) {
        return "  " + whose + " paid more than it received.\n";
    }
    return "  " + whose + " used more than " + grouped_amount(tightest.used_minor) + " of its " +
           of_what + " of " + grouped_amount(tightest.usable_minor) + ".\n";
}

}  // namespace

std::string grouped(std::int64_t count) {
    std::string digits = std::to_string(count);
    const std::size_t first = digits.starts_with('-') ? 1 : 0;
    for (std::size_t end = digits.size(); end > first + 3; end -= 3) {
        digits.insert(end - 3, ",");
    }
    return digits;
}

std::string grouped_amount(std::int64_t amount_minor) {
    const std::string text = amount_text(amount_minor);
    const std::size_t point = text.find('.');
    const bool below_zero = text.starts_with('-');
    const std::size_t first = below_zero ? 1 : 0;
    const std::string whole = grouped(std::stoll(text.substr(first, point - first)));
    return (below_zero ? "-" : "") + whole + text.substr(point);
}

std::string day_heading(const DayFile& day, const std::array<AgentFigures, 2>& agents) {
    std::vector<std::string> points(day.scenario.notes().begin(), day.scenario.notes().end());
    points.push_back("Arrivals are compressed: " + slices_text(day) +
                     ", each sent as an open loop of " + grouped(day.scenario.orders_per_second()) +
                     " orders a second a side. After each one scheme time is set forward by a "
                     "command that stands in the log.");
    points.push_back("Launch prefunding, our assumption: the link agent in Hong Kong (" +
                     bank_text(agents[0].owner) + ") holds CNY " +
                     grouped_amount(agents[0].prefunded_minor) + ", the one on the Mainland (" +
                     bank_text(agents[1].owner) + ") has a net debit cap of CNY " +
                     grouped_amount(agents[1].prefunded_minor) + ".");
    points.push_back("Seed " + std::to_string(day.seed) + ": the same seed gives the same day.");
    std::string text =
        paint(day.scenario.title(), Colour::kBold) +
        "\nSimulated, no statement about any institution. Customers and payments are "
        "invented.\n\n";
    for (const std::string& point : points) {
        text += wrapped("  * ", point);
    }
    return text;
}

std::string checkpoint_text(const AtCheckpoint& checkpoint) {
    Table table({{""},
                 {"published", true},
                 {"settled", true},
                 {"value CNY", true},
                 {"average CNY", true},
                 {"published average", true},
                 {""}});
    for (const Direction direction : kDirections) {
        const FlowAtCheckpoint& flow = of(checkpoint.flows, direction);
        table.add({name_of(direction), grouped(flow.published), grouped(flow.settled),
                   grouped_amount(flow.settled_minor), grouped_amount(flow.average_minor),
                   flow.published_average_minor == 0
                       ? "-"
                       : "about " + grouped_amount(flow.published_average_minor),
                   flow.as_published() ? Cell("as published", Colour::kGreen)
                                       : Cell("NOT AS PUBLISHED", Colour::kRed)});
    }
    return table.text(2);
}

std::string refusals_text(const DayFile& day, const DayFigures& figures) {
    Table table(
        {{"slip"}, {"refused"}, {"northbound", true}, {"southbound", true}, {""}, {"by the rule"}});
    std::set<std::string> others;
    for (const Direction direction : kDirections) {
        for (const auto& [reason, count] : of(figures, direction).refused_by_reason) {
            others.insert(reason);
        }
    }
    const auto add = [&](const std::string& what, const std::string& reason,
                         const std::string& rule) {
        bool as_ordered = true;
        std::vector<Cell> row = {what, reason};
        for (const Direction direction : kDirections) {
            const std::int64_t count = count_of(of(figures, direction).refused_by_reason, reason);
            as_ordered = as_ordered && count == count_of(ordered_refusals(day, direction), reason);
            row.emplace_back(grouped(count));
        }
        row.push_back(as_ordered ? Cell("as ordered", Colour::kGreen)
                                 : Cell("NOT AS ORDERED", Colour::kRed));
        row.emplace_back(rule);
        table.add(std::move(row));
    };
    for (const Slip& slip : slips_of(day)) {
        const scheme::ResultRow& row = row_of(slip.rule);
        add(slip.what, std::string(row.iso_code), std::string(row.meaning));
        others.erase(std::string(row.iso_code));
    }
    for (const std::string& reason : others) {
        add("none of the scenario's", reason,
            std::string(iso_reason_definition(reason).value_or("")));
    }
    return table.text(2) + "  More about each: lowu explain AC03\n";
}

std::string latency_text(const DayFigures& figures) {
    Table table({{""},
                 {"50 %", true},
                 {"90 %", true},
                 {"99 %", true},
                 {"99.9 %", true},
                 {"longest", true}});
    for (const Direction direction : kDirections) {
        const FlowFigures& flow = of(figures, direction);
        table.add({name_of(direction), duration_text(flow.latency_quantile_us(50, 100)),
                   duration_text(flow.latency_quantile_us(90, 100)),
                   duration_text(flow.latency_quantile_us(99, 100)),
                   duration_text(flow.latency_quantile_us(999, 1'000)),
                   duration_text(flow.latency_max_us)});
    }
    return table.text(2);
}

std::string agents_text(const std::array<AgentFigures, 2>& agents,
                        const v1::ListPositionsResponse& positions) {
    Table table({{"side"},
                 {"link agent"},
                 {"prefunded", true},
                 {"paid out", true},
                 {"received", true},
                 {"used", true},
                 {"left", true}});
    for (const AgentFigures& agent : agents) {
        table.add({&agent == &agents[0] ? "Hong Kong" : "Mainland", bank_text(agent.owner),
                   grouped_amount(agent.prefunded_minor), grouped_amount(agent.paid_minor),
                   grouped_amount(agent.received_minor), grouped_amount(agent.used_minor()),
                   grouped_amount(agent.left_minor)});
    }
    const bool south_owes = agents[1].owes_minor >= 0;
    const AgentFigures& debtor = agents[south_owes ? 1 : 0];
    return table.text(2) + "  CNY. The agent " + (south_owes ? "on the Mainland" : "in Hong Kong") +
           " owes the other one " + grouped_amount(debtor.owes_minor) +
           ": what it took in for it, southbound less northbound.\n" +
           banks_text("No Mainland bank", tightest_bank(positions, v1::RAIL_IBPS),
                      "net debit cap") +
           banks_text("No Hong Kong bank", tightest_bank(positions, v1::RAIL_FPS), "prefunding");
}

Json checkpoint_json(const AtCheckpoint& checkpoint) {
    Json document = {{"at", checkpoint.at}};
    for (const Direction direction : kDirections) {
        const FlowAtCheckpoint& flow = of(checkpoint.flows, direction);
        document[name_of(direction)] = {
            {"published", std::to_string(flow.published)},
            {"settled", std::to_string(flow.settled)},
            {"settled_cny_minor", std::to_string(flow.settled_minor)},
            {"average_cny_minor", std::to_string(flow.average_minor)},
            {"published_average_cny_minor", std::to_string(flow.published_average_minor)},
            {"as_published", flow.as_published()}};
    }
    return document;
}

Json flows_json(const DayFile& day, const DayFigures& figures) {
    Json document;
    for (const Direction direction : kDirections) {
        const FlowFigures& flow = of(figures, direction);
        Json refused = Json::object();
        for (const auto& [reason, count] : flow.refused_by_reason) {
            refused[reason] = std::to_string(count);
        }
        Json ordered = Json::object();
        for (const auto& [reason, count] : ordered_refusals(day, direction)) {
            ordered[reason] = std::to_string(count);
        }
        document[name_of(direction)] = {
            {"settled", std::to_string(flow.settled)},
            {"settled_cny_minor", std::to_string(flow.settled_minor)},
            {"refused", refused},
            {"refusals_ordered", ordered},
            {"not_sent", std::to_string(flow.not_sent)},
            {"latency_p50_us", std::to_string(flow.latency_quantile_us(50, 100))},
            {"latency_p90_us", std::to_string(flow.latency_quantile_us(90, 100))},
            {"latency_p99_us", std::to_string(flow.latency_quantile_us(99, 100))},
            {"latency_p999_us", std::to_string(flow.latency_quantile_us(999, 1'000))},
            {"latency_max_us", std::to_string(flow.latency_max_us)}};
    }
    return document;
}

Json agents_json(const std::array<AgentFigures, 2>& agents) {
    Json document = Json::array();
    for (const AgentFigures& agent : agents) {
        document.push_back({{"rail", &agent == &agents[0] ? "fps" : "ibps"},
                            {"owner", agent.owner},
                            {"prefunded_minor", std::to_string(agent.prefunded_minor)},
                            {"paid_minor", std::to_string(agent.paid_minor)},
                            {"received_minor", std::to_string(agent.received_minor)},
                            {"used_minor", std::to_string(agent.used_minor())},
                            {"left_minor", std::to_string(agent.left_minor)},
                            {"owes_minor", std::to_string(agent.owes_minor)}});
    }
    return document;
}

}  // namespace lowu::client
