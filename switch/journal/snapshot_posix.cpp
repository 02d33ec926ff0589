// System calls of snapshots; see snapshot_posix.hpp. Every call is continued after EINTR, and every
// error names the path and the operation.
#include "switch/journal/snapshot_posix.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/crash_step.hpp"

namespace lowu::journal {
namespace {

constexpr std::string_view kPendingSuffix = ".new";

/// Written back as it goes, in stretches of so many bytes: one sync of gigabytes at the end would
/// stand in the way of the log's own.
constexpr std::uint64_t kStretchBytes = std::uint64_t{8} << 20U;

Error system_error(int code, std::string_view operation, const std::string& path) {
    const bool full = code == ENOSPC || code == EDQUOT;
    const Error::Kind kind = full               ? Error::Kind::kExhausted
                             : (code == ENOENT) ? Error::Kind::kNotFound
                                                : Error::Kind::kIo;
    return Error{
        kind, path + ": " + std::string(operation) + ": " + std::generic_category().message(code)};
}

template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

Result<void> sync_directory(int descriptor, const std::string& path) {
    if (uninterrupted([&] { return ::fsync(descriptor); }) < 0) {
        return system_error(errno, "fsync of the directory", path);
    }
    return {};
}

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

class PosixOutput final : public SnapshotOutput {
public:
    PosixOutput(Descriptor descriptor, int directory, const std::string& directory_path,
                std::string_view file)
        : descriptor_(std::move(descriptor)),
          directory_(directory),
          directory_path_(directory_path),
          file_(file),
          pending_(file_ + std::string(kPendingSuffix)) {}
    ~PosixOutput() override {
        if (!published_) ::unlinkat(directory_, pending_.c_str(), 0);
    }

    Result<void> append(std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const ssize_t written = uninterrupted(
                [&] { return ::write(descriptor_.get(), bytes.data(), bytes.size()); });
            if (written < 0) return system_error(errno, "write", path());
            written_ += static_cast<std::uint64_t>(written);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        if (written_ - started_ >= kStretchBytes) write_back();
        return {};
    }

    Result<void> sync() override {
        if (uninterrupted([&] { return ::fdatasync(descriptor_.get()); }) < 0) {
            return system_error(errno, "fdatasync", path());
        }
        // What is read back to be verified shall come from the disk.
        ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_DONTNEED);
        crash_step(CrashStep::kSnapshotWritten);
        return {};
    }

    Result<void> publish() override {
        if (::renameat(directory_, pending_.c_str(), directory_, file_.c_str()) < 0) {
            return system_error(errno, "rename of " + pending_, directory_path_);
        }
        published_ = true;
        crash_step(CrashStep::kSnapshotRenamed);
        return sync_directory(directory_, directory_path_);
    }

private:
    /// Starts writing this stretch and waits for the one before. Only speed: sync() is what counts,
    /// and tells the errors.
    void write_back() {
        const auto from = static_cast<off_t>(started_);
        const auto bytes = static_cast<off_t>(written_ - started_);
        ::sync_file_range(descriptor_.get(), from, bytes, SYNC_FILE_RANGE_WRITE);
        if (waited_ < started_) {
            const auto old = static_cast<off_t>(waited_);
            const auto old_bytes = static_cast<off_t>(started_ - waited_);
            ::sync_file_range(
                descriptor_.get(), old, old_bytes,
                SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
            ::posix_fadvise(descriptor_.get(), old, old_bytes, POSIX_FADV_DONTNEED);
        }
        waited_ = started_;
        started_ = written_;
    }
    [[nodiscard]] std::string path() const { return directory_path_ + "/" + pending_; }

    const Descriptor descriptor_;
    const int directory_;
    const std::string directory_path_;
    const std::string file_;
    const std::string pending_;
    std::uint64_t written_ = 0;
    std::uint64_t started_ = 0;  ///< Up to here writing back has begun,
    std::uint64_t waited_ = 0;   ///< up to here it is over.
    bool published_ = false;
};

class PosixInput final : public SnapshotInput {
public:
    PosixInput(Descriptor descriptor, std::string path, std::uint64_t size)
        : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {
        ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    }

    Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) override {
        std::size_t filled = 0;
        while (filled < buffer.size()) {
            const ssize_t count = uninterrupted([&] {
                return ::pread(descriptor_.get(), buffer.data() + filled, buffer.size() - filled,
                               static_cast<off_t>(offset + filled));
            });
            if (count < 0) return system_error(errno, "pread", path_);
            if (count == 0) break;
            filled += static_cast<std::size_t>(count);
        }
        return filled;
    }
    [[nodiscard]] std::uint64_t size() const override { return size_; }

private:
    const Descriptor descriptor_;
    const std::string path_;
    const std::uint64_t size_;
};

/// Makes the directory and syncs its parent: an entry that was not synced takes all with it.
Result<void> create_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0750) < 0) {
        if (errno == EEXIST) return {};
        return system_error(errno, "mkdir", path);
    }
    const std::filesystem::path whole(path);
    const std::string parent = whole.has_parent_path() ? whole.parent_path().string() : ".";
    const Descriptor opened(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0) return system_error(errno, "open", parent);
    return sync_directory(opened.get(), parent);
}

}  // namespace

