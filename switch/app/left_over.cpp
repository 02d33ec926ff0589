// Looks for what is left without a log; see left_over.hpp.
#include "switch/app/left_over.hpp"

#include <filesystem>

#include "switch/app/recovery.hpp"
#include "switch/journal/snapshot_posix.hpp"

namespace lowu::app {
namespace {

Result<bool> has_snapshots(const std::string& path) {
    // Opening would make the directory.
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable)) return false;
    auto store = journal::PosixSnapshots::open(path);
    if (!store.ok()) return store.error();
    const auto files = journal::list_snapshots(**store);
    if (!files.ok()) return files.error();
    return !files->empty();
}

}  // namespace

Result<void> check_nothing_left(const std::string& directory) {
    const auto snapshots = has_snapshots(directory + "/snapshots");
    if (!snapshots.ok()) return snapshots.error();
    const bool archive = follower::Archive::exists(directory + "/archive");
    if (!*snapshots && !archive) return {};
    const std::string left = !archive     ? "snapshots"
                             : *snapshots ? "snapshots and an archive"
                                          : "an archive";
    return Error{Error::Kind::kInvalid,
                 directory + ": there is no log, but " + left +
                     " of one: what was acknowledged is missing, and no new log was made. " +
                     std::string(kGiveBack) +
                     "; to begin anew without what they hold, take them away"};
}

}  // namespace lowu::app
