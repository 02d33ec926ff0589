// A follower of the test's own. See replay.hpp.
#include "tests/kill/replay.hpp"

#include <filesystem>
#include <limits>
#include <memory>

#include "common/base/hex.hpp"
#include "common/log/log_reader.hpp"
#include "common/log/posix_file.hpp"
#include "common/log/verify.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot_posix.hpp"

namespace lowu::killing {

namespace {

constexpr std::uint32_t kNoTimelines = 1;

std::unique_ptr<follower::Follower> new_follower() {
    return std::make_unique<follower::Follower>(kNoTimelines);
}

// From the oldest snapshot: the more there is to replay, the more is compared.
Result<std::unique_ptr<follower::Follower>> from_snapshot(const std::string& directory,
                                                          const log::LogFacts& facts) {
    auto store = journal::PosixSnapshots::open(directory + "/snapshots");
    if (!store) return store.error();
    const auto files = journal::list_snapshots(**store);
    if (!files) return files.error();
    Error why{Error::Kind::kNotFound, directory + ": no snapshot"};
    for (auto file = files->rbegin(); file != files->rend(); ++file) {
        auto reader = journal::SnapshotReader::open(**store, *file,
                                                    {facts.form, facts.rules_version, facts.id});
        if (!reader) {
            why = reader.error();
            continue;
        }
        auto follower = new_follower();
        if (auto loaded = follower->load(*reader); loaded.ok())
            return follower;
        else
            why = loaded.error();
    }
    return why;
}

}  // namespace

Result<std::vector<std::string>> replayed_digests(const std::string& directory,
                                                  std::uint64_t through) {
    auto opened = log::PosixDirectory::open(directory, log::MissingDirectory::kRefuse);
    if (!opened) return opened.error();
    // Of the last segment alone: only who it is.
    const auto facts = log::verify_log(**opened, {std::numeric_limits<std::uint64_t>::max(), {}});
    if (!facts) return facts.error();
    auto follower = new_follower();
    if (facts->first_sequence > 1) {
        auto loaded = from_snapshot(directory, *facts);
        if (!loaded) return loaded.error();
        follower = std::move(loaded).value();
    }
    auto reader = log::LogReader::open(**opened, follower->replayed().value + 1);
    if (!reader) return reader.error();
    while (follower->replayed().value < through) {
        const auto batch = (*reader)->read_next(through);
        if (!batch) return batch.error();
        if (!batch->has_value()) {
            return Error{Error::Kind::kCorrupt,
                         directory + ": no batch ends at sequence " + std::to_string(through)};
        }
        if (auto taken = follower->take(**batch); !taken) return taken.error();
    }
    std::vector<std::string> digests;
    for (const auto& [rail, name] :
         {std::pair{core::Rail::kFps, "fps"}, {core::Rail::kIbps, "ibps"}}) {
        digests.push_back(std::string(name) + "/0=" + to_hex(follower->cell(rail).digest()));
    }
    return digests;
}

}  // namespace lowu::killing
