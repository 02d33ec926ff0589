// Books: a bank's own double-entry ledger with its customers' accounts. Exists so that every amount
// moves through one function, book(), and that sums, balances and statements come from it alone.
// Called by the payer and payee side of the same bank, on that bank's thread.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bank_sim/model/limits.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/hash.hpp"
#include "common/base/strong.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/party.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

/// The ledger accounts of one currency. Customers, in transit, opening money and unapplied money
/// are what the bank owes; settlement mirrors its account at the rail, so a credit there is money
/// that left. Exchange is the bank's own position: what it sold in one currency it bought in the
/// other. Unapplied is money that belongs to no account: it came after a wrong promise
/// (behavior.hpp) or a refusal, or back of a payment that the bank no longer remembers; a debit
/// there is money that the rail took for a payment it had refused.
enum class LedgerAccount : std::uint8_t {
    kCustomers,
    kInTransit,
    kSettlement,
    kOpeningMoney,
    kExchange,
    kUnapplied,
};
inline constexpr std::size_t kLedgerAccounts = 6;

/// "customers", "in transit", "settlement", "opening money", "exchange", "unapplied".
[[nodiscard]] std::string_view to_string(LedgerAccount account);

/// Dense, in the order of opening.
struct CustomerIdTag {
    static constexpr bool kHasNext = true;
};
using CustomerId = Strong<CustomerIdTag, std::uint32_t>;

/// What an entry is for.
enum class EntryKind : std::uint8_t {
    kOpening,             // opening money -> customers
    kRemittanceSent,      // customers -> in transit
    kRemittanceSettled,   // in transit -> settlement
    kRemittanceReturned,  // in transit -> customers: the remittance was refused
    kRemittanceReceived,  // settlement -> customers
    // A payment out of an HKD account, across the boundary: HKD to the bank, CNY from it.
    kExchangeTaken,     // customers -> exchange (HKD)
    kExchangeSent,      // exchange -> in transit (CNY)
    kExchangeReversed,  // in transit -> exchange (CNY): the remittance was refused
    kExchangeReturned,  // exchange -> customers (HKD): the same
    // A payment into an HKD account, from across the boundary.
    kExchangeReceived,   // settlement -> exchange (CNY)
    kExchangePaid,       // exchange -> customers (HKD)
    kUnappliedReceived,  // settlement -> unapplied
    // A settled payment that goes back, or has come back; exchanged ones are booked as above.
    kReturnSent,      // customers -> in transit
    kReturnReceived,  // settlement -> customers
    kUnappliedSent,   // unapplied -> in transit
    kUnappliedKept,   // in transit -> unapplied: the return was refused
    // What the rail has moved and the bank has no account for.
    kReturnUnapplied,   // settlement -> unapplied: a return of a payment that it does not remember
    kUnappliedSettled,  // unapplied -> settlement: of a payment that had been refused
};
inline constexpr std::size_t kEntryKinds = 18;

/// "remittance sent", ...
[[nodiscard]] std::string_view to_string(EntryKind kind);

/// Both sides of an entry; which they are follows from its kind.
struct EntrySides {
    LedgerAccount debit;
    LedgerAccount credit;
};
[[nodiscard]] EntrySides sides_of(EntryKind kind);

struct Entry {
    std::uint64_t number = 0;  // 1, 2, 3, ... per bank
    // Number of the entry that moved this customer's balance before; 0: none, or this one does not.
    std::uint64_t previous_of_customer = 0;
    SchemeTime time;    // 0 before the bank's first session
    scheme::Uetr uetr;  // all zero for opening money
    money::AmountMinor amount;
    CustomerId customer;
    money::Currency currency = money::Currency::kUnspecified;
    EntryKind kind = EntryKind::kOpening;
};

/// An amount of one currency.
struct Money {
    money::AmountMinor amount;
    money::Currency currency = money::Currency::kCny;
};

/// A customer's account and who holds it.
struct Customer {
    std::string account;
    std::string name_en;
    std::string name_zh;
    scheme::PartyKind holder = scheme::PartyKind::kPerson;
    scheme::DocumentType document = scheme::DocumentType::kNone;  // persons only
    std::string document_number;                                  // persons only
    money::Currency currency = money::Currency::kUnspecified;
    money::AmountMinor balance;    // changed by Books::book only
    std::uint64_t last_entry = 0;  // number
};

struct LedgerSums {
    money::AmountMinor debits;
    money::AmountMinor credits;
};

class Books {
public:
    Books();

    /// nullopt when the account is unknown.
    [[nodiscard]] std::optional<CustomerId> find(std::string_view account) const;
    [[nodiscard]] const Customer& customer(CustomerId id) const { return customers_[id.value]; }
    [[nodiscard]] const std::vector<Customer>& customers() const { return customers_; }
    [[nodiscard]] bool full() const { return customers_.size() == kMaxAccounts; }

    /// The account must be new, full() false, and the opening balance reserved as one entry.
    CustomerId open(Customer customer, money::AmountMinor opening_balance, SchemeTime time);

    /// Keeps room in the sums for `entries` entries of this amount, in either currency; false when
    /// the books can hold no more. Every entry is reserved before, so that booking cannot fail.
    [[nodiscard]] bool reserve_turnover(money::AmountMinor amount, std::int64_t entries);
    /// Whether it would.
    [[nodiscard]] bool has_turnover(money::AmountMinor amount, std::int64_t entries) const;

    /// The one function that moves money. An entry that moves the customer's balance is in the
    /// currency of the account; where no customer's account moves, he is not looked at.
    void book(EntryKind kind, CustomerId customer, Money money, const scheme::Uetr& uetr,
              SchemeTime time);

    /// Over all entries ever booked.
    [[nodiscard]] std::uint64_t entries() const { return last_number_; }
    [[nodiscard]] LedgerSums sums(LedgerAccount account, money::Currency currency) const;

    /// Sum of the balances as the accounts hold them.
    [[nodiscard]] money::AmountMinor customer_balances(money::Currency currency) const;

    /// The newest entries that moved the customer's balance, newest first, as far as kept.
    [[nodiscard]] std::vector<Entry> statement(CustomerId customer, std::size_t count) const;

    /// Everything that a replay must give again.
    void add_to(Digest& digest) const;

private:
    struct TextHash {
        using is_transparent = void;
        [[nodiscard]] std::size_t operator()(std::string_view text) const;
    };

    [[nodiscard]] LedgerSums& sums_of(LedgerAccount account, money::Currency currency);

    std::vector<Customer> customers_;
    boost::unordered_flat_map<std::string, CustomerId, TextHash, std::equal_to<>> by_account_;
    std::array<LedgerSums, kLedgerAccounts * 2> sums_{};
    BoundedRing<Entry> recent_;  // the newest entries, by number without gaps
    std::uint64_t last_number_ = 0;
    std::int64_t turnover_minor_ = 0;  // reserved, whether booked yet or not
};

}  // namespace lowu::bank
