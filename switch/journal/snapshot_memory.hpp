// A disk of snapshots in memory that fails on command and lets its bytes be damaged: for tests. One
// thread.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "switch/journal/snapshot_store.hpp"

namespace lowu::journal {

class MemorySnapshots final : public SnapshotStore {
public:
    explicit MemorySnapshots(std::string name = "memory") : name_(std::move(name)) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    Result<std::unique_ptr<SnapshotOutput>> create(std::string_view file) override;
    Result<std::unique_ptr<SnapshotInput>> open(std::string_view file) override;
    Result<std::vector<std::string>> list() override;
    Result<void> remove(std::string_view file) override;
    Result<void> clear_leftovers() override;

    /// Script: the n-th call from now on (1 is the next) fails; a failed append has written its
    /// first half.
    void fail_append(std::uint64_t nth) { append_to_fail_ = nth; }
    void fail_sync(std::uint64_t nth) { sync_to_fail_ = nth; }
    void fail_publish(std::uint64_t nth) { publish_to_fail_ = nth; }
    /// So does every call that reads this file.
    void fail_reads_of(std::string_view file) { unreadable_ = file; }
    /// No more than so many bytes in all.
    void set_capacity(std::optional<std::uint64_t> bytes) { capacity_ = bytes; }

    /// Flips one bit of a byte.
    void damage(std::string_view file, std::uint64_t offset);
    void truncate(std::string_view file, std::uint64_t bytes);
    /// What a writer leaves that dies in the middle.
    void add_leftover(std::string_view file) { leftovers_.emplace(file); }
    [[nodiscard]] std::size_t leftovers() const { return leftovers_.size(); }
    [[nodiscard]] std::vector<std::byte>& contents(std::string_view file);

private:
    class Output;
    class Input;
    [[nodiscard]] Error failed(std::string_view file, std::string_view operation) const;
    [[nodiscard]] static bool counts_down(std::uint64_t& counter);

    const std::string name_;
    std::map<std::string, std::vector<std::byte>, std::less<>> files_;
    std::set<std::string, std::less<>> leftovers_;
    std::uint64_t append_to_fail_ = 0;  ///< Counted down; 0 is never.
    std::uint64_t sync_to_fail_ = 0;
    std::uint64_t publish_to_fail_ = 0;
    std::optional<std::uint64_t> capacity_;
    std::string unreadable_;
};

}  // namespace lowu::journal
