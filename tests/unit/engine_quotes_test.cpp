// Questions for quotes: passed on to the bank's session without a number or a record, and answered
// once: by the bank, by its deadline, by the end of its session, or at once when it cannot be
// asked.
#include <gmock/gmock.h>

#include "tests/unit/engine_fixture.hpp"

namespace lowu::engine {
namespace {

using core::ResultCode;
using testing::ElementsAre;
using testing::IsEmpty;

class QuotesTest : public EngineTest {
protected:
    QuotesTest() {
        payer_ = connect(kIbpsBank);
        payee_ = connect(kFpsBank);
        other_ = connect(kOtherFpsBank);
        outlet_->frames.clear();
    }

    QuoteId ask(std::int64_t hkd_minor = 12'300, const std::string& payee_agent = kFpsBank,
                const std::string& payer_agent = kIbpsBank) {
        const QuoteId id{++last_request_};
        QuoteRequest request;
        request.payer_agent = code(payer_agent);
        request.payee_account = "hospital";
        request.hkd = core::AmountMinor{hkd_minor};
        engine().request_quote(id, code(payee_agent), request);
        return id;
    }
    /// What has become of the question; none: it still waits.
    std::optional<Quoted> end_of(QuoteId id) {
        std::optional<Quoted> found;
        for (const Quoted& one : outlet_->quoted) {
            if (one.quote != id) continue;
            EXPECT_FALSE(found) << "a question is answered once";
            found = one;
        }
        return found;
    }
    void expect_none(QuoteId id, ResultCode why) {
        const auto end = end_of(id);
        ASSERT_TRUE(end.has_value());
        EXPECT_FALSE(end->answer.has_value());
        EXPECT_EQ(end->why, why);
    }
    /// Questions that a session was sent so far.
    std::vector<QuoteRequest> questions(SessionId session) {
        std::vector<QuoteRequest> found;
        for (const SentFrame& frame : outlet_->frames) {
            if (frame.session != session) continue;
            found.insert(found.end(), frame.quote_requests.begin(), frame.quote_requests.end());
        }
        return found;
    }
    void answer_question(const BankEnd& bank, std::uint64_t query,
                         std::int64_t cny_minor = 11'000) {
        QuoteAnswer answer;
        answer.query_id = query;
        answer.quoted = true;
        answer.quote_id = "7f1c5a52-6a43-4a30-9b8e-0d0f5b2f7c11";
        answer.hkd = core::AmountMinor{12'300};
        answer.cny = core::AmountMinor{cny_minor};
        InboundFrame frame;
        frame.acknowledged = bank.received;
        frame.credit = bank.credit;
        frame.quote_answers = {answer};
        EXPECT_TRUE(engine().on_frame(bank.session, frame));
    }

    BankEnd payer_;
    BankEnd payee_;
    BankEnd other_;
};

TEST_F(QuotesTest, AQuestionGoesToTheBankAtOnceWithoutANumberOrARecord) {
    ask();
    EXPECT_FALSE(engine().has_batch()) << "a question that is lost costs nothing but a new one";
    ASSERT_EQ(outlet_->frames.size(), 1U);
    const SentFrame& frame = outlet_->frames[0];
    EXPECT_EQ(frame.session, payee_.session);
    EXPECT_EQ(frame.messages, 0U);
    ASSERT_EQ(frame.quote_requests.size(), 1U);
    const QuoteRequest& question = frame.quote_requests[0];
    EXPECT_NE(question.query_id, 0U);
    EXPECT_EQ(question.payer_agent, code(kIbpsBank));
    EXPECT_EQ(question.payee_account, "hospital");
    EXPECT_EQ(question.hkd, core::AmountMinor{12'300});
    EXPECT_EQ(question.deadline, 5_s) << "lookup_deadline_ms";
    EXPECT_EQ(engine().until_next_timer(), 5_s);
    EXPECT_TRUE(outlet_->quoted.empty());
    engine().on_writable(payee_.session);
    EXPECT_EQ(outlet_->frames.size(), 1U) << "asked once";
}

TEST_F(QuotesTest, TheAnswerFinishesTheQuestionOnce) {
    const QuoteId first = ask();
    const QuoteId second = ask();
    const auto asked = questions(payee_.session);
    ASSERT_EQ(asked.size(), 2U);
    ASSERT_NE(asked[0].query_id, asked[1].query_id);
    answer_question(payee_, asked[1].query_id, 11'111);
    EXPECT_FALSE(end_of(first));
    ASSERT_TRUE(end_of(second));
    EXPECT_EQ(end_of(second)->answer->cny, core::AmountMinor{11'111});
    answer_question(payee_, asked[1].query_id, 22'222);
    EXPECT_EQ(end_of(second)->answer->cny, core::AmountMinor{11'111}) << "the first stands";
    answer_question(payee_, asked[0].query_id);
    EXPECT_TRUE(end_of(first));
    EXPECT_FALSE(engine().until_next_timer()) << "nobody waits any more";
    EXPECT_FALSE(engine().has_batch());
}

TEST_F(QuotesTest, ABankMayRefuseAndTheReasonIsPassedOn) {
    const QuoteId id = ask();
    InboundFrame frame;
    frame.quote_answers.emplace_back();
    frame.quote_answers[0].query_id = questions(payee_.session).at(0).query_id;
    frame.quote_answers[0].reason_code = "AC03";
    EXPECT_TRUE(engine().on_frame(payee_.session, frame));
    ASSERT_TRUE(end_of(id));
    EXPECT_FALSE(end_of(id)->answer->quoted);
    EXPECT_EQ(end_of(id)->answer->reason_code, "AC03");
}

TEST_F(QuotesTest, SilenceEndsAtTheDeadline) {
    const QuoteId early = ask();
    pass(1_s);
    const QuoteId late = ask();
    pass(4_s - 1_us);
    engine().on_time();
    EXPECT_THAT(outlet_->quoted, IsEmpty());
    EXPECT_EQ(engine().until_next_timer(), 1_us);
    pass(1_us);
    engine().on_time();
    expect_none(early, ResultCode::kPayeeAgentSilent);
    EXPECT_FALSE(end_of(late));
    answer_question(payee_, questions(payee_.session).at(0).query_id);
    expect_none(early, ResultCode::kPayeeAgentSilent);  // An answer that comes too late.
    pass(1_s);
    engine().on_time();
    expect_none(late, ResultCode::kPayeeAgentSilent);
    EXPECT_FALSE(engine().has_batch()) << "nothing is logged";
}

TEST_F(QuotesTest, TheDeadlineIsAParameter) {
    change_durably({setting(Rail::kFps, core::ParameterId::kLookupDeadline, {}, 250)});
    outlet_->frames.clear();
    ask();
    EXPECT_EQ(questions(payee_.session).at(0).deadline, 250_ms);
    EXPECT_EQ(engine().until_next_timer(), 250_ms);
}

TEST_F(QuotesTest, AStrangersAnswerIsNone) {
    const QuoteId id = ask();
    const std::uint64_t query = questions(payee_.session).at(0).query_id;
    answer_question(other_, query);
    answer_question(payer_, query);
    answer_question(payee_, query + 1);
    answer_question(payee_, 0);
    EXPECT_FALSE(end_of(id));
    EXPECT_TRUE(outlet_->closed.empty()) << "a late answer looks the same";
    answer_question(payee_, query);
    EXPECT_TRUE(end_of(id)->answer);
}

TEST_F(QuotesTest, TheEndOfTheSessionEndsItsQuestionsOnly) {
    const QuoteId first = ask();
    const QuoteId second = ask();
    const QuoteId others = ask(500, kOtherFpsBank);
    engine().on_closed(payee_.session);
    expect_none(first, ResultCode::kPayeeAgentOffline);
    expect_none(second, ResultCode::kPayeeAgentOffline);
    EXPECT_FALSE(end_of(others));
    // A newer session of the other bank takes over: what the older one was asked is lost with it.
    const BankEnd newer = connect(kOtherFpsBank);
    expect_none(others, ResultCode::kPayeeAgentOffline);
    const QuoteId anew = ask(500, kOtherFpsBank);
    answer_question(newer, questions(newer.session).at(0).query_id);
    EXPECT_TRUE(end_of(anew)->answer);
}

TEST_F(QuotesTest, WhoCannotBeAskedIsNotWaitedFor) {
    const auto expect = [&](QuoteId id, ResultCode why) {
        expect_none(id, why);
        EXPECT_TRUE(outlet_->frames.empty());
    };
    expect(ask(1, "X77"), ResultCode::kPayeeAgentUnknown);
    expect(ask(1, kFpsBank, "999700000017"), ResultCode::kPayerAgentNotLive);
    expect(ask(1, kIbpsBank), ResultCode::kPayeeAgentUnknown);
    engine().on_closed(other_.session);
    process_->sync();
    expect(ask(1, kOtherFpsBank), ResultCode::kPayeeAgentOffline);
    change_durably(
        {{Rail::kFps, core::ForceAvailability{core::ParticipantIndex{0}, false, {}}, {}}});
    outlet_->frames.clear();
    expect(ask(), ResultCode::kPayeeAgentLoggedOff);
}

TEST_F(QuotesTest, ABusyConnectionGetsItsQuestionsInOneFrameAndNoMoreThanItTakes) {
    outlet_->set_busy(payee_.session, true);
    for (std::size_t i = 0; i < core::kMaxQuoteRequests; ++i)
        ask();
    EXPECT_TRUE(outlet_->frames.empty());
    EXPECT_TRUE(outlet_->quoted.empty());
    const QuoteId too_many = ask();
    expect_none(too_many, ResultCode::kPayeeAgentCongested);
    ask(1, kOtherFpsBank);
    EXPECT_EQ(questions(other_.session).size(), 1U) << "a slow bank harms only itself";
    outlet_->frames.clear();
    outlet_->set_busy(payee_.session, false);
    EXPECT_TRUE(outlet_->wanted(payee_.session)) << "else nobody comes back for them";
    engine().on_writable(payee_.session);
    ASSERT_EQ(outlet_->frames.size(), 1U);
    EXPECT_EQ(outlet_->frames[0].quote_requests.size(), core::kMaxQuoteRequests);
    ask();
    EXPECT_EQ(outlet_->frames.size(), 2U);
}

TEST_F(QuotesTest, QuestionsThatWaitAreBounded) {
    for (std::size_t i = 0; i < core::kMaxChanges; ++i)
        ask();
    EXPECT_TRUE(outlet_->quoted.empty());
    expect_none(ask(), ResultCode::kPayeeAgentCongested);
    pass(5_s);
    engine().on_time();
    EXPECT_EQ(outlet_->quoted.size(), core::kMaxChanges + 1);
    EXPECT_FALSE(end_of(ask())) << "there is room again";
}

TEST_F(QuotesTest, AQuestionFollowsTheAnswerToHello) {
    engine().on_closed(payee_.session);
    process_->sync();
    payee_.session = hello({code(kFpsBank), 1, 0, 1});
    outlet_->frames.clear();
    const QuoteId id = ask();
    EXPECT_TRUE(outlet_->frames.empty()) << "the bank has not been greeted";
    process_->sync();
    ASSERT_EQ(outlet_->frames.size(), 2U);
    EXPECT_TRUE(outlet_->frames[0].hello_reply.has_value());
    EXPECT_EQ(outlet_->frames[1].quote_requests.size(), 1U);
    EXPECT_FALSE(end_of(id));
}

TEST_F(QuotesTest, QuestionsGoWithMessagesInOneFrame) {
    outlet_->set_busy(payee_.session, true);
    say_durably(payer_, {transfer(1, kFpsBank)});
    ask();
    outlet_->set_busy(payee_.session, false);
    outlet_->frames.clear();
    engine().on_writable(payee_.session);
    ASSERT_EQ(outlet_->frames.size(), 1U);
    EXPECT_EQ(outlet_->frames[0].messages, 1U);
    EXPECT_EQ(outlet_->frames[0].quote_requests.size(), 1U);
}

TEST_F(QuotesTest, AnAnswerInAFrameWithAGapIsNotTaken) {
    const QuoteId id = ask();
    InboundFrame frame;
    frame.first_number = 7;
    frame.inputs = {reject("a")};
    frame.quote_answers.emplace_back();
    frame.quote_answers[0].query_id = questions(payee_.session).at(0).query_id;
    EXPECT_TRUE(engine().on_frame(payee_.session, frame));
    EXPECT_EQ(last_close().reason, CloseReason::kGap);
    expect_none(id, ResultCode::kPayeeAgentOffline);
}

}  // namespace
}  // namespace lowu::engine
