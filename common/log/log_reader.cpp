// The reader of the embedded log: see log_reader.hpp.
#include "common/log/log_reader.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/assert.hpp"

namespace lowu::log {
namespace {

// Walking headers over this much takes well under a millisecond; remembering a place costs 56
// bytes.
constexpr std::uint64_t kPlaceEveryBytes = 256ULL * 1024;

bool before(std::uint64_t sequence, const LogHead& head) {
    return sequence < head.next_sequence;
}

}  // namespace

Error LogReader::corrupt(const Place& place, const std::string& what) const {
    return Error{Error::Kind::kCorrupt,
                 std::string(directory_.name()) + "/" + segment_file_name(place.segment) +
                     " at byte " + std::to_string(place.offset) + ", where sequence " +
                     std::to_string(place.head.next_sequence) + " was expected: " + what};
}

Error LogReader::no_longer(std::uint64_t sequence) const {
    return Error{Error::Kind::kNotFound,
                 std::string(directory_.name()) + ": sequence " + std::to_string(sequence) +
                     " is no longer in the log; the oldest is " + std::to_string(oldest())};
}

Result<std::unique_ptr<LogReader>> LogReader::open(Directory& directory,
                                                   std::uint64_t from_sequence) {
    LOWU_ASSERT(from_sequence > 0, "sequences begin with 1");
    std::unique_ptr<LogReader> reader(new LogReader(directory));
    reader->from_sequence_ = from_sequence;
    if (Result<void> found = reader->find_segments(); !found) {
        return std::move(found).error();
    }
    const std::optional<Place> place = reader->nearest_place(from_sequence);
    if (!place) {
        return reader->no_longer(from_sequence);
    }
    reader->next_.place = *place;
    return reader;
}

// Sets places_ to the beginnings of the segments that there are now, and keeps what it knows
// between them.
Result<void> LogReader::find_segments() {
    const Result<std::vector<std::string>> names = directory_.list();
    if (!names) {
        return names.error();
    }
    std::vector<Place> starts;
    for (const std::string& name : *names) {
        const std::optional<std::uint64_t> number = segment_number(name);
        if (!number) {
            continue;
        }
        const Result<std::unique_ptr<File>> file = directory_.open(name, FileAccess::kReadOnly);
        if (!file && file.error().kind == Error::Kind::kNotFound) {
            continue;  // removed since it was listed
        }
        if (!file) {
            return file.error();
        }
        const auto header = read_segment_header(**file, *number);
        if (!header) {
            return header.error();
        }
        if (*header) {
            starts.push_back(Place{.segment = *number, .head = (*header)->start});
        }
    }
    if (starts.empty()) {
        return Error{Error::Kind::kNotFound, std::string(directory_.name()) +
                                                 ": there is no log; name the directory that a "
                                                 "log was written to"};
    }
    for (const Place& place : places_) {
        if (place.segment >= starts.front().segment && place.offset > kSegmentHeaderBytes) {
            starts.push_back(place);
        }
    }
    std::sort(starts.begin(), starts.end(), [](const Place& left, const Place& right) {
        return std::pair(left.segment, left.offset) < std::pair(right.segment, right.offset);
    });
    places_ = std::move(starts);
    return {};
}

// Nothing when the log begins later.
std::optional<LogReader::Place> LogReader::nearest_place(std::uint64_t sequence) const {
    const auto after =
        std::upper_bound(places_.begin(), places_.end(), sequence,
                         [](std::uint64_t s, const Place& p) { return before(s, p.head); });
    return after == places_.begin() ? std::nullopt : std::optional(*std::prev(after));
}

// Nothing when the segment is not in use (yet).
Result<std::optional<SegmentHeader>> LogReader::read_segment_header(File& file,
                                                                    std::uint64_t number) {
    record_.resize(kSegmentHeaderBytes);
    const Result<std::size_t> count = file.pread(0, record_);
    if (!count) {
        return count.error();
    }
    if (*count < kSegmentHeaderBytes) {
        return std::optional<SegmentHeader>();
    }
    DecodedSegment decoded = decode_segment_header(record_);
    switch (decoded.state) {
        case SegmentState::kSpare:
        case SegmentState::kDamaged:
            // Damaged may be a header that is being written just now. If a durable batch needs it,
            // the reader reports the segment before as ending too early.
            return std::optional<SegmentHeader>();
        case SegmentState::kOtherVersion:
            return other_format_version(
                std::string(directory_.name()) + "/" + segment_file_name(number),
                decoded.format_version);
        case SegmentState::kValid:
            break;
    }
    return std::optional<SegmentHeader>(std::move(decoded.header));
}

// kNotFound, naming the oldest sequence, when the segment has been removed.
Result<void> LogReader::open_segment(Cursor& cursor) {
    if (cursor.file != nullptr) {
        return {};
    }
    Result<std::unique_ptr<File>> file =
        directory_.open(segment_file_name(cursor.place.segment), FileAccess::kReadOnly);
    if (file) {
        cursor.file = std::move(*file);
        return {};
    }
    if (file.error().kind != Error::Kind::kNotFound) {
        return std::move(file).error();
    }
    if (Result<void> found = find_segments(); !found) {
        return found;
    }
    return no_longer(cursor.place.head.next_sequence);
}

// The record at the cursor, or nothing at the end of the log. Moves on to the next segment where
// this one ends.
Result<std::optional<RecordHeader>> LogReader::header_at(Cursor& cursor) {
    for (;;) {
        Place& place = cursor.place;
        if (Result<void> opened = open_segment(cursor); !opened) {
            return std::move(opened).error();
        }
        RecordHeader header;
        HeaderState state = HeaderState::kZero;
        if (place.offset + kRecordHeaderBytes <= cursor.file->size()) {
            const Result<std::size_t> count = cursor.file->pread(place.offset, header_bytes_);
            if (!count) {
                return count.error();
            }
            state = parse_record_header(header_bytes_, header);
        }
        switch (state) {
            case HeaderState::kDamaged:
            case HeaderState::kZero: {
                // What stands behind the last record of a full segment is nobody's: when the next
                // segment goes on from here, nothing is missing.
                const Result<bool> entered = enter_next_segment(cursor);
                if (!entered) {
                    return entered.error();
                }
                if (*entered) {
                    continue;
                }
                if (state == HeaderState::kDamaged) {
                    return corrupt(place, "the record's header is damaged");
                }
                return std::optional<RecordHeader>();
            }
            case HeaderState::kValid:
                break;
        }
        if (const char* const fault = fault_in_chain(place.head, header)) {
            return corrupt(place, std::string("the record breaks the chain: ") + fault);
        }
        return std::optional<RecordHeader>(header);
    }
}

Result<bool> LogReader::enter_next_segment(Cursor& cursor) {
    const std::uint64_t number = cursor.place.segment + 1;
    Result<std::unique_ptr<File>> file =
        directory_.open(segment_file_name(number), FileAccess::kReadOnly);
    if (!file) {
        if (file.error().kind != Error::Kind::kNotFound) {
            return std::move(file).error();
        }
        // Not begun yet, or gone already.
        if (Result<void> found = find_segments(); !found) {
            return std::move(found).error();
        }
        if (places_.front().segment > number) {
            return no_longer(cursor.place.head.next_sequence);
        }
        return false;
    }
    const Result<std::optional<SegmentHeader>> header = read_segment_header(**file, number);
    if (!header) {
        return header.error();
    }
    if (!*header) {
        return false;
    }
    if ((*header)->start != cursor.place.head) {
        return corrupt(cursor.place,
                       "the record is missing, but the next segment goes on from "
                       "sequence " +
                           std::to_string((*header)->start.next_sequence));
    }
    cursor.file = std::move(*file);
    cursor.place = Place{.segment = number, .head = (*header)->start};
    return true;
}

// Reads and verifies the whole record at the cursor.
Result<BatchView> LogReader::load(Cursor& cursor, const RecordHeader& header) {
    const std::uint64_t bytes = kRecordHeaderBytes + header.payload_bytes;
    if (cursor.place.offset + bytes > cursor.file->size()) {
        return corrupt(cursor.place, "the record is longer than its segment");
    }
    record_.resize(static_cast<std::size_t>(bytes));
    const Result<std::size_t> count = cursor.file->pread(cursor.place.offset, record_);
    if (!count) {
        return count.error();
    }
    if (*count != record_.size() || !sealed(record_, header)) {
        return corrupt(cursor.place, "the record does not match its hash");
    }
    return BatchView{.epoch = header.epoch,
                     .first_sequence = header.first_sequence,
                     .count = header.count,
                     .previous_hash = header.previous_hash,
                     .hash = header.hash,
                     .payload = std::span<const std::byte>(record_).subspan(kRecordHeaderBytes)};
}

void LogReader::pass(Cursor& cursor, const RecordHeader& header) {
    remember(cursor.place);
    cursor.place.offset += record_stride_bytes(header.payload_bytes);
    cursor.place.head = head_after(header);
}

void LogReader::remember(const Place& place) {
    auto after = places_.end();
    if (before(place.head.next_sequence, places_.back().head)) {
        after = std::upper_bound(places_.begin(), places_.end(), place.head.next_sequence,
                                 [](std::uint64_t s, const Place& p) { return before(s, p.head); });
        if (after == places_.begin()) {
            return;
        }
    }
    const Place& nearest = *std::prev(after);
    if (nearest.segment == place.segment && place.offset < nearest.offset + kPlaceEveryBytes) {
        return;
    }
    places_.insert(after, place);
}

Result<std::optional<BatchView>> LogReader::read_next(std::uint64_t durable_through_sequence) {
    // Nothing is read before the caller knows it to be durable: the writer may be in the middle of
    // writing it. What precedes a durable batch is durable too.
    while (next_.place.head.next_sequence <= durable_through_sequence) {
        const Result<std::optional<RecordHeader>> found = header_at(next_);
        if (!found) {
            return found.error();
        }
        if (!*found) {
            return corrupt(next_.place, "the log ends here, but more is said to be durable");
        }
        const RecordHeader& header = **found;
        if (header.kind == RecordKind::kEpoch) {
            if (!sealed(header_bytes_, header)) {
                return corrupt(next_.place, "the record does not match its hash");
            }
            pass(next_, header);
            continue;
        }
        const std::uint64_t last_sequence = header.first_sequence + header.count - 1;
        if (last_sequence > durable_through_sequence) {
            break;
        }
        if (last_sequence < from_sequence_) {
            pass(next_, header);
            continue;
        }
        const Result<BatchView> batch = load(next_, header);
        if (!batch) {
            return batch.error();
        }
        pass(next_, header);
        return std::optional<BatchView>(*batch);
    }
    return std::optional<BatchView>();
}

Result<BatchView> LogReader::read_at(std::uint64_t sequence) {
    std::optional<Place> start = nearest_place(sequence);
    if (start && (random_.file == nullptr || random_.place.segment != start->segment)) {
        random_.file.reset();
        random_.place = *start;
        // What it remembers may have been removed since, and what is wanted be in a segment that it
        // has never seen.
        if (Result<void> opened = open_segment(random_); !opened) {
            if (opened.error().kind != Error::Kind::kNotFound) {
                return std::move(opened).error();
            }
            start = nearest_place(sequence);
        }
    }
    if (!start) {
        return no_longer(sequence);
    }
    random_.place = *start;
    for (;;) {
        const Result<std::optional<RecordHeader>> found = header_at(random_);
        if (!found) {
            return found.error();
        }
        if (!*found) {
            return Error{Error::Kind::kNotFound, std::string(directory_.name()) + ": sequence " +
                                                     std::to_string(sequence) +
                                                     " is not in the log"};
        }
        const RecordHeader& header = **found;
        if (header.kind == RecordKind::kBatch && sequence < header.first_sequence + header.count) {
            return load(random_, header);
        }
        pass(random_, header);
    }
}

}  // namespace lowu::log
