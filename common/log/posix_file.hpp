// The real disk behind the File seam: pwrite, fdatasync, flock. Exists so that system calls stand
// in one file. Made by the programs' main and handed to SegmentLog. The directory may be used by
// several threads (it holds nothing that changes); each File by one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/log/file.hpp"

namespace lowu::log {

enum class MissingDirectory { kRefuse, kCreate };

class PosixDirectory final : public Directory {
public:
    // kCreate makes missing levels too, durably.
    static Result<std::unique_ptr<PosixDirectory>> open(const std::string& path,
                                                        MissingDirectory missing);

    ~PosixDirectory() override;

    [[nodiscard]] std::string_view name() const override { return path_; }
    Result<std::unique_ptr<PendingFile>> begin_create(std::string_view file,
                                                      std::uint64_t bytes) override;
    Result<std::unique_ptr<File>> open(std::string_view file, FileAccess access) override;
    Result<std::vector<std::string>> list() override;
    Result<void> remove(std::string_view file) override;

    // getrandom.
    Result<Hash128> new_id() override;

    // flock on a file LOCK, in which the holder leaves its process id for the message of the next.
    // The kernel releases it however the holder dies.
    Result<std::unique_ptr<DirectoryLock>> lock() override;

private:
    PosixDirectory(std::string path, int descriptor);

    const std::string path_;
    const int descriptor_;
};

}  // namespace lowu::log
