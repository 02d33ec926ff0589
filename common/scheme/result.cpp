// The table of results; see result.hpp.
#include "common/scheme/result.hpp"

#include <array>

#include "common/base/assert.hpp"

namespace lowu::scheme {
namespace {

using enum RaisedBy;

constexpr std::array kRows{
    ResultRow{ResultCode::kAccepted, "accepted", "", "", "", kOrigin, "Nothing speaks against it.",
              ""},
    ResultRow{ResultCode::kUetrOfAnotherAgent, "uetr_of_another_agent", "DUPL", "LW001", "LWEZ0001",
              kOrigin, "This UETR has been used before.",
              "our design: a UETR with its payer's bank is a payment's identity"},
    ResultRow{ResultCode::kUetrContentDiffers, "uetr_content_differs", "AM05", "LW002", "LWEZ0002",
              kOrigin, "This UETR has been used for a payment with other content.",
              "our design: the first differing judged field is named"},
    ResultRow{ResultCode::kPaymentTableFull, "payment_table_full", "AB10", "LW003", "LWEZ0003",
              kOrigin, "The switch can remember no more payments; the UETR is still free.",
              "our design: every table has a limit"},
    ResultRow{ResultCode::kOriginalNotSettled, "original_settled", "AG09", "LW006", "LWEZ0006",
              kOrigin,
              "The bank that sends back has been paid no payment with the original's UETR.",
              "ISO 20022 pacs.004"},
    ResultRow{ResultCode::kReturnAmount, "return_within_original", "AM09", "LW007", "LWEZ0007",
              kOrigin, "More would be sent back than is left of the original payment.",
              "ISO 20022 pacs.004"},
    ResultRow{ResultCode::kCreationTimeOutsideWindow, "creation_time_in_window", "DT01", "LW010",
              "LWEZ0010", kOrigin, "The creation time is too old or too far in the future.",
              "our design; the window's size is our assumption"},
    ResultRow{ResultCode::kPayerAgentNotLive, "payer_agent_live", "DNOR", "LW011", "LWEZ0011",
              kOrigin, "The payer's bank does not take part in this direction and service.",
              "HKMA list of participating institutions: by direction and channel"},
    ResultRow{ResultCode::kPayerAgentLoggedOff, "payer_agent_logged_on", "AB07", "LW012",
              "LWEZ0012", kOrigin, "The payer's bank is logged off.",
              "CNAPS ccms.805 and ccms.807: log-off, forced off-line"},
    ResultRow{ResultCode::kServiceNotOffered, "service_offered", "FF03", "LW013", "LWEZ0013",
              kOrigin, "This service is not offered in this direction now.",
              "HKMA and HKICL Payment Connect pages: remittance, fees, salaries and subsidies"},
    ResultRow{ResultCode::kPurposeNotOffered, "purpose_offered", "FF07", "LW014", "LWEZ0014",
              kOrigin, "This purpose is not offered for this service.",
              "HKMA Payment Connect page: purposes shown to payers"},
    ResultRow{ResultCode::kPayerKind, "payer_kind", "AG01", "LW015", "LWEZ0015", kOrigin,
              "The payer is not of the kind that this service is for: a person, or an institution.",
              "HKMA and HKICL Payment Connect pages"},
    ResultRow{ResultCode::kPayerDocument, "payer_document", "BE16", "LW016", "LWEZ0016", kOrigin,
              "The payer holds no Hong Kong Identity Card (northbound) or Mainland identity card "
              "(southbound).",
              "HKMA Payment Connect page: eligible payers"},
    ResultRow{ResultCode::kTokenVersion, "token_version", "BE16", "LW017", "LWEZ0017", kOrigin,
              "The payer's token is under a key version that is not in force.",
              "our design: persons are known by tokens, never by document numbers"},
    ResultRow{
        ResultCode::kOutsideHours, "within_hours", "TM01", "LW018", "LWEZ0018", kOrigin,
        "Outside the service's hours, or the narrower ones of the payer's bank.",
        "HKMA Payment Connect page: southbound 7:00 to 23:00, may vary by Mainland institution"},
    ResultRow{ResultCode::kLinkDown, "link_up", "ED06", "LW019", "LWEZ0019", kOrigin,
              "The link between the rails is down.", "our design"},
    ResultRow{ResultCode::kLinkCongested, "link_has_room", "AB10", "LW020", "LWEZ0020", kOrigin,
              "Too many payments wait for the other rail.", "our design: every queue has a limit"},
    ResultRow{ResultCode::kExchangeArithmetic, "exchange_arithmetic", "AB04", "LW021", "LWEZ0021",
              kOrigin, "The HKD amount times the rate, rounded half up, is not the CNY amount.",
              "Nexus practice: a rate that does not match is AB04"},
    ResultRow{ResultCode::kAmountAboveMaximum, "amount_within_maximum", "AM13", "LW022", "LWEZ0022",
              kOrigin, "The amount is above the service's maximum for one payment.",
              "CNAPS ccms.909: the maximum is a broadcast parameter"},
    ResultRow{ResultCode::kAmountAboveBankLimit, "amount_within_bank_limit", "AM14", "LW023",
              "LWEZ0023", kOrigin,
              "The amount is above what the payer's bank lets its customers send in one payment.",
              "launch-day press: RMB 10,000 a payment southbound"},
    ResultRow{ResultCode::kReferenceRateMissing, "reference_rate_known", "AB10", "LW024",
              "LWEZ0024", kOrigin,
              "No reference rate is in force by which the quota could be counted.",
              "our assumption: quotas in HKD and USD need a rate of the day"},
    ResultRow{ResultCode::kPersonDayLimit, "person_day_limit", "AM02", "LW025", "LWEZ0025", kOrigin,
              "The person's limit for the day would be exceeded.",
              "HKMA Payment Connect page: HKD 10,000 a day northbound; launch-day press: RMB "
              "50,000 a day southbound"},
    ResultRow{ResultCode::kPersonYearLimit, "person_year_limit", "AM02", "LW026", "LWEZ0026",
              kOrigin, "The person's limit for the year would be exceeded.",
              "HKMA Payment Connect page: HKD 200,000 a year northbound, USD 50,000 southbound"},
    ResultRow{ResultCode::kQuotaRegisterFull, "quota_register_has_room", "AB10", "LW027",
              "LWEZ0027", kOrigin, "The quota register can hold no more persons.",
              "our design: every table has a limit"},
    ResultRow{ResultCode::kPayerAgentLiquidity, "payer_agent_liquidity", "AM23", "LW028",
              "LWEZ0028", kOrigin,
              "The payer's bank lacks settlement money (FPS) or room under its cap (IBPS).",
              "FPS: prefunded accounts; IBPS: net debit cap"},
    ResultRow{ResultCode::kPayerAgentCongested, "payer_agent_has_room", "AB10", "LW029", "LWEZ0029",
              kOrigin, "Too many payments of the payer's bank are pending.",
              "our design: every queue has a limit"},
    ResultRow{ResultCode::kUetrTakenAtDestination, "uetr_free_at_destination", "DUPL", "LW030",
              "LWEZ0030", kDestination, "This UETR has been used before on the other rail.",
              "our design"},
    ResultRow{ResultCode::kDestinationTableFull, "destination_table_has_room", "AB10", "LW031",
              "LWEZ0031", kDestination, "The destination rail can remember no more payments.",
              "our design: every table has a limit"},
    ResultRow{ResultCode::kPayeeAgentUnknown, "payee_agent_known", "CNOR", "LW032", "LWEZ0032",
              kDestination, "The payee's bank is no participant of the destination rail.",
              "HKMA list of participating institutions"},
    ResultRow{ResultCode::kPayeeAgentNotLive, "payee_agent_live", "AG11", "LW033", "LWEZ0033",
              kDestination, "The payee's bank does not take part in this direction and service.",
              "HKMA list of participating institutions: by direction and channel"},
    ResultRow{ResultCode::kDestinationServiceNotOffered, "destination_service_offered", "FF03",
              "LW034", "LWEZ0034", kDestination,
              "The destination rail does not offer this service in this direction now.",
              "HKMA and HKICL Payment Connect pages"},
    ResultRow{ResultCode::kOutsideDestinationHours, "within_destination_hours", "TM01", "LW035",
              "LWEZ0035", kDestination,
              "Taken up outside the destination's hours for this service.",
              "our assumption: none unless the destination sets some"},
    ResultRow{ResultCode::kProxyUnknown, "proxy_known", "BE23", "LW036", "LWEZ0036", kDestination,
              "The payee's bank has not registered this proxy.", "HKICL FPS Addressing Service"},
    ResultRow{ResultCode::kProxyMoved, "proxy_unchanged", "BE23", "LW037", "LWEZ0037", kDestination,
              "The proxy's registration has changed since it was looked up.",
              "our design: the payment carries what the look-up gave"},
    ResultRow{ResultCode::kProxyNotEnabled, "proxy_enabled", "BE23", "LW038", "LWEZ0038",
              kDestination, "The proxy is not enabled for receipt from across the boundary.",
              "HKMA Payment Connect page: the payee must have enabled it"},
    ResultRow{ResultCode::kPayeeAgentLoggedOff, "payee_agent_logged_on", "AB08", "LW039",
              "LWEZ0039", kDestination, "The payee's bank is logged off.",
              "CNAPS ccms.805 and ccms.807: log-off, forced off-line"},
    ResultRow{ResultCode::kPayeeAgentOffline, "payee_agent_online", "AB08", "LW040", "LWEZ0040",
              kDestination, "The payee's bank has no live session.",
              "our design: never asked, never guessed"},
    ResultRow{ResultCode::kPayeeAgentDegraded, "payee_agent_caught_up", "AB08", "LW041", "LWEZ0041",
              kDestination,
              "The payee's bank takes its messages too slowly, and has not caught up yet.",
              "our design: a bank that reads too slowly harms only itself"},
    ResultRow{ResultCode::kPayeeAgentCongested, "payee_agent_has_room", "AB09", "LW042", "LWEZ0042",
              kDestination, "Too many messages wait for the payee's bank.",
              "our design: every queue has a limit"},
    ResultRow{ResultCode::kLinkAgentLiquidity, "link_agent_liquidity", "AM23", "LW043", "LWEZ0043",
              kDestination, "The link agent lacks money on the destination rail.",
              "our assumption: one prefunded agent a side"},
    ResultRow{ResultCode::kPayeeAccountUnknown, "payee_account_known", "AC03", "LW050", "LWEZ0050",
              kPayeeAgent, "The payee's bank has no such account.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAccountClosed, "payee_account_open", "AC07", "LW051", "LWEZ0051",
              kPayeeAgent, "The payee's account is closed.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAccountBlocked, "payee_account_not_blocked", "AC06", "LW052",
              "LWEZ0052", kPayeeAgent, "The payee's account is blocked.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAccountCurrency, "payee_account_currency", "AC11", "LW053",
              "LWEZ0053", kPayeeAgent, "The payee's account is in another currency.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAccountType, "payee_account_type", "AC14", "LW054", "LWEZ0054",
              kPayeeAgent,
              "The payee's account is of a kind that may not receive this: P2P is for persons, "
              "fees are for registered institutions.",
              "HKMA Payment Connect page: payee restricted to personal account holders"},
    ResultRow{ResultCode::kPayeeNameMismatch, "payee_name_matches", "BE01", "LW055", "LWEZ0055",
              kPayeeAgent, "The payee's name does not belong to the account.",
              "HKMA Payment Connect page: name in English or Pinyin"},
    ResultRow{ResultCode::kPayeeNameMissing, "payee_name_present", "BE22", "LW056", "LWEZ0056",
              kPayeeAgent, "The payee's name is missing or malformed.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeRegulatory, "payee_regulatory", "RR04", "LW057", "LWEZ0057",
              kPayeeAgent, "The payee's bank refuses for a regulatory reason.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAgentUnspecified, "payee_agent_unspecified", "MS03", "LW058",
              "LWEZ0058", kPayeeAgent, "The payee's bank refuses and gives no reason.",
              "ISO 20022"},
    ResultRow{ResultCode::kPayeeProxy, "payee_proxy_known", "BE23", "LW059", "LWEZ0059",
              kPayeeAgent, "The payee's bank knows no account for this proxy.",
              "HKICL FPS Addressing Service"},
    ResultRow{ResultCode::kPayeeQuote, "payee_quote_valid", "AB04", "LW060", "LWEZ0060",
              kPayeeAgent,
              "The payee's bank does not honour the quote: expired, used, or of another amount.",
              "Nexus practice: quote expired or mismatched is AB04"},
    ResultRow{ResultCode::kPayeeAmount, "payee_amount_expected", "AM09", "LW061", "LWEZ0061",
              kPayeeAgent, "The amount is not the one that the payee's bank expects.", "ISO 20022"},
    ResultRow{ResultCode::kPayeeAgentSilent, "payee_agent_answers_in_time", "AB05", "LW070",
              "LWEZ0070", kDestination, "The payee's bank did not answer in time.",
              "time limit unpublished: our assumption"},
    ResultRow{ResultCode::kCancelledAtDeadline, "origin_deadline", "AB03", "LW071", "LWEZ0071",
              kDestination, "The origin rail cancelled the payment at its deadline.",
              "time limit unpublished: our assumption"},
    ResultRow{ResultCode::kPayerFunds, "payer_funds", "AM04", "LW080", "LWEZ0080", kPayerAgent,
              "The payer's account does not hold this amount.", "ISO 20022"},
    ResultRow{ResultCode::kPayerQuote, "payer_quote_valid", "AB04", "LW081", "LWEZ0081",
              kPayerAgent,
              "The payer's bank does not honour the quote: expired, used, or of another amount.",
              "Nexus practice: quote expired or mismatched is AB04"},
    ResultRow{ResultCode::kPayerProxy, "payer_finds_proxy", "BE23", "LW082", "LWEZ0082",
              kPayerAgent, "The proxy stands for nobody who can be paid.",
              "HKICL FPS Addressing Service"},
    ResultRow{
        ResultCode::kMessageNotTakenUp, "message_taken_up", "NARR", "LW083", "LWEZ0083",
        kPayerAgent,
        "The rail could not take up the message of the payer's bank; the reason is in the text.",
        "ISO 20022"},
    ResultRow{ResultCode::kNoSuchRequest, "request_known", "", "LW090", "LWEZ0090", kDestination,
              "No request with this UETR has been put to this participant.", "our design"},
    ResultRow{ResultCode::kAvailabilityTooSoon, "availability_interval", "", "LW091", "LWEZ0091",
              kOrigin, "A bank may log off or on once in ten seconds.",
              "our design: every change is announced to all"},
    ResultRow{ResultCode::kEnquiryUnknown, "enquiry_payment_known", "", "LW092", "LWEZ0092",
              kOrigin, "The bank has no part in a payment with this UETR on that side.",
              "our design: nobody learns of other banks' payments"},
    ResultRow{ResultCode::kEnquiryTooSoon, "enquiry_delay", "", "LW093", "LWEZ0093", kOrigin,
              "The payment was taken up too short a time ago to be asked about.",
              "FPS pacs.028 and ibps.305: when the first may come is unpublished, our assumption"},
    ResultRow{ResultCode::kEnquiryTooOften, "enquiries_in_window", "", "LW094", "LWEZ0094", kOrigin,
              "The payment has been asked about too often, or too many enquiries were answered.",
              "FPS pacs.028 and ibps.305: how many may come is unpublished, our assumption"},
    ResultRow{ResultCode::kUnknownParticipant, "participant_known", "", "LW100", "LWEZ0100",
              kOperator, "No such participant on this rail.", "our design"},
    ResultRow{ResultCode::kParameterUnknown, "parameter_known", "", "LW101", "LWEZ0101", kOperator,
              "There is no parameter of this name.", "our design"},
    ResultRow{ResultCode::kParameterPlace, "parameter_place", "", "LW102", "LWEZ0102", kOperator,
              "The parameter does not exist for this rail, direction, service or bank.",
              "our design"},
    ResultRow{ResultCode::kParameterRange, "parameter_range", "", "LW103", "LWEZ0103", kOperator,
              "The value is outside the parameter's range.", "our design"},
    ResultRow{ResultCode::kParametersTogether, "parameters_together", "", "LW104", "LWEZ0104",
              kOperator,
              "The parameters would not fit together: origin deadline > payee deadline + queue "
              "allowance + 2 x link allowance, and hours open before they close.",
              "our design: profiles are validated"},
    ResultRow{ResultCode::kScheduleFull, "schedule_has_room", "", "LW105", "LWEZ0105", kOperator,
              "Too many changes are scheduled.", "our design: every queue has a limit"},
    ResultRow{ResultCode::kReferenceRateSet, "reference_rate_new", "", "LW106", "LWEZ0106",
              kOperator, "This day's rates are set already, with other values.",
              "our design: what has been counted is not counted anew"},
    ResultRow{ResultCode::kReferenceRatePast, "reference_rate_date", "", "LW107", "LWEZ0107",
              kOperator, "The rates' day is over, or more than 31 days ahead.", "our design"},
    ResultRow{ResultCode::kPriorUseYear, "prior_use_year", "", "LW108", "LWEZ0108", kOperator,
              "Prior use counts for this year or the next.", "our design"},
    ResultRow{ResultCode::kProxyDirectoryFull, "directory_has_room", "", "LW109", "LWEZ0109",
              kOperator, "The directory can hold no more proxies.",
              "our design: every table has a limit"},
    ResultRow{ResultCode::kProxyNotRegistered, "proxy_registered", "", "LW110", "LWEZ0110",
              kOperator, "This bank has not registered the proxy.", "HKICL FPS Addressing Service"},
    ResultRow{ResultCode::kProxyRail, "proxy_of_rail", "", "LW111", "LWEZ0111", kOperator,
              "The Mainland's directory has mobile numbers only, and no default receiver.",
              "HKMA Payment Connect page: proxies by direction"},
    ResultRow{ResultCode::kTimeNotQuiet, "time_quiet", "", "LW112", "LWEZ0112", kOperator,
              "Scheme time is set forward only while no payment is pending.", "our design"},
    ResultRow{ResultCode::kTimeRange, "time_range", "", "LW113", "LWEZ0113", kOperator,
              "Scheme time goes forward only, by at most 400 days at once.", "our design"},
    ResultRow{ResultCode::kTokenVersionOrder, "token_version_order", "", "LW114", "LWEZ0114",
              kOperator, "Token keys go up one version at a time.", "our design"},
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

}  // namespace lowu::scheme
