// What operators and banks ask of the engine beside payments: changes are answered when they are
// durable, keep their order with payments, and replay to the same; scheme time is set forward at a
// quiet moment and stays so.
#include <gmock/gmock.h>

#include "common/scheme/proxy.hpp"
#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using core::ParameterId;
using core::ResultCode;
using core::SystemEventKind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr core::ParticipantIndex kFirst{0};
constexpr core::ParticipantIndex kNobody{77};

ChangeCommand forced(Rail rail, core::ParticipantIndex participant, bool available) {
    return {rail, core::ForceAvailability{participant, available, SchemeTime{}}, {}};
}

ChangeCommand day_limit(std::int64_t hkd_cents) {
    return setting(Rail::kFps, ParameterId::kPersonDayLimit, kNorthboundP2p, hkd_cents);
}

ChangeCommand registration(Rail rail, core::ParticipantIndex bank, const std::string& mobile) {
    core::RegisterProxy command;
    command.registration.proxy = scheme::proxy_hash(scheme::ProxyKind::kMobile, mobile);
    command.registration.participant = bank;
    command.registration.holder = core::PartyKind::kPerson;
    command.registration.cross_boundary = true;
    journal::Body body;
    body.payee_proxy = mobile;
    body.proxy_kind = static_cast<std::uint8_t>(scheme::ProxyKind::kMobile);
    body.name_en = "C*** T** M**";
    return {rail, command, body};
}

// When a change is answered, and how.

