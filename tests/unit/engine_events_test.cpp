// Announcements through the engine: to every bank that has been here, durable, numbered like any
// message, and so there after a reconnect or a restart; who misses too many is told that.
#include <gmock/gmock.h>

#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::OutboxKind;
using core::ParameterId;
using core::ResultCode;
using core::SystemEventKind;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

class EventsTest : public EngineTest {
protected:
    void set_limit(std::int64_t hkd_cents) {
        const auto outcome = change_durably(
            {setting(Rail::kFps, ParameterId::kPersonDayLimit, kNorthboundP2p, hkd_cents)});
        ASSERT_EQ(outcome.result, ResultCode::kAccepted);
    }
    /// The limits that a session was told of, in order.
    std::vector<std::int64_t> limits(SessionId session) {
        std::vector<std::int64_t> told;
        for (const Sent& one : outlet_->events(session))
            told.push_back(one.event ? one.event->setting.value : 0);
        return told;
    }
    void leave(BankEnd& bank) {
        engine().on_closed(bank.session);
        process_->sync();
    }
    void resume(BankEnd& bank) {
        bank.session = greet({code(kFpsBank), 1, bank.received, bank.next});
        say_durably(bank, {});
    }
};

TEST_F(EventsTest, EveryBankOfTheRailHearsOfAChangeWhenItIsDurable) {
    BankEnd first = connect(kFpsBank);
    BankEnd second = connect(kOtherFpsBank);
    BankEnd abroad = connect(kIbpsBank);
    const SchemeTime tomorrow = scheme::kDefaultSchemeStart + 24_h;
    pass(4_s);
    change({setting(Rail::kFps, ParameterId::kPersonDayLimit, kNorthboundP2p, 500'000, tomorrow)});
    EXPECT_TRUE(outlet_->messages.empty());
    process_->sync();
    for (const BankEnd& bank : {first, second}) {
        ASSERT_EQ(outlet_->events(bank.session).size(), 1U);
        const core::SystemEvent event = *outlet_->events(bank.session)[0].event;
        EXPECT_EQ(event.kind, SystemEventKind::kParameter);
        EXPECT_EQ(event.booked, scheme::kDefaultSchemeStart + 4_s);
        EXPECT_EQ(event.effective, tomorrow);
        EXPECT_EQ(event.setting.value, 500'000);
    }
    EXPECT_THAT(outlet_->events(abroad.session), IsEmpty()) << "the other rail has its own rules";
}

TEST_F(EventsTest, WhoIsOffIsToldOnBothRails) {
    BankEnd neighbour = connect(kOtherFpsBank);
    BankEnd abroad = connect(kIbpsBank);
    const SchemeTime back = scheme::kDefaultSchemeStart + 2_h;
    change_durably(
        {{Rail::kFps, core::ForceAvailability{core::ParticipantIndex{0}, false, back}, {}}});
    change_durably(
        {{Rail::kFps, core::ForceAvailability{core::ParticipantIndex{0}, true, {}}, {}}});
    for (const BankEnd& bank : {neighbour, abroad}) {
        const auto events = outlet_->events(bank.session);
        ASSERT_EQ(events.size(), 2U);
        EXPECT_EQ(events[0].event->kind, SystemEventKind::kLoggedOff);
        EXPECT_EQ(events[0].event->participant, code(kFpsBank));
        EXPECT_TRUE(events[0].event->forced);
        EXPECT_EQ(events[0].event->expected_back, back);
        EXPECT_EQ(events[1].event->kind, SystemEventKind::kLoggedOn);
    }
}

TEST_F(EventsTest, ABankLogsItselfOffAndOn) {
    BankEnd bank = connect(kFpsBank);
    BankEnd abroad = connect(kIbpsBank);
    const auto availability = [](bool available) {
        core::AvailabilityRequest command;
        command.available = available;
        return Input{command, {}};
    };
    pass(1_s);
    say_durably(abroad, {transfer(1, kFpsBank)});
    say_durably(bank, {availability(false), availability(true)});
    const std::vector<Sent> sent = outlet_->messages;
    EXPECT_THAT(outlet_->kinds(bank.session),
                ElementsAre(OutboxKind::kRequest, OutboxKind::kEvent, OutboxKind::kMessageReject))
        << "off, and not on again within ten seconds";
    EXPECT_EQ(sent.back().session, abroad.session);
    say_durably(abroad, {transfer(2, kFpsBank)});
    EXPECT_EQ(outlet_->messages.back().entry.result, ResultCode::kPayeeAgentLoggedOff);
    say_durably(bank, {answer(1)});
    EXPECT_EQ(outlet_->messages.back().entry.kind, OutboxKind::kSettled) << "asked before: goes on";
    pass(10_s);
    say_durably(bank, {availability(true)});
    EXPECT_EQ(outlet_->events(abroad.session).back().event->kind, SystemEventKind::kLoggedOn);
}

TEST_F(EventsTest, AnEnquiryIsTakenUpBehindWhatTheBankHasSaidBefore) {
    BankEnd payer = connect(kFpsBank);
    BankEnd payee = connect(kIbpsBank);
    change_durably({setting(Rail::kFps, core::ParameterId::kEnquiryAfter, {}, 0)});
    outlet_->messages.clear();
    core::StatusRequest enquiry;
    enquiry.uetr = uetr(1);
    enquiry.side = core::Side::kPayer;
    say_durably(payer, {transfer(1, kIbpsBank), Input{enquiry, {}}});
    ASSERT_THAT(outlet_->kinds(payer.session), ElementsAre(OutboxKind::kEnquiryAnswer));
    const auto answered =
        std::find_if(outlet_->messages.begin(), outlet_->messages.end(),
                     [](const Sent& one) { return one.entry.kind == OutboxKind::kEnquiryAnswer; });
    EXPECT_EQ(answered->entry.standing, core::Standing::kPayerPending);
    say_durably(payee, {answer(1)});
    say_durably(payer, {Input{enquiry, {}}});
    EXPECT_THAT(
        outlet_->kinds(payer.session),
        ElementsAre(OutboxKind::kEnquiryAnswer, OutboxKind::kSettled, OutboxKind::kEnquiryAnswer));
    EXPECT_EQ(outlet_->messages.back().entry.standing, core::Standing::kPayerSettled);
}

TEST_F(EventsTest, WhoIsInDefaultIsToldOnBothRails) {
    BankEnd neighbour = connect(kOtherFpsBank);
    BankEnd abroad = connect(kIbpsBank);
    change_durably({{Rail::kFps, core::DeclareDefault{core::ParticipantIndex{0}}, {}}});
    for (const BankEnd& bank : {neighbour, abroad}) {
        const auto events = outlet_->events(bank.session);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(events[0].event->kind, SystemEventKind::kDefault);
        EXPECT_EQ(events[0].event->participant, code(kFpsBank));
    }
}

TEST_F(EventsTest, ABankThatWasAwayHearsAfterwardsWhatHappenedMeanwhile) {
    BankEnd bank = connect(kFpsBank);
    leave(bank);
    set_limit(500'000);
    set_limit(400'000);
    EXPECT_THAT(limits(bank.session), IsEmpty());
    resume(bank);
    EXPECT_THAT(limits(bank.session), ElementsAre(500'000, 400'000));
    EXPECT_EQ(outlet_->messages[0].number, 1U) << "numbered like any message";
    acknowledge(bank);
    outlet_->messages.clear();
    leave(bank);
    resume(bank);
    EXPECT_THAT(limits(bank.session), IsEmpty()) << "acknowledged, and so not said again";
}

TEST_F(EventsTest, TheyOutliveARestart) {
    BankEnd bank = connect(kFpsBank);
    set_limit(500'000);
    leave(bank);
    set_limit(400'000);
    restart();
    bank.received = 1;
    resume(bank);
    EXPECT_THAT(limits(bank.session), ElementsAre(400'000));
    bank.received = 0;  // It had lost the first one after all.
    outlet_->messages.clear();
    BankEnd without_memory;
    without_memory.session = greet({code(kFpsBank), 2, std::nullopt, std::nullopt});
    InboundFrame frame;
    frame.acknowledged = 1;
    frame.credit = 100;
    EXPECT_TRUE(engine().on_frame(without_memory.session, frame));
    EXPECT_THAT(limits(without_memory.session), ElementsAre(400'000));
}

TEST_F(EventsTest, ABankThatWasNeverHereBeginsFromNow) {
    set_limit(500'000);
    BankEnd bank = connect(kFpsBank);
    EXPECT_THAT(outlet_->events(bank.session), IsEmpty());
    EXPECT_EQ(participant(kFpsBank).outbox.size(), 0U);
}

TEST_F(EventsTest, ABankThatMissesTooManyIsToldSo) {
    BankEnd bank = connect(kFpsBank);
    leave(bank);
    constexpr std::uint32_t kChanges = core::kEventSlots + 5;
    for (std::uint32_t i = 1; i <= kChanges; ++i)
        set_limit(i);
    EXPECT_EQ(participant(kFpsBank).outbox.size(), core::kEventSlots);
    resume(bank);
    ASSERT_EQ(limits(bank.session).size(), core::kEventSlots);
    EXPECT_EQ(limits(bank.session).back(), core::kEventSlots);
    outlet_->messages.clear();
    bank.received = core::kEventSlots;
    say_durably(bank, {});
    ASSERT_EQ(outlet_->events(bank.session).size(), 1U);
    EXPECT_EQ(outlet_->events(bank.session)[0].entry.rejected_number, 0U);
    EXPECT_FALSE(outlet_->events(bank.session)[0].event) << "more than could be kept: missed";
    acknowledge(bank);
    outlet_->messages.clear();
    set_limit(999'999);
    EXPECT_THAT(limits(bank.session), ElementsAre(999'999)) << "and goes on hearing";
}

TEST_F(EventsTest, WhatWaitsIsMissedWhenTheCellKeepsItNoLonger) {
    BankEnd bank = connect(kFpsBank);
    leave(bank);
    // The newest kMaxSystemEvents are kept; the bank's outbox holds the oldest kEventSlots.
    core::SetParameters many;
    for (std::int64_t i = 1; i <= static_cast<std::int64_t>(core::kMaxSettings); ++i)
        many.settings.push_back(
            {{ParameterId::kPersonDayLimit, kNorthboundP2p, core::kNoParticipant}, i});
    const std::size_t commands = core::kMaxSystemEvents / core::kMaxSettings + 2;
    for (std::size_t i = 0; i < commands; ++i)
        change_durably({{Rail::kFps, many, {}}});
    resume(bank);
    EXPECT_EQ(limits(bank.session).size(), core::kEventSlots);
    EXPECT_THAT(limits(bank.session), Each(0)) << "every one of them only says: missed";
}

}  // namespace
}  // namespace lowu::engine
