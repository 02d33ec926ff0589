// LatencyHistogram: counts of microseconds in buckets that grow with the value, so that any
// quantile is known within 1/64 of itself, in fixed memory and integers only. Exists for generated
// traffic. One owner, one thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/base/assert.hpp"

namespace lowu::bank {

class LatencyHistogram {
public:
    /// Negative values count as 0.
    void record(std::int64_t value_us) {
        const std::uint64_t value = value_us < 0 ? 0 : static_cast<std::uint64_t>(value_us);
        ++counts_[bucket_of(value)];
        ++count_;
        max_us_ = value > max_us_ ? value : max_us_;
    }

    /// The value that `numerator` of `denominator` recorded ones do not exceed (the upper end of
    /// its bucket, at most the maximum); 0 when nothing is recorded.
    [[nodiscard]] std::int64_t quantile_us(std::uint64_t numerator,
                                           std::uint64_t denominator) const {
        LOWU_ASSERT(numerator <= denominator && denominator > 0, "a quantile is a share");
        const std::uint64_t wanted = (count_ * numerator + denominator - 1) / denominator;
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < kBuckets && count_ > 0; ++bucket) {
            seen += counts_[bucket];
            if (seen >= wanted && seen > 0) {
                const std::uint64_t end = upper_end(bucket);
                return static_cast<std::int64_t>(end < max_us_ ? end : max_us_);
            }
        }
        return 0;
    }

    /// Calls `take(upper end in microseconds, how many)` for each bucket that holds something, in
    /// order.
    template <class Take>
    void for_each_bucket(Take take) const {
        for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
            if (counts_[bucket] > 0) {
                take(static_cast<std::int64_t>(upper_end(bucket)),
                     static_cast<std::int64_t>(counts_[bucket]));
            }
        }
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::int64_t max_us() const { return static_cast<std::int64_t>(max_us_); }

private:
    // Values below 128 have a bucket each; above, each power of two has 64.
    static constexpr std::uint64_t kHalf = 64;
    static constexpr std::size_t kBuckets = 64 * 59;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) {
        if (value < 2 * kHalf) {
            return static_cast<std::size_t>(value);
        }
        const auto shift = static_cast<std::uint64_t>(std::bit_width(value)) - 7;
        return static_cast<std::size_t>(shift * kHalf + (value >> shift));
    }

    [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket) {
        if (bucket < 2 * kHalf) {
            return bucket;
        }
        const std::uint64_t shift = bucket / kHalf - 1;
        return ((bucket - shift * kHalf + 1) << shift) - 1;
    }

    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_us_ = 0;
};

}  // namespace lowu::bank
