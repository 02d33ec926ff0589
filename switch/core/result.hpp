// Every outcome of a payment's checks, in order of precedence, and the one table that says what
// each means in ISO 20022 and on each rail. The checks in cell_origin.cpp and cell_destination.cpp
// stand in the same order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lowu::core {

/// A request with many faults always gets the first of these that is true of it: identity, then the
/// origin, then the destination, then the payee's bank, then time. Numbers stand in the log:
/// append, never renumber.
enum class ResultCode : std::uint8_t {
    kAccepted = 0,

    // Identity: these answers spend no UETR.
    kUetrOfAnotherAgent = 1,
    kUetrContentDiffers = 2,
    kPaymentTableFull = 3,

    // The origin rail.
    kCreationTimeOutsideWindow = 10,
    kPayerAgentNotLive = 11,
    kLinkDown = 12,
    kLinkCongested = 13,
    kPayerAgentLiquidity = 14,
    kPayerAgentCongested = 15,

    // The destination rail.
    kUetrTakenAtDestination = 30,
    kDestinationTableFull = 31,
    kPayeeAgentUnknown = 32,
    kPayeeAgentNotLive = 33,
    kPayeeAgentOffline = 34,
    kPayeeAgentCongested = 35,
    kLinkAgentLiquidity = 36,

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

    // Time.
    kPayeeAgentSilent = 70,
    kCancelledAtDeadline = 71,

    // Answers to a message that names no payment (MessageReject).
    kNoSuchRequest = 90,
};

/// Who finds it.
enum class RaisedBy : std::uint8_t { kOrigin, kDestination, kPayeeAgent };

/// One row of the table.
struct ResultRow {
    ResultCode result;
    std::string_view name;         ///< The rule, as timelines and `lowu explain` name it.
    std::string_view iso_code;     ///< ISO 20022 ExternalStatusReason1Code; empty for kAccepted.
    std::string_view fps_native;   ///< Invented: FPS's own list is unpublished.
    std::string_view ibps_native;  ///< Invented, in the shape of a CNAPS PrcCd.
    RaisedBy raised_by;
    std::string_view meaning;  ///< One sentence for people.
};

/// All rows, in order of precedence.
[[nodiscard]] std::span<const ResultRow> result_table();

/// The row of a result. Every enumerator has one.
[[nodiscard]] const ResultRow& row_of(ResultCode result);

/// The result with this number, if there is one.
[[nodiscard]] std::optional<ResultCode> result_of_number(std::uint32_t number);

/// The result that a creditor agent means by an ISO code; none when it may not use that code.
[[nodiscard]] std::optional<ResultCode> payee_agent_result(std::string_view iso_code);

}  // namespace lowu::core
