// Entry rows: what one batch booked, packed into one row of the archive. Exists because a row an
// entry would cost ten times as much; an account's balance stands once a row, the others follow
// from the amounts. Built by the follower while it replays, read for statements and timelines.
// Values, any thread; a builder belongs to one.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switch/core/ledger.hpp"
#include "switch/core/types.hpp"
#include "switch/follower/packing.hpp"

namespace lowu::follower {

/// One posting as the archive has it.
struct ArchivedEntry {
    core::Sequence sequence;
    SchemeTime time;
    core::Rail rail{};
    std::optional<core::Uetr> uetr;  ///< None: money from outside.
    core::AccountIndex debit;
    core::AccountIndex credit;
    core::AmountMinor amount;
    core::AmountMinor debit_balance;   ///< After it.
    core::AmountMinor credit_balance;  ///< Ditto.
};

/// When a batch was, and which sequence numbers it has.
struct BatchTimes {
    core::Sequence first;
    SchemeTime first_time;
    SchemeTime last_time;
};

class EntryRowBuilder {
public:
    /// Balances are those after the entry; entries come in the order of the log.
    void add(const ArchivedEntry& entry);
    /// The row, and starts over. A batch that booked nothing has a row too: it tells times.
    [[nodiscard]] std::string take(const BatchTimes& times);
    void clear();

private:
    struct Opening {
        core::Rail rail{};
        core::AccountIndex account;
        core::AmountMinor balance;
    };
    std::uint64_t place_of(core::Rail rail, core::AccountIndex account, core::AmountMinor before);

    std::vector<Opening> openings_;
    /// By rail and account: its place in `openings_` plus one; zero: not in this row.
    std::array<std::vector<std::uint32_t>, 2> places_;
    std::string body_;
    core::Sequence last_sequence_;
    SchemeTime last_time_;
    std::optional<core::Uetr> last_uetr_;
    std::uint64_t count_ = 0;
};

class EntryRowReader {
public:
    /// `row` outlives it.
    explicit EntryRowReader(std::string_view row);

    /// False: it is no row.
    [[nodiscard]] bool ok() const { return in_.ok(); }
    [[nodiscard]] const BatchTimes& times() const { return times_; }
    /// The account's balance before the row's first entry; none when the row does not book on it.
    [[nodiscard]] std::optional<core::AmountMinor> opening(core::Rail rail,
                                                           core::AccountIndex account) const;
    /// False at the end, and when the row is damaged; see ok().
    bool next(ArchivedEntry& entry);

private:
    struct Account {
        core::Rail rail{};
        core::AccountIndex account;
        core::AmountMinor opening;
        core::AmountMinor balance;
    };
    void read_accounts();

    Unpacker in_;
    BatchTimes times_;
    std::vector<Account> accounts_;
    std::uint64_t left_ = 0;
    core::Sequence sequence_;
    SchemeTime time_;
    std::optional<core::Uetr> uetr_;
};

/// Only when a row's batch was: what finding a moment needs.
[[nodiscard]] std::optional<BatchTimes> times_of_row(std::string_view row);

}  // namespace lowu::follower
