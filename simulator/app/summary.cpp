// The summary of a run; see summary.hpp.
#include "simulator/app/summary.hpp"

#include <nlohmann/json.hpp>

#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/report/text.hpp"

namespace lowu::simulator {
namespace {

using Json = nlohmann::ordered_json;

/// "2025-06-22 09:00"
std::string minute(SchemeTime time) {
    return scheme::format_utc8(time).substr(0, 16);
}

std::string count(std::int64_t number) {
    return report::grouped(number);
}

std::string row(const std::string& name, const std::string& value) {
    std::string text = name;
    if (text.size() < 12) text.resize(12, ' ');
    return text + value + "\n";
}

std::int64_t per_second(std::int64_t payments, std::int64_t ms) {
    return ms <= 0 ? 0 : payments * 1'000 / ms;
}

std::string seconds(std::int64_t ms) {
    const std::string tenths = std::to_string(ms % 1'000 / 100);
    return count(ms / 1'000) + "." + tenths + " s";
}

std::string refusals(const report::Flow& sum) {
    std::string text;
    for (const auto& [result, number] : sum.refusals) {
        const scheme::ResultRow& rule = scheme::row_of(result);
        text += row(
            "", count(number) + "  " + std::string(rule.iso_code) + " " + std::string(rule.name));
    }
    return text;
}

}  // namespace

std::string summary_text(const Played& played, const std::vector<std::string>& files) {
    const report::Report& report = played.report;
    const report::Head& head = report.setup.head;
    const PlayCounts& counts = played.counts;
    const report::Effort& effort = report.effort;
    std::string text = head.title + "\n";
    text += row("time", minute(report.setup.from) + " to " + minute(report.setup.until) +
                            ", seed " + std::to_string(head.seed));
    text += row("orders", count(counts.ordered) + ": " + count(counts.settled) + " settled, " +
                              count(counts.refused) + " refused, " + count(counts.returned) +
                              " sent back");
    text += refusals(report.sum());
    text += row("latency", "p50 " + count(report.latency_us.p50 / 1'000) + " ms, p99 " +
                               count(report.latency_us.p99 / 1'000) + " ms (virtual)");
    if (counts.enquiries > 0) {
        text += row("enquiries", count(counts.enquiries) + ": " + count(counts.enquiries_answered) +
                                     " answered, " + count(counts.enquiries_refused) + " refused");
    }
    if (counts.funded > 0) text += row("paid in", count(counts.funded) + " times");
    if (played.recoveries > 0) {
        text += row("recoveries",
                    count(static_cast<std::int64_t>(played.recoveries)) + " of the switch");
    }
    text += row("log", count(static_cast<std::int64_t>(played.records)) + " records in " +
                           count(static_cast<std::int64_t>(played.batches)) + " batches");
    text += row("books", played.wrong.empty()
                             ? "closed; looked through " + count(played.checks) + " times"
                             : "NOT closed");
    text += row("digest", to_hex(played.digest));
    text += row("effort", seconds(effort.wall_ms) + ", CPU " + seconds(effort.cpu_ms) + ": " +
                              count(per_second(counts.ordered, effort.cpu_ms)) +
                              " payments a CPU second");
    for (const std::string& file : files)
        text += row("written", file);
    return text;
}

std::string summary_json(const Played& played, const std::vector<std::string>& files) {
    const report::Report& report = played.report;
    const PlayCounts& counts = played.counts;
    Json document;
    document["scenario"] = report.setup.head.scenario;
    document["title"] = report.setup.head.title;
    document["seed"] = std::to_string(report.setup.head.seed);
    document["from"] = minute(report.setup.from);
    document["until"] = minute(report.setup.until);
    document["ordered"] = counts.ordered;
    document["settled"] = counts.settled;
    document["refused"] = counts.refused;
    document["returned"] = counts.returned;
    document["returns_refused"] = counts.returns_refused;
    document["enquiries"] = counts.enquiries;
    document["enquiries_answered"] = counts.enquiries_answered;
    document["enquiries_refused"] = counts.enquiries_refused;
    document["funded"] = counts.funded;
    document["funding_refused"] = counts.funding_refused;
    Json refused = Json::object();
    for (const auto& [result, number] : report.sum().refusals)
        refused[std::string(scheme::row_of(result).name)] = number;
    document["refusals"] = std::move(refused);
    document["latency_p50_us"] = report.latency_us.p50;
    document["latency_p99_us"] = report.latency_us.p99;
    document["records"] = played.records;
    document["batches"] = played.batches;
    document["recoveries"] = played.recoveries;
    document["checks"] = played.checks;
    document["wrong"] = played.wrong;
    document["digest"] = to_hex(played.digest);
    document["wall_ms"] = report.effort.wall_ms;
    document["cpu_ms"] = report.effort.cpu_ms;
    document["payments_per_cpu_second"] = per_second(counts.ordered, report.effort.cpu_ms);
    document["files"] = files;
    return document.dump(2) + "\n";
}

}  // namespace lowu::simulator
