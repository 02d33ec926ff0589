// The newest changes of payments, for those who watch: what happened where in the log, and how the
// payment stood then, in a ring that forgets its oldest. Told by the observers, kept by the
// follower, read by queries; one thread, the follower's.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/bounded_queue.hpp"
#include "switch/follower/payment_view.hpp"

namespace lowu::follower {

enum class ChangeKind : std::uint8_t {
    kTakenUp = 1,
    kFinal = 2,     ///< At the origin: settled or rejected.
    kCredited = 3,  ///< Reported by the payee's bank.
    kReturned = 4,  ///< Money of a settled payment has come back.
};

[[nodiscard]] constexpr bool is_known(ChangeKind kind) {
    return kind >= ChangeKind::kTakenUp && kind <= ChangeKind::kReturned;
}

struct PaymentChange {
    core::Sequence sequence;
    core::Uetr uetr;
    ChangeKind kind{};
    // Whatever else there is to tell of a payment does not change.
    core::PaymentState origin_state{};  ///< kNone: its cell had forgotten it, final as it is.
    core::PaymentState destination_state{};
    bool credited = false;
    core::AmountMinor returned;

    void keep(const PaymentView& then) {
        origin_state = then.origin_state;
        destination_state = then.destination_state;
        credited = then.credited;
        returned = then.returned;
    }
    /// Of a view of today's, how the payment stood after the change.
    void put_back(PaymentView& view) const;

    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.sequence);
        sink(self.uetr);
        sink(self.kind);
        sink(self.origin_state);
        sink(self.destination_state);
        sink(self.credited);
        sink(self.returned);
    }
};

inline void PaymentChange::put_back(PaymentView& view) const {
    if (origin_state == core::PaymentState::kNone) return;
    view.origin_state = origin_state;
    // A leg that its cell had forgotten was final, and is so today; when the payment was taken up
    // there was none.
    const bool forgotten = destination_state == core::PaymentState::kNone;
    if (!forgotten || kind == ChangeKind::kTakenUp) {
        view.destination_state = destination_state;
        view.credited = credited;
    }
    view.returned = returned;
    if (!core::is_final(origin_state)) view.duration_us = 0;
}

struct Changes {
    bool too_old = false;   ///< What came next is not kept any more:
    core::Sequence oldest;  ///< with too_old, the oldest place from where one can go on.
    std::vector<PaymentChange> changes;
};

class WatchRing {
public:
    explicit WatchRing(std::size_t most) : ring_(most) {}

    void add(const PaymentChange& change) {
        if (ring_.full()) dropped_ = ring_.take().sequence;
        const bool kept = ring_.push(change);
        LOWU_ASSERT(kept, "the oldest has made room");
    }
    /// The changes after a place in the log, oldest first: `most` of them, and as many more as
    /// happened at the same sequence number as the last one.
    [[nodiscard]] Changes after(core::Sequence place, std::size_t most) const;
    /// From here on it listens: what was before is not kept.
    void begin_after(core::Sequence place) { dropped_ = place; }
    [[nodiscard]] std::size_t size() const { return ring_.size(); }

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self);

private:
    BoundedRing<PaymentChange> ring_;
    core::Sequence dropped_;  ///< Of the newest change that went.
};

inline Changes WatchRing::after(core::Sequence place, std::size_t most) const {
    Changes found;
    found.oldest = dropped_;
    if (place < dropped_) {
        found.too_old = true;
        return found;
    }
    std::size_t begin = 0;
    std::size_t end = ring_.size();
    while (begin < end) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (ring_[middle].sequence > place) {
            end = middle;
        } else {
            begin = middle + 1;
        }
    }
    for (; begin < ring_.size(); ++begin) {
        const bool full = found.changes.size() >= most;
        if (full && ring_[begin].sequence != found.changes.back().sequence) break;
        found.changes.push_back(ring_[begin]);
    }
    return found;
}

template <class Sink, class Self>
void WatchRing::fields(Sink& sink, Self& self) {
    sink(self.dropped_);
    auto count = static_cast<std::uint32_t>(self.ring_.size());
    sink(count);
    for (std::uint32_t i = 0; i < count && sink.ok(); ++i) {
        if constexpr (Sink::kLoads) {
            PaymentChange change;
            sink(change);
            self.add(change);
        } else {
            sink(self.ring_[i]);
        }
    }
}

}  // namespace lowu::follower
