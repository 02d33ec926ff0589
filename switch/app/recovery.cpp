// From disk to engine and follower; see recovery.hpp.
#include "switch/app/recovery.hpp"

#include "switch/journal/replay.hpp"

namespace lowu::app {
namespace {

constexpr std::uint64_t kProgressEvery = 65'536;

std::string in_words(std::uint64_t sequence) {
    return "sequence " + std::to_string(sequence);
}

/// What was made durable after the log's last batch, or in place of it, is gone.
Error batches_missing(const std::string& what) {
    return {Error::Kind::kInvalid,
            what + ": batches that were acknowledged are missing from the log"};
}

/// What ends with the batch that ends with `sequence` has its state from this very log: that batch
/// is in the log, by its hash.
Result<void> check_chain(log::BatchLog& log, const std::string& whose, std::uint64_t sequence,
                         const Hash128& hash) {
    const std::string ends = whose + " ends with " + in_words(sequence);
    const std::uint64_t next = log.head().next_sequence;
    if (sequence >= next) {
        return batches_missing(ends + ", the log with " +
                               (next > 1 ? in_words(next - 1) : std::string("nothing")));
    }
    auto reader = log.read(sequence);
    if (!reader.ok()) return reader.error();
    const auto batch = (*reader)->read_at(sequence);
    if (!batch.ok()) return batch.error();
    if (batch->hash == hash && batch->last_sequence() == sequence) return {};
    return batches_missing(ends + ", where the log (which ends with " + in_words(next - 1) +
                           ") has another batch");
}

/// Nothing below is in the log any more.
Result<void> check_begins(const log::BatchLog& log, std::uint64_t from, bool snapshot) {
    if (from >= log.first_sequence()) return {};
    return with_give_back(
        {Error::Kind::kCorrupt, "the log begins at " + in_words(log.first_sequence()) +
                                    " and no usable snapshot reaches so far: there is none" +
                                    (snapshot ? " behind " + in_words(from - 1) : std::string())});
}

/// Uses the newest snapshot that can be used, and tells of the others.
Result<std::optional<journal::SnapshotInfo>> use_snapshot(
    const std::string& who, journal::SnapshotStore& snapshots,
    const journal::SnapshotIdentity& identity,
    const std::function<Result<journal::SnapshotInfo>(journal::SnapshotReader&)>& use,
    const Warn& warn, std::optional<core::Sequence> newest = std::nullopt) {
    bool passed_over = false;
    const auto tell = [&](const Error& error) {
        passed_over = true;
        warn({error.kind, who + " cannot use a snapshot: " + error.what});
    };
    auto used = journal::use_newest_snapshot(snapshots, identity, use, tell, newest);
    if (!used.ok()) return with_way_out(used.error());
    if (*used && passed_over) {
        warn({Error::Kind::kNotFound,
              who + " uses an older one, " + (*used)->file + ", and a longer tail of the log"});
    }
    if (!*used && passed_over) {
        warn({Error::Kind::kNotFound,
              who + " has no older one: it needs the log from its beginning"});
    }
    return used;
}

}  // namespace

Error with_give_back(Error error) {
    error.what += ". " + std::string(kGiveBack);
    return error;
}

Error with_way_out(Error error) {
    if (error.kind != Error::Kind::kInvalid && error.kind != Error::Kind::kCorrupt) return error;
    error = with_give_back(std::move(error));
    error.what +=
        "; to go on with the log alone, take away all snapshots and the archive (a log that begins "
        "at sequence 1 makes them anew)";
    return error;
}

Result<Recovered> recover(engine::Engine& engine, log::BatchLog& log,
                          journal::SnapshotStore& snapshots,
                          const journal::SnapshotIdentity& identity, const Warn& warn,
                          const Progress& progress) {
    Recovered recovered;
    const auto use = [&](journal::SnapshotReader& reader) -> Result<journal::SnapshotInfo> {
        const journal::SnapshotHeader& header = reader.header();
        const core::Sequence last = header.last.sequence;
        const std::string whose =
            std::string(snapshots.name()) + "/" + journal::snapshot_file_name(last);
        if (auto ours = check_chain(log, whose, last.value, header.chain_hash); !ours.ok()) {
            return ours.error();
        }
        return engine.load(reader);
    };
    auto loaded = use_snapshot("the engine", snapshots, identity, use, warn);
    if (!loaded.ok()) return loaded.error();
    recovered.loaded = *loaded;
    const std::uint64_t from = recovered.loaded ? recovered.loaded->sequence.value + 1 : 1;
    if (auto begins = check_begins(log, from, recovered.loaded.has_value()); !begins.ok()) {
        return begins.error();
    }
    const std::uint64_t total = log.head().next_sequence - from;
    std::uint64_t done = 0;
    auto replayed = journal::for_each_record(log, core::Sequence{from}, [&](journal::Entry& entry) {
        engine.replay(entry);
        if (++done % kProgressEvery == 0) progress(done, total);
    });
    if (!replayed.ok()) {
        const bool damaged = replayed.error().kind == Error::Kind::kCorrupt;
        return damaged ? with_give_back(replayed.error()) : replayed.error();
    }
    return recovered;
}

Result<void> check_archive(log::BatchLog& log, const follower::Archive& archive) {
    const core::Sequence position = archive.position();
    // What the log has dropped, a snapshot has: it is that one that must be of this log.
    if (position.value == 0 || position.value < log.first_sequence()) return {};
    auto ours = check_chain(log, archive.directory() + ": the archive", position.value,
                            archive.chain_hash());
    if (!ours.ok()) return with_way_out(ours.error());
    return ours;
}

Result<void> check_archive_reaches(const follower::Archive& archive,
                                   const journal::SnapshotInfo& loaded) {
    if (archive.position() >= loaded.sequence) return {};
    return Error{Error::Kind::kInvalid,
                 archive.directory() + ": the archive ends with " +
                     in_words(archive.position().value) + ", before " + loaded.file +
                     ", which was written after it: give back snapshots and archive of one "
                     "moment, or, if the log begins at sequence 1, take away the snapshots"};
}

Result<BegunFollower> begin_follower(const FollowerDisk& disk,
                                     const journal::SnapshotIdentity& identity,
                                     std::uint32_t timelines_max,
                                     std::optional<core::Sequence> newest, const Warn& warn) {
    BegunFollower begun;
    const auto fresh = [&] {
        begun.follower = std::make_unique<follower::Follower>(timelines_max, &disk.archive);
    };
    const auto use = [&](journal::SnapshotReader& reader) -> Result<journal::SnapshotInfo> {
        fresh();  // What has failed to load is good for nothing.
        auto loaded = begun.follower->load(reader);
        if (!loaded.ok()) return loaded.error();
        begun.epoch = reader.header().epoch;
        begun.chain_hash = reader.header().chain_hash;
        return *loaded;
    };
    if (newest) {
        auto loaded = use_snapshot("the follower", disk.snapshots, identity, use, warn, newest);
        if (!loaded.ok()) return loaded.error();
        begun.loaded = *loaded;
    }
    if (!begun.loaded) fresh();
    const std::uint64_t from = begun.loaded ? begun.loaded->sequence.value + 1 : 1;
    if (auto begins = check_begins(disk.log, from, begun.loaded.has_value()); !begins.ok()) {
        return begins.error();
    }
    auto tail = disk.log.read(from);
    if (!tail.ok()) return tail.error();
    begun.tail = std::move(tail).value();
    return begun;
}

}  // namespace lowu::app
