// Commands: the only way into a cell. Made by the engine from what banks, the link and time bring,
// read back from the log by switch/journal on replay. Plain data without strings: what the cell
// does not judge (accounts as text, names) stays outside, and is found again by the sequence number
// of the record that carried it.
#pragma once

#include <variant>

#include "common/scheme/field_fault.hpp"
#include "switch/core/result.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

/// What the operators never published is a parameter; the defaults are our assumption.
/// Rule: origin_deadline > payee_deadline + queue_allowance + 2 x link_allowance.
struct Parameters {
    Duration payee_deadline = Duration::from_seconds(10);  ///< The payee's bank must answer within.
    Duration origin_deadline = Duration::from_seconds(20);  ///< The origin asks to cancel after.
    Duration link_allowance = Duration::from_seconds(2);    ///< One crossing of the link.
    Duration queue_allowance = Duration::from_seconds(1);   ///< Waiting in queues, in all.
    Duration creation_window = Duration::from_minutes(10);  ///< How old an instruction may be.
    Duration creation_skew = Duration::from_minutes(1);     ///< How far in the future.
    std::uint32_t payments_max = 1U << 22U;  ///< Payments remembered: decides, so it is recorded.

    /// The broken rule, or null.
    [[nodiscard]] const char* broken_rule() const;
};

/// Genesis: which rail this cell is, and its parameters. The first command of every cell.
struct OpenCell {
    Rail rail{};
    Parameters parameters;
    SchemeTime scheme_start;  ///< Scheme time at elapsed time zero of this log.
};

/// Genesis: a participant, live. Opening money comes from outside (a contra account).
struct AdmitParticipant {
    AgentCode code;
    Participation participation;
    AmountMinor opening_cny;
    AmountMinor opening_hkd;    ///< FPS only.
    AmountMinor net_debit_cap;  ///< IBPS only.
};

/// Genesis: the link agent's own account on this rail.
struct OpenLink {
    AgentCode agent;
    AmountMinor opening_cny;
    AmountMinor net_debit_cap;  ///< IBPS only.
};

/// A participant's session is up.
struct SessionUp {
    ParticipantIndex participant;
    std::uint64_t incarnation = 0;
};

/// A participant's session is down.
struct SessionDown {
    ParticipantIndex participant;
};

/// The link to the other rail is up or down.
struct LinkState {
    bool up = false;
};

/// A debtor agent's instruction (pacs.008; ibps.101). All fields but the first two are judged
/// content.
struct CreditTransfer {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
    Service service{};
    AgentCode payee_agent;
    AmountMinor amount;  ///< CNY: nothing else crosses the link.
    SchemeTime creation_time;
    std::uint64_t payer_account_hash = 0;  ///< hash64 of the account as text.
    std::uint64_t payee_account_hash = 0;
    std::uint64_t carried_hash = 0;  ///< hash64 of the carried bytes.
};

/// A creditor agent's answer (pacs.002; ibps.102).
struct CreditTransferAnswer {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
    ResultCode result = ResultCode::kAccepted;  ///< Or one raised by the payee's agent.
};

/// A creditor agent has credited the payee.
struct CreditReport {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
};

/// A numbered message that breaks a rule which needs no state: answered, and remembered nowhere.
struct RejectMessage {
    ParticipantIndex participant;
    MessageNumber number = 0;
    scheme::Field field = scheme::Field::kNone;
    Uetr uetr;  ///< Zero when it was malformed itself.
};

/// A participant holds all messages to it up to this number.
struct OutboxAcknowledged {
    ParticipantIndex participant;
    MessageNumber number = 0;
};

/// What the cells say to each other.
enum class LinkKind : std::uint8_t {
    kTransfer = 1,        ///< Origin: please settle this at your side.
    kSettled = 2,         ///< Destination: booked, past the point of no return.
    kRefused = 3,         ///< Destination: will not be booked.
    kCancel = 4,          ///< Origin: my deadline is over; give it up if you still can.
    kCancelled = 5,       ///< Destination: given up, and will never be booked.
    kAlreadySettled = 6,  ///< Destination: too late, it is booked.
};

/// One message over the link. Fields beyond uetr and kind are set for kTransfer only, result for
/// kRefused and kCancelled.
struct LinkMessage {
    LinkKind kind{};
    Uetr uetr;
    Service service{};
    AgentCode payer_agent;
    AgentCode payee_agent;
    AmountMinor amount;
    SchemeTime acceptance_time;  ///< The origin's; hours and limits are judged by it.
    ResultCode result = ResultCode::kAccepted;
    Sequence body_sequence;  ///< The record that carried accounts and carried bytes.
};

/// A link message, recorded by its receiver. Numbers it has seen are dropped.
struct LinkDelivery {
    MessageNumber number = 0;
    LinkMessage message;
};

/// The other cell holds all link messages up to this number.
struct LinkAcknowledged {
    MessageNumber number = 0;
};

/// Nothing but time: fires the timers that are due.
struct Tick {};

using Command =
    std::variant<OpenCell, AdmitParticipant, OpenLink, SessionUp, SessionDown, LinkState,
                 CreditTransfer, CreditTransferAnswer, CreditReport, RejectMessage,
                 OutboxAcknowledged, LinkDelivery, LinkAcknowledged, Tick>;

}  // namespace lowu::core
