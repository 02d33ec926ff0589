// Segment files of a log that somebody has damaged, or made up. See targets.hpp.
//
// An input says what is wrong: a first byte for the way, then edits of a small sound log of three
// segments, or the bytes of a segment themselves. `kSealed` makes the hashes right again after the
// edits, as no damage would, so that headers are believed that say anything at all.
#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "common/base/assert.hpp"
#include "common/log/little_endian.hpp"
#include "common/log/log_reader.hpp"
#include "common/log/memory_file.hpp"
#include "common/log/segment_log.hpp"
#include "common/log/verify.hpp"
#include "tests/fuzz/edits.hpp"
#include "tests/support/log_writer.hpp"

namespace lowu::fuzz {
namespace {

enum class Way : std::uint8_t { kDamaged = 0, kSealed = 1, kMadeUp = 2 };

constexpr std::uint32_t kMaxPayload = 512;
constexpr std::uint64_t kSegmentBytes = 8'192;
constexpr std::size_t kMaxEdits = 32;
constexpr std::uint64_t kReadThrough = 1'000'000;

log::LogOptions options() {
    return {.form = "fuzz",
            .rules_version = 1,
            .segment_bytes = kSegmentBytes,
            .max_payload_bytes = kMaxPayload,
            .missing = log::MissingLog::kCreate};
}

using Files = std::map<std::string, Bytes>;

Files files_of(log::MemoryDirectory& directory) {
    Files files;
    const auto names = directory.list();
    for (const std::string& name : *names)
        files[name] = directory.contents(name);
    return files;
}

void put(const Files& files, log::MemoryDirectory& directory) {
    for (const auto& [name, bytes] : files) {
        LOWU_ASSERT(directory.create_zeroed(name, bytes.size()).ok(), "memory takes everything");
        directory.corrupt(name, 0, bytes);
    }
}

struct SoundLog {
    Files files;
    std::map<std::uint64_t, test::WrittenBatch> batches;  ///< By first sequence.
};

const SoundLog& sound_log() {
    static const SoundLog kLog = [] {
        log::MemoryDirectory directory;
        SoundLog sound;
        {
            auto log = log::SegmentLog::open(directory, options());
            LOWU_ASSERT(log.ok(), "memory takes a new log");
            test::LogWriter writer(**log, 1);
            for (int batch = 0; batch < 36; ++batch) {
                LOWU_ASSERT(batch % 20 != 0 || writer.acquire(), "an owner");
                LOWU_ASSERT(writer.append_random(kMaxPayload) == log::AppendOutcome::kOk, "room");
            }
            for (const test::WrittenBatch& batch : writer.acknowledged())
                sound.batches.emplace(batch.first_sequence, batch);
        }
        sound.files = files_of(directory);
        LOWU_ASSERT(sound.files.size() >= 3, "several segments");
        return sound;
    }();
    return kLog;
}

/// Makes check and hash right of whatever looks like a record; see common/log/record.hpp.
void seal_records(Bytes& segment) {
    constexpr std::size_t kMagic = 20;
    const Bytes sound = sound_log().files.begin()->second;
    const auto magic_of = [](const Bytes& bytes, std::size_t at) {
        return log::load<std::uint32_t>(bytes, at + kMagic);
    };
    const std::uint32_t epoch_magic = magic_of(sound, log::kSegmentHeaderBytes);
    const std::uint32_t batch_magic =
        magic_of(sound, log::kSegmentHeaderBytes + log::record_stride_bytes(0));
    for (std::size_t at = log::kSegmentHeaderBytes; at + log::kRecordHeaderBytes <= segment.size();
         at += log::kRecordAlignmentBytes) {
        const std::uint32_t magic = magic_of(segment, at);
        if (magic != epoch_magic && magic != batch_magic) continue;
        const std::uint64_t bytes =
            log::kRecordHeaderBytes + log::load<std::uint32_t>(segment, at + 24);
        if (at + bytes > segment.size()) continue;
        log::RecordHeader header;
        header.kind = magic == epoch_magic ? log::RecordKind::kEpoch : log::RecordKind::kBatch;
        header.count = log::load<std::uint32_t>(segment, at + 28);
        header.epoch = log::load<std::uint64_t>(segment, at + 32);
        header.first_sequence = log::load<std::uint64_t>(segment, at + 40);
        header.previous_hash = log::load_hash(segment, at + 48);
        log::seal_record(std::span(segment).subspan(at, bytes), header);
    }
}

/// The same of the segment's own header; see common/log/segment.hpp.
void seal_segment(Bytes& segment) {
    constexpr std::size_t kCheck = 152;
    if (segment.size() < log::kSegmentHeaderBytes) return;
    log::store_hash(segment, kCheck, hash128(std::span<const std::byte>(segment).first(kCheck)));
    seal_records(segment);
}

void damage(Input& input, Files& files) {
    for (std::size_t edits = 0; !input.empty() && edits < kMaxEdits; ++edits) {
        const std::uint8_t what = input.byte();
        const auto file =
            std::next(files.begin(), what % static_cast<std::ptrdiff_t>(files.size()));
        if (what < 192) {
            edit_in_place(input, file->second);
        } else if (what < 216) {
            edit(input, file->second, kSegmentBytes);
        } else if (what < 232 && files.size() > 1) {
            files.erase(file);
        } else if (what < 248) {
            std::swap(file->second, files.begin()->second);
        } else {
            files[log::segment_file_name(1U + input.below(6))] = Bytes(kSegmentBytes);
        }
    }
}

Files made_up(Input& input) {
    Bytes segment(kSegmentBytes);
    const auto said = input.run(168);
    std::copy(said.begin(), said.end(), segment.begin());
    const auto records = input.run(kSegmentBytes - log::kSegmentHeaderBytes);
    std::copy(records.begin(), records.end(), segment.begin() + log::kSegmentHeaderBytes);
    return {{log::segment_file_name(1), segment}};
}

/// The hash that the batch would have, were it sealed now.
Hash128 hash_of(const log::BatchView& batch) {
    Bytes record(log::kRecordHeaderBytes);
    record.insert(record.end(), batch.payload.begin(), batch.payload.end());
    log::RecordHeader header{.count = batch.count,
                             .epoch = batch.epoch,
                             .first_sequence = batch.first_sequence,
                             .previous_hash = batch.previous_hash};
    return log::seal_record(record, header);
}

/// Judges whatever is read: it was hashed; and where nobody made hashes up, it was appended.
class Judge {
public:
    explicit Judge(Way way) : way_(way) {}

