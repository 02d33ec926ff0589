// How many orders come on which day, and in which hour of it, in whole numbers. Exists apart
// because published counts must be met exactly: nothing here is random and nothing is a fraction.
// Called when a scenario is read, and by the traffic. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "bank_sim/model/day_rules.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

/// A point of a volume over time.
struct VolumePoint {
    Day day = 0;
    std::int64_t orders_a_day = 0;
};

/// The factors of one corridor, in permille.
struct Factors {
    std::array<std::int64_t, 7> weekday{1'000, 1'000, 1'000, 1'000, 1'000, 1'000, 1'000};
    std::array<std::int64_t, 32> month_day{};  ///< By day of the month; [0] is of no day.
};

/// The volume of a day without factors: between two points it grows by the same factor every day,
/// rounded half up. The points are by date, and there is one at least.
[[nodiscard]] std::int64_t volume_of_day(std::span<const VolumePoint> points, Day day);

/// Monday is 0.
[[nodiscard]] std::size_t weekday_of(Day day);

/// The volume with all factors, rounded half up once; saturates far above kMaxOrdersADay.
[[nodiscard]] std::int64_t orders_of_day(std::span<const VolumePoint> points,
                                         const Factors& factors, const std::vector<Season>& seasons,
                                         const Corridor& corridor, std::uint32_t volume_permille,
                                         Day day);

/// Shares `count` out to the hours by weight; what whole numbers leave over goes to the largest
/// remainders, the earlier hour first. Hours before `first` get nothing; there is a weight behind.
[[nodiscard]] std::array<std::int64_t, 24> share_out(std::int64_t count,
                                                     const std::array<bank::DayWeight, 24>& hours,
                                                     std::size_t first);

}  // namespace lowu::simulator
