// Times of legs; see leg_table.hpp.
#include "switch/follower/leg_table.hpp"

#include <utility>

#include "common/base/assert.hpp"

namespace lowu::follower {

void LegTable::add(const core::Cell& cell, core::PaymentIndex index, const LegTimes& times,
                   bool begins) {
    if (segment_payments_ == 0) segment_payments_ = cell.payments().segment_payments();
    const std::size_t number = index.value / segment_payments_ - first_segment_;
    if (number == segments_.size()) {
        segments_.push_back(std::make_unique<Segment>());
        segments_.back()->times.reserve(segment_payments_);
    }
    Segment& segment = *segments_.back();
    LOWU_ASSERT(
        number + 1 == segments_.size() && index.value % segment_payments_ == segment.times.size(),
        "payments come in order");
    segment.times.push_back(times);
    if (begins) segment.begins.push_back(index);
}

void LegTable::forget(const core::Cell& cell, const std::vector<core::PaymentIndex>& gone) {
    for (const core::PaymentIndex index : gone) {
        kept_.erase(index);
        kept_begins_.erase(index);
    }
    while (!segments_.empty() &&
           first_segment_ * segment_payments_ < cell.first_remembered().value) {
        const std::unique_ptr<Segment> segment = std::move(segments_.front());
        segments_.pop_front();
        core::PaymentIndex index{first_segment_ * segment_payments_};
        for (const LegTimes& times : segment->times) {
            if (cell.payments().get(index) != nullptr) kept_[index] = times;
            ++index.value;
        }
        for (const core::PaymentIndex begin : segment->begins) {
            if (cell.payments().get(begin) != nullptr) kept_begins_.insert(begin);
        }
        ++first_segment_;
    }
}

const LegTimes* LegTable::find(core::PaymentIndex index) const {
    const std::uint32_t number = segment_payments_ == 0 ? 0 : index.value / segment_payments_;
    if (number >= first_segment_ && number - first_segment_ < segments_.size()) {
        const std::vector<LegTimes>& times = segments_[number - first_segment_]->times;
        const std::size_t place = index.value % segment_payments_;
        return place < times.size() ? &times[place] : nullptr;
    }
    const auto found = kept_.find(index);
    return found == kept_.end() ? nullptr : &found->second;
}

LegTimes& LegTable::at(core::PaymentIndex index) {
    return const_cast<LegTimes&>(std::as_const(*this).at(index));
}

const LegTimes& LegTable::at(core::PaymentIndex index) const {
    const LegTimes* times = find(index);
    LOWU_ASSERT(times != nullptr, "the cell remembers the leg");
    return *times;
}

std::optional<core::PaymentIndex> LegTable::Cursor::newest() const {
    if (segment_ > 0) return table_->segments_[segment_ - 1]->begins[left_ - 1];
    if (kept_ == table_->kept_begins_.begin()) return std::nullopt;
    return *std::prev(kept_);
}

void LegTable::Cursor::next() {
    if (segment_ == 0) {
        --kept_;
        return;
    }
    --left_;
    while (left_ == 0 && --segment_ > 0)
        left_ = table_->segments_[segment_ - 1]->begins.size();
}

std::optional<core::PaymentIndex> LegTable::oldest_in_segments() const {
    for (const auto& segment : segments_) {
        if (!segment->begins.empty()) return segment->begins.front();
    }
    return std::nullopt;
}

bool LegTable::segments_match(const core::Cell& cell) const {
    std::uint32_t next = first_segment_ * segment_payments_;
    for (const auto& segment : segments_) {
        const std::uint32_t end = next + segment_payments_;
        const bool last = segment == segments_.back();
        const auto here = static_cast<std::uint32_t>(segment->times.size());
        if (here == 0 || here > segment_payments_ || (here < segment_payments_ && !last)) {
            return false;
        }
        std::uint32_t begins = next;
        for (const core::PaymentIndex index : segment->begins) {
            if (index.value < begins || index.value >= std::min(end, next + here)) return false;
            begins = index.value + 1;
        }
        next += here;
    }
    return next == cell.payments_so_far();
}

bool LegTable::matches(const core::Cell& cell) const {
    if (cell.payments_so_far() == 0) return segments_.empty() && kept_.empty();
    if (segment_payments_ != cell.payments().segment_payments() ||
        first_segment_ * segment_payments_ != cell.first_remembered().value ||
        kept_.size() != cell.payments().kept() || !segments_match(cell)) {
        return false;
    }
    const auto is_kept = [&](core::PaymentIndex index) {
        return index < cell.first_remembered() && cell.payments().get(index) != nullptr;
    };
    return std::all_of(kept_.begin(), kept_.end(),
                       [&](const auto& one) { return is_kept(one.first); }) &&
           std::all_of(kept_begins_.begin(), kept_begins_.end(), is_kept);
}

std::size_t LegTable::bytes() const {
    constexpr std::size_t kNodeBytes = 48;
    std::size_t sum = kept_.size() * (sizeof(LegTimes) + kNodeBytes) +
                      kept_begins_.size() * (sizeof(core::PaymentIndex) + kNodeBytes);
    for (const auto& segment : segments_) {
        sum += segment->times.capacity() * sizeof(LegTimes) +
               segment->begins.capacity() * sizeof(core::PaymentIndex);
    }
    return sum;
}

}  // namespace lowu::follower
