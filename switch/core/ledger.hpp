// The book of one rail: double entry, integers, reserve / post / release. Used by the cell only;
// one thread. Invariants: every currency sums to zero over all accounts; 0 <= reserved; only contra
// and claim accounts, which stand for money outside the rail, may fall below -debit_limit.
#pragma once

#include <cstdint>
#include <vector>

#include "switch/core/limits.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// What an account is for. Numbers are those of lowu.v1.AccountKind.
enum class AccountKind : std::uint8_t {
    kSettlement = 1,       ///< A participant's prefunded account (FPS) or net position (IBPS).
    kLinkAgent = 2,        ///< The link agent's account on this rail.
    kContra = 3,           ///< Money outside the rail (RTGS, SAPS).
    kLinkClaim = 4,        ///< What this side's link agent owes the other side's.
    kLinkClaimContra = 5,  ///< The other side of kLinkClaim.
};

struct Account {
    AccountKind kind{};
    Currency currency{};
    AgentCode owner;          ///< kNoAgent for contra and claim accounts.
    AmountMinor balance;      ///< Posted; negative is a debit position.
    AmountMinor reserved;     ///< Held for payments in flight; counts as gone.
    AmountMinor debit_limit;  ///< How far the balance may fall below zero (net debit cap).

    /// What may still be reserved.
    [[nodiscard]] AmountMinor available() const {
        return AmountMinor{balance.value + debit_limit.value - reserved.value};
    }
};

/// One posting: `amount` moved from `debit` to `credit`.
struct Entry {
    AccountIndex debit;
    AccountIndex credit;
    AmountMinor amount;
};

class Ledger {
public:
    /// Opens an account with nothing on it.
    AccountIndex open(AccountKind kind, Currency currency, AgentCode owner,
                      AmountMinor debit_limit);

    [[nodiscard]] bool can_reserve(AccountIndex account, AmountMinor amount) const;
    /// Holds `amount`; the caller has asked can_reserve.
    void reserve(AccountIndex account, AmountMinor amount);
    /// Gives a reservation back.
    void release(AccountIndex account, AmountMinor amount);
    /// Books a reservation: it cannot fail.
    void post_reserved(const Entry& entry);
    /// Books without a reservation: opening money and claims, where the debited account stands for
    /// the outside.
    void post(const Entry& entry);

    [[nodiscard]] const Account& account(AccountIndex index) const;
    [[nodiscard]] std::uint32_t size() const {
        return static_cast<std::uint32_t>(accounts_.size());
    }
    /// Sum of all balances in a currency; the invariant says zero.
    [[nodiscard]] AmountMinor sum(Currency currency) const;

    /// The canonical list of fields; see fields.hpp.
    template <class Sink, class Self>
    static void fields(Sink& sink, Self& self) {
        sink.list(self.accounts_, kMaxAccounts, "accounts");
    }

private:
    Account& at(AccountIndex index);

    std::vector<Account> accounts_;
};

}  // namespace lowu::core
