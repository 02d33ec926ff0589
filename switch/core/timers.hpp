// Logical timers: payments ordered by (deadline, id). They fire when a stamp says so, never by a
// clock. One queue a kind, since all timers of a kind run equally long and so come nearly in order.
// A payment that moved on leaves its timer behind; the queue drops it when it gets to it. Used by
// the cell; one thread.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include "switch/core/types.hpp"

namespace lowu::core {

class TimerQueue {
public:
    struct Timer {
        ElapsedTime deadline;
        PaymentIndex payment;
        friend constexpr auto operator<=>(const Timer&, const Timer&) = default;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.deadline);
            sink(self.payment);
        }
    };

    void set(ElapsedTime deadline, PaymentIndex payment) {
        const Timer timer{deadline, payment};
        if (timers_.empty() || timers_.back() < timer) {
            timers_.push_back(timer);
        } else {
            timers_.insert(std::upper_bound(timers_.begin(), timers_.end(), timer), timer);
        }
    }

    /// The first timer, when `live` still wants it; drops those that nobody wants.
    template <class Live>
    [[nodiscard]] std::optional<Timer> first(Live&& live) {
        while (!timers_.empty() && !live(timers_.front().payment))
            timers_.pop_front();
        if (timers_.empty()) return std::nullopt;
        return timers_.front();
    }

    void pop() { timers_.pop_front(); }

    /// All of them in order, those that nobody wants included.
    [[nodiscard]] const std::deque<Timer>& all() const { return timers_; }

private:
    std::deque<Timer> timers_;
};

}  // namespace lowu::core
