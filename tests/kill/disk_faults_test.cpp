// The switch's disk fails under load: a sync that reports an error, one that takes long, writes
// that write less than they were asked, no room left. Each with real system calls of the real
// program: strace answers them wrongly, a small file system is full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/kill/loop_file_system.hpp"
#include "tests/kill/trial.hpp"

namespace lowu::killing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr int kExitEnvironment = 1;
constexpr int kExitLogUnknown = 70;
constexpr int kNoSuchProgram = 127;
constexpr std::int64_t kSmallDiskMebibytes = 256;
constexpr std::int64_t kBytesLeft = 20 * 1'048'576;  // less than a segment of the log
constexpr std::int64_t kNothingLeft = 16 * 1'024;
constexpr std::int64_t kTooLittleToBegin = 24 * 1'048'576;  // for RocksDB and its first flush
constexpr std::int64_t kLessThanASegment = 16 * 1'048'576;  // of the smallest there are
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

    /// The archive alone lies there.
    void start_with_archive_on(const LoopFileSystem& disk) {
        const FireSettings fire = settings();
        const std::filesystem::path beside = disk.path() + "/archive";
        const std::filesystem::path data = fire.folder + "/switch";
        std::filesystem::create_directory(beside);
        std::filesystem::create_directory(data);
        std::filesystem::create_directory_symlink(beside, data / "archive");
        start(fire);
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

    [[nodiscard]] Result<v1::GetStatusResponse> status() const {
        return scheme_->operations().call(&v1::OperationsService::Stub::GetStatus,
                                          v1::GetStatusRequest{}, kShortCall);
    }
    /// Of the switch's log, whole ones.
    [[nodiscard]] std::int64_t segments() const {
        const std::filesystem::directory_iterator files(scheme_->data_folder(Victim::kSwitch));
        return std::count_if(begin(files), end(files),
                             [](const auto& file) { return file.path().extension() == ".log"; });
    }
    /// Until the switch's status says so, under load.
    template <class Says>
    [[nodiscard]] bool wait_for_status(const Says& says) {
        return scheme_->process(Victim::kSwitch).wait_until(test::kPatience, [&] {
            trial_->collect();  // However much is paid meanwhile.
            (void)trial_->top_up();
            const auto now = status();
            return now && says(*now);
        });
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

TEST_F(DiskFaults, AFullDiskUnderTheArchiveIsWaitedForWhilePaymentsGoOn) {
    auto disk = LoopFileSystem::make(folder_.path(), kSmallDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    ASSERT_NO_FATAL_FAILURE(start_with_archive_on(**disk));
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    const auto filled = (*disk)->fill_but(kNothingLeft);
    ASSERT_TRUE(filled.ok()) << filled.error().what;
    test::Process& process = scheme_->process(Victim::kSwitch);
    EXPECT_NE(scheme_->lowu({"snapshot"}).exit_code, 0) << "the archive cannot be flushed";
    EXPECT_TRUE(wait_for_status([](const auto& now) { return !now.archive_trouble().empty(); }))
        << process.tail();
    EXPECT_THAT(process.output(), HasSubstr("[warning]"));
    EXPECT_THAT(process.output(), HasSubstr("the archive: write: "));
    const auto then = status();
    ASSERT_TRUE(then.ok());
    EXPECT_TRUE(wait_for_status([&](const auto& now) {
        return now.durable_sequence() > then->durable_sequence() + 1'000;
    })) << "payments go on";
    EXPECT_FALSE(process.wait(milliseconds(0)).has_value()) << process.tail();

    (*disk)->empty();
    EXPECT_TRUE(wait_for_status([](const auto& now) { return now.archive_trouble().empty(); }))
        << process.tail();
    EXPECT_THAT(process.output(), HasSubstr("takes what is durable again"));
    expect_nothing_lost();
    EXPECT_EQ(scheme_->lowu({"snapshot"}).exit_code, 0);
    scheme_->kill_all();
}

TEST_F(DiskFaults, ADiskWithoutRoomForTheArchiveRefusesTheStart) {
    auto disk = LoopFileSystem::make(folder_.path(), kSmallDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    ASSERT_NO_FATAL_FAILURE(start_with_archive_on(**disk));
    ASSERT_NO_FATAL_FAILURE(wait_under_load());
    scheme_->process(Victim::kSwitch).kill();
    for (const std::int64_t left : {kNothingLeft, kTooLittleToBegin}) {
        (*disk)->empty();
        const auto filled = (*disk)->fill_but(left);
        ASSERT_TRUE(filled.ok()) << filled.error().what;
        EXPECT_FALSE(scheme_->start(Victim::kSwitch).ok());
        test::Process& process = scheme_->process(Victim::kSwitch);
        EXPECT_EQ(process.wait(test::kPatience), kExitEnvironment) << process.tail();
        EXPECT_THAT(process.output(), HasSubstr("the archive: its disk has "));
        EXPECT_THAT(process.output(), HasSubstr("make room there and start again"));
    }
    (*disk)->empty();
    const auto started = scheme_->start(Victim::kSwitch);
    ASSERT_TRUE(started.ok()) << started.error().what;
    expect_nothing_lost();
    scheme_->kill_all();
}

TEST_F(DiskFaults, AFullDiskIsRelievedBySnapshotsThatLetTheLogGo) {
    auto disk = LoopFileSystem::make(folder_.path(), kSmallDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    FireSettings fire = settings();
    fire.switch_data = (*disk)->path();
    fire.switch_arguments = {"--segment-mib", "17", "--snapshot-every", "0"};
    // The log alone lies there.
    const std::filesystem::path data = fire.switch_data + "/switch";
    std::filesystem::create_directory(data);
    for (const char* other : {"archive", "snapshots"}) {
        std::filesystem::create_directory(folder_.file(other));
        std::filesystem::create_directory_symlink(folder_.file(other), data / other);
    }
    ASSERT_NO_FATAL_FAILURE(start(fire));
    test::Process& process = scheme_->process(Victim::kSwitch);
    // There is a second segment, for which the first may go.
    const bool second = process.wait_until(test::kPatience, [&] {
        (void)trial_->top_up();
        return segments() > 1;
    });
    ASSERT_TRUE(second) << process.tail();
    const auto filled = (*disk)->fill_but(kLessThanASegment);
    ASSERT_TRUE(filled.ok()) << filled.error().what;
    const auto said = [&](const std::string& what) {
        return process.wait_until(test::kPatience, [&] {
            (void)trial_->top_up();
            return process.output().find(what) != std::string::npos;
        });
    };
    ASSERT_TRUE(said("no room for the log's next segment")) << process.tail();
    EXPECT_TRUE(said("there is room for the log again")) << process.tail();
    const auto now = status();
    ASSERT_TRUE(now.ok());
    EXPECT_GT(now->log_first_sequence(), 1U) << "nobody has made room but the switch";
    (*disk)->empty();
    expect_nothing_lost();
    scheme_->kill_all();
}

}  // namespace
}  // namespace lowu::killing
