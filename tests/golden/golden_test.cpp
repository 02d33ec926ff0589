// The golden log: a committed log of this program's rules, and what the cells must be behind it. A
// change of behaviour, of records or of the digest that was not meant shows here; one that was
// meant changes kRulesVersion, and a new golden log is written (see README.md):
//   LOWU_REWRITE=1 build/release/bin/golden_test
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "common/base/hex.hpp"
#include "common/log/log_reader.hpp"
#include "common/log/memory_file.hpp"
#include "common/log/posix_file.hpp"
#include "common/log/segment_log.hpp"
#include "common/log/verify.hpp"
#include "switch/app/rules_version.hpp"
#include "switch/core/cell.hpp"
#include "switch/journal/batch.hpp"
#include "tests/golden/history.hpp"

namespace lowu::golden {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "fps/0+ibps/0";
constexpr const char* kDigestFile = "digests.txt";
constexpr std::uint64_t kDigestEveryBatches = 8;
constexpr const char* kAdvice =
    "; if the change is meant, change kRulesVersion (switch/app/rules_version.hpp) and write a new "
    "golden log: LOWU_REWRITE=1 build/release/bin/golden_test";

std::string folder() {
    return std::string(LOWU_SOURCE_DIR) + "/tests/golden/rules-" +
           std::to_string(app::kRulesVersion);
}

log::LogOptions options() {
    log::LogOptions options;
    options.form = kForm;
    options.rules_version = app::kRulesVersion;
    options.max_payload_bytes = 8 * 1024;
    options.segment_bytes = log::segment_min_bytes(options.max_payload_bytes);
    options.missing = log::MissingLog::kCreate;
    return options;
}

using Digests = std::map<std::uint64_t, std::string>;  // by sequence: "fps HASH ibps HASH"

struct Replayed {
    Digests digests;              // every few batches, and at the end
    std::set<std::size_t> kinds;  // of commands, by their place in core::Command
    std::uint64_t last = 0;
};

// Replays what is in the directory, without the command at `but` (0: all).
Result<Replayed> replay(log::Directory& directory, std::uint64_t but = 0) {
    std::array<core::Cell, 2> cells;
    core::Effects effects;
    Replayed replayed;
    journal::RecordReader records;
    journal::Entry entry;
    std::uint64_t batches = 0;
    const auto digests = [&] {
        return "fps " + to_hex(cells[0].digest()) + " ibps " + to_hex(cells[1].digest());
    };
    log::VerifyOptions walk;
    walk.take = [&](const log::BatchView& batch) -> Result<bool> {
        const core::Sequence first{batch.first_sequence};
        if (auto opened = records.open(batch.payload, first); !opened.ok()) return opened.error();
        while (true) {
            const Result<bool> more = records.next(entry);
            if (!more.ok()) return more.error();
            if (!*more) break;
            if (entry.stamp.sequence.value == but) continue;
            replayed.kinds.insert(entry.command.index());
            cells[entry.rail == scheme::Rail::kFps ? 0 : 1].apply(entry.stamp, entry.command,
                                                                  effects);
            effects.clear();
        }
        replayed.last = batch.last_sequence();
        if (++batches % kDigestEveryBatches == 0) replayed.digests[replayed.last] = digests();
        return true;
    };
    const auto facts = log::verify_log(directory, walk);
    if (!facts.ok()) return facts.error();
    if (facts->damage) {
        return Error{Error::Kind::kCorrupt, facts->damage->file + " at byte " +
                                                std::to_string(facts->damage->byte) + ": " +
                                                facts->damage->what};
    }
    replayed.digests[replayed.last] = digests();
    return replayed;
}

// The history's batches in small segments, under this program's rules version.
void copy_log(log::BatchLog& from, log::Directory& to) {
    const auto opened = log::SegmentLog::open(to, options());
    ASSERT_TRUE(opened.ok()) << opened.error().what;
    log::SegmentLog& log = **opened;
    const auto reader = from.read(1);
    ASSERT_TRUE(reader.ok());
    log::BatchBuffer buffer;
    while (true) {
        const auto batch = (*reader)->read_next(from.head().next_sequence - 1);
        ASSERT_TRUE(batch.ok()) << batch.error().what;
        if (!*batch) return;
        while (log.head().epoch < (*batch)->epoch) {
            ASSERT_TRUE(log.acquire().ok());
        }
        buffer.clear();
        buffer.append((*batch)->payload);
        ASSERT_EQ(log.append(log.head().epoch, (*batch)->first_sequence, (*batch)->count,
                             log.head().hash, buffer),
                  log::AppendOutcome::kOk);
    }
}

// Writes the folder anew.
void rewrite() {
    engine::GoldenHistory history;
    history.play();
    ASSERT_FALSE(testing::Test::HasFailure()) << "the history does not play as it should";
    log::MemoryDirectory memory("golden");
    copy_log(history.log(), memory);
    const auto replayed = replay(memory);
    ASSERT_TRUE(replayed.ok()) << replayed.error().what;
    fs::remove_all(folder());
    fs::create_directories(folder());
    const auto names = memory.list();
    ASSERT_TRUE(names.ok());
    for (const std::string& name : *names) {
        const std::vector<std::byte> bytes = memory.contents(name);
        std::ofstream(folder() + "/" + name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    std::ofstream file(folder() + "/" + kDigestFile);
    file << "# What both cells are behind these sequence numbers. Written by golden_test.\n";
    for (const auto& [sequence, digests] : replayed->digests) {
        file << sequence << " " << digests << "\n";
    }
}

Digests committed_digests() {
    std::ifstream file(folder() + "/" + kDigestFile);
    Digests digests;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t space = line.find(' ');
        digests[std::stoull(line.substr(0, space))] = line.substr(space + 1);
    }
    return digests;
}

std::unique_ptr<log::PosixDirectory> committed() {
    auto opened = log::PosixDirectory::open(folder(), log::MissingDirectory::kRefuse);
    EXPECT_TRUE(opened.ok()) << "there is no golden log of rules version " << app::kRulesVersion
                             << kAdvice;
    return opened.ok() ? std::move(opened).value() : nullptr;
}

class Golden : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (std::getenv("LOWU_REWRITE") != nullptr) rewrite();
    }
};

