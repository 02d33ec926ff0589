// Files that never wait for the disk. See unsynced_directory.hpp.
#include "bank_sim/journal/unsynced_directory.hpp"

#include <utility>

namespace lowu::bank {
namespace {

class UnsyncedFile final : public log::File {
public:
    explicit UnsyncedFile(std::unique_ptr<log::File> file) : file_(std::move(file)) {}

    Result<void> pwrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        return file_->pwrite(offset, bytes);
    }
    Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) override {
        return file_->pread(offset, buffer);
    }
    Result<void> datasync() override { return {}; }
    [[nodiscard]] std::uint64_t size() const override { return file_->size(); }

private:
    std::unique_ptr<log::File> file_;
};

class UnsyncedPendingFile final : public log::PendingFile {
public:
    explicit UnsyncedPendingFile(std::unique_ptr<log::PendingFile> file) : file_(std::move(file)) {}

    Result<bool> advance(std::uint64_t bytes) override { return file_->advance(bytes); }
    Result<std::unique_ptr<log::File>> finish() override {
        auto finished = file_->finish();
        if (!finished.ok()) {
            return std::move(finished).error();
        }
        return std::unique_ptr<log::File>(
            std::make_unique<UnsyncedFile>(std::move(finished).value()));
    }

private:
    std::unique_ptr<log::PendingFile> file_;
};

}  // namespace

Result<std::unique_ptr<log::PendingFile>> UnsyncedDirectory::begin_create(std::string_view file,
                                                                          std::uint64_t bytes) {
    auto begun = directory_.begin_create(file, bytes);
    if (!begun.ok()) {
        return std::move(begun).error();
    }
    return std::unique_ptr<log::PendingFile>(
        std::make_unique<UnsyncedPendingFile>(std::move(begun).value()));
}

Result<std::unique_ptr<log::File>> UnsyncedDirectory::open(std::string_view file,
                                                           log::FileAccess access) {
    auto opened = directory_.open(file, access);
    if (!opened.ok()) {
        return std::move(opened).error();
    }
    return std::unique_ptr<log::File>(std::make_unique<UnsyncedFile>(std::move(opened).value()));
}

}  // namespace lowu::bank
