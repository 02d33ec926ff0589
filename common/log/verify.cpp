// Reading a log without touching it: see verify.hpp.
//
// A process may be appending meanwhile. Its records become visible in order, but not at once, and
// one read of a segment is not one moment. So whatever looks wrong is looked at again: if the log
// has not gone on where it seemed to end, although something later was there before the second
// look, it is damage.
#include "common/log/verify.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "common/base/hex.hpp"
#include "common/log/scan.hpp"
#include "common/log/segment.hpp"

namespace lowu::log {
namespace {

struct FoundSegment {
    std::uint64_t number = 0;
    std::optional<SegmentHeader> header;  // nothing: not in use, or damaged
};

// What stands where the sound records of a segment end.
struct Ending {
    enum class Kind { kEndOfLog, kNextSegment, kTorn, kDamage };
    Kind kind = Kind::kEndOfLog;
    std::string what{};        // kDamage
    std::uint64_t number = 0;  // kDamage: in which segment, and at which byte
    std::uint64_t byte = 0;

    friend bool operator==(const Ending&, const Ending&) = default;
};

class Verifier {
public:
    Verifier(Directory& directory, const VerifyOptions& options)
        : directory_(directory), options_(options) {}

    Result<LogFacts> run();

private:
    Result<std::vector<FoundSegment>> find_segments();
    Result<std::optional<SegmentHeader>> read_header(std::uint64_t number);
    Result<bool> count_files(std::span<const FoundSegment> found);
    Result<bool> read_segment(std::uint64_t number);
    Result<bool> look(std::uint64_t number, Ending& ending, bool& progressed);
    Result<void> load(std::uint64_t number);
    bool check_header(std::uint64_t number);
    bool take(const RecordHeader& header, std::uint64_t offset, std::span<const std::byte> payload);
    Result<Ending> judge(std::uint64_t number, const RecordScan& scan);
    Result<Ending> judge_spare(std::uint64_t number);
    Result<LogFacts> judge_unbegun();
    void damage(std::uint64_t number, std::uint64_t byte, std::string what);

    [[nodiscard]] std::string path(std::uint64_t number) const {
        return std::string(directory_.name()) + "/" + segment_file_name(number);
    }

