// Frames that wait for the archive: in the order of their session, gone with it, and never in the
// place of a newer connection of the same bank.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "switch/app/parked_frames.hpp"

namespace lowu::app {
namespace {

using engine::SessionId;
using service::InboxEvent;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr scheme::AgentCode kBank{1};
constexpr scheme::AgentCode kOtherBank{2};

class ParkedFramesTest : public testing::Test {
protected:
    InboxEvent frame(SessionId session, std::optional<scheme::AgentCode> hello = std::nullopt) {
        engine::InboundFrame& content = contents_.emplace_back();
        content.first_number = contents_.size();
        if (hello) content.hello = engine::Hello{*hello, 1, std::nullopt, std::nullopt};
        InboxEvent event;
        event.what = InboxEvent::What::kFrame;
        event.session = session;
        event.frame = &content;
        return event;
    }
    static std::vector<core::MessageNumber> numbers(const std::vector<InboxEvent>& frames) {
        std::vector<core::MessageNumber> found;
        for (const InboxEvent& one : frames)
            found.push_back(one.frame->first_number);
        return found;
    }

    std::deque<engine::InboundFrame> contents_;
    ParkedFrames parked_;
};

TEST_F(ParkedFramesTest, LaterFramesOfASessionWaitBehindTheFirst) {
    InboxEvent other = frame(SessionId{2});
    EXPECT_FALSE(parked_.add_behind(other));
    parked_.park(frame(SessionId{1}), {{}, core::Sequence{7}, true});
    EXPECT_FALSE(parked_.add_behind(other)) << "nobody else waits";
    InboxEvent second = frame(SessionId{1});
    EXPECT_TRUE(parked_.add_behind(second));
    const auto frames = parked_.answered(SessionId{1}, {}, core::Sequence{7});
    EXPECT_THAT(numbers(frames), ElementsAre(2U, 3U));
    EXPECT_TRUE(frames[0].answered);
    EXPECT_EQ(frames[0].as_of, core::Sequence{7});
    EXPECT_FALSE(frames[1].answered);
    EXPECT_EQ(parked_.sessions(), 0U);
}

TEST_F(ParkedFramesTest, WhatHadNoRoomIsTriedWithTheAnswer) {
    InboxEvent one = frame(SessionId{1});
    one.frame->wants_room = true;  // Of a Forget before the one that it is parked for.
    parked_.park(std::move(one), {{}, core::Sequence{7}, true});
    const auto frames = parked_.answered(SessionId{1}, {}, core::Sequence{7});
    EXPECT_FALSE(frames.at(0).frame->wants_room) << "or it would wait for the next Forget, always";
}

TEST_F(ParkedFramesTest, AnAnswerForASessionThatHasEndedIsForNobody) {
    parked_.park(frame(SessionId{1}), {});
    EXPECT_THAT(numbers(parked_.drop(SessionId{1})), ElementsAre(1U));
    EXPECT_THAT(parked_.answered(SessionId{1}, {}, core::Sequence{7}), IsEmpty());
    EXPECT_THAT(parked_.drop(SessionId{1}), IsEmpty());
}

TEST_F(ParkedFramesTest, AHelloIsOvertakenByThatOfANewerConnectionOfTheSameBank) {
    parked_.park(frame(SessionId{1}, kBank), {});
    parked_.park(frame(SessionId{2}, kOtherBank), {});
    parked_.park(frame(SessionId{3}), {});
    parked_.park(frame(SessionId{5}, kBank), {});
    EXPECT_THAT(parked_.overtaken_by(SessionId{4}, kBank), ElementsAre(SessionId{1}))
        << "neither another bank's, nor a session that is open, nor one that is newer still";
    EXPECT_THAT(parked_.overtaken_by(SessionId{6}, kBank), ElementsAre(SessionId{1}, SessionId{5}));
}

TEST_F(ParkedFramesTest, WhoCouldNotAskAsksAgain) {
    parked_.park(frame(SessionId{1}), {{}, {}, true});
    parked_.park(frame(SessionId{2}), {});
    std::vector<SessionId> asked;
    const auto ask = [&](SessionId session, ParkedFrames::Wait& wait) {
        asked.push_back(session);
        wait.asked = true;
    };
    parked_.ask_again(ask);
    parked_.ask_again(ask);
    EXPECT_THAT(asked, ElementsAre(SessionId{2}));
}

}  // namespace
}  // namespace lowu::app
