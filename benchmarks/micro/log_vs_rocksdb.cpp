// lowu_micro_log_vs_rocksdb: the segment log against RocksDB as a log, one record a batch and
// synced, by payments a batch: rate and worst stall. Exists because the log is own code where a
// kept library could stand; this is the reason, to be measured anew on any disk. One thread, but
// for RocksDB's own.
#include <rocksdb/db.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "common/base/assert.hpp"
#include "common/base/clock.hpp"
#include "common/base/prng.hpp"
#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"

namespace lowu::bench {
namespace {

namespace fs = std::filesystem;

struct Settings {
    std::string directory = fs::temp_directory_path().string();
    std::uint32_t seconds = 0;  ///< Of each measurement; 0: 200 batches.
    std::uint32_t rounds = 3;
    std::uint32_t payment_bytes = 600;
};

/// Appends one batch; returns when it is durable.
using Append = std::function<void(const std::vector<std::byte>& payload)>;

struct Measured {
    std::uint64_t batches = 0;
    std::int64_t elapsed_us = 0;
    std::int64_t median_us = 0;
    std::int64_t p99_us = 0;
    std::int64_t worst_us = 0;

    [[nodiscard]] std::uint64_t batches_per_second() const {
        return batches * 1'000'000 /
               static_cast<std::uint64_t>(std::max<std::int64_t>(1, elapsed_us));
    }
};

/// A fresh folder, removed at the end.
class Folder {
public:
    explicit Folder(const std::string& parent) {
        std::string pattern = parent + "/lowu-log-vs-rocksdb-XXXXXX";
        LOWU_ASSERT(::mkdtemp(pattern.data()) != nullptr, "--dir can be written to");
        path_ = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// What one batch after the other takes, and how long the slowest took: somebody waits for each.
Measured measure(const Settings& settings, std::uint32_t payments, const Append& append) {
    constexpr std::uint64_t kShort = 200;
    Prng prng(1);
    std::vector<std::byte> payload(std::size_t{payments} * settings.payment_bytes);
    for (std::byte& byte : payload) {
        byte = static_cast<std::byte>(prng.below(256));
    }
    SteadyClock clock;
    std::vector<std::int64_t> taken;
    const std::int64_t begin = clock.monotonic_us();
    const std::int64_t end = begin + std::int64_t{settings.seconds} * 1'000'000;
    std::int64_t now = begin;
    while (settings.seconds == 0 ? taken.size() < kShort : now < end) {
        append(payload);
        const std::int64_t after = clock.monotonic_us();
        taken.push_back(after - now);
        now = after;
    }
    std::sort(taken.begin(), taken.end());
    return {taken.size(), now - begin, taken[taken.size() / 2], taken[taken.size() * 99 / 100],
            taken.back()};
}

/// As the switch's log thread does: append, then make room for the next.
Measured measure_segment_log(const Settings& settings, std::uint32_t payments) {
    const Folder folder(settings.directory);
    auto directory = log::PosixDirectory::open(folder.path(), log::MissingDirectory::kRefuse);
    LOWU_ASSERT(directory.ok(), "the folder was just made");
    log::LogOptions options;
    options.form = "bench";
    options.missing = log::MissingLog::kCreate;
    auto log = log::SegmentLog::open(**directory, options);
    LOWU_ASSERT(log.ok(), "a log is made in an empty folder");
    const auto epoch = (*log)->acquire();
    LOWU_ASSERT(epoch.ok(), "nobody else owns it");
    log::BatchBuffer buffer;
    return measure(settings, payments, [&](const std::vector<std::byte>& payload) {
        buffer.clear();
        buffer.append(payload);
        const log::LogHead head = (*log)->head();
        const auto outcome =
            (*log)->append(*epoch, head.next_sequence, payments, head.hash, buffer);
        LOWU_ASSERT(outcome == log::AppendOutcome::kOk, "the disk takes what is appended");
        LOWU_ASSERT((*log)->ensure_space(payload.size()).ok(), "the disk is not full");
    });
}

/// One row a batch. Tuned: what helps a store that is only a log.
Measured measure_rocksdb(const Settings& settings, std::uint32_t payments, bool tuned) {
    const Folder folder(settings.directory);
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    if (tuned) {
        options.recycle_log_file_num = 4;
        options.compaction_style = rocksdb::kCompactionStyleFIFO;
        options.compaction_options_fifo.max_table_files_size = 64ULL << 30U;
        options.level0_slowdown_writes_trigger = -1;
        options.level0_stop_writes_trigger = 1 << 20U;
        options.max_write_buffer_number = 8;
    }
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, folder.path(), &opened);
    LOWU_ASSERT(status.ok(), "a store is made in an empty folder");
    const std::unique_ptr<rocksdb::DB> store(opened);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    std::uint64_t sequence = 0;
    return measure(settings, payments, [&](const std::vector<std::byte>& payload) {
        sequence += payments;
        std::string key(8, '\0');
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] = static_cast<char>((sequence >> (8 * (7 - i))) & 0xFF);
        }
        const rocksdb::Slice value(reinterpret_cast<const char*>(payload.data()), payload.size());
        LOWU_ASSERT(store->Put(synced, key, value).ok(), "the disk takes what is put");
    });
}

struct Contender {
    const char* name;
    std::function<Measured(const Settings&, std::uint32_t)> run;
};

/// Of several rounds the median rate, and the worst of all stalls.
Measured summary(std::vector<Measured> rounds) {
    std::sort(rounds.begin(), rounds.end(), [](const Measured& left, const Measured& right) {
        return left.batches_per_second() < right.batches_per_second();
    });
    Measured result = rounds[rounds.size() / 2];
    for (const Measured& one : rounds) {
        result.worst_us = std::max(result.worst_us, one.worst_us);
    }
    return result;
}

std::string milliseconds(std::int64_t us) {
    const std::string tenths = std::to_string((us + 50) / 100);
    const std::string padded = tenths.size() < 2 ? "0" + tenths : tenths;
    return padded.substr(0, padded.size() - 1) + "." + padded.back();
}

void print_row(std::uint32_t payments, const char* name, const Measured& measured) {
    const std::uint64_t rate = measured.batches_per_second();
    std::cout << "| " << payments << " | " << name << " | " << rate << " | " << rate * payments
              << " | " << milliseconds(measured.median_us) << " | " << milliseconds(measured.p99_us)
              << " | " << milliseconds(measured.worst_us) << " |" << std::endl;
}

void run(const Settings& settings) {
    const std::vector<Contender> contenders = {
        {"segment log", measure_segment_log},
        {"RocksDB",
         [](const Settings& s, std::uint32_t n) { return measure_rocksdb(s, n, false); }},
        {"RocksDB, tuned",
         [](const Settings& s, std::uint32_t n) { return measure_rocksdb(s, n, true); }}};
    std::cout
        << settings.payment_bytes << " bytes a payment; "
        << (settings.seconds == 0 ? std::string("200 batches")
                                  : std::to_string(settings.seconds) + " s")
        << ", median of " << settings.rounds << " rounds, worst stall of all; below "
        << settings.directory << "\n\n"
        << "| payments a batch | log | batches/s | payments/s | median ms | p99 ms | worst ms |\n"
        << "|---|---|---|---|---|---|---|" << std::endl;
    for (const std::uint32_t payments : {1U, 64U, 1'024U}) {
        std::vector<std::vector<Measured>> measured(contenders.size());
        // In turn, so that a disk that changes its mood does so for all.
        for (std::uint32_t round = 0; round < settings.rounds; ++round) {
            for (std::size_t i = 0; i < contenders.size(); ++i) {
                measured[i].push_back(contenders[i].run(settings, payments));
            }
        }
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            print_row(payments, contenders[i].name, summary(measured[i]));
        }
    }
}

}  // namespace
}  // namespace lowu::bench

int main(int argc, char** argv) {
    lowu::bench::Settings settings;
    CLI::App app("The segment log against RocksDB with a synced write-ahead log.");
    app.footer("\nExample: lowu_micro_log_vs_rocksdb --seconds 10 --dir /var/tmp");
    app.add_option("--dir", settings.directory, "where to write; on the disk that matters")
        ->check(CLI::ExistingDirectory)
        ->capture_default_str();
    app.add_option("--seconds", settings.seconds, "of each measurement; 0: 200 batches")
        ->check(CLI::Range(0U, 3'600U))
        ->capture_default_str();
    app.add_option("--rounds", settings.rounds, "measurements of each")
        ->check(CLI::Range(1U, 100U))
        ->capture_default_str();
    app.add_option("--payment-bytes", settings.payment_bytes, "what a payment's records take")
        ->check(CLI::Range(1U, 4'096U))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        lowu::bench::run(settings);
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
        return 1;
    }
    return 0;
}
