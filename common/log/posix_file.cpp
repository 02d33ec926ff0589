// System calls of the log: see posix_file.hpp. Every call is continued after EINTR, and every error
// names the path and the operation.
#include "common/log/posix_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::log {
namespace {

constexpr std::string_view kPendingSuffix = ".new";
constexpr const char* kLockName = "LOCK";

// One step of zero-filling; also the largest dirty stretch that one advance() leaves to a sync.
constexpr std::size_t kZeroChunkBytes = 256ULL * 1024;
constexpr std::array<std::byte, kZeroChunkBytes> kZeros{};

// What whoever reads the message can do about it.
std::string advice_on(int code) {
    if (code == EACCES || code == EPERM) {
        return "; the process runs as user " + std::to_string(::geteuid()) +
               ": give that user the right, or name another directory";
    }
    if (code == EROFS) {
        return "; the file system is mounted read-only: mount it for writing, or name another "
               "directory";
    }
    if (code == ENOTDIR || code == EEXIST) {
        return "; a file stands where a directory is needed: move it away, or name another "
               "directory";
    }
    if (code == ENOSPC || code == EDQUOT) {
        return "; free some space on its file system, or name another directory";
    }
    if (code == EIO) return "; the disk fails: look at the kernel's log, then start again";
    return {};
}

Error system_error(int code, std::string_view operation, std::string_view path) {
    const bool full = code == ENOSPC || code == EDQUOT;
    const Error::Kind kind = full               ? Error::Kind::kExhausted
                             : (code == ENOENT) ? Error::Kind::kNotFound
                                                : Error::Kind::kIo;
    std::string what(path);
    what.append(": ").append(operation).append(": ");
    what.append(std::generic_category().message(code)).append(advice_on(code));
    return Error{kind, std::move(what)};
}

// Repeats a system call that a signal has interrupted.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

// A descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

Result<void> sync_directory(int descriptor, std::string_view path) {
    if (uninterrupted([&] { return ::fsync(descriptor); }) < 0) {
        return system_error(errno, "fsync of the directory", path);
    }
    return {};
}

class PosixFile final : public File {
public:
    PosixFile(Descriptor descriptor, std::string path, std::uint64_t size)
        : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}

    Result<void> pwrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        LOWU_ASSERT(offset <= size_ && bytes.size() <= size_ - offset,
                    "a preallocated file never grows");
        while (!bytes.empty()) {
            const ssize_t written = uninterrupted([&] {
                return ::pwrite(descriptor_.get(), bytes.data(), bytes.size(),
                                static_cast<off_t>(offset));
            });
            if (written < 0) {
                return system_error(errno, "pwrite", path_);
            }
            offset += static_cast<std::uint64_t>(written);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return {};
    }

    Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) override {
        std::size_t filled = 0;
        while (filled < buffer.size()) {
            const ssize_t count = uninterrupted([&] {
                return ::pread(descriptor_.get(), buffer.data() + filled, buffer.size() - filled,
                               static_cast<off_t>(offset + filled));
            });
            if (count < 0) {
                return system_error(errno, "pread", path_);
            }
            if (count == 0) {
                break;
            }
            filled += static_cast<std::size_t>(count);
        }
        return filled;
    }

    Result<void> datasync() override {
        if (uninterrupted([&] { return ::fdatasync(descriptor_.get()); }) < 0) {
            return system_error(errno, "fdatasync", path_);
        }
        return {};
    }

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    Result<void> sync_with_metadata() {
        if (uninterrupted([&] { return ::fsync(descriptor_.get()); }) < 0) {
            return system_error(errno, "fsync", path_);
        }
        return {};
    }

private:
    const Descriptor descriptor_;
    const std::string path_;
    const std::uint64_t size_;
};

// Fills "name.new" and renames it, so that a file under its real name is always whole.
class PosixPendingFile final : public PendingFile {
public:
    PosixPendingFile(int directory, std::string directory_path, std::string file,
                     std::unique_ptr<PosixFile> filled)
        : directory_(directory),
          directory_path_(std::move(directory_path)),
          file_(std::move(file)),
          pending_name_(file_ + std::string(kPendingSuffix)),
          filled_(std::move(filled)) {}

    ~PosixPendingFile() override {
        if (filled_ != nullptr) {
            ::unlinkat(directory_, pending_name_.c_str(), 0);
        }
    }

