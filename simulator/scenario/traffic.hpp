// Traffic: everything that the customers of a scenario order, in order of time. Exists so that a
// year of orders is one stream that follows from scenario and seed alone, and is never held in
// memory: only the moments of the hour at hand are, and each day has a seed of its own. Counts a
// day and an hour are exact; who pays whom how much when within the hour is drawn. Integers only.
// One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/time.hpp"
#include "common/money/currency.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

struct Order {
    SchemeTime at;
    std::int64_t amount_minor = 0;
    /// Of the persons of the payer's bank; of its institutions where the corridor has them pay.
    std::uint32_t payer = 0;
    /// Likewise. With kWrongAccount and kUnknownProxy nobody: as many or more than the bank has.
    std::uint32_t payee = 0;
    std::uint32_t return_after_s = 0;  ///< The payee's bank sends the money back so long after it
                                       ///< has settled; 0: it does not.
    std::uint16_t flow = 0;            ///< Of Scenario::flows.
    std::uint16_t payer_bank = 0;      ///< Of Scenario::banks.
    std::uint16_t payee_bank = 0;
    money::Currency currency = money::Currency::kCny;  ///< In which the amount is fixed.
    Mistake mistake = Mistake::kNone;
    bool by_proxy = false;
    /// Northbound out of the payer's HKD account, southbound into the payee's, domestic both.
    bool hkd_account = false;

    friend bool operator==(const Order&, const Order&) = default;
};

class Traffic {
public:
    /// The scenario outlives this.
    explicit Traffic(const Scenario& scenario);
    ~Traffic();
    Traffic(const Traffic&) = delete;
    Traffic& operator=(const Traffic&) = delete;

    /// The next order; nullopt when the simulation is over.
    [[nodiscard]] std::optional<Order> next();

    /// Of the whole simulation, mistakes included.
    [[nodiscard]] std::int64_t total() const { return total_; }

private:
    class Source;  // one flow

    std::vector<std::unique_ptr<Source>> sources_;  // by flow
    std::int64_t total_ = 0;
};

}  // namespace lowu::simulator
