// AnswerQueue: a creditor agent's answers that wait for their time, by when they are due. Exists so
// that a slow bank costs a place in a queue and no timer of its own. One owner, one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/scheme/result.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

struct DelayedAnswer {
    ElapsedTime due;
    std::uint64_t order = 0;  // of adding: of the same moment, the first goes first
    scheme::Uetr uetr;
    scheme::ResultCode refusal = scheme::ResultCode::kAccepted;
};

class AnswerQueue {
public:
    [[nodiscard]] bool full() const { return heap_.size() == kMaxDelayedAnswers; }
    [[nodiscard]] std::size_t size() const { return heap_.size(); }
    /// kNever when nothing waits.
    [[nodiscard]] ElapsedTime next_at() const { return heap_.empty() ? kNever : heap_.front().due; }

    /// full() must be false.
    void add(ElapsedTime due, const scheme::Uetr& uetr, scheme::ResultCode refusal) {
        LOWU_ASSERT(!full(), "the caller checks for room");
        heap_.push_back({due, order_++, uetr, refusal});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    /// Something waits.
    [[nodiscard]] DelayedAnswer take() {
        LOWU_ASSERT(!heap_.empty(), "an answer is taken when one is due");
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const DelayedAnswer answer = heap_.back();
        heap_.pop_back();
        return answer;
    }

    /// In the order in which they go.
    void add_to(Digest& digest) const {
        std::vector<DelayedAnswer> waiting = heap_;
        std::sort(
            waiting.begin(), waiting.end(),
            [](const DelayedAnswer& one, const DelayedAnswer& two) { return later(two, one); });
        digest.add(order_);
        digest.add(waiting.size());
        for (const DelayedAnswer& answer : waiting) {
            digest.add(answer.due);
            digest.add(answer.order);
            digest.add(answer.uetr.high);
            digest.add(answer.uetr.low);
            digest.add(answer.refusal);
        }
    }

private:
    static bool later(const DelayedAnswer& left, const DelayedAnswer& right) {
        return left.due != right.due ? left.due > right.due : left.order > right.order;
    }

    std::vector<DelayedAnswer> heap_;
    std::uint64_t order_ = 0;
};

}  // namespace lowu::bank
