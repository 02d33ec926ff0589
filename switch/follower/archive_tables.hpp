// The archive's RocksDB: its tables, keys and errors, for the archive's own sources only.
//
//   table     key, numbers big-endian              value
//   default   "format", "log", "position"          one number; log id; what append last wrote
//   batches   last sequence                        header of the batch, payload
//   entries   last sequence                        entry row (entry_rows.hpp)
//   legs      class, rail, window, forgotten by    packed legs (archived_leg.hpp)
//   uetrs     bucket, forgotten by                 tags and places (archive_batch.hpp)
//   samples   rail, account, slot                  position sample
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "switch/follower/archive.hpp"

namespace lowu::follower {

inline constexpr std::uint32_t kArchiveFormat = 1;

inline constexpr const char* kFormatKey = "format";
inline constexpr const char* kLogKey = "log";
inline constexpr const char* kPositionKey = "position";

struct ArchiveMemory::Environment {
    std::atomic<bool> full{false};
    std::unique_ptr<rocksdb::Env> memory;
    std::shared_ptr<rocksdb::FileSystem> files;
    std::unique_ptr<rocksdb::Env> env;
};

/// What the last append has written beside the rows.
struct ArchivePosition {
    core::Sequence sequence;
    std::uint64_t epoch = 0;
    Hash128 hash{};  ///< Of the batch.
};

/// Everything of RocksDB that the archive owns.
struct Archive::Tables {
    std::string directory;
    std::unique_ptr<rocksdb::DB> db;
    rocksdb::ColumnFamilyHandle* meta = nullptr;  ///< Handles are freed by the destructor.
    rocksdb::ColumnFamilyHandle* batches = nullptr;
    rocksdb::ColumnFamilyHandle* entries = nullptr;
    rocksdb::ColumnFamilyHandle* legs = nullptr;
    rocksdb::ColumnFamilyHandle* uetrs = nullptr;
    rocksdb::ColumnFamilyHandle* samples = nullptr;
    ArchivePosition position;  ///< The writer's.
    /// A batch on its way, or that could not be written; the writer's too.
    std::unique_ptr<rocksdb::WriteBatch> waiting;
    ArchivePosition waiting_position;
    std::atomic<std::uint64_t> appended{0};
    std::atomic<std::uint64_t> durable{0};

    ~Tables();
    [[nodiscard]] std::vector<rocksdb::ColumnFamilyHandle*> all() const {
        return {meta, batches, entries, legs, uetrs, samples};
    }
    [[nodiscard]] Error error(const std::string& operation, const rocksdb::Status& status) const;
    [[nodiscard]] Error corrupt(const std::string& what) const;
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(
        rocksdb::ColumnFamilyHandle* table) const;
};

[[nodiscard]] inline std::string sequence_key(core::Sequence sequence) {
    std::string key;
    Packer(key).key64(sequence.value);
    return key;
}

[[nodiscard]] inline core::Sequence sequence_of_key(std::string_view key) {
    return core::Sequence{Unpacker(key).key64()};
}

[[nodiscard]] inline std::string leg_prefix(LegClass which, core::Rail rail) {
    std::string key;
    Packer out(key);
    out.byte(static_cast<std::uint8_t>(which));
    out.byte(static_cast<std::uint8_t>(rail));
    return key;
}

[[nodiscard]] inline std::string leg_key(const LegRowKey& row) {
    std::string key = leg_prefix(row.which, row.rail);
    Packer out(key);
    out.key64(row.window);
    out.key64(row.forgotten.value);
    return key;
}

[[nodiscard]] inline std::string uetr_key(std::uint16_t bucket, core::Sequence forgotten) {
    std::string key;
    Packer out(key);
    out.key16(bucket);
    out.key64(forgotten.value);
    return key;
}

[[nodiscard]] inline std::string sample_key(core::Rail rail, core::AccountIndex account,
                                            Slot slot) {
    std::string key;
    Packer out(key);
    out.byte(static_cast<std::uint8_t>(rail));
    out.key32(account.value);
    out.key32(slot);
    return key;
}

/// The header of a batch's row.
inline constexpr std::size_t kBatchHeadBytes = 8 + 4 + 8 + 16 + 16;

}  // namespace lowu::follower
