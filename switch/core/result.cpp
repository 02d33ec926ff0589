// The table of results; see result.hpp.
#include "switch/core/result.hpp"

#include <array>

#include "common/base/assert.hpp"

namespace lowu::core {
namespace {

using enum RaisedBy;

constexpr std::array kRows{
    ResultRow{ResultCode::kAccepted, "accepted", "", "", "", kOrigin, "Nothing speaks against it."},

    ResultRow{ResultCode::kUetrOfAnotherAgent, "uetr_of_another_agent", "DUPL", "LW001", "LWEZ0001",
              kOrigin, "This UETR has been used before."},
    ResultRow{ResultCode::kUetrContentDiffers, "uetr_content_differs", "AM05", "LW002", "LWEZ0002",
              kOrigin, "This UETR has been used for a payment with other content."},
    ResultRow{ResultCode::kPaymentTableFull, "payment_table_full", "AB10", "LW003", "LWEZ0003",
              kOrigin, "The switch can remember no more payments; the UETR is still free."},

    ResultRow{ResultCode::kCreationTimeOutsideWindow, "creation_time_in_window", "DT01", "LW010",
              "LWEZ0010", kOrigin, "The creation time is too old or too far in the future."},
    ResultRow{ResultCode::kPayerAgentNotLive, "payer_agent_live", "DNOR", "LW011", "LWEZ0011",
              kOrigin, "The payer's bank does not take part in this direction and service."},
    ResultRow{ResultCode::kLinkDown, "link_up", "ED06", "LW012", "LWEZ0012", kOrigin,
              "The link between the rails is down."},
    ResultRow{ResultCode::kLinkCongested, "link_has_room", "AB10", "LW013", "LWEZ0013", kOrigin,
              "Too many payments wait for the other rail."},
    ResultRow{ResultCode::kPayerAgentLiquidity, "payer_agent_liquidity", "AM23", "LW014",
              "LWEZ0014", kOrigin,
              "The payer's bank lacks settlement money (FPS) or room under its cap (IBPS)."},
    ResultRow{ResultCode::kPayerAgentCongested, "payer_agent_has_room", "AB10", "LW015", "LWEZ0015",
              kOrigin, "Too many payments of the payer's bank are pending."},

    ResultRow{ResultCode::kUetrTakenAtDestination, "uetr_free_at_destination", "DUPL", "LW030",
              "LWEZ0030", kDestination, "This UETR has been used before on the other rail."},
    ResultRow{ResultCode::kDestinationTableFull, "destination_table_has_room", "AB10", "LW031",
              "LWEZ0031", kDestination, "The destination rail can remember no more payments."},
    ResultRow{ResultCode::kPayeeAgentUnknown, "payee_agent_known", "CNOR", "LW032", "LWEZ0032",
              kDestination, "The payee's bank is no participant of the destination rail."},
    ResultRow{ResultCode::kPayeeAgentNotLive, "payee_agent_live", "AG11", "LW033", "LWEZ0033",
              kDestination, "The payee's bank does not take part in this direction and service."},
    ResultRow{ResultCode::kPayeeAgentOffline, "payee_agent_online", "AB08", "LW034", "LWEZ0034",
              kDestination, "The payee's bank has no live session."},
    ResultRow{ResultCode::kPayeeAgentCongested, "payee_agent_has_room", "AB09", "LW035", "LWEZ0035",
              kDestination, "Too many messages wait for the payee's bank."},
    ResultRow{ResultCode::kLinkAgentLiquidity, "link_agent_liquidity", "AM23", "LW036", "LWEZ0036",
              kDestination, "The link agent lacks money on the destination rail."},

    ResultRow{ResultCode::kPayeeAccountUnknown, "payee_account_known", "AC03", "LW050", "LWEZ0050",
              kPayeeAgent, "The payee's bank has no such account."},
    ResultRow{ResultCode::kPayeeAccountClosed, "payee_account_open", "AC07", "LW051", "LWEZ0051",
              kPayeeAgent, "The payee's account is closed."},
    ResultRow{ResultCode::kPayeeAccountBlocked, "payee_account_not_blocked", "AC06", "LW052",
              "LWEZ0052", kPayeeAgent, "The payee's account is blocked."},
    ResultRow{ResultCode::kPayeeAccountCurrency, "payee_account_currency", "AC11", "LW053",
              "LWEZ0053", kPayeeAgent, "The payee's account is in another currency."},
    ResultRow{ResultCode::kPayeeAccountType, "payee_account_type", "AC14", "LW054", "LWEZ0054",
              kPayeeAgent, "The payee's account is of a kind that may not receive this."},
    ResultRow{ResultCode::kPayeeNameMismatch, "payee_name_matches", "BE01", "LW055", "LWEZ0055",
              kPayeeAgent, "The payee's name does not belong to the account."},
    ResultRow{ResultCode::kPayeeNameMissing, "payee_name_present", "BE22", "LW056", "LWEZ0056",
              kPayeeAgent, "The payee's name is missing or malformed."},
    ResultRow{ResultCode::kPayeeRegulatory, "payee_regulatory", "RR04", "LW057", "LWEZ0057",
              kPayeeAgent, "The payee's bank refuses for a regulatory reason."},
    ResultRow{ResultCode::kPayeeAgentUnspecified, "payee_agent_unspecified", "MS03", "LW058",
              "LWEZ0058", kPayeeAgent, "The payee's bank refuses and gives no reason."},

    ResultRow{ResultCode::kPayeeAgentSilent, "payee_agent_answers_in_time", "AB05", "LW070",
              "LWEZ0070", kDestination, "The payee's bank did not answer in time."},
    ResultRow{ResultCode::kCancelledAtDeadline, "origin_deadline", "AB03", "LW071", "LWEZ0071",
              kDestination, "The origin rail cancelled the payment at its deadline."},

    ResultRow{ResultCode::kNoSuchRequest, "request_known", "", "LW090", "LWEZ0090", kDestination,
              "No request with this UETR has been put to this participant."},
};

/// Row of each number, so that look-up is one load.
constexpr auto kRowOfNumber = [] {
    std::array<std::int8_t, 128> rows{};
    rows.fill(-1);
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        rows[static_cast<std::size_t>(kRows[i].result)] = static_cast<std::int8_t>(i);
    }
    return rows;
}();

constexpr bool in_order() {
    for (std::size_t i = 1; i < kRows.size(); ++i) {
        if (kRows[i - 1].result >= kRows[i].result) return false;
    }
    return true;
}
static_assert(in_order(), "the table stands in order of precedence");

}  // namespace

std::span<const ResultRow> result_table() {
    return kRows;
}

const ResultRow& row_of(ResultCode result) {
    const auto number = static_cast<std::size_t>(result);
    LOWU_ASSERT(number < kRowOfNumber.size() && kRowOfNumber[number] >= 0,
                "every result has a row");
    return kRows[static_cast<std::size_t>(kRowOfNumber[number])];
}

std::optional<ResultCode> result_of_number(std::uint32_t number) {
    if (number >= kRowOfNumber.size() || kRowOfNumber[number] < 0) return std::nullopt;
    return kRows[static_cast<std::size_t>(kRowOfNumber[number])].result;
}

std::optional<ResultCode> payee_agent_result(std::string_view iso_code) {
    for (const ResultRow& row : kRows) {
        if (row.raised_by == kPayeeAgent && row.iso_code == iso_code) return row.result;
    }
    return std::nullopt;
}

}  // namespace lowu::core
