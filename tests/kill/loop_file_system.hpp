// An ext4 file system in a file, mounted through a loop device, that can lose its power or be
// filled up. Exists because only a disk of its own can lose what was not synced. The mounts are
// seen by this process and its children alone, and go with them, however they end. Main thread, and
// before any other thread is started.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.hpp"

namespace lowu::killing {

class LoopFileSystem {
public:
    /// Makes and mounts one in `folder`. kUnavailable, naming the right or the tool, when this
    /// machine does not let us.
    static Result<std::unique_ptr<LoopFileSystem>> make(const std::string& folder,
                                                        std::int64_t mebibytes);
    LoopFileSystem(const LoopFileSystem&) = delete;
    LoopFileSystem& operator=(const LoopFileSystem&) = delete;
    ~LoopFileSystem();

    [[nodiscard]] const std::string& path() const { return mount_point_; }

    /// From now on nothing reaches the disk and every write fails; what was not synced is lost.
    [[nodiscard]] Result<void> lose_power();
    /// After the loss: unmounts, checks, mounts. Nobody may have a file open there.
    [[nodiscard]] Result<void> restore_power();

    [[nodiscard]] Result<void> fill_but(std::int64_t bytes_left);
    void empty();

private:
    LoopFileSystem(std::string image, std::string mount_point)
        : image_(std::move(image)), mount_point_(std::move(mount_point)) {}
    [[nodiscard]] Result<void> mount();
    [[nodiscard]] Result<void> unmount();

    const std::string image_;
    const std::string mount_point_;
    bool mounted_ = false;
};

}  // namespace lowu::killing
