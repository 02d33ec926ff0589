// Snapshots: the state of a whole switch at one sequence number, in one file, so that a start needs
// no more than the tail of the log behind it. The follower writes them from its own cells; recovery
// reads them. A damaged one is found by what is in it, names the byte, and the one before is used.
// Each object belongs to one thread.
//
//   the file:   magic "LOWUSNP1", format version, low half of XXH3-64 over these twelve bytes;
//               then blocks without gaps: the header's, each section's, the closing one
//   a block:    XXH3-128 over the rest of it, kind, section, number, length of payload, payload
//   a section:  blocks of content, numbered from 0, and one that ends it: how many bytes and blocks
//               it has, and XXH3-128 over the hashes of its blocks
//   closing:    how many bytes the file has, and XXH3-128 over the hashes of header and sections
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/hash.hpp"
#include "common/log/batch_log.hpp"
#include "switch/core/command.hpp"
#include "switch/journal/snapshot_store.hpp"

namespace lowu::journal {

inline constexpr std::uint32_t kSnapshotFormat = 2;
/// How many are kept: the newest, and one more in case it is damaged.
inline constexpr std::size_t kSnapshotsKept = 2;

/// Whose state a snapshot is. One of another log, form or rules version is refused by name.
struct SnapshotIdentity {
    std::string form;  ///< Of the log, such as "fps/0+ibps/0".
    std::uint32_t rules_version = 0;
    log::LogId log{};

    friend bool operator==(const SnapshotIdentity&, const SnapshotIdentity&) = default;
};

struct SnapshotHeader {
    SnapshotIdentity identity;
    core::Stamp last;         ///< Of the last command in it.
    std::uint64_t epoch = 0;  ///< Of the batch that this command ends.
    Hash128 chain_hash{};     ///< Of that batch.
    /// The commands that made cells, participants and agents: a configuration is held against them
    /// when the log's beginning is gone.
    std::vector<std::pair<core::Rail, core::Command>> genesis;
};

/// In the order of the file.
enum class SnapshotSection : std::uint32_t { kFps = 1, kIbps = 2, kFollower = 3 };
inline constexpr std::size_t kSnapshotSections = 3;

/// "cell fps", "cell ibps", "follower".
[[nodiscard]] std::string_view to_string(SnapshotSection section);

struct SnapshotInfo {
    core::Sequence sequence;
    std::uint64_t bytes = 0;
    SchemeTime scheme_time;
    std::string file;
};

/// "snapshot-00000000000000000042"; names sort as their sequence numbers do.
[[nodiscard]] std::string snapshot_file_name(core::Sequence sequence);
/// None when the name is no snapshot's.
[[nodiscard]] std::optional<core::Sequence> snapshot_sequence(std::string_view file);

/// Writes one. Errors are kept: the first one is what finish() tells, and nothing is written after.
class SnapshotWriter {
public:
    SnapshotWriter(SnapshotStore& store, const SnapshotHeader& header);

    void begin_section(SnapshotSection section);
    void write(std::span<const std::byte> bytes);
    void end_section();
    /// Why this snapshot cannot become one; none while it can. The section's own writer may stop
    /// early.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    /// Closes the file, syncs it, gives it its name, reads it back and verifies it. All sections
    /// have been written. On an error no file of this name is left, but for a damaged one that
    /// cannot be removed either.
    [[nodiscard]] Result<SnapshotInfo> finish();

private:
    struct Block;
    void put_block(std::uint32_t kind, std::uint64_t number, std::span<const std::byte> payload);
    void flush_content();
    void keep(Result<void> result);

    SnapshotStore& store_;
    const std::string file_;
    const SnapshotIdentity identity_;
    std::unique_ptr<SnapshotOutput> output_;
    std::optional<Error> error_;
    std::vector<std::byte> block_;    ///< One block as it is written.
    std::vector<std::byte> content_;  ///< Of the section at hand, not written yet.
    std::uint32_t section_ = 0;       ///< 0: none is open.
    std::size_t sections_ = 0;
    std::uint64_t section_blocks_ = 0;
    std::uint64_t section_bytes_ = 0;
    std::uint64_t file_bytes_ = 0;
    Hash128 last_hash_{};    ///< Of the block just written.
    Digest section_digest_;  ///< Hashes of the section's blocks.
    Digest file_digest_;     ///< Hashes of header and sections.
};

/// Reads one from its beginning to its end. Nothing is handed over before its block was verified.
class SnapshotReader {
public:
    /// kNotFound; kInvalid for another format version, log, form or rules version, naming both;
    /// kCorrupt, naming file and byte.
    static Result<SnapshotReader> open(SnapshotStore& store, const std::string& file,
                                       const SnapshotIdentity& identity);

