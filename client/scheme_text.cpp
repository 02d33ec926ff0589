// Participants and positions as tables. See scheme_text.hpp.
#include "client/scheme_text.hpp"

#include "client/console.hpp"

namespace lowu::client {

namespace {

bool belongs_to_a_bank(v1::AccountKind kind) {
    return kind == v1::ACCOUNT_KIND_SETTLEMENT || kind == v1::ACCOUNT_KIND_LINK_AGENT;
}

}  // namespace

std::string word(v1::AccountKind kind) {
    if (kind == v1::ACCOUNT_KIND_SETTLEMENT) return "settlement";
    if (kind == v1::ACCOUNT_KIND_LINK_AGENT) return "link agent";
    if (kind == v1::ACCOUNT_KIND_CONTRA) return "contra";
    if (kind == v1::ACCOUNT_KIND_LINK_CLAIM) return "claim";
    if (kind == v1::ACCOUNT_KIND_LINK_CLAIM_CONTRA) return "claim contra";
    return std::to_string(static_cast<int>(kind));
}

std::string participants_text(const v1::ListParticipantsResponse& response, std::size_t indent) {
    Table table({{"rail"},
                 {"code"},
                 {"BIC"},
                 {"name"},
                 {"名稱"},
                 {"northbound"},
                 {"southbound"},
                 {"session"},
                 {"waiting", true}});
    for (const v1::Participant& bank : response.participants()) {
        table.add({word(bank.rail()), bank.code(), bank.bic(), bank.name_en(), bank.name_zh(),
                   bank.northbound_live() ? "live" : "-", bank.southbound_live() ? "live" : "-",
                   bank.online() ? Cell("up", Colour::kGreen) : Cell("down", Colour::kRed),
                   std::to_string(bank.outbox_length())});
    }
    return table.text(indent);
}

std::string positions_text(const v1::ListPositionsResponse& response, std::size_t indent) {
    Table table({{"rail"},
                 {"owner"},
                 {"account"},
                 {"ccy"},
                 {"balance", true},
                 {"reserved", true},
                 {"debit limit", true},
                 {"available", true},
                 {"paid out", true},
                 {"received", true},
                 {"entries", true}});
    for (const v1::Position& position : response.positions()) {
        const bool owned = belongs_to_a_bank(position.kind());
        table.add({word(position.rail()), owned ? bank_text(position.owner()) : position.owner(),
                   word(position.kind()), word(position.currency()),
                   Cell(amount_text(position.balance_minor()),
                        owned && position.balance_minor() < 0 ? Colour::kYellow : Colour::kNone),
                   owned ? amount_text(position.reserved_minor()) : "",
                   owned ? amount_text(position.debit_limit_minor()) : "",
                   owned ? amount_text(position.available_minor()) : "",
                   amount_text(position.payment_debits_minor()),
                   amount_text(position.payment_credits_minor()),
                   std::to_string(position.entries())});
    }
    return table.text(indent);
}

}  // namespace lowu::client
