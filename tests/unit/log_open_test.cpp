// Opening a real directory that is not as it should be: each refusal says what, where and what to
// do, and leaves everything as it was. What needs a right that the machine may lack (dropping
// rights, mounting) happens in a child process; without the right the test is skipped by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::log {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kSkip = "SKIP ";

// What `body` returns, out of a process of its own, which may give up rights and mount for itself.
std::string in_child(const std::function<std::string()>& body) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "no pipe";
    std::fflush(nullptr);  // what is not written yet would be written twice
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string text = body();
        const ssize_t written = ::write(ends[1], text.data(), text.size());
        ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t count = 0; (count = ::read(ends[0], part.data(), part.size())) > 0;) {
        text.append(part.data(), static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? text : "the child died: " + text;
}

// "opened", or what the refusal says. Kept open for `use`.
std::string try_open(const std::string& path,
                     const std::function<std::string(SegmentLog&)>& use = {}) {
    const auto files = PosixDirectory::open(path, MissingDirectory::kCreate);
    if (!files) return files.error().what;
    const auto log = SegmentLog::open(**files, test::small_log_options());
    if (!log) return log.error().what;
    return use ? use(**log) : "opened";
}

// Mounts of the child are its own, and end with it.
std::string private_mounts() {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return std::string(kSkip) +
               "needs the right to mount (CAP_SYS_ADMIN): " + std::strerror(errno);
    }
    return {};
}

std::string mount_tmpfs(const std::string& path, unsigned long flags, const char* options) {
    if (::mount("tmpfs", path.c_str(), "tmpfs", flags, options) != 0) {
        return std::string(kSkip) + "needs a tmpfs to mount: " + std::strerror(errno);
    }
    return {};
}

class OpenLog : public ::testing::Test {
protected:
    OpenLog() {
        std::string pattern = (fs::temp_directory_path() / "lowu-open-XXXXXX").string();
        root_ = ::mkdtemp(pattern.data());
    }
    ~OpenLog() override {
        std::error_code ignored;
        fs::permissions(root_, fs::perms::owner_all, ignored);
        fs::remove_all(root_, ignored);
    }

    [[nodiscard]] std::string path() const { return root_ + "/switch"; }

