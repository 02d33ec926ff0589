// What the unary services stand on, without any call: the limits of look-ups, and the register of
// those who wait for the engine's answer.
#include <gtest/gtest.h>

#include <thread>

#include "switch/service/lookup_limiter.hpp"
#include "switch/service/requests.hpp"
#include "switch/service/unary.hpp"

namespace lowu::service {
namespace {

using Verdict = LookupLimiter::Verdict;

constexpr scheme::AgentCode kBank{1};
constexpr scheme::AgentCode kOtherBank{2};
constexpr scheme::PersonToken kNobody{};

scheme::PersonToken person(std::uint64_t number) {
    return {7, number};
}

class LimiterTest : public testing::Test {
protected:
    /// A bank may make `bank_limit_` in a second, a person `person_limit_` in a minute.
    Verdict take(scheme::AgentCode bank, const scheme::PersonToken& who) {
        return limiter_.take(bank, who, now_, bank_limit_, person_limit_);
    }
    LookupLimiter limiter_;
    ElapsedTime now_{5'000'000};
    std::int64_t bank_limit_ = 3;
    std::int64_t person_limit_ = 2;
};

TEST_F(LimiterTest, ABankMayMakeSoManyInASecond) {
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(take(kBank, kNobody), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, kNobody), Verdict::kBankLimit);
    EXPECT_EQ(take(kBank, person(1)), Verdict::kBankLimit) << "whoever asks";
    EXPECT_EQ(take(kOtherBank, kNobody), Verdict::kAllowed) << "harms only itself";
    now_ = now_ + 1_s - 1_us;
    EXPECT_EQ(take(kBank, kNobody), Verdict::kBankLimit);
    now_ = now_ + 1_us;
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(take(kBank, kNobody), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, kNobody), Verdict::kBankLimit);
}

TEST_F(LimiterTest, APersonMayMakeSoManyInAMinuteWhateverTheBank) {
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed);
    EXPECT_EQ(take(kOtherBank, person(1)), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, person(1)), Verdict::kPersonLimit);
    EXPECT_EQ(take(kBank, person(2)), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, kNobody), Verdict::kAllowed)
        << "an institution's; and what was refused has not been counted for the bank";
    now_ = now_ + 60_s - 1_us;
    EXPECT_EQ(take(kBank, person(1)), Verdict::kPersonLimit);
    now_ = now_ + 1_us;
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed);
}

TEST_F(LimiterTest, ANewLimitHoldsAtOnce) {
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed);
    person_limit_ = 3;
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed);
    bank_limit_ = 1;
    EXPECT_EQ(take(kBank, person(2)), Verdict::kBankLimit);
}

TEST_F(LimiterTest, PersonsAreRememberedForAMinuteAndBounded) {
    bank_limit_ = 1'000'000;
    for (std::uint64_t number = 1; number <= LookupLimiter::kMaxPersons; ++number)
        ASSERT_EQ(take(kBank, person(number)), Verdict::kAllowed);
    EXPECT_EQ(take(kBank, person(0)), Verdict::kPersonLimit) << "no room for one more";
    EXPECT_EQ(take(kBank, person(1)), Verdict::kAllowed) << "who is remembered goes on";
    EXPECT_EQ(take(kBank, kNobody), Verdict::kAllowed) << "and so do institutions";
    now_ = now_ + 30_s;
    EXPECT_EQ(take(kBank, person(0)), Verdict::kPersonLimit);
    now_ = now_ + 30_s;
    EXPECT_EQ(take(kBank, person(0)), Verdict::kAllowed);
}

// Requests.

class NoOutlet final : public engine::Outlet {
public:
    bool ready(engine::SessionId /*session*/) override { return false; }
    void send(engine::SessionId /*session*/, const engine::OutboundFrame& /*frame*/) override {}
    void close(engine::SessionId /*session*/, engine::CloseReason /*reason*/,
               const std::string& /*text*/) override {}
    void on_change(engine::ChangeId /*change*/, const engine::ChangeOutcome& /*outcome*/) override {
    }
    void on_quote(engine::QuoteId /*quote*/, const engine::QuoteAnswer& /*answer*/) override {}
    void on_no_quote(engine::QuoteId /*quote*/, core::ResultCode /*why*/) override {}
};

