// Lists of payments: what the cells remember and what the archive has, of both rails, merged by
// where the instruction is in the log. See follower.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "switch/follower/follower.hpp"

namespace lowu::follower {
namespace {

/// Archived legs that are read at a time.
constexpr std::size_t kArchivedChunk = 256;

}  // namespace

/// One rail's payments, newest first.
class Follower::ListSource {
public:
    ListSource(const Follower& follower, core::Rail rail, core::Sequence before)
        : follower_(follower),
          cell_(follower.cell(rail)),
          rail_(rail),
          legs_(follower.observer(rail).legs()),
          cursor_(legs_.before([&](core::PaymentIndex index) {
              return cell_.payment(index).body_sequence < before;
          })),
          archive_before_(before) {
        const auto oldest = legs_.oldest_in_segments();
        if (follower.archive_ == nullptr || cell_.first_remembered().value == 0) {
            archive_before_ = core::Sequence{0};
        } else if (oldest) {
            // What was forgotten came before all that still stand in their segments.
            archive_before_ = std::min(before, cell_.payment(*oldest).body_sequence);
        }
    }

    /// The next one, if there is any; what it points to stays until next().
    [[nodiscard]] Result<std::optional<LegRef>> newest() {
        const auto index = cursor_.newest();
        const core::Sequence here = index ? cell_.payment(*index).body_sequence : core::Sequence{0};
        if (chunk_at_ == chunk_.size() && here < archive_before_) {
            if (auto read = read_chunk(); !read.ok()) return read.error();
        }
        const bool archived =
            chunk_at_ < chunk_.size() && chunk_[chunk_at_].payment().body_sequence > here;
        archived_ = archived;
        if (!archived && !index) return std::optional<LegRef>();
        if (!archived) return std::optional(follower_.remembered(rail_, *index));
        const ArchivedLeg& leg = chunk_[chunk_at_];
        // Remembered again: then the cell knows it better.
        const core::Payment* again = cell_.payments().get(leg.index);
        return std::optional(again == nullptr ? follower_.archived(leg)
                                              : follower_.remembered(rail_, leg.index));
    }
    /// Goes on behind what newest() gave.
    void next() {
        if (archived_) {
            ++chunk_at_;
        } else {
            cursor_.next();
        }
    }
    [[nodiscard]] std::uint32_t cost() const { return archived_ ? kArchivedCost : 1; }

private:
    [[nodiscard]] Result<void> read_chunk() {
        chunk_.clear();
        chunk_at_ = 0;
        auto read =
            follower_.archive_->list_before(rail_, archive_before_, [&](const ArchivedLeg& leg) {
                chunk_.push_back(leg);
                return chunk_.size() < kArchivedChunk;
            });
        archive_before_ = chunk_.size() < kArchivedChunk ? core::Sequence{0}
                                                         : chunk_.back().payment().body_sequence;
        return read;
    }

    const Follower& follower_;
    const core::Cell& cell_;
    const core::Rail rail_;
    const LegTable& legs_;
    LegTable::Cursor cursor_;
    core::Sequence archive_before_;  ///< What was forgotten and not read yet lies before it.
    std::vector<ArchivedLeg> chunk_;
    std::size_t chunk_at_ = 0;
    bool archived_ = false;
};

Result<PaymentView> Follower::complete(const LegRef& begins) const {
    if (begins.payment->leg == core::Leg::kDomestic) return view_of(begins, nullptr);
    const core::Rail there = scheme::other(begins.cell->rail());
    if (const auto index = cell(there).find_payment(begins.payment->uetr)) {
        const LegRef other = remembered(there, *index);
        const bool crossed = !core::begins(other.payment->leg);
        return view_of(begins, crossed ? &other : nullptr);
    }
    if (!may_be_archived(there, *begins.payment)) return view_of(begins, nullptr);
    const auto found = archive_->find(begins.payment->uetr);
    if (!found.ok()) return found.error();
    const auto& leg = found->legs[static_cast<std::size_t>(there)];
    if (!leg || core::begins(leg->payment().leg)) return view_of(begins, nullptr);
    const LegRef other = archived(*leg);
    return view_of(begins, &other);
}

/// Every instruction accepted before `time` came before this place; some after it may as well.
Result<core::Sequence> Follower::first_before(SchemeTime time) const {
    const core::Sequence end = last_.sequence.next();
    if (archive_ == nullptr || time > last_.scheme) return end;
    // The batch that ended at this moment or later may have begun before it.
    const auto first = archive_->first_at(time);
    if (!first.ok()) return first.error();
    const auto batch = archive_->read_batch(*first);
    if (batch.ok()) return core::Sequence{batch->view.last_sequence() + 1};
    if (batch.error().kind == Error::Kind::kNotFound) return end;
    return batch.error();
}

Result<PaymentPage> Follower::list(const PaymentFilter& filter, std::size_t page_size,
                                   std::optional<core::Sequence> before) const {
    core::Sequence end = before.value_or(last_.sequence.next());
    if (filter.accepted_before) {
        const auto first = first_before(*filter.accepted_before);
        if (!first.ok()) return first.error();
        end = std::min(end, *first);
    }
    std::array<ListSource, 2> sources{ListSource(*this, core::Rail::kFps, end),
                                      ListSource(*this, core::Rail::kIbps, end)};
    PaymentPage page;
    for (std::uint32_t scanned = 0;;) {
        const ListSource* from = nullptr;
        std::optional<LegRef> newest;
        for (ListSource& source : sources) {
            const auto one = source.newest();
            if (!one.ok()) return one.error();
            const bool newer = *one && (!newest || newest->payment->body_sequence <
                                                       (*one)->payment->body_sequence);
            if (!newer) continue;
            newest = *one;
            from = &source;
        }
        if (!newest) return page;
        const core::Payment& payment = *newest->payment;
        // None that is older was accepted later.
        if (filter.accepted_from && payment.acceptance_time < *filter.accepted_from) return page;
        if (page.payments.size() == page_size || scanned >= kScanMax) {
            page.before = payment.body_sequence.next();
            return page;
        }
        scanned += from->cost();
        const bool in_time =
            !filter.accepted_before || payment.acceptance_time < *filter.accepted_before;
        if (in_time && matches(filter, *newest)) {
            auto view = complete(*newest);
            if (!view.ok()) return view.error();
            page.payments.push_back(std::move(view).value());
        }
        sources[from == &sources[0] ? 0 : 1].next();
    }
}

}  // namespace lowu::follower
