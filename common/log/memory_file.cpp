// The disk in memory: see memory_file.hpp. Each file has two images, what a reader sees (`cache`)
// and what would be left without power (`disk`), and the writes by which they differ.
#include "common/log/memory_file.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::log {
namespace {

// Tells whether the call that is being made is the scripted one.
bool counts_down_to_zero(std::uint64_t& calls_left) {
    if (calls_left == 0) {
        return false;
    }
    --calls_left;
    return calls_left == 0;
}

}  // namespace

struct MemoryDirectory::Content {
    struct Write {
        std::uint64_t offset;
        std::uint64_t bytes;
    };

    Content(std::string given_name, std::uint64_t bytes)
        : name(std::move(given_name)),
          cache(static_cast<std::size_t>(bytes)),
          disk(static_cast<std::size_t>(bytes)) {}

    void put(std::uint64_t offset, std::span<const std::byte> bytes) {
        std::copy(bytes.begin(), bytes.end(), cache.begin() + static_cast<std::ptrdiff_t>(offset));
        unsynced.push_back(Write{offset, bytes.size()});
        lost_sectors.erase(lost_sectors.lower_bound(offset / kSectorBytes),
                           lost_sectors.lower_bound(sectors_end(offset, bytes.size())));
    }

    // One past the last sector that `bytes` bytes at `offset` touch.
    static std::uint64_t sectors_end(std::uint64_t offset, std::uint64_t bytes) {
        return (offset + bytes + kSectorBytes - 1) / kSectorBytes;
    }

    [[nodiscard]] bool readable(std::uint64_t offset, std::uint64_t bytes) const {
        const auto first = lost_sectors.lower_bound(offset / kSectorBytes);
        return first == lost_sectors.end() || *first >= sectors_end(offset, bytes);
    }

    void sector_to_disk(std::uint64_t sector) {
        const auto first = static_cast<std::ptrdiff_t>(sector * kSectorBytes);
        const auto last = std::min(first + static_cast<std::ptrdiff_t>(kSectorBytes),
                                   static_cast<std::ptrdiff_t>(cache.size()));
        std::copy(cache.begin() + first, cache.begin() + last, disk.begin() + first);
    }

    // One write without a good sync, when power fails.
    void settle(const Write& write, Prng& prng) {
        if (write.bytes == 0) {
            return;
        }
        enum class Fate : std::uint64_t { kLost, kWhole, kCut, kScattered };
        const auto fate = static_cast<Fate>(prng.below(4));
        const std::uint64_t first = write.offset / kSectorBytes;
        const std::uint64_t last = (write.offset + write.bytes - 1) / kSectorBytes;
        const std::uint64_t cut = first + prng.below(last - first + 1);
        for (std::uint64_t sector = first; sector <= last; ++sector) {
            const bool survives = fate == Fate::kWhole || (fate == Fate::kCut && sector < cut) ||
                                  (fate == Fate::kScattered && prng.chance(1, 2));
            if (survives) {
                sector_to_disk(sector);
            }
        }
    }

    const std::string name;
    std::vector<std::byte> cache;
    std::vector<std::byte> disk;
    std::vector<Write> unsynced;
    std::vector<Write> orphaned;  // their sync failed: no later sync writes them
    std::set<std::uint64_t> lost_sectors;
};

class MemoryDirectory::MemoryFile final : public File {
public:
    MemoryFile(MemoryDirectory& directory, Content& content, FileAccess access)
        : directory_(directory),
          content_(content),
          access_(access),
          generation_(directory.generation_) {}

    Result<void> pwrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        LOWU_ASSERT(access_ == FileAccess::kReadWrite, "write to a file opened for reading");
        LOWU_ASSERT(offset <= size() && bytes.size() <= size() - offset,
                    "a preallocated file never grows");
        return directory_.pwrite(content_, generation_, offset, bytes);
    }
    Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) override {
        return directory_.pread(content_, generation_, offset, buffer);
    }
    Result<void> datasync() override {
        if (directory_.before_datasync_) {
            directory_.before_datasync_();
        }
        return directory_.datasync(content_, generation_);
    }
    [[nodiscard]] std::uint64_t size() const override { return content_.cache.size(); }

