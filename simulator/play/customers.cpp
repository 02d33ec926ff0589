// Invented customers; see customers.hpp.
#include "simulator/play/customers.hpp"

#include <numeric>

#include "common/scheme/proxy.hpp"

namespace lowu::simulator {
namespace {

using scheme::Rail;

/// Institutions' numbers lie behind those that persons can have.
constexpr std::uint32_t kFirstInstitution = 90'000;

scheme::TokenKey key_of(Rail rail, std::uint64_t seed) {
    scheme::TokenKey key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(mix64(seed, i * 2 + static_cast<std::size_t>(rail)));
    }
    return key;
}

}  // namespace

Customers::Customers(const Scenario& scenario)
    : scenario_(scenario), tokens_(scenario.banks.size()), hashes_(scenario.banks.size()) {
    std::array<std::uint32_t, 2> so_far{};
    for (const Bank& bank : scenario.banks)
        side_index_.push_back(so_far[static_cast<std::size_t>(bank.rail)]++);
}

bank::DayPlace Customers::place(std::size_t bank, std::uint32_t customer) const {
    const Bank& one = scenario_.banks[bank];
    const std::uint32_t number =
        customer < one.persons ? customer : kFirstInstitution + (customer - one.persons);
    return {one.rail, side_index_[bank], number};
}

std::string Customers::account(std::size_t bank, std::uint32_t customer, bool hkd) const {
    const std::string& code = scenario_.banks[bank].code;
    return hkd ? bank::day_hkd_account(place(bank, customer), code)
               : bank::day_cny_account(place(bank, customer), code);
}

const scheme::PersonToken& Customers::token(std::size_t bank, std::uint32_t customer) {
    std::vector<scheme::PersonToken>& all = tokens_[bank];
    if (all.empty()) all.resize(scenario_.banks[bank].persons);
    scheme::PersonToken& token = all[customer];
    if (token.none()) {
        const Rail rail = scenario_.banks[bank].rail;
        token = scheme::person_token(
            key_of(rail, scenario_.seed), scheme::document_of(rail),
            bank::day_document_number(place(bank, customer), scenario_.banks[bank].code));
    }
    return token;
}

bool Customers::has_proxy(std::size_t bank, std::uint32_t customer) const {
    return !is_person(bank, customer) ||
           customer < scenario_.persons_with_proxy(scenario_.banks[bank]);
}

bank::DayProxy Customers::proxy(std::size_t bank, std::uint32_t customer) const {
    return bank::day_proxy(place(bank, customer));
}

const Hash128& Customers::proxy_hash(std::size_t bank, std::uint32_t customer) {
    std::vector<Hash128>& all = hashes_[bank];
    if (customer >= all.size()) all.resize(customer + 1);
    Hash128& hash = all[customer];
    if (hash == Hash128{}) {
        const bank::DayProxy text = proxy(bank, customer);
        hash = scheme::proxy_hash(text.kind, text.value);
    }
    return hash;
}

void Customers::prefetch(std::size_t bank, std::uint32_t customer) const {
    if (customer < tokens_[bank].size()) __builtin_prefetch(&tokens_[bank][customer]);
    if (customer < hashes_[bank].size()) __builtin_prefetch(&hashes_[bank][customer]);
}

std::int64_t Book::customers() const {
    return std::accumulate(balances.begin(), balances.end(), std::int64_t{0});
}

BankBooks open_books(const Scenario& scenario, std::size_t bank) {
    const Bank& one = scenario.banks[bank];
    const Side& side = scenario.side(one.rail);
    BankBooks books;
    const auto open = [&](Book& book, std::int64_t person, std::int64_t institution) {
        book.balances.assign(one.persons, person);
        book.balances.resize(one.persons + one.institutions, institution);
        book.opening = book.customers();
    };
    open(books[0], side.person_cny_minor, side.institution_cny_minor);
    if (one.rail == Rail::kFps) {
        open(books[1], side.person_hkd_minor, side.institution_hkd_minor);
    }
    return books;
}

}  // namespace lowu::simulator
