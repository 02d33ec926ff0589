// One engine over a log, a clock that stands still and an outlet that writes down what is sent: for
// the tests of engine and follower. Two banks on each rail, all invented. One thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"
#include "common/log/memory_file.hpp"
#include "switch/engine/engine.hpp"
#include "switch/journal/replay.hpp"
#include "tests/support/counting_bodies.hpp"
#include "tests/support/small_log.hpp"

namespace lowu::engine {

/// A message as it left.
struct Sent {
    SessionId session;
    MessageNumber number = 0;
    core::OutboxEntry entry;
    std::optional<journal::Body> body;
};

/// A frame as it left, without its messages.
struct SentFrame {
    SessionId session;
    std::optional<HelloReply> hello_reply;
    MessageNumber acknowledged = 0;
    MessageNumber credit = 0;
    std::size_t messages = 0;
};

struct Closed {
    SessionId session;
    CloseReason reason{};
    std::string text;
};

/// Writes everything down, and marks it in the disk's trace.
class RecordingOutlet final : public Outlet {
public:
    explicit RecordingOutlet(log::MemoryDirectory& directory) : directory_(directory) {}

    bool ready(SessionId session) override {
        const bool busy = busy_.contains(session);
        if (busy) wanted_.insert(session);
        return !busy;
    }
    void send(SessionId session, const OutboundFrame& frame) override {
        frames.push_back(
            {session, frame.hello_reply, frame.acknowledged, frame.credit, frame.messages.size()});
        for (std::size_t i = 0; i < frame.messages.size(); ++i) {
            const OutboundMessage& message = frame.messages[i];
            Sent one{session, frame.first_number + i, *message.entry, std::nullopt};
            if (message.body != nullptr) one.body = *message.body;
            directory_.mark("release " + std::to_string(message.entry->sequence.value));
            messages.push_back(std::move(one));
        }
        directory_.mark("acknowledge " + std::string(scheme::to_string(frame.rail)) + " " +
                        scheme::format_agent_code(frame.participant) + " " +
                        std::to_string(frame.acknowledged));
    }
    void close(SessionId session, CloseReason reason, const std::string& text) override {
        closed.push_back({session, reason, text});
    }

    void set_busy(SessionId session, bool busy) {
        if (busy) {
            busy_.insert(session);
        } else {
            busy_.erase(session);
        }
    }
    [[nodiscard]] bool wanted(SessionId session) const { return wanted_.contains(session); }
    /// Kinds of what one session was sent, in order.
    [[nodiscard]] std::vector<core::OutboxKind> kinds(SessionId session) const {
        std::vector<core::OutboxKind> kinds;
        for (const Sent& one : messages) {
            if (one.session == session) kinds.push_back(one.entry.kind);
        }
        return kinds;
    }

    [[nodiscard]] const SentFrame& last_frame(SessionId session) const {
        const auto found = std::find_if(frames.rbegin(), frames.rend(), [&](const auto& frame) {
            return frame.session == session;
        });
        LOWU_ASSERT(found != frames.rend(), "the session was sent something");
        return *found;
    }

    std::vector<Sent> messages;
    std::vector<SentFrame> frames;
    std::vector<Closed> closed;

private:
    log::MemoryDirectory& directory_;
    std::set<SessionId> busy_;
    std::set<SessionId> wanted_;
};

inline const char* const kFpsBank = "X01";
inline const char* const kOtherFpsBank = "X02";
inline const std::string kIbpsBank =
    std::string("99910000001") + scheme::ibps_check_digit("99910000001");
inline const std::string kOtherIbpsBank =
    std::string("99910000002") + scheme::ibps_check_digit("99910000002");

inline scheme::AgentCode code(const std::string& text) {
    return *scheme::parse_agent_code(text);
}

inline Genesis small_genesis() {
    using core::AmountMinor;
    const AmountMinor zero{0};
    const AmountMinor money{1'000'000};
    const core::Participation both{core::kAllParticipation};
    core::Parameters parameters;
    parameters.payments_max = 16'384;
    const SchemeTime start = scheme::kDefaultSchemeStart;
    return {{Rail::kFps, core::OpenCell{Rail::kFps, parameters, start}},
            {Rail::kFps, core::AdmitParticipant{code(kFpsBank), both, money, zero, zero}},
            {Rail::kFps, core::AdmitParticipant{code(kOtherFpsBank), both, money, zero, zero}},
            {Rail::kFps, core::OpenLink{code("X90"), money, zero}},
            {Rail::kIbps, core::OpenCell{Rail::kIbps, parameters, start}},
            {Rail::kIbps, core::AdmitParticipant{code(kIbpsBank), both, zero, zero, money}},
            {Rail::kIbps, core::AdmitParticipant{code(kOtherIbpsBank), both, zero, zero, money}},
            {Rail::kIbps, core::OpenLink{code("999900000017"), zero, money}}};
}

inline scheme::Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(0xabcd'0000, number);
}

inline journal::Body body(std::uint64_t number) {
    journal::Body body;
    body.payer_account = "payer-" + std::to_string(number);
    body.payee_account = "payee-" + std::to_string(number);
    body.carried = "carried " + std::to_string(number);
    body.creation_time = scheme::kDefaultSchemeStart;
    return body;
}

inline Input transfer(std::uint64_t number, const std::string& payee_agent,
                      std::int64_t amount_minor = 100) {
    Input input;
    input.body = body(number);
    core::CreditTransfer command;
    command.uetr = uetr(number);
    command.service = core::Service::kP2pRemittance;
    command.payee_agent = code(payee_agent);
    command.amount = core::AmountMinor{amount_minor};
    command.creation_time = input.body.creation_time;
    journal::hash_body(input.body, command);
    input.command = command;
    return input;
}

inline Input answer(std::uint64_t number, core::ResultCode result = core::ResultCode::kAccepted) {
    core::CreditTransferAnswer command;
    command.uetr = uetr(number);
    command.result = result;
    return {command, {}};
}

inline Input report(std::uint64_t number) {
    core::CreditReport command;
    command.uetr = uetr(number);
    return {command, {}};
}

inline Input reject(const std::string& rule) {
    core::RejectMessage command;
    command.field = scheme::Field::kAmount;
    Input input{command, {}};
    input.body.carried = rule;
    return input;
}

/// What dies with the process.
class Process {
public:
    Process(log::BatchLog& log, Clock& clock, Outlet& outlet)
        : log_(log), bodies(log), engine(clock, outlet, bodies), writer(log) {}

