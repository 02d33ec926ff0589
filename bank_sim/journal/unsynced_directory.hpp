// UnsyncedDirectory: a directory whose files never wait for the disk, behind the File seam. Exists
// for banks that are played for load: what is written survives kill -9, and may be lost with the
// machine's power. Used as the directory it stands for is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/log/file.hpp"

namespace lowu::bank {

class UnsyncedDirectory final : public log::Directory {
public:
    /// `directory` outlives it.
    explicit UnsyncedDirectory(log::Directory& directory) : directory_(directory) {}

    [[nodiscard]] std::string_view name() const override { return directory_.name(); }
    Result<std::unique_ptr<log::PendingFile>> begin_create(std::string_view file,
                                                           std::uint64_t bytes) override;
    Result<std::unique_ptr<log::File>> open(std::string_view file, log::FileAccess access) override;
    Result<std::vector<std::string>> list() override { return directory_.list(); }
    Result<void> remove(std::string_view file) override { return directory_.remove(file); }
    Result<std::unique_ptr<log::DirectoryLock>> lock() override { return directory_.lock(); }
    Result<Hash128> new_id() override { return directory_.new_id(); }

private:
    log::Directory& directory_;
};

}  // namespace lowu::bank
