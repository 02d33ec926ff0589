// Opening and writing the archive; see archive.hpp. Reading is in archive_read.cpp, looking
// without opening in archive_look.cpp.
//
// There is no log of its own: the switch's log is one, until flush() has made a snapshot possible.
// All tables are flushed together (atomic_flush), so that what is found after a crash is what some
// append left, with the position that it wrote.
#include "switch/follower/archive.hpp"

#include <rocksdb/convenience.h>

#include <algorithm>
#include <filesystem>

#include "common/base/assert.hpp"
#include "common/base/hex.hpp"
#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {
namespace {

/// Files that are open at once.
constexpr int kOpenFilesMax = 512;

/// RocksDB begins with new files (a manifest, for which it sets 4 MiB aside, options, a log), and
/// Debian's, which has its assertions on, aborts the process when one of them cannot be written to
/// its end.
Result<void> check_room(const std::string& directory, std::uint64_t needed_bytes) {
    std::error_code failed;
    auto there = std::filesystem::absolute(directory, failed);
    while (!std::filesystem::exists(there, failed) && there.has_relative_path())
        there = there.parent_path();
    const auto space = std::filesystem::space(there, failed);
    if (failed) {
        return Error{Error::Kind::kIo,
                     directory + ": the archive: how much room its disk has: " + failed.message()};
    }
    if (space.available >= needed_bytes) return {};
    return Error{Error::Kind::kExhausted,
                 directory + ": the archive: its disk has " + std::to_string(space.available) +
                     " bytes free, and it needs " + std::to_string(needed_bytes) +
                     " to begin: make room there and start again; nothing is lost"};
}

rocksdb::CompressionType compression() {
    const auto has = rocksdb::GetSupportedCompressions();
    for (const auto one : {rocksdb::kLZ4Compression, rocksdb::kZSTD, rocksdb::kSnappyCompression}) {
        if (std::find(has.begin(), has.end(), one) != has.end()) return one;
    }
    return rocksdb::kNoCompression;
}

rocksdb::DBOptions database_options() {
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.atomic_flush = true;
    options.allow_concurrent_memtable_write = false;  // One writer.
    options.max_background_jobs = 2;
    options.max_open_files = kOpenFilesMax;
    options.info_log_level = rocksdb::ERROR_LEVEL;
    options.max_log_file_size = std::size_t{1} << 20U;
    options.keep_log_file_num = 2;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.bytes_per_sync = std::uint64_t{1} << 20U;  // No flood in front of the log's syncs.
    return options;
}

rocksdb::ColumnFamilyOptions table_options(std::size_t buffer_bytes, std::size_t block_bytes,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    blocks.block_size = block_bytes;
    blocks.cache_index_and_filter_blocks = true;
    blocks.checksum = rocksdb::kXXH3;
    blocks.format_version = 5;
    rocksdb::ColumnFamilyOptions options;
    options.write_buffer_size = buffer_bytes;
    options.max_write_buffer_number = 2;
    options.compression = compression();
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
    return options;
}

std::string packed_position(const ArchivePosition& position) {
    std::string bytes;
    Packer out(bytes);
    out.fixed64(position.sequence.value);
    out.fixed64(position.epoch);
    out.hash(position.hash);
    return bytes;
}

std::string batch_head(const log::BatchView& batch) {
    std::string head;
    Packer out(head);
    out.fixed64(batch.first_sequence);
    out.fixed32(batch.count);
    out.fixed64(batch.epoch);
    out.hash(batch.previous_hash);
    out.hash(batch.hash);
    return head;
}

rocksdb::Slice slice(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Archive::Tables::~Tables() {
    for (rocksdb::ColumnFamilyHandle* table : all()) {
        if (table != nullptr) db->DestroyColumnFamilyHandle(table);
    }
}

Error Archive::Tables::error(const std::string& operation, const rocksdb::Status& status) const {
    const std::string text = status.ToString();
    Error::Kind kind = Error::Kind::kIo;
    if (status.IsCorruption()) kind = Error::Kind::kCorrupt;
    if (status.IsNoSpace()) kind = Error::Kind::kExhausted;
    if (text.find("/LOCK: ") != std::string::npos || text.find("lock hold") != std::string::npos) {
        kind = Error::Kind::kBusy;
    }
    return {kind, directory + ": the archive: " + operation + ": " + text};
}

Error Archive::Tables::corrupt(const std::string& what) const {
    return {Error::Kind::kCorrupt, directory + ": the archive: " + what};
}

std::unique_ptr<rocksdb::Iterator> Archive::Tables::iterate(
    rocksdb::ColumnFamilyHandle* table) const {
    return std::unique_ptr<rocksdb::Iterator>(db->NewIterator(rocksdb::ReadOptions(), table));
}

Archive::Archive(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(const std::string& directory, const log::LogId& log,
                                               const ArchiveOptions& options) {
    auto tables = std::make_unique<Tables>();
    tables->directory = directory;
    const auto cache = rocksdb::NewLRUCache(options.cache_bytes);
    const auto other = [&](std::size_t block_bytes) {
        return table_options(options.other_buffer_bytes, block_bytes, cache);
    };
    const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
        {rocksdb::kDefaultColumnFamilyName, other(4'096)},
        {"batches", table_options(options.batch_buffer_bytes, 32'768, cache)},
        {"entries", other(16'384)},
        {"legs", other(16'384)},
        {"uetrs", other(8'192)},
        {"samples", other(8'192)}};
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    rocksdb::DBOptions settings = database_options();
    if (options.memory == nullptr) {
        if (auto room = check_room(directory, options.room_bytes); !room.ok()) {
            return room.error();
        }
    } else {
        settings.env = options.memory->environment_->env.get();
        settings.avoid_flush_during_shutdown = true;
    }
    const auto opened = rocksdb::DB::Open(settings, directory, families, &handles, &db);
    if (!opened.ok()) return tables->error("open", opened);
    tables->db.reset(db);
    rocksdb::ColumnFamilyHandle** const places[] = {&tables->meta,    &tables->batches,
                                                    &tables->entries, &tables->legs,
                                                    &tables->uetrs,   &tables->samples};
    for (std::size_t i = 0; i < handles.size(); ++i)
        *places[i] = handles[i];
    // Flushing and compaction wait for everybody else.
    for (const auto pool : {rocksdb::Env::LOW, rocksdb::Env::HIGH})
        db->GetEnv()->LowerThreadPoolCPUPriority(pool, rocksdb::CpuPriority::kLow);
    std::unique_ptr<Archive> archive(new Archive(std::move(tables)));
    if (auto ours = archive->check_log(log); !ours.ok()) return ours.error();
    if (auto read = archive->read_position(); !read.ok()) return read.error();
    return archive;
}

Result<void> Archive::check_log(const log::LogId& log) {
    const auto of = read_log();
    if (!of.ok()) return of.error();
    if (!*of) return write_log(log);
    if (**of == log) return {};
    return Error{Error::Kind::kInvalid, tables_->directory + ": the archive of the log " +
                                            to_hex(**of) + "; the log here is " + to_hex(log)};
}

/// A new archive says whose it is before anything else is written.
Result<void> Archive::write_log(const log::LogId& log) {
    std::string format;
    Packer(format).fixed32(kArchiveFormat);
    std::string id;
    Packer(id).hash(log);
    rocksdb::WriteBatch batch;
    rocksdb::Status status = batch.Put(tables_->meta, kFormatKey, format);
    if (status.ok()) status = batch.Put(tables_->meta, kLogKey, id);
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    if (status.ok()) status = tables_->db->Write(options, &batch);
    if (status.ok()) status = tables_->db->Flush(rocksdb::FlushOptions(), tables_->all());
    if (!status.ok()) return tables_->error("write", status);
    return {};
}

const std::string& Archive::directory() const {
    return tables_->directory;
}

core::Sequence Archive::position() const {
    return core::Sequence{tables_->appended.load(std::memory_order_acquire)};
}

core::Sequence Archive::durable_position() const {
    return core::Sequence{tables_->durable.load(std::memory_order_acquire)};
}

const Hash128& Archive::chain_hash() const {
    return tables_->position.hash;
}

/// Within one epoch a batch carries the hash of the one before.
Result<void> Archive::check_follows(const log::BatchView& batch) const {
    const ArchivePosition& position = tables_->position;
    if (batch.first_sequence != position.sequence.value + 1) {
        return Error{Error::Kind::kInvalid, tables_->directory + ": the archive ends at sequence " +
                                                std::to_string(position.sequence.value) +
                                                "; what comes begins at " +
                                                std::to_string(batch.first_sequence)};
    }
    const bool same_owner = position.sequence.value > 0 && batch.epoch == position.epoch;
    if (same_owner && batch.previous_hash != position.hash) {
        return Error{Error::Kind::kInvalid,
                     tables_->directory + ": the batch at sequence " +
                         std::to_string(batch.first_sequence) +
                         " does not follow the archive's last one: its chain is another"};
    }
    return {};
}

Result<void> Archive::append(const log::BatchView& batch, ArchiveBatch& rows) {
    if (batch.last_sequence() <= tables_->position.sequence.value) {
        rows.clear();
        return {};
    }
    LOWU_ASSERT(!batch_waits(), "what waits is written first");
    if (auto follows = check_follows(batch); !follows.ok()) return follows;
    const std::string key = sequence_key(core::Sequence{batch.last_sequence()});
    const std::string head = batch_head(batch);
    const ArchivePosition next{core::Sequence{batch.last_sequence()}, batch.epoch, batch.hash};
    auto write = std::make_unique<rocksdb::WriteBatch>(batch.payload.size() + 4'096);
    const rocksdb::Slice key_slice(key);
    const rocksdb::Slice parts[] = {head, slice(batch.payload)};
    rocksdb::Status status = write->Put(tables_->batches, rocksdb::SliceParts(&key_slice, 1),
                                        rocksdb::SliceParts(parts, 2));
    const auto put = [&](rocksdb::ColumnFamilyHandle* table, const std::string& row_key,
                         const std::string& row) {
        if (status.ok()) status = write->Put(table, row_key, row);
    };
    put(tables_->entries, key, rows.take_entry_row());
    for (const auto& [row_key, row] : rows.leg_rows())
        put(tables_->legs, leg_key(row_key), row);
    for (const ArchiveBatch::UetrRow& one : rows.take_uetr_rows())
        put(tables_->uetrs, uetr_key(one.bucket, one.forgotten), one.row);
    for (const ArchiveBatch::Sample& one : rows.samples()) {
        std::string row;
        pack_sample(one.sample, row);
        put(tables_->samples, sample_key(one.rail, one.account, one.sample.slot), row);
    }
    put(tables_->meta, kPositionKey, packed_position(next));
    LOWU_ASSERT(status.ok(), "rows in memory can be put together");
    rows.clear();
    tables_->waiting = std::move(write);
    tables_->waiting_position = next;
    return write_waiting();
}

bool Archive::batch_waits() const {
    return tables_->waiting != nullptr;
}

Result<void> Archive::write_waiting() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    const rocksdb::Status status = tables_->db->Write(options, tables_->waiting.get());
    if (!status.ok()) return tables_->error("write", status);
    tables_->waiting.reset();
    tables_->position = tables_->waiting_position;
    tables_->appended.store(tables_->position.sequence.value, std::memory_order_release);
    return {};
}

Result<void> Archive::retry() {
    LOWU_ASSERT(batch_waits(), "there is something to write");
    if (const auto resumed = tables_->db->Resume(); !resumed.ok()) {
        return tables_->error("write", resumed);
    }
    return write_waiting();
}

Result<void> Archive::flush() {
    if (batch_waits()) {
        return Error{Error::Kind::kUnavailable,
                     tables_->directory + ": the archive: flush: a batch waits to be written"};
    }
    const std::uint64_t through = tables_->position.sequence.value;
    const rocksdb::Status status = tables_->db->Flush(rocksdb::FlushOptions(), tables_->all());
    if (!status.ok()) return tables_->error("flush", status);
    tables_->durable.store(through, std::memory_order_release);
    return {};
}

}  // namespace lowu::follower
