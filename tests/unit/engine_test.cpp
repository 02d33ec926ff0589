// The engine: nothing is said before it is durable, batches are built while another one syncs, and
// an engine that has started again goes on where its log ends. Sessions are in
// engine_session_test.cpp, what is asked beside payments in engine_changes_test.cpp and
// engine_quotes_test.cpp, a configuration against the log in engine_genesis_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include <algorithm>

#include "switch/journal/replay.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using core::PaymentState;
using core::ResultCode;
using testing::ElementsAre;
using testing::HasSubstr;

// Release only after the sync.

/// Reads the disk's trace: a release must come after the sync of the batch that caused it.
class TraceReader {
public:
    /// `numbers`: the sequence of each message that a bank sent, by "rail code number".
    explicit TraceReader(std::map<std::string, std::uint64_t> numbers)
        : sequences_(std::move(numbers)) {}

    void read(const std::string& line) {
        if (line.starts_with("seal ")) {
            sealed_ = number_after(line, "seal ");
            written_ = false;
        } else if (line.find(" pwrite ") != std::string::npos) {
            written_ = true;
        } else if (line.ends_with(" datasync") && written_) {
            durable_ = sealed_;
        } else if (line.starts_with("release ")) {
            ++releases;
            check(number_after(line, "release "), line);
        } else if (line.starts_with("acknowledge ")) {
            const auto sequence = sequences_.find(line.substr(12));
            if (sequence == sequences_.end()) return;  // 0: nothing yet.
            ++acknowledgements;
            check(sequence->second, line);
        }
    }

    int releases = 0;
    int acknowledgements = 0;

private:
    static std::uint64_t number_after(const std::string& line, const std::string& word) {
        return std::stoull(line.substr(word.size()));
    }
    void check(std::uint64_t sequence, const std::string& line) const {
        EXPECT_LE(sequence, durable_) << "\"" << line << "\" before pwrite and datasync";
    }

    std::map<std::string, std::uint64_t> sequences_;
    std::uint64_t sealed_ = 0;
    std::uint64_t durable_ = 0;
    bool written_ = false;
};

class ReleaseTest : public EngineTest {
protected:
    /// As Process::sync, with the seal marked in the trace.
    void sync_traced() {
        while (engine().has_batch()) {
            engine().seal(process_->batch);
            directory_.mark("seal " + std::to_string(process_->batch.last().value));
            ASSERT_EQ(process_->writer.append(process_->batch), log::AppendOutcome::kOk);
            process_->release();
        }
    }

    /// The sequence of each numbered message of a bank, from the log.
    std::map<std::string, std::uint64_t> sequences() {
        std::map<std::string, std::uint64_t> found;
        const auto read = journal::for_each_record(*log_, [&](journal::Entry& entry) {
            std::visit(
                [&](const auto& command) {
                    using Command = std::decay_t<decltype(command)>;
                    if constexpr (requires {
                                      command.number;
                                      command.participant;
                                  }) {
                        if (std::is_same_v<Command, core::OutboxAcknowledged>) return;
                        const auto& bank =
                            engine().cell(entry.rail).participant(command.participant);
                        found[std::string(scheme::to_string(entry.rail)) + " " +
                              scheme::format_agent_code(bank.code) + " " +
                              std::to_string(command.number)] = entry.stamp.sequence.value;
                    }
                },
                entry.command);
        });
        EXPECT_TRUE(read.ok());
        return found;
    }
};

TEST_F(ReleaseTest, EveryMessageAndAcknowledgementLeavesAfterItsSync) {
    directory_.start_trace();
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    sync_traced();
    for (std::uint64_t number = 1; number <= 40; ++number) {
        say(payer, {transfer(number, kIbpsBank), reject("must be something")});
        if (number > 1) say(payee, {answer(number - 1)});
        change({setting(Rail::kFps, core::ParameterId::kPersonDayLimit, kNorthboundP2p,
                        1'000'000 + static_cast<std::int64_t>(number))});
        // Every third round, a batch is already on its way when this comes.
        if (number % 3 != 0) sync_traced();
    }
    sync_traced();
    TraceReader reader(sequences());
    for (const std::string& line : directory_.trace())
        reader.read(line);
    EXPECT_GE(reader.releases, 40 * 2 + 39 * 2 + 40 * 2)
        << "requests, rejections and outcomes; announcements and the answers to changes";
    EXPECT_EQ(outlet_->answered.size(), 40U);
    EXPECT_GE(reader.acknowledgements, 40);
}

