// A bank process's log on the disk. See log_home.hpp.
#include "bank_sim/app/log_home.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace lowu::bank {
namespace {

// Between two lines about a replay.
constexpr std::chrono::seconds kReportGap{2};

}  // namespace

Result<LogHome> LogHome::open(const Options& options) {
    LogHome home;
    if (options.directory.empty()) {
        spdlog::info(
            "books, promises and messages are in memory only: they end with this process (--dir)");
        return home;
    }
    auto disk = log::PosixDirectory::open(options.directory, log::MissingDirectory::kCreate);
    if (!disk.ok()) {
        return std::move(disk).error();
    }
    home.disk_ = std::move(disk).value();
    log::Directory* directory = home.disk_.get();
    if (!options.sync) {
        home.unsynced_ = std::make_unique<UnsyncedDirectory>(*home.disk_);
        directory = home.unsynced_.get();
    }
    auto log = log::SegmentLog::open(*directory, log_options());
    if (!log.ok()) {
        // Our own options are sound: what is not is a log of somebody else, or of another version.
        const bool foreign = log.error().kind == Error::Kind::kInvalid;
        return Error{foreign ? Error::Kind::kCorrupt : log.error().kind, log.error().what};
    }
    home.log_ = std::move(log).value();
    home.writer_ = std::make_unique<LogWriter>(*home.log_);
    home.journal_ = std::make_unique<Journal>(home.log_->head().next_sequence);
    home.mode_ = options.sync ? "log, synced" : "log, not synced";
    const log::RecoveryReport& report = home.log_->report();
    if (report.dropped_bytes > 0) {
        spdlog::warn("cut a torn tail of {} bytes off {}: nothing in it was ever said",
                     report.dropped_bytes, report.dropped_from);
    }
    spdlog::info("{}{} in {}: {} records in {} segments", report.created ? "new " : "", home.mode_,
                 options.directory, report.head.next_sequence - 1, report.segments);
    return home;
}

Result<void> LogHome::replay(BankSet& banks, const std::function<bool()>& stopped) {
    if (!there()) {
        return {};
    }
    const auto began = std::chrono::steady_clock::now();
    auto report_at = began + kReportGap;
    Result<void> done = replay_log(*log_, banks, [&](std::uint64_t sequence, std::uint64_t last) {
        if (const auto now = std::chrono::steady_clock::now(); now >= report_at) {
            report_at = now + kReportGap;
            spdlog::info("replaying: record {} of {}, {} %", sequence, last, sequence * 100 / last);
        }
        return !stopped();
    });
    if (done.ok() && banks.started_before()) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - began);
        spdlog::info("replayed {} records in {} ms", log_->head().next_sequence - 1, took.count());
    }
    return done;
}

Result<void> LogHome::begin(const BankSet& banks) {
    if (!there()) {
        return {};
    }
    if (auto owner = writer_->acquire(); !owner.ok()) {
        return owner;
    }
    if (auto written = writer_->append_all(journal_->builder()); !written.ok()) {
        return written;
    }
    journal_->hold_back(banks.banks());
    return {};
}

}  // namespace lowu::bank
