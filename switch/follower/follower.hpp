// The follower: replays the durable log into cells of its own and answers every query from them.
// The live cells never explain themselves; these do. What they have forgotten, and what happened
// long ago, it reads in the archive, which it writes while it replays. Bounded by the cells' memory
// and by stated numbers of timelines and changes. Begins with the log or with a snapshot, and
// writes snapshots. Step machine on one thread: the runner in switch/app feeds it batches and
// questions.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/log/batch_log.hpp"
#include "switch/follower/archive.hpp"
#include "switch/follower/observer.hpp"
#include "switch/follower/payment_view.hpp"
#include "switch/follower/proxy_names.hpp"
#include "switch/follower/statement.hpp"
#include "switch/journal/batch.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::follower {

/// What happened to a payment, in the order of the log.
struct Timeline {
    std::vector<TimelineEvent> events;
    /// Nothing is left out. Otherwise it is told from the archive: messages and entries only, the
    /// latter with balances in place of what was available.
    bool whole = false;
};

/// An obligation as queries tell it.
struct ObligationView {
    Obligation obligation;
    core::Rail rail{};
    Duration age;
    bool overdue = false;
};

class Follower {
public:
    /// `archive` may be null, and must outlive it: then what cells forget is gone, and there are no
    /// statements. An archive that is ahead is not written again until the follower has come to its
    /// end.
    explicit Follower(std::uint32_t timelines_max, Archive* archive = nullptr);

    /// Begins with a snapshot in place of the log's beginning; once, before the first batch. Errors
    /// as the reader's; kInvalid when the archive ends before the snapshot. After an error it is
    /// good for nothing.
    [[nodiscard]] Result<journal::SnapshotInfo> load(journal::SnapshotReader& reader);
    /// Writes the state as it is; the archive is made durable first. `header` says of which batch
    /// it is, the one replayed last.
    [[nodiscard]] Result<journal::SnapshotInfo> write_snapshot(
        journal::SnapshotStore& store, const journal::SnapshotHeader& header);

    /// Replays one batch, which continues where the last one ended, and appends it to the archive.
    /// When the archive's batch_waits() after an error, it has been replayed, and the archive must
    /// take it before the next one comes.
    [[nodiscard]] Result<void> take(const log::BatchView& batch);
    /// What a recollected payment's times could not be read for, once; they are told no more.
    [[nodiscard]] std::optional<Error> take_unreadable() {
        return std::exchange(models_.unreadable, std::nullopt);
    }

    [[nodiscard]] core::Sequence replayed() const { return last_.sequence; }
    [[nodiscard]] const core::Stamp& last() const { return last_; }
    /// Nothing has been recorded for so long since the last stamp: time has passed all the same,
    /// for ages and for what is overdue.
    void stood_still(Duration since_last) { stood_still_ = since_last; }
    [[nodiscard]] ElapsedTime now() const { return last_.elapsed + stood_still_; }
    /// Of both cells, FPS first: the live cells must have the same after the same batch.
    [[nodiscard]] std::array<std::uint64_t, 2> decisions() const {
        return {cells_[0]->decisions(), cells_[1]->decisions()};
    }

    // Queries. Errors are those of reading the archive.

