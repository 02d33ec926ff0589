// The book of one rail; see ledger.hpp. Sums cannot overflow: limits.hpp proves it.
#include "switch/core/ledger.hpp"

#include "common/base/assert.hpp"

namespace lowu::core {

AccountIndex Ledger::open(AccountKind kind, Currency currency, AgentCode owner,
                          AmountMinor debit_limit) {
    LOWU_ASSERT(accounts_.size() < kMaxAccounts, "accounts are bounded by participants");
    LOWU_ASSERT(debit_limit.value >= 0 && debit_limit.value <= kMaxOpeningMinor, "cap in bounds");
    accounts_.push_back({kind, currency, owner, AmountMinor{0}, AmountMinor{0}, debit_limit});
    return AccountIndex{static_cast<std::uint32_t>(accounts_.size() - 1)};
}

Account& Ledger::at(AccountIndex index) {
    LOWU_ASSERT(index.value < accounts_.size(), "account exists");
    return accounts_[index.value];
}

const Account& Ledger::account(AccountIndex index) const {
    LOWU_ASSERT(index.value < accounts_.size(), "account exists");
    return accounts_[index.value];
}

bool Ledger::can_reserve(AccountIndex index, AmountMinor amount) const {
    return account(index).available() >= amount;
}

void Ledger::reserve(AccountIndex index, AmountMinor amount) {
    LOWU_ASSERT(amount.value > 0, "an amount is positive");
    LOWU_ASSERT(can_reserve(index, amount), "asked before");
    at(index).reserved.value += amount.value;
}

void Ledger::release(AccountIndex index, AmountMinor amount) {
    Account& account = at(index);
    LOWU_ASSERT(account.reserved >= amount, "only what is reserved is released");
    account.reserved.value -= amount.value;
}

void Ledger::post_reserved(const Entry& entry) {
    release(entry.debit, entry.amount);
    post(entry);
}

void Ledger::post(const Entry& entry) {
    Account& debit = at(entry.debit);
    Account& credit = at(entry.credit);
    LOWU_ASSERT(entry.debit != entry.credit, "an entry has two sides");
    LOWU_ASSERT(debit.currency == credit.currency, "an entry has one currency");
    LOWU_ASSERT(entry.amount.value > 0, "an amount is positive");
    debit.balance.value -= entry.amount.value;
    credit.balance.value += entry.amount.value;
    const bool outside = debit.owner == scheme::kNoAgent;
    LOWU_ASSERT(outside || debit.available().value >= 0, "nobody overdraws beyond its limit");
}

AmountMinor Ledger::sum(Currency currency) const {
    std::int64_t sum_minor = 0;
    for (const Account& account : accounts_) {
        if (account.currency == currency) sum_minor += account.balance.value;
    }
    return AmountMinor{sum_minor};
}

}  // namespace lowu::core
