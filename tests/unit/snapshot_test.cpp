// Snapshot files: what was written is read back; every damaged byte and every cut is found and
// named; a failing disk leaves nothing that looks whole; which are kept and which is used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/scheme/calendar.hpp"
#include "switch/journal/snapshot.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "switch/journal/snapshot_posix.hpp"

namespace lowu::journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array kSections{SnapshotSection::kFps, SnapshotSection::kIbps,
                               SnapshotSection::kFollower};

SnapshotIdentity identity() {
    return {"fps/0+ibps/0", 7, Hash128{0x1111, 0x2222}};
}

SnapshotHeader header(std::uint64_t sequence = 42) {
    SnapshotHeader header;
    header.identity = identity();
    header.last = {core::Sequence{sequence}, scheme::kDefaultSchemeStart, ElapsedTime{123'456}};
    header.epoch = 3;
    header.chain_hash = {0xaaaa, 0xbbbb};
    core::OpenCell open;
    open.rail = core::Rail::kIbps;
    open.parameters.payments_max = 1'000;
    core::AdmitParticipant admit;
    admit.code = *scheme::parse_agent_code("X01");
    admit.opening_cny = core::AmountMinor{5};
    header.genesis = {{core::Rail::kIbps, open}, {core::Rail::kFps, admit}};
    return header;
}

/// Bytes that differ everywhere.
std::vector<std::byte> content(std::size_t size, std::uint64_t seed) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::byte>(mix64(seed, i));
    return bytes;
}

constexpr std::size_t kSizes[] = {600'000, 0, 1'000};

Result<SnapshotInfo> write(SnapshotStore& store, const SnapshotHeader& header) {
    SnapshotWriter writer(store, header);
    for (std::size_t i = 0; i < kSections.size(); ++i) {
        writer.begin_section(kSections[i]);
        // In pieces that fit no block.
        const auto bytes = content(kSizes[i], i);
        std::span<const std::byte> left(bytes);
        while (!left.empty()) {
            const std::size_t count = std::min<std::size_t>(left.size(), 70'001);
            writer.write(left.first(count));
            left = left.subspan(count);
        }
        writer.end_section();
    }
    return writer.finish();
}

/// Reads all sections and checks what is in them.
Result<SnapshotInfo> read(SnapshotReader& reader) {
    for (std::size_t i = 0; i < kSections.size(); ++i) {
        if (auto begun = reader.begin_section(kSections[i]); !begun.ok()) return begun.error();
        std::vector<std::byte> bytes(kSizes[i]);
        std::span<std::byte> left(bytes);
        while (!left.empty()) {
            const std::size_t count = std::min<std::size_t>(left.size(), 99'991);
            if (auto got = reader.read(left.first(count)); !got.ok()) return got.error();
            left = left.subspan(count);
        }
        EXPECT_EQ(bytes, content(kSizes[i], i));
        if (auto ended = reader.end_section(); !ended.ok()) return ended.error();
    }
    return reader.finish();
}

const std::string kFile = "snapshot-00000000000000000042";

TEST(SnapshotTest, IsReadBackAsItWasWritten) {
    MemorySnapshots store;
    const auto written = write(store, header());
    ASSERT_TRUE(written.ok()) << written.error().what;
    EXPECT_EQ(written->file, kFile);
    EXPECT_EQ(written->sequence, core::Sequence{42});
    EXPECT_EQ(written->bytes, store.contents(kFile).size());
    EXPECT_EQ(written->scheme_time, scheme::kDefaultSchemeStart);
    auto reader = SnapshotReader::open(store, kFile, identity());
    ASSERT_TRUE(reader.ok()) << reader.error().what;
    const SnapshotHeader& found = reader->header();
    EXPECT_EQ(found.identity, identity());
    EXPECT_EQ(found.last.elapsed, ElapsedTime{123'456});
    EXPECT_EQ(found.epoch, 3U);
    EXPECT_EQ(found.chain_hash, (Hash128{0xaaaa, 0xbbbb}));
    ASSERT_EQ(found.genesis.size(), 2U);
    EXPECT_EQ(found.genesis[0].first, core::Rail::kIbps);
    EXPECT_EQ(std::get<core::OpenCell>(found.genesis[0].second).parameters.payments_max, 1'000U);
    EXPECT_EQ(std::get<core::AdmitParticipant>(found.genesis[1].second).opening_cny,
              core::AmountMinor{5});
    const auto whole = read(*reader);
    ASSERT_TRUE(whole.ok()) << whole.error().what;
    EXPECT_EQ(whole->bytes, written->bytes);
}

TEST(SnapshotTest, NamesSortAsSequencesDo) {
    EXPECT_EQ(snapshot_file_name(core::Sequence{42}), kFile);
    EXPECT_EQ(snapshot_sequence(kFile), core::Sequence{42});
    EXPECT_EQ(snapshot_sequence(snapshot_file_name(core::Sequence{~std::uint64_t{0}})),
              core::Sequence{~std::uint64_t{0}});
    for (const char* other : {"snapshot-42", "snapshot-0000000000000000004x", "segment-1", "",
                              "snapshot-99999999999999999999"})
        EXPECT_FALSE(snapshot_sequence(other)) << other;
}

TEST(SnapshotTest, EveryDamagedByteIsFound) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header()).ok());
    const std::size_t size = store.contents(kFile).size();
    // Every byte of the small blocks, and a sample of the content's.
    for (std::size_t offset = 0; offset < size; offset += offset < 1'000 ? 1 : 1'499) {
        store.damage(kFile, offset);
        const auto verified = verify_snapshot(store, kFile, identity());
        ASSERT_FALSE(verified.ok()) << "byte " << offset;
        EXPECT_EQ(verified.error().kind, Error::Kind::kCorrupt) << verified.error().what;
        EXPECT_THAT(verified.error().what, HasSubstr("memory/" + kFile + ": damaged at byte "));
        store.damage(kFile, offset);
    }
    for (std::size_t offset = size - 400; offset < size; ++offset) {
        store.damage(kFile, offset);
        EXPECT_FALSE(verify_snapshot(store, kFile, identity()).ok()) << "byte " << offset;
        store.damage(kFile, offset);
    }
    EXPECT_TRUE(verify_snapshot(store, kFile, identity()).ok());
}

TEST(SnapshotTest, EveryCutIsFound) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header()).ok());
    const std::vector<std::byte> whole = store.contents(kFile);
    for (std::size_t size = 0; size < whole.size(); size += size < 1'000 ? 1 : 4'999) {
        store.contents(kFile) = whole;
        store.truncate(kFile, size);
        const auto verified = verify_snapshot(store, kFile, identity());
        ASSERT_FALSE(verified.ok()) << size;
        EXPECT_EQ(verified.error().kind, Error::Kind::kCorrupt);
    }
    store.contents(kFile) = whole;
    store.contents(kFile).push_back(std::byte{0});
    const auto longer = verify_snapshot(store, kFile, identity());
    ASSERT_FALSE(longer.ok());
    EXPECT_THAT(longer.error().what,
                HasSubstr("byte " + std::to_string(whole.size()) + ": something stands behind"));
}