TEST_F(ReleaseTest, ATraceInAnotherOrderIsFound) {
    TraceReader reader({{"fps X01 1", 5}});
    reader.read("seal 4");
    reader.read("segment-0000000001.log pwrite 4096+100");
    EXPECT_NONFATAL_FAILURE(reader.read("release 4"), "before pwrite and datasync");
    reader.read("segment-0000000001.log datasync");
    reader.read("release 4");
    EXPECT_NONFATAL_FAILURE(reader.read("acknowledge fps X01 1"), "before pwrite and datasync");
    EXPECT_NONFATAL_FAILURE(reader.read("release 5"), "before pwrite and datasync");
}

TEST_F(EngineTest, NothingIsSaidBeforeItIsDurable) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    process_->sync();
    outlet_->frames.clear();
    say(payer, {transfer(1, kIbpsBank), reject("a rule")});
    EXPECT_TRUE(outlet_->messages.empty());
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    engine().on_time();
    for (std::uint64_t session = 1; session <= 2; ++session)
        engine().on_writable(SessionId{session});
    EXPECT_TRUE(outlet_->frames.empty()) << "written, and the engine has not been told";
    process_->release();
    EXPECT_THAT(outlet_->kinds(SessionId{1}), ElementsAre(OutboxKind::kMessageReject));
    EXPECT_THAT(outlet_->kinds(SessionId{2}), ElementsAre(OutboxKind::kRequest));
    EXPECT_EQ(outlet_->frames.front().acknowledged, 2U);
}

TEST_F(EngineTest, BatchesAreBuiltWhileAnotherSyncs) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    process_->sync();
    say(payer, {transfer(1, kIbpsBank)});
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    EXPECT_FALSE(engine().has_batch());
    // The first batch is on its way: these are applied, and wait for their own.
    say(payer, {transfer(2, kIbpsBank)});
    EXPECT_TRUE(engine().has_batch());
    EXPECT_EQ(engine().cell(Rail::kFps).payments_so_far(), 2U);
    EXPECT_EQ(participant(kIbpsBank).outbox.size(), 2U);
    process_->release();
    ASSERT_EQ(outlet_->messages.size(), 1U);
    EXPECT_EQ(outlet_->messages[0].entry.uetr, uetr(1));
    EXPECT_EQ(outlet_->last_frame(payer.session).acknowledged, 1U);
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    // An answer while the second is on its way brings nothing of the third batch out with it.
    say(payee, {answer(1)});
    process_->release();
    ASSERT_EQ(outlet_->messages.size(), 2U);
    EXPECT_EQ(outlet_->messages[1].entry.uetr, uetr(2));
    process_->sync();
    EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kSettled));
    EXPECT_THAT(outlet_->kinds(payee.session),
                ElementsAre(OutboxKind::kRequest, OutboxKind::kRequest, OutboxKind::kCreditNow));
}

TEST_F(EngineTest, LinkMessagesAreInTheBatchOfTheirCause) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    process_->sync();
    say(payer, {transfer(1, kIbpsBank)});
    engine().seal(process_->batch);
    journal::RecordReader reader;
    ASSERT_TRUE(reader.open(process_->batch.buffer.payload(), process_->batch.first).ok());
    journal::Entry entry;
    std::vector<std::size_t> kinds;
    while (*reader.next(entry))
        kinds.push_back(entry.command.index());
    const auto kind = [](core::Command command) { return command.index(); };
    EXPECT_THAT(kinds, ElementsAre(kind(core::CreditTransfer{}), kind(core::LinkDelivery{}),
                                   kind(core::LinkAcknowledged{})));
    EXPECT_EQ(engine().cell(Rail::kFps).link_outbox().size(), 0U);
}

// A log that fails.