    Result<bool> advance(std::uint64_t bytes) override {
        std::uint64_t left = std::min(std::max<std::uint64_t>(bytes, 1), filled_->size() - done_);
        while (left > 0) {
            const std::uint64_t chunk = std::min<std::uint64_t>(left, kZeroChunkBytes);
            const std::span<const std::byte> zeros(kZeros.data(), static_cast<std::size_t>(chunk));
            if (Result<void> written = filled_->pwrite(done_, zeros); !written) {
                return with_bytes_needed(std::move(written).error());
            }
            done_ += chunk;
            left -= chunk;
        }
        if (Result<void> synced = filled_->datasync(); !synced) {
            return with_bytes_needed(std::move(synced).error());
        }
        return done_ == filled_->size();
    }

    Result<std::unique_ptr<File>> finish() override {
        LOWU_ASSERT(done_ == filled_->size(), "finish() only after advance() returned true");
        if (Result<void> synced = filled_->sync_with_metadata(); !synced) {
            return std::move(synced).error();
        }
        if (::renameat(directory_, pending_name_.c_str(), directory_, file_.c_str()) < 0) {
            return system_error(errno, "rename of " + pending_name_, directory_path_);
        }
        if (Result<void> synced = sync_directory(directory_, directory_path_); !synced) {
            return std::move(synced).error();
        }
        return std::unique_ptr<File>(std::move(filled_));
    }

private:
    Error with_bytes_needed(Error error) const {
        error.what += " (preallocating " + std::to_string(filled_->size()) + " bytes)";
        return error;
    }

    const int directory_;
    const std::string directory_path_;
    const std::string file_;
    const std::string pending_name_;
    std::unique_ptr<PosixFile> filled_;
    std::uint64_t done_ = 0;
};

class PosixLock final : public DirectoryLock {
public:
    explicit PosixLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

private:
    const Descriptor descriptor_;  // closing it releases the flock
};

// " by process 42", from what the holder wrote into the lock file; empty when it wrote nothing.
std::string holder_of(int lock_file) {
    std::array<char, 24> text{};
    const ssize_t count = ::pread(lock_file, text.data(), text.size() - 1, 0);
    std::string digits;
    for (ssize_t i = 0; i < count; ++i) {
        const char letter = text[static_cast<std::size_t>(i)];
        if (letter < '0' || letter > '9') {
            break;
        }
        digits += letter;
    }
    return digits.empty() ? std::string() : " by process " + digits;
}

// Makes the missing levels of `path` and syncs the parent of each: a directory whose entry was not
// synced takes the whole log with it when power fails.
Result<void> create_directories(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> missing;
    std::error_code failed;
    for (std::filesystem::path level = path; !level.empty(); level = level.parent_path()) {
        if (std::filesystem::exists(level, failed) || level == level.parent_path()) {
            break;
        }
        missing.push_back(level);
    }
    for (auto level = missing.rbegin(); level != missing.rend(); ++level) {
        if (::mkdir(level->c_str(), 0750) < 0 && errno != EEXIST) {
            return system_error(errno, "mkdir", level->string());
        }
        const std::filesystem::path parent = level->has_parent_path() ? level->parent_path() : ".";
        const Descriptor opened(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened.get() < 0) {
            return system_error(errno, "open", parent.string());
        }
        if (Result<void> synced = sync_directory(opened.get(), parent.string()); !synced) {
            return synced;
        }
    }
    return {};
}

// Every name in the directory but "." and "..", unordered.
Result<std::vector<std::string>> read_names(int directory, const std::string& path) {
    // A descriptor of its own: the position in a directory belongs to the open description.
    const int descriptor = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_error(errno, "open of the directory", path);
    }
    DIR* const stream = ::fdopendir(descriptor);
    if (stream == nullptr) {
        const int code = errno;
        ::close(descriptor);
        return system_error(code, "fdopendir", path);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(stream)) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
        errno = 0;
    }
    const int code = errno;
    ::closedir(stream);
    if (code != 0) {
        return system_error(code, "readdir", path);
    }
    return names;
}

}  // namespace

