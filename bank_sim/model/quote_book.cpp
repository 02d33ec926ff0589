// Exchange quotes. See quote_book.hpp.
#include "bank_sim/model/quote_book.hpp"

#include <utility>

#include "bank_sim/model/digest_parts.hpp"
#include "common/base/assert.hpp"

namespace lowu::bank {

bool QuoteBook::add(Quote quote, SchemeTime now) {
    if (by_id_.contains(quote.terms.quote)) {
        return false;
    }
    if (quotes_.full()) {
        const Quote& oldest = quotes_.front();
        if (!oldest.used && now <= oldest.expires) {
            return false;
        }
        by_id_.erase(oldest.terms.quote);
        quotes_.pop();
        ++first_;
    }
    by_id_.emplace(quote.terms.quote, first_ + quotes_.size());
    const bool added = quotes_.push(std::move(quote));
    LOWU_ASSERT(added, "room was made for the quote");
    return true;
}

const Quote* QuoteBook::find(const scheme::Uetr& id, QuoteKind kind) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
        return nullptr;
    }
    const Quote& quote = quotes_[static_cast<std::size_t>(found->second - first_)];
    return quote.kind == kind ? &quote : nullptr;
}

std::optional<std::string_view> QuoteBook::judge(const ExchangeTerms& terms, QuoteKind kind,
                                                 CustomerId account, money::AmountMinor cny,
                                                 SchemeTime now) const {
    const Quote* quote = find(terms.quote, kind);
    if (quote == nullptr) {
        return "This bank has not issued such a quote.";
    }
    if (quote->used) {
        return "The quote has been used.";
    }
    if (quote->expires < now) {
        return "The quote has expired.";
    }
    if (quote->account != account) {
        return "The quote is for another account.";
    }
    if (quote->terms.rate != terms.rate) {
        return "The quote has another rate.";
    }
    if (quote->terms.hkd != terms.hkd || quote->cny != cny) {
        return "The quote is for another amount.";
    }
    return std::nullopt;
}

void QuoteBook::spend(const scheme::Uetr& id) {
    const auto found = by_id_.find(id);
    LOWU_ASSERT(found != by_id_.end(), "a quote is judged before it is spent");
    quotes_[static_cast<std::size_t>(found->second - first_)].used = true;
}

void QuoteBook::add_to(Digest& digest) const {
    digest.add(first_);
    for (std::size_t index = 0; index < quotes_.size(); ++index) {
        const Quote& quote = quotes_[index];
        digest.add(quote.kind);
        add_part(digest, quote.terms.quote);
        digest.add(quote.terms.hkd);
        digest.add(quote.terms.rate);
        digest.add(quote.cny);
        digest.add(quote.expires);
        digest.add(quote.account);
        digest.add_text(quote.payee_agent);
        digest.add(quote.used);
    }
}

}  // namespace lowu::bank