/// Runs one payment up to an append that ends as scripted.
class FailingLogTest : public testing::Test {
protected:
    void fail(test::FakeLog::Answer scripted) {
        ASSERT_TRUE(process_.start(small_genesis()).ok());
        hello(SessionId{1}, kFpsBank);
        hello(SessionId{2}, kIbpsBank);
        process_.sync();
        outlet_.frames.clear();
        log_.script(scripted);
        send(SessionId{1}, 1, {transfer(1, kIbpsBank)});
        EXPECT_EQ(process_.append(), scripted.outcome);
    }
    void hello(SessionId session, const std::string& bank) {
        InboundFrame frame;
        frame.hello = Hello{code(bank), 1, std::nullopt, std::nullopt};
        frame.credit = 1'000;
        EXPECT_TRUE(process_.engine.on_frame(session, frame));
        send(session, 0, {});
    }
    void send(SessionId session, MessageNumber first, std::vector<Input> inputs) {
        InboundFrame frame;
        frame.first_number = first;
        frame.credit = 1'000;
        frame.inputs = std::move(inputs);
        EXPECT_TRUE(process_.engine.on_frame(session, frame));
    }
    /// Whatever happens afterwards: only what was durable before is said.
    void expect_silence() {
        const Sequence durable = process_.engine.durable();
        send(SessionId{1}, 2, {transfer(2, kIbpsBank)});
        process_.engine.on_writable(SessionId{1});
        process_.engine.on_writable(SessionId{2});
        clock_.advance(60_s);
        process_.engine.on_time();
        EXPECT_TRUE(outlet_.frames.empty());
        hello(SessionId{3}, kFpsBank);
        EXPECT_TRUE(outlet_.messages.empty());
        for (const SentFrame& frame : outlet_.frames) {
            EXPECT_EQ(frame.acknowledged, 0U) << "the first message is not durable";
            if (!frame.hello_reply) continue;
            EXPECT_EQ(frame.hello_reply->last_received, 0U);
        }
        EXPECT_EQ(process_.engine.durable(), durable);
    }

    log::MemoryDirectory directory_;
    ManualClock clock_;
    RecordingOutlet outlet_{directory_};
    test::FakeLog log_;
    Process process_{log_, clock_, outlet_};
};

TEST_F(FailingLogTest, AfterAnUnknownOutcomeNothingIsReleasedOrWritten) {
    fail({log::AppendOutcome::kUnknown, false});
    expect_silence();
    SealedBatch again;
    again.first = process_.batch.first;
    again.count = 1;
    EXPECT_EQ(process_.writer.append(again), log::AppendOutcome::kUnknown);
    EXPECT_TRUE(log_.failure().has_value());
}

TEST_F(FailingLogTest, AfterAFenceNothingIsReleased) {
    fail({log::AppendOutcome::kFenced, false});
    expect_silence();
}

TEST_F(FailingLogTest, ABatchOfUnknownOutcomeIsThereOrNotForTheNextProcess) {
    for (const bool stored : {true, false}) {
        test::FakeLog log;
        RecordingOutlet outlet(directory_);
        {
            Process first(log, clock_, outlet);
            ASSERT_TRUE(first.start(small_genesis()).ok());
            InboundFrame hello;
            hello.hello = Hello{code(kFpsBank), 1, std::nullopt, std::nullopt};
            EXPECT_TRUE(first.engine.on_frame(SessionId{1}, hello));
            first.sync();
            log.script({log::AppendOutcome::kUnknown, stored});
            InboundFrame frame;
            frame.first_number = 1;
            frame.inputs = {reject("a rule")};
            EXPECT_TRUE(first.engine.on_frame(SessionId{1}, frame));
            EXPECT_TRUE(outlet.closed.empty());
            EXPECT_EQ(first.append(), log::AppendOutcome::kUnknown);
        }
        log.restart();
        Process second(log, clock_, outlet);
        ASSERT_TRUE(second.start(small_genesis()).ok());
        const auto index = second.engine.cell(Rail::kFps).find_participant(code(kFpsBank));
        const auto& bank = second.engine.cell(Rail::kFps).participant(*index);
        EXPECT_EQ(bank.last_number, stored ? 1U : 0U);
        EXPECT_FALSE(bank.online);
    }
}

