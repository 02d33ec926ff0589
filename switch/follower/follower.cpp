// The follower: replay, and queries about one payment or account; see follower.hpp. Lists are in
// follower_list.cpp, snapshots in follower_snapshot.cpp.
#include "switch/follower/follower.hpp"

#include "common/base/assert.hpp"

namespace lowu::follower {
namespace {

constexpr std::array kRails{core::Rail::kFps, core::Rail::kIbps};

std::size_t slot(core::Rail rail) {
    return static_cast<std::size_t>(rail);
}

Error no_archive() {
    return {Error::Kind::kUnavailable, "there is no archive to read from"};
}

}  // namespace

Follower::Follower(std::uint32_t timelines_max, Archive* archive)
    : archive_(archive), models_(timelines_max, kMaxChanges, archive) {
    for (const core::Rail rail : kRails) {
        observers_[slot(rail)] = std::make_unique<Observer>(rail, models_);
        cells_[slot(rail)] = std::make_unique<core::Cell>(observers_[slot(rail)].get());
        observers_[slot(rail)]->watch(*cells_[slot(rail)]);
    }
}

Result<void> Follower::take(const log::BatchView& batch) {
    LOWU_ASSERT(batch.first_sequence == last_.sequence.value + 1, "batches come without gaps");
    stood_still_ = {};
    models_.gathering = archive_ != nullptr && batch.last_sequence() > archive_->position().value;
    if (auto replayed = replay(batch); !replayed.ok()) return replayed;
    if (!models_.gathering) return {};
    return archive_->append(batch, models_.rows);
}

Result<void> Follower::replay(const log::BatchView& batch) {
    if (auto opened = reader_.open(batch.payload, core::Sequence{batch.first_sequence});
        !opened.ok()) {
        return opened;
    }
    BatchTimes times{core::Sequence{batch.first_sequence}, {}, {}};
    while (true) {
        const auto more = reader_.next(entry_);
        if (!more.ok()) return more.error();
        if (!*more) break;
        core::Cell& cell = *cells_[slot(entry_.rail)];
        Observer& observer = *observers_[slot(entry_.rail)];
        observer.begin(entry_.stamp, entry_.command);
        proxy_names_.before(cell, entry_.command);
        cell.apply(entry_.stamp, entry_.command, effects_);
        effects_.clear();
        observer.end(entry_.command);
        proxy_names_.after(cell, entry_);
        if (!models_.changes.empty()) keep_changes();
        last_ = entry_.stamp;
        if (last_.sequence == times.first) times.first_time = last_.scheme;
    }
    times.last_time = last_.scheme;
    models_.rows.set_times(times);
    return {};
}

/// Both cells stand where they stood when it happened: nobody can tell later.
void Follower::keep_changes() {
    for (PaymentChange& change : models_.changes) {
        const auto then = view_of_legs(remembered_legs(change.uetr));
        if (then) change.keep(*then);
        models_.watch.add(change);
    }
    models_.changes.clear();
}

// Payments.

LegRef Follower::remembered(core::Rail rail, core::PaymentIndex index) const {
    const core::Cell& here = cell(rail);
    const core::Payment& payment = here.payment(index);
    const bool returns = core::is_return(payment.leg);
    return {&here,
            &payment,
            here.hold_of(index),
            returns ? &here.return_of(index) : nullptr,
            &observer(rail).legs().at(index),
            false};
}

LegRef Follower::archived(const ArchivedLeg& leg) const {
    return {&cell(leg.rail),
            &leg.payment(),
            leg.leg.hold ? &*leg.leg.hold : nullptr,
            leg.leg.record ? &*leg.leg.record : nullptr,
            &leg.times,
            true};
}

/// Whether the rail may have forgotten its leg of a payment that the other one remembers. Transfers
/// come over the link in the order of their instructions: the leg would be older than the oldest
/// that the rail still has.
bool Follower::may_be_archived(core::Rail rail, const core::Payment& payment) const {
    const core::Cell& there = cell(rail);
    const core::PaymentIndex oldest = there.first_remembered();
    if (archive_ == nullptr || oldest.value == 0) return false;
    if (oldest.value == there.payments_so_far()) return true;
    // What was given up before it came has none.
    const core::Sequence instruction = there.payment(oldest).body_sequence;
    return instruction.value == 0 || instruction > payment.body_sequence;
}

Follower::Legs Follower::remembered_legs(const core::Uetr& uetr) const {
    Legs legs;
    for (const core::Rail rail : kRails) {
        const auto index = cell(rail).find_payment(uetr);
        if (index) legs.by_rail[slot(rail)] = remembered(rail, *index);
    }
    return legs;
}

Result<void> Follower::find_legs(const core::Uetr& uetr, Legs& legs) const {
    bool complete = true;
    legs = remembered_legs(uetr);
    for (const core::Rail rail : kRails) {
        if (legs.by_rail[slot(rail)]) continue;
        const auto& other = legs.by_rail[slot(scheme::other(rail))];
        const bool domestic = other && other->payment->leg == core::Leg::kDomestic;
        const bool forgotten = other ? !domestic && may_be_archived(rail, *other->payment)
                                     : cell(rail).first_remembered().value > 0;
        complete = complete && !forgotten;
    }
    if (complete || archive_ == nullptr) return {};
    auto found = archive_->find(uetr);
    if (!found.ok()) return found.error();
    legs.from_archive = std::move(found).value();
    for (const core::Rail rail : kRails) {
        const auto& leg = legs.from_archive.legs[slot(rail)];
        auto& here = legs.by_rail[slot(rail)];
        if (leg && !here) here = archived(*leg);
    }
    return {};
}

std::optional<PaymentView> Follower::view_of_legs(const Legs& legs) {
    for (const core::Rail rail : kRails) {
        const auto& begins = legs.by_rail[slot(rail)];
        if (!begins || !core::begins(begins->payment->leg)) continue;
        const auto& other = legs.by_rail[slot(scheme::other(rail))];
        const bool crossed = other && !core::begins(other->payment->leg);
        return view_of(*begins, crossed ? &*other : nullptr);
    }
    return std::nullopt;
}

Result<std::optional<PaymentView>> Follower::find(const core::Uetr& uetr) const {
    Legs legs;
    if (auto found = find_legs(uetr, legs); !found.ok()) return found.error();
    return view_of_legs(legs);
}

Result<std::optional<PaymentView>> Follower::find_at(const PaymentChange& change) const {
    auto found = find(change.uetr);
    if (!found.ok() || !*found) return found;
    if ((*found)->sequence > change.sequence) return std::optional<PaymentView>();
    change.put_back(**found);
    return found;
}

Result<std::optional<Timeline>> Follower::timeline(const core::Uetr& uetr) const {
    Legs legs;
    if (auto found = find_legs(uetr, legs); !found.ok()) return found.error();
    std::optional<core::Sequence> instruction;
    for (const auto& leg : legs.by_rail) {
        const bool begins = leg && core::begins(leg->payment->leg);
        if (begins && !instruction) instruction = leg->payment->body_sequence;
    }
    auto events = models_.timelines.find(uetr);
    if (events && !events->empty()) {
        // One that began before the snapshot that this follower began with lacks its beginning.
        const bool whole = !instruction || events->front().stamp.sequence <= *instruction;
        if (whole || archive_ == nullptr) {
            return std::optional(Timeline{std::move(*events), whole});
        }
    }
    if (!instruction || archive_ == nullptr) return std::optional<Timeline>();
    return archived_timeline(legs);
}

std::array<Duration, 2> Follower::credit_deadlines() const {
    const auto of = [this](core::Rail rail) {
        return Duration::from_ms(cell(rail).rules().rail_value(core::ParameterId::kCreditDeadline));
    };
    return {of(core::Rail::kFps), of(core::Rail::kIbps)};
}

bool Follower::in_default(core::Rail rail, core::AgentCode bank) const {
    const auto index = cell(rail).find_participant(bank);
    return index && cell(rail).participant(*index).in_default;
}

std::vector<ObligationView> Follower::obligations(std::optional<core::AgentCode> payee_agent,
                                                  const std::array<Duration, 2>& deadlines,
                                                  std::size_t most) const {
    std::vector<ObligationView> found;
    for (const core::Rail rail : kRails) {
        std::size_t left = most;
        observer(rail).obligations().for_each([&](const Obligation& one) {
            if (payee_agent && *payee_agent != one.payee_agent) return true;
            if (left == 0) return false;
            --left;
            const Duration deadline = deadlines[slot(rail)];
            const Duration age = now() - one.settled;
            found.push_back({one, rail, age, deadline.us > 0 && age > deadline});
            return true;
        });
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const ObligationView& left, const ObligationView& right) {
                         return left.obligation.settled < right.obligation.settled;
                     });
    if (found.size() > most) found.resize(most);
    return found;
}

