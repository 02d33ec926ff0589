// What an archive says of itself: whose it is and where it ends; and the same looked at without
// opening it, for programs that only read. See archive.hpp.
#include <filesystem>

#include "switch/follower/archive_tables.hpp"

namespace lowu::follower {
namespace {

/// The owner's compactions may take away a file between two looks.
constexpr int kLooks = 5;

/// Says nothing: the owner's own file of that name would be moved aside.
class Silence final : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::DBOptions looking_options() {
    rocksdb::DBOptions options;
    options.create_if_missing = false;
    options.max_open_files = 16;
    options.skip_stats_update_on_db_open = true;
    options.skip_checking_sst_file_sizes_on_db_open = true;
    options.info_log = std::make_shared<Silence>();
    return options;
}

}  // namespace

/// None: it is new.
Result<std::optional<log::LogId>> Archive::read_log() const {
    std::string held;
    rocksdb::Status status =
        tables_->db->Get(rocksdb::ReadOptions(), tables_->meta, kFormatKey, &held);
    if (status.IsNotFound()) return std::optional<log::LogId>();
    if (!status.ok()) return tables_->error("read", status);
    Unpacker format(held);
    const std::uint32_t version = format.fixed32();
    if (!format.ok()) return tables_->corrupt("its format version cannot be read");
    if (version != kArchiveFormat) {
        return Error{Error::Kind::kInvalid, tables_->directory + ": an archive of format version " +
                                                std::to_string(version) + "; this program has " +
                                                std::to_string(kArchiveFormat)};
    }
    std::string log_bytes;
    status = tables_->db->Get(rocksdb::ReadOptions(), tables_->meta, kLogKey, &log_bytes);
    if (!status.ok()) return tables_->error("read", status);
    Unpacker in(log_bytes);
    const log::LogId of = in.hash();
    if (!in.ok()) return tables_->corrupt("its log id cannot be read");
    return std::optional(of);
}

Result<void> Archive::read_position() {
    std::string bytes;
    const rocksdb::Status status =
        tables_->db->Get(rocksdb::ReadOptions(), tables_->meta, kPositionKey, &bytes);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return tables_->error("read", status);
    Unpacker in(bytes);
    ArchivePosition& position = tables_->position;
    position.sequence = core::Sequence{in.fixed64()};
    position.epoch = in.fixed64();
    position.hash = in.hash();
    if (!in.ok() || !in.at_end()) return tables_->corrupt("its position cannot be read");
    tables_->appended = position.sequence.value;
    tables_->durable = position.sequence.value;
    return {};
}

/// CURRENT is what RocksDB begins to read a database with, and writes when it has made one.
bool Archive::exists(const std::string& directory) {
    std::error_code unreadable;
    return std::filesystem::exists(directory + "/CURRENT", unreadable);
}

Result<std::optional<ArchiveEnd>> Archive::look(const std::string& directory) {
    if (!exists(directory)) return std::optional<ArchiveEnd>();
    auto end = look_once(directory);
    for (int looks = 1; !end.ok() && looks < kLooks; ++looks)
        end = look_once(directory);
    return end;
}

Result<std::optional<ArchiveEnd>> Archive::look_once(const std::string& directory) {
    auto tables = std::make_unique<Tables>();
    tables->directory = directory;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const auto opened = rocksdb::DB::OpenForReadOnly(
        looking_options(), directory,
        {{rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions()}}, &handles, &db);
    if (!opened.ok()) return tables->error("look", opened);
    tables->db.reset(db);
    tables->meta = handles.front();
    Archive archive(std::move(tables));
    const auto log = archive.read_log();
    if (!log.ok()) return log.error();
    if (!*log) return std::optional<ArchiveEnd>();
    if (auto read = archive.read_position(); !read.ok()) return read.error();
    return std::optional(ArchiveEnd{**log, archive.position(), archive.chain_hash()});
}

}  // namespace lowu::follower
