// Reading snapshots; see snapshot.hpp.
#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/hex.hpp"
#include "switch/journal/batch.hpp"
#include "switch/journal/snapshot_blocks.hpp"

namespace lowu::journal {
namespace {

Error refused(const std::string& path, const std::string& what) {
    return {Error::Kind::kInvalid, path + ": " + what};
}

}  // namespace

Error SnapshotReader::damaged(std::uint64_t byte, const std::string& what) const {
    return {Error::Kind::kCorrupt,
            path_ + ": damaged at byte " + std::to_string(byte) + ": " + what};
}

Result<SnapshotReader> SnapshotReader::open(SnapshotStore& store, const std::string& file,
                                            const SnapshotIdentity& identity) {
    auto input = store.open(file);
    if (!input.ok()) return input.error();
    SnapshotReader reader(std::string(store.name()) + "/" + file, file, std::move(input).value());
    if (auto head = reader.read_head(); !head.ok()) return head.error();
    if (auto header = reader.read_header(identity); !header.ok()) return header.error();
    return reader;
}

Result<void> SnapshotReader::read_head() {
    std::array<std::byte, kFileHeadBytes> head{};
    const auto count = input_->pread(0, head);
    if (!count.ok()) return count.error();
    if (*count < head.size()) return damaged(*count, "the file ends within its first bytes");
    const std::span<const std::byte> bytes(head);
    const auto check = static_cast<std::uint32_t>(hash64(bytes.first(12)));
    if (log::load<std::uint64_t>(bytes, 0) != kSnapshotMagic ||
        log::load<std::uint32_t>(bytes, 12) != check) {
        return damaged(0, "it does not begin as a snapshot does");
    }
    const auto format = log::load<std::uint32_t>(bytes, 8);
    if (format != kSnapshotFormat) {
        return refused(path_, "snapshot of format version " + std::to_string(format) +
                                  "; this program reads " + std::to_string(kSnapshotFormat));
    }
    offset_ = head.size();
    return {};
}

Result<void> SnapshotReader::read_block() {
    block_offset_ = offset_;
    block_.resize(kBlockHeadBytes);
    auto count = input_->pread(offset_, block_);
    if (!count.ok()) return count.error();
    if (*count < kBlockHeadBytes) {
        return damaged(offset_ + *count, "the file ends; it was cut off");
    }
    const auto length = log::load<std::uint32_t>(block_, 32);
    if (length > kBlockPayloadMaxBytes) return damaged(offset_, "a block has an impossible length");
    block_.resize(kBlockHeadBytes + length);
    const std::span<std::byte> payload = std::span<std::byte>(block_).subspan(kBlockHeadBytes);
    count = input_->pread(offset_ + kBlockHeadBytes, payload);
    if (!count.ok()) return count.error();
    if (*count < length) {
        // Also what a damaged length looks like.
        return damaged(offset_, "a block ends behind the end of the file");
    }
    last_hash_ = log::load_hash(block_, 0);
    if (hash128(std::span<const std::byte>(block_).subspan(16)) != last_hash_) {
        return damaged(offset_, "a block does not have the hash that it was written with");
    }
    kind_ = log::load<std::uint32_t>(block_, 16);
    block_section_ = log::load<std::uint32_t>(block_, 20);
    number_ = log::load<std::uint64_t>(block_, 24);
    offset_ += block_.size();
    return {};
}

Result<void> SnapshotReader::read_header(const SnapshotIdentity& identity) {
    if (auto read = read_block(); !read.ok()) return read;
    const std::span<const std::byte> payload =
        std::span<const std::byte>(block_).subspan(kBlockHeadBytes);
    if (kind_ != kHeaderBlock || payload.size() < kHeaderFixedBytes) {
        return damaged(block_offset_, "the header is missing");
    }
    const auto form_bytes = log::load<std::uint32_t>(payload, 4);
    if (form_bytes > kHeaderFormBytes) return damaged(block_offset_, "the form id is too long");
    header_.identity.rules_version = log::load<std::uint32_t>(payload, 0);
    for (const std::byte one : payload.subspan(8, form_bytes))
        header_.identity.form.push_back(static_cast<char>(one));
    header_.identity.log = log::load_hash(payload, kHeaderLogAt);
    header_.last.sequence = core::Sequence{log::load<std::uint64_t>(payload, kHeaderLogAt + 16)};
    header_.last.scheme =
        SchemeTime{static_cast<std::int64_t>(log::load<std::uint64_t>(payload, kHeaderLogAt + 24))};
    header_.last.elapsed = ElapsedTime{
        static_cast<std::int64_t>(log::load<std::uint64_t>(payload, kHeaderLogAt + 32))};
    header_.epoch = log::load<std::uint64_t>(payload, kHeaderLogAt + 40);
    header_.chain_hash = log::load_hash(payload, kHeaderLogAt + 48);
    file_digest_.add(last_hash_);
    if (auto same = check_identity(identity); !same.ok()) return same;
    RecordReader records;
    Entry entry;
    auto opened = records.open(payload.subspan(kHeaderFixedBytes), core::Sequence{1});
    while (opened.ok()) {
        const auto more = records.next(entry);
        if (!more.ok()) return damaged(block_offset_, "its genesis: " + more.error().what);
        if (!*more) return {};
        header_.genesis.emplace_back(entry.rail, std::move(entry.command));
    }
    return damaged(block_offset_, "its genesis: " + opened.error().what);
}

Result<void> SnapshotReader::check_identity(const SnapshotIdentity& identity) const {
    const SnapshotIdentity& ours = header_.identity;
    if (snapshot_sequence(file_) != header_.last.sequence) {
        return damaged(block_offset_, "it was written as " +
                                          snapshot_file_name(header_.last.sequence) +
                                          " and has another name now");
    }
    if (ours.form != identity.form) {
        return refused(path_, "snapshot of form \"" + ours.form + "\"; this program is \"" +
                                  identity.form + "\"");
    }
    if (ours.log != identity.log) {
        return refused(path_, "snapshot of the log " + to_hex(ours.log) + "; the log here is " +
                                  to_hex(identity.log));
    }
    if (ours.rules_version != identity.rules_version) {
        return refused(path_, "snapshot of rules version " + std::to_string(ours.rules_version) +
                                  "; this program has " + std::to_string(identity.rules_version));
    }
    return {};
}

Result<void> SnapshotReader::begin_section(SnapshotSection section) {
    LOWU_ASSERT(section_ == 0 && static_cast<std::size_t>(section) == sections_ + 1,
                "sections come in their order");
    section_ = static_cast<std::uint32_t>(section);
    section_blocks_ = section_bytes_ = 0;
    section_digest_ = Digest();
    left_ = {};
    kind_ = 0;
    return {};
}

/// The next block of content, or the section's end: then `kind_` says so.
Result<void> SnapshotReader::close_section() {
    if (kind_ == kSectionEndBlock) return {};
    if (auto read = read_block(); !read.ok()) return read;
    const std::string name(to_string(static_cast<SnapshotSection>(section_)));
    if (block_section_ != section_ || number_ != section_blocks_) {
        return damaged(block_offset_, "a block of section " + name + " is missing");
    }
    const std::span<const std::byte> payload =
        std::span<const std::byte>(block_).subspan(kBlockHeadBytes);
    if (kind_ == kContentBlock) {
        section_digest_.add(last_hash_);
        ++section_blocks_;
        section_bytes_ += payload.size();
        left_ = payload;
        return {};
    }
    const bool whole = kind_ == kSectionEndBlock && payload.size() == kSectionEndBytes &&
                       log::load<std::uint64_t>(payload, 0) == section_bytes_ &&
                       log::load_hash(payload, 8) == section_digest_.finish();
    if (!whole)
        return damaged(block_offset_, "section " + name + " does not end as it was written");
    file_digest_.add(last_hash_);
    return {};
}

Result<std::size_t> SnapshotReader::read_some(std::span<std::byte> buffer) {
    LOWU_ASSERT(section_ != 0, "a section is open");
    if (left_.empty()) {
        if (auto read = close_section(); !read.ok()) return read.error();
    }
    const std::size_t count = std::min(buffer.size(), left_.size());
    std::copy_n(left_.begin(), count, buffer.begin());
    left_ = left_.subspan(count);
    return count;
}

Result<void> SnapshotReader::read(std::span<std::byte> buffer) {
    while (!buffer.empty()) {
        const auto count = read_some(buffer);
        if (!count.ok()) return count.error();
        if (*count == 0) return damaged_section("ends before what is in it does");
        buffer = buffer.subspan(*count);
    }
    return {};
}

Error SnapshotReader::damaged_section(const std::string& what) const {
    return damaged(
        block_offset_,
        "section " + std::string(to_string(static_cast<SnapshotSection>(section_))) + ": " + what);
}

Result<void> SnapshotReader::end_section() {
    LOWU_ASSERT(section_ != 0, "a section is open");
    if (left_.empty()) {
        if (auto read = close_section(); !read.ok()) return read;
    }
    if (!left_.empty() || kind_ != kSectionEndBlock) {
        return damaged_section("goes on behind the end of what is in it");
    }
    section_ = 0;
    ++sections_;
    return {};
}

Result<void> SnapshotReader::skip_section() {
    while (true) {
        left_ = {};
        if (auto read = close_section(); !read.ok()) return read;
        if (kind_ == kSectionEndBlock) return end_section();
    }
}

Result<SnapshotInfo> SnapshotReader::finish() {
    LOWU_ASSERT(section_ == 0 && sections_ == kSnapshotSections, "all sections are read");
    if (auto read = read_block(); !read.ok()) return read.error();
    const std::span<const std::byte> payload =
        std::span<const std::byte>(block_).subspan(kBlockHeadBytes);
    const bool whole = kind_ == kClosingBlock && payload.size() == kClosingBytes &&
                       number_ == sections_ && log::load<std::uint64_t>(payload, 0) == offset_ &&
                       log::load_hash(payload, 8) == file_digest_.finish();
    if (!whole) return damaged(block_offset_, "it does not close as it was written");
    if (offset_ != input_->size()) return damaged(offset_, "something stands behind its end");
    return SnapshotInfo{header_.last.sequence, offset_, header_.last.scheme, file_};
}

Result<SnapshotInfo> verify_snapshot(SnapshotStore& store, const std::string& file,
                                     const SnapshotIdentity& identity) {
    auto reader = SnapshotReader::open(store, file, identity);
    if (!reader.ok()) return reader.error();
    for (const SnapshotSection section :
         {SnapshotSection::kFps, SnapshotSection::kIbps, SnapshotSection::kFollower}) {
        if (auto begun = reader->begin_section(section); !begun.ok()) return begun.error();
        if (auto read = reader->skip_section(); !read.ok()) return read.error();
    }
    return reader->finish();
}

}  // namespace lowu::journal
