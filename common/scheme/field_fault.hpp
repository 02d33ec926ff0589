// Field and FieldFault: which field of a message is wrong, and by which rule. Exists so that every
// refusal names its field in the contract's own words. Made by validators here and in the sessions,
// shown by services and the client. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace lowu::scheme {

// The contract's fields that a fault can name. Records keep these numbers: add, never renumber.
enum class Field : std::uint8_t {
    kNone = 0,  // the fault is not about one field
    kUetr = 1,
    kService = 2,
    kPayerAgent = 3,
    kPayeeAgent = 4,
    kPayerAccount = 5,
    kPayeeAccount = 6,
    kAmount = 7,
    kCurrency = 8,
    kCreationTime = 9,
    kCarried = 10,
    kPayerName = 11,
    kPayeeName = 12,
    kRemittanceInformation = 13,
    kMessage = 14,
    kNumber = 15,
    kReasonCode = 16,
    kAnswer = 17,
    kParticipant = 18,
    kIncarnation = 19,
    kAcknowledgement = 20,
    kCredit = 21,
    kFrame = 22,
    kHello = 23,
    kAccountHolder = 24,
    kPageSize = 25,
    kPageToken = 26,
    kWatchToken = 27,
    kRail = 28,
    kPurpose = 29,
    kPayer = 30,
    kPayeeProxy = 31,
    kExchange = 32,
    kFxRateSheet = 33,
    kAvailability = 34,
    kQuoteAnswers = 35,
    kParameters = 36,
    kOriginalUetr = 37,
    kSide = 38,
};
inline constexpr std::uint8_t kFieldLast = 38;

// The field's name in the contract: "payer_account"; "" for kNone.
[[nodiscard]] std::string_view to_string(Field field);

// `rule` is a static sentence without a subject: "must be 1 to 34 characters".
struct FieldFault {
    Field field = Field::kNone;
    std::string_view rule;

    friend constexpr bool operator==(const FieldFault&, const FieldFault&) = default;
};

}  // namespace lowu::scheme
