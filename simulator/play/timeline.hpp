// Timeline: virtual time of a played scenario. What will happen stands here as plain values, so
// that hundreds of millions of happenings cost no allocation; the clock jumps from one to the next.
// Of one moment they come in the order in which they were planned. One owner, one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/int128.hpp"
#include "common/base/time.hpp"

namespace lowu::simulator {

/// What happens; `number` of the Happening says to which of them.
enum class What : std::uint8_t {
    kFrameToSwitch,  ///< A frame of a bank arrives: its place among those on their way.
    kFrameToBank,    ///< Ditto from the switch.
    kGone,           ///< The switch learns that a connection is gone: its session.
    kSynced,         ///< The batch on its way is durable: the process that wrote it.
    kTimer,          ///< A timer of the engine may be due: the process.
    kAnswer,         ///< A bank has made up its mind: place of the answer.
    kAcknowledge,    ///< A bank has owed an acknowledgement for long enough.
    kReport,         ///< A bank has kept its reports of credits for long enough.
    kConnect,        ///< A bank without a session tries.
    kReturn,         ///< A payment is sent back: its place.
    kRegister,       ///< A bank registers proxies from this customer on.
    kJoin,           ///< A bank's program starts.
    kLeave,          ///< A bank is taken out of new payments,
    kLeft,           ///< and then ends its program.
    kFaultBegins,    ///< Of Scenario::faults.
    kFaultEnds,      ///< Ditto.
    kStorm,          ///< The next enquiry of a storm: its fault.
    kSnapshot,       ///< The switch's state is to be kept.
    kDropLog,        ///< The log behind a snapshot that was used is kept no more.
    kCorrectTime,    ///< Scheme time is behind after the switch was away.
    kAction,         ///< Of Scenario::actions.
    kRates,          ///< A day's rates are published: days since the first.
    kFunding,        ///< Of Scenario::funding, on a day.
    kMidnight,       ///< A day is over: books are looked through.
};

struct Happening {
    std::int64_t at_us = 0;  ///< Elapsed time.
    std::uint64_t order = 0;
    std::uint32_t number = 0;
    std::uint16_t bank = 0;  ///< Where it is a bank's.
    What what{};
};

class Timeline {
public:
    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] ElapsedTime now() { return ElapsedTime{clock_.monotonic_us()}; }

    void at(ElapsedTime time, What what, std::uint32_t number = 0, std::uint16_t bank = 0) {
        const std::int64_t at_us = std::max(time.value, clock_.monotonic_us());
        push(at_us < near_end_us_ ? near_ : far_, {at_us, ++order_, number, bank, what});
    }
    void after(Duration delay, What what, std::uint32_t number = 0, std::uint16_t bank = 0) {
        at(now() + delay, what, number, bank);
    }

    [[nodiscard]] bool empty() const { return near_.empty() && far_.empty(); }
    /// When the next thing happens; there is one.
    [[nodiscard]] ElapsedTime next_at() const {
        return ElapsedTime{(near_.empty() ? far_ : near_).front().at_us};
    }
    /// Goes on to it.
    Happening take() {
        if (near_.empty()) come_near();
        const Happening next = pop(near_);
        clock_.set_us(next.at_us);
        return next;
    }
    /// Goes on to a moment before which nothing happens.
    void go_to(ElapsedTime time) { clock_.set_us(std::max(time.value, clock_.monotonic_us())); }
    [[nodiscard]] std::uint64_t planned() const { return order_; }

private:
    using Heap = std::vector<Happening>;
    struct Later {
        bool operator()(const Happening& left, const Happening& right) const {
            return key(left) > key(right);
        }
        /// One number, so that comparing takes no branch. Time is not negative.
        static Uint128 key(const Happening& one) {
            return static_cast<Uint128>(static_cast<std::uint64_t>(one.at_us)) << 64U | one.order;
        }
    };

    static void push(Heap& heap, const Happening& happening) {
        heap.push_back(happening);
        std::push_heap(heap.begin(), heap.end(), Later());
    }
    static Happening pop(Heap& heap) {
        std::pop_heap(heap.begin(), heap.end(), Later());
        const Happening first = heap.back();
        heap.pop_back();
        return first;
    }
    /// The next second of what is far.
    void come_near() {
        near_end_us_ = far_.front().at_us + 1'000'000;
        while (!far_.empty() && far_.front().at_us < near_end_us_)
            push(near_, pop(far_));
    }

    ManualClock clock_;
    Heap near_;  ///< Everything before near_end_us_: few, as most of what is planned is soon over.
    Heap far_;   ///< Hundreds: acknowledgements, returns, what is planned for days.
    std::int64_t near_end_us_ = 0;
    std::uint64_t order_ = 0;
};

/// Things on their way, by place; places are used again.
template <class Thing>
class Places {
public:
    [[nodiscard]] std::uint32_t take() {
        if (free_.empty()) {
            things_.emplace_back();
            return static_cast<std::uint32_t>(things_.size() - 1);
        }
        const std::uint32_t place = free_.back();
        free_.pop_back();
        return place;
    }
    void give_back(std::uint32_t place) { free_.push_back(place); }
    [[nodiscard]] Thing& operator[](std::uint32_t place) { return things_[place]; }

private:
    std::vector<Thing> things_;
    std::vector<std::uint32_t> free_;
};

}  // namespace lowu::simulator
