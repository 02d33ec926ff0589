// QuoteBook: exchange quotes by their identity, in bounded memory: those that a bank has issued and
// those that another bank has issued to its customer. Exists so that a quote is judged once and
// never believed from the message that uses it. On the bank's thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "bank_sim/model/books.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/money/amount.hpp"
#include "common/money/rate.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

/// The Hong Kong dollar side of a payment.
struct ExchangeTerms {
    scheme::Uetr quote;  // the quote's identity, a UUID as well
    money::AmountMinor hkd;
    money::Rate rate;  // CNY for one HKD
};

/// Whose quote it is and which way it goes.
enum class QuoteKind : std::uint8_t {
    kBid,    // issued here: the customer gives HKD, northbound
    kAsk,    // issued here: the customer gets HKD, southbound
    kOffer,  // issued by a bank in Hong Kong to the customer here, southbound
};

struct Quote {
    QuoteKind kind = QuoteKind::kBid;
    ExchangeTerms terms;
    money::AmountMinor cny;
    SchemeTime expires;       // holds up to and including this moment
    CustomerId account;       // of this bank: the HKD account, or the one that pays
    std::string payee_agent;  // kOffer: who issued it
    bool used = false;
};

class QuoteBook {
public:
    explicit QuoteBook(std::size_t capacity_max) : quotes_(capacity_max) {}

    /// False when the book is full and its oldest quote still holds, or has one of this identity.
    [[nodiscard]] bool add(Quote quote, SchemeTime now);
    /// nullptr when the book has no such quote, or none of this kind.
    [[nodiscard]] const Quote* find(const scheme::Uetr& id, QuoteKind kind) const;

    /// Why a payment of these amounts for this account cannot have the quote, as the one who issued
    /// it judges; nullopt when it can. Static sentences.
    [[nodiscard]] std::optional<std::string_view> judge(const ExchangeTerms& terms, QuoteKind kind,
                                                        CustomerId account, money::AmountMinor cny,
                                                        SchemeTime now) const;
    /// The quote is in the book.
    void spend(const scheme::Uetr& id);

    void add_to(Digest& digest) const;

private:
    BoundedRing<Quote> quotes_;
    std::uint64_t first_ = 0;  // index of the front, counting every one ever added
    boost::unordered_flat_map<scheme::Uetr, std::uint64_t, std::hash<scheme::Uetr>> by_id_;
};

}  // namespace lowu::bank
