// Snapshots in memory; see snapshot_memory.hpp.
#include "switch/journal/snapshot_memory.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace lowu::journal {

class MemorySnapshots::Output final : public SnapshotOutput {
public:
    Output(MemorySnapshots& store, std::string_view file) : store_(store), file_(file) {}

    Result<void> append(std::span<const std::byte> bytes) override {
        const bool full = store_.capacity_ && content_.size() + bytes.size() > *store_.capacity_;
        const bool fails = counts_down(store_.append_to_fail_);
        const std::size_t written = fails ? bytes.size() / 2 : bytes.size();
        if (full) {
            return Error{Error::Kind::kExhausted,
                         store_.name_ + "/" + file_ + ": write: no space left"};
        }
        content_.insert(content_.end(), bytes.begin(),
                        bytes.begin() + static_cast<std::ptrdiff_t>(written));
        if (fails) return store_.failed(file_, "write");
        return {};
    }
    Result<void> sync() override {
        if (counts_down(store_.sync_to_fail_)) return store_.failed(file_, "fdatasync");
        return {};
    }
    Result<void> publish() override {
        if (counts_down(store_.publish_to_fail_)) return store_.failed(file_, "rename");
        store_.files_[file_] = std::move(content_);
        return {};
    }

private:
    MemorySnapshots& store_;
    const std::string file_;
    std::vector<std::byte> content_;
};

class MemorySnapshots::Input final : public SnapshotInput {
public:
    Input(const MemorySnapshots& store, std::string_view file,
          const std::vector<std::byte>& content)
        : store_(store), file_(file), content_(content) {}

    Result<std::size_t> pread(std::uint64_t offset, std::span<std::byte> buffer) override {
        if (store_.unreadable_ == file_) return store_.failed(file_, "pread");
        if (offset >= content_.size()) return std::size_t{0};
        const std::size_t count = std::min<std::size_t>(buffer.size(), content_.size() - offset);
        std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(offset), count, buffer.begin());
        return count;
    }
    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

private:
    const MemorySnapshots& store_;
    const std::string file_;
    const std::vector<std::byte>& content_;
};

bool MemorySnapshots::counts_down(std::uint64_t& counter) {
    return counter > 0 && --counter == 0;
}

Error MemorySnapshots::failed(std::string_view file, std::string_view operation) const {
    return {Error::Kind::kIo, name_ + "/" + std::string(file) + ": " + std::string(operation) +
                                  ": failed as the test says"};
}

Result<std::unique_ptr<SnapshotOutput>> MemorySnapshots::create(std::string_view file) {
    return std::unique_ptr<SnapshotOutput>(std::make_unique<Output>(*this, file));
}

Result<std::unique_ptr<SnapshotInput>> MemorySnapshots::open(std::string_view file) {
    const auto found = files_.find(file);
    if (found == files_.end()) {
        return Error{Error::Kind::kNotFound, name_ + "/" + std::string(file) + ": open: no file"};
    }
    return std::unique_ptr<SnapshotInput>(std::make_unique<Input>(*this, file, found->second));
}

Result<std::vector<std::string>> MemorySnapshots::list() {
    std::vector<std::string> names;
    for (const auto& [name, content] : files_)
        names.push_back(name);
    return names;
}

Result<void> MemorySnapshots::remove(std::string_view file) {
    const auto found = files_.find(file);
    if (found == files_.end()) return failed(file, "unlink");
    files_.erase(found);
    return {};
}

Result<void> MemorySnapshots::clear_leftovers() {
    leftovers_.clear();
    return {};
}

void MemorySnapshots::damage(std::string_view file, std::uint64_t offset) {
    contents(file).at(offset) ^= std::byte{0x10};
}

void MemorySnapshots::truncate(std::string_view file, std::uint64_t bytes) {
    contents(file).resize(bytes);
}

std::vector<std::byte>& MemorySnapshots::contents(std::string_view file) {
    const auto found = files_.find(file);
    LOWU_ASSERT(found != files_.end(), "the file is there");
    return found->second;
}

}  // namespace lowu::journal