TEST(SnapshotTest, BlocksThatChangePlacesAreFound) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header()).ok());
    // Two of the first section's blocks, whole and each with its own right hash.
    std::vector<std::byte>& bytes = store.contents(kFile);
    const std::size_t first = 600'000 / 3;  // Somewhere in the first block.
    std::size_t begin = 0;
    for (std::size_t at = 0; at + 4 < first; ++at) {
        if (std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at + 4),
                       std::array{std::byte{'D'}, std::byte{'A'}, std::byte{'T'}, std::byte{'A'}}
                           .begin())) {
            begin = at - 16;
            break;
        }
    }
    ASSERT_GT(begin, 0U);
    constexpr std::size_t kBlock = 36 + (std::size_t{256} << 10U);
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(begin);
    std::swap_ranges(from, from + kBlock, from + kBlock);
    const auto verified = verify_snapshot(store, kFile, identity());
    ASSERT_FALSE(verified.ok());
    EXPECT_THAT(verified.error().what, HasSubstr("a block of section cell fps is missing"));
}

TEST(SnapshotTest, AnotherLogFormRulesOrFormatIsRefusedByName) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header()).ok());
    const auto refusal = [&](const SnapshotIdentity& other) {
        const auto reader = SnapshotReader::open(store, kFile, other);
        EXPECT_FALSE(reader.ok());
        EXPECT_EQ(reader.error().kind, Error::Kind::kInvalid);
        return reader.error().what;
    };
    SnapshotIdentity other = identity();
    other.form = "fps/0";
    EXPECT_THAT(refusal(other), HasSubstr("of form \"fps/0+ibps/0\"; this program is \"fps/0\""));
    other = identity();
    other.rules_version = 8;
    EXPECT_THAT(refusal(other), HasSubstr("of rules version 7; this program has 8"));
    other = identity();
    other.log.low = 1;
    EXPECT_THAT(refusal(other), HasSubstr("the log here is 00000000000011110000000000000001"));
    // A later format, as a later program would write it.
    std::vector<std::byte>& bytes = store.contents(kFile);
    bytes[8] = std::byte{kSnapshotFormat + 1};
    const std::uint64_t check = hash64(std::span<const std::byte>(bytes).first(12));
    for (std::size_t i = 0; i < 4; ++i)
        bytes[12 + i] = static_cast<std::byte>(check >> (8 * i));
    EXPECT_THAT(refusal(identity()), HasSubstr("of format version 3; this program reads 2"));
}

