// What comes to the engine and leaves it, without any wire format: switch/session translates both
// ways. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/scheme/return_reason.hpp"
#include "switch/core/cell.hpp"
#include "switch/journal/record.hpp"

namespace lowu::engine {

using core::MessageNumber;
using core::Rail;
using core::Sequence;

/// A change that somebody waits for; never used twice in a process.
using ChangeId = Strong<struct ChangeIdTag, std::uint64_t>;
/// A quote that somebody waits for; ditto.
using QuoteId = Strong<struct QuoteIdTag, std::uint64_t>;

/// One connection of one bank; never used twice in a process.
using SessionId = Strong<struct SessionIdTag, std::uint64_t>;

/// A bank introduces itself; see lowu.v1.Hello.
struct Hello {
    scheme::AgentCode participant;
    std::uint64_t incarnation = 0;
    std::optional<MessageNumber> last_received;
    std::optional<MessageNumber> lowest_resendable;
};

/// One numbered message from a bank, valid in itself. The engine fills in participant and number.
struct Input {
    core::Command command;
    journal::Body body;
};

/// A bank's answer to a QuoteRequest: a quote, or why not.
struct QuoteAnswer {
    std::uint64_t query_id = 0;
    bool quoted = false;
    std::string quote_id;
    core::AmountMinor hkd;
    core::Rate rate;
    core::AmountMinor cny;
    SchemeTime expires;
    std::string reason_code;  ///< ISO 20022; when not quoted.
};

/// Asks a bank for the CNY that fix an HKD bill.
struct QuoteRequest {
    std::uint64_t query_id = 0;
    scheme::AgentCode payer_agent;
    std::string payee_account;
    std::uint8_t proxy_kind = 0;  ///< scheme::ProxyKind; 0: by account.
    std::string proxy_value;
    core::AmountMinor hkd;
    Duration deadline;
};

/// How a change went, once that is durable.
struct ChangeOutcome {
    core::ResultCode result{};
    std::uint32_t detail = 0;   ///< core::Effects::outcome_detail.
    std::size_t failed_at = 0;  ///< Which of the change's commands was refused first.
    Sequence sequence;          ///< Of the first command.
    SchemeTime scheme_time;
};

/// A frame from a bank. The engine may take it in parts.
struct InboundFrame {
    std::optional<Hello> hello;
    MessageNumber first_number = 0;
    std::vector<Input> inputs;
    MessageNumber acknowledged = 0;
    MessageNumber credit = 0;
    std::vector<QuoteAnswer> quote_answers;
    // The engine's own notes.
    bool begun = false;       ///< Hello and numbers have been judged.
    std::size_t taken = 0;    ///< So many of the inputs are behind us.
    bool wants_room = false;  ///< The next one's recollections find none before the next Forget.
};

/// See lowu.v1.HelloReply.
struct HelloReply {
    MessageNumber last_received = 0;
    MessageNumber next_number = 0;
    SchemeTime scheme_time;
    core::Parameters parameters;
    std::uint32_t token_version = 1;
};

/// One message to a bank. Pointers are null where the entry's kind needs none; of an event also
/// when it is not kept any more: the bank has missed some.
struct OutboundMessage {
    const core::OutboxEntry* entry = nullptr;
    const core::Payment* payment = nullptr;
    const journal::Body* body = nullptr;
    const core::SystemEvent* event = nullptr;
    scheme::AgentCode payer_agent;         ///< With kRequest.
    scheme::Uetr original;                 ///< With kReturned: the payment that comes back.
    scheme::ReturnReason return_reason{};  ///< With kReturned.
};

/// A frame to a bank; valid during the call that hands it over.
struct OutboundFrame {
    Rail rail{};
    scheme::AgentCode participant;
    std::optional<HelloReply> hello_reply;
    MessageNumber first_number = 0;
    std::span<const OutboundMessage> messages;
    MessageNumber acknowledged = 0;
    MessageNumber credit = 0;
    std::span<const QuoteRequest> quote_requests;
};

/// Why the engine ends a session. The transport turns it into a gRPC status.
enum class CloseReason : std::uint8_t {
    kHelloMissing,        ///< The first frame must carry a Hello.
    kHelloRepeated,       ///< And no other.
    kUnknownParticipant,  ///< No such participant on this switch.
    kOlderIncarnation,    ///< A later start of this bank has been here.
    kGap,                 ///< Numbers are missing.
    kBeyondCredit,        ///< The bank sent more than it was granted.
    kBadAcknowledgement,  ///< The bank acknowledged what was never sent.
    kTakenOver,           ///< A newer session of this participant is open.
    kTooSlow,             ///< The bank has not read for so long that its frame still waits.
    kUnreadable,          ///< A message for the bank cannot be read back from log or archive.
    kShuttingDown,        ///< The switch stops.
};

/// A bank that has an open session, or is about to.
struct Asker {
    Rail rail{};
    core::ParticipantIndex index;
    scheme::AgentCode code;

