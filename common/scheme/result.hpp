// Every outcome of a payment's checks, in order of precedence, and the one table that says what
// each means in ISO 20022 and on each rail, who raises it and where the rule comes from. The checks
// in switch/core/cell_origin.cpp and cell_destination.cpp stand in the same order. Exists here,
// below the switch, so that banks and `lowu explain` read the same table. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lowu::scheme {

/// A request with many faults always gets the first of these that is true of it: identity, then the
/// origin, then the destination, then the payee's bank, then time. Numbers stand in the log:
/// append, never renumber within a rules version.
enum class ResultCode : std::uint8_t {
    kAccepted = 0,

    // Identity: these answers spend no UETR.
    kUetrOfAnotherAgent = 1,
    kUetrContentDiffers = 2,
    kPaymentTableFull = 3,

    // A return's original, on the rail that sends it back.
    kOriginalNotSettled = 6,
    kReturnAmount = 7,

    // The origin rail.
    kCreationTimeOutsideWindow = 10,
    kPayerAgentNotLive = 11,
    kPayerAgentLoggedOff = 12,
    kServiceNotOffered = 13,
    kPurposeNotOffered = 14,
    kPayerKind = 15,
    kPayerDocument = 16,
    kTokenVersion = 17,
    kOutsideHours = 18,
    kLinkDown = 19,
    kLinkCongested = 20,
    kExchangeArithmetic = 21,
    kAmountAboveMaximum = 22,
    kAmountAboveBankLimit = 23,
    kReferenceRateMissing = 24,
    kPersonDayLimit = 25,
    kPersonYearLimit = 26,
    kQuotaRegisterFull = 27,
    kPayerAgentLiquidity = 28,
    kPayerAgentCongested = 29,

    // The destination rail; of a domestic payment, the same rail.
    kUetrTakenAtDestination = 30,
    kDestinationTableFull = 31,
    kPayeeAgentUnknown = 32,
    kPayeeAgentNotLive = 33,
    kDestinationServiceNotOffered = 34,
    kOutsideDestinationHours = 35,
    kProxyUnknown = 36,
    kProxyMoved = 37,
    kProxyNotEnabled = 38,
    kPayeeAgentLoggedOff = 39,
    kPayeeAgentOffline = 40,
    kPayeeAgentDegraded = 41,
    kPayeeAgentCongested = 42,
    kLinkAgentLiquidity = 43,

    // The payee's bank, in its own words.
    kPayeeAccountUnknown = 50,
    kPayeeAccountClosed = 51,
    kPayeeAccountBlocked = 52,
    kPayeeAccountCurrency = 53,
    kPayeeAccountType = 54,
    kPayeeNameMismatch = 55,
    kPayeeNameMissing = 56,
    kPayeeRegulatory = 57,
    kPayeeAgentUnspecified = 58,
    kPayeeProxy = 59,
    kPayeeQuote = 60,
    kPayeeAmount = 61,

    // Time.
    kPayeeAgentSilent = 70,
    kCancelledAtDeadline = 71,

    // The payer's bank, before it sends: never in a rail's log.
    kPayerFunds = 80,
    kPayerQuote = 81,
    kPayerProxy = 82,
    kMessageNotTakenUp = 83,

    // Answers to a message that names no payment (MessageReject).
    kNoSuchRequest = 90,
    kAvailabilityTooSoon = 91,
    kEnquiryUnknown = 92,
    kEnquiryTooSoon = 93,
    kEnquiryTooOften = 94,

    // Answers to a change that an operator or a bank asks for: no payment.
    kUnknownParticipant = 100,
    kParameterUnknown = 101,
    kParameterPlace = 102,
    kParameterRange = 103,
    kParametersTogether = 104,
    kScheduleFull = 105,
    kReferenceRateSet = 106,
    kReferenceRatePast = 107,
    kPriorUseYear = 108,
    kProxyDirectoryFull = 109,
    kProxyNotRegistered = 110,
    kProxyRail = 111,
    kTimeNotQuiet = 112,
    kTimeRange = 113,
    kTokenVersionOrder = 114,
};

/// Who finds it.
enum class RaisedBy : std::uint8_t {
    kOrigin,       ///< The origin rail.
    kDestination,  ///< The destination rail.
    kPayerAgent,   ///< The payer's bank.
    kPayeeAgent,   ///< The payee's bank.
    kOperator,     ///< Either rail, to whoever asks for a change.
};

/// One row of the table.
struct ResultRow {
    ResultCode result;
    std::string_view name;         ///< The rule, as timelines and `lowu explain` name it.
    std::string_view iso_code;     ///< ISO 20022 ExternalStatusReason1Code; empty where there is no
                                   ///< payment.
    std::string_view fps_native;   ///< Invented: FPS's own list is unpublished.
    std::string_view ibps_native;  ///< Invented, in the shape of a CNAPS PrcCd.
    RaisedBy raised_by;
    std::string_view meaning;  ///< One sentence for people.
    std::string_view source;   ///< Where the rule comes from.
};

/// All rows, in order of precedence.
[[nodiscard]] std::span<const ResultRow> result_table();

/// The row of a result. Every enumerator has one.
[[nodiscard]] const ResultRow& row_of(ResultCode result);

/// The result with this number, if there is one.
[[nodiscard]] std::optional<ResultCode> result_of_number(std::uint32_t number);

/// The result that a creditor agent means by an ISO code; none when it may not use that code.
[[nodiscard]] std::optional<ResultCode> payee_agent_result(std::string_view iso_code);

}  // namespace lowu::scheme