PosixDirectory::PosixDirectory(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

PosixDirectory::~PosixDirectory() {
    ::close(descriptor_);
}

Result<std::unique_ptr<PosixDirectory>> PosixDirectory::open(const std::string& path,
                                                             MissingDirectory missing) {
    if (missing == MissingDirectory::kCreate) {
        // "a/b/" would otherwise count as two levels, the last without a name.
        const std::string trimmed =
            path.size() > 1 && path.back() == '/' ? path.substr(0, path.size() - 1) : path;
        if (Result<void> created = create_directories(trimmed); !created) {
            return std::move(created).error();
        }
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_error(errno, "open of the directory", path);
    }
    return std::unique_ptr<PosixDirectory>(new PosixDirectory(path, descriptor));
}

Result<std::unique_ptr<PendingFile>> PosixDirectory::begin_create(std::string_view file,
                                                                  std::uint64_t bytes) {
    const std::string name(file);
    const std::string pending = name + std::string(kPendingSuffix);
    const std::string path = path_ + "/" + name;
    Descriptor descriptor(
        ::openat(descriptor_, pending.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (descriptor.get() < 0) {
        return system_error(errno, "create", path);
    }
    const int raw = descriptor.get();
    auto created = std::make_unique<PosixPendingFile>(
        descriptor_, path_, name, std::make_unique<PosixFile>(std::move(descriptor), path, bytes));
    // Space first: a full disk must show before the first zero is written. A file system without
    // fallocate shows it while the zeros are written.
    if (uninterrupted([&] { return ::fallocate(raw, 0, 0, static_cast<off_t>(bytes)); }) < 0 &&
        errno != EOPNOTSUPP) {
        return system_error(errno, "preallocating " + std::to_string(bytes) + " bytes", path);
    }
    return std::unique_ptr<PendingFile>(std::move(created));
}

Result<std::unique_ptr<File>> PosixDirectory::open(std::string_view file, FileAccess access) {
    const std::string name(file);
    const std::string path = path_ + "/" + name;
    const int flags = access == FileAccess::kReadWrite ? O_RDWR : O_RDONLY;
    Descriptor descriptor(::openat(descriptor_, name.c_str(), flags | O_CLOEXEC));
    if (descriptor.get() < 0) {
        return system_error(errno, "open", path);
    }
    struct stat status {};
    if (::fstat(descriptor.get(), &status) < 0) {
        return system_error(errno, "fstat", path);
    }
    return std::unique_ptr<File>(std::make_unique<PosixFile>(
        std::move(descriptor), path, static_cast<std::uint64_t>(status.st_size)));
}

Result<std::vector<std::string>> PosixDirectory::list() {
    Result<std::vector<std::string>> names = read_names(descriptor_, path_);
    if (names) {
        std::erase_if(*names, [](const std::string& name) {
            return name == kLockName || name.ends_with(kPendingSuffix);
        });
        std::sort(names->begin(), names->end());
    }
    return names;
}

Result<void> PosixDirectory::remove(std::string_view file) {
    const std::string name(file);
    if (::unlinkat(descriptor_, name.c_str(), 0) < 0) {
        return system_error(errno, "unlink", path_ + "/" + name);
    }
    return sync_directory(descriptor_, path_);
}

Result<Hash128> PosixDirectory::new_id() {
    Hash128 id;
    while (id == Hash128{}) {
        if (uninterrupted([&] { return ::getrandom(&id, sizeof id, 0); }) !=
            static_cast<ssize_t>(sizeof id)) {
            return system_error(errno, "getrandom", path_);
        }
    }
    return id;
}

Result<std::unique_ptr<DirectoryLock>> PosixDirectory::lock() {
    Descriptor descriptor(::openat(descriptor_, kLockName, O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (descriptor.get() < 0) {
        return system_error(errno, "open of LOCK", path_);
    }
    if (uninterrupted([&] { return ::flock(descriptor.get(), LOCK_EX | LOCK_NB); }) < 0) {
        if (errno != EWOULDBLOCK) {
            return system_error(errno, "flock", path_);
        }
        return Error{Error::Kind::kBusy, path_ + ": the directory is already in use" +
                                             holder_of(descriptor.get()) +
                                             "; stop that one, or name another directory"};
    }
    // The process id only serves the message above: failing to write it is no reason to refuse.
    const std::string holder = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor.get(), 0) == 0) {
        [[maybe_unused]] const ssize_t written =
            ::pwrite(descriptor.get(), holder.data(), holder.size(), 0);
    }
    const Result<std::vector<std::string>> names = read_names(descriptor_, path_);
    if (!names) {
        return names.error();
    }
    for (const std::string& leftover : *names) {
        if (leftover.ends_with(kPendingSuffix)) {
            ::unlinkat(descriptor_, leftover.c_str(), 0);
        }
    }
    return std::unique_ptr<DirectoryLock>(std::make_unique<PosixLock>(std::move(descriptor)));
}

}  // namespace lowu::log