private:
    MemoryDirectory& directory_;
    Content& content_;
    const FileAccess access_;
    const std::uint64_t generation_;
};

class MemoryDirectory::MemoryPendingFile final : public PendingFile {
public:
    MemoryPendingFile(MemoryDirectory& directory, std::string file, std::uint64_t bytes)
        : directory_(directory),
          generation_(directory.generation_),
          file_(std::move(file)),
          bytes_(bytes) {}

    Result<bool> advance(std::uint64_t bytes) override {
        const std::lock_guard guard(directory_.mutex_);
        if (directory_.full_while_filling_) {
            return Error{Error::Kind::kExhausted,
                         directory_.name_ + "/" + file_ + ": pwrite: no space left on device"};
        }
        done_ += std::min(std::max<std::uint64_t>(bytes, 1), bytes_ - done_);
        return done_ == bytes_;
    }
    Result<std::unique_ptr<File>> finish() override {
        LOWU_ASSERT(done_ == bytes_, "finish() only after advance() returned true");
        return directory_.publish(generation_, file_, bytes_);
    }

private:
    MemoryDirectory& directory_;
    const std::uint64_t generation_;
    const std::string file_;
    const std::uint64_t bytes_;
    std::uint64_t done_ = 0;
};

class MemoryDirectory::MemoryLock final : public DirectoryLock {
public:
    explicit MemoryLock(MemoryDirectory& directory)
        : directory_(directory), generation_(directory.generation_) {}
    ~MemoryLock() override {
        const std::lock_guard guard(directory_.mutex_);
        if (directory_.generation_ == generation_) {
            directory_.locked_ = false;
        }
    }

private:
    MemoryDirectory& directory_;
    const std::uint64_t generation_;
};

MemoryDirectory::MemoryDirectory(std::string name) : name_(std::move(name)) {}
MemoryDirectory::~MemoryDirectory() = default;

Error MemoryDirectory::gone(std::string_view file) const {
    return Error{Error::Kind::kIo, name_ + "/" + std::string(file) + ": lost in the crash"};
}

void MemoryDirectory::trace_call(std::string text) {
    if (tracing_) {
        trace_.push_back(std::move(text));
    }
}

Result<std::unique_ptr<PendingFile>> MemoryDirectory::begin_create(std::string_view file,
                                                                   std::uint64_t bytes) {
    const std::lock_guard guard(mutex_);
    ++calls_.creates;
    if (free_bytes_ && bytes > *free_bytes_) {
        return Error{Error::Kind::kExhausted, name_ + "/" + std::string(file) + ": preallocating " +
                                                  std::to_string(bytes) +
                                                  " bytes: no space left on device"};
    }
    return std::unique_ptr<PendingFile>(
        std::make_unique<MemoryPendingFile>(*this, std::string(file), bytes));
}

Result<std::unique_ptr<File>> MemoryDirectory::publish(std::uint64_t generation,
                                                       const std::string& file,
                                                       std::uint64_t bytes) {
    const std::lock_guard guard(mutex_);
    if (generation != generation_) {
        return gone(file);
    }
    if (free_bytes_) {
        *free_bytes_ -= std::min(bytes, *free_bytes_);
    }
    trace_call("create " + file);
    std::unique_ptr<Content>& content = files_[file];
    LOWU_ASSERT(content == nullptr, "a file is created once");
    content = std::make_unique<Content>(file, bytes);
    return std::unique_ptr<File>(
        std::make_unique<MemoryFile>(*this, *content, FileAccess::kReadWrite));
}

Result<std::unique_ptr<File>> MemoryDirectory::open(std::string_view file, FileAccess access) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(file);
    if (found == files_.end()) {
        return Error{Error::Kind::kNotFound, name_ + "/" + std::string(file) + ": no such file"};
    }
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, *found->second, access));
}

Result<std::vector<std::string>> MemoryDirectory::list() {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> names;
    names.reserve(files_.size());
    for (const auto& entry : files_) {
        names.push_back(entry.first);
    }
    return names;
}

