// Writing snapshots, and which are kept; see snapshot.hpp. Reading is in snapshot_read.cpp.
#include "switch/journal/snapshot.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/assert.hpp"
#include "common/log/little_endian.hpp"
#include "switch/journal/batch.hpp"
#include "switch/journal/snapshot_blocks.hpp"

namespace lowu::journal {
namespace {

constexpr std::string_view kNamePrefix = "snapshot-";
constexpr std::size_t kNameDigits = 20;

/// A header's payload: fixed part, form, genesis as a batch of records numbered from 1.
std::vector<std::byte> encode_header(const SnapshotHeader& header) {
    LOWU_ASSERT(header.identity.form.size() <= kHeaderFormBytes, "a form id is short");
    BatchBuilder builder;
    core::Stamp stamp{core::Sequence{0}, SchemeTime{}, ElapsedTime{}};
    for (const auto& [rail, command] : header.genesis) {
        stamp.sequence = stamp.sequence.next();
        builder.add(stamp, rail, command, {});
    }
    log::BatchBuffer genesis;
    if (!builder.empty()) builder.take(genesis);
    std::vector<std::byte> payload(kHeaderFixedBytes);
    const std::span<std::byte> out(payload);
    log::store<std::uint32_t>(out, 0, header.identity.rules_version);
    log::store<std::uint32_t>(out, 4, static_cast<std::uint32_t>(header.identity.form.size()));
    std::transform(header.identity.form.begin(), header.identity.form.end(), payload.begin() + 8,
                   [](char one) { return static_cast<std::byte>(one); });
    log::store_hash(out, kHeaderLogAt, header.identity.log);
    log::store<std::uint64_t>(out, kHeaderLogAt + 16, header.last.sequence.value);
    log::store<std::uint64_t>(out, kHeaderLogAt + 24,
                              static_cast<std::uint64_t>(header.last.scheme.value));
    log::store<std::uint64_t>(out, kHeaderLogAt + 32,
                              static_cast<std::uint64_t>(header.last.elapsed.value));
    log::store<std::uint64_t>(out, kHeaderLogAt + 40, header.epoch);
    log::store_hash(out, kHeaderLogAt + 48, header.chain_hash);
    payload.insert(payload.end(), genesis.payload().begin(), genesis.payload().end());
    return payload;
}

}  // namespace

std::string_view to_string(SnapshotSection section) {
    switch (section) {
        case SnapshotSection::kFps:
            return "cell fps";
        case SnapshotSection::kIbps:
            return "cell ibps";
        case SnapshotSection::kFollower:
            return "follower";
    }
    LOWU_UNREACHABLE("every section has a name");
}

std::string snapshot_file_name(core::Sequence sequence) {
    const std::string digits = std::to_string(sequence.value);
    return std::string(kNamePrefix) + std::string(kNameDigits - digits.size(), '0') + digits;
}

std::optional<core::Sequence> snapshot_sequence(std::string_view file) {
    if (!file.starts_with(kNamePrefix)) return std::nullopt;
    file.remove_prefix(kNamePrefix.size());
    if (file.size() != kNameDigits) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = file.data() + file.size();
    const auto parsed = std::from_chars(file.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return core::Sequence{number};
}

SnapshotWriter::SnapshotWriter(SnapshotStore& store, const SnapshotHeader& header)
    : store_(store), file_(snapshot_file_name(header.last.sequence)), identity_(header.identity) {
    auto created = store_.create(file_);
    if (!created.ok()) {
        error_ = created.error();
        return;
    }
    output_ = std::move(created).value();
    std::array<std::byte, kFileHeadBytes> head{};
    encode_file_head(head);
    keep(output_->append(head));
    file_bytes_ = head.size();
    put_block(kHeaderBlock, 0, encode_header(header));
    file_digest_.add(last_hash_);
}

void SnapshotWriter::keep(Result<void> result) {
    if (!result.ok() && !error_) error_ = std::move(result).error();
}

void SnapshotWriter::put_block(std::uint32_t kind, std::uint64_t number,
                               std::span<const std::byte> payload) {
    LOWU_ASSERT(payload.size() <= kBlockPayloadMaxBytes, "a block is bounded");
    block_.resize(kBlockHeadBytes + payload.size());
    const std::span<std::byte> out(block_);
    log::store<std::uint32_t>(out, 16, kind);
    log::store<std::uint32_t>(out, 20, section_);
    log::store<std::uint64_t>(out, 24, number);
    log::store<std::uint32_t>(out, 32, static_cast<std::uint32_t>(payload.size()));
    std::copy(payload.begin(), payload.end(), block_.begin() + kBlockHeadBytes);
    last_hash_ = hash128(std::span<const std::byte>(out.subspan(16)));
    log::store_hash(out, 0, last_hash_);
    file_bytes_ += block_.size();
    if (!error_) keep(output_->append(block_));
}

void SnapshotWriter::begin_section(SnapshotSection section) {
    LOWU_ASSERT(section_ == 0 && static_cast<std::size_t>(section) == sections_ + 1,
                "sections come in their order");
    section_ = static_cast<std::uint32_t>(section);
    section_blocks_ = section_bytes_ = 0;
    section_digest_ = Digest();
    content_.reserve(kContentBytes);
}

void SnapshotWriter::write(std::span<const std::byte> bytes) {
    LOWU_ASSERT(section_ != 0, "what is written belongs to a section");
    while (!bytes.empty() && !error_) {
        const std::size_t count = std::min(bytes.size(), kContentBytes - content_.size());
        content_.insert(content_.end(), bytes.begin(),
                        bytes.begin() + static_cast<std::ptrdiff_t>(count));
        bytes = bytes.subspan(count);
        if (content_.size() == kContentBytes) flush_content();
    }
}

void SnapshotWriter::flush_content() {
    put_block(kContentBlock, section_blocks_, content_);
    section_digest_.add(last_hash_);
    ++section_blocks_;
    section_bytes_ += content_.size();
    content_.clear();
}

void SnapshotWriter::end_section() {
    LOWU_ASSERT(section_ != 0, "a section is open");
    if (!content_.empty()) flush_content();
    std::array<std::byte, kSectionEndBytes> payload{};
    log::store<std::uint64_t>(payload, 0, section_bytes_);
    log::store_hash(payload, 8, section_digest_.finish());
    put_block(kSectionEndBlock, section_blocks_, payload);
    file_digest_.add(last_hash_);
    section_ = 0;
    ++sections_;
}

Result<SnapshotInfo> SnapshotWriter::finish() {
    LOWU_ASSERT(error_ || (section_ == 0 && sections_ == kSnapshotSections),
                "all sections are written");
    if (!error_) {
        std::array<std::byte, kClosingBytes> payload{};
        log::store<std::uint64_t>(payload, 0, file_bytes_ + kBlockHeadBytes + kClosingBytes);
        log::store_hash(payload, 8, file_digest_.finish());
        put_block(kClosingBlock, sections_, payload);
    }
    if (!error_) keep(output_->sync());
    if (!error_) keep(output_->publish());
    output_.reset();
    if (error_) return *error_;
    auto verified = verify_snapshot(store_, file_, identity_);
    if (verified.ok()) return verified;
    if (const auto removed = store_.remove(file_); !removed.ok()) {
        return Error{verified.error().kind,
                     verified.error().what + "; and it cannot be removed: " + removed.error().what};
    }
    return verified;
}

Result<std::vector<std::string>> list_snapshots(SnapshotStore& store) {
    auto files = store.list();
    if (!files.ok()) return files;
    std::erase_if(*files, [](const std::string& file) { return !snapshot_sequence(file); });
    std::sort(files->begin(), files->end(), std::greater<>());
    return files;
}

Result<std::optional<SnapshotInfo>> use_newest_snapshot(
    SnapshotStore& store, const SnapshotIdentity& identity,
    const std::function<Result<SnapshotInfo>(SnapshotReader&)>& use,
    const std::function<void(const Error&)>& warn, std::optional<core::Sequence> newest) {
    const auto files = list_snapshots(store);
    if (!files.ok()) return files.error();
    for (const std::string& file : *files) {
        if (newest && *snapshot_sequence(file) > *newest) continue;
        auto reader = SnapshotReader::open(store, file, identity);
        auto used = reader.ok() ? use(*reader) : Result<SnapshotInfo>(reader.error());
        if (used.ok()) return std::optional<SnapshotInfo>(std::move(used).value());
        const Error::Kind why = used.error().kind;
        if (why != Error::Kind::kCorrupt && why != Error::Kind::kIo) return used.error();
        warn(used.error());
    }
    return std::optional<SnapshotInfo>();
}

Result<void> remove_other_snapshots(SnapshotStore& store, std::span<const SnapshotInfo> kept) {
    if (auto cleared = store.clear_leftovers(); !cleared.ok()) return cleared;
    const auto files = list_snapshots(store);
    if (!files.ok()) return files.error();
    core::Sequence newest{0};
    for (const SnapshotInfo& one : kept)
        newest = std::max(newest, one.sequence);
    for (const std::string& file : *files) {
        const bool keep = std::any_of(kept.begin(), kept.end(),
                                      [&](const SnapshotInfo& one) { return one.file == file; });
        if (keep || *snapshot_sequence(file) > newest) continue;
        if (auto removed = store.remove(file); !removed.ok()) return removed;
    }
    return {};
}

}  // namespace lowu::journal
