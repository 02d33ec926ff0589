// SessionEnd: the bank's end of its one session with the switch, without any transport: which frame
// to send when, what a received frame means. Exists as a pure step machine so that the same code
// runs over gRPC and under virtual time. The rules are those of proto/lowu/v1/participant.proto.
// With a log it also keeps back what is not durable: it says nothing whose cause might be lost.
// Driven by bank_sim/client and by tests, on the bank's thread. Times are the bank's own elapsed
// time (ElapsedTime since the program or the test began).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "bank_sim/model/outbox.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/rpc/session_numbers.hpp"
#include "common/scheme/rail.hpp"
#include "lowu/v1/participant.pb.h"

namespace lowu::bank {

/// Frames of one busy session are at least so far apart: gRPC costs per frame, not per message, so
/// a bank sends at once when idle and gathers when busy. Who drives many sessions sets their gap
/// between the two limits.
inline constexpr Duration kFrameGap = 1_ms;
inline constexpr Duration kFrameGapMin = 500_us;
inline constexpr Duration kFrameGapMax = 2_ms;

/// A session that has sent within this time is busy.
inline constexpr Duration kBusyTime = 10_ms;

/// Acknowledgement and credit without messages wait so long for messages to travel with, unless the
/// switch may soon send no more.
inline constexpr Duration kAcknowledgementDelay = 10_ms;

class SessionEnd {
public:
    struct Options {
        std::string participant;  ///< The bank's code.
        scheme::Rail rail;
        std::uint64_t incarnation;  ///< Grows with each start of the bank.
    };

    /// The outbox must outlive it.
    SessionEnd(Options options, Outbox& outbox);
    SessionEnd(const SessionEnd&) = delete;
    SessionEnd& operator=(const SessionEnd&) = delete;
    ~SessionEnd();

    /// A transport is there, or is gone (then it no longer uses a frame either).
    void connect();
    void disconnect();

    [[nodiscard]] bool busy(ElapsedTime now) const { return now - last_frame_at_ < kBusyTime; }
    void set_frame_gap(Duration gap) { frame_gap_ = gap; }

    /// From when on next_frame has something; kNever while there is nothing to send.
    [[nodiscard]] ElapsedTime send_at() const;

    /// The next frame, or nullptr. It stays as it is until frame_sent or disconnect; until then
    /// there is no other.
    [[nodiscard]] const v1::ParticipantFrame* next_frame(ElapsedTime now);
    void frame_sent();

    /// Takes up the frame's numbers; returns how many leading messages have been seen before. The
    /// caller takes up the rest at once. An error means that the switch broke the protocol, in
    /// words: the caller ends the call and connects anew.
    [[nodiscard]] Result<std::size_t> receive(const v1::SwitchFrame& frame, ElapsedTime now);

    // Memory beyond the process.

    /// How far a bank has come: its greeting, its messages, what it has received, its answers to
    /// quote requests.
    struct Reach {
        bool greeted = false;
        std::uint64_t outbox_end = 0;
        std::uint64_t received = 0;
        std::uint64_t quote_answers = 0;
    };
    [[nodiscard]] Reach reach() const;
    /// From now on nothing is said that goes further than release() has allowed: only what is
    /// durable is sent, acknowledged and greeted with.
    void hold_back() { held_back_ = true; }
    /// Everything up to `reach` is durable.
    void release(const Reach& reach) { durable_ = reach; }

    /// What a log keeps of a frame beside its bytes: see proto/lowu/banklog/v1/banklog.proto,
    /// Received.
    struct Taken {
        std::size_t seen = 0;
        std::uint64_t acknowledged = 0;
        std::uint64_t sent = 0;
    };
    /// After receive.
    [[nodiscard]] Taken taken(std::size_t seen) const {
        return {seen, acknowledged_position_, sent_position_};
    }
    /// Takes a frame up again that receive has taken up before. False when it cannot have been.
    [[nodiscard]] bool replay(const v1::SwitchFrame& frame, const Taken& taken, ElapsedTime now);
    /// The bank has started anew, with what it remembers. What was in its outbox may have been
    /// sent.
    void restart(std::uint64_t incarnation);
    /// Everything that a replay must give again; nothing of one connection.
    void add_to(Digest& digest) const;

