// What a cell remembers of payments; see payment_table.hpp.
#include "switch/core/payment_table.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "common/base/assert.hpp"
#include "switch/core/state_io.hpp"

namespace lowu::core {
namespace {

/// Look-ups ahead of which the index' memory is asked for.
constexpr std::size_t kAhead = 16;

}  // namespace

void PaymentTable::open(std::uint32_t payments_max, std::uint32_t banks) {
    payments_max_ = payments_max;
    owed_max_ = std::min(kMaxOwedPayments, payments_max / 8);
    recollected_max_ = std::min(kMaxRecollected, payments_max / 8);
    const std::uint32_t most =
        std::clamp(payments_max / kMinSegments, kMinSegmentPayments, kMaxSegmentPayments);
    segment_shift_ = static_cast<std::uint32_t>(std::bit_width(most)) - 1U;
    segments_.reserve(std::size_t{payments_max} / segment_payments() + 2);
    admit(banks);
}

void PaymentTable::admit(std::uint32_t banks) {
    pinned_max_ = banks * kMaxPinnedOfBank;
    index_.open(payments_max_ + stayed_max() + recollected_max_);
    for_each([this](PaymentIndex index, const Payment& payment) {
        if (hidden_.contains({payment.uetr, index})) return;
        index_.insert(UetrIndex::tag_of(payment.uetr), index);
    });
}

// Views.

const Payment* PaymentTable::get(PaymentIndex index) const {
    if (const Segment* segment = segment_of(index)) {
        const std::uint32_t place = place_of(index);
        return place < segment->payments.size() ? &segment->payments[place] : nullptr;
    }
    const auto kept = kept_.find(index);
    return kept == kept_.end() ? nullptr : &kept->second.payment;
}

const Payment& PaymentTable::at(PaymentIndex index) const {
    const Payment* payment = get(index);
    LOWU_ASSERT(payment != nullptr, "the payment is remembered");
    return *payment;
}

Payment& PaymentTable::at(PaymentIndex index) {
    return const_cast<Payment&>(std::as_const(*this).at(index));
}

const QuotaHold* PaymentTable::hold_of(PaymentIndex index) const {
    const Payment& payment = at(index);
    if (payment.hold == kNoHold || is_return(payment.leg)) return nullptr;
    if (const Segment* segment = segment_of(index)) return &segment->holds[payment.hold];
    return &*kept_.at(index).hold;
}

const ReturnRecord& PaymentTable::return_of(PaymentIndex index) const {
    const Payment& payment = at(index);
    LOWU_ASSERT(is_return(payment.leg), "only a return is of something");
    if (const Segment* segment = segment_of(index)) return segment->returns[payment.hold];
    return *kept_.at(index).record;
}

WholeLeg PaymentTable::whole(PaymentIndex index) const {
    WholeLeg leg{at(index), std::nullopt, std::nullopt};
    if (is_return(leg.payment.leg)) {
        leg.record = return_of(index);
    } else if (const QuotaHold* hold = hold_of(index)) {
        leg.hold = *hold;
    }
    leg.payment.hold = leg.hold || leg.record ? 0 : kNoHold;
    leg.payment.pins = 0;
    return leg;
}

std::optional<PaymentIndex> PaymentTable::end_of_oldest() const {
    if (segments_.empty() || segments_.front()->payments.size() < segment_payments()) {
        return std::nullopt;
    }
    return PaymentIndex{(first_segment_ + 1) << segment_shift_};
}

Stamp PaymentTable::newest_before(PaymentIndex through) const {
    if (through.value == 0) return {};
    const Segment* segment = segment_of(PaymentIndex{through.value - 1});
    return segment == nullptr ? Stamp{} : segment->newest;
}

// New payments.

std::unique_ptr<PaymentTable::Segment> PaymentTable::new_segment() const {
    // Address space: memory is taken as it fills.
    auto segment = std::make_unique<Segment>();
    segment->payments.reserve(segment_payments());
    segment->holds.reserve(segment_payments());
    segment->returns.reserve(segment_payments());
    return segment;
}

PaymentTable::Segment& PaymentTable::open_segment() {
    LOWU_ASSERT(!full(), "the caller has looked for room");
    if (segments_.empty() || segments_.back()->payments.size() == segment_payments()) {
        segments_.push_back(spare_ ? std::move(spare_) : new_segment());
    }
    return *segments_.back();
}

PaymentIndex PaymentTable::push(Segment& segment, const Payment& payment, const Stamp& stamp) {
    const PaymentIndex index{next_++};
    segment.payments.push_back(payment);
    segment.newest = stamp;
    index_.insert(UetrIndex::tag_of(payment.uetr), index);
    return index;
}

PaymentIndex PaymentTable::add(const Payment& payment, const Stamp& stamp) {
    return push(open_segment(), payment, stamp);
}

PaymentIndex PaymentTable::add_return(const Payment& payment, const ReturnRecord& record,
                                      const Stamp& stamp) {
    Segment& segment = open_segment();
    const PaymentIndex index = push(segment, payment, stamp);
    segment.payments.back().hold = static_cast<std::uint32_t>(segment.returns.size());
    segment.returns.push_back(record);
    return index;
}

const QuotaHold& PaymentTable::put_hold(PaymentIndex index, const QuotaHold& hold) {
    Payment& payment = at(index);
    LOWU_ASSERT(index >= first_remembered() && payment.hold == kNoHold && !is_return(payment.leg),
                "a new payment takes a hold once");
    Segment& segment = *segments_[(index.value >> segment_shift_) - first_segment_];
    payment.hold = static_cast<std::uint32_t>(segment.holds.size());
    segment.holds.push_back(hold);
    return segment.holds.back();
}

// Old ones.

void PaymentTable::drop_oldest(const Says& stays, const Hears& gone) {
    const auto end = end_of_oldest();
    LOWU_ASSERT(end.has_value(), "only a full segment goes");
    std::vector<PaymentIndex> going;
    going.reserve(segment_payments());
    for (PaymentIndex index = first_remembered(); index < *end; ++index.value) {
        const Payment& payment = at(index);
        if (stays(index, payment)) {
            LOWU_ASSERT(stayed() < stayed_max(), "there is room for all that must stay");
            Kept& one = kept_.emplace_hint(kept_.end(), index, Kept{})->second;
            static_cast<WholeLeg&>(one) = whole(index);
            one.payment.pins = payment.pins;
        } else {
            gone(index, payment);
            going.push_back(index);
        }
    }
    const std::vector<Payment>& payments = segments_.front()->payments;
    const auto uetr = [&](std::size_t i) { return payments[place_of(going[i])].uetr; };
    for (std::size_t i = 0; i < going.size(); ++i) {
        if (i + kAhead < going.size()) index_.prefetch(UetrIndex::tag_of(uetr(i + kAhead)));
        unindex(uetr(i), going[i]);
    }
    std::unique_ptr<Segment> segment = std::move(segments_.front());
    segments_.erase(segments_.begin());
    ++first_segment_;
    segment->payments.clear();
    segment->holds.clear();
    segment->returns.clear();
    spare_ = std::move(segment);
}

void PaymentTable::sweep(std::uint32_t most, const Says& stays, const Hears& gone) {
    auto at = kept_.lower_bound(sweep_from_);
    for (std::size_t left = std::min<std::size_t>(most, kept_.size()); left > 0; --left) {
        if (at == kept_.end()) at = kept_.begin();
        const PaymentIndex index = at->first;
        const Payment& payment = at->second.payment;
        if (at->second.recollected.value != 0 || stays(index, payment)) {
            ++at;
            continue;
        }
        gone(index, payment);
        unindex(payment.uetr, index);
        at = kept_.erase(at);
    }
    sweep_from_ = at == kept_.end() ? PaymentIndex{0} : at->first;
}

void PaymentTable::drop_recollected(std::uint32_t most, const Says& stays, const Hears& gone) {
    for (; most > 0 && !recollected_.empty(); --most) {
        const auto at = kept_.find(recollected_.begin()->second);
        const PaymentIndex index = at->first;
        const Payment& payment = at->second.payment;
        recollected_.erase(recollected_.begin());
        if (stays(index, payment)) {
            LOWU_ASSERT(stayed() <= stayed_max(), "there is room for all that must stay");
            at->second.recollected = Sequence{};
            continue;
        }
        gone(index, payment);
        unindex(payment.uetr, index);
        kept_.erase(at);
    }
}

void PaymentTable::recollect(PaymentIndex index, const WholeLeg& leg, Sequence now) {
    LOWU_ASSERT(index < first_remembered(), "only what was forgotten is recollected");
    LOWU_ASSERT(recollected() < recollected_max_, "the engine looks for room before");
    const auto [place, fresh] = kept_.emplace(index, Kept{leg, now});
    LOWU_ASSERT(fresh, "the caller has looked");
    Payment& payment = place->second.payment;
    payment.hold = leg.hold || leg.record ? 0 : kNoHold;
    payment.pins = 0;
    recollected_.emplace(now, index);
    enter(payment.uetr, index);
}

// Payments that share a UETR.

void PaymentTable::enter(const Uetr& uetr, PaymentIndex index) {
    const std::uint32_t tag = UetrIndex::tag_of(uetr);
    const auto known = find(uetr);
    if (known && index < *known) {
        hidden_.emplace(uetr, index);
        return;
    }
    if (known) {
        index_.erase(tag, *known);
        hidden_.emplace(uetr, *known);
    }
    index_.insert(tag, index);
}

void PaymentTable::unindex(const Uetr& uetr, PaymentIndex index) {
    if (!hidden_.empty() && hidden_.erase({uetr, index}) > 0) return;
    const std::uint32_t tag = UetrIndex::tag_of(uetr);
    index_.erase(tag, index);
    // The next newest comes to light.
    auto place = hidden_.lower_bound({uetr, index});
    if (place == hidden_.begin() || (--place)->first != uetr) return;
    index_.insert(tag, place->second);
    hidden_.erase(place);
}

Sequence PaymentTable::recollected_at(PaymentIndex index) const {
    const auto kept = kept_.find(index);
    return kept == kept_.end() ? Sequence{0} : kept->second.recollected;
}

// Loading.

void PaymentTable::begin_loading(StateReader& reader) {
    if (first_segment_ > (kNoPayment.value >> segment_shift_)) {
        reader.fail("the first segment lies beyond the last payment there can be");
        first_segment_ = 0;
    }
    next_ = first_segment_ << segment_shift_;
}

void PaymentTable::take_segment(StateReader& reader, std::uint32_t position, bool last) {
    if (!reader.ok()) return;
    Segment& segment = *segments_[position];
    const std::uint64_t begin = (std::uint64_t{first_segment_} + position) << segment_shift_;
    const std::size_t count = segment.payments.size();
    if (count > segment_payments() || count == 0 || (!last && count < segment_payments()) ||
        begin + count > kNoPayment.value || index_.size() + count > payments_max_) {
        return reader.fail("a segment holds payments that it cannot");
    }
    std::array<std::uint32_t, kAhead> ahead{};
    for (std::size_t i = 0; i < count + kAhead; ++i) {
        std::uint32_t& tag = ahead[i % kAhead];
        if (i >= kAhead) {
            const Payment& payment = segment.payments[i - kAhead];
            const PaymentIndex index{static_cast<std::uint32_t>(begin + i - kAhead)};
            const std::size_t holds =
                is_return(payment.leg) ? segment.returns.size() : segment.holds.size();
            const bool may_have_none = !is_return(payment.leg) && payment.hold == kNoHold;
            if (!may_have_none && payment.hold >= holds) {
                return reader.fail("a payment has a hold that its segment has not");
            }
            if (index_.find(tag,
                            [&](PaymentIndex other) { return at(other).uetr == payment.uetr; })) {
                return reader.fail("two payments have one UETR");
            }
            index_.insert(tag, index);
        }
        if (i >= count) continue;
        tag = UetrIndex::tag_of(segment.payments[i].uetr);
        index_.prefetch(tag);
    }
    next_ = static_cast<std::uint32_t>(begin + count);
}

void PaymentTable::take_kept(StateReader& reader, PaymentIndex index, const Kept& one) {
    if (!reader.ok()) return;
    const bool has = one.hold || one.record;
    const bool back = one.recollected.value != 0;
    const bool room = back ? recollected() < recollected_max_ : stayed() < stayed_max();
    if (index >= first_remembered() || (!kept_.empty() && index <= kept_.rbegin()->first) ||
        !room) {
        return reader.fail("a payment is kept that cannot be");
    }
    if ((one.payment.hold == kNoHold) == has ||
        one.record.has_value() != is_return(one.payment.leg) || (one.hold && one.record)) {
        return reader.fail("a kept payment has not what belongs to it");
    }
    if (back && !recollected_.emplace(one.recollected, index).second) {
        return reader.fail("two payments were recollected by one command");
    }
    kept_.emplace_hint(kept_.end(), index, one);
    enter(one.payment.uetr, index);
}

}  // namespace lowu::core
