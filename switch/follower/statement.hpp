// Statements and positions over time: an account's entries in a period with the balances around
// them (camt.053 in meaning), and how it stood at the ends of slots. Told from the archive and the
// slot at hand. Pure reading; called by the follower on its thread.
#pragma once

#include <optional>
#include <vector>

#include "common/base/result.hpp"
#include "switch/core/ledger.hpp"
#include "switch/follower/archive.hpp"

namespace lowu::follower {

/// One account of a rail's book, as people name it.
struct AccountName {
    core::Rail rail{};
    core::AgentCode owner;
    core::AccountKind kind = core::AccountKind::kSettlement;
    core::Currency currency = core::Currency::kCny;
};

/// Where a page of a statement goes on. From outside it comes as a token: it decides no more than
/// where to look, and what is told for the opening balance of a page without entries.
struct StatementPlace {
    core::Sequence sequence;    ///< Of the last entry given, or before the next one to look at.
    std::uint32_t given = 0;    ///< Entries of this sequence number that have been given.
    core::AmountMinor balance;  ///< After them.

    friend bool operator==(const StatementPlace&, const StatementPlace&) = default;
};

struct StatementQuery {
    AccountName account;
    SchemeTime from;    ///< At or after.
    SchemeTime before;  ///< Zero: until now.
    std::size_t page_size = 100;
    std::optional<StatementPlace> place;  ///< Of the page before.
};

struct StatementEntry {
    core::Sequence sequence;
    SchemeTime booking_time;
    std::optional<core::Uetr> uetr;  ///< None: money from outside.
    core::AmountMinor amount;        ///< Credits above zero, debits below.
    core::AmountMinor balance;       ///< After it.
};

struct StatementPage {
    core::AmountMinor opening;
    std::vector<StatementEntry> entries;  ///< Oldest first.
    core::AmountMinor closing;
    std::optional<StatementPlace> next;  ///< None on the last page.
};

/// Samples that one answer has at most: a week of slots.
inline constexpr std::size_t kMaxSamples = 2'016;
/// Rows of entries that one page of a statement looks at: it ends there and says where to go on.
inline constexpr std::uint32_t kMaxRowsOfPage = 20'000;

/// What a statement is of.
struct StatementAccount {
    core::Rail rail{};
    core::AccountIndex index;
    core::AmountMinor balance;              ///< Now.
    std::optional<PositionSample> current;  ///< Of the slot that is not over.
};

[[nodiscard]] Result<StatementPage> read_statement(const Archive& archive,
                                                   const StatementAccount& account,
                                                   const StatementQuery& query,
                                                   std::uint32_t rows_max = kMaxRowsOfPage);
[[nodiscard]] Result<std::vector<PositionSample>> read_positions(const Archive& archive,
                                                                 const StatementAccount& account,
                                                                 SchemeTime from,
                                                                 SchemeTime before);

}  // namespace lowu::follower
