// Two banks of bank_sim, one on each rail, with a customer or two. Used by the targets of sessions
// and of banks' logs; one thread.
#pragma once

#include <string>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/assert.hpp"
#include "tests/fuzz/small_scheme.hpp"

namespace lowu::fuzz {

/// FPS first.
[[nodiscard]] inline std::vector<bank::Bank::Options> small_cast() {
    std::vector<bank::Bank::Options> cast;
    for (const scheme::Rail rail : kRails) {
        bank::Bank::Options options{rail, bank_code(rail, 0), "Sample Bank", "示例銀行", 1, 1};
        const bool added = options.token_keys.add(1, scheme::TokenKey{1});
        LOWU_ASSERT(added, "the first key");
        cast.push_back(options);
    }
    return cast;
}

[[nodiscard]] inline std::string account_of(scheme::Rail rail, v1::Currency currency) {
    if (rail == scheme::Rail::kIbps) return "6222000000000001";
    return currency == v1::CURRENCY_HKD ? "012-875-20001" : "012-875-10001";
}

inline void open_account(bank::Bank& bank, v1::Currency currency) {
    v1::OpenAccountRequest request;
    v1::Account& account = *request.mutable_account();
    account.set_account(account_of(bank.rail(), currency));
    account.set_currency(currency);
    account.set_name_en("Chan Ka Yan");
    account.set_name_zh("陳嘉欣");
    account.set_document_number("SAMPLE-0001");
    request.set_opening_balance_minor(10'000'000);
    const auto opened = bank.open_account(request, ElapsedTime{});
    LOWU_ASSERT(std::holds_alternative<bank::CustomerId>(opened), "the account is sound");
}

inline void open_accounts(bank::Bank& bank) {
    open_account(bank, v1::CURRENCY_CNY);
    if (bank.rail() == scheme::Rail::kFps) open_account(bank, v1::CURRENCY_HKD);
}

}  // namespace lowu::fuzz