TEST_F(EngineTest, AfterAFailedSyncTheWriterNeverSyncsAgain) {
    BankEnd payer = connect(kFpsBank);
    process_->sync();
    outlet_->frames.clear();
    say(payer, {transfer(1, kIbpsBank)});
    directory_.fail_datasync(1);
    EXPECT_EQ(process_->append(), log::AppendOutcome::kUnknown);
    const std::uint64_t syncs = directory_.calls().datasyncs;
    SealedBatch next;
    next.first = process_->batch.last().next();
    next.count = 1;
    EXPECT_EQ(process_->writer.append(next), log::AppendOutcome::kUnknown);
    EXPECT_EQ(directory_.calls().datasyncs, syncs);
    EXPECT_TRUE(outlet_->frames.empty());
    restart();
    EXPECT_LE(participant(kFpsBank).last_number, 1U);
}

// Time.

TEST_F(EngineTest, TimersFireWhenTheClockSaysSo) {
    EXPECT_FALSE(engine().until_next_timer());
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    EXPECT_EQ(engine().until_next_timer(), core::Parameters{}.payee_deadline);
    pass(4_s);
    EXPECT_EQ(engine().until_next_timer(), core::Parameters{}.payee_deadline - 4_s);
    engine().on_time();
    EXPECT_FALSE(engine().has_batch()) << "nothing is due, so nothing is logged";
    pass(core::Parameters{}.payee_deadline - 4_s);
    EXPECT_EQ(engine().until_next_timer(), Duration{0});
    engine().on_time();
    process_->sync();
    EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kRejected));
    EXPECT_EQ(outlet_->messages.back().entry.result, ResultCode::kPayeeAgentSilent);
    EXPECT_THAT(outlet_->kinds(payee.session),
                ElementsAre(OutboxKind::kRequest, OutboxKind::kVoid));
    EXPECT_FALSE(engine().until_next_timer());
}

TEST_F(EngineTest, ATickFiresABoundedNumberOfTimers) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    process_->sync();
    constexpr std::uint64_t kPayments = 2 * core::kMaxTimersPerTick + 10;
    for (std::uint64_t number = 1; number <= kPayments; ++number) {
        say(payer, {transfer(number, kIbpsBank, 1)});
        if (number % 100 == 0) process_->sync();
    }
    process_->sync();
    pass(core::Parameters{}.payee_deadline);
    EXPECT_TRUE(engine().on_time()) << "none is left";
    EXPECT_FALSE(engine().until_next_timer());
    engine().seal(process_->batch);
    journal::RecordReader reader;
    ASSERT_TRUE(reader.open(process_->batch.buffer.payload(), process_->batch.first).ok());
    journal::Entry entry;
    int ticks = 0;
    while (*reader.next(entry))
        ticks += std::holds_alternative<core::Tick>(entry.command) ? 1 : 0;
    EXPECT_EQ(ticks, 3);
    EXPECT_EQ(engine().cell(Rail::kFps).link_in_flight(), 0U);
}

TEST_F(EngineTest, AwayForLongerThanBothDeadlinesStillEndsOnce) {
    for (const bool northbound : {true, false}) {
        restart();
        BankEnd payer = connect(northbound ? kFpsBank : kIbpsBank);
        BankEnd payee = connect(northbound ? kIbpsBank : kFpsBank);
        const std::uint64_t number = northbound ? 1 : 2;
        say_durably(payer, {transfer(number, northbound ? kIbpsBank : kFpsBank)});
        pass(core::Parameters{}.origin_deadline + 1_s);
        engine().on_time();
        process_->sync();
        EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kRejected));
        EXPECT_THAT(outlet_->kinds(payee.session),
                    ElementsAre(OutboxKind::kRequest, OutboxKind::kVoid));
        const core::Cell& there = engine().cell(northbound ? Rail::kIbps : Rail::kFps);
        EXPECT_EQ(there.payment(*there.find_payment(uetr(number))).result,
                  ResultCode::kPayeeAgentSilent);
        acknowledge(payer);
        acknowledge(payee);
    }
}

// Recovery.