    /// As the program does: recovers, starts, makes the start durable.
    Result<void> start(const Genesis& genesis) {
        auto replayed =
            journal::for_each_record(log_, [&](journal::Entry& entry) { engine.replay(entry); });
        if (!replayed.ok()) return replayed;
        if (auto started = engine.start(genesis); !started.ok()) return started;
        if (auto owner = writer.acquire(); !owner.ok()) return owner;
        sync();
        return {};
    }

    /// Seals what has been built and appends it; the engine does not know yet how that went.
    log::AppendOutcome append() {
        engine.seal(batch);
        return writer.append(batch);
    }
    void release() { engine.on_durable(batch.last()); }
    /// All of it, until nothing is being built.
    void sync() {
        while (engine.has_batch()) {
            ASSERT_EQ(append(), log::AppendOutcome::kOk);
            release();
        }
    }

private:
    log::BatchLog& log_;

public:
    support::CountingBodies bodies;
    Engine engine;
    LogWriter writer;
    SealedBatch batch;
};

/// The bank's end of a session, as far as numbers go.
struct BankEnd {
    SessionId session{0};
    MessageNumber next = 1;      ///< Of its next message.
    MessageNumber received = 0;  ///< Highest number it acknowledges.
    MessageNumber credit = 1'000'000;
};

class EngineTest : public testing::Test {
protected:
    EngineTest() { open(); }

    /// A process over the disk as it is.
    void open() {
        process_.reset();
        log_.reset();
        auto opened = log::SegmentLog::open(directory_, support::SmallLog::options());
        ASSERT_TRUE(opened.ok());
        log_ = std::make_unique<support::SmallLog>(std::move(opened).value());
        outlet_ = std::make_unique<RecordingOutlet>(directory_);
        process_ = std::make_unique<Process>(*log_, clock_, *outlet_);
        ASSERT_TRUE(process_->start(small_genesis()).ok());
    }
    /// kill -9, and a new process.
    void restart() {
        directory_.kill_process();
        open();
    }

    Engine& engine() { return process_->engine; }
    const core::Participant& participant(const std::string& bank) {
        for (const Rail rail : {Rail::kFps, Rail::kIbps}) {
            const auto index = engine().cell(rail).find_participant(code(bank));
            if (index) return engine().cell(rail).participant(*index);
        }
        ADD_FAILURE() << "no such participant";
        std::abort();
    }

    /// Sends Hello on a new connection.
    SessionId hello(const Hello& hello) {
        const SessionId session{++last_session_};
        InboundFrame frame;
        frame.hello = hello;
        engine().on_frame(session, frame);
        return session;
    }
    /// The same, and durable: only then is the bank answered.
    SessionId greet(const Hello& said) {
        const SessionId session = hello(said);
        process_->sync();
        return session;
    }
    /// A session of a bank that is new, greeted and ready to be sent messages.
    BankEnd connect(const std::string& bank) {
        BankEnd end;
        end.session = greet({code(bank), 1, std::nullopt, std::nullopt});
        say(end, {});
        return end;
    }
    /// One frame with the bank's next messages.
    void say(BankEnd& end, std::vector<Input> inputs) {
        InboundFrame frame;
        frame.first_number = end.next;
        frame.acknowledged = end.received;
        frame.credit = end.credit;
        end.next += inputs.size();
        frame.inputs = std::move(inputs);
        engine().on_frame(end.session, frame);
    }
    /// The same, and durable.
    void say_durably(BankEnd& end, std::vector<Input> inputs) {
        say(end, std::move(inputs));
        process_->sync();
    }
    /// Acknowledges everything that the session was sent.
    void acknowledge(BankEnd& end) {
        for (const Sent& one : outlet_->messages) {
            if (one.session == end.session) end.received = std::max(end.received, one.number);
        }
        say_durably(end, {});
    }
    /// Payments northbound from kFpsBank to kIbpsBank, to their ends and acknowledged.
    void pay(BankEnd& payer, BankEnd& payee, std::uint64_t number) {
        say_durably(payer, {transfer(number, kIbpsBank)});
        say_durably(payee, {answer(number)});
        say_durably(payee, {report(number)});
        acknowledge(payer);
        acknowledge(payee);
    }
    void pass(Duration duration) { clock_.advance(duration); }

    [[nodiscard]] const Closed& last_close() const { return outlet_->closed.back(); }

    log::MemoryDirectory directory_;
    ManualClock clock_;
    std::unique_ptr<support::SmallLog> log_;
    std::unique_ptr<RecordingOutlet> outlet_;
    std::unique_ptr<Process> process_;
    std::uint64_t last_session_ = 0;
};

}  // namespace lowu::engine