    [[nodiscard]] const SnapshotHeader& header() const { return header_; }

    /// Sections come in the order of the enum.
    [[nodiscard]] Result<void> begin_section(SnapshotSection section);
    /// Fills some of the buffer and says how much; 0 at the end of the section.
    [[nodiscard]] Result<std::size_t> read_some(std::span<std::byte> buffer);
    /// Fills the buffer. kCorrupt when the section has no more so many bytes.
    [[nodiscard]] Result<void> read(std::span<std::byte> buffer);
    /// The section must have been read to its end.
    [[nodiscard]] Result<void> end_section();
    /// Reads over what is left of the section.
    [[nodiscard]] Result<void> skip_section();
    /// kCorrupt: what stands in the section at hand cannot be.
    [[nodiscard]] Error damaged_section(const std::string& what) const;
    /// After the last section: the closing block, and nothing behind it.
    [[nodiscard]] Result<SnapshotInfo> finish();

private:
    SnapshotReader(std::string path, std::string file, std::unique_ptr<SnapshotInput> input)
        : path_(std::move(path)), file_(std::move(file)), input_(std::move(input)) {}
    [[nodiscard]] Result<void> read_head();
    [[nodiscard]] Result<void> read_header(const SnapshotIdentity& identity);
    [[nodiscard]] Result<void> check_identity(const SnapshotIdentity& identity) const;
    [[nodiscard]] Result<void> read_block();
    [[nodiscard]] Result<void> close_section();
    [[nodiscard]] Error damaged(std::uint64_t byte, const std::string& what) const;

    std::string path_;
    std::string file_;
    std::unique_ptr<SnapshotInput> input_;
    SnapshotHeader header_;
    std::uint64_t offset_ = 0;        ///< Of the next block.
    std::uint64_t block_offset_ = 0;  ///< Of the block at hand.
    std::vector<std::byte> block_;
    std::uint32_t kind_ = 0;
    std::uint32_t block_section_ = 0;
    std::uint64_t number_ = 0;
    std::span<const std::byte> left_;  ///< Of the content block at hand.
    std::uint32_t section_ = 0;
    std::uint64_t section_blocks_ = 0;
    std::uint64_t section_bytes_ = 0;
    std::size_t sections_ = 0;
    Hash128 last_hash_{};
    Digest section_digest_;
    Digest file_digest_;
};

/// Reads every byte of a snapshot; errors as SnapshotReader::open's.
[[nodiscard]] Result<SnapshotInfo> verify_snapshot(SnapshotStore& store, const std::string& file,
                                                   const SnapshotIdentity& identity);

/// Files that are named as snapshots, newest first; nothing is said about what is in them.
[[nodiscard]] Result<std::vector<std::string>> list_snapshots(SnapshotStore& store);

/// Reads the newest snapshot that `use` takes, of those up to `newest`. One that is damaged, that
/// the disk does not give, or that `use` answers kCorrupt or kIo for, is told to `warn` and the one
/// before is tried; any other error ends it. None: there is no snapshot that could be used.
[[nodiscard]] Result<std::optional<SnapshotInfo>> use_newest_snapshot(
    SnapshotStore& store, const SnapshotIdentity& identity,
    const std::function<Result<SnapshotInfo>(SnapshotReader&)>& use,
    const std::function<void(const Error&)>& warn,
    std::optional<core::Sequence> newest = std::nullopt);

/// Removes the snapshots that are not among `kept`, damaged ones too, and leftovers of writers that
/// died. Newer ones than the newest of `kept` stay.
[[nodiscard]] Result<void> remove_other_snapshots(SnapshotStore& store,
                                                  std::span<const SnapshotInfo> kept);

}  // namespace lowu::journal
