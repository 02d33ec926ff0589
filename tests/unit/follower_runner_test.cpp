// The follower's thread and the look-ups beside it, over an engine's log: sessions do not wait for
// a snapshot that is being written, an archive that takes nothing is waited for and told of.
#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "switch/app/follower_runner.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "tests/unit/engine_memory_fixture.hpp"

namespace lowu::app {
namespace {

using service::SwitchStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::seconds kPatience{60};

/// A disk that takes its time: a snapshot is begun only when it is let.
class HeldSnapshots final : public journal::SnapshotStore {
public:
    [[nodiscard]] std::string_view name() const override { return disk_.name(); }
    Result<std::unique_ptr<journal::SnapshotOutput>> create(std::string_view file) override {
        if (hold_) {
            begun.set_value();
            let_go.get_future().wait();
        }
        return disk_.create(file);
    }
    Result<std::unique_ptr<journal::SnapshotInput>> open(std::string_view file) override {
        return disk_.open(file);
    }
    Result<std::vector<std::string>> list() override { return disk_.list(); }
    Result<void> remove(std::string_view file) override { return disk_.remove(file); }
    Result<void> clear_leftovers() override { return disk_.clear_leftovers(); }

    /// Before the thread is started.
    void hold() { hold_ = true; }
    std::promise<void> begun;
    std::promise<void> let_go;

private:
    journal::MemorySnapshots disk_;
    bool hold_ = false;
};

/// Read by the follower's thread, moved by the test's.
class SharedClock final : public Clock {
public:
    std::int64_t monotonic_us() override {
        const std::int64_t now = now_us_.load();
        looks_.fetch_add(1);
        return now;
    }
    void advance(Duration by) { now_us_.fetch_add(by.us); }
    [[nodiscard]] std::uint64_t looks() const { return looks_.load(); }

private:
    std::atomic<std::int64_t> now_us_{1};
    std::atomic<std::uint64_t> looks_{0};
};

class FollowerRunnerTest : public engine::EngineMemoryTest {
protected:
    FollowerRunnerTest() {
        follower::ArchiveOptions options{std::size_t{1} << 20U, std::size_t{256} << 10U,
                                         std::size_t{1} << 20U};
        options.memory = &archive_memory_;
        auto opened = follower::Archive::open("/archive", log_->id(), options);
        EXPECT_TRUE(opened.ok());
        disk_archive_ = std::move(opened).value();
        runner_ = std::make_unique<FollowerRunner>(
            FollowerRunner::Options{100, 0},
            FollowerRunner::Parts{*log_, *disk_archive_, snapshots_, readiness_, halt_,
                                  runner_clock_});
    }
    ~FollowerRunnerTest() override {
        runner_.reset();
        disk_archive_.reset();
    }
    void start() {
        const log::LogOptions options = support::SmallLog::options();
        runner_->start({{options.form, options.rules_version, log_->id()},
                        engine().genesis(),
                        std::nullopt,
                        engine().durable(),
                        engine().recovered()});
    }
    void tell_durable() {
        runner_->durable(engine().durable(), {engine().cell(core::Rail::kFps).decisions(),
                                              engine().cell(core::Rail::kIbps).decisions()});
    }
    /// What a question is told once it is answered.
    SwitchStatus ask() {
        auto told = std::make_shared<std::promise<SwitchStatus>>();
        auto answer = told->get_future();
        EXPECT_TRUE(runner_->ask([told](const follower::Follower&, const SwitchStatus& status) {
            told->set_value(status);
        }));
        const bool answered = answer.wait_for(kPatience) == std::future_status::ready;
        EXPECT_TRUE(answered);
        return answered ? answer.get() : SwitchStatus{};
    }
    std::future<Result<journal::SnapshotInfo>> take_snapshot() {
        auto taken = std::make_shared<std::promise<Result<journal::SnapshotInfo>>>();
        EXPECT_TRUE(runner_->take_snapshot(
            [taken](const Result<journal::SnapshotInfo>& written) { taken->set_value(written); }));
        return taken->get_future();
    }
    engine::Wanted wanted(std::uint64_t number, const std::string& bank = engine::kFpsBank) {
        const auto index = engine().cell(core::Rail::kFps).find_participant(engine::code(bank));
        return {engine::uetr(number),
                core::Side::kPayer,
                {core::Rail::kFps, *index, engine::code(bank)}};
    }
    std::future<LookUps::Answer> look_up(std::uint64_t number) {
        auto found = std::make_shared<std::promise<LookUps::Answer>>();
        EXPECT_TRUE(runner_->look_up(
            {engine::SessionId{1}, {wanted(number)}, engine().last_forget(), [found](auto answer) {
                 found->set_value(std::move(answer));
             }}));
        return found->get_future();
    }
    std::int64_t overdue() {
        auto told = std::make_shared<std::promise<std::int64_t>>();
        auto answer = told->get_future();
        EXPECT_TRUE(runner_->ask([told](const follower::Follower& follower, const SwitchStatus&) {
            told->set_value(follower.obligations_overdue(
                follower.credit_deadlines(), [](core::Rail, core::AgentCode) { return false; }));
        }));
        return answer.get();
    }
    void advance(Duration step) {
        runner_clock_.advance(step);
        // The one that is under way may have been begun before.
        for (const std::uint64_t seen = runner_clock_.looks() + 2; runner_clock_.looks() < seen;)
            static_cast<void>(overdue());
    }
    /// In steps that are believed; the follower looks after each.
    std::int64_t overdue_after(Duration passed) {
        const Duration step = Duration::from_seconds(5);
        for (; passed > Duration{}; passed = passed - std::min(step, passed)) {
            advance(std::min(step, passed));
        }
        return overdue();
    }

