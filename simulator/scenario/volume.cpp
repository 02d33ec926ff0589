// Volumes by day and hour. See volume.hpp.
#include "simulator/scenario/volume.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"
#include "common/scheme/calendar.hpp"
#include "simulator/scenario/limits.hpp"

namespace lowu::simulator {
namespace {

// Factors of growth have 36 binary places: a product of two of them, each below 2^25, fits.
constexpr unsigned kPlaces = 36;
using Fixed = Uint128;
constexpr Fixed kOne = Fixed{1} << kPlaces;

Fixed times(Fixed left, Fixed right) {
    return (left * right + kOne / 2) >> kPlaces;
}

// Stops growing beyond any factor that is looked for.
Fixed power(Fixed base, std::int64_t exponent) {
    constexpr Fixed kMost = Fixed{static_cast<std::uint64_t>(kMaxOrdersADay) * 2} << kPlaces;
    Fixed result = kOne;
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) result = std::min(kMost, times(result, base));
        base = std::min(kMost, times(base, base));
    }
    return result;
}

// The largest daily factor by which `from` becomes at most `to` in so many days.
Fixed daily_factor(std::int64_t from, std::int64_t to, std::int64_t days) {
    const Fixed wanted = (static_cast<Fixed>(to) << kPlaces) / static_cast<Fixed>(from);
    Fixed low = 0;
    Fixed high = std::max(wanted, kOne);
    while (low < high) {
        const Fixed middle = (low + high + 1) / 2;
        if (power(middle, days) <= wanted) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

}  // namespace

std::int64_t volume_of_day(std::span<const VolumePoint> points, Day day) {
    const auto next = std::find_if(points.begin(), points.end(),
                                   [day](const VolumePoint& point) { return point.day > day; });
    if (next == points.begin()) return 0;
    const VolumePoint& before = *(next - 1);
    if (next == points.end() || before.orders_a_day == 0 || next->orders_a_day == 0) {
        return before.orders_a_day;
    }
    const Fixed factor =
        daily_factor(before.orders_a_day, next->orders_a_day, next->day - before.day);
    const Fixed volume =
        static_cast<Fixed>(before.orders_a_day) * power(factor, day - before.day) + kOne / 2;
    return static_cast<std::int64_t>(volume >> kPlaces);
}

// 1970-01-01 was a Thursday.
std::size_t weekday_of(Day day) {
    return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7);
}

std::int64_t orders_of_day(std::span<const VolumePoint> points, const Factors& factors,
                           const std::vector<Season>& seasons, const Corridor& corridor,
                           std::uint32_t volume_permille, Day day) {
    const scheme::CalendarTime date = scheme::to_utc8(scheme::start_of_day(day));
    // In parts per 10^18, cut to that after each factor: six of them fit before the next one.
    static constexpr Uint128 kPart = 1'000'000'000'000'000'000;
    static constexpr Uint128 kMost = static_cast<Uint128>(kMaxOrdersADay) * 2 * kPart;
    Uint128 orders = static_cast<Uint128>(volume_of_day(points, day)) * kPart;
    const auto apply = [&orders](std::int64_t permille) {
        orders = std::min(kMost, orders * static_cast<Uint128>(permille) / 1'000);
    };
    apply(factors.weekday[weekday_of(day)]);
    apply(factors.month_day[static_cast<std::size_t>(date.day)]);
    for (const Season& season : seasons) {
        if (season.holds(day, corridor)) apply(season.factor_permille);
    }
    apply(volume_permille);
    return static_cast<std::int64_t>((orders + kPart / 2) / kPart);
}

std::array<std::int64_t, 24> share_out(std::int64_t count,
                                       const std::array<bank::DayWeight, 24>& hours,
                                       std::size_t first) {
    const std::int64_t sum = std::accumulate(hours.begin() + static_cast<std::ptrdiff_t>(first),
                                             hours.end(), std::int64_t{0});
    LOWU_ASSERT(sum > 0, "orders have an hour to go to");
    std::array<std::int64_t, 24> counts{};
    std::array<std::size_t, 24> by_remainder{};
    std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
    std::int64_t left = count;
    for (std::size_t hour = first; hour < counts.size(); ++hour) {
        counts[hour] = count * hours[hour] / sum;
        left -= counts[hour];
    }
    const auto remainder = [&](std::size_t hour) {
        return hour < first ? -1 : count * hours[hour] % sum;
    };
    std::stable_sort(
        by_remainder.begin(), by_remainder.end(),
        [&](std::size_t one, std::size_t other) { return remainder(one) > remainder(other); });
    for (std::int64_t index = 0; index < left; ++index) {
        ++counts[by_remainder[static_cast<std::size_t>(index)]];
    }
    return counts;
}

}  // namespace lowu::simulator
