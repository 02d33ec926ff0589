// The seam between snapshots and a disk. Not the log's (common/log/file.hpp): its files have their
// size from birth and are zero-filled, so that a sync moves no metadata. A snapshot's size is not
// known before it is written, is synced once, and must not have its name before it is whole.
// Implemented over a real directory (snapshot_posix.hpp) and in memory for tests
// (snapshot_memory.hpp). Called by snapshot.cpp; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace lowu::journal {

/// A file that is written from its beginning to its end under a temporary name. Destroyed before
/// publish() has succeeded it leaves nothing behind; killed, it leaves a leftover.
class SnapshotOutput {
public:
    SnapshotOutput() = default;
    SnapshotOutput(const SnapshotOutput&) = delete;
    SnapshotOutput& operator=(const SnapshotOutput&) = delete;
    virtual ~SnapshotOutput() = default;

    /// Appends all of `bytes`. After an error nothing more is called but the destructor.
    virtual Result<void> append(std::span<const std::byte> bytes) = 0;
    /// Returns when everything appended survives loss of power.
    virtual Result<void> sync() = 0;
    /// Gives the file its name, durably. Once, after sync().
    virtual Result<void> publish() = 0;
};

class SnapshotInput {
public:
    SnapshotInput() = default;
    SnapshotInput(const SnapshotInput&) = delete;
    SnapshotInput& operator=(const SnapshotInput&) = delete;
    virtual ~SnapshotInput() = default;

    /// Fills `buffer` from `offset`; fewer bytes only at the end of the file.
    virtual Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// A directory; names are plain. Outlives what was made from it.
class SnapshotStore {
public:
    SnapshotStore() = default;
    SnapshotStore(const SnapshotStore&) = delete;
    SnapshotStore& operator=(const SnapshotStore&) = delete;
    virtual ~SnapshotStore() = default;

    /// How error messages name it: its path.
    [[nodiscard]] virtual std::string_view name() const = 0;
    virtual Result<std::unique_ptr<SnapshotOutput>> create(std::string_view file) = 0;
    /// kNotFound when there is no such file.
    virtual Result<std::unique_ptr<SnapshotInput>> open(std::string_view file) = 0;
    /// Published files, by name; anything else in the directory too, but no leftovers.
    virtual Result<std::vector<std::string>> list() = 0;
    /// Durable on return.
    virtual Result<void> remove(std::string_view file) = 0;
    /// Removes what writers that died have left. No writer lives meanwhile.
    virtual Result<void> clear_leftovers() = 0;
};

}  // namespace lowu::journal
