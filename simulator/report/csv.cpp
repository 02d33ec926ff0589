// Writing tables. See csv.hpp.
#include "simulator/report/csv.hpp"

#include <string_view>

#include "common/scheme/calendar.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

// Fields one after the other; a line ends with end().
class Lines {
public:
    explicit Lines(std::string_view columns) : text_(std::string(columns) + "\n") {}

    Lines& field(std::string_view text) {
        if (!at_start_) text_ += ',';
        at_start_ = false;
        text_ += csv_field(text);
        return *this;
    }
    Lines& field(std::int64_t number) { return field(std::to_string(number)); }
    void end() {
        text_ += "\n";
        at_start_ = true;
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
    bool at_start_ = true;
};

std::string moment(SchemeTime time) {
    return scheme::format_utc8(time).substr(0, 16);
}

void add(Lines& lines, const Percentiles& percentiles) {
    lines.field(percentiles.p50).field(percentiles.p90).field(percentiles.p99);
    lines.field(percentiles.max);
}

std::string payments(const Report& report) {
    Lines lines(
        "from,corridor,ordered,settled,settled_minor,refused,returned,returned_minor,pending,"
        "latency_p50_us,latency_p90_us,latency_p99_us,latency_max_us");
    for (const Period& period : report.periods) {
        for (std::size_t corridor = 0; corridor < period.flows.size(); ++corridor) {
            const Flow& flow = period.flows[corridor];
            lines.field(moment(period.from)).field(report.setup.corridors[corridor].name);
            lines.field(flow.ordered).field(flow.settled).field(flow.settled_minor);
            lines.field(flow.refused).field(flow.returned).field(flow.returned_minor);
            lines.field(flow.pending);
            add(lines, flow.latency_us);
            lines.end();
        }
    }
    return lines.take();
}

std::string refusals(const Report& report) {
    Lines lines("from,corridor,code,rule,count");
    for (const Period& period : report.periods) {
        for (std::size_t corridor = 0; corridor < period.flows.size(); ++corridor) {
            for (const auto& [result, count] : period.flows[corridor].refusals) {
                const scheme::ResultRow& row = scheme::row_of(result);
                lines.field(moment(period.from)).field(report.setup.corridors[corridor].name);
                lines.field(row.iso_code).field(row.name).field(count).end();
            }
        }
    }
    return lines.take();
}

std::string quotas(const Report& report) {
    Lines lines(
        "from,quota,count,p50_permille,p90_permille,p99_permille,max_permille,below_10,below_20,"
        "below_30,below_40,below_50,below_60,below_70,below_80,below_90,below_100,full");
    for (const Period& period : report.periods) {
        for (std::size_t quota = 0; quota < period.quotas.size(); ++quota) {
            const QuotaUse& use = period.quotas[quota];
            lines.field(moment(period.from)).field(report.setup.quotas[quota].name);
            lines.field(use.permille.count);
            add(lines, use.permille);
            for (const std::int64_t tenth : use.tenths)
                lines.field(tenth);
            lines.end();
        }
    }
    return lines.take();
}

std::string liquidity(const Report& report) {
    Lines lines("from,rail,owner,role,currency,opening_minor,lowest_minor");
    for (const Period& period : report.periods) {
        for (std::size_t index = 0; index < period.lowest_minor.size(); ++index) {
            const AccountInfo& account = report.setup.accounts[index];
            lines.field(moment(period.from)).field(scheme::to_string(account.rail));
            lines.field(account.owner).field(account.link_agent ? "link_agent" : "participant");
            lines.field(money::to_string(account.currency)).field(account.opening_minor);
            lines.field(period.lowest_minor[index]).end();
        }
    }
    return lines.take();
}

std::string scheme_table(const Report& report) {
    Lines lines(
        "from,participants_fps,participants_ibps,obligations_max,overdue_max,latency_p50_us,"
        "latency_p90_us,latency_p99_us,latency_max_us");
    for (const Period& period : report.periods) {
        lines.field(moment(period.from));
        lines.field(period.participants[0]).field(period.participants[1]);
        lines.field(period.obligations).field(period.overdue);
        add(lines, period.latency_us);
        lines.end();
    }
    return lines.take();
}

std::string banks(const Report& report) {
    Lines lines(
        "rail,code,name,joins,leaves,ordered,sent,sent_minor,refused,received,received_minor,"
        "refused_to,returned");
    for (std::size_t index = 0; index < report.banks.size(); ++index) {
        const BankInfo& bank = report.setup.banks[index];
        const BankTotal& total = report.banks[index];
        lines.field(scheme::to_string(bank.rail)).field(bank.code).field(bank.name);
        lines.field(moment(bank.joins)).field(bank.leaves ? moment(*bank.leaves) : "");
        lines.field(total.ordered).field(total.sent).field(total.sent_minor).field(total.refused);
        lines.field(total.received).field(total.received_minor).field(total.refused_to);
        lines.field(total.returned).end();
    }
    return lines.take();
}

std::string events(const Report& report) {
    Lines lines("from,until,kind,title");
    for (const Event& event : report.events) {
        lines.field(moment(event.from)).field(event.until ? moment(*event.until) : "");
        lines.field(to_string(event.kind)).field(event.title).end();
    }
    return lines.take();
}

}  // namespace

std::vector<Table> csv_tables(const Report& report) {
    return {{"payments", payments(report)},   {"refusals", refusals(report)},
            {"quotas", quotas(report)},       {"liquidity", liquidity(report)},
            {"scheme", scheme_table(report)}, {"banks", banks(report)},
            {"events", events(report)}};
}

}  // namespace lowu::report
