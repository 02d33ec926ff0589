// From disk to engine; see recovery.hpp.
#include "switch/app/recovery.hpp"

#include "switch/journal/replay.hpp"

namespace lowu::app {
namespace {

constexpr std::uint64_t kProgressEvery = 65'536;

std::string in_words(std::uint64_t sequence) {
    return "sequence " + std::to_string(sequence);
}

/// The snapshot must be a state of this very log: the batch that it ends with is in the log, by its
/// hash.
Result<void> check_chain(log::BatchLog& log, const journal::SnapshotHeader& header) {
    const std::uint64_t sequence = header.last.sequence.value;
    const std::uint64_t end = log.head().next_sequence;
    if (sequence >= end) {
        return Error{Error::Kind::kCorrupt, "the snapshot stands at " + in_words(sequence) +
                                                ", but the log ends before " + in_words(end)};
    }
    auto reader = log.read(sequence);
    if (!reader.ok()) return reader.error();
    const auto batch = (*reader)->read_at(sequence);
    if (!batch.ok()) return batch.error();
    if (batch->hash == header.chain_hash && batch->last_sequence() == sequence) return {};
    return Error{Error::Kind::kCorrupt, "the snapshot at " + in_words(sequence) +
                                            " is not of this log: the batch's hash is another"};
}

}  // namespace

Result<Recovered> recover(engine::Engine& engine, log::BatchLog& log,
                          journal::SnapshotStore& snapshots,
                          const journal::SnapshotIdentity& identity,
                          const std::function<void(const Error&)>& warn, const Progress& progress) {
    Recovered recovered;
    const auto use = [&](journal::SnapshotReader& reader) -> Result<journal::SnapshotInfo> {
        if (auto same = check_chain(log, reader.header()); !same.ok()) return same.error();
        return engine.load(reader);
    };
    auto loaded = journal::use_newest_snapshot(snapshots, identity, use, warn);
    if (!loaded.ok()) return loaded.error();
    recovered.loaded = *loaded;
    const std::uint64_t from = recovered.loaded ? recovered.loaded->sequence.value + 1 : 1;
    if (from < log.first_sequence()) {
        return Error{Error::Kind::kCorrupt,
                     "the log begins at " + in_words(log.first_sequence()) +
                         " and no usable snapshot reaches so far: there is none" +
                         (recovered.loaded ? " behind " + in_words(from - 1) : std::string())};
    }
    const std::uint64_t total = log.head().next_sequence - from;
    std::uint64_t done = 0;
    auto replayed = journal::for_each_record(log, core::Sequence{from}, [&](journal::Entry& entry) {
        engine.replay(entry);
        if (++done % kProgressEvery == 0) progress(done, total);
    });
    if (!replayed.ok()) return replayed.error();
    if (recovered.loaded) recovered.snapshots.push_back(*recovered.loaded);
    return recovered;
}

}  // namespace lowu::app
