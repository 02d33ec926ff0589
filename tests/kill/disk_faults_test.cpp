// The switch's disk fails under load: a sync that reports an error, one that takes long, writes
// that write less than they were asked, no room left. Each with real system calls of the real
// program: strace answers them wrongly, a small file system is full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/kill/loop_file_system.hpp"
#include "tests/kill/trial.hpp"

namespace lowu::killing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr int kExitLogUnknown = 70;
constexpr int kNoSuchProgram = 127;
constexpr std::int64_t kSmallDiskMebibytes = 256;
constexpr std::int64_t kBytesLeft = 20 * 1'048'576;  // less than a segment of the log
constexpr milliseconds kSlowFor{3'000};

class DiskFaults : public ::testing::Test {
protected:
    FireSettings settings() const {
        FireSettings fire;
        fire.folder = folder_.path();
        fire.programs = LOWU_BIN_DIR;
        return fire;
    }

    void start(const FireSettings& fire) {
        scheme_ = std::make_unique<SchemeUnderFire>(fire);
        trial_ = std::make_unique<Trial>(*scheme_, TrialSettings{}, tally_);
        const auto started = scheme_->start_all();
        ASSERT_TRUE(started.ok()) << started.error().what;
    }

    void wait_under_load() {
        const auto load = trial_->wait_under_load();
        ASSERT_TRUE(load.ok()) << load.error().what;
    }

    void expect_nothing_lost() {
        const auto quiet = trial_->wait_quiet();
        ASSERT_TRUE(quiet.ok()) << quiet.error().what << scheme_->tails();
        const auto judged = trial_->judge();
        ASSERT_TRUE(judged.ok()) << judged.error().what;
        EXPECT_TRUE(tally_.clean()) << tally_.text({});
        EXPECT_GT(trial_->judge_of_all().settled(), 0U);
    }

    /// strace on the running switch, with an injection. What is missing, when it cannot.
    Result<void> inject(const std::string& what) {
        const std::string pid = std::to_string(scheme_->process(Victim::kSwitch).pid());
        strace_.emplace(
            test::ProcessSettings{{"strace", "-f", "-p", pid, "-e", "trace=fdatasync", "-o",
                                   folder_.file("strace.calls"), "-e", "inject=fdatasync:" + what},
                                  folder_.file("strace.log"),
                                  "",
                                  "",
                                  {}});
        const bool attached = strace_->wait_until(test::kPatience, [&] {
            return strace_->output().find("attached") != std::string::npos;
        });
        if (attached) return {};
        const bool missing = strace_->wait(milliseconds(0)) == kNoSuchProgram;
        return Error{
            Error::Kind::kUnavailable,
            missing ? "strace" : "the right to trace (CAP_SYS_PTRACE): " + strace_->tail()};
    }

    test::TempDirectory folder_;
    Tally tally_;
    std::unique_ptr<SchemeUnderFire> scheme_;
    std::unique_ptr<Trial> trial_;
    std::optional<test::Process> strace_;
};

TEST_F(DiskFaults, AFailedSyncEndsTheSwitchWhichSaysWhy) {
    ASSERT_NO_FATAL_FAILURE(start(settings()));
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    if (auto injected = inject("error=EIO:when=1"); !injected) {
        GTEST_SKIP() << "lacking: " << injected.error().what;
    }
    test::Process& process = scheme_->process(Victim::kSwitch);
    const bool ended = process.wait_until(test::kPatience, [&] {
        (void)trial_->top_up();  // a sync comes with the next payment
        return process.wait(milliseconds(0)).has_value();
    });
    EXPECT_TRUE(ended);
    EXPECT_EQ(process.wait(test::kPatience), kExitLogUnknown) << process.tail();
    EXPECT_THAT(process.output(), HasSubstr("fdatasync"));
    EXPECT_THAT(process.output(), HasSubstr("Input/output error"));
    strace_.reset();
    const auto started = scheme_->start(Victim::kSwitch);
    ASSERT_TRUE(started.ok()) << started.error().what;
    expect_nothing_lost();
}

TEST_F(DiskFaults, SlowSyncsBreakNothing) {
    ASSERT_NO_FATAL_FAILURE(start(settings()));
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    if (auto injected = inject("delay_enter=100000"); !injected) {
        GTEST_SKIP() << "lacking: " << injected.error().what;
    }
    (void)scheme_->process(Victim::kSwitch).wait(kSlowFor);
    strace_->signal(SIGINT);
    EXPECT_TRUE(strace_->wait(test::kPatience).has_value());
    expect_nothing_lost();
}

TEST_F(DiskFaults, ShortWritesAreGoneOnWith) {
    FireSettings fire = settings();
    fire.switch_environment = {{"LD_PRELOAD", LOWU_SHORT_WRITES}};
    ASSERT_NO_FATAL_FAILURE(start(fire));
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    expect_nothing_lost();
    // What was written so is read again.
    scheme_->process(Victim::kSwitch).kill();
    const auto started = scheme_->start(Victim::kSwitch);
    ASSERT_TRUE(started.ok()) << started.error().what;
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    expect_nothing_lost();
}

TEST_F(DiskFaults, AFullDiskTakesNothingNewAndGoesOnWhenThereIsRoom) {
    auto disk = LoopFileSystem::make(folder_.path(), kSmallDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    FireSettings fire = settings();
    fire.switch_data = (*disk)->path();
    ASSERT_NO_FATAL_FAILURE(start(fire));
    const auto filled = (*disk)->fill_but(kBytesLeft);
    ASSERT_TRUE(filled.ok()) << filled.error().what;
    test::Process& process = scheme_->process(Victim::kSwitch);
    const auto is_full = [&] { return process.output().find("no room") != std::string::npos; };
    const bool full = process.wait_until(test::kPatience, [&] {
        (void)trial_->top_up();
        return is_full();
    });
    ASSERT_TRUE(full) << process.tail();
    EXPECT_FALSE(process.wait(milliseconds(0)).has_value()) << process.tail();
    (*disk)->empty();
    expect_nothing_lost();
    EXPECT_THAT(process.output(), HasSubstr("room for the log again"));
    scheme_->kill_all();
}

}  // namespace
}  // namespace lowu::killing
