// The follower's thread and the look-ups beside it, over an engine's log: sessions do not wait for
// a snapshot that is being written, an archive that takes nothing is waited for and told of.
#include <gmock/gmock.h>

#include <future>

#include "switch/app/follower_runner.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "tests/unit/engine_memory_fixture.hpp"

namespace lowu::app {
namespace {

using service::SwitchStatus;
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
            FollowerRunner::Parts{*log_, *disk_archive_, snapshots_, readiness_, halt_});
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
    std::future<LookUps::Answer> look_up(std::uint64_t number) {
        auto found = std::make_shared<std::promise<LookUps::Answer>>();
        const auto index =
            engine().cell(core::Rail::kFps).find_participant(engine::code(engine::kFpsBank));
        const engine::Wanted wanted{engine::uetr(number),
                                    core::Side::kPayer,
                                    {core::Rail::kFps, *index, engine::code(engine::kFpsBank)}};
        EXPECT_TRUE(runner_->look_up({wanted}, engine().last_forget(), [found](auto answer) {
            found->set_value(std::move(answer));
        }));
        return found->get_future();
    }

    follower::ArchiveMemory archive_memory_;
    std::unique_ptr<follower::Archive> disk_archive_;
    HeldSnapshots snapshots_;
    service::Readiness readiness_;
    service::Halt halt_;
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
    ASSERT_EQ(answer->size(), 1U);
    EXPECT_EQ(answer->front().wanted.uetr, engine::uetr(3));
    EXPECT_TRUE(answer->front().legs[0] && answer->front().legs[1]);
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
    EXPECT_EQ(found.get()->size(), 1U);
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

// Look-ups by themselves.

TEST_F(FollowerRunnerTest, LookUpsAreBounded) {
    LookUps look_ups(*disk_archive_);  // Not started: nobody answers.
    for (std::size_t i = 0; i < core::kMaxQuestions; ++i)
        ASSERT_TRUE(look_ups.ask({}, core::Sequence{1}, [](const LookUps::Answer&) {}));
    EXPECT_FALSE(look_ups.ask({}, core::Sequence{1}, [](const LookUps::Answer&) {}));
}

}  // namespace
}  // namespace lowu::app
