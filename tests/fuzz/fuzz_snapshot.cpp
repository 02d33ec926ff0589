// Snapshots that somebody has damaged or made up. Damage is refused; a file whose checksums hold is
// loaded whole or refused, and what was loaded is written again alike. See targets.hpp.
//
// An input says what is wrong: a first byte for the way, then edits of a small sound snapshot, or
// the file itself. `kSealed` edits what stands in the sections and writes a file with good
// checksums around it, as no damage would.
#include <array>
#include <string>

#include "common/base/assert.hpp"
#include "switch/core/state_io.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot_cells.hpp"
#include "switch/journal/snapshot_memory.hpp"
#include "tests/fuzz/edits.hpp"
#include "tests/fuzz/small_switch.hpp"
#include "tests/fuzz/small_traffic.hpp"

namespace lowu::fuzz {
namespace {

using journal::SnapshotSection;

enum class Way : std::uint8_t { kDamaged = 0, kSealed = 1, kMadeUp = 2 };

constexpr std::array kSections{SnapshotSection::kFps, SnapshotSection::kIbps,
                               SnapshotSection::kFollower};
constexpr std::size_t kMaxEdits = 32;
constexpr std::size_t kMaxBytes = 65'536;
// Tables are made as large as a cell's parameters say, as they must be; gigabytes are not for here.
constexpr std::uint32_t kMaxTable = 65'536;

struct SoundSnapshot {
    journal::SnapshotHeader header;
    Bytes file;
    std::array<Bytes, kSections.size()> sections;
};

Bytes read_section(journal::SnapshotReader& reader, SnapshotSection section) {
    LOWU_ASSERT(reader.begin_section(section).ok(), "the section is there");
    Bytes content(kMaxBytes);
    std::size_t bytes = 0;
    while (true) {
        const auto more = reader.read_some(std::span(content).subspan(bytes));
        LOWU_ASSERT(more.ok(), "and sound");
        if (*more == 0) break;
        bytes += *more;
    }
    content.resize(bytes);
    LOWU_ASSERT(reader.end_section().ok(), "to its end");
    return content;
}

const SoundSnapshot& sound_snapshot() {
    static const SoundSnapshot kSnapshot = [] {
        SmallSwitch live;
        some_traffic(live);
        SoundSnapshot sound;
        sound.header.identity = {"fuzz", 1, live.log().id()};
        sound.header.genesis = live.engine().genesis();
        follower::Follower follower(10);
        for (const auto& batch : live.log().batches()) {
            log::BatchView view = batch.view;
            view.payload = batch.payload;
            LOWU_ASSERT(follower.take(view).ok(), "what was recorded can be replayed");
            sound.header.epoch = view.epoch;
            sound.header.chain_hash = view.hash;
        }
        sound.header.last = follower.last();
        journal::MemorySnapshots store;
        const auto info = follower.write_snapshot(store, sound.header);
        LOWU_ASSERT(info.ok(), "memory takes it");
        sound.file = store.contents(info->file);
        auto reader = journal::SnapshotReader::open(store, info->file, sound.header.identity);
        LOWU_ASSERT(reader.ok(), "what was written is sound");
        for (std::size_t i = 0; i < kSections.size(); ++i)
            sound.sections[i] = read_section(*reader, kSections[i]);
        return sound;
    }();
    return kSnapshot;
}

std::string file_name() {
    return journal::snapshot_file_name(sound_snapshot().header.last.sequence);
}

/// Under the name of the sound one.
void put(const Bytes& file, journal::MemorySnapshots& store) {
    auto output = store.create(file_name());
    LOWU_ASSERT(output.ok() && (*output)->append(file).ok() && (*output)->sync().ok() &&
                    (*output)->publish().ok(),
                "memory takes it");
}

bool has_small_tables(const Bytes& section) {
    bool taken = false;
    core::StateReader reader([&](std::span<std::byte> to) -> Result<std::size_t> {
        if (std::exchange(taken, true)) return std::size_t{0};
        const std::size_t bytes = std::min(to.size(), section.size());
        std::copy_n(section.begin(), bytes, to.begin());
        return bytes;
    });
    bool open = false;
    core::Rail rail{};
    core::RuleBook rules;
    reader(open);
    reader(rail);
    reader(rules);
    const core::Parameters& said = rules.parameters();
    return !reader.ok() ||
           std::max({said.payments_max, said.quota_records_max, said.proxies_max}) <= kMaxTable;
}

/// False when the sections are not for here.
bool put_sealed(Input& input, journal::MemorySnapshots& store) {
    auto sections = sound_snapshot().sections;
    for (std::size_t edits = 0; !input.empty() && edits < kMaxEdits; ++edits)
        edit(input, sections[input.below(kSections.size())], kMaxBytes);
    if (!has_small_tables(sections[0]) || !has_small_tables(sections[1])) return false;
    journal::SnapshotWriter writer(store, sound_snapshot().header);
    for (std::size_t i = 0; i < kSections.size(); ++i) {
        writer.begin_section(kSections[i]);
        writer.write(sections[i]);
        writer.end_section();
    }
    LOWU_ASSERT(writer.finish().ok(), "memory takes it");
    return true;
}

/// Into an engine and into a follower, which must agree whether it can be.
std::unique_ptr<follower::Follower> load(journal::MemorySnapshots& store) {
    const auto& identity = sound_snapshot().header.identity;
    auto reader = journal::SnapshotReader::open(store, file_name(), identity);
    if (!reader.ok()) return nullptr;
    auto follower = std::make_unique<follower::Follower>(10U);
    const bool followed = follower->load(*reader).ok();

    auto again = journal::SnapshotReader::open(store, file_name(), identity);
    LOWU_ASSERT(again.ok(), "it opens twice");
    ManualClock clock;
    SmallOutlet outlet({}, {});
    test::FakeLog log;
    engine::LogBodies bodies(log);
    engine::Engine engine(clock, outlet, bodies);
    const bool loaded = engine.load(*again).ok();
    LOWU_ASSERT(loaded || !followed, "the follower's cells are the engine's");
    if (!followed) return nullptr;
    for (const core::Rail rail : kRails) {
        LOWU_ASSERT(follower->cell(rail).digest() == engine.cell(rail).digest(), "field by field");
    }
    return follower;
}

/// What was loaded is saved, and loaded, alike.
void check_saved_again(follower::Follower& follower) {
    journal::MemorySnapshots store;
    const auto written = follower.write_snapshot(store, sound_snapshot().header);
    LOWU_ASSERT(written.ok(), "memory takes it");
    const auto again = load(store);
    LOWU_ASSERT(again != nullptr, "what was saved can be loaded");
    for (const core::Rail rail : kRails) {
        LOWU_ASSERT(again->cell(rail).digest() == follower.cell(rail).digest(), "and is the same");
    }
}

}  // namespace

int fuzz_snapshot(std::span<const std::byte> bytes) {
    Input input(bytes);
    const auto way = static_cast<Way>(input.below(3));
    journal::MemorySnapshots store;
    if (way == Way::kSealed) {
        if (!put_sealed(input, store)) return 0;
    } else {
        Bytes file = sound_snapshot().file;
        for (std::size_t edits = 0; way == Way::kDamaged && !input.empty() && edits < kMaxEdits;
             ++edits)
            edit(input, file, kMaxBytes);
        if (way == Way::kMadeUp) {
            const auto said = input.rest();
            file.assign(said.begin(), said.end());
        }
        put(file, store);
        const auto verified =
            journal::verify_snapshot(store, file_name(), sound_snapshot().header.identity);
        LOWU_ASSERT(verified.ok() == (file == sound_snapshot().file), "damage is found");
    }
    const auto follower = load(store);
    if (follower == nullptr) return 0;
    check_saved_again(*follower);
    return 1;
}

}  // namespace lowu::fuzz
