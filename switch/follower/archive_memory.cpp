// RocksDB's own file system in memory; see archive_memory.hpp.
#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {

ArchiveMemory::ArchiveMemory() : environment_(std::make_unique<Environment>()) {
    environment_->env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
}

ArchiveMemory::~ArchiveMemory() = default;

}  // namespace lowu::follower
