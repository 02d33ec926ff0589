// Bodies that messages may still need, by the sequence number of the record that brought them.
// Bounded: the oldest go first, and are read back from the log in the rare case that a bank was
// away for so long. Used by the engine; one thread.
#pragma once

#include <algorithm>

#include "common/base/bounded_queue.hpp"
#include "switch/engine/types.hpp"

namespace lowu::engine {

class BodyCache {
public:
    explicit BodyCache(std::size_t bodies_max) : kept_(bodies_max) {}

    /// Sequence numbers grow from call to call.
    void put(Sequence sequence, journal::Body&& body) {
        if (kept_.full()) kept_.pop();
        const bool pushed = kept_.push({sequence, std::move(body)});
        LOWU_ASSERT(pushed, "there is room after the oldest has gone");
    }

    /// Null when it is not kept.
    [[nodiscard]] const journal::Body* find(Sequence sequence) const {
        // Mostly one of the newest is wanted: back from the end in growing steps, then between.
        std::size_t high = kept_.size();
        std::size_t low = high;
        for (std::size_t step = 1; low > 0 && !(kept_[low - 1].sequence < sequence); step *= 2) {
            high = low;
            low -= std::min(step, low);
        }
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            const bool older = kept_[middle].sequence < sequence;
            (older ? low : high) = older ? middle + 1 : middle;
        }
        const bool found = low < kept_.size() && kept_[low].sequence == sequence;
        return found ? &kept_[low].body : nullptr;
    }

private:
    struct Kept {
        Sequence sequence;
        journal::Body body;
    };
    BoundedRing<Kept> kept_;
};

}  // namespace lowu::engine