TEST_F(EngineTest, AChangeIsAnsweredWhenItIsDurable) {
    pass(3_s);
    const Sequence before = engine().durable();
    const ChangeId id = change({day_limit(500'000), forced(Rail::kIbps, kFirst, false)});
    EXPECT_TRUE(outlet_->answered.empty());
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    engine().on_time();
    EXPECT_TRUE(outlet_->answered.empty()) << "written, and the engine has not been told";
    process_->release();
    ASSERT_EQ(outlet_->answered.size(), 1U);
    EXPECT_EQ(outlet_->answered[0].change, id);
    const ChangeOutcome& outcome = outlet_->answered[0].outcome;
    EXPECT_EQ(outcome.result, ResultCode::kAccepted);
    EXPECT_EQ(outcome.sequence, before.next()) << "of the first command";
    EXPECT_EQ(outcome.scheme_time, scheme::kDefaultSchemeStart + 3_s);
    process_->sync();
    EXPECT_EQ(outlet_->answered.size(), 1U) << "once";
}

TEST_F(EngineTest, AChangeWaitsForItsOwnBatch) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say(payer, {transfer(1, kIbpsBank)});
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    const ChangeId first = change({day_limit(500'000)});
    const ChangeId second = change({day_limit(400'000)});
    process_->release();
    EXPECT_TRUE(outlet_->answered.empty()) << "the batch before theirs";
    process_->sync();
    ASSERT_EQ(outlet_->answered.size(), 2U);
    EXPECT_EQ(outlet_->answered[0].change, first);
    EXPECT_EQ(outlet_->answered[1].change, second);
}

TEST_F(EngineTest, AChangeWhoseBatchIsLostIsNeverAnswered) {
    change({day_limit(500'000)});
    directory_.fail_datasync(1);
    EXPECT_EQ(process_->append(), log::AppendOutcome::kUnknown);
    EXPECT_TRUE(outlet_->answered.empty());
}

TEST_F(EngineTest, TheFirstRefusedCommandIsTheOutcomeAndAllAreRecorded) {
    const Sequence before = engine().durable();
    const ChangeOutcome outcome =
        change_durably({day_limit(500'000), forced(Rail::kFps, kNobody, false), day_limit(-5),
                        day_limit(300'000)});
    EXPECT_EQ(outcome.result, ResultCode::kUnknownParticipant);
    EXPECT_EQ(outcome.failed_at, 1U);
    EXPECT_EQ(outcome.sequence, before.next());
    EXPECT_EQ(engine().cell(Rail::kFps).rules().value(ParameterId::kPersonDayLimit, kNorthboundP2p),
              300'000)
        << "the one behind the refused ones";
    EXPECT_GE(engine().durable().value, before.value + 4);
}

TEST_F(EngineTest, TheOutcomeSaysWhichSettingIsAtFault) {
    ChangeCommand command = day_limit(500'000);
    auto& settings = std::get<core::SetParameters>(command.command).settings;
    settings.push_back({{ParameterId::kOffered, kNorthboundP2p, core::kNoParticipant}, 1});
    settings.push_back({{ParameterId::kOffered, kNorthboundP2p, core::kNoParticipant}, 2});
    const ChangeOutcome outcome = change_durably({command});
    EXPECT_EQ(outcome.result, ResultCode::kParameterRange);
    EXPECT_EQ(outcome.detail, 2U);
    EXPECT_EQ(engine().cell(Rail::kFps).rules().value(ParameterId::kPersonDayLimit, kNorthboundP2p),
              1'000'000)
        << "all or none";
}

/// A change judges nobody's time: what is due comes after it, and has no outcome of its own.
TEST_F(EngineTest, TheOutcomeIsTheCommandsOwn) {
    BankEnd payer = connect(kFpsBank);
    connect(kIbpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    pass(11_s);
    const ChangeOutcome outcome =
        change_durably({setting(Rail::kIbps, ParameterId::kOffered, kSouthboundP2p, 7)});
    EXPECT_EQ(outcome.result, ResultCode::kParameterRange);
    EXPECT_THAT(outlet_->kinds(payer.session), IsEmpty());
    EXPECT_TRUE(engine().on_time());
    process_->sync();
    EXPECT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kRejected))
        << "its deadline was over";
    EXPECT_EQ(change_durably({registration(Rail::kFps, kFirst, "+852-91234567")}).detail, 1U)
        << "the default receiver";
    EXPECT_EQ(change_durably({registration(Rail::kFps, core::ParticipantIndex{1}, "+852-91234567")})
                  .detail,
              0U);
}

// Order with payments, and replay.

TEST_F(EngineTest, ChangesAndPaymentsOfOneBatchKeepTheirOrder) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    say(payer, {transfer(1, kIbpsBank, 460'000)});  // HKD 5,000.00 at the reference rate.
    change({day_limit(499'999)});
    say(payer, {transfer(2, kIbpsBank, 460'000)});
    change({day_limit(500'000), forced(Rail::kIbps, kFirst, false)});
    say(payer, {transfer(3, kIbpsBank, 100)});
    process_->sync();
    EXPECT_THAT(outlet_->kinds(payee.session),
                ElementsAre(OutboxKind::kRequest, OutboxKind::kEvent));
    std::map<scheme::Uetr, ResultCode> refused;
    for (const Sent& one : outlet_->messages) {
        if (one.entry.kind == OutboxKind::kRejected) refused[one.entry.uetr] = one.entry.result;
    }
    EXPECT_THAT(refused, ElementsAre(std::pair{uetr(2), ResultCode::kPersonDayLimit},
                                     std::pair{uetr(3), ResultCode::kPayeeAgentLoggedOff}));
    EXPECT_EQ(digests(engine()), replayed_digests());
}

TEST_F(EngineTest, EveryKindOfChangeReplaysToTheSame) {
    BankEnd payer = connect(kFpsBank);
    say_durably(payer, {transfer(1, kIbpsBank)});
    const core::PersonTokens somebody = person(9, Rail::kIbps).tokens;
    const core::ReferenceRate tomorrow = reference_rate(scheme::kDefaultSchemeStart + 24_h);
    const Hash128 proxy = scheme::proxy_hash(scheme::ProxyKind::kMobile, "+852-91234567");
    ChangeCommand warning = registration(Rail::kFps, kFirst, "+852-91234567");
    warning.command = core::SetProxyWarning{proxy, true};
    const ChangeOutcome outcome = change_durably(
        {day_limit(500'000),
         setting(Rail::kIbps, ParameterId::kOpensAt, kSouthboundP2p, 480,
                 scheme::kDefaultSchemeStart + 24_h),
         {Rail::kFps, core::SetReferenceRate{tomorrow}, {}},
         forced(Rail::kIbps, kFirst, false),
         {Rail::kIbps, core::SetPriorUse{somebody, 2025, core::AmountMinor{4'000'000}}, {}},
         registration(Rail::kFps, kFirst, "+852-91234567"),
         warning,
         {Rail::kIbps, core::RemoveProxy{proxy, kFirst}, {}}});
    EXPECT_EQ(outcome.result, ResultCode::kProxyNotRegistered);
    EXPECT_EQ(outcome.failed_at, 7U) << "all before it were accepted";
    change_durably({day_limit(400'000)});
    EXPECT_EQ(digests(engine()), replayed_digests());
    restart();
    EXPECT_EQ(digests(engine()), replayed_digests());
    const core::Cell& fps = engine().cell(Rail::kFps);
    const core::Cell& ibps = engine().cell(Rail::kIbps);
    EXPECT_EQ(fps.rules().value(ParameterId::kPersonDayLimit, kNorthboundP2p), 400'000);
    ASSERT_EQ(ibps.rules().schedule().size(), 1U);
    EXPECT_EQ(*fps.reference_rates().of_day(tomorrow.day), tomorrow);
    EXPECT_TRUE(ibps.participant(kFirst).forced_off);
    EXPECT_EQ(ibps.quota().prior(somebody, 2025), core::AmountMinor{4'000'000});
    ASSERT_NE(fps.directory().find(proxy, kFirst), nullptr);
    EXPECT_EQ(fps.directory().find(proxy, kFirst)->reference.value, outcome.sequence.value + 5 + 1)
        << "its own command's sequence; the one before it told the other rail that a bank is off";
    EXPECT_TRUE(fps.directory().suspicious(proxy));
}

// Scheme time.

class AdvanceTest : public EngineTest {
protected:
    ChangeOutcome advance(SchemeTime time) {
        const ChangeId id{++last_request_};
        engine().advance_scheme_time(id, time);
        process_->sync();
        return outcome_of(id);
    }
    SchemeTime now() {
        connect(kOtherFpsBank);  // Is told the time in the answer to its hello.
        const auto greeted =
            std::find_if(outlet_->frames.rbegin(), outlet_->frames.rend(),
                         [](const SentFrame& frame) { return frame.hello_reply.has_value(); });
        return greeted->hello_reply->scheme_time;
    }
    const SchemeTime start_ = scheme::kDefaultSchemeStart;
};

TEST_F(AdvanceTest, SchemeTimeIsSetForwardForBothRails) {
    BankEnd fps = connect(kFpsBank);
    BankEnd ibps = connect(kIbpsBank);
    pass(2_s);
    const SchemeTime tomorrow = start_ + 24_h;
    const ChangeOutcome outcome = advance(tomorrow);
    EXPECT_EQ(outcome.result, ResultCode::kAccepted);
    EXPECT_EQ(outcome.scheme_time, tomorrow);
    for (const BankEnd& bank : {fps, ibps}) {
        ASSERT_EQ(outlet_->events(bank.session).size(), 1U);
        const core::SystemEvent event = *outlet_->events(bank.session)[0].event;
        EXPECT_EQ(event.kind, SystemEventKind::kTimeAdvanced);
        EXPECT_EQ(event.effective, tomorrow);
        EXPECT_EQ(event.booked, tomorrow);
    }
    pass(5_s);
    EXPECT_EQ(now(), tomorrow + 5_s) << "and goes on from there";
    EXPECT_EQ(digests(engine()), replayed_digests());
}

TEST_F(AdvanceTest, ItIsAnsweredWhenItIsDurable) {
    engine().advance_scheme_time(ChangeId{1}, start_ + 1_h);
    EXPECT_TRUE(outlet_->answered.empty());
    ASSERT_EQ(process_->append(), log::AppendOutcome::kOk);
    EXPECT_TRUE(outlet_->answered.empty());
    process_->release();
    EXPECT_EQ(outlet_->answered.size(), 1U);
}

TEST_F(AdvanceTest, DeadlinesDoNotNotice) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    pay(payer, payee, 1);
    ASSERT_EQ(advance(start_ + 24_h).result, ResultCode::kAccepted);
    Input next = transfer(2, kIbpsBank);
    std::get<core::CreditTransfer>(next.command).creation_time = start_ + 24_h;
    say_durably(payer, {next});
    EXPECT_EQ(engine().until_next_timer(), core::Parameters{}.payee_deadline);
}

TEST_F(AdvanceTest, ItIsRefusedWhileAPaymentIsPending) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    BankEnd neighbour = connect(kOtherFpsBank);
    for (const bool domestic_one : {false, true}) {
        const std::uint64_t number = domestic_one ? 2 : 1;
        say_durably(payer,
                    {domestic_one ? domestic(number, kOtherFpsBank) : transfer(number, kIbpsBank)});
        outlet_->answered.clear();
        engine().advance_scheme_time(ChangeId{++last_request_}, start_ + 1_h);
        EXPECT_FALSE(engine().has_batch()) << "nothing is recorded";
        ASSERT_EQ(outlet_->answered.size(), 1U) << "nothing to wait for";
        EXPECT_EQ(outlet_->answered[0].outcome.result, ResultCode::kTimeNotQuiet);
        EXPECT_EQ(outlet_->answered[0].outcome.scheme_time, start_);
        say_durably(domestic_one ? neighbour : payee, {answer(number)});
    }
    EXPECT_EQ(advance(start_ + 1_h).result, ResultCode::kAccepted) << "both are final";
}

TEST_F(AdvanceTest, ItGoesForwardOnlyAndNotTooFar) {
    pass(2_s);
    const SchemeTime at = start_ + 2_s;
    const Duration furthest = Duration::from_days(core::kMaxAdvanceDays);
    for (const SchemeTime time : {at - 1_ms, SchemeTime{0}, at + furthest + 1_ms,
                                  SchemeTime{std::numeric_limits<std::int64_t>::max()},
                                  SchemeTime{std::numeric_limits<std::int64_t>::min()}}) {
        EXPECT_EQ(advance(time).result, ResultCode::kTimeRange) << time.value;
    }
    EXPECT_EQ(advance(at).result, ResultCode::kAccepted) << "to where it is";
    EXPECT_EQ(advance(at + furthest).result, ResultCode::kAccepted);
    EXPECT_EQ(now(), at + furthest);
}

TEST_F(AdvanceTest, RecoveryKeepsIt) {
    pass(2_s);
    ASSERT_EQ(advance(start_ + 24_h).result, ResultCode::kAccepted);
    pass(3_s);
    change_durably({day_limit(500'000)});
    pass(60_min);  // While it is away.
    restart();
    EXPECT_EQ(now(), start_ + 24_h + 3_s) << "the last stamp's";
    pass(1_s);
    EXPECT_EQ(change_durably({day_limit(400'000)}).scheme_time, start_ + 24_h + 4_s);
}

TEST_F(AdvanceTest, WhatIsScheduledComesIntoForceAndTheQuotaDayIsAnotherOne) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    const SchemeTime tomorrow = start_ + 24_h;
    change_durably({day_limit(500'000), setting(Rail::kFps, ParameterId::kPersonDayLimit,
                                                kNorthboundP2p, 400'000, tomorrow)});
    const auto order = [&](std::uint64_t number, SchemeTime created, std::int64_t amount_minor) {
        Input input = transfer(number, kIbpsBank, amount_minor);
        auto& command = std::get<core::CreditTransfer>(input.command);
        command.creation_time = created;
        command.payer = person(1, Rail::kFps);
        return input;
    };
    // RMB 4,600.00 are HKD 5,000.00 at the reference rate: all of today.
    say_durably(payer, {order(1, start_, 460'000), order(2, start_, 1)});
    say_durably(payee, {answer(1)});
    acknowledge(payer);
    acknowledge(payee);
    ASSERT_EQ(advance(tomorrow).result, ResultCode::kAccepted);
    say_durably(payer, {order(3, tomorrow, 368'001), order(4, tomorrow, 368'000)});
    const auto result_of = [&](std::uint64_t number) {
        const core::Cell& fps = engine().cell(Rail::kFps);
        return fps.payment(*fps.find_payment(uetr(number))).result;
    };
    EXPECT_EQ(result_of(1), ResultCode::kAccepted);
    EXPECT_EQ(result_of(2), ResultCode::kPersonDayLimit);
    EXPECT_EQ(result_of(3), ResultCode::kPersonDayLimit) << "HKD 4,000.00 is tomorrow's limit";
    EXPECT_EQ(result_of(4), ResultCode::kAccepted) << "and nothing of it was used yet";
    EXPECT_EQ(digests(engine()), replayed_digests());
}

}  // namespace
}  // namespace lowu::engine
