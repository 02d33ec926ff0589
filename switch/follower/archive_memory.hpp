// A disk in memory for archives, for tests that have no disk: what was flushed outlives the archive
// that wrote it, as a file outlives its process. One thread opens and closes the archives on it.
#pragma once

#include <memory>

namespace lowu::follower {

/// Outlives every archive that is opened on it.
class ArchiveMemory {
public:
    ArchiveMemory();
    ~ArchiveMemory();
    ArchiveMemory(const ArchiveMemory&) = delete;
    ArchiveMemory& operator=(const ArchiveMemory&) = delete;

    /// From now on there is room for nothing new, or there is again. Any thread.
    void set_full(bool full);

private:
    friend class Archive;
    struct Environment;
    std::unique_ptr<Environment> environment_;
};

}  // namespace lowu::follower