Result<void> MemoryDirectory::remove(std::string_view file) {
    const std::lock_guard guard(mutex_);
    if (counts_down_to_zero(remove_to_fail_)) {
        if (failing_remove_removes_) {
            static_cast<void>(remove_locked(file));
        }
        return Error{Error::Kind::kIo,
                     name_ + "/" + std::string(file) + ": unlink: scripted failure"};
    }
    return remove_locked(file);
}

Result<void> MemoryDirectory::remove_locked(std::string_view file) {
    const auto found = files_.find(file);
    if (found == files_.end()) {
        return Error{Error::Kind::kNotFound, name_ + "/" + std::string(file) + ": no such file"};
    }
    if (free_bytes_) {
        *free_bytes_ += found->second->cache.size();
    }
    trace_call("remove " + std::string(file));
    removed_.push_back(std::move(found->second));
    files_.erase(found);
    return {};
}

Result<std::unique_ptr<DirectoryLock>> MemoryDirectory::lock() {
    const std::lock_guard guard(mutex_);
    if (locked_) {
        return Error{Error::Kind::kBusy, name_ + ": the directory is already in use"};
    }
    locked_ = true;
    return std::unique_ptr<DirectoryLock>(std::make_unique<MemoryLock>(*this));
}

Result<void> MemoryDirectory::pwrite(Content& content, std::uint64_t generation,
                                     std::uint64_t offset, std::span<const std::byte> bytes) {
    const std::lock_guard guard(mutex_);
    if (generation != generation_) {
        return gone(content.name);
    }
    ++calls_.pwrites;
    if (tracing_) {
        trace_call(content.name + " pwrite " + std::to_string(offset) + "+" +
                   std::to_string(bytes.size()));
    }
    if (counts_down_to_zero(pwrite_to_fail_)) {
        const std::size_t written = std::min(bytes.size(), std::size_t{pwrite_failing_bytes_});
        content.put(offset, bytes.first(written));
        return Error{Error::Kind::kIo, name_ + "/" + content.name + ": pwrite: scripted failure"};
    }
    content.put(offset, bytes);
    return {};
}

Result<std::size_t> MemoryDirectory::pread(const Content& content, std::uint64_t generation,
                                           std::uint64_t offset, std::span<std::byte> buffer) {
    const std::lock_guard guard(mutex_);
    if (generation != generation_) {
        return gone(content.name);
    }
    ++calls_.preads;
    if (counts_down_to_zero(pread_to_fail_) || !content.readable(offset, buffer.size())) {
        return Error{Error::Kind::kIo, name_ + "/" + content.name + ": pread at byte " +
                                           std::to_string(offset) + ": input/output error"};
    }
    if (offset >= content.cache.size()) {
        return std::size_t{0};
    }
    const std::size_t count =
        std::min(buffer.size(), content.cache.size() - static_cast<std::size_t>(offset));
    const auto first = content.cache.begin() + static_cast<std::ptrdiff_t>(offset);
    std::copy(first, first + static_cast<std::ptrdiff_t>(count), buffer.begin());
    return count;
}

Result<void> MemoryDirectory::datasync(Content& content, std::uint64_t generation) {
    const std::lock_guard guard(mutex_);
    if (generation != generation_) {
        return gone(content.name);
    }
    ++calls_.datasyncs;
    if (tracing_) {
        trace_call(content.name + " datasync");
    }
    if (counts_down_to_zero(datasync_to_fail_)) {
        content.orphaned.insert(content.orphaned.end(), content.unsynced.begin(),
                                content.unsynced.end());
        content.unsynced.clear();
        return Error{Error::Kind::kIo,
                     name_ + "/" + content.name + ": fdatasync: scripted failure"};
    }
    for (const Content::Write& write : content.unsynced) {
        for (std::uint64_t sector = write.offset / kSectorBytes;
             sector * kSectorBytes < write.offset + write.bytes; ++sector) {
            content.sector_to_disk(sector);
        }
    }
    content.unsynced.clear();
    return {};
}

void MemoryDirectory::end_process() {
    ++generation_;
    locked_ = false;
    datasync_to_fail_ = 0;
    pwrite_to_fail_ = 0;
    pread_to_fail_ = 0;
    remove_to_fail_ = 0;
}

