// What reason codes mean. See explain.hpp.
#include "client/explain.hpp"

#include <algorithm>
#include <cctype>

#include "client/console.hpp"
#include "client/iso_reason.hpp"
#include "common/base/assert.hpp"

namespace lowu::client {

namespace {

bool same_letters(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char one, char two) {
        return std::toupper(static_cast<unsigned char>(one)) ==
               std::toupper(static_cast<unsigned char>(two));
    });
}

std::string_view short_text(scheme::RaisedBy raised_by) {
    switch (raised_by) {
        case scheme::RaisedBy::kOrigin:
            return "origin rail";
        case scheme::RaisedBy::kDestination:
            return "destination rail";
        case scheme::RaisedBy::kPayerAgent:
            return "payer's bank";
        case scheme::RaisedBy::kPayeeAgent:
            return "payee's bank";
        case scheme::RaisedBy::kOperator:
            return "either rail";
    }
    LOWU_UNREACHABLE("somebody raises every result");
}

// Where to look for what the rule has judged by; empty where the meaning says it all.
std::string_view where_to_look(scheme::ResultCode result) {
    using enum scheme::ResultCode;
    struct Hint {
        scheme::ResultCode result;
        std::string_view command;
    };
    constexpr Hint kHints[] = {
        {kCreationTimeOutsideWindow, "lowu parameters show creation_window_ms"},
        {kPayerAgentNotLive, "lowu banks"},
        {kPayerAgentLoggedOff, "lowu banks"},
        {kServiceNotOffered, "lowu parameters show offered"},
        {kPurposeNotOffered, "lowu parameters show purposes"},
        {kTokenVersion, "lowu parameters show token_version"},
        {kOutsideHours, "lowu parameters show opens_at_minute"},
        {kAmountAboveMaximum, "lowu parameters show amount_maximum"},
        {kAmountAboveBankLimit, "lowu parameters show bank_payment_limit"},
        {kReferenceRateMissing, "lowu rates"},
        {kPersonDayLimit, "lowu quota BANK/ACCOUNT, lowu parameters show person_day_limit"},
        {kPersonYearLimit, "lowu quota BANK/ACCOUNT, lowu parameters show person_year_limit"},
        {kPayerAgentLiquidity, "lowu positions"},
        {kPayeeAgentUnknown, "lowu banks"},
        {kPayeeAgentNotLive, "lowu banks"},
        {kDestinationServiceNotOffered, "lowu parameters show offered"},
        {kOutsideDestinationHours, "lowu parameters show opens_at_minute"},
        {kProxyUnknown, "lowu proxy list"},
        {kProxyMoved, "lowu proxy list"},
        {kProxyNotEnabled, "lowu proxy list"},
        {kPayeeAgentLoggedOff, "lowu banks"},
        {kPayeeAgentOffline, "lowu banks"},
        {kLinkAgentLiquidity, "lowu positions"},
        {kPayeeAccountUnknown, "lowu accounts BANK"},
        {kPayeeAccountType, "lowu accounts BANK"},
        {kPayeeNameMismatch, "lowu accounts BANK"},
        {kPayeeQuote, "lowu quote"},
        {kPayeeAgentSilent, "lowu behave BANK, lowu parameters show payee_deadline_ms"},
        {kCancelledAtDeadline, "lowu parameters show origin_deadline_ms"},
        {kPayerFunds, "lowu accounts BANK/ACCOUNT"},
        {kPayerQuote, "lowu quote"},
        {kPayerProxy, "lowu proxy list"},
        {kParameterUnknown, "lowu parameters show"},
        {kParameterPlace, "lowu parameters show"},
        {kParameterRange, "lowu parameters show"},
    };
    for (const Hint& hint : kHints) {
        if (hint.result == result) return hint.command;
    }
    return "";
}

std::string row_text(const scheme::ResultRow& row) {
    std::string text = paint(row.name, Colour::kBold) + "  native " + std::string(row.fps_native) +
                       " (fps), " + std::string(row.ibps_native) + " (ibps), both invented\n";
    text += "  " + std::string(row.meaning) + "\n";
    text += "  Raised by " + raised_by_text(row.raised_by) + "\n";
    text += "  Source: " + std::string(row.source) + "\n";
    const std::string_view look = where_to_look(row.result);
    return look.empty() ? text : text + "  Look at: " + std::string(look) + "\n";
}

}  // namespace

std::vector<const scheme::ResultRow*> find_results(std::string_view what) {
    std::vector<const scheme::ResultRow*> found;
    for (const scheme::ResultRow& row : scheme::result_table()) {
        if (row.result == scheme::ResultCode::kAccepted) continue;
        for (const std::string_view key :
             {row.name, row.iso_code, row.fps_native, row.ibps_native}) {
            if (what.empty() || !same_letters(key, what)) continue;
            found.push_back(&row);
            break;
        }
    }
    return found;
}

std::string raised_by_text(scheme::RaisedBy raised_by) {
    switch (raised_by) {
        case scheme::RaisedBy::kOrigin:
            return "the origin rail: fps northbound, ibps southbound, the one rail within it.";
        case scheme::RaisedBy::kDestination:
            return "the destination rail: ibps northbound, fps southbound, the one rail within it.";
        case scheme::RaisedBy::kPayerAgent:
            return "the payer's bank, before it sends: in Hong Kong northbound, on the Mainland "
                   "southbound.";
        case scheme::RaisedBy::kPayeeAgent:
            return "the payee's bank when it is asked: on the Mainland northbound, in Hong Kong "
                   "southbound.";
        case scheme::RaisedBy::kOperator:
            return "either rail, to whoever asks for a change; no payment is refused with it.";
    }
    LOWU_UNREACHABLE("somebody raises every result");
}

std::string explanation_text(const std::vector<const scheme::ResultRow*>& rows) {
    std::string text;
    std::vector<std::string_view> defined;
    for (const scheme::ResultRow* row : rows) {
        const bool is_new =
            std::find(defined.begin(), defined.end(), row->iso_code) == defined.end();
        if (is_new && !row->iso_code.empty()) {
            defined.push_back(row->iso_code);
            text += paint(row->iso_code, Colour::kBold) + "  ISO 20022: " +
                    std::string(iso_reason_definition(row->iso_code).value_or("not defined")) +
                    "\n";
        }
    }
    if (rows.size() > 1) {
        text += "Here " + std::to_string(rows.size()) +
                " rules refuse with it, in order of precedence; the native code tells which:\n";
    }
    for (const scheme::ResultRow* row : rows) {
        text += "\n" + row_text(*row);
    }
    return text;
}

std::string return_reason_text(std::string_view code) {
    std::string upper(code);
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char character) {
        return static_cast<char>(std::toupper(character));
    });
    const auto definition = iso_return_definition(upper);
    if (!definition) return "";
    return paint(upper, Colour::kBold) +
           "  as a reason of a payee's bank to send a settled payment back (lowu return), ISO "
           "20022 "
           "ExternalReturnReason1Code: " +
           std::string(*definition);
}

std::string all_results_text() {
    Table table({{"ISO"}, {"fps"}, {"ibps"}, {"rule"}, {"raised by"}, {"meaning"}});
    for (const scheme::ResultRow& row : scheme::result_table()) {
        if (row.result == scheme::ResultCode::kAccepted) continue;
        table.add({std::string(row.iso_code), std::string(row.fps_native),
                   std::string(row.ibps_native), std::string(row.name),
                   std::string(short_text(row.raised_by)), std::string(row.meaning)});
    }
    return table.text();
}

}  // namespace lowu::client