class NoBodies final : public engine::BodySource {
public:
    Result<journal::Body> load(core::Sequence /*sequence*/) override {
        return Error{Error::Kind::kNotFound, "no log"};
    }
};

class RequestsTest : public testing::Test {
protected:
    /// Posts a change that writes down what happens to it.
    bool post() {
        return requests_.post_change(
            [this](engine::Engine&, engine::ChangeId id) { ran_.push_back(id); },
            [this] { ++refused_; },
            [this](const engine::ChangeOutcome& outcome) { done_.push_back(outcome.result); });
    }
    bool post_quote() {
        return requests_.post_quote(
            [this](engine::Engine&, engine::QuoteId id) { quotes_ran_.push_back(id); },
            [this] { ++refused_; },
            [this](const engine::QuoteAnswer* answer, core::ResultCode why) {
                quoted_.emplace_back(answer != nullptr, why);
            });
    }
    /// As the engine's runner takes them.
    std::vector<InboxEvent> take() {
        std::vector<InboxEvent> events;
        inbox_.take(events, std::chrono::microseconds(0));
        for (const InboxEvent& event : events)
            EXPECT_EQ(event.what, InboxEvent::What::kTask);
        return events;
    }
    void run_all() {
        for (InboxEvent& event : take())
            event.run(engine_);
    }
    static engine::ChangeOutcome outcome(core::ResultCode result) {
        engine::ChangeOutcome outcome;
        outcome.result = result;
        return outcome;
    }

    ManualClock clock_;
    NoOutlet outlet_;
    NoBodies bodies_;
    engine::Engine engine_{clock_, outlet_, bodies_};
    Inbox inbox_;
    Readiness readiness_;
    Requests requests_{inbox_, readiness_};
    std::vector<engine::ChangeId> ran_;
    std::vector<engine::QuoteId> quotes_ran_;
    std::vector<core::ResultCode> done_;
    std::vector<std::pair<bool, core::ResultCode>> quoted_;
    int refused_ = 0;
};

TEST_F(RequestsTest, AChangeRunsOnTheEnginesThreadAndIsDoneOnce) {
    ASSERT_TRUE(post());
    ASSERT_TRUE(post());
    EXPECT_TRUE(ran_.empty()) << "posted only";
    run_all();
    ASSERT_EQ(ran_.size(), 2U);
    EXPECT_NE(ran_[0], ran_[1]);
    requests_.finish(ran_[1], outcome(core::ResultCode::kParameterRange));
    requests_.finish(ran_[1], outcome(core::ResultCode::kAccepted));
    EXPECT_EQ(done_, std::vector{core::ResultCode::kParameterRange});
    requests_.finish(ran_[0], outcome(core::ResultCode::kAccepted));
    EXPECT_EQ(done_.size(), 2U);
    EXPECT_EQ(refused_, 0);
}

TEST_F(RequestsTest, AChangeThatIsDroppedIsNeverDone) {
    ASSERT_TRUE(post());
    run_all();
    requests_.drop(ran_[0]);
    requests_.finish(ran_[0], outcome(core::ResultCode::kAccepted));
    EXPECT_TRUE(done_.empty());
}

TEST_F(RequestsTest, AQuoteHasAnAnswerOrAReason) {
    ASSERT_TRUE(post_quote());
    ASSERT_TRUE(post_quote());
    run_all();
    const engine::QuoteAnswer answer;
    requests_.finish(quotes_ran_[0], &answer, core::ResultCode::kAccepted);
    requests_.finish(quotes_ran_[1], nullptr, core::ResultCode::kPayeeAgentSilent);
    requests_.finish(quotes_ran_[0], nullptr, core::ResultCode::kPayeeAgentSilent);
    ASSERT_EQ(quoted_.size(), 2U);
    EXPECT_EQ(quoted_[0], std::pair(true, core::ResultCode::kAccepted));
    EXPECT_EQ(quoted_[1], std::pair(false, core::ResultCode::kPayeeAgentSilent));
}

