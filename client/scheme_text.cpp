// Participants and positions as tables. See scheme_text.hpp.
#include "client/scheme_text.hpp"

#include "client/console.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

bool belongs_to_a_bank(v1::AccountKind kind) {
    return kind == v1::ACCOUNT_KIND_SETTLEMENT || kind == v1::ACCOUNT_KIND_LINK_AGENT;
}

constexpr std::size_t kCrossingServices = 3;

// In which services a bank takes part that way: "all", "p2p, fee", "-".
std::string services_text(const v1::Participant& bank, v1::Direction direction) {
    std::string text;
    std::size_t count = 0;
    for (const v1::ServiceDirection& live : bank.live()) {
        if (live.direction() != direction) continue;
        text += (text.empty() ? "" : ", ") + word(live.service());
        ++count;
    }
    if (count == 0) return "-";
    return direction != v1::DIRECTION_DOMESTIC && count == kCrossingServices ? "all" : text;
}

Cell session_cell(const v1::Participant& bank) {
    // What weighs most goes first; a degraded bank may be up or down.
    if (bank.in_default()) return {"in default", Colour::kRed};
    if (bank.forced_off()) return {"forced off", Colour::kRed};
    if (bank.logged_off()) return {"logged off", Colour::kYellow};
    if (bank.degraded()) {
        return {bank.online() ? "up, degraded" : "down, degraded", Colour::kYellow};
    }
    return bank.online() ? Cell("up", Colour::kGreen) : Cell("down", Colour::kRed);
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
                 {"domestic"},
                 {"session"},
                 {"waiting", true}});
    for (const v1::Participant& bank : response.participants()) {
        table.add({word(bank.rail()), bank.code(), bank.bic(), bank.name_en(), bank.name_zh(),
                   services_text(bank, v1::DIRECTION_NORTHBOUND),
                   services_text(bank, v1::DIRECTION_SOUTHBOUND),
                   services_text(bank, v1::DIRECTION_DOMESTIC) == "-" ? "-" : "live",
                   session_cell(bank), std::to_string(bank.outbox_length())});
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
