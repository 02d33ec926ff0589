// ExchangePath: the reference rates of every day of a simulation, and the rates of its banks.
// Exists so that world and report know the same rates from scenario and seed alone; integers only.
// Made once, then constant; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/money/rate.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

struct DayRates {
    money::Rate cny_per_hkd;
    money::Rate cny_per_usd;
};

/// CNY for one HKD: what a bank pays for HKD, and what it takes for them.
struct BankRates {
    money::Rate bid;
    money::Rate ask;
};

class ExchangePath {
public:
    explicit ExchangePath(const Scenario& scenario);

    /// False: the day has no rate of its own, and the last one stays in force.
    [[nodiscard]] bool is_published(Day day) const;
    /// In force on a day of the simulation from its time of publication on; the first day's also
    /// before.
    [[nodiscard]] DayRates rates(Day day) const;
    /// The same bank is always as far from the reference rate.
    [[nodiscard]] BankRates bank_rates(Day day, std::size_t bank) const;

private:
    Day first_day_;
    bool weekdays_only_;
    std::vector<DayRates> by_day_;
    std::vector<std::int64_t> margins_ppm_;  // by bank
};

}  // namespace lowu::simulator
