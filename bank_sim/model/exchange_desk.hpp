// ExchangeDesk: a bank's exchange between HKD and CNY: its rates, the quotes it issues and judges
// once, and the quotes that Hong Kong banks have given to its customers. Only banks in Hong Kong
// have rates. Exists so that the rules of quotes stand in one place for payer and payee side. On
// the bank's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bank_sim/model/books.hpp"
#include "bank_sim/model/call_error.hpp"
#include "bank_sim/model/proxy_book.hpp"
#include "bank_sim/model/quote_book.hpp"
#include "common/base/time.hpp"
#include "common/scheme/rail.hpp"
#include "common/scheme/uetr.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/exchange.pb.h"
#include "lowu/v1/participant.pb.h"

namespace lowu::bank {

/// A rate sheet says so much ahead until when it holds at the latest, and is published anew so long
/// before.
inline constexpr Duration kSheetValidity = Duration::from_hours(24);
inline constexpr Duration kSheetRenewal = Duration::from_hours(1);

class ExchangeDesk {
public:
    /// books and proxies must outlive it. `code`: the bank's own.
    ExchangeDesk(scheme::Rail rail, std::string code, const Books& books, const ProxyBook& proxies);

    // Rates.

    /// Why the rates cannot be so; nullopt when they are from now on.
    [[nodiscard]] std::optional<CallError> set_rates(const v1::SetRatesRequest& request);
    /// False when the bank exchanges nothing.
    [[nodiscard]] bool has_rates() const { return bid_ > money::Rate{0}; }
    [[nodiscard]] money::Rate ask() const { return ask_; }

    /// When a sheet has to be published: at once while the newest rates have not been; nullopt when
    /// there are none.
    [[nodiscard]] std::optional<SchemeTime> sheet_due() const;
    void write_sheet(SchemeTime now, v1::FxRateSheet& sheet);

    // Quotes for customers.

    /// A quote of this bank; or, southbound, what the payee's bank must be asked first.
    using Step = std::variant<v1::QuoteOffer, v1::RequestQuoteRequest>;
    /// `fresh`: the identity of a new quote.
    [[nodiscard]] Outcome<Step> quote(const v1::QuoteOrder& order, const scheme::Uetr& fresh,
                                      SchemeTime now);
    /// The payee's bank has answered the order.
    [[nodiscard]] Outcome<v1::QuoteOffer> take_offer(const v1::QuoteOrder& order,
                                                     const v1::QuoteAnswer& answer, SchemeTime now);

    /// Another bank asks for a quote for an account here.
    [[nodiscard]] v1::QuoteAnswer answer(const v1::QuoteRequest& request, const scheme::Uetr& fresh,
                                         SchemeTime now);

    // Quotes in payments.

    [[nodiscard]] const QuoteBook& issued() const { return issued_; }
    [[nodiscard]] const QuoteBook& offers() const { return offers_; }
    /// A payment goes on with a quote of this bank, which it has judged.
    void spend(const scheme::Uetr& quote) { issued_.spend(quote); }

    void add_to(Digest& digest) const;

private:
    [[nodiscard]] std::optional<CallError> check_order(const v1::QuoteOrder& order) const;
    [[nodiscard]] Outcome<Step> quote_northbound(const v1::QuoteOrder& order,
                                                 const scheme::Uetr& fresh, SchemeTime now);
    [[nodiscard]] Outcome<Step> ask_payee_agent(const v1::QuoteOrder& order) const;
    [[nodiscard]] std::string_view refusal_of(const v1::QuoteRequest& request) const;
    [[nodiscard]] std::optional<CustomerId> payee_of(const v1::QuoteRequest& request) const;

    scheme::Rail rail_;
    std::string code_;
    const Books& books_;
    const ProxyBook& proxies_;
    money::Rate bid_;
    money::Rate ask_;
    Duration quote_validity_ = Duration::from_seconds(60);
    bool published_ = false;
    SchemeTime sheet_valid_until_;
    QuoteBook issued_;
    QuoteBook offers_;
};

}  // namespace lowu::bank