    void take(const log::BatchView& batch) {
        LOWU_ASSERT(hash_of(batch) == batch.hash, "nothing is read that was not hashed");
        ++taken_;
        if (way_ != Way::kDamaged) return;
        const auto& batches = sound_log().batches;
        const auto found = batches.find(batch.first_sequence);
        LOWU_ASSERT(found != batches.end() && found->second == test::written(batch),
                    "nothing is read that was not appended");
    }
    [[nodiscard]] int taken() const { return taken_; }

private:
    Way way_;
    int taken_ = 0;
};

/// In order from where the log begins, and at places.
void read(log::Directory& directory, Judge& judge) {
    for (const std::uint64_t from : {1U, 60U}) {
        auto reader = log::LogReader::open(directory, from);
        if (!reader.ok()) continue;
        std::uint64_t next = 0;
        while (true) {
            const auto batch = (*reader)->read_next(kReadThrough);
            if (!batch.ok() || !*batch) break;
            LOWU_ASSERT(next == 0 || (*batch)->first_sequence == next, "and without a gap");
            next = (*batch)->last_sequence() + 1;
            judge.take(**batch);
        }
        for (std::uint64_t sequence = 1; sequence < 200; sequence += 13) {
            const auto batch = (*reader)->read_at(sequence);
            if (!batch.ok()) continue;
            LOWU_ASSERT(batch->first_sequence <= sequence && sequence <= batch->last_sequence(),
                        "the batch that was asked for");
            judge.take(*batch);
        }
    }
}

/// Goes on where the log was recovered, and finds everything again.
void go_on(log::MemoryDirectory& directory, log::SegmentLog& log, Judge& judge) {
    const auto facts = log::verify_log(directory);
    LOWU_ASSERT(!facts.ok() || (!facts->damage && !facts->torn && facts->head == log.head()),
                "what was recovered is whole");
    const log::LogHead head = log.head();
    if (head.epoch > kReadThrough || head.next_sequence > kReadThrough) return;
    LOWU_ASSERT(log.acquire().ok(), "whoever has recovered may own");
    log::BatchBuffer buffer;
    buffer.append(Bytes(100, std::byte{7}));
    const std::uint64_t first = head.next_sequence;
    LOWU_ASSERT(
        log.append(log.head().epoch, first, 1, log.head().hash, buffer) == log::AppendOutcome::kOk,
        "and append");
    const auto reader = log.read(log.first_sequence());
    LOWU_ASSERT(reader.ok(), "and read what there is");
    while (true) {
        const auto batch = (*reader)->read_next(first);
        LOWU_ASSERT(batch.ok() && *batch, "up to the last batch");
        if ((*batch)->first_sequence == first) return;
        judge.take(**batch);
    }
}

}  // namespace

int fuzz_log(std::span<const std::byte> bytes) {
    Input input(bytes);
    const auto way = static_cast<Way>(input.below(3));
    Files files = way == Way::kMadeUp ? made_up(input) : sound_log().files;
    if (way != Way::kMadeUp) damage(input, files);
    if (way != Way::kDamaged) {
        for (auto& [name, segment] : files)
            seal_segment(segment);
    }
    log::MemoryDirectory directory;
    put(files, directory);

    Judge judge(way);
    log::VerifyOptions all;
    all.take = [&](const log::BatchView& batch) -> Result<bool> {
        judge.take(batch);
        return true;
    };
    const auto facts = log::verify_log(directory, all);
    read(directory, judge);
    const auto log = log::SegmentLog::open(directory, options());
    // A lone segment that was never begun: nothing stands in it, and a new log begins there.
    const bool new_log = log.ok() && (*log)->report().created;
    const bool damaged = facts.ok() && facts->damage;
    LOWU_ASSERT(!damaged || !log.ok() || new_log, "what is called damage, recovery refuses");
    // A file of another size is refused without a look at what stands in it.
    const bool whole = way == Way::kDamaged && facts.ok() && !facts->damage;
    const bool sized = std::ranges::all_of(
        files, [](const auto& file) { return file.second.size() == kSegmentBytes; });
    LOWU_ASSERT(!whole || !sized || log.ok(), "and what is not, it takes");
    if (log.ok() && !new_log) go_on(directory, **log, judge);
    return judge.taken();
}

}  // namespace lowu::fuzz
