// A copy of a RocksDB's files as they stood at one moment, while RocksDB's threads go on making and
// removing some. For tests of what a crash leaves; any thread.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <system_error>

namespace lowu::support {

[[nodiscard]] inline std::set<std::string> files_of(const std::string& directory) {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(directory))
        names.insert(file.path().filename());
    return names;
}

/// Tries until no file came or went meanwhile: then all of them belong together.
inline void crash_copy(const std::string& from, const std::string& to) {
    for (bool whole = false; !whole;) {
        std::filesystem::remove_all(to);
        const auto before = files_of(from);
        std::error_code vanished;
        std::filesystem::copy(from, to, vanished);
        whole = !vanished && files_of(from) == before;
    }
}

}  // namespace lowu::support