TEST_F(RequestsTest, AfterStopNothingIsTakenAndWhatWaitsCanBeRefused) {
    ASSERT_TRUE(post());
    ASSERT_TRUE(post_quote());
    requests_.stop();
    EXPECT_FALSE(post());
    EXPECT_FALSE(post_quote());
    auto events = take();
    ASSERT_EQ(events.size(), 2U) << "what was posted before is there to be refused";
    for (InboxEvent& event : events)
        event.refuse();
    EXPECT_EQ(refused_, 2);
    EXPECT_TRUE(ran_.empty());
    requests_.finish(engine::ChangeId{1}, outcome(core::ResultCode::kAccepted));
    EXPECT_TRUE(done_.empty()) << "refused, and so not done too";
}

TEST_F(RequestsTest, ThoseWhoWaitAreBoundedChangesAndQuotesTogether) {
    for (std::size_t i = 0; i < core::kMaxChanges; ++i)
        ASSERT_TRUE(i % 2 == 0 ? post() : post_quote());
    EXPECT_FALSE(post());
    EXPECT_FALSE(post_quote());
    run_all();
    EXPECT_FALSE(post()) << "they still wait for their answers";
    requests_.finish(ran_[0], outcome(core::ResultCode::kAccepted));
    EXPECT_TRUE(post_quote());
    EXPECT_FALSE(post());
    EXPECT_EQ(refused_, 0) << "who is not taken is told by the answer to post";
}

TEST_F(RequestsTest, AnAnswerMayAskForMore) {
    ASSERT_TRUE(requests_.post_change(
        [this](engine::Engine&, engine::ChangeId id) { ran_.push_back(id); }, [] {},
        [this](const engine::ChangeOutcome&) { EXPECT_TRUE(post()); }));
    run_all();
    requests_.finish(ran_[0], outcome(core::ResultCode::kAccepted));
    run_all();
    EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(RequestsTest, ManyThreadsPostAtOnce) {
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([this] {
            for (int j = 0; j < kEach; ++j)
                EXPECT_TRUE(post());
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    run_all();
    EXPECT_EQ(ran_.size(), std::size_t{kThreads} * kEach);
    for (const engine::ChangeId id : ran_)
        requests_.finish(id, outcome(core::ResultCode::kAccepted));
    EXPECT_EQ(done_.size(), std::size_t{kThreads} * kEach);
}

// What is said when the archive is in the way.

TEST(ArchiveStatus, LostDataIsCalledThatAndOtherTroubleIsNot) {
    const grpc::Status lost =
        unreadable({Error::Kind::kCorrupt, "/switch/archive: the archive: read: 000012.sst"});
    EXPECT_EQ(lost.error_code(), grpc::StatusCode::DATA_LOSS);
    EXPECT_EQ(rpc::detail_of(lost).reason(), "ARCHIVE_UNREADABLE");
    EXPECT_NE(lost.error_message().find("000012.sst"), std::string::npos);
    EXPECT_EQ(unreadable({Error::Kind::kIo, "a disk"}).error_code(), grpc::StatusCode::INTERNAL);
}

TEST(ArchiveStatus, WhileItTakesNothingQueriesAreRefused) {
    SwitchStatus status;
    EXPECT_FALSE(behind_archive(status));
    status.archive_trouble = "/switch/archive: the archive: write: no space";
    const auto refused = behind_archive(status);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(rpc::detail_of(*refused).reason(), "ARCHIVE_TROUBLE");
    EXPECT_NE(refused->error_message().find("no space"), std::string::npos);
}

}  // namespace
}  // namespace lowu::service
