// What comes to the engine and leaves it, without any wire format: switch/session translates both
// ways. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "switch/core/cell.hpp"
#include "switch/journal/record.hpp"

namespace lowu::engine {

using core::MessageNumber;
using core::Rail;
using core::Sequence;

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

/// A frame from a bank.
struct InboundFrame {
    std::optional<Hello> hello;
    MessageNumber first_number = 0;
    std::vector<Input> inputs;
    MessageNumber acknowledged = 0;
    MessageNumber credit = 0;
};

/// See lowu.v1.HelloReply.
struct HelloReply {
    MessageNumber last_received = 0;
    MessageNumber next_number = 0;
    SchemeTime scheme_time;
    core::Parameters parameters;
};

/// One message to a bank. `payment` and `body` are null where the entry's kind needs none.
struct OutboundMessage {
    const core::OutboxEntry* entry = nullptr;
    const core::Payment* payment = nullptr;
    const journal::Body* body = nullptr;
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
    kShuttingDown,        ///< The switch stops.
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
