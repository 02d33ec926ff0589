// The book of one rail. See accounts.hpp.
#include "simulator/reference/accounts.hpp"

#include "common/base/assert.hpp"

namespace lowu::reference {

std::string account_of(const BankCode& bank, Currency currency) {
    return bank + (currency == Currency::kHkd ? " HKD" : " CNY");
}

void open_account(RailState& rail, const std::string& name, Currency currency, Amount debit_limit,
                  bool outside) {
    Account account;
    account.currency = currency;
    account.debit_limit = debit_limit;
    account.outside = outside;
    rail.accounts[name] = account;
}

namespace {

Amount available(const Account& account) {
    return account.balance + account.debit_limit - account.reserved;
}

Account& account_at(Step& step, const std::string& name) {
    const auto found = step.rail.accounts.find(name);
    LOWU_ASSERT(found != step.rail.accounts.end(), "the account is open");
    return found->second;
}

/// Where a pending payment holds money: at its bank where it began, else at the link agent.
std::string held_at(const Payment& payment) {
    if (begins_here(payment)) return account_of(payment.payer_agent, payment.currency);
    return kLinkAgent;
}

}  // namespace

bool can_reserve(const RailState& rail, const std::string& account, Amount amount) {
    const auto found = rail.accounts.find(account);
    return found != rail.accounts.end() && available(found->second) >= amount;
}

void reserve(Step& step, const std::string& name, Amount amount) {
    account_at(step, name).reserved += amount;
}

void release(Step& step, const std::string& name, Amount amount) {
    Account& account = account_at(step, name);
    account.reserved -= amount;
    if (account.reserved < 0) step.complain("more is released than reserved on " + name);
}

void post(Step& step, const std::string& from, const std::string& to, Amount amount) {
    Account& debit = account_at(step, from);
    Account& credit = account_at(step, to);
    debit.balance -= amount;
    credit.balance += amount;
    if (!debit.outside && available(debit) < 0) step.complain(from + " is overdrawn");
}

void post_reserved(Step& step, const std::string& from, const std::string& to, Amount amount) {
    release(step, from, amount);
    post(step, from, to, amount);
}

std::vector<std::string> check_book(const RailState& rail) {
    std::vector<std::string> wrong;
    std::map<Currency, Amount> sums;
    for (const auto& [name, account] : rail.accounts) {
        sums[account.currency] += account.balance;
        if (!account.outside && available(account) < 0) wrong.push_back(name + " is overdrawn");
    }
    for (const auto& [currency, sum] : sums) {
        if (sum == 0) continue;
        wrong.push_back(std::string(to_string(currency)) + " sums to " + std::to_string(sum));
    }
    std::map<std::string, Amount> held;
    for (const Payment& payment : rail.payments) {
        if (!is_final(payment)) held[held_at(payment)] += payment.amount;
    }
    for (const auto& [name, account] : rail.accounts) {
        if (account.reserved == held[name]) continue;
        wrong.push_back(std::to_string(account.reserved) + " is reserved on " + name +
                        ", payments hold " + std::to_string(held[name]));
    }
    return wrong;
}

}  // namespace lowu::reference
