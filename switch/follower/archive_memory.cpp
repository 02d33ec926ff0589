// RocksDB's own file system in memory, which may be full; see archive_memory.hpp.
#include <rocksdb/file_system.h>

#include <atomic>

#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {
namespace {

/// Takes no new file while it is full.
class FullFileSystem final : public rocksdb::FileSystemWrapper {
public:
    FullFileSystem(const std::shared_ptr<rocksdb::FileSystem>& disk, const std::atomic<bool>& full)
        : FileSystemWrapper(disk), full_(full) {}
    const char* Name() const override { return "FullFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
        if (full_.load()) return rocksdb::IOStatus::NoSpace(name, "no space left, says the test");
        return FileSystemWrapper::NewWritableFile(name, options, file, debug);
    }

private:
    const std::atomic<bool>& full_;
};

}  // namespace

ArchiveMemory::ArchiveMemory() : environment_(std::make_unique<Environment>()) {
    environment_->memory.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    environment_->files =
        std::make_shared<FullFileSystem>(environment_->memory->GetFileSystem(), environment_->full);
    environment_->env = rocksdb::NewCompositeEnv(environment_->files);
}

ArchiveMemory::~ArchiveMemory() = default;

void ArchiveMemory::set_full(bool full) {
    environment_->full.store(full);
}

}  // namespace lowu::follower