// Accounts.

std::optional<core::AccountIndex> Follower::find_account(const AccountName& name) const {
    const core::Ledger& ledger = cell(name.rail).ledger();
    for (std::uint32_t i = 0; i < ledger.size(); ++i) {
        const core::Account& account = ledger.account(core::AccountIndex{i});
        if (account.owner == name.owner && account.kind == name.kind &&
            account.currency == name.currency) {
            return core::AccountIndex{i};
        }
    }
    return std::nullopt;
}

Result<StatementPage> Follower::statement(const StatementQuery& query) const {
    if (archive_ == nullptr) return no_archive();
    const AccountName& name = query.account;
    const auto index = find_account(name);
    if (!index) return Error{Error::Kind::kNotFound, "the rail has no such account"};
    return read_statement(*archive_,
                          {name.rail, *index, cell(name.rail).ledger().account(*index).balance,
                           models_.positions.current(name.rail, *index)},
                          query);
}

Result<std::vector<PositionSample>> Follower::position_history(const AccountName& name,
                                                               SchemeTime from,
                                                               SchemeTime before) const {
    if (archive_ == nullptr) return no_archive();
    const auto index = find_account(name);
    if (!index) return Error{Error::Kind::kNotFound, "the rail has no such account"};
    return read_positions(*archive_,
                          {name.rail, *index, cell(name.rail).ledger().account(*index).balance,
                           models_.positions.current(name.rail, *index)},
                          from, before);
}

}  // namespace lowu::follower