    follower::ArchiveMemory archive_memory_;
    std::unique_ptr<follower::Archive> disk_archive_;
    HeldSnapshots snapshots_;
    service::Readiness readiness_;
    service::Halt halt_;
    SharedClock runner_clock_;
    std::unique_ptr<FollowerRunner> runner_;
};

TEST_F(FollowerRunnerTest, ALookUpDoesNotWaitForASnapshot) {
    forget_a_segment();
    snapshots_.hold();
    start();
    auto snapshot = take_snapshot();
    ASSERT_EQ(snapshots_.begun.get_future().wait_for(kPatience), std::future_status::ready);
    EXPECT_FALSE(runner_->may_forget()) << "it would come into the archive only afterwards";
    auto found = look_up(3);
    EXPECT_EQ(found.wait_for(kPatience), std::future_status::ready);
    snapshots_.let_go.set_value();
    ASSERT_EQ(snapshot.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(snapshot.get().ok());
    EXPECT_TRUE(runner_->may_forget());
    const auto answer = found.get();
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->found.size(), 1U);
    EXPECT_EQ(answer->found.front().wanted.uetr, engine::uetr(3));
    EXPECT_TRUE(answer->found.front().legs[0]);
    EXPECT_GE(answer->as_of, engine().last_forget());
}

TEST_F(FollowerRunnerTest, ALookUpWaitsForWhatItsCellsHaveForgotten) {
    start();
    ASSERT_THAT(ask().archive_trouble, IsEmpty());
    forget_a_segment();
    auto found = look_up(3);
    EXPECT_EQ(found.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
        << "the follower has not been told";
    tell_durable();
    ASSERT_EQ(found.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(found.get()->found.size(), 1U);
}

TEST_F(FollowerRunnerTest, AnArchiveThatIsFullIsWaitedForAndToldOf) {
    start();
    ASSERT_THAT(ask().archive_trouble, IsEmpty());
    const core::Sequence before = runner_->replayed();
    archive_memory_.set_full(true);
    auto snapshot = take_snapshot();
    ASSERT_EQ(snapshot.wait_for(kPatience), std::future_status::ready);
    EXPECT_FALSE(snapshot.get().ok()) << "the archive cannot be flushed";
    pay_many(1, 20);
    tell_durable();
    const SwitchStatus lagging = ask();
    EXPECT_THAT(lagging.archive_trouble, HasSubstr("/archive: the archive: write: "));
    EXPECT_EQ(lagging.durable, engine().durable());
    EXPECT_EQ(runner_->replayed(), before) << "what the archive has not taken does not count";
    EXPECT_FALSE(take_snapshot().get().ok());
    EXPECT_FALSE(runner_->may_forget()) << "nobody could look it up";

    archive_memory_.set_full(false);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!ask().archive_trouble.empty())
        ASSERT_LT(std::chrono::steady_clock::now(), until) << ask().archive_trouble;
    EXPECT_EQ(ask().batches_compared, 1U) << "caught up, and as the live cells are";
    EXPECT_EQ(runner_->replayed(), engine().durable());
    EXPECT_EQ(disk_archive_->position(), engine().durable());
    EXPECT_TRUE(take_snapshot().get().ok());
    EXPECT_TRUE(runner_->may_forget());
}

/// The buffers are full before the log has been replayed: as at any other time.
TEST_F(FollowerRunnerTest, AnArchiveThatIsFullWhileTheLogIsReplayedIsWaitedFor) {
    // More than a buffer of 1 MiB holds, so that RocksDB flushes by itself.
    for (std::uint64_t first = 1; engine().durable().value < 20'000; first += 100)
        pay_many(first, 100);
    archive_memory_.set_full(true);
    start();
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (ask().archive_trouble.empty())
        ASSERT_LT(std::chrono::steady_clock::now(), until) << "there is more than it can hold";
    EXPECT_LT(runner_->replayed(), engine().durable());
    archive_memory_.set_full(false);
    while (runner_->replayed() < engine().durable())
        ASSERT_LT(std::chrono::steady_clock::now(), until) << ask().archive_trouble;
    EXPECT_TRUE(take_snapshot().get().ok());
}

TEST_F(FollowerRunnerTest, ALogWithoutRoomMakesItWriteASnapshot) {
    pay_many(1, 20);
    start();
    EXPECT_THAT(ask().snapshots, IsEmpty()) << "none is due";
    halt_.set(true, std::nullopt);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (ask().snapshots.empty())
        ASSERT_LT(std::chrono::steady_clock::now(), until);
    EXPECT_EQ(ask().snapshots.front().sequence, engine().durable());
}

TEST_F(FollowerRunnerTest, OnAnIdleSwitchWhatIsNotCreditedBecomesOverdue) {
    pay_many(1, 3, false);
    start();
    EXPECT_EQ(overdue(), 0);
    const Duration deadline = Duration::from_ms(
        engine().cell(core::Rail::kIbps).rules().rail_value(core::ParameterId::kCreditDeadline));
    ASSERT_GT(deadline, Duration{});
    EXPECT_EQ(overdue_after(deadline), 0) << "a report may be on its way";
    EXPECT_EQ(overdue_after(Duration::from_seconds(2)), 3);
    // What is recorded tells the time from then on: the log's has hardly moved.
    say_durably(payee_, {engine::report(1)});
    tell_durable();
    EXPECT_EQ(overdue(), 0);
    EXPECT_EQ(overdue_after(deadline + Duration::from_seconds(2)), 2);
}

TEST_F(FollowerRunnerTest, AClockThatIsNotBelievedMakesNothingOverdue) {
    pay_many(1, 1, false);
    start();
    ASSERT_EQ(overdue(), 0);
    advance(Duration::from_hours(24));
    EXPECT_EQ(overdue(), 0) << "the process stood still";
    halt_.set(false, Duration::from_minutes(5));
    EXPECT_EQ(overdue_after(Duration::from_minutes(10)), 0) << "an operator has to say";
    halt_.set(true, std::nullopt);
    EXPECT_EQ(overdue_after(Duration::from_minutes(10)), 0) << "a report may wait to be taken";
    halt_.set(false, std::nullopt);
    EXPECT_EQ(overdue_after(Duration::from_minutes(10)), 1);
}

// Look-ups by themselves.

class LookUpsTest : public FollowerRunnerTest {
protected:
    /// `count` payments that nobody has ever heard of.
    void ask(std::uint64_t session, const std::string& bank, std::size_t count,
             core::Sequence at_least = {}) {
        std::vector<engine::Wanted> payments;
        for (std::size_t i = 0; i < count; ++i)
            payments.push_back(wanted(1'000'000 + i, bank));
        const auto answered = [this, session](const LookUps::Answer& answer) {
            EXPECT_TRUE(answer.ok() && answer->found.empty());
            answered_.push_back(session);
            if (answered_.size() == expected_) done_.set_value();
        };
        ASSERT_TRUE(
            look_ups_.ask({engine::SessionId{session}, std::move(payments), at_least, answered}));
    }
    /// In which order the sessions were answered.
    std::vector<std::uint64_t> answered(std::size_t count) {
        expected_ = count;
        look_ups_.start();
        EXPECT_EQ(done_.get_future().wait_for(kPatience), std::future_status::ready);
        look_ups_.stop();
        return answered_;
    }

    LookUps look_ups_{*disk_archive_};
    std::vector<std::uint64_t> answered_;  ///< By the thread of the look-ups, while it runs.
    std::size_t expected_ = 0;
    std::promise<void> done_;
};

TEST_F(LookUpsTest, AreBounded) {
    for (std::size_t i = 0; i < core::kMaxQuestions; ++i)
        ask(i, engine::kFpsBank, 1);
    const LookUps::Question more{engine::SessionId{9'999}, {wanted(1)}, {}, {}};
    EXPECT_FALSE(look_ups_.ask(more)) << "not started: nobody answers";
    look_ups_.drop(engine::SessionId{7});
    EXPECT_TRUE(look_ups_.ask(more));
}

TEST_F(LookUpsTest, BanksTakeTurns) {
    ask(1, engine::kFpsBank, 100);
    ask(2, engine::kFpsBank, 1);
    ask(3, engine::kOtherFpsBank, 1);
    ask(4, engine::kOtherFpsBank, 50);
    EXPECT_THAT(answered(4), ElementsAre(3, 4, 1, 2)) << "who asks for much waits for itself";
}

TEST_F(LookUpsTest, WhatIsForgottenWhileOthersHaveTheirTurnIsInTheAnswer) {
    start();
    tell_durable();
    static_cast<void>(overdue());  // The follower has come so far.
    const core::Sequence before = disk_archive_->position();
    ASSERT_GT(before, core::Sequence{});
    std::promise<LookUps::Answer> heard;
    auto payments = std::vector{wanted(3), wanted(1'000'000)};
    ASSERT_TRUE(look_ups_.ask({engine::SessionId{1}, payments, {}, [&](LookUps::Answer answer) {
                                   heard.set_value(std::move(answer));
                               }}));
    // Between the first payment's turn and the second's.
    ASSERT_TRUE(look_ups_.ask({engine::SessionId{2},
                               {wanted(1'000'000, engine::kOtherFpsBank)},
                               {},
                               [&](const LookUps::Answer&) {
                                   forget_a_segment();
                                   tell_durable();
                                   while (disk_archive_->position() < engine().durable())
                                       static_cast<void>(overdue());
                               }}));
    look_ups_.start();
    auto told = heard.get_future();
    ASSERT_EQ(told.wait_for(kPatience), std::future_status::ready);
    const LookUps::Answer answer = told.get();
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->found.size(), 1U);
    EXPECT_EQ(answer->found.front().wanted.uetr, engine::uetr(3));
    EXPECT_GT(answer->as_of, before);
    EXPECT_GE(answer->as_of, engine().last_forget());
    look_ups_.stop();
}

TEST_F(LookUpsTest, WhoWaitsForTheArchiveHoldsUpNobody) {
    ask(1, engine::kFpsBank, 1, core::Sequence{1'000'000});
    ask(2, engine::kOtherFpsBank, 1);
    EXPECT_THAT(answered(1), ElementsAre(2));
}

TEST_F(LookUpsTest, WhoHasGoneIsNotAnswered) {
    ask(1, engine::kFpsBank, 10);
    ask(2, engine::kFpsBank, 1);
    look_ups_.drop(engine::SessionId{1});
    look_ups_.drop(engine::SessionId{77});
    EXPECT_THAT(answered(1), ElementsAre(2));
}

}  // namespace
}  // namespace lowu::app
