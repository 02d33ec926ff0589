// The power goes while hundreds of payments are in flight: of the switch's log and of the banks'
// logs only what was synced is left. After the restart nothing is lost, doubled or stuck.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/kill/loop_file_system.hpp"
#include "tests/kill/trial.hpp"

namespace lowu::killing {
namespace {

constexpr std::int64_t kDiskMebibytes = 768;
constexpr std::int64_t kSmallDiskMebibytes = 32;
constexpr std::int64_t kLossesShort = 3;
constexpr std::int64_t kDelayMs = 400;

/// How often the power goes: the long form asks for more.
std::int64_t losses() {
    const char* const wanted = std::getenv("LOWU_POWER_LOSSES");
    return wanted == nullptr ? kLossesShort : std::atoll(wanted);
}

void write(const std::string& path, const std::string& text, bool sync) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(sync ? ::fsync(file) : 0, 0);
    ::close(file);
}

// Else the other test would show nothing.
TEST(PowerLoss, TakesWhatWasNotSynced) {
    const test::TempDirectory folder;
    auto disk = LoopFileSystem::make(folder.path(), kSmallDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    write((*disk)->path() + "/synced", "kept", true);
    write((*disk)->path() + "/not-synced", "gone", false);
    if (auto lost = (*disk)->lose_power(); !lost.ok()) {
        GTEST_SKIP() << "lacking: " << lost.error().what;
    }
    const auto restored = (*disk)->restore_power();
    ASSERT_TRUE(restored.ok()) << restored.error().what;
    EXPECT_EQ(test::read_file((*disk)->path() + "/synced"), "kept");
    EXPECT_EQ(test::read_file((*disk)->path() + "/not-synced"), "");
}

TEST(PowerLoss, WhatWasPromisedWasSynced) {
    const test::TempDirectory folder;
    auto disk = LoopFileSystem::make(folder.path(), kDiskMebibytes);
    if (!disk) GTEST_SKIP() << "lacking: " << disk.error().what;
    FireSettings fire;
    fire.folder = folder.path();
    fire.programs = LOWU_BIN_DIR;
    fire.switch_data = (*disk)->path();
    fire.bank_data = (*disk)->path();
    SchemeUnderFire scheme(fire);
    Tally tally;
    Trial trial(scheme, {}, tally);
    Prng prng(20'250'622);
    auto started = scheme.start_all();
    if (started) started = trial.slow_down();
    ASSERT_TRUE(started.ok()) << started.error().what;
    for (std::int64_t loss = 0; loss < losses(); ++loss) {
        const auto load = trial.wait_under_load();
        ASSERT_TRUE(load.ok()) << load.error().what;
        (void)scheme.process(Victim::kSwitch)
            .wait(std::chrono::milliseconds(prng.between(0, kDelayMs)));
        const auto now = trial.wait_under_load();
        ASSERT_TRUE(now.ok()) << now.error().what;
        if (auto lost = (*disk)->lose_power(); !lost.ok()) {
            GTEST_SKIP() << "lacking: " << lost.error().what;
        }
        scheme.kill_all();
        auto restored = (*disk)->restore_power();
        ASSERT_TRUE(restored.ok()) << restored.error().what;
        started = scheme.start_all();
        ASSERT_TRUE(started.ok()) << started.error().what;
        const auto quiet = trial.wait_quiet();
        ASSERT_TRUE(quiet.ok()) << quiet.error().what << tally.text({}) << scheme.tails();
        const auto judged = trial.judge();
        ASSERT_TRUE(judged.ok()) << judged.error().what << tally.text({});
        EXPECT_TRUE(tally.clean()) << tally.text({});
        std::cout << "loss " << loss << ": " << *now << " in flight, "
                  << trial.judge_of_all().payments() << " payments so far" << std::endl;
    }
    const auto all = trial.judge_all();
    ASSERT_TRUE(all.ok()) << all.error().what;
    EXPECT_TRUE(tally.clean()) << tally.text({});
    scheme.kill_all();
}

}  // namespace
}  // namespace lowu::killing
