// Writing JSON. See json.hpp.
#include "simulator/report/json.hpp"

#include <nlohmann/json.hpp>

#include "common/base/hex.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

using Json = nlohmann::ordered_json;

std::string moment(SchemeTime time) {
    return scheme::format_utc8(time).substr(0, 16);
}

Json moment_or_null(const std::optional<SchemeTime>& time) {
    return time ? Json(moment(*time)) : Json();
}

Json json_of(const Percentiles& percentiles) {
    return {{"count", percentiles.count},
            {"p50", percentiles.p50},
            {"p90", percentiles.p90},
            {"p99", percentiles.p99},
            {"max", percentiles.max}};
}

Json json_of(const Flow& flow, const CorridorInfo& corridor) {
    Json refusals = Json::array();
    for (const auto& [result, count] : flow.refusals) {
        const scheme::ResultRow& row = scheme::row_of(result);
        refusals.push_back({{"code", row.iso_code}, {"rule", row.name}, {"count", count}});
    }
    return {{"corridor", corridor.name},
            {"ordered", flow.ordered},
            {"settled", flow.settled},
            {"settled_minor", flow.settled_minor},
            {"refused", flow.refused},
            {"returned", flow.returned},
            {"returned_minor", flow.returned_minor},
            {"pending", flow.pending},
            {"latency_us", json_of(flow.latency_us)},
            {"refusals", refusals}};
}

Json flows_of(const std::vector<Flow>& flows, const Setup& setup) {
    Json list = Json::array();
    for (std::size_t corridor = 0; corridor < flows.size(); ++corridor) {
        list.push_back(json_of(flows[corridor], setup.corridors[corridor]));
    }
    return list;
}

Json quotas_of(const std::vector<QuotaUse>& quotas, const Setup& setup) {
    Json list = Json::array();
    for (std::size_t quota = 0; quota < quotas.size(); ++quota) {
        list.push_back({{"quota", setup.quotas[quota].name},
                        {"used_permille", json_of(quotas[quota].permille)},
                        {"tenths", quotas[quota].tenths}});
    }
    return list;
}

Json json_of(const Period& period, const Setup& setup) {
    Json accounts = Json::array();
    for (const std::int64_t minor : period.lowest_minor)
        accounts.push_back(minor);
    return {{"from", moment(period.from)},
            {"participants", {{"fps", period.participants[0]}, {"ibps", period.participants[1]}}},
            {"corridors", flows_of(period.flows, setup)},
            {"latency_us", json_of(period.latency_us)},
            {"quotas", quotas_of(period.quotas, setup)},
            {"lowest_minor", accounts},
            {"obligations_max", period.obligations},
            {"overdue_max", period.overdue}};
}

Json json_of(const BankInfo& bank, const BankTotal& total) {
    return {{"rail", scheme::to_string(bank.rail)},
            {"code", bank.code},
            {"name", bank.name},
            {"joins", moment(bank.joins)},
            {"leaves", moment_or_null(bank.leaves)},
            {"ordered", total.ordered},
            {"sent", total.sent},
            {"sent_minor", total.sent_minor},
            {"refused", total.refused},
            {"received", total.received},
            {"received_minor", total.received_minor},
            {"refused_to", total.refused_to},
            {"returned", total.returned}};
}

Json head_of(const Report& report) {
    const Head& head = report.setup.head;
    return {{"title", head.title},
            {"scenario", head.scenario},
            {"notes", head.notes},
            {"seed", std::to_string(head.seed)},
            {"digest", head.digest},
            {"report_digest", to_hex(digest_of(report))},
            {"commit", head.commit},
            {"volume_permille", head.volume_permille},
            {"simulated", "no statement about any institution"},
            {"from", moment(report.setup.from)},
            {"until", moment(report.setup.until)},
            {"period_minutes", report.setup.period.us / 60'000'000},
            {"cpu_ms", report.effort.cpu_ms},
            {"wall_ms", report.effort.wall_ms}};
}

Json accounts_of(const Setup& setup) {
    Json list = Json::array();
    for (const AccountInfo& account : setup.accounts) {
        list.push_back({{"rail", scheme::to_string(account.rail)},
                        {"owner", account.owner},
                        {"role", account.link_agent ? "link_agent" : "participant"},
                        {"currency", money::to_string(account.currency)},
                        {"opening_minor", account.opening_minor}});
    }
    return list;
}

}  // namespace

std::string to_json(const Report& report) {
    Json banks = Json::array();
    for (std::size_t index = 0; index < report.banks.size(); ++index) {
        banks.push_back(json_of(report.setup.banks[index], report.banks[index]));
    }
    Json events = Json::array();
    for (const Event& event : report.events) {
        events.push_back({{"from", moment(event.from)},
                          {"until", moment_or_null(event.until)},
                          {"kind", to_string(event.kind)},
                          {"title", event.title}});
    }
    Json periods = Json::array();
    for (const Period& period : report.periods)
        periods.push_back(json_of(period, report.setup));
    const Json all = {{"head", head_of(report)},
                      {"totals", flows_of(report.totals, report.setup)},
                      {"latency_us", json_of(report.latency_us)},
                      {"quota_totals", quotas_of(report.quota_totals, report.setup)},
                      {"banks", banks},
                      {"accounts", accounts_of(report.setup)},
                      {"events", events},
                      {"periods", periods}};
    // What is no UTF-8 is replaced, not thrown.
    return all.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lowu::report
