// Finds the customers of the show. See cast.hpp.
#include "client/cast.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace lowu::client {

namespace {

constexpr std::size_t kAccountsLookedAt = 1'000;  // of one bank
constexpr std::int64_t kEnoughMinor = 100'000;
constexpr std::int64_t kEnoughHkdMinor =
    1'100'000;  // more than a day's limit, which a refusal shows

using Wanted = std::function<bool(const v1::Account&)>;

bool is_person(const v1::Account& account) {
    return account.holder() == v1::PARTY_KIND_PERSON;
}

// The accounts of each bank of a side, in its order.
Result<std::vector<std::vector<v1::Account>>> accounts_of(const BankClient& banks) {
    const auto played = banks.banks();
    if (!played) return played.error();
    std::vector<std::vector<v1::Account>> all;
    for (const v1::Bank& bank : played->banks()) {
        auto accounts = banks.accounts(bank.code(), kAccountsLookedAt);
        if (!accounts) return accounts.error();
        all.push_back(std::move(accounts).value());
    }
    return all;
}

std::vector<v1::Account> one_a_bank(const std::vector<std::vector<v1::Account>>& banks,
                                    const Wanted& is_wanted) {
    std::vector<v1::Account> found;
    for (const auto& accounts : banks) {
        const auto first = std::find_if(accounts.begin(), accounts.end(), is_wanted);
        if (first != accounts.end()) found.push_back(*first);
    }
    return found;
}

// The first customers of a side that are wanted, each at another bank; `into` says how many.
std::optional<Error> take(const std::vector<std::vector<v1::Account>>& banks,
                          const std::string& what, const Wanted& is_wanted,
                          const std::vector<v1::Account*>& into) {
    const auto found = one_a_bank(banks, is_wanted);
    if (found.size() < into.size()) {
        return Error{Error::Kind::kNotFound, "the show needs " + what + ", and the banks have " +
                                                 std::to_string(found.size())};
    }
    for (std::size_t i = 0; i < into.size(); ++i) {
        *into[i] = found[i];
    }
    return std::nullopt;
}

}  // namespace

Result<Cast> find_cast(const Network& network) {
    const auto hk = accounts_of(network.banks_of(scheme::Rail::kFps));
    if (!hk) return hk.error();
    const auto mainland = accounts_of(network.banks_of(scheme::Rail::kIbps));
    if (!mainland) return mainland.error();
    const auto pays_in = [](v1::Currency currency, std::int64_t enough_minor) {
        return [currency, enough_minor](const v1::Account& account) {
            return is_person(account) && account.currency() == currency &&
                   account.balance_minor() >= enough_minor;
        };
    };
    Cast cast;
    cast.hk = one_a_bank(*hk, pays_in(v1::CURRENCY_CNY, kEnoughMinor));
    cast.mainland = one_a_bank(*mainland, pays_in(v1::CURRENCY_CNY, kEnoughMinor));
    if (cast.hk.size() < 2 || cast.mainland.size() < 2) {
        return Error{Error::Kind::kNotFound,
                     "the show needs two persons a side with 1000.00 CNY, at two banks"};
    }
    const std::optional<Error> missing[] = {
        take(*hk, "two persons in Hong Kong with HKD, at two banks",
             pays_in(v1::CURRENCY_HKD, kEnoughHkdMinor), {&cast.hkd_payer, &cast.hkd_payee}),
        take(*hk, "a person in Hong Kong with a proxy",
             [](const v1::Account& account) {
                 return is_person(account) && !account.proxies().empty();
             },
             {&cast.proxy_payee}),
        take(*hk, "a registered institution in Hong Kong",
             [](const v1::Account& account) {
                 return account.holder() == v1::PARTY_KIND_REGISTERED_INSTITUTION;
             },
             {&cast.institution}),
        take(*mainland, "a company on the Mainland",
             [](const v1::Account& account) { return account.holder() == v1::PARTY_KIND_COMPANY; },
             {&cast.company})};
    for (const auto& error : missing) {
        if (error) return *error;
    }
    return cast;
}

}  // namespace lowu::client
