// What the follower keeps of each leg that a cell remembers, in the same segments as the cell
// (core::PaymentTable): when things happened to it, and which legs begin a payment. Dropped with
// the cell's segment; legs that stay beyond it, or come back, stand in small tables of their own.
// Fed by the observer, read by queries; one thread, the follower's.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "switch/core/cell.hpp"
#include "switch/follower/archived_leg.hpp"

namespace lowu::follower {

class LegTable {
public:
    /// The leg is the next one of its cell.
    void add(const core::Cell& cell, core::PaymentIndex index, const LegTimes& times, bool begins);
    /// A leg that was forgotten is remembered again.
    void recollect(core::PaymentIndex index, const LegTimes& times) { kept_[index] = times; }
    /// The cell has forgotten these; segments that it has no more go, but for what it has kept.
    void forget(const core::Cell& cell, const std::vector<core::PaymentIndex>& gone);

    /// Of a leg that the cell remembers.
    [[nodiscard]] LegTimes& at(core::PaymentIndex index);
    [[nodiscard]] const LegTimes& at(core::PaymentIndex index) const;

    /// Legs that begin a payment, in the order of the log, as far as the cell remembers them and
    /// has not forgotten them in between.
    class Cursor {
    public:
        /// The newest of those left; none at the end.
        [[nodiscard]] std::optional<core::PaymentIndex> newest() const;
        void next();

    private:
        friend class LegTable;
        const LegTable* table_ = nullptr;
        std::size_t segment_ = 0;  ///< Of `left_`, plus one; 0: the kept ones.
        std::size_t left_ = 0;     ///< In this segment; of the kept ones it says nothing.
        std::set<core::PaymentIndex>::const_iterator kept_;
    };
    /// The legs for which `is_before` says so: it is true of a leg and of all that are older.
    template <class IsBefore>
    [[nodiscard]] Cursor before(const IsBefore& is_before) const;
    /// The oldest that begins a payment and has not outlived its segment; everything forgotten
    /// came before it.
    [[nodiscard]] std::optional<core::PaymentIndex> oldest_in_segments() const;

    /// Whether it is of the legs that the cell remembers, neither more nor fewer.
    [[nodiscard]] bool matches(const core::Cell& cell) const;
    /// Bytes that it holds, roughly.
    [[nodiscard]] std::size_t bytes() const;

    /// The list of fields that a snapshot has of it; see core/state_io.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self);

private:
    struct Segment {
        std::vector<LegTimes> times;
        std::vector<core::PaymentIndex> begins;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink.list(self.times, core::kMaxSegmentPayments, "times of a segment");
            sink.list(self.begins, core::kMaxSegmentPayments, "beginnings of a segment");
        }
    };
    [[nodiscard]] const LegTimes* find(core::PaymentIndex index) const;
    [[nodiscard]] bool segments_match(const core::Cell& cell) const;

    std::uint32_t segment_payments_ = 0;
    std::uint32_t first_segment_ = 0;
    std::deque<std::unique_ptr<Segment>> segments_;  ///< Oldest first.
    std::map<core::PaymentIndex, LegTimes> kept_;
    std::set<core::PaymentIndex> kept_begins_;  ///< Of those that have stayed, not of recollected.
};

template <class IsBefore>
LegTable::Cursor LegTable::before(const IsBefore& is_before) const {
    Cursor cursor;
    cursor.table_ = this;
    cursor.kept_ = kept_begins_.end();
    for (std::size_t i = segments_.size(); i > 0; --i) {
        const std::vector<core::PaymentIndex>& begins = segments_[i - 1]->begins;
        if (begins.empty() || !is_before(begins.front())) continue;
        const auto end = std::partition_point(begins.begin(), begins.end(), is_before);
        cursor.segment_ = i;
        cursor.left_ = static_cast<std::size_t>(end - begins.begin());
        return cursor;
    }
    while (cursor.kept_ != kept_begins_.begin() && !is_before(*std::prev(cursor.kept_)))
        --cursor.kept_;
    return cursor;
}

template <class Sink, class Self>
void LegTable::fields(Sink& sink, Self& self) {
    sink(self.segment_payments_);
    sink(self.first_segment_);
    auto segments = static_cast<std::uint32_t>(self.segments_.size());
    sink(segments);
    for (std::uint32_t i = 0; i < segments && sink.ok(); ++i) {
        if constexpr (Sink::kLoads) self.segments_.push_back(std::make_unique<Segment>());
        sink(*self.segments_[i]);
    }
    auto kept = static_cast<std::uint32_t>(self.kept_.size());
    sink(kept);
    auto begins = static_cast<std::uint32_t>(self.kept_begins_.size());
    sink(begins);
    if constexpr (Sink::kLoads) {
        for (std::uint32_t i = 0; i < kept && sink.ok(); ++i) {
            core::PaymentIndex index;
            sink(index);
            sink(self.kept_[index]);
        }
        for (std::uint32_t i = 0; i < begins && sink.ok(); ++i) {
            core::PaymentIndex index;
            sink(index);
            self.kept_begins_.insert(index);
        }
    } else {
        for (const auto& [index, times] : self.kept_) {
            sink(index);
            sink(times);
        }
        for (const core::PaymentIndex index : self.kept_begins_)
            sink(index);
    }
}

}  // namespace lowu::follower