    Directory& directory_;
    const VerifyOptions& options_;
    std::vector<std::byte> bytes_;  // of the segment that load() read last
    std::uint64_t offset_ = 0;      // behind the last sound record of that segment
    bool stopped_ = false;          // by the taker
    LogFacts facts_;
};

void Verifier::damage(std::uint64_t number, std::uint64_t byte, std::string what) {
    facts_.damage =
        Damage{segment_file_name(number), byte, facts_.head.next_sequence, std::move(what)};
}

// kNotFound when the segment is gone.
Result<std::optional<SegmentHeader>> Verifier::read_header(std::uint64_t number) {
    const Result<std::unique_ptr<File>> file =
        directory_.open(segment_file_name(number), FileAccess::kReadOnly);
    if (!file) {
        return file.error();
    }
    std::vector<std::byte> block(kSegmentHeaderBytes);
    const Result<std::size_t> count = (*file)->pread(0, block);
    if (!count) {
        return count.error();
    }
    DecodedSegment decoded = decode_segment_header(block);
    switch (decoded.state) {
        case SegmentState::kOtherVersion:
            return other_format_version(path(number), decoded.format_version);
        case SegmentState::kSpare:
        case SegmentState::kDamaged:
            return std::optional<SegmentHeader>();
        case SegmentState::kValid:
            break;
    }
    return std::optional<SegmentHeader>(std::move(decoded.header));
}

Result<std::vector<FoundSegment>> Verifier::find_segments() {
    const Result<std::vector<std::string>> names = directory_.list();
    if (!names) {
        return names.error();
    }
    std::vector<FoundSegment> found;
    for (const std::string& name : *names) {
        const std::optional<std::uint64_t> number = segment_number(name);
        if (!number) {
            continue;
        }
        Result<std::optional<SegmentHeader>> header = read_header(*number);
        if (!header && header.error().kind == Error::Kind::kNotFound && found.empty()) {
            continue;  // removed since it was listed, as the oldest are
        }
        if (!header) {
            return std::move(header).error();
        }
        found.push_back({*number, std::move(*header)});
    }
    if (found.empty()) {
        return Error{Error::Kind::kNotFound, std::string(directory_.name()) +
                                                 ": there is no log; name the directory that one "
                                                 "was written to"};
    }
    return found;
}

// What the directory shows. False when there is damage already.
Result<bool> Verifier::count_files(std::span<const FoundSegment> found) {
    for (std::size_t i = 1; i < found.size(); ++i) {
        if (found[i].number != found[i - 1].number + 1) {
            damage(found[i - 1].number + 1, 0, "the segment is missing, but later ones exist");
            return false;
        }
    }
    for (const FoundSegment& one : found) {
        if (!one.header && one.number != found.back().number) {
            damage(one.number, 0, "the segment's header is damaged, but later segments exist");
            return false;
        }
        const Result<std::unique_ptr<File>> file =
            directory_.open(segment_file_name(one.number), FileAccess::kReadOnly);
        if (file) {
            facts_.file_bytes += (*file)->size();
        }
        facts_.segments += one.header ? 1U : 0U;
    }
    facts_.spares = found.back().header ? 0U : 1U;
    const std::optional<SegmentHeader>& first = found.front().header;
    if (!first) {
        damage(found.front().number, 0, "the segment's header is damaged, and none stands before");
        return false;
    }
    facts_.id = first->log;
    facts_.form = first->form;
    facts_.rules_version = first->rules_version;
    facts_.format_version = kFormatVersion;
    facts_.first_segment = found.front().number;
    facts_.first_sequence = first->start.next_sequence;
    return true;
}

Result<void> Verifier::load(std::uint64_t number) {
    Result<std::unique_ptr<File>> file =
        directory_.open(segment_file_name(number), FileAccess::kReadOnly);
    if (!file && file.error().kind == Error::Kind::kNotFound) {
        return Error{Error::Kind::kNotFound, path(number) +
                                                 " was removed while the log was read, "
                                                 "as segments are that snapshots "
                                                 "cover; run again"};
    }
    if (!file) {
        return std::move(file).error();
    }
    const std::uint64_t size = (*file)->size();
    bytes_.resize(static_cast<std::size_t>(std::min(size, kSegmentMaxBytes)));
    const Result<std::size_t> count = (*file)->pread(0, bytes_);
    if (!count) {
        return count.error();
    }
    bytes_.resize(*count);
    return {};
}

// The header of the segment that was loaded.
bool Verifier::check_header(std::uint64_t number) {
    const auto wrong = [&](std::string what) {
        damage(number, 0, std::move(what));
        return false;
    };
    if (bytes_.size() < segment_min_bytes(0)) {
        return wrong("the file has only " + std::to_string(bytes_.size()) + " bytes");
    }
    const DecodedSegment decoded = decode_segment_header(bytes_);
    const SegmentHeader& header = decoded.header;
    if (decoded.state != SegmentState::kValid) {
        return wrong("the segment's header is damaged, but later segments exist");
    }
    if (header.number != number || header.segment_bytes != bytes_.size()) {
        return wrong("the segment says that it is number " + std::to_string(header.number) +
                     " of " + std::to_string(header.segment_bytes) + " bytes; it has " +
                     std::to_string(bytes_.size()));
    }
    if (header.log != facts_.id || header.form != facts_.form ||
        header.rules_version != facts_.rules_version) {
        return wrong("the segment is of log " + to_hex(header.log) + ", form \"" + header.form +
                     "\", rules version " + std::to_string(header.rules_version) +
                     "; the first one is not");
    }
    if (facts_.segments_read == 0) {
        facts_.start = header.start;
        facts_.head = header.start;
    } else if (header.start != facts_.head) {
        return wrong("the segment goes on from sequence " +
                     std::to_string(header.start.next_sequence) +
                     ", and not from where the one before it ends");
    }
    ++facts_.segments_read;
    return true;
}

bool Verifier::take(const RecordHeader& header, std::uint64_t offset,
                    std::span<const std::byte> payload) {
    facts_.record_bytes += record_stride_bytes(header.payload_bytes);
    if (header.kind == RecordKind::kEpoch) {
        ++facts_.owners;
        return true;
    }
    ++facts_.batches;
    facts_.commands += header.count;
    if (!options_.take) {
        return true;
    }
    const Result<bool> taken = options_.take(BatchView{.epoch = header.epoch,
                                                       .first_sequence = header.first_sequence,
                                                       .count = header.count,
                                                       .previous_hash = header.previous_hash,
                                                       .hash = header.hash,
                                                       .payload = payload});
    stopped_ = !taken || !*taken;
    if (!taken) {
        // look() knows the file.
        facts_.damage = Damage{{}, offset, header.first_sequence, taken.error().what};
    }
    return !stopped_;
}

// The file behind the last segment in use. Nothing acknowledged stands in it; a sound record says
// otherwise.
Result<Ending> Verifier::judge_spare(std::uint64_t number) {
    const std::vector<std::byte> kept = std::move(bytes_);
    const Result<void> loaded = load(number);
    const std::vector<std::byte> spare = std::exchange(bytes_, kept);
    if (!loaded) {
        return loaded.error();
    }
    if (spare.size() < segment_min_bytes(0)) {
        return Ending{Ending::Kind::kDamage,
                      "the file has only " + std::to_string(spare.size()) + " bytes", number, 0};
    }
    if (const auto later = find_sound_record(spare, kSegmentHeaderBytes)) {
        return Ending{Ending::Kind::kDamage,
                      "the segment's header is damaged, but a sound record follows at byte " +
                          std::to_string(*later),
                      number, 0};
    }
    return Ending{};
}

Result<Ending> Verifier::judge(std::uint64_t number, const RecordScan& scan) {
    const auto damaged = [&](std::string what) {
        return Ending{Ending::Kind::kDamage, std::move(what), number, offset_};
    };
    Result<std::optional<SegmentHeader>> next = read_header(number + 1);
    if (!next && next.error().kind != Error::Kind::kNotFound) {
        return std::move(next).error();
    }
    if (scan.chain_fault != nullptr) {
        return damaged(std::string("a record breaks the chain: ") + scan.chain_fault);
    }
    if (const auto later = find_sound_record(bytes_, scan.search_from)) {
        return damaged("the record is damaged, but a sound one follows at byte " +
                       std::to_string(*later));
    }
    if (next && *next) {
        if ((*next)->start == facts_.head) {
            return Ending{.kind = Ending::Kind::kNextSegment};
        }
        return damaged(
            "a record is damaged or missing, but the next segment goes on from "
            "sequence " +
            std::to_string((*next)->start.next_sequence));
    }
    if (next) {
        Result<Ending> spare = judge_spare(number + 1);
        if (!spare || spare->kind == Ending::Kind::kDamage) {
            return spare;
        }
    }
    const bool torn = written_end(bytes_) > offset_;
    return Ending{.kind = torn ? Ending::Kind::kTorn : Ending::Kind::kEndOfLog};
}

// The power failed before the first segment had its header: to recovery there is no log yet.
Result<LogFacts> Verifier::judge_unbegun() {
    const Result<Ending> ending = judge_spare(1);
    if (!ending) {
        return ending.error();
    }
    if (ending->kind == Ending::Kind::kDamage) {
        damage(ending->number, ending->byte, ending->what);
        return facts_;
    }
    return Error{Error::Kind::kNotFound,
                 path(1) + " was prepared and never begun: there is no log yet"};
}

// Reads the segment as it is now, takes what has come since the last look, and judges the rest.
Result<bool> Verifier::look(std::uint64_t number, Ending& ending, bool& progressed) {
    if (Result<void> loaded = load(number); !loaded) {
        return std::move(loaded).error();
    }
    if (offset_ == 0) {
        if (!check_header(number)) {
            return false;
        }
        offset_ = kSegmentHeaderBytes;
    }
    const RecordScan scan = scan_records(
        bytes_, facts_.head, offset_,
        [this](const RecordHeader& header, std::uint64_t offset,
               std::span<const std::byte> payload) { return take(header, offset, payload); });
    progressed = scan.end_offset != offset_;
    offset_ = scan.end_offset;
    facts_.head = scan.head;
    if (stopped_) {
        if (facts_.damage) {
            facts_.damage->file = segment_file_name(number);
        }
        return false;
    }
    Result<Ending> judged = judge(number, scan);
    if (!judged) {
        return std::move(judged).error();
    }
    ending = std::move(*judged);
    return true;
}

// True when the log goes on in the next segment.
Result<bool> Verifier::read_segment(std::uint64_t number) {
    offset_ = 0;
    std::optional<Ending> doubtful;
    for (;;) {
        Ending ending;
        bool progressed = false;
        const Result<bool> looked = look(number, ending, progressed);
        if (!looked || !*looked) {
            return looked;
        }
        const bool confirmed = !progressed && doubtful == ending;
        switch (ending.kind) {
            case Ending::Kind::kNextSegment:
                return true;
            case Ending::Kind::kEndOfLog:
                return false;
            case Ending::Kind::kTorn:
                if (confirmed) {
                    facts_.torn =
                        TornTail{segment_file_name(number), offset_, written_end(bytes_) - offset_};
                    return false;
                }
                break;
            case Ending::Kind::kDamage:
                if (confirmed) {
                    damage(ending.number, ending.byte, std::move(ending.what));
                    return false;
                }
                break;
        }
        doubtful = std::move(ending);
    }
}

Result<LogFacts> Verifier::run() {
    const Result<std::vector<FoundSegment>> found = find_segments();
    if (!found) {
        return found.error();
    }
    if (found->size() == 1 && found->front().number == 1 && !found->front().header) {
        return judge_unbegun();
    }
    const Result<bool> countable = count_files(*found);
    if (!countable) {
        return countable.error();
    }
    if (!*countable) {
        return facts_;
    }
    std::uint64_t number = found->front().number;
    for (const FoundSegment& one : *found) {
        if (one.header && one.header->start.next_sequence <= options_.from_sequence) {
            number = one.number;
        }
    }
    for (;; ++number) {
        const Result<bool> more = read_segment(number);
        if (!more) {
            return more.error();
        }
        if (!*more) {
            return facts_;
        }
    }
}

}  // namespace

Result<LogFacts> verify_log(Directory& directory, const VerifyOptions& options) {
    return Verifier(directory, options).run();
}

}  // namespace lowu::log
