// Gathering a report. See collector.hpp.
#include "simulator/report/collector.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"
#include "common/scheme/calendar.hpp"

namespace lowu::report {
namespace {

using scheme::ResultCode;

constexpr std::int64_t kPermille = 1'000;

// What of a closed period's counts goes on into the next one.
template <class OpenFlow>
Flow flow_of(const OpenFlow& open) {
    Flow flow = open.flow;
    flow.latency_us = open.latency_us.percentiles();
    for (const scheme::ResultRow& row : scheme::result_table()) {
        const std::int64_t count = open.refusals[static_cast<std::size_t>(row.result)];
        if (count > 0) flow.refusals.push_back({row.result, count});
    }
    return flow;
}

}  // namespace

Collector::Collector(Setup setup) {
    LOWU_ASSERT(setup.period.us > 0 && scheme::kDayMs % setup.period.whole_ms() == 0,
                "periods divide a day");
    LOWU_ASSERT(setup.from < setup.until, "a report is of some time");
    const std::size_t corridors = setup.corridors.size();
    flows_.resize(corridors);
    flow_totals_.resize(corridors);
    quotas_.resize(setup.quotas.size());
    quota_totals_.resize(setup.quotas.size());
    report_.banks.resize(setup.banks.size());
    for (const AccountInfo& account : setup.accounts)
        available_.push_back(account.opening_minor);
    period_.from = scheme::start_of_day(scheme::day_number(setup.from));
    period_.lowest_minor = available_;
    period_end_ = period_.from + setup.period;
    report_.setup = std::move(setup);
    tell_joins();
}

// Banks that join or leave are events; those of the first day are not.
void Collector::tell_joins() {
    for (const BankInfo& bank : report_.setup.banks) {
        const std::string who =
            bank.name + " (" + std::string(scheme::to_string(bank.rail)) + " " + bank.code + ")";
        if (bank.joins > report_.setup.from && bank.joins < report_.setup.until) {
            event({bank.joins, std::nullopt, EventKind::kJoin, who + " joins"});
        }
        if (bank.leaves && *bank.leaves < report_.setup.until) {
            event({*bank.leaves, std::nullopt, EventKind::kLeave, who + " leaves"});
        }
    }
}

void Collector::ordered(SchemeTime at, std::size_t corridor, std::size_t payer_bank) {
    advance(at);
    ++flows_[corridor].flow.ordered;
    ++flows_[corridor].flow.pending;
    ++report_.banks[payer_bank].ordered;
}

void Collector::finished(SchemeTime at, const Finished& payment) {
    advance(at);
    Open& open = flows_[payment.corridor];
    BankTotal& payer = report_.banks[payment.payer_bank];
    BankTotal& payee = report_.banks[payment.payee_bank];
    --open.flow.pending;
    open.latency_us.record(payment.latency_us);
    if (payment.result != ResultCode::kAccepted) {
        ++open.flow.refused;
        ++open.refusals[static_cast<std::size_t>(payment.result)];
        ++payer.refused;
        ++payee.refused_to;
        return;
    }
    ++open.flow.settled;
    open.flow.settled_minor += payment.cny_minor;
    ++payer.sent;
    payer.sent_minor += payment.cny_minor;
    ++payee.received;
    payee.received_minor += payment.cny_minor;
}

void Collector::returned(SchemeTime at, std::size_t corridor, std::size_t payee_bank,
                         std::int64_t cny_minor) {
    advance(at);
    ++flows_[corridor].flow.returned;
    flows_[corridor].flow.returned_minor += cny_minor;
    ++report_.banks[payee_bank].returned;
}

void Collector::quota_used(SchemeTime at, std::size_t quota, std::int64_t used_minor,
                           std::int64_t limit_minor) {
    advance(at);
    if (limit_minor <= 0) return;
    // Limits are of persons: the product stays far from 64 bits.
    const std::int64_t permille = used_minor * kPermille / limit_minor;
    quotas_[quota].permille.record(permille);
    ++quotas_[quota]
          .tenths[static_cast<std::size_t>(std::clamp<std::int64_t>(permille / 100, 0, 10))];
}

void Collector::available(SchemeTime at, std::size_t account, std::int64_t minor) {
    advance(at);
    available_[account] = minor;
    period_.lowest_minor[account] = std::min(period_.lowest_minor[account], minor);
}

void Collector::obligations(SchemeTime at, std::int64_t open, std::int64_t overdue) {
    advance(at);
    obligations_ = open;
    overdue_ = overdue;
    period_.obligations = std::max(period_.obligations, open);
    period_.overdue = std::max(period_.overdue, overdue);
}

void Collector::advance(SchemeTime at) {
    if (at < period_end_) [[likely]]
        return;
    // What comes after the last period belongs to it.
    while (at >= period_end_ && period_end_ < report_.setup.until)
        close_period();
}

void Collector::close_period() {
    Histogram latency_us;
    for (std::size_t corridor = 0; corridor < flows_.size(); ++corridor) {
        Open& open = flows_[corridor];
        Open& total = flow_totals_[corridor];
        period_.flows.push_back(flow_of(open));
        total.flow.ordered += open.flow.ordered;
        total.flow.settled += open.flow.settled;
        total.flow.settled_minor += open.flow.settled_minor;
        total.flow.refused += open.flow.refused;
        total.flow.returned += open.flow.returned;
        total.flow.returned_minor += open.flow.returned_minor;
        total.flow.pending = open.flow.pending;
        total.latency_us.add(open.latency_us);
        latency_us.add(open.latency_us);
        for (std::size_t result = 0; result < open.refusals.size(); ++result) {
            total.refusals[result] += open.refusals[result];
        }
        const std::int64_t pending = open.flow.pending;
        open = Open();
        open.flow.pending = pending;
    }
    period_.latency_us = latency_us.percentiles();
    latency_total_us_.add(latency_us);
    close_quotas();
    close_scheme();
}

void Collector::close_quotas() {
    for (std::size_t quota = 0; quota < quotas_.size(); ++quota) {
        OpenQuota& open = quotas_[quota];
        period_.quotas.push_back({open.permille.percentiles(), open.tenths});
        quota_totals_[quota].permille.add(open.permille);
        for (std::size_t tenth = 0; tenth < open.tenths.size(); ++tenth) {
            quota_totals_[quota].tenths[tenth] += open.tenths[tenth];
        }
        open = OpenQuota();
    }
}

// Participants, then on to the next period with what stays as it is.
void Collector::close_scheme() {
    for (const BankInfo& bank : report_.setup.banks) {
        const bool there =
            bank.joins < period_end_ && (!bank.leaves || *bank.leaves >= period_end_);
        if (there) ++period_.participants[static_cast<std::size_t>(bank.rail)];
    }
    report_.periods.push_back(std::exchange(period_, Period()));
    period_.from = period_end_;
    period_.lowest_minor = available_;
    period_.obligations = obligations_;
    period_.overdue = overdue_;
    period_end_ = period_end_ + report_.setup.period;
}

Report Collector::finish() {
    advance(report_.setup.until - 1_ms);
    close_period();
    for (const Open& total : flow_totals_)
        report_.totals.push_back(flow_of(total));
    report_.latency_us = latency_total_us_.percentiles();
    for (const OpenQuota& total : quota_totals_) {
        report_.quota_totals.push_back({total.permille.percentiles(), total.tenths});
    }
    std::stable_sort(report_.events.begin(), report_.events.end(),
                     [](const Event& one, const Event& other) { return one.from < other.from; });
    return std::move(report_);
}

}  // namespace lowu::report