TEST(SnapshotTest, ARenamedSnapshotIsNotTakenForAnother) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header()).ok());
    auto renamed = store.create(snapshot_file_name(core::Sequence{43}));
    ASSERT_TRUE((*renamed)->append(store.contents(kFile)).ok());
    ASSERT_TRUE((*renamed)->publish().ok());
    const auto reader =
        SnapshotReader::open(store, snapshot_file_name(core::Sequence{43}), identity());
    ASSERT_FALSE(reader.ok());
    EXPECT_THAT(reader.error().what, HasSubstr("it was written as " + kFile));
}

TEST(SnapshotTest, AFailingDiskLeavesNothingThatLooksWhole) {
    for (std::uint64_t nth = 1; nth < 20; ++nth) {
        MemorySnapshots store;
        store.fail_append(nth);
        const auto written = write(store, header());
        if (written.ok()) {
            EXPECT_GT(nth, 9U) << "head, header, three blocks, an end, …";
            continue;
        }
        EXPECT_EQ(written.error().kind, Error::Kind::kIo);
        EXPECT_THAT(*store.list(), IsEmpty());
    }
    MemorySnapshots store;
    store.fail_sync(1);
    EXPECT_FALSE(write(store, header()).ok());
    store.fail_publish(1);
    EXPECT_FALSE(write(store, header()).ok());
    store.set_capacity(300'000);
    const auto full = write(store, header());
    ASSERT_FALSE(full.ok());
    EXPECT_EQ(full.error().kind, Error::Kind::kExhausted);
    EXPECT_THAT(*store.list(), IsEmpty());
    store.set_capacity(std::nullopt);
    EXPECT_TRUE(write(store, header()).ok());
}

/// Which snapshot is used, and what is warned of.
struct Used {
    std::optional<SnapshotInfo> info;
    std::vector<std::string> warnings;
    std::optional<Error> error;
};

Used use_newest(SnapshotStore& store, const SnapshotIdentity& identity) {
    Used used;
    auto found = use_newest_snapshot(
        store, identity, [](SnapshotReader& reader) { return read(reader); },
        [&](const Error& error) { used.warnings.push_back(error.what); });
    if (found.ok()) {
        used.info = *found;
    } else {
        used.error = found.error();
    }
    return used;
}

TEST(SnapshotTest, TheOlderOneIsUsedWhenTheNewerIsDamaged) {
    MemorySnapshots store;
    EXPECT_FALSE(use_newest(store, identity()).info) << "there is none";
    ASSERT_TRUE(write(store, header(42)).ok());
    ASSERT_TRUE(write(store, header(100)).ok());
    EXPECT_EQ(use_newest(store, identity()).info->sequence, core::Sequence{100});
    const std::string newest = snapshot_file_name(core::Sequence{100});
    store.damage(newest, 300'000);
    const Used used = use_newest(store, identity());
    ASSERT_TRUE(used.info);
    EXPECT_EQ(used.info->sequence, core::Sequence{42});
    EXPECT_THAT(used.warnings, ElementsAre(HasSubstr("memory/" + newest + ": damaged at byte ")));
    store.truncate(kFile, 1'000);
    const Used none = use_newest(store, identity());
    EXPECT_FALSE(none.info);
    EXPECT_FALSE(none.error);
    EXPECT_EQ(none.warnings.size(), 2U);
}

TEST(SnapshotTest, TheOlderOneIsUsedWhenTheDiskDoesNotGiveTheNewer) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header(42)).ok());
    ASSERT_TRUE(write(store, header(43)).ok());
    const std::string newer = snapshot_file_name(core::Sequence{43});
    store.fail_reads_of(newer);
    std::vector<std::string> warnings;
    const auto used = use_newest_snapshot(
        store, identity(), read, [&](const Error& error) { warnings.push_back(error.what); });
    ASSERT_TRUE(used.ok()) << used.error().what;
    ASSERT_TRUE(used->has_value());
    EXPECT_EQ((*used)->file, kFile);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr(newer + ": pread: ")));
}

