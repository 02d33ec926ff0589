// BANK/ACCOUNT as people type it. Used by every command that names an account. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/scheme/rail.hpp"

namespace lowu::client {

struct BankAccount {
    std::string bank;  // code; obeys the rule of its rail
    std::string account;
    scheme::Rail rail;
};

// Splits at the first '/', which account numbers may hold too. Fails with kInvalid naming `field`.
[[nodiscard]] Result<BankAccount> parse_bank_account(std::string_view field, std::string_view text);

}  // namespace lowu::client
