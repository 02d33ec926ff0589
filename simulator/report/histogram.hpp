// Histogram: counts of whole numbers in buckets that grow with the number, so that any percentile
// is known within 1/64 of itself in fixed memory, and in integers only. Exists for latencies in
// microseconds and shares of limits in permille. One owner, one thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/base/assert.hpp"
#include "simulator/report/report.hpp"

namespace lowu::report {

class Histogram {
public:
    /// Negative numbers count as 0.
    void record(std::int64_t number) {
        const std::uint64_t value =
            std::min(kMost, static_cast<std::uint64_t>(std::max<std::int64_t>(0, number)));
        ++counts_[bucket_of(value)];
        ++count_;
        max_ = std::max(max_, value);
    }

    /// The number that so many of 1,000 recorded ones do not exceed: the upper end of its bucket,
    /// at most the maximum; 0 when nothing is recorded.
    [[nodiscard]] std::int64_t quantile(std::uint64_t permille) const {
        LOWU_ASSERT(permille <= 1'000, "a quantile is a share");
        const std::uint64_t wanted = std::max<std::uint64_t>(1, (count_ * permille + 999) / 1'000);
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < kBuckets && count_ > 0; ++bucket) {
            seen += counts_[bucket];
            if (seen >= wanted) return static_cast<std::int64_t>(std::min(upper_end(bucket), max_));
        }
        return 0;
    }

    [[nodiscard]] Percentiles percentiles() const {
        return {static_cast<std::int64_t>(count_), quantile(500), quantile(900), quantile(990),
                static_cast<std::int64_t>(max_)};
    }

    void add(const Histogram& other) {
        for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
            counts_[bucket] += other.counts_[bucket];
        }
        count_ += other.count_;
        max_ = std::max(max_, other.max_);
    }

    void clear() {
        if (count_ > 0) *this = Histogram();
    }

private:
    // Numbers below 128 have a bucket each; above, each power of two has 64.
    static constexpr std::uint64_t kHalf = 64;
    static constexpr std::uint64_t kMost = (std::uint64_t{1} << 42U) - 1;
    static constexpr std::size_t kBuckets = 64 * 37;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) {
        if (value < 2 * kHalf) return static_cast<std::size_t>(value);
        const auto shift = static_cast<std::uint64_t>(std::bit_width(value)) - 7;
        return static_cast<std::size_t>(shift * kHalf + (value >> shift));
    }

    [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket) {
        if (bucket < 2 * kHalf) return bucket;
        const std::uint64_t shift = bucket / kHalf - 1;
        return ((bucket - shift * kHalf + 1) << shift) - 1;
    }

    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace lowu::report
