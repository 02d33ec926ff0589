// What a customer sees around a payment. See pay_text.hpp.
#include "client/pay_text.hpp"

#include "client/console.hpp"
#include "client/iso_reason.hpp"
#include "client/timeline.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

// The directory may know a bank by a name that the table of institutions lacks.
std::string bank_of(const v1::ResolvePayeeResponse& payee) {
    std::string text = bank_text(payee.payee_agent());
    if (text == payee.payee_agent() && !payee.payee_agent_name().empty()) {
        text += " " + payee.payee_agent_name();
    }
    return text;
}

}  // namespace

std::string payee_text(const v1::ResolvePayeeResponse& payee) {
    std::string text = payee.display_name_en();
    if (!payee.display_name_zh().empty()) text += " (" + payee.display_name_zh() + ")";
    return text + ", " + word(payee.holder()) + ", at " + bank_of(payee);
}

std::string suspicious_text(const v1::Proxy& proxy) {
    return paint("Warning: High Risk.", Colour::kRed) + " " + proxy_text(proxy) +
           " is on the list of suspicious proxies (Suspicious Proxy ID Alert).";
}

std::string exchange_text(const v1::Exchange& exchange, std::int64_t cny_minor) {
    return amount_text(v1::CURRENCY_HKD, exchange.hkd_minor()) + " at " +
           rate_text(exchange.rate_e8()) + " = " + amount_text(v1::CURRENCY_CNY, cny_minor);
}

std::string offer_text(const v1::QuoteOffer& offer, std::size_t indent) {
    const std::string blanks(indent, ' ');
    return blanks + "Quote: " + exchange_text(offer.exchange(), offer.cny_minor()) +
           ", holds until " + time_text(offer.expires_ms()) + " UTC+8\n" + blanks + "  of " +
           bank_text(offer.issuer()) + ", id " + offer.exchange().quote_id() + "\n";
}

std::string return_text(const std::string& code) {
    const auto definition = iso_return_definition(code);
    return definition ? code + ", " + std::string(*definition) : code;
}

std::string proxy_and_exchange_text(const v1::Remittance& remittance, std::size_t indent) {
    const std::string blanks(indent, ' ');
    std::string text;
    if (remittance.has_payee_proxy()) {
        text += blanks + "payee by " + proxy_text(remittance.payee_proxy().proxy()) + ": " +
                remittance.carried().payee_name() + "\n";
    }
    if (remittance.has_exchange()) {
        text += blanks + "exchange " +
                exchange_text(remittance.exchange(), remittance.amount_minor()) + "\n";
    }
    return text;
}

std::string remittance_text(const v1::Remittance& remittance) {
    std::string text =
        status_text(remittance.status(), remittance.reason(), remittance.duration_us());
    if (remittance.credited()) text += ", payee credited";
    text += "\n" + paint(remittance.uetr(), Colour::kBold) + "  " +
            amount_text(remittance.currency(), remittance.amount_minor()) + "  " +
            bank_text(remittance.payer_agent()) + " -> " + bank_text(remittance.payee_agent()) +
            "\n";
    const bool is_return = !remittance.original_uetr().empty();
    if (remittance.service() != v1::SERVICE_UNSPECIFIED && !is_return) {
        text += "service " + word(remittance.service()) + ", purpose " +
                word(remittance.purpose()) + "\n";
    }
    text += proxy_and_exchange_text(remittance, 0);
    const bool in_own_currency = remittance.account_currency() != remittance.currency() &&
                                 remittance.account_currency() != v1::CURRENCY_UNSPECIFIED &&
                                 remittance.status() != v1::PAYMENT_STATUS_RJCT;
    if (in_own_currency) {
        text += std::string("account ") + (remittance.outgoing() ? "debited " : "credited ") +
                amount_text(remittance.account_currency(), remittance.account_amount_minor()) +
                "\n";
    }
    if (is_return) {
        text += "sends back " + remittance.original_uetr() + ": " +
                return_text(remittance.return_reason_code()) + "\n";
    }
    if (remittance.returned_minor() > 0) {
        text += "of this, " + amount_text(remittance.currency(), remittance.returned_minor()) +
                " has been sent back\n";
    }
    if (!remittance.clearing_reference().empty()) {
        text += "reference " + remittance.clearing_reference() + "\n";
    }
    return text;
}

}  // namespace lowu::client
