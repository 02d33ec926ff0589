// ext4 through a loop device. See loop_file_system.hpp.
#include "tests/kill/loop_file_system.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "tests/support/process.hpp"

namespace lowu::killing {

namespace {

// From the kernel's fs/ext4/ext4.h: no header of user space has them.
constexpr unsigned long kShutdown = 0x8004587D;  // EXT4_IOC_SHUTDOWN
constexpr std::uint32_t kWithoutJournal = 2;     // EXT4_GOING_FLAGS_NOLOGFLUSH

constexpr int kRepaired = 1;  // exit code of fsck
constexpr std::int64_t kMebibyte = 1'048'576;

Error lacks(const std::string& what) {
    return Error{Error::Kind::kUnavailable, what};
}

std::string reason() {
    return std::strerror(errno);
}

// A tool of /usr/sbin, which is not in everybody's PATH.
test::Finished tool(std::vector<std::string> command) {
    command[0] = "/usr/sbin/" + command[0];
    return test::run(std::move(command));
}

constexpr int kNoSuchProgram = 127;

Result<void> own_mounts() {
    static const bool done = ::unshare(CLONE_NEWNS) == 0 &&
                             ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (done) return {};
    return lacks("the right to mount (CAP_SYS_ADMIN): " + reason());
}

}  // namespace

Result<std::unique_ptr<LoopFileSystem>> LoopFileSystem::make(const std::string& folder,
                                                             std::int64_t mebibytes) {
    if (auto own = own_mounts(); !own) return std::move(own).error();
    std::unique_ptr<LoopFileSystem> made(
        new LoopFileSystem(folder + "/disk.img", folder + "/disk"));
    const int image = ::open(made->image_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool sized = image >= 0 && ::ftruncate(image, mebibytes * kMebibyte) == 0;
    if (image >= 0) ::close(image);
    if (!sized) return lacks("room for a file system in " + folder + ": " + reason());
    // All of its blocks are ours: none are kept for the superuser.
    const test::Finished formatted = tool({"mkfs.ext4", "-q", "-F", "-m", "0", made->image_});
    if (formatted.exit_code == kNoSuchProgram) return lacks("mkfs.ext4 (package e2fsprogs)");
    if (formatted.exit_code != 0) return lacks("mkfs.ext4: " + formatted.errors);
    if (auto mounted = made->mount(); !mounted) return std::move(mounted).error();
    return made;
}

LoopFileSystem::~LoopFileSystem() {
    if (mounted_) (void)::umount2(mount_point_.c_str(), MNT_DETACH);
    (void)::rmdir(mount_point_.c_str());
    (void)::unlink(image_.c_str());
}

// The device is given back as soon as it is mounted: the kernel then frees it with the last mount.
Result<void> LoopFileSystem::mount() {
    const test::Finished attached = tool({"losetup", "--find", "--show", image_});
    if (attached.exit_code == kNoSuchProgram) return lacks("losetup (package mount)");
    if (attached.exit_code != 0) return lacks("a loop device (/dev/loop*): " + attached.errors);
    const std::string device = attached.output.substr(0, attached.output.find('\n'));
    (void)::mkdir(mount_point_.c_str(), 0755);
    mounted_ = ::mount(device.c_str(), mount_point_.c_str(), "ext4", 0, "") == 0;
    const std::string why = reason();
    (void)tool({"losetup", "--detach", device});
    if (!mounted_) return lacks("the right to mount ext4 from a loop device: " + why);
    return {};
}

Result<void> LoopFileSystem::unmount() {
    if (::umount2(mount_point_.c_str(), 0) != 0) {
        return Error{Error::Kind::kBusy, "unmounting " + mount_point_ + ": " + reason()};
    }
    mounted_ = false;
    return {};
}

Result<void> LoopFileSystem::lose_power() {
    const int root = ::open(mount_point_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    std::uint32_t flags = kWithoutJournal;
    const bool down = root >= 0 && ::ioctl(root, kShutdown, &flags) == 0;
    const std::string why = reason();
    if (root >= 0) ::close(root);
    if (down) return {};
    return lacks("ext4's shutdown (CAP_SYS_ADMIN): " + why);
}

Result<void> LoopFileSystem::restore_power() {
    if (auto away = unmount(); !away) return away;
    const test::Finished checked = tool({"fsck.ext4", "-p", image_});
    if (checked.exit_code > kRepaired) {
        return Error{Error::Kind::kCorrupt, "fsck: " + checked.output + checked.errors};
    }
    return mount();
}

Result<void> LoopFileSystem::fill_but(std::int64_t bytes_left) {
    struct statvfs room {};
    if (::statvfs(mount_point_.c_str(), &room) != 0) {
        return Error{Error::Kind::kIo, "statvfs: " + reason()};
    }
    const auto free = static_cast<std::int64_t>(room.f_bavail * room.f_frsize);
    const std::string filler = mount_point_ + "/filler";
    const int file = ::open(filler.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool filled =
        file >= 0 && free > bytes_left && ::posix_fallocate(file, 0, free - bytes_left) == 0;
    if (file >= 0) ::close(file);
    if (filled) return {};
    return Error{Error::Kind::kIo, "filling up " + mount_point_ + ": " + reason()};
}

void LoopFileSystem::empty() {
    (void)::unlink((mount_point_ + "/filler").c_str());
}

}  // namespace lowu::killing
