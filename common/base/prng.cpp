// xoshiro256** 1.0 and splitmix64 by Blackman and Vigna (public domain); below() is Lemire's
// multiply-and-reject. See prng.hpp.
#include "common/base/prng.hpp"

#include <bit>

#include "common/base/assert.hpp"
#include "common/base/int128.hpp"

namespace lowu {

namespace {

// Spreads a seed, even a small one, over the whole state; never yields four zeros.
std::uint64_t splitmix64(std::uint64_t& counter) {
    counter += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = counter;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
}

}  // namespace

Prng::Prng(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
        word = splitmix64(seed);
    }
}

std::uint64_t Prng::next_u64() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Prng::below(std::uint64_t limit) {
    LOWU_ASSERT(limit > 0, "there is no number below zero");
    Uint128 product = static_cast<Uint128>(next_u64()) * limit;
    if (static_cast<std::uint64_t>(product) < limit) {
        // 2^64 mod limit: the draws that would favour some results.
        const std::uint64_t threshold = (std::uint64_t{0} - limit) % limit;
        while (static_cast<std::uint64_t>(product) < threshold) {
            product = static_cast<Uint128>(next_u64()) * limit;
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t Prng::between(std::int64_t first, std::int64_t last) {
    LOWU_ASSERT(first <= last, "an empty range has no numbers");
    const std::uint64_t width =
        static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
    const std::uint64_t offset = width == 0 ? next_u64() : below(width);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(first) + offset);
}

bool Prng::chance(std::uint64_t numerator, std::uint64_t denominator) {
    LOWU_ASSERT(numerator <= denominator, "a chance is at most one");
    return below(denominator) < numerator;
}

Prng Prng::fork() {
    return Prng(next_u64());
}

}  // namespace lowu
