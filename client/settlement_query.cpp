// Accounts, statements and histories as text. See settlement_query.hpp.
#include "client/settlement_query.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "client/console.hpp"
#include "client/context.hpp"
#include "client/scheme_text.hpp"
#include "client/words.hpp"

namespace lowu::client {

namespace {

constexpr std::uint64_t kBarWidth = 30;
constexpr int kSamplesMax = 2'016;  // of one answer: a week of slots

Result<v1::Currency> parse_currency_of(const AccountOptions& options, v1::Rail rail) {
    if (options.currency == "CNY") return v1::CURRENCY_CNY;
    if (options.currency != "HKD") return usage_error("--currency", "must be CNY or HKD");
    if (rail != v1::RAIL_FPS) {
        return usage_error("--currency", "must be CNY on ibps: HKD accounts are on fps");
    }
    if (options.link_agent) {
        return usage_error("--currency", "must be CNY with --link-agent: only CNY crosses");
    }
    return v1::CURRENCY_HKD;
}

// From nothing at `low_minor` to all of it at `high_minor`; what is above the lowest has a mark.
std::string bar(std::int64_t balance_minor, std::int64_t low_minor, std::int64_t high_minor) {
    constexpr std::uint64_t kMayBeMultiplied =
        std::numeric_limits<std::uint64_t>::max() / kBarWidth;
    const std::uint64_t span =
        static_cast<std::uint64_t>(high_minor) - static_cast<std::uint64_t>(low_minor);
    const std::uint64_t above =
        static_cast<std::uint64_t>(balance_minor) - static_cast<std::uint64_t>(low_minor);
    if (above == 0) return "";
    const std::uint64_t marks = std::max<std::uint64_t>(
        above <= kMayBeMultiplied ? above * kBarWidth / span : above / (span / kBarWidth), 1);
    std::string text;
    for (std::uint64_t i = 0; i < marks; ++i) {
        text += "█";
    }
    return text;
}

std::string opening_and_closing_text(const v1::GetStatementResponse& statement) {
    std::int64_t credits_minor = 0;
    std::int64_t debits_minor = 0;
    for (const v1::StatementEntry& entry : statement.entries()) {
        (entry.amount_minor() < 0 ? debits_minor : credits_minor) += entry.amount_minor();
    }
    return "Opening balance " + amount_text(statement.opening_balance_minor()) + ", credits " +
           amount_text(credits_minor) + ", debits " + amount_text(-debits_minor) +
           ", closing balance " + amount_text(statement.closing_balance_minor()) + "; " +
           std::to_string(statement.entries_size()) +
           (statement.entries_size() == 1 ? " entry\n" : " entries\n");
}

}  // namespace

Result<v1::AccountRef> account_of(const AccountOptions& options) {
    const auto rail_of_code = parse_bank_code("owner", options.owner);
    if (!rail_of_code) return rail_of_code.error();
    const v1::Rail rail = to_proto(*rail_of_code);
    const auto named = parse_rail_word("--rail", options.rail);
    if (!named) return named.error();
    if (*named != v1::RAIL_UNSPECIFIED && *named != rail) {
        return usage_error("--rail", "must be " + word(rail) + ", or left out: " + options.owner +
                                         " is a code of " + word(rail));
    }
    const auto currency = parse_currency_of(options, rail);
    if (!currency) return currency.error();
    v1::AccountRef account;
    account.set_rail(rail);
    account.set_owner(options.owner);
    account.set_kind(options.link_agent ? v1::ACCOUNT_KIND_LINK_AGENT
                                        : v1::ACCOUNT_KIND_SETTLEMENT);
    account.set_currency(*currency);
    return account;
}

std::string account_text(const v1::AccountRef& account) {
    return word(account.kind()) + " account of " + bank_text(account.owner()) + " on " +
           word(account.rail()) + ", " + word(account.currency());
}

std::string statement_text(const v1::AccountRef& account,
                           const v1::GetStatementResponse& statement) {
    Table table({{"booked UTC+8"},
                 {"log", true},
                 {"payment"},
                 {"debit", true},
                 {"credit", true},
                 {"balance", true}});
    table.add({"", "", "opening balance", "", "", amount_text(statement.opening_balance_minor())});
    for (const v1::StatementEntry& entry : statement.entries()) {
        const bool debit = entry.amount_minor() < 0;
        table.add({time_text(entry.booking_time_ms()), std::to_string(entry.sequence()),
                   entry.uetr().empty() ? "money from outside" : entry.uetr(),
                   debit ? amount_text(-entry.amount_minor()) : "",
                   debit ? "" : amount_text(entry.amount_minor()),
                   Cell(amount_text(entry.balance_minor()),
                        entry.balance_minor() < 0 ? Colour::kYellow : Colour::kNone)});
    }
    std::string text = paint(account_text(account), Colour::kBold) + "\n" + table.text() +
                       opening_and_closing_text(statement);
    if (!statement.next_page_token().empty()) {
        text += "Later ones: the same with --page-token " + statement.next_page_token() + "\n";
    }
    return text;
}

std::optional<std::string> statement_fault(const v1::GetStatementResponse& statement) {
    std::int64_t balance_minor = statement.opening_balance_minor();
    for (const v1::StatementEntry& entry : statement.entries()) {
        balance_minor += entry.amount_minor();
        if (balance_minor == entry.balance_minor()) continue;
        return "the balance behind entry " + std::to_string(entry.sequence()) + " is " +
               amount_text(entry.balance_minor()) + ", and the entries make " +
               amount_text(balance_minor);
    }
    if (balance_minor == statement.closing_balance_minor()) return std::nullopt;
    return "the closing balance is " + amount_text(statement.closing_balance_minor()) +
           ", and the entries make " + amount_text(balance_minor);
}

std::string history_text(const v1::AccountRef& account,
                         const v1::ListPositionHistoryResponse& history) {
    const auto& samples = history.samples();
    std::string text = paint(account_text(account), Colour::kBold) + "\n";
    if (samples.empty()) return text + "Nothing happened to it in this period.\n";
    const auto [low, high] =
        std::minmax_element(samples.begin(), samples.end(), [](const auto& one, const auto& other) {
            return one.balance_minor() < other.balance_minor();
        });
    const std::int64_t low_minor = low->balance_minor();
    const std::int64_t high_minor = high->balance_minor();
    Table table({{"slot UTC+8"},
                 {"balance", true},
                 {"reserved", true},
                 {"lowest available", true},
                 {"balance, " + amount_text(low_minor) + " to " + amount_text(high_minor)}});
    constexpr std::size_t kMinuteSize = std::string_view("2025-06-22 09:00").size();
    for (const v1::PositionSample& sample : samples) {
        table.add({time_text(sample.slot_time_ms()).substr(0, kMinuteSize),
                   amount_text(sample.balance_minor()), amount_text(sample.reserved_minor()),
                   amount_text(sample.lowest_available_minor()),
                   Cell(bar(sample.balance_minor(), low_minor, high_minor), Colour::kGreen)});
    }
    text += table.text();
    if (samples.size() >= kSamplesMax) {
        text += "No more fit in one answer; later ones: the same with --from \"" +
                time_text(samples.rbegin()->slot_time_ms()).substr(0, kMinuteSize) + "\"\n";
    }
    return text;
}

}  // namespace lowu::client