    /// Greeted by the switch, and not disconnected since.
    [[nodiscard]] bool open() const { return state_ == State::kOpen; }

    /// The switch's scheme time, told by its clock at the last greeting and ours since; nullopt
    /// before the first since the bank started.
    [[nodiscard]] std::optional<SchemeTime> scheme_time(ElapsedTime now) const;
    /// The same from before a restart too; 0 before the first greeting ever.
    [[nodiscard]] SchemeTime known_scheme_time(ElapsedTime now) const;

    /// Sets scheme time forward to what the switch says; never back.
    void advance_scheme_time(SchemeTime to, ElapsedTime now);

    /// When it will be this scheme time, by our clock; kNever before the first greeting.
    [[nodiscard]] ElapsedTime elapsed_at(SchemeTime time) const;

    /// How long the rail gives a creditor agent, and the version of the token key that was in force
    /// when it greeted; nullopt and 0 before the first greeting.
    [[nodiscard]] std::optional<Duration> payee_deadline() const { return payee_deadline_; }
    [[nodiscard]] std::uint32_t token_version() const { return token_version_; }

    /// Puts an answer into the next frame. Without a session, or when too many wait, it is dropped:
    /// whoever asked asks anew.
    void add_quote_answer(v1::QuoteAnswer answer);

    /// The next frame breaks the protocol, so that the switch ends the session. Misbehaviour on
    /// purpose; nothing is lost by it.
    void break_next_frame() { break_next_ = true; }

    /// The switch holds every message before this outbox position.
    [[nodiscard]] std::uint64_t acknowledged_position() const { return acknowledged_position_; }

    /// The outbox position of a message that was sent under this number by this incarnation.
    [[nodiscard]] std::optional<std::uint64_t> position_of(std::uint64_t number) const;

private:
    enum class State : std::uint8_t { kClosed, kGreeting, kOpen };

    void take_reply(const v1::HelloReply& reply, ElapsedTime now);
    [[nodiscard]] rpc::NumberReceiver receiver_after(const v1::HelloReply& reply) const;
    [[nodiscard]] Result<void> check_reply(const v1::HelloReply& reply) const;
    void remember_greeting(const v1::HelloReply& reply, ElapsedTime now);
    /// The greeting from which numbers are counted may be relied on.
    [[nodiscard]] bool greeting_is_safe() const { return !held_back_ || durable_.greeted; }
    [[nodiscard]] std::uint64_t safe_outbox_end() const;
    [[nodiscard]] std::uint64_t safe_received() const;
    [[nodiscard]] std::size_t safe_quote_answers() const;
    [[nodiscard]] std::uint64_t number_of(std::uint64_t position) const;
    [[nodiscard]] std::uint64_t sendable() const;
    [[nodiscard]] std::uint64_t credit_to_grant() const;
    void write_hello();
    void add_quote_answers();

    Options options_;
    Outbox& outbox_;
    State state_ = State::kClosed;
    v1::ParticipantFrame frame_;
    bool frame_in_use_ = false;
    bool hello_sent_ = false;

    // Number of outbox position 0. Known from the first greeting on: the switch says where this
    // participant stands, and a bank that has lost its memory goes on from there.
    std::optional<std::uint64_t> first_number_;
    std::uint64_t acknowledged_position_ = 0;  // the switch holds everything before it
    std::uint64_t sent_position_ = 0;          // nothing from here on was ever sent

    rpc::NumberSender sender_{1};
    rpc::NumberReceiver receiver_{0};
    std::uint64_t acknowledged_sent_ = 0;  // what the last frame said
    std::uint64_t credit_sent_ = 0;

    Duration frame_gap_ = kFrameGap;
    ElapsedTime last_frame_at_;
    ElapsedTime unacknowledged_since_;
    std::optional<SchemeTime> scheme_time_at_greeting_;
    ElapsedTime greeted_at_;
    std::optional<Duration> payee_deadline_;
    std::uint32_t token_version_ = 0;

    BoundedRing<v1::QuoteAnswer> quote_answers_{kMaxQuoteAnswers};  // for this session only
    std::uint64_t quote_answers_gone_ = 0;  // sent or dropped, of all ever added
    bool break_next_ = false;
    bool greeted_ = false;  // since the start

    bool held_back_ = false;
    Reach durable_;
};

}  // namespace lowu::bank
