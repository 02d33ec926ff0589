// Opens log, snapshots and archive; see disk.hpp.
#include "switch/app/disk.hpp"

#include <spdlog/spdlog.h>

#include "switch/app/left_over.hpp"
#include "switch/app/recovery.hpp"
#include "switch/app/rules_version.hpp"
#include "switch/core/limits.hpp"
#include "switch/service/operations_service.hpp"

namespace lowu::app {
namespace {

log::LogOptions log_options(const Settings& settings) {
    log::LogOptions options;
    options.segment_bytes = std::uint64_t{settings.segment_mib} << 20U;
    options.form = std::string(service::kForm);
    options.rules_version = kRulesVersion;
    options.max_payload_bytes = static_cast<std::uint32_t>(core::kMaxBatchBytes);
    return options;
}

Result<std::unique_ptr<log::SegmentLog>> open_log(const Settings& settings,
                                                  log::Directory& directory) {
    log::LogOptions options = log_options(settings);
    auto log = log::SegmentLog::open(directory, options);
    if (!log.ok() && log.error().kind == Error::Kind::kNotFound) {
        if (auto nothing = check_nothing_left(settings.directory); !nothing.ok())
            return nothing.error();
        options.missing = log::MissingLog::kCreate;
        log = log::SegmentLog::open(directory, options);
    }
    if (log.ok()) return log;
    return log.error().kind == Error::Kind::kCorrupt ? with_give_back(log.error()) : log.error();
}

/// Whether the tail was ever whole, nobody can tell from the log alone.
void tell_torn_tail(const log::RecoveryReport& report) {
    if (report.dropped_bytes == 0) return;
    spdlog::warn(
        "cut {} bytes off the end of {} at byte {}: a write that is not whole, as a crash leaves "
        "one that nobody was told of. Whether more is missing is looked for next, in archive and "
        "snapshots",
        report.dropped_bytes, report.dropped_from, report.dropped_at_byte);
}

}  // namespace

Result<Disk> open_disk(const Settings& settings) {
    Disk disk;
    auto directory = log::PosixDirectory::open(settings.directory, log::MissingDirectory::kCreate);
    if (!directory.ok()) return directory.error();
    disk.directory = std::move(directory).value();
    auto log = open_log(settings, *disk.directory);
    if (!log.ok()) return log.error();
    disk.log = std::move(log).value();
    tell_torn_tail(disk.log->report());
    auto snapshots = journal::PosixSnapshots::open(settings.directory + "/snapshots");
    if (!snapshots.ok()) return snapshots.error();
    disk.snapshots = std::move(snapshots).value();
    if (auto cleared = disk.snapshots->clear_leftovers(); !cleared.ok()) return cleared.error();
    auto archive = follower::Archive::open(settings.directory + "/archive", disk.log->id());
    if (!archive.ok()) return with_way_out(archive.error());
    disk.archive = std::move(archive).value();
    return disk;
}

}  // namespace lowu::app
