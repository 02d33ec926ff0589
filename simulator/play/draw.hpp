// Draws how long something takes, in the shape that the bank model gives its answers
// (bank_sim/model/behavior.cpp). Pure; any thread.
#pragma once

#include "common/base/prng.hpp"
#include "common/base/time.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

/// Even between the least and the median, between the median and the 99th of 100, and beyond it
/// for as far again.
[[nodiscard]] inline Duration draw(const Latency& latency, Prng& prng) {
    if (latency.p99_us == 0) return Duration{};
    const std::uint64_t share = prng.below(100);
    if (share < 50) return Duration::from_us(prng.between(latency.min_us, latency.p50_us));
    if (share < 99) return Duration::from_us(prng.between(latency.p50_us, latency.p99_us));
    return Duration::from_us(prng.between(latency.p99_us, 2 * latency.p99_us - latency.p50_us));
}

}  // namespace lowu::simulator
