// Customers: the invented customers of all banks of a scenario: accounts, persons' tokens, proxies,
// balances. Names follow from bank and number as in bank_sim/model/day_person.hpp; money is
// booked by Books. Customers of a bank are numbered, persons first, then institutions. One owner,
// one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bank_sim/model/day_person.hpp"
#include "common/base/hash.hpp"
#include "common/money/currency.hpp"
#include "common/scheme/person_token.hpp"
#include "simulator/scenario/scenario.hpp"

namespace lowu::simulator {

class Customers {
public:
    /// The scenario outlives this.
    explicit Customers(const Scenario& scenario);

    /// Among the bank's customers.
    [[nodiscard]] std::uint32_t number(std::size_t bank, bool person, std::uint32_t index) const {
        return person ? index : scenario_.banks[bank].persons + index;
    }
    [[nodiscard]] std::uint32_t count(std::size_t bank) const {
        return scenario_.banks[bank].persons + scenario_.banks[bank].institutions;
    }
    [[nodiscard]] bool is_person(std::size_t bank, std::uint32_t customer) const {
        return customer < scenario_.banks[bank].persons;
    }
    [[nodiscard]] std::string account(std::size_t bank, std::uint32_t customer, bool hkd) const;
    /// Of a person; made once.
    [[nodiscard]] const scheme::PersonToken& token(std::size_t bank, std::uint32_t customer);
    /// Some persons and all institutions have one.
    [[nodiscard]] bool has_proxy(std::size_t bank, std::uint32_t customer) const;
    [[nodiscard]] bank::DayProxy proxy(std::size_t bank, std::uint32_t customer) const;
    /// By which the directory knows it; made once.
    [[nodiscard]] const Hash128& proxy_hash(std::size_t bank, std::uint32_t customer);
    void prefetch(std::size_t bank, std::uint32_t customer) const;

private:
    [[nodiscard]] bank::DayPlace place(std::size_t bank, std::uint32_t customer) const;

    const Scenario& scenario_;
    std::vector<std::uint32_t> side_index_;  // by bank
    std::vector<std::vector<scheme::PersonToken>> tokens_;
    std::vector<std::vector<Hash128>> hashes_;
};

/// One currency of one bank, in minor units. What customers have, what is on its way and what the
/// bank itself has made of exchanges always adds up with what has come in and gone out over the
/// rail.
struct Book {
    std::vector<std::int64_t> balances;  ///< By customer.
    std::int64_t opening = 0;            ///< What customers had at first, all together.
    std::int64_t in_transit = 0;         ///< Debited and not final.
    std::int64_t own = 0;                ///< The bank's own: exchanges, money paid in from outside.
    std::int64_t settled = 0;            ///< Come in over the rail less gone out.

    [[nodiscard]] std::int64_t customers() const;
    void prefetch(std::uint32_t customer) const {
        if (customer < balances.size()) __builtin_prefetch(&balances[customer], 1);
    }
    /// Zero when the book is sound.
    [[nodiscard]] std::int64_t difference() const {
        return customers() + in_transit + own - opening - settled;
    }
};

/// Of one bank, by currency.
using BankBooks = std::array<Book, 2>;
[[nodiscard]] inline Book& book_of(BankBooks& books, money::Currency currency) {
    return books[currency == money::Currency::kHkd ? 1 : 0];
}
[[nodiscard]] BankBooks open_books(const Scenario& scenario, std::size_t bank);

}  // namespace lowu::simulator