    void write_log() const {
        const auto files = PosixDirectory::open(path(), MissingDirectory::kCreate);
        const auto log = SegmentLog::open(**files, test::small_log_options());
        test::LogWriter writer(**log, 1);
        ASSERT_TRUE(writer.acquire());
        ASSERT_EQ(writer.append_random(500), AppendOutcome::kOk);
        ASSERT_EQ(writer.append_random(500), AppendOutcome::kOk);
    }
    [[nodiscard]] std::string segment() const { return path() + "/" + segment_file_name(1); }
    [[nodiscard]] std::string segment_bytes() const {
        std::ifstream stream(segment(), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    void overwrite(std::streamoff at, char byte) const {
        std::fstream stream(segment(), std::ios::binary | std::ios::in | std::ios::out);
        stream.seekp(at);
        stream.put(byte);
    }

    std::string root_;
};

TEST_F(OpenLog, AnotherFormRulesOrFormatVersionIsRefusedUntouched) {
    write_log();
    const auto files = PosixDirectory::open(path(), MissingDirectory::kRefuse);
    ASSERT_TRUE(files.ok());
    const std::string before = segment_bytes();
    LogOptions options = test::small_log_options();
    options.form = "ibps/0";
    auto refused = SegmentLog::open(**files, options);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(refused.error().what,
                AllOf(HasSubstr(segment()), HasSubstr("form \"fps/0+ibps/0\", but \"ibps/0\""),
                      HasSubstr("name another directory")));

    options = test::small_log_options();
    options.rules_version = 9;
    refused = SegmentLog::open(**files, options);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().what,
                AllOf(HasSubstr(segment()), HasSubstr("rules version 1, but 9 is configured"),
                      HasSubstr("go on with the release that wrote it")));

    // Format version 1, as releases before log ids wrote it.
    overwrite(8, 1);
    const std::string old_format = segment_bytes();
    refused = SegmentLog::open(**files, test::small_log_options());
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
    EXPECT_THAT(refused.error().what,
                AllOf(HasSubstr(segment()), HasSubstr("format version 1, but this program reads 2"),
                      HasSubstr("go on with the release that wrote it")));
    EXPECT_TRUE(segment_bytes() == old_format) << "it was written to";
    overwrite(8, static_cast<char>(kFormatVersion));
    EXPECT_TRUE(segment_bytes() == before) << "it was written to";
    EXPECT_EQ(try_open(path()), "opened");
}

TEST_F(OpenLog, DamageIsRefusedUntouched) {
    write_log();
    overwrite(4096 + 70, 'x');
    const std::string damaged = segment_bytes();
    EXPECT_THAT(try_open(path()), AllOf(HasSubstr(segment() + " at byte 4160"),
                                        HasSubstr("where sequence 1 was expected")));
    EXPECT_TRUE(segment_bytes() == damaged) << "it was written to";
}

TEST_F(OpenLog, FileWhereTheDirectoryShouldBe) {
    std::ofstream(path()) << "a file";
    EXPECT_THAT(try_open(path()), AllOf(HasSubstr(path()), HasSubstr("Not a directory"),
                                        HasSubstr("a file stands where a directory is needed")));
    EXPECT_THAT(try_open(path() + "/below"),
                AllOf(HasSubstr(path()), HasSubstr("a file stands where a directory is needed")));
    EXPECT_TRUE(fs::is_regular_file(path()));
}

TEST_F(OpenLog, TwoProcessesOnOneDirectory) {
    write_log();
    const auto files = PosixDirectory::open(path(), MissingDirectory::kRefuse);
    const auto log = SegmentLog::open(**files, test::small_log_options());
    ASSERT_TRUE(log.ok());
    const std::string said = in_child([&] { return try_open(path()); });
    EXPECT_EQ(said, path() + ": the directory is already in use by process " +
                        std::to_string(::getpid()) + "; stop that one, or name another directory");
    // The one that holds it does not notice.
    test::LogWriter writer(**log, 2);
    ASSERT_TRUE(writer.acquire());
    EXPECT_EQ(writer.append_random(100), AppendOutcome::kOk);
}

TEST_F(OpenLog, HolderThatDiedLeavesTheDirectoryFree) {
    const std::string said = in_child([&] {
        return try_open(path(), [](SegmentLog& log) {
            test::LogWriter writer(log, 2);
            return std::string(writer.acquire() ? "held" : "not held");
        });
    });
    EXPECT_EQ(said, "held");
    EXPECT_EQ(try_open(path()), "opened");
}

TEST_F(OpenLog, DirectoryWithoutRights) {
    write_log();
    constexpr uid_t kNobody = 65534;
    const auto as_other_user = [&](fs::perms rights) {
        fs::permissions(root_, fs::perms::owner_all | fs::perms::others_exec);
        fs::permissions(path(), rights);
        return in_child([&]() -> std::string {
            if (::geteuid() == 0 && ::seteuid(kNobody) != 0) {
                return std::string(kSkip) + "needs the right to change the user (CAP_SETUID)";
            }
            return try_open(path());
        });
    };
    const std::string user = std::to_string(::geteuid() == 0 ? kNobody : ::geteuid());
    // Not to be entered; to be read, but not written.
    for (const fs::perms rights :
         {fs::perms::none, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                               fs::perms::others_exec}) {
        const std::string said = as_other_user(rights);
        if (said.starts_with(kSkip)) GTEST_SKIP() << said;
        EXPECT_THAT(said, AllOf(HasSubstr(path()), HasSubstr("Permission denied"),
                                HasSubstr("the process runs as user " + user),
                                HasSubstr("or name another directory")));
    }
    fs::permissions(path(), fs::perms::owner_all);
    EXPECT_EQ(try_open(path()), "opened");
}

TEST_F(OpenLog, ReadOnlyFileSystem) {
    const std::string said = in_child([&]() -> std::string {
        if (std::string lacking = private_mounts(); !lacking.empty()) return lacking;
        if (std::string lacking = mount_tmpfs(root_, 0, "size=4m"); !lacking.empty()) {
            return lacking;
        }
        if (const std::string first = try_open(path()); first != "opened") return first;
        if (std::string lacking = mount_tmpfs(root_, MS_REMOUNT | MS_RDONLY, "");
            !lacking.empty()) {
            return lacking;
        }
        return try_open(path()) + "\n" + try_open(root_ + "/fresh");
    });
    if (said.starts_with(kSkip)) GTEST_SKIP() << said;
    const std::size_t line = said.find('\n');
    for (const std::string& one : {said.substr(0, line), said.substr(line + 1)}) {
        EXPECT_THAT(one, AllOf(HasSubstr(root_), HasSubstr("Read-only file system"),
                               HasSubstr("mounted read-only: mount it for writing")));
    }
}

// Room for one segment and a part of the next: what is there can be filled, then nothing more is
// admitted, and with space it goes on.
TEST_F(OpenLog, FullDiskShowsWhilePreallocating) {
    const std::string said = in_child([&]() -> std::string {
        if (std::string lacking = private_mounts(); !lacking.empty()) return lacking;
        if (std::string lacking = mount_tmpfs(root_, 0, "size=36k"); !lacking.empty()) {
            return lacking;
        }
        std::ofstream(root_ + "/other") << std::string(8 * 1024, 'x');
        return try_open(path(), [&](SegmentLog& log) -> std::string {
            test::LogWriter writer(log, 1);
            if (!writer.acquire()) return "cannot acquire";
            int appended = 0;
            Result<void> space = log.ensure_space(1000);
            for (; space.ok() && appended < 1000; space = log.ensure_space(1000)) {
                if (writer.append_random(1000) != AppendOutcome::kOk) return "append failed";
                ++appended;
            }
            if (space.ok()) return "never full";
            const std::string full = space.error().what;
            if (!log.low_on_space() || log.failure()) return "not low on space";
            if (fs::exists(segment() + ".new")) return "a half-filled file is left";
            fs::remove(root_ + "/other");
            if (!log.ensure_space(1000).ok()) return "does not go on: " + full;
            if (writer.append_random(1000) != AppendOutcome::kOk) return "append failed";
            return std::to_string(appended) + " " + full;
        });
    });
    if (said.starts_with(kSkip)) GTEST_SKIP() << said;
    EXPECT_GE(std::atoi(said.c_str()), 11) << said;
    EXPECT_THAT(said, AllOf(HasSubstr(path() + "/" + segment_file_name(2)),
                            HasSubstr("No space left on device"),
                            HasSubstr("free some space on its file system"),
                            HasSubstr("preallocating 16384 bytes")));
}

TEST_F(OpenLog, FullDiskAtTheFirstStartLeavesNothing) {
    const std::string said = in_child([&]() -> std::string {
        if (std::string lacking = private_mounts(); !lacking.empty()) return lacking;
        if (std::string lacking = mount_tmpfs(root_, 0, "size=12k"); !lacking.empty()) {
            return lacking;
        }
        const std::string full = try_open(path());
        for (const auto& entry : fs::directory_iterator(path())) {
            if (entry.path().filename() != "LOCK") return "left: " + entry.path().string();
        }
        return full;
    });
    if (said.starts_with(kSkip)) GTEST_SKIP() << said;
    EXPECT_THAT(said, AllOf(HasSubstr(segment()), HasSubstr("No space left on device"),
                            HasSubstr("free some space")));
}

TEST_F(OpenLog, IdsOfTwoDirectoriesDiffer) {
    const auto id_of = [](const std::string& directory) {
        const auto files = PosixDirectory::open(directory, MissingDirectory::kCreate);
        const auto log = SegmentLog::open(**files, test::small_log_options());
        return (*log)->id();
    };
    const LogId first = id_of(path());
    EXPECT_NE(first, LogId{});
    EXPECT_EQ(id_of(path()), first);
    EXPECT_NE(id_of(root_ + "/other"), first);
}

}  // namespace
}  // namespace lowu::log
