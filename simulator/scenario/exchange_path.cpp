// Drawing rates. See exchange_path.hpp.
#include "simulator/scenario/exchange_path.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/base/int128.hpp"
#include "common/base/prng.hpp"
#include "simulator/scenario/volume.hpp"

namespace lowu::simulator {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::uint64_t kExchangeSeed = 0x6678;  // sets these draws apart from all others
constexpr std::int64_t kMinRateE8 = 1'000'000;
constexpr std::int64_t kMaxRateE8 = 1'000'000'000'000;
constexpr std::size_t kFriday = 4;

// Nearly normal, in millionths of a standard deviation: twelve alike draws summed up have a
// variance of one.
std::int64_t draw_normal_ppm(Prng& prng) {
    std::int64_t sum = 0;
    for (int draw = 0; draw < 12; ++draw)
        sum += prng.between(0, kMillion);
    return sum - 6 * kMillion;
}

// Rounded down, and never beyond what a rate may be.
std::int64_t scaled(std::int64_t value, std::int64_t ppm) {
    const Int128 product = static_cast<Int128>(value) * (kMillion + ppm) / kMillion;
    return static_cast<std::int64_t>(
        std::clamp(product, static_cast<Int128>(kMinRateE8), static_cast<Int128>(kMaxRateE8)));
}

}  // namespace

ExchangePath::ExchangePath(const Scenario& scenario)
    : first_day_(scenario.first_day), weekdays_only_(scenario.exchange.weekdays_only) {
    const Exchange& exchange = scenario.exchange;
    Prng prng(mix64(scenario.seed, kExchangeSeed));
    DayRates rates{money::Rate{exchange.cny_per_hkd_e8}, money::Rate{exchange.cny_per_usd_e8}};
    for (Day day = first_day_; day < scenario.end_day(); ++day) {
        if (day > first_day_ && is_published(day)) {
            const std::int64_t ppm =
                exchange.drift_ppm + draw_normal_ppm(prng) * exchange.volatility_ppm / kMillion;
            rates.cny_per_hkd.value = scaled(rates.cny_per_hkd.value, ppm);
            rates.cny_per_usd.value = scaled(rates.cny_per_usd.value, ppm);
        }
        by_day_.push_back(rates);
    }
    const auto width =
        static_cast<std::uint64_t>(exchange.margin_max_ppm - exchange.margin_min_ppm + 1);
    for (std::size_t bank = 0; bank < scenario.banks.size(); ++bank) {
        margins_ppm_.push_back(
            exchange.margin_min_ppm +
            static_cast<std::int64_t>(mix64(mix64(scenario.seed, kExchangeSeed), bank) % width));
    }
}

bool ExchangePath::is_published(Day day) const {
    return day == first_day_ || !weekdays_only_ || weekday_of(day) <= kFriday;
}

DayRates ExchangePath::rates(Day day) const {
    LOWU_ASSERT(day >= first_day_ && static_cast<std::size_t>(day - first_day_) < by_day_.size(),
                "rates are of the days of the simulation");
    return by_day_[static_cast<std::size_t>(day - first_day_)];
}

BankRates ExchangePath::bank_rates(Day day, std::size_t bank) const {
    const std::int64_t reference = rates(day).cny_per_hkd.value;
    const std::int64_t margin_ppm = margins_ppm_[bank];
    return {money::Rate{scaled(reference, -margin_ppm)},
            money::Rate{scaled(reference, margin_ppm)}};
}

}  // namespace lowu::simulator