void MemoryDirectory::crash(Prng& prng) {
    const std::lock_guard guard(mutex_);
    for (const auto& entry : files_) {
        Content& content = *entry.second;
        for (const Content::Write& write : content.orphaned) {
            content.settle(write, prng);
        }
        for (const Content::Write& write : content.unsynced) {
            content.settle(write, prng);
        }
        content.orphaned.clear();
        content.unsynced.clear();
        content.cache = content.disk;
    }
    end_process();
}

void MemoryDirectory::kill_process() {
    const std::lock_guard guard(mutex_);
    end_process();
}

void MemoryDirectory::fail_datasync(std::uint64_t nth) {
    const std::lock_guard guard(mutex_);
    datasync_to_fail_ = nth;
}

void MemoryDirectory::fail_pwrite(std::uint64_t nth, std::uint64_t written_bytes) {
    const std::lock_guard guard(mutex_);
    pwrite_to_fail_ = nth;
    pwrite_failing_bytes_ = written_bytes;
}

void MemoryDirectory::fail_pread(std::uint64_t nth) {
    const std::lock_guard guard(mutex_);
    pread_to_fail_ = nth;
}

void MemoryDirectory::fail_remove(std::uint64_t nth, bool removed) {
    const std::lock_guard guard(mutex_);
    remove_to_fail_ = nth;
    failing_remove_removes_ = removed;
}

void MemoryDirectory::set_full_while_filling(bool full) {
    const std::lock_guard guard(mutex_);
    full_while_filling_ = full;
}

Result<Hash128> MemoryDirectory::new_id() {
    const std::lock_guard guard(mutex_);
    return hash128(std::string_view(name_), ++ids_);
}

void MemoryDirectory::set_free_bytes(std::optional<std::uint64_t> bytes) {
    const std::lock_guard guard(mutex_);
    free_bytes_ = bytes;
}

MemoryCalls MemoryDirectory::calls() const {
    const std::lock_guard guard(mutex_);
    return calls_;
}

void MemoryDirectory::start_trace() {
    const std::lock_guard guard(mutex_);
    tracing_ = true;
}

void MemoryDirectory::mark(std::string text) {
    const std::lock_guard guard(mutex_);
    trace_call(std::move(text));
}

std::vector<std::string> MemoryDirectory::trace() const {
    const std::lock_guard guard(mutex_);
    return trace_;
}

void MemoryDirectory::corrupt(std::string_view file, std::uint64_t offset,
                              std::span<const std::byte> bytes) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(file);
    LOWU_ASSERT(found != files_.end(), "corrupt() names an existing file");
    Content& content = *found->second;
    LOWU_ASSERT(offset + bytes.size() <= content.cache.size(), "corrupt() stays in the file");
    const auto at = static_cast<std::ptrdiff_t>(offset);
    std::copy(bytes.begin(), bytes.end(), content.cache.begin() + at);
    std::copy(bytes.begin(), bytes.end(), content.disk.begin() + at);
}

std::uint64_t MemoryDirectory::rot(std::string_view file, std::uint64_t offset, Prng& prng) {
    const std::vector<std::byte> before = contents(file);
    const std::uint64_t first = offset / kSectorBytes * kSectorBytes;
    LOWU_ASSERT(first < before.size(), "rot() stays in the file");
    const std::uint64_t at =
        first + prng.below(std::min<std::uint64_t>(kSectorBytes, before.size() - first));
    const std::byte turned =
        before[static_cast<std::size_t>(at)] ^ static_cast<std::byte>(1U << prng.below(8));
    corrupt(file, at, std::span(&turned, 1));
    return at;
}

void MemoryDirectory::lose_sector(std::string_view file, std::uint64_t offset) {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(file);
    LOWU_ASSERT(found != files_.end(), "lose_sector() names an existing file");
    found->second->lost_sectors.insert(offset / kSectorBytes);
}

std::vector<std::byte> MemoryDirectory::contents(std::string_view file) const {
    const std::lock_guard guard(mutex_);
    const auto found = files_.find(file);
    LOWU_ASSERT(found != files_.end(), "contents() names an existing file");
    return found->second->cache;
}

}  // namespace lowu::log
