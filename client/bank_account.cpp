// BANK/ACCOUNT as people type it. See bank_account.hpp.
#include "client/bank_account.hpp"

#include "client/context.hpp"
#include "common/scheme/account.hpp"
#include "common/scheme/agent_code.hpp"

namespace lowu::client {

Result<BankAccount> parse_bank_account(std::string_view field, std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return usage_error(field, "must be BANK/ACCOUNT, for example 012/012-875-10001");
    }
    const std::string_view bank = text.substr(0, slash);
    const std::string_view account = text.substr(slash + 1);
    const auto rail = scheme::rail_of_code(bank);
    if (!rail) {
        return usage_error(std::string(field) + ": bank",
                           "must be a clearing code of 3 characters of [A-Z0-9] or an IBPS code "
                           "of 12 digits with its check digit");
    }
    if (const auto rule = scheme::check_account(account)) {
        return usage_error(std::string(field) + ": account", *rule);
    }
    return BankAccount{std::string(bank), std::string(account), *rail};
}

}  // namespace lowu::client
