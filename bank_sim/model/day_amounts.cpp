// Drawing amounts and bringing them to an exact sum. See day_amounts.hpp.
#include "bank_sim/model/day_amounts.hpp"

#include <algorithm>
#include <cstddef>

#include "common/base/assert.hpp"

namespace lowu::bank {
namespace {

struct Drawn {
    const DayBand* band;
    std::int64_t step_minor;
    std::int64_t amount_minor;
};

Drawn draw(const DayFlow& flow, const std::vector<DayStep>& steps, Prng& prng) {
    const DayBand& band = flow.bands[draw_by_weight(flow.bands, prng)];
    const std::int64_t step = steps[draw_by_weight(steps, prng)].minor;
    const std::int64_t first = (band.min_minor + step - 1) / step;
    const std::int64_t last = band.max_minor / step;
    LOWU_ASSERT(first <= last, "each band holds a multiple of each step");
    return {&band, step, prng.between(first, last) * step};
}

// By how much an amount moves towards the sum: whole steps, its even part of what is left but at
// least one step, never beyond its band nor the sum.
std::int64_t move_of(const Drawn& one, std::int64_t left_minor, std::int64_t count) {
    const std::int64_t room_minor = left_minor > 0 ? one.band->max_minor - one.amount_minor
                                                   : one.amount_minor - one.band->min_minor;
    const std::int64_t wanted_minor = left_minor > 0 ? left_minor : -left_minor;
    const std::int64_t even = std::max<std::int64_t>(1, wanted_minor / count / one.step_minor);
    const std::int64_t steps =
        std::min({even, room_minor / one.step_minor, wanted_minor / one.step_minor});
    return left_minor > 0 ? steps * one.step_minor : -steps * one.step_minor;
}

// Moves the amounts by their steps, again and again, as long as one can: so the difference is
// spread thinly, and round amounts stay round. Returns what is left.
std::int64_t move_by_steps(std::vector<Drawn>& drawn, std::int64_t left_minor) {
    const auto count = static_cast<std::int64_t>(drawn.size());
    for (bool moved = true; moved && left_minor != 0;) {
        moved = false;
        for (Drawn& one : drawn) {
            const std::int64_t move = move_of(one, left_minor, count);
            one.amount_minor += move;
            left_minor -= move;
            moved = moved || move != 0;
        }
    }
    return left_minor;
}

// What steps could not reach: whole fen, wherever there is room. Returns what is left.
std::int64_t move_by_fen(std::vector<Drawn>& drawn, std::int64_t left_minor) {
    for (Drawn& one : drawn) {
        const std::int64_t move = std::clamp(left_minor, one.band->min_minor - one.amount_minor,
                                             one.band->max_minor - one.amount_minor);
        one.amount_minor += move;
        left_minor -= move;
    }
    return left_minor;
}

}  // namespace

std::int64_t draw_amount(const DayFlow& flow, const std::vector<DayStep>& steps, Prng& prng) {
    return draw(flow, steps, prng).amount_minor;
}

std::optional<std::vector<std::int64_t>> draw_amounts(const DayFlow& flow,
                                                      const std::vector<DayStep>& steps,
                                                      std::int64_t count, Prng& prng) {
    std::vector<Drawn> drawn;
    drawn.reserve(static_cast<std::size_t>(count));
    std::int64_t left_minor = count * flow.average_minor;
    for (std::int64_t index = 0; index < count; ++index) {
        drawn.push_back(draw(flow, steps, prng));
        left_minor -= drawn.back().amount_minor;
    }
    if (move_by_fen(drawn, move_by_steps(drawn, left_minor)) != 0) {
        return std::nullopt;
    }
    std::vector<std::int64_t> amounts;
    amounts.reserve(drawn.size());
    for (const Drawn& one : drawn) {
        amounts.push_back(one.amount_minor);
    }
    // The first ones were moved first: what is early in the day must not be larger for that.
    shuffle(amounts, prng);
    return amounts;
}

}  // namespace lowu::bank