    [[nodiscard]] Result<std::optional<PaymentView>> find(const core::Uetr& uetr) const;
    /// None when there is no such payment, or nothing is known any more of what happened to it.
    [[nodiscard]] Result<std::optional<Timeline>> timeline(const core::Uetr& uetr) const;
    /// Payments whose instruction came before `before`; looks at a bounded number of them.
    [[nodiscard]] Result<PaymentPage> list(const PaymentFilter& filter, std::size_t page_size,
                                           std::optional<core::Sequence> before) const;
    /// See WatchRing::after.
    [[nodiscard]] Changes changes_after(core::Sequence place, std::size_t most) const {
        return models_.watch.after(place, most);
    }
    /// The payment as it was right after the change. None when a later one has its UETR.
    [[nodiscard]] Result<std::optional<PaymentView>> find_at(const PaymentChange& change) const;
    /// Settled and not credited, oldest first, of one bank or all; at most `most`. Overdue is what
    /// was settled longer ago than the rail's deadline; zero: nothing is.
    [[nodiscard]] std::vector<ObligationView> obligations(
        std::optional<core::AgentCode> payee_agent, const std::array<Duration, 2>& deadlines,
        std::size_t most) const;
    /// How long each rail gives a bank to credit; zero: for ever.
    [[nodiscard]] std::array<Duration, 2> credit_deadlines() const;
    [[nodiscard]] bool in_default(core::Rail rail, core::AgentCode bank) const;
    /// How many are overdue, those of banks for which `leave_out` says so not among them.
    template <class LeaveOut>
    [[nodiscard]] std::int64_t obligations_overdue(const std::array<Duration, 2>& deadlines,
                                                   const LeaveOut& leave_out) const;
    /// An account's entries in a period. kUnavailable without an archive.
    [[nodiscard]] Result<StatementPage> statement(const StatementQuery& query) const;
    /// At most kMaxSamples, oldest first. kUnavailable without an archive.
    [[nodiscard]] Result<std::vector<PositionSample>> position_history(const AccountName& account,
                                                                       SchemeTime from,
                                                                       SchemeTime before) const;
    /// None when the rail has no such account.
    [[nodiscard]] std::optional<core::AccountIndex> find_account(const AccountName& name) const;

    [[nodiscard]] const core::Cell& cell(core::Rail rail) const {
        return *cells_[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] const Observer& observer(core::Rail rail) const {
        return *observers_[static_cast<std::size_t>(rail)];
    }
    [[nodiscard]] const ProxyNames& proxy_names() const { return proxy_names_; }

    /// What one page costs at most, in legs that a cell remembers: a filter that matches little
    /// must not hold up the follower. One in the archive costs as much as kArchivedCost of them.
    static constexpr std::uint32_t kScanMax = 100'000;
    static constexpr std::uint32_t kArchivedCost = 8;
    /// Changes that are kept for those who watch.
    static constexpr std::size_t kMaxChanges = 65'536;

private:
    [[nodiscard]] Result<void> replay(const log::BatchView& batch);
    void keep_changes();
    [[nodiscard]] LegRef remembered(core::Rail rail, core::PaymentIndex index) const;
    [[nodiscard]] LegRef archived(const ArchivedLeg& leg) const;
    [[nodiscard]] bool may_be_archived(core::Rail rail, const core::Payment& payment) const;
    [[nodiscard]] Result<PaymentView> complete(const LegRef& begins) const;
    /// Both legs of a payment, wherever they are.
    struct Legs {
        ArchivedPayment from_archive;  ///< What the others may point to.
        std::array<std::optional<LegRef>, 2> by_rail;
    };
    [[nodiscard]] Legs remembered_legs(const core::Uetr& uetr) const;
    [[nodiscard]] Result<void> find_legs(const core::Uetr& uetr, Legs& legs) const;
    [[nodiscard]] static std::optional<PaymentView> view_of_legs(const Legs& legs);
    [[nodiscard]] Result<std::optional<Timeline>> archived_timeline(const Legs& legs) const;
    class ListSource;
    [[nodiscard]] Result<core::Sequence> first_before(SchemeTime time) const;

    // follower_snapshot.cpp
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self);
    [[nodiscard]] Result<void> load_own(journal::SnapshotReader& reader);

    Archive* archive_;
    ReadModels models_;
    std::array<std::unique_ptr<Observer>, 2> observers_;
    std::array<std::unique_ptr<core::Cell>, 2> cells_;
    ProxyNames proxy_names_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    core::Effects effects_;
    core::Stamp last_;
    Duration stood_still_;
};

template <class LeaveOut>
std::int64_t Follower::obligations_overdue(const std::array<Duration, 2>& deadlines,
                                           const LeaveOut& leave_out) const {
    std::int64_t overdue = 0;
    for (const core::Rail rail : {core::Rail::kFps, core::Rail::kIbps}) {
        const Duration deadline = deadlines[static_cast<std::size_t>(rail)];
        if (deadline.us == 0) continue;
        observer(rail).obligations().for_each([&](const Obligation& one) {
            if (now() - one.settled <= deadline) return false;  // So are all after it.
            overdue += leave_out(rail, one.payee_agent) ? 0 : 1;
            return true;
        });
    }
    return overdue;
}

}  // namespace lowu::follower
