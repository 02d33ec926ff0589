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

Result<std::unique_ptr<LogReader>> LogReader::open(Directory& directory,
                                                   std::uint64_t from_sequence) {
    LOWU_ASSERT(from_sequence > 0, "sequences begin with 1");
    std::unique_ptr<LogReader> reader(new LogReader(directory));
    reader->from_sequence_ = from_sequence;
    const Result<std::vector<std::string>> names = directory.list();
    if (!names) {
        return names.error();
    }
    for (const std::string& name : *names) {
        const std::optional<std::uint64_t> number = segment_number(name);
        if (!number) {
            continue;
        }
        const Result<std::unique_ptr<File>> file = directory.open(name, FileAccess::kReadOnly);
        if (!file) {
            return file.error();
        }
        const auto header = reader->read_segment_header(**file, *number);
        if (!header) {
            return header.error();
        }
        if (*header) {
            reader->places_.push_back(Place{.segment = *number, .head = (*header)->start});
        }
    }
    if (reader->places_.empty()) {
        return Error{Error::Kind::kNotFound, std::string(directory.name()) + ": there is no log"};
    }
    const std::uint64_t oldest = reader->places_.front().head.next_sequence;
    if (from_sequence < oldest) {
        return Error{Error::Kind::kNotFound,
                     std::string(directory.name()) + ": sequence " + std::to_string(from_sequence) +
                         " is no longer in the log; the oldest is " + std::to_string(oldest)};
    }
    const auto after =
        std::upper_bound(reader->places_.begin(), reader->places_.end(), from_sequence,
                         [](std::uint64_t s, const Place& p) { return before(s, p.head); });
    reader->next_.place = *std::prev(after);
    return reader;
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
            return Error{Error::Kind::kInvalid,
                         std::string(directory_.name()) + "/" + segment_file_name(number) +
                             " has format version " + std::to_string(decoded.format_version) +
                             ", but this program reads " + std::to_string(kFormatVersion)};
        case SegmentState::kValid:
            break;
    }
    return std::optional<SegmentHeader>(std::move(decoded.header));
}

// The record at the cursor, or nothing at the end of the log. Moves on to the next segment where
// this one ends.
Result<std::optional<RecordHeader>> LogReader::header_at(Cursor& cursor) {
    for (;;) {
        Place& place = cursor.place;
        if (cursor.file == nullptr) {
            Result<std::unique_ptr<File>> file =
                directory_.open(segment_file_name(place.segment), FileAccess::kReadOnly);
            if (!file) {
                return std::move(file).error();
            }
            cursor.file = std::move(*file);
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
                return corrupt(place, "the record's header is damaged");
            case HeaderState::kZero: {
                const Result<bool> entered = enter_next_segment(cursor);
                if (!entered) {
                    return entered.error();
                }
                if (!*entered) {
                    return std::optional<RecordHeader>();
                }
                continue;
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
        if (file.error().kind == Error::Kind::kNotFound) {
            return false;
        }
        return std::move(file).error();
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
    const auto not_found = [&](const std::string& what) {
        return Error{Error::Kind::kNotFound, std::string(directory_.name()) + ": sequence " +
                                                 std::to_string(sequence) + what};
    };
    const auto after =
        std::upper_bound(places_.begin(), places_.end(), sequence,
                         [](std::uint64_t s, const Place& p) { return before(s, p.head); });
    if (after == places_.begin()) {
        return not_found(" is no longer in the log; the oldest is " +
                         std::to_string(places_.front().head.next_sequence));
    }
    const Place start = *std::prev(after);
    if (random_.place.segment != start.segment) {
        random_.file.reset();
    }
    random_.place = start;
    for (;;) {
        const Result<std::optional<RecordHeader>> found = header_at(random_);
        if (!found) {
            return found.error();
        }
        if (!*found) {
            return not_found(" is not in the log");
        }
        const RecordHeader& header = **found;
        if (header.kind == RecordKind::kBatch && sequence < header.first_sequence + header.count) {
            return load(random_, header);
        }
        pass(random_, header);
    }
}

}  // namespace lowu::log
