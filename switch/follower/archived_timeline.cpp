// Timelines of payments whose own has been dropped: read back from the few batches in which
// something happened to the payment. See follower.hpp.
#include <algorithm>

#include "switch/follower/follower.hpp"
#include "switch/follower/received_event.hpp"

namespace lowu::follower {
namespace {

using What = TimelineEvent::What;

/// Where something happened to the legs, in order, once each.
std::vector<core::Sequence> marks_of(const std::array<std::optional<LegRef>, 2>& legs) {
    std::vector<core::Sequence> marks;
    for (const auto& leg : legs) {
        if (!leg) continue;
        const core::Sequence instruction = leg->payment->body_sequence;
        if (instruction.value == 0) continue;  // Given up before it came.
        const LegTimes& times = *leg->times;
        marks.push_back(instruction);
        for (const std::uint32_t mark :
             {times.taken_up, times.ended, times.credited, times.returned}) {
            if (mark == LegTimes::kNoMark) continue;
            marks.push_back(core::Sequence{instruction.value + mark});
        }
    }
    std::sort(marks.begin(), marks.end());
    marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
    return marks;
}

TimelineEvent entry_event(const core::Cell& cell, const core::Stamp& stamp,
                          const ArchivedEntry& entry, bool debit) {
    const core::Account& account = cell.ledger().account(debit ? entry.debit : entry.credit);
    TimelineEvent event;
    event.stamp = stamp;
    event.rail = cell.rail();
    event.what = debit ? What::kDebit : What::kCredit;
    event.agent = account.owner;
    event.account_kind = account.kind;
    event.amount = entry.amount;
    event.currency = account.currency;
    event.after = debit ? entry.debit_balance : entry.credit_balance;
    event.before =
        core::AmountMinor{event.after.value + (debit ? entry.amount.value : -entry.amount.value)};
    return event;
}

/// What one batch has of a payment.
class BatchStory {
public:
    BatchStory(const Follower& follower, const core::Uetr& uetr, const core::Payment* begun,
               const core::Cell* origin)
        : follower_(follower), uetr_(uetr), begun_(begun), origin_(origin) {}

    Result<void> read(const ArchivedBatch& batch) {
        events_.clear();
        stamps_.clear();
        const core::Sequence first{batch.view.first_sequence};
        if (auto opened = records_.open(batch.payload, first); !opened.ok()) return opened;
        while (true) {
            const auto more = records_.next(entry_);
            if (!more.ok()) return more.error();
            if (!*more) return {};
            stamps_.push_back(entry_.stamp);
            take_command();
        }
    }
    void take_entry(const ArchivedEntry& entry) {
        const std::uint64_t place = entry.sequence.value - stamps_.front().sequence.value;
        const core::Cell& cell = follower_.cell(entry.rail);
        const std::uint32_t accounts = cell.ledger().size();
        if (place >= stamps_.size() || entry.debit.value >= accounts ||
            entry.credit.value >= accounts) {
            return;
        }
        for (const bool debit : {true, false})
            events_.push_back(entry_event(cell, stamps_[place], entry, debit));
    }
    /// In the order of the log; at one place the command, then what it booked.
    void append_to(std::vector<TimelineEvent>& events) {
        std::stable_sort(events_.begin(), events_.end(), [](const auto& left, const auto& right) {
            return left.stamp.sequence < right.stamp.sequence;
        });
        const std::size_t room = core::kMaxTimelineEvents - events.size();
        if (events_.size() > room) events_.resize(room);
        events.insert(events.end(), events_.begin(), events_.end());
    }

private:
    void take_command() {
        const core::Cell& cell = follower_.cell(entry_.rail);
        auto received = received_event(cell, entry_.stamp, entry_.command);
        if (!received || (received->uetr != uetr_ && received->original != uetr_)) return;
        // Another bank's try at the UETR is no part of the story.
        const auto* transfer = std::get_if<core::CreditTransfer>(&entry_.command);
        if (transfer != nullptr &&
            (&cell != origin_ || transfer->participant != begun_->local_agent)) {
            return;
        }
        if (received->event.what == What::kReturn) received->event.currency = begun_->currency;
        events_.push_back(received->event);
    }

    const Follower& follower_;
    const core::Uetr uetr_;
    const core::Payment* begun_;
    const core::Cell* origin_;
    journal::RecordReader records_;
    journal::Entry entry_;
    std::vector<core::Stamp> stamps_;
    std::vector<TimelineEvent> events_;
};

}  // namespace

Result<std::optional<Timeline>> Follower::archived_timeline(const Legs& legs) const {
    const LegRef* begun = nullptr;
    for (const auto& leg : legs.by_rail) {
        if (leg && begun == nullptr && core::begins(leg->payment->leg)) begun = &*leg;
    }
    const core::Uetr uetr = begun->payment->uetr;
    BatchStory story(*this, uetr, begun->payment, begun->cell);
    Timeline timeline;
    core::Sequence done{0};
    for (const core::Sequence mark : marks_of(legs.by_rail)) {
        if (mark <= done) continue;
        const auto batch = archive_->read_batch(mark);
        if (!batch.ok()) return batch.error();
        if (auto read = story.read(*batch); !read.ok()) return read.error();
        done = core::Sequence{batch->view.last_sequence()};
        const auto entries = archive_->entry_rows(mark, mark, [&](EntryRowReader& row) {
            ArchivedEntry entry;
            while (row.next(entry)) {
                if (entry.uetr == uetr) story.take_entry(entry);
            }
            return true;
        });
        if (!entries.ok()) return entries.error();
        story.append_to(timeline.events);
    }
    return std::optional(std::move(timeline));
}

}  // namespace lowu::follower
