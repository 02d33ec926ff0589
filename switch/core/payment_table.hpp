// What a cell remembers of payments: segments in order of arrival, each with its payments' quota
// holds and return records, dropped whole when they are old; a small side table of payments that
// stay beyond their segment or came back from the archive; and the index of all of them by UETR. A
// payment's number is its own for ever; its UETR may be used again when it is forgotten. Which
// payments stay and when segments go is decided in cell_memory.cpp. Used by the cell; one thread.
//
// No segment is ever moved, and a segment's memory is touched as it fills: a new payment never
// waits for more than its own pages.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/types.hpp"
#include "switch/core/uetr_index.hpp"

namespace lowu::core {

class StateReader;

class PaymentTable {
public:
    /// For `payments_max` payments in segments at a time, and what so many banks may make stay.
    void open(std::uint32_t payments_max, std::uint32_t banks);
    /// So many banks now. Makes the index anew: for the beginning, when there is little in it.
    void admit(std::uint32_t banks);

    // Views.

    /// The newest that is remembered of those that had the UETR.
    [[nodiscard]] std::optional<PaymentIndex> find(const Uetr& uetr) const {
        return index_.find(UetrIndex::tag_of(uetr),
                           [&](PaymentIndex index) { return at(index).uetr == uetr; });
    }
    /// The newest of them that is_it(payment) recognises.
    template <class IsIt>
    [[nodiscard]] std::optional<PaymentIndex> find(const Uetr& uetr, IsIt&& is_it) const {
        const auto newest = find(uetr);
        if (!newest || is_it(at(*newest))) return newest;
        for (auto place = hidden_.lower_bound({uetr, *newest}); place != hidden_.begin();) {
            --place;
            if (place->first != uetr) break;
            if (is_it(at(place->second))) return place->second;
        }
        return std::nullopt;
    }
    /// Null when it is forgotten, or has not come yet.
    [[nodiscard]] const Payment* get(PaymentIndex index) const;
    /// It is remembered.
    [[nodiscard]] const Payment& at(PaymentIndex index) const;
    [[nodiscard]] Payment& at(PaymentIndex index);
    /// Of a remembered payment; null when it has none, or is a return.
    [[nodiscard]] const QuotaHold* hold_of(PaymentIndex index) const;
    /// Of a remembered payment that is a return.
    [[nodiscard]] const ReturnRecord& return_of(PaymentIndex index) const;
    /// Everything of a remembered payment, for the archive.
    [[nodiscard]] WholeLeg whole(PaymentIndex index) const;

    /// Payments so far, forgotten ones too: the number that the next one gets.
    [[nodiscard]] std::uint32_t so_far() const { return next_; }
    [[nodiscard]] std::uint32_t remembered() const { return in_segments() + kept(); }
    [[nodiscard]] std::uint32_t in_segments() const { return next_ - first_remembered().value; }
    [[nodiscard]] std::uint32_t forgotten() const { return next_ - remembered(); }
    [[nodiscard]] std::uint32_t kept() const { return static_cast<std::uint32_t>(kept_.size()); }
    /// Of those kept, such as were recollected since recollected ones were last dropped.
    [[nodiscard]] std::uint32_t recollected() const {
        return static_cast<std::uint32_t>(recollected_.size());
    }
    /// The others, which have stayed.
    [[nodiscard]] std::uint32_t stayed() const { return kept() - recollected(); }
    [[nodiscard]] std::uint32_t owed_max() const { return owed_max_; }
    [[nodiscard]] std::uint32_t recollected_max() const { return recollected_max_; }
    [[nodiscard]] std::uint32_t stayed_max() const { return owed_max_ + pinned_max_; }
    /// No room for a new one.
    [[nodiscard]] bool full() const {
        return in_segments() >= payments_max_ || next_ == kNoPayment.value;
    }
    /// Where the oldest segment begins; of what came before, only the side table is left.
    [[nodiscard]] PaymentIndex first_remembered() const {
        return PaymentIndex{first_segment_ * segment_payments()};
    }
    [[nodiscard]] std::uint32_t segment_payments() const { return 1U << segment_shift_; }
    /// Where the oldest segment ends, once it is full.
    [[nodiscard]] std::optional<PaymentIndex> end_of_oldest() const;
    /// When and under which command the newest payment before `through`, an end of a segment, came.
    [[nodiscard]] Stamp newest_before(PaymentIndex through) const;
    /// Calls take(index, payment) for all that are remembered, in order.
    template <class Take>
    void for_each(Take&& take) const {
        for (const auto& [index, leg] : kept_)
            take(index, leg.payment);
        PaymentIndex index = first_remembered();
        for (const auto& segment : segments_) {
            for (const Payment& payment : segment->payments) {
                take(index, payment);
                ++index.value;
            }
        }
    }

    // Changes.

