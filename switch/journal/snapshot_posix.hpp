// Snapshots in a real directory. System calls of snapshots stand here. Used by whoever runs the
// follower; one thread at a time.
#pragma once

#include "switch/journal/snapshot_store.hpp"

namespace lowu::journal {

class PosixSnapshots final : public SnapshotStore {
public:
    /// Makes the directory when it is missing, durably.
    static Result<std::unique_ptr<PosixSnapshots>> open(const std::string& path);
    ~PosixSnapshots() override;

    [[nodiscard]] std::string_view name() const override { return path_; }
    Result<std::unique_ptr<SnapshotOutput>> create(std::string_view file) override;
    Result<std::unique_ptr<SnapshotInput>> open(std::string_view file) override;
    Result<std::vector<std::string>> list() override;
    Result<void> remove(std::string_view file) override;
    Result<void> clear_leftovers() override;

private:
    PosixSnapshots(std::string path, int descriptor)
        : path_(std::move(path)), descriptor_(descriptor) {}
    [[nodiscard]] Result<std::vector<std::string>> names() const;

    const std::string path_;
    const int descriptor_;
};

}  // namespace lowu::journal
