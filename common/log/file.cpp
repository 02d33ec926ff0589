// The one convenience of the File seam that is the same for every disk. See file.hpp.
#include "common/log/file.hpp"

#include <utility>

namespace lowu::log {

Result<std::unique_ptr<File>> Directory::create_zeroed(std::string_view file, std::uint64_t bytes) {
    Result<std::unique_ptr<PendingFile>> pending = begin_create(file, bytes);
    if (!pending) {
        return std::move(pending).error();
    }
    bool filled = false;
    while (!filled) {
        const Result<bool> advanced = (*pending)->advance(bytes);
        if (!advanced) {
            return advanced.error();
        }
        filled = *advanced;
    }
    return (*pending)->finish();
}

}  // namespace lowu::log
