// A small report that every test of the writers reads: two days in periods of three hours, three
// corridors, four banks, something of everything. Made by a collector, as a simulation does it.
#pragma once

#include <string>
#include <vector>

#include "common/scheme/calendar.hpp"
#include "simulator/report/collector.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

inline SchemeTime moment(const char* text) {
    return *scheme::parse_utc8(text);
}

inline Setup small_setup() {
    using money::Currency;
    using scheme::Rail;
    Setup setup;
    setup.head = {"A \"small\" <report> & more",
                  "small",
                  {"Every number is ours.", "Nobody's <b>name</b> is here."},
                  7,
                  "00112233445566778899aabbccddeeff",
                  "0123abc",
                  1'000};
    setup.from = moment("2025-06-22 09:00");
    setup.until = moment("2025-06-24 00:00");
    setup.period = Duration::from_hours(3);
    setup.corridors = {{"northbound p2p_remittance", Way::kNorthbound},
                       {"southbound p2p_remittance", Way::kSouthbound},
                       {"domestic fps", Way::kDomestic}};
    setup.banks = {
        {"X11", "Invented Harbour Bank", Rail::kFps, setup.from, std::nullopt},
        {"X12", "Invented, \"Peak\" Bank", Rail::kFps, moment("2025-06-23 00:00"), std::nullopt},
        {"999000000119", "Invented River Bank", Rail::kIbps, setup.from, std::nullopt},
        {"999000000127", "Invented Delta Bank", Rail::kIbps, setup.from,
         moment("2025-06-23 00:00")}};
    setup.accounts = {{"X11", Rail::kFps, Currency::kCny, false, 1'000'000},
                      {"X11", Rail::kFps, Currency::kHkd, false, 500'000},
                      {"999000000119", Rail::kIbps, Currency::kCny, false, 2'000'000},
                      {"X11", Rail::kFps, Currency::kCny, true, 4'000'000}};
    setup.quotas = {{"Northbound, a day", Way::kNorthbound, false},
                    {"Southbound, a year", Way::kSouthbound, true}};
    return setup;
}

inline Report small_report() {
    using scheme::ResultCode;
    Collector collector(small_setup());
    collector.event({moment("2025-06-23 10:00"), moment("2025-06-23 11:00"), EventKind::kFault,
                     "The <link> is down"});
    collector.event({moment("2025-06-22 12:00"), std::nullopt, EventKind::kAction, "A new rule"});
    const SchemeTime start = moment("2025-06-22 09:00");
    std::int64_t left_minor = 1'000'000;
    for (int index = 0; index < 300; ++index) {
        const SchemeTime at = start + Duration::from_minutes(7 * index);
        Finished payment;
        payment.corridor = static_cast<std::size_t>(index % 3);
        payment.payer_bank = payment.corridor == 1 ? 2 : 0;
        payment.payee_bank = payment.corridor == 0 ? 2 : payment.corridor == 1 ? 0 : 1;
        payment.cny_minor = 10'000 + 37 * index;
        payment.latency_us = 20'000 + 100 * index;
        if (index % 10 == 4) payment.result = ResultCode::kPayeeNameMismatch;
        if (index % 25 == 7) payment.result = ResultCode::kPersonDayLimit;
        if (index % 50 == 9) payment.result = ResultCode::kPayeeAgentSilent;
        collector.ordered(at, payment.corridor, payment.payer_bank);
        if (index >= 297) continue;  // pending at the end
        collector.finished(at + 1_s, payment);
        if (payment.result != ResultCode::kAccepted) continue;
        left_minor -= payment.corridor == 0 ? payment.cny_minor : 0;
        if (left_minor < 200'000) left_minor = 1'000'000;
        collector.available(at + 1_s, 0, left_minor);
        if (payment.corridor == 0) {
            collector.quota_used(at + 1_s, 0, payment.cny_minor * 20, 1'000'000);
        }
        if (payment.corridor == 1) {
            collector.quota_used(at + 1_s, 1, payment.cny_minor * 100, 5'000'000);
        }
        if (index % 40 == 1) {
            collector.returned(at + 2_s, payment.corridor, payment.payee_bank, payment.cny_minor);
            collector.obligations(at + 2_s, 3, 1);
            collector.obligations(at + 3_s, 0, 0);
        }
    }
    Report report = collector.finish();
    report.effort = {1'000, 1'200};
    return report;
}

}  // namespace lowu::report
