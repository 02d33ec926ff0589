// Commands: the only way into a cell. Made by the engine from what banks, the link and time bring,
// read back from the log by switch/journal on replay. Plain data without strings: what the cell
// does not judge (accounts as text, names) stays outside, and is found again by the sequence number
// of the record that carried it.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "common/base/hash.hpp"
#include "common/scheme/field_fault.hpp"
#include "common/scheme/return_reason.hpp"
#include "switch/core/directory.hpp"
#include "switch/core/parameters.hpp"
#include "switch/core/payment.hpp"
#include "switch/core/quota.hpp"
#include "switch/core/reference_rates.hpp"
#include "switch/core/result.hpp"
#include "switch/core/types.hpp"

namespace lowu::core {

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

/// Who pays.
struct Payer {
    PartyKind kind = PartyKind::kPerson;
    DocumentType document = DocumentType::kNone;
    std::uint32_t token_version = 0;
    PersonTokens tokens;  ///< None for an institution, and for a domestic payer who needs none.
};

/// The HKD side of a payment; none when `hkd` is zero.
struct Exchange {
    AmountMinor hkd;
    Rate rate;
    std::uint64_t quote_hash = 0;  ///< hash64 of the quote's id.
};

/// A payee found by proxy; none when `reference` is zero.
struct PayeeProxy {
    Hash128 proxy;
    ProxyReference reference;
};

/// A debtor agent's instruction (pacs.008; ibps.101). All fields but the first two and the payer's
/// previous token are judged content.
struct CreditTransfer {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
    Service service{};
    AgentCode payee_agent;
    AmountMinor amount;  ///< CNY, or HKD within fps: nothing but CNY crosses the link.
    Currency currency = Currency::kCny;
    Purpose purpose = Purpose::kPersonal;
    SchemeTime creation_time;
    Payer payer;
    PayeeProxy payee_proxy;
    Exchange exchange;
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

/// A bank in Hong Kong says at which rates it exchanges.
struct FxRateSheet {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Rate bid;
    Rate ask;
    SchemeTime valid_until;
};

/// A bank logs itself off or on.
struct AvailabilityRequest {
    ParticipantIndex participant;
    MessageNumber number = 0;
    bool available = false;
    SchemeTime expected_back;
};

/// A payee's bank sends a settled payment back, all of it or a part (pacs.004). It has an identity
/// of its own; all fields but the first two are judged content.
struct PaymentReturn {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
    Uetr original;
    AmountMinor amount;
    scheme::ReturnReason reason{};
};

/// Which end of a payment a bank asks about. Numbers are those of lowu.v1.Side.
enum class Side : std::uint8_t {
    kPayer = 1,  ///< The bank whose message began it, a return included.
    kPayee = 2,  ///< The bank that was asked to credit it.
};

/// How a payment that the cell has forgotten ended, as the archive has it.
struct ArchivedAnswer {
    AgentCode agent;                            ///< The bank at the side that is asked about.
    PaymentState state{};                       ///< A final one: others are never forgotten.
    ResultCode result = ResultCode::kAccepted;  ///< Why, when rejected.
};

/// Either agent asks where a payment stands (pacs.028; ibps.305). Whoever makes the command adds
/// the archive's answer when the cell remembers none in which the bank has that part.
struct StatusRequest {
    ParticipantIndex participant;
    MessageNumber number = 0;
    Uetr uetr;
    Side side{};
    std::optional<ArchivedAnswer> archived;  ///< Not looked at when the cell remembers one.
};

// What operators and banks ask for beside payments. The outcome goes into Effects.

/// New values of parameters, all or none, from a moment on.
struct SetParameters {
    std::vector<ParameterSetting> settings;
    SchemeTime effective;  ///< At once when it is not after the stamp.
};

/// The reference rates of a day.
struct SetReferenceRate {
    ReferenceRate rate;
};

/// The operator forces a bank off, or lets it on again.
struct ForceAvailability {
    ParticipantIndex forced_participant;
    bool available = false;
    SchemeTime expected_back;
};

/// The operator declares a bank in default. It cannot be taken back.
struct DeclareDefault {
    ParticipantIndex defaulter;
};

/// What a person has used through other channels in a year.
struct SetPriorUse {
    PersonTokens person;
    std::int32_t year = 0;
    AmountMinor amount;
};

/// A bank registers a proxy, or changes its registration. The reference is the command's sequence.
struct RegisterProxy {
    ProxyRegistration registration;
};

/// A bank takes its registration out.
struct RemoveProxy {
    Hash128 proxy;
    ParticipantIndex registrant;
};

/// The list of suspicious proxies.
struct SetProxyWarning {
    Hash128 proxy;
    bool suspicious = false;
};

/// Scheme time has been set forward: the stamp says to when. Told to the banks.
struct AdvanceSchemeTime {};

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
    kLoggedOff = 7,       ///< Either: a bank of mine is off; tell yours.
    kLoggedOn = 8,        ///< Either: it is on again.
    kReturn = 9,          ///< Destination: this much of a settled payment comes back; answered
                          ///< by kSettled or kRefused.
    kDegraded = 10,  ///< Either: a bank of mine does not keep up with its messages; tell yours.
    kRestored = 11,  ///< Either: it has caught up.
    kDefault = 12,   ///< Either: a bank of mine is in default.
};

/// One message over the link. Fields beyond uetr and kind are set for kTransfer and kReturn only,
/// result for kRefused and kCancelled; what is told of a bank has payer_agent for the bank, and
/// kLoggedOff and kLoggedOn also acceptance_time for when it is expected back, and result
/// kPayeeAgentLoggedOff when it was forced.
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
    PayeeProxy payee_proxy;
    Uetr original;                         ///< kReturn: the payment that comes back.
    scheme::ReturnReason return_reason{};  ///< kReturn.
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

/// The cell drops the oldest segment of its payments, all but what is still needed, and out of the
/// side table what is needed no more. Recorded by the engine when Cell::forgettable_through or
/// Cell::short_of_recollections says so.
struct Forget {
    /// The first payment that stays: end of the oldest segment; or its beginning, and none goes.
    PaymentIndex through;
};

/// A leg that was forgotten, as the archive has it: the command after it needs it. What is
/// remembered already stays as it is. The engine looks for room (Cell::room_to_recollect) before.
struct Recollect {
    PaymentIndex index;
    WholeLeg leg;  ///< Final: nothing else is ever forgotten.
};

using Command =
    std::variant<OpenCell, AdmitParticipant, OpenLink, SessionUp, SessionDown, LinkState,
                 CreditTransfer, CreditTransferAnswer, CreditReport, RejectMessage,
                 OutboxAcknowledged, LinkDelivery, LinkAcknowledged, Tick, FxRateSheet,
                 AvailabilityRequest, SetParameters, SetReferenceRate, ForceAvailability,
                 SetPriorUse, RegisterProxy, RemoveProxy, SetProxyWarning, AdvanceSchemeTime,
                 PaymentReturn, StatusRequest, DeclareDefault, Forget, Recollect>;

}  // namespace lowu::core