TEST_F(Golden, IsWholeAndOfThisProgramsRules) {
    const auto directory = committed();
    ASSERT_NE(directory, nullptr);
    const auto facts = log::verify_log(*directory);
    ASSERT_TRUE(facts.ok()) << facts.error().what;
    EXPECT_FALSE(facts->damage.has_value()) << facts->damage->file << " " << facts->damage->what;
    EXPECT_FALSE(facts->torn.has_value());
    EXPECT_EQ(facts->form, kForm);
    EXPECT_EQ(facts->rules_version, app::kRulesVersion);
    EXPECT_GE(facts->segments, 2U);
    EXPECT_GE(facts->owners, 2U) << "it crosses a restart";
    EXPECT_LT(facts->file_bytes, 200U * 1024);
}

TEST_F(Golden, ReplayGivesTheCommittedDigests) {
    const auto directory = committed();
    ASSERT_NE(directory, nullptr);
    const Digests expected = committed_digests();
    ASSERT_GE(expected.size(), 4U);
    const auto replayed = replay(*directory);
    ASSERT_TRUE(replayed.ok()) << replayed.error().what << kAdvice;
    for (const auto& [sequence, digests] : expected) {
        const auto found = replayed->digests.find(sequence);
        ASSERT_NE(found, replayed->digests.end()) << "no batch ends at " << sequence;
        ASSERT_EQ(found->second, digests) << "at sequence " << sequence << kAdvice;
    }
    EXPECT_EQ(replayed->digests.size(), expected.size());
}

TEST_F(Golden, OneCommandLessIsNoticed) {
    const auto directory = committed();
    ASSERT_NE(directory, nullptr);
    const auto whole = replay(*directory);
    ASSERT_TRUE(whole.ok());
    // The last one: what is behind it would not fit.
    const auto shortened = replay(*directory, whole->last);
    ASSERT_TRUE(shortened.ok());
    EXPECT_NE(shortened->digests.rbegin()->second, whole->digests.rbegin()->second);
}

// A kind of command that no golden log holds could change unnoticed.
TEST_F(Golden, HoldsEveryKindOfCommand) {
    const auto directory = committed();
    ASSERT_NE(directory, nullptr);
    const auto replayed = replay(*directory);
    ASSERT_TRUE(replayed.ok());
    // These take more payments than a small log has.
    const std::set<std::size_t> absent = {core::Command(core::Forget{}).index(),
                                          core::Command(core::Recollect{}).index()};
    for (std::size_t kind = 0; kind < std::variant_size_v<core::Command>; ++kind) {
        EXPECT_EQ(replayed->kinds.contains(kind), !absent.contains(kind))
            << "command number " << kind << " of core::Command: add it to tests/golden/history.hpp"
            << kAdvice;
    }
}

// As the switch does at a start, on a copy: recovery takes it, and the engine stands where it was.
TEST_F(Golden, OpensAndReplaysThroughTheEngine) {
    const auto directory = committed();
    ASSERT_NE(directory, nullptr);
    log::MemoryDirectory memory("copy");
    const auto names = directory->list();
    ASSERT_TRUE(names.ok());
    for (const std::string& name : *names) {
        if (!log::segment_number(name)) continue;
        const auto file = directory->open(name, log::FileAccess::kReadOnly);
        ASSERT_TRUE(file.ok());
        std::vector<std::byte> bytes((*file)->size());
        ASSERT_TRUE((*file)->pread(0, bytes).ok());
        ASSERT_TRUE(memory.create_zeroed(name, bytes.size()).ok());
        memory.corrupt(name, 0, bytes);
    }
    const auto log = log::SegmentLog::open(memory, options());
    ASSERT_TRUE(log.ok()) << log.error().what;
    EXPECT_FALSE((*log)->report().created);
    ManualClock clock;
    engine::RecordingOutlet outlet(memory);
    engine::Process process(**log, clock, outlet);
    const auto replayed = journal::for_each_record(
        **log, [&](journal::Entry& entry) { process.engine.replay(entry); });
    ASSERT_TRUE(replayed.ok()) << replayed.error().what;
    const std::string digests = "fps " + to_hex(process.engine.cell(scheme::Rail::kFps).digest()) +
                                " ibps " +
                                to_hex(process.engine.cell(scheme::Rail::kIbps).digest());
    EXPECT_EQ(digests, committed_digests().rbegin()->second);
}

// The next release refuses it by name.
TEST_F(Golden, OtherRulesVersionIsRefused) {
    log::MemoryDirectory memory("data");
    {
        engine::GoldenHistory history;
        copy_log(history.log(), memory);
    }
    log::LogOptions newer = options();
    ++newer.rules_version;
    const auto refused = log::SegmentLog::open(memory, newer);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
    EXPECT_NE(refused.error().what.find("rules version " + std::to_string(app::kRulesVersion) +
                                        ", but " + std::to_string(newer.rules_version)),
              std::string::npos)
        << refused.error().what;
}

}  // namespace
}  // namespace lowu::golden
