// What follows from a report's figures. See report.hpp.
#include "simulator/report/report.hpp"

#include <map>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::report {
namespace {

void add(Digest& digest, const Percentiles& percentiles) {
    digest.add(percentiles.count);
    digest.add(percentiles.p50);
    digest.add(percentiles.p90);
    digest.add(percentiles.p99);
    digest.add(percentiles.max);
}

void add(Digest& digest, const Flow& flow) {
    digest.add(flow.ordered);
    digest.add(flow.settled);
    digest.add(flow.settled_minor);
    digest.add(flow.refused);
    digest.add(flow.returned);
    digest.add(flow.returned_minor);
    digest.add(flow.pending);
    add(digest, flow.latency_us);
    digest.add(flow.refusals.size());
    for (const auto& [result, count] : flow.refusals) {
        digest.add(result);
        digest.add(count);
    }
}

void add(Digest& digest, const QuotaUse& use) {
    add(digest, use.permille);
    for (const std::int64_t tenth : use.tenths)
        digest.add(tenth);
}

void add(Digest& digest, const Period& period) {
    digest.add(period.from);
    for (const Flow& flow : period.flows)
        add(digest, flow);
    for (const QuotaUse& use : period.quotas)
        add(digest, use);
    for (const std::int64_t minor : period.lowest_minor)
        digest.add(minor);
    for (const std::int64_t count : period.participants)
        digest.add(count);
    digest.add(period.obligations);
    digest.add(period.overdue);
}

void add(Digest& digest, const BankTotal& bank) {
    digest.add(bank.ordered);
    digest.add(bank.sent);
    digest.add(bank.sent_minor);
    digest.add(bank.refused);
    digest.add(bank.received);
    digest.add(bank.received_minor);
    digest.add(bank.refused_to);
    digest.add(bank.returned);
}

}  // namespace

Duration default_period(SchemeTime from, SchemeTime until) {
    const std::int64_t days = scheme::day_number(until - 1_ms) - scheme::day_number(from) + 1;
    if (days <= 1) return Duration::from_minutes(15);
    return days <= 7 ? Duration::from_hours(1) : Duration::from_days(1);
}

std::string_view to_string(EventKind kind) {
    switch (kind) {
        case EventKind::kJoin:
            return "join";
        case EventKind::kLeave:
            return "leave";
        case EventKind::kFault:
            return "fault";
        case EventKind::kAction:
            return "operator";
        case EventKind::kSeason:
            return "season";
        case EventKind::kSwitch:
            return "switch";
    }
    LOWU_UNREACHABLE("every kind of event has a name");
}

Flow Report::sum() const {
    Flow sum;
    std::map<scheme::ResultCode, std::int64_t> counts;
    for (const Flow& total : totals) {
        sum.ordered += total.ordered;
        sum.settled += total.settled;
        sum.settled_minor += total.settled_minor;
        sum.refused += total.refused;
        sum.returned += total.returned;
        sum.returned_minor += total.returned_minor;
        sum.pending += total.pending;
        for (const auto& [result, count] : total.refusals)
            counts[result] += count;
    }
    sum.latency_us = latency_us;
    for (const scheme::ResultRow& row : scheme::result_table()) {
        const auto found = counts.find(row.result);
        if (found != counts.end()) sum.refusals.push_back(*found);
    }
    return sum;
}

Hash128 digest_of(const Report& report) {
    Digest digest;
    for (const Period& period : report.periods)
        add(digest, period);
    for (const Flow& total : report.totals)
        add(digest, total);
    for (const QuotaUse& use : report.quota_totals)
        add(digest, use);
    for (const BankTotal& bank : report.banks)
        add(digest, bank);
    for (const Event& event : report.events) {
        digest.add(event.from);
        digest.add(event.until ? event.until->value : -1);
        digest.add(event.kind);
        digest.add_text(event.title);
    }
    return digest.finish();
}

}  // namespace lowu::report
