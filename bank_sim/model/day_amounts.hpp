// Amounts of a day's payments: drawn from stated bands, and brought to an exact sum in whole fen.
// Exists apart from the plan because this is the part that must not round. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "bank_sim/model/day_rules.hpp"
#include "common/base/prng.hpp"

namespace lowu::bank {

/// The index of one of the items (each has a `weight`), drawn by weight. There is at least one.
template <class Items>
[[nodiscard]] std::size_t draw_by_weight(const Items& items, Prng& prng) {
    std::uint64_t sum = 0;
    for (const auto& item : items) {
        sum += item.weight;
    }
    std::uint64_t left = prng.below(sum);
    std::size_t index = 0;
    while (left >= items[index].weight) {
        left -= items[index].weight;
        ++index;
    }
    return index;
}

/// Any order as likely as any other.
template <class Item>
void shuffle(std::vector<Item>& items, Prng& prng) {
    for (std::size_t left = items.size(); left > 1; --left) {
        std::swap(items[left - 1], items[static_cast<std::size_t>(prng.below(left))]);
    }
}

/// `count` amounts whose sum is exactly count times the flow's average. Each stays inside the band
/// that it was drawn from, and keeps to its step as far as the sum allows. nullopt when the bands
/// that were drawn cannot have this sum.
[[nodiscard]] std::optional<std::vector<std::int64_t>> draw_amounts(
    const DayFlow& flow, const std::vector<DayStep>& steps, std::int64_t count, Prng& prng);

/// One amount as drawn.
[[nodiscard]] std::int64_t draw_amount(const DayFlow& flow, const std::vector<DayStep>& steps,
                                       Prng& prng);

}  // namespace lowu::bank
