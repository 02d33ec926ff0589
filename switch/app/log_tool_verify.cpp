// lowu_log verify: everything that can be checked in a log and in what was made of it; see
// log_tool.hpp.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/base/hex.hpp"
#include "common/log/segment.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/app/exit_code.hpp"
#include "switch/app/left_over.hpp"
#include "switch/app/log_tool.hpp"
#include "switch/follower/archive.hpp"
#include "switch/journal/batch.hpp"
#include "switch/journal/snapshot.hpp"
#include "switch/journal/snapshot_posix.hpp"

namespace lowu::app {
namespace {

using Json = nlohmann::ordered_json;

struct CheckedSnapshot {
    std::string file;
    std::optional<journal::SnapshotInfo> info;
    std::optional<std::string> fault;
    std::optional<Hash128> chain_hash;  ///< Of the log, at its sequence, as it says.
    bool in_log = false;                ///< A batch of the log ends at its sequence.
};

/// What verify has found.
struct Found {
    log::LogFacts log;
    bool decoded = false;                         ///< Every record was read.
    std::vector<CheckedSnapshot> snapshots;       ///< Newest first.
    std::optional<follower::ArchiveEnd> archive;  ///< None: there is none.
    bool archive_in_log = false;                  ///< The log has the batch that it ends with.
    std::optional<Error> no_start;                ///< Why a switch cannot start from this.
};

Result<bool> decode_all(journal::RecordReader& reader, journal::Entry& entry,
                        const log::BatchView& batch) {
    const core::Sequence first{batch.first_sequence};
    if (auto opened = reader.open(batch.payload, first); !opened.ok()) return opened.error();
    std::uint64_t count = 0;
    while (true) {
        const Result<bool> more = reader.next(entry);
        if (!more.ok()) return more.error();
        if (!*more) break;
        ++count;
    }
    if (count == batch.count) return true;
    return Error{Error::Kind::kCorrupt, "the batch says that it has " +
                                            std::to_string(batch.count) + " records, but it has " +
                                            std::to_string(count)};
}

/// Nothing when it has gone meanwhile, as an older one does when the switch writes another.
std::optional<CheckedSnapshot> check_snapshot(journal::SnapshotStore& store,
                                              const std::string& file,
                                              const journal::SnapshotIdentity& identity) {
    CheckedSnapshot checked;
    checked.file = file;
    auto info = journal::verify_snapshot(store, file, identity);
    if (!info.ok() && info.error().kind == Error::Kind::kNotFound) return std::nullopt;
    if (!info.ok()) {
        checked.fault = info.error().what;
        return checked;
    }
    checked.info = std::move(info).value();
    if (auto reader = journal::SnapshotReader::open(store, file, identity); reader.ok()) {
        checked.chain_hash = reader->header().chain_hash;
    }
    return checked;
}

Result<std::vector<CheckedSnapshot>> check_snapshots(const std::string& path,
                                                     const log::LogFacts& facts) {
    std::vector<CheckedSnapshot> checked;
    // Opening would make the directory, and nothing is written here.
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return checked;
    auto store = journal::PosixSnapshots::open(path);
    if (!store.ok()) return store.error();
    const auto files = journal::list_snapshots(**store);
    if (!files.ok()) return files.error();
    for (const std::string& file : *files) {
        auto one = check_snapshot(**store, file, {facts.form, facts.rules_version, facts.id});
        if (one) checked.push_back(std::move(*one));
    }
    return checked;
}

/// A snapshot stands at the end of a batch of this very chain, and so does the archive.
void hold_against(const log::BatchView& batch, Found& found) {
    if (found.archive && found.archive->sequence.value == batch.last_sequence()) {
        found.archive_in_log = found.archive->chain_hash == batch.hash;
    }
    for (CheckedSnapshot& one : found.snapshots) {
        if (!one.info || one.info->sequence.value != batch.last_sequence()) continue;
        one.in_log = true;
        if (one.chain_hash == batch.hash) continue;
        one.fault = "it continues another chain: the log's batch that ends at sequence " +
                    std::to_string(batch.last_sequence()) + " has hash " + to_hex(batch.hash);
    }
}

std::string ends(std::uint64_t sequence) {
    return " ends with sequence " + std::to_string(sequence);
}

/// Snapshots and archive were looked at before the log: whatever they have, it has, or had.
Error batches_missing(const Found& found, const std::string& whose, std::uint64_t sequence) {
    return {Error::Kind::kInvalid, whose + ends(sequence) + ", the log" +
                                       ends(found.log.head.next_sequence - 1) +
                                       ": batches that were acknowledged are missing from the log"};
}

/// Of what is in the log a snapshot must stand at a batch's end; and what is no longer in it must
/// be in a snapshot.
std::optional<Error> judge_snapshots(Found& found) {
    bool reached = found.log.first_sequence <= 1;
    for (CheckedSnapshot& one : found.snapshots) {
        if (!one.info || one.fault) continue;
        const std::uint64_t sequence = one.info->sequence.value;
        if (sequence >= found.log.head.next_sequence) {
            return batches_missing(found, one.file, sequence);
        }
        if (sequence >= found.log.first_sequence && !one.in_log) {
            one.fault = "no batch of the log ends at its sequence";
            continue;
        }
        reached = reached || sequence + 1 >= found.log.first_sequence;
    }
    if (reached) return std::nullopt;
    return Error{Error::Kind::kCorrupt, "the log begins at sequence " +
                                            std::to_string(found.log.first_sequence) +
                                            " and no whole snapshot reaches it"};
}

/// The archive is this log's, and reaches from what a switch would load to no further than the log.
std::optional<Error> judge_archive(const Found& found) {
    const auto refused = [](const std::string& why) { return Error{Error::Kind::kInvalid, why}; };
    const follower::ArchiveEnd archive = found.archive.value_or(follower::ArchiveEnd{});
    const std::uint64_t sequence = archive.sequence.value;
    if (found.archive && archive.log != found.log.id) {
        return refused("the archive is of the log " + to_hex(archive.log));
    }
    if (sequence >= found.log.head.next_sequence) {
        return batches_missing(found, "the archive", sequence);
    }
    const bool in_reach = sequence > 0 && sequence >= found.log.first_sequence;
    if (in_reach && !found.archive_in_log) {
        return refused("the archive" + ends(sequence) + ", where the log has another batch");
    }
    const auto whole = [](const CheckedSnapshot& one) { return one.info && !one.fault; };
    const auto newest = std::find_if(found.snapshots.begin(), found.snapshots.end(), whole);
    if (newest == found.snapshots.end() || sequence >= newest->info->sequence.value) return {};
    const std::string there =
        found.archive ? "the archive" + ends(sequence) : "there is no archive";
    return refused(there + ", but " + newest->file + " was written with one that went so far");
}

void judge(Found& found) {
    auto snapshots = judge_snapshots(found);
    auto archive = judge_archive(found);
    found.no_start = archive ? std::move(archive) : std::move(snapshots);
    if (found.no_start) found.no_start->what += ": a switch cannot start from this directory";
}

/// What lies beside the log of a switch.
Result<void> look_beside(const std::string& directory, const log::LogFacts& facts, Found& found) {
    auto snapshots = check_snapshots(directory + "/snapshots", facts);
    if (!snapshots.ok()) return snapshots.error();
    found.snapshots = std::move(snapshots).value();
    // After them: the archive is flushed before a snapshot is written.
    auto archive = follower::Archive::look(directory + "/archive");
    if (!archive.ok()) return archive.error();
    found.archive = *archive;
    return {};
}

/// A directory that has only what is left of a log is one that a switch refuses.
Error why_no_log(const std::string& directory, const Error& error) {
    if (error.kind != Error::Kind::kNotFound) return error;
    auto nothing_left = check_nothing_left(directory);
    return nothing_left.ok() ? error : nothing_left.error();
}

/// What was looked at beside the log may not reach where it begins now.
Error went_on(const std::string& directory) {
    return {Error::Kind::kNotFound, directory +
                                        ": segments were removed while the log was read, as "
                                        "segments are that snapshots cover; run again"};
}

Result<Found> look(const LogToolOptions& options) {
    const auto directory =
        log::PosixDirectory::open(options.directory, log::MissingDirectory::kRefuse);
    if (!directory.ok()) return directory.error();
    const auto about = facts_of(**directory);
    if (!about.ok()) return why_no_log(options.directory, about.error());
    Found found;
    found.decoded = reads_records(*about);
    if (is_of_a_switch(*about)) {
        if (auto beside = look_beside(options.directory, *about, found); !beside.ok()) {
            return beside.error();
        }
    }
    journal::RecordReader reader;
    journal::Entry entry;
    log::VerifyOptions everything;
    everything.take = [&](const log::BatchView& batch) -> Result<bool> {
        hold_against(batch, found);
        return found.decoded ? decode_all(reader, entry, batch) : Result<bool>(true);
    };
    auto facts = log::verify_log(**directory, everything);
    if (!facts.ok()) return facts.error();
    if (facts->first_sequence != about->first_sequence) return went_on(options.directory);
    found.log = std::move(facts).value();
    if (is_of_a_switch(*about) && !found.log.damage) judge(found);
    return found;
}

std::string segments_text(const log::LogFacts& facts) {
    std::string text = std::to_string(facts.segments) + " in use";
    if (facts.segments > 0) {
        text += ", from " + log::segment_file_name(facts.first_segment);
    }
    return facts.spares == 0 ? text : text + "; the next one is prepared";
}

std::string sequences_text(const log::LogFacts& facts) {
    if (facts.head.next_sequence <= facts.start.next_sequence) return "none yet";
    return std::to_string(facts.start.next_sequence) + " to " +
           std::to_string(facts.head.next_sequence - 1);
}

void print_snapshot_text(const CheckedSnapshot& one) {
    std::cout << "snapshot       " << one.file;
    if (one.info) {
        std::cout << ", " << one.info->bytes << " bytes, "
                  << scheme::format_utc8(one.info->scheme_time);
    }
    std::cout << (one.fault ? ", cannot be used: " + *one.fault : ", whole") << "\n";
}

void print_text(const LogToolOptions& options, const Found& found) {
    const log::LogFacts& facts = found.log;
    std::cout << "log            " << options.directory << "\n"
              << "log id         " << to_hex(facts.id) << "\n"
              << "form           " << facts.form << "\n"
              << "rules version  " << facts.rules_version << "\n"
              << "format         " << facts.format_version << "\n"
              << "segments       " << segments_text(facts) << "\n"
              << "bytes          " << facts.record_bytes << " in records, " << facts.file_bytes
              << " in files\n"
              << "batches        " << facts.batches << "\n"
              << "records        " << facts.commands
              << (found.decoded ? ", all decoded" : ", not decoded: " + why_not_read(facts)) << "\n"
              << "sequences      " << sequences_text(facts) << "\n"
              << "epochs         up to " << facts.head.epoch << ", " << facts.owners
              << " begun in these segments\n"
              << "chain          " << to_hex(facts.head.hash) << "\n";
    if (facts.torn) {
        std::cout << "torn tail      " << facts.torn->file << " at byte " << facts.torn->byte
                  << ": " << facts.torn->bytes
                  << " bytes behind the last whole record: a write that was cut off, or one that "
                     "is under way\n";
    }
    for (const CheckedSnapshot& one : found.snapshots)
        print_snapshot_text(one);
    if (found.archive) {
        std::cout << "archive        up to sequence " << found.archive->sequence.value << "\n";
    }
}

Json json_of(const CheckedSnapshot& one) {
    Json json = {{"file", one.file}, {"whole", !one.fault.has_value()}};
    if (one.info) {
        json["sequence"] = std::to_string(one.info->sequence.value);
        json["bytes"] = std::to_string(one.info->bytes);
        json["scheme_time"] = scheme::format_utc8(one.info->scheme_time);
    }
    if (one.fault) json["fault"] = *one.fault;
    return json;
}

void print_json(const LogToolOptions& options, const Found& found) {
    const log::LogFacts& facts = found.log;
    Json json = {{"directory", options.directory},
                 {"log_id", to_hex(facts.id)},
                 {"form", facts.form},
                 {"rules_version", facts.rules_version},
                 {"format_version", facts.format_version},
                 {"segments", std::to_string(facts.segments)},
                 {"first_segment", std::to_string(facts.first_segment)},
                 {"spare_segments", std::to_string(facts.spares)},
                 {"file_bytes", std::to_string(facts.file_bytes)},
                 {"record_bytes", std::to_string(facts.record_bytes)},
                 {"batches", std::to_string(facts.batches)},
                 {"records", std::to_string(facts.commands)},
                 {"decoded", found.decoded},
                 {"first_sequence", std::to_string(facts.first_sequence)},
                 {"last_sequence", std::to_string(facts.head.next_sequence - 1)},
                 {"epoch", std::to_string(facts.head.epoch)},
                 {"owners", std::to_string(facts.owners)},
                 {"chain_hash", to_hex(facts.head.hash)}};
    if (facts.torn) {
        json["torn_tail"] = {{"file", facts.torn->file},
                             {"byte", std::to_string(facts.torn->byte)},
                             {"bytes", std::to_string(facts.torn->bytes)}};
    }
    json["snapshots"] = Json::array();
    for (const CheckedSnapshot& one : found.snapshots)
        json["snapshots"].push_back(json_of(one));
    if (found.archive) {
        json["archive"] = {{"log_id", to_hex(found.archive->log)},
                           {"last_sequence", std::to_string(found.archive->sequence.value)}};
    }
    std::cout << json.dump(2) << "\n";
}

}  // namespace

int verify_directory(const LogToolOptions& options) {
    const auto found = look(options);
    if (!found.ok()) return say_error(options, found.error());
    options.json ? print_json(options, *found) : print_text(options, *found);
    if (found->log.damage) return say_damage(options, *found->log.damage);
    if (found->no_start) return say_error(options, *found->no_start);
    for (const CheckedSnapshot& one : found->snapshots) {
        if (!one.fault) continue;
        return say_error(options,
                         {Error::Kind::kCorrupt, options.directory + "/snapshots/" + one.file +
                                                     " cannot be used: " + *one.fault});
    }
    if (!options.json) std::cout << "nothing is wrong with it\n";
    std::cout.flush();
    return kExitOk;
}

}  // namespace lowu::app
