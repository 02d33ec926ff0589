// Tally: what a played scenario tells its report: numbers corridors, banks, accounts and limits as
// the report knows them, and follows what is settled and not yet credited. One owner, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "simulator/play/payments.hpp"
#include "simulator/report/collector.hpp"
#include "switch/core/cell.hpp"

namespace lowu::simulator {

/// Payments of the whole run, the settlement institution's apart.
struct PlayCounts {
    std::int64_t ordered = 0;
    std::int64_t settled = 0;
    std::int64_t refused = 0;
    std::int64_t returned = 0;
    std::int64_t returns_refused = 0;
    std::int64_t enquiries = 0;  ///< Asked.
    std::int64_t enquiries_answered = 0;
    std::int64_t enquiries_refused = 0;
    std::int64_t funded = 0;  ///< Payments of the settlement institution that settled.
    std::int64_t funding_refused = 0;

    [[nodiscard]] std::int64_t final() const { return settled + refused; }
};

class Tally {
public:
    /// `epoch`: scheme time at elapsed time zero by the scenario's own calendar.
    Tally(const Scenario& scenario, const std::string& name, SchemeTime epoch);

    void ordered(ElapsedTime at, const LivePayment& payment);
    void finished(ElapsedTime at, const LivePayment& payment, scheme::ResultCode result,
                  std::int64_t cny_minor);
    void returned(ElapsedTime at, const LivePayment& payment, std::int64_t cny_minor);
    /// A settled payment that took of its payer's limits: as its hold says.
    void limits_used(ElapsedTime at, const core::Cell& cell, core::PaymentIndex payment);
    /// What a bank and both link agents can use now. `bank` may be none of the report's.
    void money(ElapsedTime at, const std::array<const core::Cell*, 2>& cells, std::size_t bank);

    /// Settled to its payee's bank, and credited there, in the eyes of the switch.
    void owes(ElapsedTime at, LivePayment& payment);
    void paid(ElapsedTime at, LivePayment& payment);
    /// Obligations become overdue as time goes by.
    void look_at_obligations(ElapsedTime at, LivePayments& payments, Duration credit_deadline);

    void event(report::Event event) { collector_.event(std::move(event)); }
    [[nodiscard]] PlayCounts& counts() { return counts_; }
    [[nodiscard]] SchemeTime moment(ElapsedTime at) const { return epoch_ + Duration{at.value}; }
    [[nodiscard]] std::int64_t obligations() const { return obligations_; }
    [[nodiscard]] report::Report finish() { return collector_.finish(); }

private:
    struct Owed {
        ElapsedTime since;
        scheme::Uetr uetr;
    };
    [[nodiscard]] report::Setup setup(const std::string& name);
    void add_events();

    const Scenario& scenario_;
    const SchemeTime epoch_;
    /// Of Setup::accounts, by bank: CNY and (fps) HKD, or none; then both link agents.
    std::vector<std::array<std::size_t, 2>> account_of_;
    std::array<std::size_t, 2> agent_account_{};
    std::vector<std::array<core::AccountIndex, 2>> cell_account_of_;
    std::array<core::AccountIndex, 2> cell_agent_account_{};
    bool accounts_known_ = false;
    report::Collector collector_;
    PlayCounts counts_;
    std::deque<Owed> owed_;
    std::int64_t obligations_ = 0;
    std::int64_t overdue_ = 0;

    void know_accounts(const std::array<const core::Cell*, 2>& cells);
};

}  // namespace lowu::simulator
