// Collector: what a simulation tells while it runs, gathered into a Report. Exists so that a year
// of payments costs a few counters each and no list of payments. Calls come in order of scheme
// time. One owner, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/time.hpp"
#include "common/scheme/result.hpp"
#include "simulator/report/histogram.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

/// A payment that has reached its final state. Numbers are those of the Setup.
struct Finished {
    std::size_t corridor = 0;
    std::size_t payer_bank = 0;
    std::size_t payee_bank = 0;
    scheme::ResultCode result = scheme::ResultCode::kAccepted;  ///< kAccepted: settled.
    std::int64_t cny_minor = 0;
    std::int64_t latency_us = 0;
};

class Collector {
public:
    explicit Collector(Setup setup);

    /// A customer has ordered a payment.
    void ordered(SchemeTime at, std::size_t corridor, std::size_t payer_bank);
    /// It is final: settled or refused, by its bank too.
    void finished(SchemeTime at, const Finished& payment);
    /// A settled payment of the corridor was sent back, in whole or in part.
    void returned(SchemeTime at, std::size_t corridor, std::size_t payee_bank,
                  std::int64_t cny_minor);
    /// So much of a person's limit is used now; a limit of 0 is none and counts nowhere.
    void quota_used(SchemeTime at, std::size_t quota, std::int64_t used_minor,
                    std::int64_t limit_minor);
    /// So much can be used of an account now.
    void available(SchemeTime at, std::size_t account, std::int64_t minor);
    /// So many settled payments are not credited yet, and of these overdue.
    void obligations(SchemeTime at, std::int64_t open, std::int64_t overdue);
    /// Events may come in any order, also before their time.
    void event(Event event) { report_.events.push_back(std::move(event)); }

    /// Closes all periods and hands the report out; nothing may be told afterwards.
    [[nodiscard]] Report finish();

private:
    // Counts of one corridor in the period at hand.
    struct Open {
        Flow flow;
        Histogram latency_us;
        std::array<std::int64_t, 128> refusals{};  // by number of the result
    };
    struct OpenQuota {
        Histogram permille;
        std::array<std::int64_t, 11> tenths{};
    };

    void advance(SchemeTime at);
    void close_period();
    void close_quotas();
    void close_scheme();
    void tell_joins();

    Report report_;
    std::vector<Open> flows_;        // of the period, by corridor
    std::vector<Open> flow_totals_;  // of all closed periods
    Histogram latency_total_us_;
    std::vector<OpenQuota> quotas_;  // of the period
    std::vector<OpenQuota> quota_totals_;
    std::vector<std::int64_t> available_;  // now, by account
    Period period_;                        // at hand
    SchemeTime period_end_;
    std::int64_t obligations_ = 0;  // now
    std::int64_t overdue_ = 0;
};

}  // namespace lowu::report
