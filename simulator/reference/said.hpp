// What a rail says in answer to a command: to its banks, and to the other rail. The prediction that
// a faster implementation is held against. Values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/reference/command.hpp"

namespace lowu::reference {

/// Numbers are those of the log.
enum class SaidKind : std::uint8_t {
    kPending = 1,         ///< To the payer's bank: this repeats a payment that is still pending.
    kSettled = 2,         ///< To the payer's bank.
    kRejected = 3,        ///< To the payer's bank.
    kMessageReject = 4,   ///< To any bank: this message could not be taken up.
    kRequest = 5,         ///< To the payee's bank.
    kCreditNow = 6,       ///< To the payee's bank: settled.
    kVoid = 7,            ///< To the payee's bank: will not be settled.
    kEvent = 8,           ///< To any bank: an announcement.
    kReturned = 9,        ///< To the payer's bank: a settled payment has come back.
    kEnquiryAnswer = 10,  ///< To the bank that asked.
    kLink = 11,           ///< Over the link. Not of the log.
};

/// The answer to an enquiry. Numbers are those of the log.
enum class Standing : std::uint8_t {
    kNone = 0,
    kPayerPending = 1,
    kPayerSettled = 2,
    kPayerRejected = 3,
    kPayeePending = 4,
    kPayeeSettled = 5,
    kPayeeRejected = 6,
};

/// Numbers are those of the log.
enum class AnnouncementKind : std::uint8_t {
    kParameter = 1,
    kReferenceRate = 2,
    kLoggedOff = 3,
    kLoggedOn = 4,
    kTimeAdvanced = 5,
    kTokenKey = 7,
    kDegraded = 8,
    kRestored = 9,
    kDefault = 10,
};

/// What is announced to all banks of a rail. Which fields are set depends on the kind.
struct Announcement {
    AnnouncementKind kind{};
    bool forced = false;
    BankCode bank;
    SchemeTime booked;
    SchemeTime effective;
    SchemeTime expected_back;
    ParameterSetting setting;
    ReferenceRate rate;

    friend bool operator==(const Announcement&, const Announcement&) = default;
};

struct Said {
    BankCode to;               ///< Empty: over the link.
    std::uint64_t number = 0;  ///< Of what was ever said to this bank, or over the link.
    SaidKind kind{};
    Uetr uetr;
    ResultCode result = ResultCode::kAccepted;
    Field field = Field::kNone;         ///< That differs, or is malformed.
    std::uint64_t spoken_of = 0;        ///< kMessageReject: that message's number; kEvent: the
                                        ///< announcement's, 0 for "you have missed some".
    Standing standing{};                ///< kEnquiryAnswer.
    std::optional<Announcement> event;  ///< kEvent.
    std::optional<LinkMessage> link;    ///< kLink.

    friend bool operator==(const Said&, const Said&) = default;
};

/// All that comes of one command.
struct Answer {
    std::vector<Said> said;
    /// Of a change that was asked for: whether it was made, and if not, which of its settings is at
    /// fault; of RegisterProxy, whether it is the default receiver now.
    ResultCode outcome = ResultCode::kAccepted;
    std::uint32_t outcome_detail = 0;
    /// What must never have been recorded, in words: a gap in numbers, a delivery that nobody sent,
    /// a recollection that is not what was.
    std::vector<std::string> complaints;
};

/// In words, for people who compare.
[[nodiscard]] std::string to_text(const Said& said);

}  // namespace lowu::reference