TEST(SnapshotTest, NoneThatIsNewerThanAskedForIsUsed) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header(42)).ok());
    ASSERT_TRUE(write(store, header(43)).ok());
    const auto used = use_newest_snapshot(
        store, identity(), read, [](const Error&) {}, core::Sequence{42});
    ASSERT_TRUE(used.ok() && used->has_value());
    EXPECT_EQ((*used)->file, kFile);
}

TEST(SnapshotTest, AnotherLogsSnapshotIsNeverPassedOver) {
    MemorySnapshots store;
    ASSERT_TRUE(write(store, header(42)).ok());
    SnapshotHeader foreign = header(100);
    foreign.identity.log.high = 9;
    ASSERT_TRUE(write(store, foreign).ok());
    const Used used = use_newest(store, identity());
    ASSERT_TRUE(used.error);
    EXPECT_EQ(used.error->kind, Error::Kind::kInvalid);
}

TEST(SnapshotTest, TwoAreKept) {
    MemorySnapshots store;
    std::vector<SnapshotInfo> kept;
    for (const std::uint64_t sequence : {10U, 20U, 30U, 40U}) {
        auto written = write(store, header(sequence));
        ASSERT_TRUE(written.ok());
        kept.insert(kept.begin(), *written);
        if (kept.size() > kSnapshotsKept) kept.pop_back();
    }
    store.add_leftover("snapshot-00000000000000000035.new");
    ASSERT_TRUE(remove_other_snapshots(store, kept).ok());
    EXPECT_THAT(*list_snapshots(store), ElementsAre(snapshot_file_name(core::Sequence{40}),
                                                    snapshot_file_name(core::Sequence{30})));
    EXPECT_EQ(store.leftovers(), 0U);
    // One that could not be verified and is newer may still be looked at.
    ASSERT_TRUE(write(store, header(50)).ok());
    ASSERT_TRUE(remove_other_snapshots(store, kept).ok());
    EXPECT_EQ(list_snapshots(store)->size(), 3U);
}

class PosixSnapshotTest : public testing::Test {
protected:
    PosixSnapshotTest() {
        std::string name = testing::TempDir() + "lowu_snapshot_XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~PosixSnapshotTest() override { std::filesystem::remove_all(path_); }
    std::string path_;
};

TEST_F(PosixSnapshotTest, StandsInARealDirectory) {
    const std::string directory = path_ + "/snapshots";
    auto store = PosixSnapshots::open(directory);
    ASSERT_TRUE(store.ok()) << store.error().what;
    const auto written = write(**store, header());
    ASSERT_TRUE(written.ok()) << written.error().what;
    EXPECT_EQ(std::filesystem::file_size(directory + "/" + kFile), written->bytes);
    std::ofstream(directory + "/snapshot-00000000000000000007.new") << "left";
    std::ofstream(directory + "/notes.txt") << "somebody's";
    EXPECT_THAT(*list_snapshots(**store), ElementsAre(kFile));
    ASSERT_TRUE(remove_other_snapshots(**store, std::span(&*written, 1)).ok());
    EXPECT_FALSE(std::filesystem::exists(directory + "/snapshot-00000000000000000007.new"));
    EXPECT_TRUE(std::filesystem::exists(directory + "/notes.txt"));
    store->reset();
    auto again = PosixSnapshots::open(directory);
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(verify_snapshot(**again, kFile, identity()).ok());
    ASSERT_TRUE(remove_other_snapshots(**again, std::span<const SnapshotInfo>()).ok());
    EXPECT_THAT(*list_snapshots(**again), ElementsAre(kFile)) << "nothing newer is verified";
    EXPECT_EQ((*again)->open(std::string_view("missing")).error().kind, Error::Kind::kNotFound);
}

TEST_F(PosixSnapshotTest, AWriterThatGivesUpLeavesNothing) {
    auto store = PosixSnapshots::open(path_);
    ASSERT_TRUE(store.ok());
    {
        SnapshotWriter writer(**store, header());
        writer.begin_section(SnapshotSection::kFps);
    }
    EXPECT_TRUE(std::filesystem::is_empty(path_));
}

TEST_F(PosixSnapshotTest, ErrorsNameThePath) {
    const auto store = PosixSnapshots::open(path_ + "/missing/snapshots");
    ASSERT_FALSE(store.ok());
    EXPECT_THAT(store.error().what, HasSubstr(path_ + "/missing/snapshots: mkdir: "));
}

}  // namespace
}  // namespace lowu::journal