    friend bool operator==(const Asker&, const Asker&) = default;
};

/// A payment that a message is about: of all that ever had the UETR the newest in which the bank
/// has this part.
struct Wanted {
    scheme::Uetr uetr;
    core::Side side{};
    Asker asker;
    bool settled = false;  ///< One that was settled to it: reports and returns are about no other.

    friend bool operator==(const Wanted&, const Wanted&) = default;
    /// By payment and part, for those of one bank.
    friend bool operator<(const Wanted& left, const Wanted& right) {
        if (left.uetr != right.uetr) return left.uetr < right.uetr;
        return left.side != right.side ? left.side < right.side : left.settled < right.settled;
    }
    /// Whether a rail's leg is of that payment. For who began it the other rail's does not matter.
    [[nodiscard]] bool fits(Rail rail, const core::Payment& leg) const {
        if (side == core::Side::kPayer) {
            return rail != asker.rail || core::is_begun_by(leg, asker.index);
        }
        if (rail != asker.rail) return core::is_sent_to(leg, asker.code);
        return settled ? core::is_settled_to(leg, asker.index, asker.code)
                       : core::is_asked_of(leg, asker.index, asker.code);
    }
};

/// What the archive says of a payment that a frame is about: of each rail's leg what the cell needs
/// to remember it again; none where it never was, or where the cell has not forgotten it. A leg
/// that does not fit says only that the UETR is another's.
struct Recollection {
    Wanted wanted;
    std::array<std::optional<core::Recollect>, 2> legs;
};

/// How frames and endings reach the banks. Implemented by switch/service over gRPC and by tests
/// over a modelled network. Called on the engine's thread.
class Outlet {
public:
    Outlet() = default;
    Outlet(const Outlet&) = delete;
    Outlet& operator=(const Outlet&) = delete;
    virtual ~Outlet() = default;

    /// Whether the connection takes a frame now. After false, Engine::on_writable is called when it
    /// does: at most one frame waits at a connection, the rest in the durable outbox.
    [[nodiscard]] virtual bool ready(SessionId session) = 0;
    virtual void send(SessionId session, const OutboundFrame& frame) = 0;
    /// Ends the session; Engine::on_closed is not called for it any more.
    virtual void close(SessionId session, CloseReason reason, const std::string& text) = 0;

    /// A change that was asked for is durable, refused or not.
    virtual void on_change(ChangeId change, const ChangeOutcome& outcome) = 0;
    /// A quote has come; or none has, for this reason.
    virtual void on_quote(QuoteId quote, const QuoteAnswer& answer) = 0;
    virtual void on_no_quote(QuoteId quote, core::ResultCode why) = 0;
};

/// Bodies of old records, read back from the log. Called on the engine's thread, rarely.
class BodySource {
public:
    BodySource() = default;
    BodySource(const BodySource&) = delete;
    BodySource& operator=(const BodySource&) = delete;
    virtual ~BodySource() = default;

    virtual Result<journal::Body> load(Sequence sequence) = 0;
};

}  // namespace lowu::engine