    /// A new payment, unknown so far; there is room.
    PaymentIndex add(const Payment& payment, const Stamp& stamp);
    PaymentIndex add_return(const Payment& payment, const ReturnRecord& record, const Stamp& stamp);
    /// Of a payment in a segment that has none yet.
    const QuotaHold& put_hold(PaymentIndex index, const QuotaHold& hold);

    using Says = std::function<bool(PaymentIndex, const Payment&)>;
    using Hears = std::function<void(PaymentIndex, const Payment&)>;

    /// Drops the oldest segment, which is full: what `stays` goes into the side table, which has
    /// room for it; `gone` hears of each that goes while it is still there.
    void drop_oldest(const Says& stays, const Hears& gone);
    /// Looks at no more than `most` of the side table, going on where it stopped the last time, and
    /// drops those that have stayed and need not stay any more.
    void sweep(std::uint32_t most, const Says& stays, const Hears& gone);
    /// Drops no more than `most` of those that were recollected, the first first; what `stays` has
    /// stayed from now on.
    void drop_recollected(std::uint32_t most, const Says& stays, const Hears& gone);
    /// Takes a forgotten payment into the side table; there is room among the recollected.
    void recollect(PaymentIndex index, const WholeLeg& leg, Sequence now);
    /// When a payment of the side table was recollected; 0: it has stayed.
    [[nodiscard]] Sequence recollected_at(PaymentIndex index) const;

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink(self.first_segment_);
        sink(self.sweep_from_);
        if constexpr (Sink::kLoads) self.begin_loading(sink);
        auto segments = static_cast<std::uint32_t>(self.segments_.size());
        sink(segments);
        for (std::uint32_t i = 0; i < segments && sink.ok(); ++i) {
            if constexpr (Sink::kLoads) self.segments_.push_back(self.new_segment());
            sink(*self.segments_[i]);
            if constexpr (Sink::kLoads) self.take_segment(sink, i, i + 1 == segments);
        }
        auto kept = self.kept();
        sink(kept);
        if constexpr (Sink::kLoads) {
            for (std::uint32_t i = 0; i < kept && sink.ok(); ++i) {
                PaymentIndex index;
                Kept one;
                sink(index);
                sink(one);
                self.take_kept(sink, index, one);
            }
        } else {
            for (auto& [index, one] : self.kept_) {
                sink(index);
                sink(one);
            }
        }
    }

private:
    struct Segment {
        std::vector<Payment> payments;
        std::vector<QuotaHold> holds;
        std::vector<ReturnRecord> returns;
        Stamp newest;  ///< Of the newest payment's command.

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink.list(self.payments, kMaxSegmentPayments, "payments of a segment");
            sink.list(self.holds, kMaxSegmentPayments, "holds of a segment");
            sink.list(self.returns, kMaxSegmentPayments, "returns of a segment");
            sink(self.newest);
        }
    };
    struct Kept : WholeLeg {
        Sequence recollected;

        template <class Sink, class Self>
        static void fields(Sink& sink, Self& self) {
            sink(self.payment);
            sink(self.hold);
            sink(self.record);
            sink(self.recollected);
        }
    };

    [[nodiscard]] std::unique_ptr<Segment> new_segment() const;
    [[nodiscard]] const Segment* segment_of(PaymentIndex index) const {
        const std::uint32_t number = index.value >> segment_shift_;
        if (number < first_segment_ || number - first_segment_ >= segments_.size()) return nullptr;
        return segments_[number - first_segment_].get();
    }
    [[nodiscard]] std::uint32_t place_of(PaymentIndex index) const {
        return index.value & (segment_payments() - 1U);
    }
    Segment& open_segment();
    PaymentIndex push(Segment& segment, const Payment& payment, const Stamp& stamp);
    /// Of a payment that may not be the only one with its UETR.
    void enter(const Uetr& uetr, PaymentIndex index);
    void unindex(const Uetr& uetr, PaymentIndex index);
    /// Check and index what has been read.
    void begin_loading(StateReader& reader);
    void take_segment(StateReader& reader, std::uint32_t position, bool last);
    void take_kept(StateReader& reader, PaymentIndex index, const Kept& one);

    std::uint32_t payments_max_ = 0;
    std::uint32_t owed_max_ = 0;
    std::uint32_t recollected_max_ = 0;
    std::uint32_t pinned_max_ = 0;
    std::uint32_t segment_shift_ = 0;
    std::uint32_t next_ = 0;
    std::uint32_t first_segment_ = 0;
    /// Oldest first; all but the last are full.
    std::vector<std::unique_ptr<Segment>> segments_;
    std::unique_ptr<Segment> spare_;  ///< The memory of one that went, for the next one.
    std::map<PaymentIndex, Kept> kept_;
    std::map<Sequence, PaymentIndex> recollected_;  ///< Of those kept.
    PaymentIndex sweep_from_;
    UetrIndex index_;
    /// Remembered, though a newer payment has their UETR, and stands in the index.
    std::set<std::pair<Uetr, PaymentIndex>> hidden_;
};

}  // namespace lowu::core
