// Prng: a small seeded generator (xoshiro256**, seeded by splitmix64). Exists so that a simulation
// or a test is the same on every machine from one seed; the standard's distributions are not. Never
// used inside a cell, nor for secrets. One owner, one thread.
#pragma once

#include <array>
#include <cstdint>

namespace lowu {

class Prng {
public:
    explicit Prng(std::uint64_t seed);

    // Uniform over all 64-bit values.
    [[nodiscard]] std::uint64_t next_u64();

    // Uniform over [0, limit), without bias; limit > 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t limit);

    // Uniform over [first, last], both included; first <= last.
    [[nodiscard]] std::int64_t between(std::int64_t first, std::int64_t last);

    // True in `numerator` of `denominator` cases; numerator <= denominator, denominator > 0.
    [[nodiscard]] bool chance(std::uint64_t numerator, std::uint64_t denominator);

    // A generator of its own, so that one actor's draws do not shift another's.
    [[nodiscard]] Prng fork();

private:
    std::array<std::uint64_t, 4> state_;
};

}  // namespace lowu
