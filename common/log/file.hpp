// The File seam: everything the log asks of a disk. Exists so that the same log runs on a real
// directory (posix_file.hpp) and on one in memory that crashes on command (memory_file.hpp). Called
// by SegmentLog and LogReader. A File belongs to one thread; a Directory may be used by several.
//
// Files have a fixed size from birth and are zero-filled: a sync then moves no metadata, which is
// half the price of a sync on a growing file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/hash.hpp"
#include "common/base/result.hpp"

namespace lowu::log {

// A sector is what a disk writes whole or not at all.
inline constexpr std::uint64_t kSectorBytes = 512;

class File {
public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    virtual ~File() = default;

    // Writes all of `bytes` at `offset` (short writes are continued inside). Writing past size() is
    // a programmer error. On an error any part may have been written.
    virtual Result<void> pwrite(std::uint64_t offset, std::span<const std::byte> bytes) = 0;

    // Fills `buffer` from `offset`; fewer bytes only at the end of the file.
    virtual Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) = 0;

    // Returns when everything written to this file survives loss of power. After an error nobody
    // knows what is on the disk, and a second call may lie: never call it again on this file.
    virtual Result<void> datasync() = 0;

    // Bytes; never changes.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
};

// A file that is being filled with zeros and has no name yet. Destroyed unfinished, it leaves
// nothing behind. In steps, so that a log writer does not stall for a whole segment.
class PendingFile {
public:
    PendingFile() = default;
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;
    virtual ~PendingFile() = default;

    // Writes and syncs about `bytes` more zeros (at least one step). True when no more are needed.
    virtual Result<bool> advance(std::uint64_t bytes) = 0;

    // Gives the filled file its name, durably (the directory is synced too). Once, after advance()
    // has returned true.
    virtual Result<std::unique_ptr<File>> finish() = 0;
};

// Held for as long as it lives.
class DirectoryLock {
public:
    DirectoryLock() = default;
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;
    virtual ~DirectoryLock() = default;
};

enum class FileAccess { kReadOnly, kReadWrite };

// One directory; names are plain, without a slash. Outlives every File, PendingFile and lock made
// from it.
class Directory {
public:
    Directory() = default;
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    virtual ~Directory() = default;

    // How error messages name it: its path.
    [[nodiscard]] virtual std::string_view name() const = 0;

    // Reserves the space at once where the file system can, so that a full disk (kExhausted, naming
    // path and bytes) shows at the beginning.
    virtual Result<std::unique_ptr<PendingFile>> begin_create(std::string_view file,
                                                              std::uint64_t bytes) = 0;

    // kNotFound when there is no such file.
    virtual Result<std::unique_ptr<File>> open(std::string_view file, FileAccess access) = 0;

    // Names of finished files, in order.
    virtual Result<std::vector<std::string>> list() = 0;

    // Durable on return.
    virtual Result<void> remove(std::string_view file) = 0;

    // For one writer, across processes. kBusy, naming the directory, while somebody holds it.
    // Clears away what unfinished creations of a dead holder have left.
    virtual Result<std::unique_ptr<DirectoryLock>> lock() = 0;

    // 128 bits that nothing else was ever called; never zero. A disk in memory gives the same
    // series in every run.
    virtual Result<Hash128> new_id() = 0;

    // begin_create, advance to the end, finish.
    Result<std::unique_ptr<File>> create_zeroed(std::string_view file, std::uint64_t bytes);
};

}  // namespace lowu::log
