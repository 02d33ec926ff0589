// A disk in memory that crashes on command, behind the File seam. Exists for tests and for the
// simulation on virtual time: it knows which bytes are synced, loses the others as a real disk may
// (whole writes, or torn between sectors), lets synced sectors rot, fails or delays the n-th call
// when told, and can write down the order of calls. Calls are guarded by a mutex, so that a
// reader's thread may follow a writer's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/prng.hpp"
#include "common/log/file.hpp"

namespace lowu::log {

// Calls since the directory was made, failed ones included. Filling a new file with zeros counts as
// one create, not as writes.
struct MemoryCalls {
    std::uint64_t pwrites = 0;
    std::uint64_t preads = 0;
    std::uint64_t datasyncs = 0;
    std::uint64_t creates = 0;

    friend bool operator==(const MemoryCalls&, const MemoryCalls&) = default;
};

class MemoryDirectory final : public Directory {
public:
    explicit MemoryDirectory(std::string name = "memory");
    ~MemoryDirectory() override;

    [[nodiscard]] std::string_view name() const override { return name_; }
    Result<std::unique_ptr<PendingFile>> begin_create(std::string_view file,
                                                      std::uint64_t bytes) override;
    Result<std::unique_ptr<File>> open(std::string_view file, FileAccess access) override;
    Result<std::vector<std::string>> list() override;
    Result<void> remove(std::string_view file) override;
    Result<std::unique_ptr<DirectoryLock>> lock() override;

    // Of the directory's name and how many there were before.
    Result<Hash128> new_id() override;

    // Power fails. Each write since the last good sync of its file is lost, survives whole, or
    // survives in part, cut at 512-byte sectors, each as `prng` says. Locks and unfinished
    // creations go; every File, PendingFile and lock made before answers with an error or does
    // nothing.
    void crash(Prng& prng);

    // The process dies, the machine does not (kill -9): written bytes stay, synced or not.
    void kill_process();

    // Script: of the calls to come, the n-th (1 is the next) fails with EIO; 0 takes it back. A
    // failed sync leaves its writes where no later sync reaches them: they live on only until
    // crash() takes or keeps them, as in Linux's page cache. A failed pwrite has written its first
    // `written_bytes`. A failed remove() has removed the file or not.
    void fail_datasync(std::uint64_t nth);
    void fail_pwrite(std::uint64_t nth, std::uint64_t written_bytes = 0);
    void fail_pread(std::uint64_t nth);
    void fail_remove(std::uint64_t nth, bool removed);

    // A slow disk: each datasync calls this first, without holding anything, so that other threads
    // go on meanwhile; it may wait, or set a clock forward. Set before any thread starts; nullptr
    // is a fast disk again.
    void set_before_datasync(std::function<void()> wait) { before_datasync_ = std::move(wait); }

    // Creating a file of more bytes than this fails (kExhausted); nullopt is no limit. Files that
    // are created use it up, and give it back when they are removed.
    void set_free_bytes(std::optional<std::uint64_t> bytes);

    // The same for a file system that cannot reserve: creation begins, and fails while the zeros
    // are written.
    void set_full_while_filling(bool full);

    [[nodiscard]] MemoryCalls calls() const;

    // The trace: "FILE pwrite OFFSET+LENGTH", "FILE datasync", "create FILE", and what the test
    // marks in between, such as "release 7". Off until started.
    void start_trace();
    void mark(std::string text);
    [[nodiscard]] std::vector<std::string> trace() const;

    // Overwrites bytes on the disk behind everybody's back, for tests of recovery.
    void corrupt(std::string_view file, std::uint64_t offset, std::span<const std::byte> bytes);

    // Bit rot: one bit of the sector that holds `offset` turns over, in the file and on the disk.
    // Returns the byte it is in.
    std::uint64_t rot(std::string_view file, std::uint64_t offset, Prng& prng);

    // A sector that cannot be read any more: every pread that touches it fails with EIO, until it
    // is written again.
    void lose_sector(std::string_view file, std::uint64_t offset);

    // What the disk holds now, unsynced bytes included.
    [[nodiscard]] std::vector<std::byte> contents(std::string_view file) const;

private:
    struct Content;
    class MemoryFile;
    class MemoryPendingFile;
    class MemoryLock;

    Result<void> pwrite(Content& content, std::uint64_t generation, std::uint64_t offset,
                        std::span<const std::byte> bytes);
    Result<std::size_t> pread(const Content& content, std::uint64_t generation,
                              std::uint64_t offset, std::span<std::byte> buffer);
    Result<void> datasync(Content& content, std::uint64_t generation);
    Result<void> remove_locked(std::string_view file);
    Result<std::unique_ptr<File>> publish(std::uint64_t generation, const std::string& file,
                                          std::uint64_t bytes);
    void end_process();
    void trace_call(std::string text);
    [[nodiscard]] Error gone(std::string_view file) const;

    const std::string name_;
    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Content>, std::less<>> files_;
    std::vector<std::unique_ptr<Content>> removed_;  // a File may still be open on them
    std::uint64_t generation_ = 0;  // counts crashes; what was made in another one is dead
    bool locked_ = false;
    std::uint64_t datasync_to_fail_ = 0;  // counted down; 0 is never
    std::uint64_t pwrite_to_fail_ = 0;
    std::uint64_t pwrite_failing_bytes_ = 0;
    std::uint64_t pread_to_fail_ = 0;
    std::uint64_t remove_to_fail_ = 0;
    bool failing_remove_removes_ = false;
    std::optional<std::uint64_t> free_bytes_;
    bool full_while_filling_ = false;
    std::function<void()> before_datasync_;
    std::uint64_t ids_ = 0;
    MemoryCalls calls_;
    bool tracing_ = false;
    std::vector<std::string> trace_;
};

}  // namespace lowu::log
