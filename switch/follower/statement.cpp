// Statements and positions; see statement.hpp. The samples of an account say between which sequence
// numbers it was booked on in each slot, so that an account that seldom moves costs little.
#include "switch/follower/statement.hpp"

namespace lowu::follower {
namespace {

/// Goes through an account's entries until a page is full.
class StatementReader {
public:
    StatementReader(const Archive& archive, const StatementAccount& account,
                    const StatementQuery& query, std::uint32_t rows_max)
        : archive_(archive), account_(account), query_(query), rows_left_(rows_max) {}

    Result<StatementPage> read();

private:
    [[nodiscard]] Result<Slot> find_start();
    /// False when the page is over, or something went wrong.
    bool take_slot(const PositionSample& sample);
    bool take_row(EntryRowReader& row);
    bool take_line(const ArchivedEntry& entry, core::AmountMinor amount, core::AmountMinor balance);
    void end_page();

    const Archive& archive_;
    const StatementAccount& account_;
    const StatementQuery& query_;
    std::uint32_t rows_left_;
    core::Sequence start_;
    StatementPage page_;
    std::optional<core::AmountMinor> balance_;  ///< Before the next line.
    core::Sequence last_;                       ///< Of the last line passed,
    std::uint32_t lines_ = 0;                   ///< how many it has had so far.
    bool over_ = false;
    Result<void> result_;
};

Result<Slot> StatementReader::find_start() {
    if (!query_.place) {
        const auto first = archive_.first_at(query_.from);
        if (!first.ok()) return first.error();
        start_ = *first;
        return slot_of(query_.from);
    }
    start_ = query_.place->sequence;
    balance_ = query_.place->balance;
    const auto times = archive_.times_of(start_);
    if (times.ok()) return slot_of(times->first_time);
    if (times.error().kind == Error::Kind::kNotFound) return slot_of(query_.from);
    return times.error();
}

Result<StatementPage> StatementReader::read() {
    const auto slot = find_start();
    if (!slot.ok()) return slot.error();
    auto read =
        archive_.samples(account_.rail, account_.index, *slot,
                         [this](const PositionSample& sample) { return take_slot(sample); });
    if (!read.ok()) return read.error();
    if (!over_ && account_.current) take_slot(*account_.current);
    if (!result_.ok()) return result_.error();
    if (!balance_) balance_ = account_.balance;
    if (page_.entries.empty()) page_.opening = *balance_;
    page_.closing = *balance_;
    return std::move(page_);
}

bool StatementReader::take_slot(const PositionSample& sample) {
    if (sample.last_entry.value == 0 || sample.last_entry < start_) return true;
    const bool later = query_.before.value != 0 && begin_of(sample.slot) >= query_.before;
    if (later && balance_) {
        over_ = true;
        return false;
    }
    result_ = archive_.entry_rows(std::max(sample.first_entry, start_), sample.last_entry,
                                  [this](EntryRowReader& row) { return take_row(row); });
    if (!result_.ok()) over_ = true;
    return !over_;
}

bool StatementReader::take_row(EntryRowReader& row) {
    // Until the balance is known it goes on, at most to the end of the slot.
    if (rows_left_ == 0 && balance_) {
        over_ = true;
        if (!page_.entries.empty()) {
            end_page();
        } else {
            page_.next = StatementPlace{std::max(row.times().first, start_), 0, *balance_};
        }
        return false;
    }
    if (rows_left_ > 0) --rows_left_;
    if (!row.opening(account_.rail, account_.index)) return true;
    // A batch over the end of a slot is looked at for both.
    const core::Sequence passed = last_;
    ArchivedEntry entry;
    while (row.next(entry)) {
        if (entry.rail != account_.rail || entry.sequence <= passed) continue;
        if (entry.debit == account_.index &&
            !take_line(entry, core::AmountMinor{-entry.amount.value}, entry.debit_balance)) {
            return false;
        }
        if (entry.credit == account_.index &&
            !take_line(entry, entry.amount, entry.credit_balance)) {
            return false;
        }
    }
    return true;
}

bool StatementReader::take_line(const ArchivedEntry& entry, core::AmountMinor amount,
                                core::AmountMinor balance) {
    const core::AmountMinor before{balance.value - amount.value};
    if (!balance_) balance_ = before;
    if (query_.before.value != 0 && entry.time >= query_.before) {
        over_ = true;
        return false;
    }
    const std::uint32_t nth = entry.sequence == last_ ? lines_ + 1 : 1;
    const bool given = entry.sequence < start_ ||
                       (query_.place && entry.sequence == start_ && nth <= query_.place->given);
    if (!given && entry.time >= query_.from) {
        if (page_.entries.size() == query_.page_size) {
            over_ = true;
            end_page();
            return false;
        }
        if (page_.entries.empty()) page_.opening = before;
        page_.entries.push_back({entry.sequence, entry.time, entry.uetr, amount, balance});
    }
    last_ = entry.sequence;
    lines_ = nth;
    balance_ = balance;
    return true;
}

/// The next page begins behind the last entry of this one.
void StatementReader::end_page() {
    page_.next = StatementPlace{last_, lines_, *balance_};
}

}  // namespace

Result<StatementPage> read_statement(const Archive& archive, const StatementAccount& account,
                                     const StatementQuery& query, std::uint32_t rows_max) {
    return StatementReader(archive, account, query, rows_max).read();
}

Result<std::vector<PositionSample>> read_positions(const Archive& archive,
                                                   const StatementAccount& account, SchemeTime from,
                                                   SchemeTime before) {
    std::vector<PositionSample> samples;
    const auto take = [&](const PositionSample& sample) {
        const bool within = before.value == 0 || begin_of(sample.slot) < before;
        if (!within || samples.size() == kMaxSamples) return false;
        if (begin_of(sample.slot) >= from) samples.push_back(sample);
        return true;
    };
    const auto read = archive.samples(account.rail, account.index, slot_of(from), take);
    if (!read.ok()) return read.error();
    if (account.current) take(*account.current);
    return samples;
}

}  // namespace lowu::follower
