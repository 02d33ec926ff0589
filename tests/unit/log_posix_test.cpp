// The batch log on a real directory: what the disk in memory cannot show of the system calls.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

class PosixLog : public ::testing::Test {
protected:
    PosixLog() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lowu-log-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~PosixLog() override {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    [[nodiscard]] std::string path() const { return (root_ / "data" / "switch").string(); }

    [[nodiscard]] std::unique_ptr<PosixDirectory> directory() const {
        auto opened = PosixDirectory::open(path(), MissingDirectory::kCreate);
        EXPECT_TRUE(opened.ok()) << opened.error().what;
        return std::move(*opened);
    }

    std::filesystem::path root_;
};

TEST_F(PosixLog, RoundTripsAndReopensAcrossSegments) {
    const auto files = directory();
    std::vector<test::WrittenBatch> all;
    for (std::uint64_t life = 1; life <= 3; ++life) {
        auto log = SegmentLog::open(*files, test::small_log_options());
        ASSERT_TRUE(log.ok()) << log.error().what;
        test::LogWriter writer(**log, life);
        ASSERT_TRUE(writer.acquire());
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE((*log)->ensure_space(4096).ok());
            ASSERT_EQ(writer.append_random(3000), AppendOutcome::kOk);
        }
        all.insert(all.end(), writer.acknowledged().begin(), writer.acknowledged().end());
        const auto read = test::read_all(**log, 1, writer.durable_through());
        ASSERT_TRUE(read.ok()) << read.error().what;
        EXPECT_EQ(*read, all);
    }
    const auto names = files->list();
    ASSERT_TRUE(names.ok());
    for (const std::string& name : *names) {
        EXPECT_EQ(std::filesystem::file_size(path() + "/" + name),
                  test::small_log_options().segment_bytes);
    }
}

TEST_F(PosixLog, SecondOpenerIsToldDirectoryAndHolder) {
    const auto files = directory();
    auto log = SegmentLog::open(*files, test::small_log_options());
    ASSERT_TRUE(log.ok());
    const auto other = directory();
    const auto second = SegmentLog::open(*other, test::small_log_options());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind, Error::Kind::kBusy);
    EXPECT_EQ(second.error().what, path() + ": the directory is already in use by process " +
                                       std::to_string(::getpid()) +
                                       "; stop that one, or name another directory");
    log->reset();
    EXPECT_TRUE(SegmentLog::open(*other, test::small_log_options()).ok());
}

TEST_F(PosixLog, UnfinishedCreationsLeaveNothing) {
    const auto files = directory();
    {
        auto pending = files->begin_create("one", 8192);
        ASSERT_TRUE(pending.ok());
        EXPECT_FALSE(*(*pending)->advance(4096));
        EXPECT_TRUE(files->list()->empty()) << "it has no name yet";
    }
    EXPECT_FALSE(std::filesystem::exists(path() + "/one.new"));
    std::ofstream(path() + "/two.new") << "left by a process that died";
    ASSERT_TRUE(files->lock().ok());
    EXPECT_FALSE(std::filesystem::exists(path() + "/two.new"));
}

TEST_F(PosixLog, MissingDirectoryIsRefusedByName) {
    const auto opened = PosixDirectory::open(path(), MissingDirectory::kRefuse);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, Error::Kind::kNotFound);
    EXPECT_NE(opened.error().what.find(path()), std::string::npos);
}

}  // namespace
}  // namespace lowu::log