Result<std::unique_ptr<PosixSnapshots>> PosixSnapshots::open(const std::string& path) {
    if (auto made = create_directory(path); !made.ok()) return made.error();
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_error(errno, "open of the directory", path);
    return std::unique_ptr<PosixSnapshots>(new PosixSnapshots(path, descriptor));
}

PosixSnapshots::~PosixSnapshots() {
    ::close(descriptor_);
}

Result<std::unique_ptr<SnapshotOutput>> PosixSnapshots::create(std::string_view file) {
    const std::string pending = std::string(file) + std::string(kPendingSuffix);
    Descriptor descriptor(
        ::openat(descriptor_, pending.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (descriptor.get() < 0) return system_error(errno, "create", path_ + "/" + pending);
    return std::unique_ptr<SnapshotOutput>(
        std::make_unique<PosixOutput>(std::move(descriptor), descriptor_, path_, file));
}

Result<std::unique_ptr<SnapshotInput>> PosixSnapshots::open(std::string_view file) {
    const std::string name(file);
    const std::string path = path_ + "/" + name;
    Descriptor descriptor(::openat(descriptor_, name.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.get() < 0) return system_error(errno, "open", path);
    struct stat status {};
    if (::fstat(descriptor.get(), &status) < 0) return system_error(errno, "fstat", path);
    return std::unique_ptr<SnapshotInput>(std::make_unique<PosixInput>(
        std::move(descriptor), path, static_cast<std::uint64_t>(status.st_size)));
}

Result<std::vector<std::string>> PosixSnapshots::names() const {
    std::vector<std::string> found;
    std::error_code failed;
    for (auto entry = std::filesystem::directory_iterator(path_, failed);
         !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
        found.push_back(entry->path().filename().string());
    }
    if (failed) return system_error(failed.value(), "reading the directory", path_);
    std::sort(found.begin(), found.end());
    return found;
}

Result<std::vector<std::string>> PosixSnapshots::list() {
    auto found = names();
    if (found.ok()) {
        std::erase_if(*found,
                      [](const std::string& name) { return name.ends_with(kPendingSuffix); });
    }
    return found;
}

Result<void> PosixSnapshots::remove(std::string_view file) {
    const std::string name(file);
    if (::unlinkat(descriptor_, name.c_str(), 0) < 0) {
        return system_error(errno, "unlink", path_ + "/" + name);
    }
    return sync_directory(descriptor_, path_);
}

Result<void> PosixSnapshots::clear_leftovers() {
    const auto found = names();
    if (!found.ok()) return found.error();
    for (const std::string& name : *found) {
        if (!name.ends_with(kPendingSuffix)) continue;
        if (auto removed = remove(name); !removed.ok()) return removed;
    }
    return {};
}

}  // namespace lowu::journal
