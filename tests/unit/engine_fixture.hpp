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
#include "common/scheme/calendar.hpp"
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
    std::optional<core::SystemEvent> event;  ///< With kEvent; none: the bank has missed some.
};

/// A frame as it left, without its messages.
struct SentFrame {
    SessionId session;
    std::optional<HelloReply> hello_reply;
    MessageNumber acknowledged = 0;
    MessageNumber credit = 0;
    std::size_t messages = 0;
    std::vector<QuoteRequest> quote_requests;
};

/// A change that was answered.
struct Answered {
    ChangeId change;
    ChangeOutcome outcome;
};

/// A quote that was answered: with one, or with the reason why there is none.
struct Quoted {
    QuoteId quote;
    std::optional<QuoteAnswer> answer;
    core::ResultCode why{};
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
        frames.push_back({session,
                          frame.hello_reply,
                          frame.acknowledged,
                          frame.credit,
                          frame.messages.size(),
                          {frame.quote_requests.begin(), frame.quote_requests.end()}});
        for (std::size_t i = 0; i < frame.messages.size(); ++i) {
            const OutboundMessage& message = frame.messages[i];
            Sent one{session, frame.first_number + i, *message.entry, std::nullopt, std::nullopt};
            if (message.body != nullptr) one.body = *message.body;
            if (message.event != nullptr) one.event = *message.event;
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
    void on_change(ChangeId change, const ChangeOutcome& outcome) override {
        answered.push_back({change, outcome});
        directory_.mark("release " + std::to_string(outcome.sequence.value));
    }
    void on_quote(QuoteId quote, const QuoteAnswer& answer) override {
        quoted.push_back({quote, answer, core::ResultCode::kAccepted});
    }
    void on_no_quote(QuoteId quote, core::ResultCode why) override {
        quoted.push_back({quote, std::nullopt, why});
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

    /// The announcements that one session was sent, in order.
    [[nodiscard]] std::vector<Sent> events(SessionId session) const {
        std::vector<Sent> events;
        for (const Sent& one : messages) {
            if (one.session == session && one.entry.kind == core::OutboxKind::kEvent)
                events.push_back(one);
        }
        return events;
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
    std::vector<Answered> answered;
    std::vector<Quoted> quoted;

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

/// Sets one parameter, at once unless told otherwise.
inline ChangeCommand setting(Rail rail, core::ParameterId id, core::Corridor corridor,
                             std::int64_t value, SchemeTime effective = {}) {
    core::SetParameters command;
    command.settings = {{{id, corridor, core::kNoParticipant}, value}};
    command.effective = effective;
    return {rail, command, {}};
}

inline constexpr core::Corridor kNorthboundP2p =
    core::corridor_of(core::Direction::kNorthbound, core::Service::kP2pRemittance);
inline constexpr core::Corridor kSouthboundP2p =
    core::corridor_of(core::Direction::kSouthbound, core::Service::kP2pRemittance);

inline scheme::AgentCode code(const std::string& text) {
    return *scheme::parse_agent_code(text);
}

/// HKD 1 is CNY 0.92, USD 1 is CNY 7.20.
inline core::ReferenceRate reference_rate(SchemeTime day) {
    return {static_cast<std::int32_t>(scheme::day_number(day)), core::Rate{92'000'000},
            core::Rate{720'000'000}};
}

/// Two banks on each rail, each with 10,000.00, all services, all rules as published.
inline Genesis small_genesis(std::uint32_t payments_max = 16'384) {
    using core::AmountMinor;
    const AmountMinor zero{0};
    const AmountMinor money{1'000'000};
    const core::Participation both{core::kAllParticipation};
    core::Parameters parameters;
    parameters.payments_max = payments_max;
    parameters.quota_records_max = 32'768;
    parameters.proxies_max = 1'024;
    const SchemeTime start = scheme::kDefaultSchemeStart;
    const core::SetReferenceRate rate{reference_rate(start)};
    return {{Rail::kFps, core::OpenCell{Rail::kFps, parameters, start}},
            {Rail::kFps, core::AdmitParticipant{code(kFpsBank), both, money, zero, zero}},
            {Rail::kFps, core::AdmitParticipant{code(kOtherFpsBank), both, money, zero, zero}},
            {Rail::kFps, core::OpenLink{code("X90"), money, zero}},
            {Rail::kFps, rate},
            {Rail::kIbps, core::OpenCell{Rail::kIbps, parameters, start}},
            {Rail::kIbps, core::AdmitParticipant{code(kIbpsBank), both, zero, zero, money}},
            {Rail::kIbps, core::AdmitParticipant{code(kOtherIbpsBank), both, zero, zero, money}},
            {Rail::kIbps, core::OpenLink{code("999900000017"), zero, money}},
            {Rail::kIbps, rate}};
}

inline scheme::Uetr uetr(std::uint64_t number) {
    return scheme::uetr_from_random(0xabcd'0000, number);
}

/// The person with this number, as the banks of one rail know one.
inline core::Payer person(std::uint64_t number, Rail rail) {
    core::Payer payer;
    payer.document = scheme::document_of(rail);
    payer.token_version = 1;
    payer.tokens.current = scheme::PersonToken{0x7070'0000, number + 1};
    return payer;
}

inline journal::Body body(std::uint64_t number) {
    journal::Body body;
    body.payer_account = "payer-" + std::to_string(number);
    body.payee_account = "payee-" + std::to_string(number);
    body.carried = "carried " + std::to_string(number);
    body.creation_time = scheme::kDefaultSchemeStart;
    body.purpose = core::Purpose::kPersonal;
    body.payer_kind = core::PartyKind::kPerson;
    return body;
}

/// A remittance to a bank on the other rail; each payment has a payer of its own.
inline Input transfer(std::uint64_t number, const std::string& payee_agent,
                      std::int64_t amount_minor = 100) {
    Input input;
    input.body = body(number);
    const Rail origin = scheme::other(*scheme::rail_of_code(payee_agent));
    core::CreditTransfer command;
    command.uetr = uetr(number);
    command.service = core::Service::kP2pRemittance;
    command.payee_agent = code(payee_agent);
    command.amount = core::AmountMinor{amount_minor};
    command.creation_time = input.body.creation_time;
    command.payer = person(number, origin);
    journal::hash_body(input.body, command);
    input.command = command;
    return input;
}

/// A payment within one rail.
inline Input domestic(std::uint64_t number, const std::string& payee_agent,
                      std::int64_t amount_minor = 100) {
    Input input = transfer(number, payee_agent, amount_minor);
    auto& command = std::get<core::CreditTransfer>(input.command);
    command.service = core::Service::kDomestic;
    command.payer = core::Payer{};
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

/// Sends a payment back; the return has an identity of its own.
inline Input send_back(std::uint64_t number, std::uint64_t original, std::int64_t amount_minor) {
    core::PaymentReturn command;
    command.uetr = uetr(number);
    command.original = uetr(original);
    command.amount = core::AmountMinor{amount_minor};
    command.reason = scheme::ReturnReason::kAm09;
    return {command, {}};
}

/// Asks where a payment stands at the payer's bank, or at the payee's.
inline Input enquiry(std::uint64_t number, core::Side side = core::Side::kPayer) {
    core::StatusRequest command;
    command.uetr = uetr(number);
    command.side = side;
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
    Process(log::BatchLog& log, Clock& clock, Outlet& outlet, LogBodies::Older older = {})
        : log_(log), bodies(log, std::move(older)), engine(clock, outlet, bodies), writer(log) {}

    /// As the program does: recovers, starts, makes the start durable.
    Result<void> start(const Genesis& genesis, OnDifference on_difference = OnDifference::kRefuse) {
        if (auto done = replay(core::Sequence{1}); !done.ok()) return done;
        return go_on(genesis, on_difference);
    }
    Result<void> replay(core::Sequence from) {
        return journal::for_each_record(log_, from,
                                        [&](journal::Entry& entry) { engine.replay(entry); });
    }
    /// After what was on the disk has been read.
    Result<void> go_on(const Genesis& genesis, OnDifference on_difference) {
        if (auto started = engine.start(genesis, on_difference); !started.ok()) return started;
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
    explicit EngineTest(Genesis genesis = small_genesis()) : genesis_(std::move(genesis)) {
        open();
    }

    /// A process over the disk as it is.
    void open() {
        process_.reset();
        log_.reset();
        auto opened = log::SegmentLog::open(directory_, support::SmallLog::options());
        ASSERT_TRUE(opened.ok());
        log_ = std::make_unique<support::SmallLog>(std::move(opened).value());
        outlet_ = std::make_unique<RecordingOutlet>(directory_);
        process_ = std::make_unique<Process>(*log_, clock_, *outlet_);
        // A test that has changed a parameter goes on with what it has changed.
        ASSERT_TRUE(process_->start(genesis_, OnDifference::kKeepLog).ok());
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
        EXPECT_TRUE(engine().on_frame(session, frame));
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
        EXPECT_TRUE(engine().on_frame(end.session, frame));
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

    /// Asks for a change.
    ChangeId change(std::vector<ChangeCommand> commands) {
        const ChangeId id{++last_request_};
        engine().change(id, std::move(commands));
        return id;
    }
    /// The same, and durable: how it went.
    ChangeOutcome change_durably(std::vector<ChangeCommand> commands) {
        const ChangeId id = change(std::move(commands));
        process_->sync();
        return outcome_of(id);
    }
    ChangeOutcome outcome_of(ChangeId id) {
        for (const Answered& one : outlet_->answered) {
            if (one.change == id) return one.outcome;
        }
        ADD_FAILURE() << "change " << id.value << " has not been answered";
        return {};
    }
    /// What the log gives to whoever replays it, FPS first.
    std::array<Hash128, 2> replayed_digests() {
        RecordingOutlet outlet(directory_);
        Process fresh(*log_, clock_, outlet);
        const auto replayed = journal::for_each_record(
            *log_, [&](journal::Entry& entry) { fresh.engine.replay(entry); });
        EXPECT_TRUE(replayed.ok());
        return digests(fresh.engine);
    }
    static std::array<Hash128, 2> digests(Engine& engine) {
        return {engine.cell(Rail::kFps).digest(), engine.cell(Rail::kIbps).digest()};
    }

    [[nodiscard]] const Closed& last_close() const { return outlet_->closed.back(); }

    const Genesis genesis_;
    log::MemoryDirectory directory_;
    ManualClock clock_;
    std::unique_ptr<support::SmallLog> log_;
    std::unique_ptr<RecordingOutlet> outlet_;
    std::unique_ptr<Process> process_;
    std::uint64_t last_session_ = 0;
    std::uint64_t last_request_ = 0;  ///< Changes and quotes that somebody waits for.
};

}  // namespace lowu::engine
