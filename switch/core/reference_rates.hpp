// Reference rates of the last days: by them RMB amounts are counted against quotas in HKD and USD.
// A rate holds from its day until a later one, for a limited number of days (weekends and holidays
// have none of their own). Used by the cell; one thread.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

struct ReferenceRate {
    std::int32_t day = 0;  ///< scheme::day_number.
    Rate cny_per_hkd;
    Rate cny_per_usd;

    friend constexpr bool operator==(const ReferenceRate&, const ReferenceRate&) = default;
};

class ReferenceRates {
public:
    /// The rate of exactly this day, or null.
    [[nodiscard]] const ReferenceRate* of_day(std::int32_t day) const {
        const auto found = lower(day);
        return found != rates_.end() && found->day == day ? &*found : nullptr;
    }
    /// The newest rate that is not of a later day and at most `days_max` days old, or null.
    [[nodiscard]] const ReferenceRate* in_force(std::int32_t day, std::int64_t days_max) const {
        auto after = lower(day + 1);
        if (after == rates_.begin()) return nullptr;
        const ReferenceRate& newest = *--after;
        return day - newest.day <= days_max ? &newest : nullptr;
    }
    /// Sets or replaces a day's rate; the oldest goes when there are too many.
    void set(const ReferenceRate& rate) {
        const auto place = rates_.begin() + (lower(rate.day) - rates_.cbegin());
        if (place != rates_.end() && place->day == rate.day) {
            *place = rate;
            return;
        }
        rates_.insert(place, rate);
        if (rates_.size() > kMaxReferenceRates) rates_.erase(rates_.begin());
    }

    [[nodiscard]] const std::vector<ReferenceRate>& all() const { return rates_; }

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.rates_, kMaxReferenceRates, "reference rates");
    }
    template <class Reader>
    void rebuild(Reader& reader) const {
        for (std::size_t i = 1; i < rates_.size(); ++i) {
            if (rates_[i - 1].day >= rates_[i].day) reader.fail("reference rates are not by day");
        }
    }

private:
    [[nodiscard]] std::vector<ReferenceRate>::const_iterator lower(std::int32_t day) const {
        return std::lower_bound(
            rates_.begin(), rates_.end(), day,
            [](const ReferenceRate& rate, std::int32_t wanted) { return rate.day < wanted; });
    }

    std::vector<ReferenceRate> rates_;  ///< By day.
};

}  // namespace lowu::core