TEST_F(EngineTest, GoesOnWhereTheLogEnds) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    pay(payer, payee, 1);
    say_durably(payer, {transfer(2, kIbpsBank)});
    const Sequence durable = engine().durable();
    const std::array digests{engine().cell(Rail::kFps).digest(),
                             engine().cell(Rail::kIbps).digest()};
    pass(3_s);
    directory_.kill_process();
    auto opened = log::SegmentLog::open(directory_, support::SmallLog::options());
    ASSERT_TRUE(opened.ok());
    log_ = std::make_unique<support::SmallLog>(std::move(opened).value());
    process_ = std::make_unique<Process>(*log_, clock_, *outlet_);
    const auto replayed =
        journal::for_each_record(*log_, [&](journal::Entry& entry) { engine().replay(entry); });
    ASSERT_TRUE(replayed.ok());
    EXPECT_EQ(engine().recovered(), durable);
    EXPECT_EQ(engine().durable(), durable);
    EXPECT_EQ(engine().cell(Rail::kFps).digest(), digests[0]);
    EXPECT_EQ(engine().cell(Rail::kIbps).digest(), digests[1]);
    ASSERT_TRUE(engine().start(small_genesis()).ok());
    ASSERT_TRUE(process_->writer.acquire().ok());
    process_->sync();
    EXPECT_FALSE(participant(kFpsBank).online);
    EXPECT_FALSE(participant(kIbpsBank).online);
    EXPECT_EQ(engine().until_next_timer(), core::Parameters{}.payee_deadline)
        << "nothing expires because the switch was away";
}

TEST_F(EngineTest, RestartsWithSessionsUpAndLinkMessagesAcknowledged) {
    // Link messages both ways that are long acknowledged: a restart must not look for them.
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    for (std::uint64_t number = 1; number <= 3; ++number)
        pay(fps, ibps, number);
    ASSERT_GT(engine().cell(Rail::kIbps).link_outbox().first(), 1U);
    restart();
    EXPECT_FALSE(participant(kFpsBank).online);
    EXPECT_EQ(engine().cell(Rail::kIbps).link_outbox().size(), 0U);
}

TEST_F(EngineTest, APaymentGoesOnAfterARestart) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    restart();
    // The payee's bank had read the request, the payer's bank resumes.
    payee.session = greet({code(kIbpsBank), 1, 1, 1});
    payee.received = 1;
    payer.session = greet({code(kFpsBank), 1, 0, 1});
    EXPECT_EQ(outlet_->frames.back().hello_reply->last_received, 1U);
    say_durably(payee, {answer(1)});
    say_durably(payer, {});
    EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kSettled));
    EXPECT_THAT(outlet_->kinds(payee.session), ElementsAre(OutboxKind::kCreditNow));
}

TEST_F(EngineTest, OneProcessOwnsTheLog) {
    const auto second = log::SegmentLog::open(directory_, support::SmallLog::options());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, Error::Kind::kBusy);
}

TEST_F(EngineTest, AFrameHoldsNoMoreThanItsBytes) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    process_->sync();
    outlet_->set_busy(payee.session, true);
    constexpr std::uint64_t kPayments = 300;  // Of 4 KiB each: more than a frame takes.
    for (std::uint64_t number = 1; number <= kPayments; number += 5) {
        std::vector<Input> inputs;
        for (std::uint64_t i = number; i < number + 5; ++i) {
            inputs.push_back(transfer(i, kIbpsBank, 1));
            inputs.back().body.carried.assign(core::kMaxCarriedBytes, 'c');
        }
        say_durably(payer, std::move(inputs));
    }
    outlet_->set_busy(payee.session, false);
    outlet_->frames.clear();
    engine().on_writable(payee.session);
    ASSERT_EQ(outlet_->frames.size(), 2U) << "a connection that is free takes the next at once";
    const std::size_t first = outlet_->frames[0].messages;
    EXPECT_LT(first * core::kMaxCarriedBytes, core::kMaxFrameBytes);
    EXPECT_GT(first, 200U);
    EXPECT_EQ(outlet_->kinds(payee.session).size(), kPayments);
}

TEST_F(EngineTest, ABatchIsFullBeforeItIsTooLarge) {
    std::array banks{connect(kFpsBank), connect(kOtherFpsBank), connect(kIbpsBank)};
    std::size_t records = 0;
    for (std::size_t i = 0; !engine().batch_full(); i = (i + 1) % banks.size()) {
        say(banks[i], std::vector<Input>(core::kMaxFrameMessages, reject("r")));
        records += core::kMaxFrameMessages;
        ASSERT_TRUE(outlet_->closed.empty()) << last_close().text;
        ASSERT_LE(records, core::kMaxBatchRecords);
    }
    // A frame of the costliest kind (an instruction is two records) still fits.
    EXPECT_LE(records + 2 * core::kMaxFrameMessages, core::kMaxBatchRecords);
}

}  // namespace
}  // namespace lowu::engine
