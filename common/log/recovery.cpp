// Scan and repair at start: see recovery.hpp.
//
// The last record and the header of its segment are always written and synced once more. A process
// that died after a failed sync may have left them readable in the page cache and absent from the
// disk, marked clean; without this they would be served, built upon, and lost with the power.
#include "common/log/recovery.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "common/log/record.hpp"

namespace lowu::log {
namespace {

// What the records of one segment say.
struct RecordScan {
    LogHead head;  // after the last sound record
    std::uint64_t batches = 0;
    std::uint64_t end_offset = kSegmentHeaderBytes;  // after the last sound record
    std::uint64_t last_record_offset = 0;            // 0: the segment holds none
    std::uint64_t last_record_bytes = 0;
    std::uint64_t search_from = 0;      // the first place where a record after the end could stand
    const char* chain_fault = nullptr;  // a sound record that does not follow the one before
};

RecordScan scan_records(std::span<const std::byte> segment, const LogHead& start) {
    RecordScan scan;
    scan.head = start;
    while (scan.end_offset + kRecordHeaderBytes <= segment.size()) {
        const std::uint64_t offset = scan.end_offset;
        const std::span<const std::byte> rest = segment.subspan(static_cast<std::size_t>(offset));
        RecordHeader header;
        scan.search_from = offset + kRecordAlignmentBytes;
        if (parse_record_header(rest, header) != HeaderState::kValid) {
            return scan;
        }
        const std::uint64_t record_bytes = kRecordHeaderBytes + header.payload_bytes;
        if (record_bytes > rest.size()) {
            return scan;
        }
        const char* const fault = fault_in_chain(scan.head, header);
        if (!sealed(rest.first(static_cast<std::size_t>(record_bytes)), header)) {
            // A header that follows on is what the writer was about to append: its length holds,
            // and what looks like a record inside is payload.
            if (fault == nullptr) {
                scan.search_from = offset + record_stride_bytes(header.payload_bytes);
            }
            return scan;
        }
        if (fault != nullptr) {
            scan.chain_fault = fault;
            return scan;
        }
        scan.head = head_after(header);
        scan.batches += header.kind == RecordKind::kBatch ? 1 : 0;
        scan.last_record_offset = offset;
        scan.last_record_bytes = record_bytes;
        scan.end_offset = offset + record_stride_bytes(header.payload_bytes);
    }
    scan.search_from = segment.size();
    return scan;
}

std::optional<std::uint64_t> find_sound_record(std::span<const std::byte> segment,
                                               std::uint64_t from) {
    for (std::uint64_t offset = from; offset + kRecordHeaderBytes <= segment.size();
         offset += kRecordAlignmentBytes) {
        const std::span<const std::byte> rest = segment.subspan(static_cast<std::size_t>(offset));
        RecordHeader header;
        if (parse_record_header(rest, header) != HeaderState::kValid) {
            continue;
        }
        const std::uint64_t record_bytes = kRecordHeaderBytes + header.payload_bytes;
        if (record_bytes <= rest.size() &&
            sealed(rest.first(static_cast<std::size_t>(record_bytes)), header)) {
            return offset;
        }
    }
    return std::nullopt;
}

// One past the last byte that is not zero.
std::uint64_t written_end(std::span<const std::byte> segment) {
    const auto last = std::find_if(segment.rbegin(), segment.rend(),
                                   [](std::byte byte) { return byte != std::byte{0}; });
    return static_cast<std::uint64_t>(segment.rend() - last);
}

class Recovery {
public:
    Recovery(Directory& directory, const LogOptions& options)
        : directory_(directory), options_(options) {}

    Result<Recovered> run();

private:
    Result<std::vector<std::uint64_t>> find_segments();
    Result<void> recover_segments(std::span<const std::uint64_t> numbers);
    Result<void> recover_spare(std::uint64_t number);
    Result<bool> has_header(std::uint64_t number);
    Result<std::unique_ptr<File>> load(std::uint64_t number);
    Result<SegmentHeader> check_header(std::uint64_t number);
    Result<void> repair_tail(File& file, std::uint64_t number, const RecordScan& scan);
    Result<void> zero(File& file, std::uint64_t number, std::uint64_t from);

    [[nodiscard]] std::string path(std::uint64_t number) const {
        return std::string(directory_.name()) + "/" + segment_file_name(number);
    }
    [[nodiscard]] Error corrupt(std::uint64_t number, std::uint64_t offset,
                                const std::string& what) const {
        return Error{Error::Kind::kCorrupt,
                     path(number) + " at byte " + std::to_string(offset) + ", where sequence " +
                         std::to_string(recovered_.report.head.next_sequence) +
                         " was expected: " + what};
    }

    Directory& directory_;
    const LogOptions& options_;
    std::vector<std::byte> bytes_;  // of the segment that load() read last
    Recovered recovered_;
};

Result<std::vector<std::uint64_t>> Recovery::find_segments() {
    const Result<std::vector<std::string>> names = directory_.list();
    if (!names) {
        return names.error();
    }
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : *names) {
        if (const std::optional<std::uint64_t> number = segment_number(name)) {
            numbers.push_back(*number);
        }
    }
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] != numbers[i - 1] + 1) {
            return Error{Error::Kind::kCorrupt,
                         path(numbers[i - 1] + 1) + " is missing, but later segments exist"};
        }
    }
    return numbers;
}

Result<std::unique_ptr<File>> Recovery::load(std::uint64_t number) {
    Result<std::unique_ptr<File>> file =
        directory_.open(segment_file_name(number), FileAccess::kReadWrite);
    if (!file) {
        return file;
    }
    const std::uint64_t size = (*file)->size();
    if (size < segment_min_bytes(0) || size > kSegmentMaxBytes) {
        return Error{Error::Kind::kCorrupt, path(number) + " has " + std::to_string(size) +
                                                " bytes; a segment has " +
                                                std::to_string(segment_min_bytes(0)) + " to " +
                                                std::to_string(kSegmentMaxBytes)};
    }
    bytes_.resize(static_cast<std::size_t>(size));
    const Result<std::size_t> count = (*file)->pread(0, bytes_);
    if (!count) {
        return count.error();
    }
    if (*count != bytes_.size()) {
        return Error{Error::Kind::kIo, path(number) + " shrank while it was read"};
    }
    return file;
}

Result<bool> Recovery::has_header(std::uint64_t number) {
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
    const SegmentState state = decode_segment_header(block).state;
    return state == SegmentState::kValid || state == SegmentState::kOtherVersion;
}

Result<SegmentHeader> Recovery::check_header(std::uint64_t number) {
    DecodedSegment decoded = decode_segment_header(bytes_);
    const SegmentHeader& header = decoded.header;
    const auto refused = [&](std::string_view field, const std::string& found,
                             const std::string& wanted) {
        return Error{Error::Kind::kInvalid, path(number) + " has " + std::string(field) + " " +
                                                found + ", but " + wanted + " is configured"};
    };
    switch (decoded.state) {
        case SegmentState::kOtherVersion:
            return Error{Error::Kind::kInvalid, path(number) + " has format version " +
                                                    std::to_string(decoded.format_version) +
                                                    ", but this program reads " +
                                                    std::to_string(kFormatVersion)};
        case SegmentState::kSpare:
        case SegmentState::kDamaged:
            return corrupt(number, 0, "the segment's header is damaged, but later segments exist");
        case SegmentState::kValid:
            break;
    }
    if (header.form != options_.form) {
        return refused("form", "\"" + header.form + "\"", "\"" + options_.form + "\"");
    }
    if (header.rules_version != options_.rules_version) {
        return refused("rules version", std::to_string(header.rules_version),
                       std::to_string(options_.rules_version));
    }
    if (header.number != number || header.segment_bytes != bytes_.size()) {
        return Error{Error::Kind::kCorrupt,
                     path(number) + " says that it is segment " + std::to_string(header.number) +
                         " of " + std::to_string(header.segment_bytes) + " bytes, but it has " +
                         std::to_string(bytes_.size()) + " bytes under this name"};
    }
    return std::move(decoded.header);
}

Result<void> Recovery::zero(File& file, std::uint64_t number, std::uint64_t from) {
    const std::uint64_t end = written_end(bytes_);
    if (end <= from) {
        return {};
    }
    const std::span<std::byte> tail = std::span<std::byte>(bytes_).subspan(
        static_cast<std::size_t>(from), static_cast<std::size_t>(end - from));
    std::fill(tail.begin(), tail.end(), std::byte{0});
    recovered_.report.dropped_bytes += tail.size();
    recovered_.report.dropped_from = segment_file_name(number);
    recovered_.report.dropped_at_byte = from;
    return file.pwrite(from, tail);
}

Result<void> Recovery::repair_tail(File& file, std::uint64_t number, const RecordScan& scan) {
    if (const auto later = find_sound_record(bytes_, scan.search_from)) {
        return corrupt(number, scan.end_offset,
                       "the record is damaged, but a sound one follows at byte " +
                           std::to_string(*later) + "; acknowledged batches would be lost");
    }
    if (Result<void> zeroed = zero(file, number, scan.end_offset); !zeroed) {
        return zeroed;
    }
    const std::span<const std::byte> segment(bytes_);
    if (Result<void> again = file.pwrite(0, segment.first(kSegmentHeaderBytes)); !again) {
        return again;
    }
    if (scan.last_record_bytes > 0) {
        const auto record = segment.subspan(static_cast<std::size_t>(scan.last_record_offset),
                                            static_cast<std::size_t>(scan.last_record_bytes));
        if (Result<void> again = file.pwrite(scan.last_record_offset, record); !again) {
            return again;
        }
    }
    return file.datasync();
}

Result<void> Recovery::recover_segments(std::span<const std::uint64_t> numbers) {
    RecoveryReport& report = recovered_.report;
    std::uint64_t previous_end = 0;
    for (const std::uint64_t number : numbers) {
        Result<std::unique_ptr<File>> file = load(number);
        if (!file) {
            return std::move(file).error();
        }
        const Result<SegmentHeader> header = check_header(number);
        if (!header) {
            return header.error();
        }
        if (number == numbers.front()) {
            report.head = header->start;
            report.first_sequence = header->start.next_sequence;
        } else if (header->start != report.head) {
            return corrupt(number - 1, previous_end,
                           "a record is damaged or missing, but the next segment goes on from "
                           "sequence " +
                               std::to_string(header->start.next_sequence));
        }
        const RecordScan scan = scan_records(bytes_, report.head);
        report.head = scan.head;
        report.batches += scan.batches;
        ++report.segments;
        if (scan.chain_fault != nullptr) {
            return corrupt(number, scan.end_offset,
                           std::string("a record breaks the chain: ") + scan.chain_fault);
        }
        previous_end = scan.end_offset;
        if (number == numbers.back()) {
            if (Result<void> repaired = repair_tail(**file, number, scan); !repaired) {
                return repaired;
            }
            recovered_.current = std::move(*file);
            recovered_.current_number = number;
            recovered_.used_bytes = scan.end_offset;
        }
    }
    return {};
}

// A last segment without header: prepared and not used yet, or the power failed while its header
// was being written. Either way nothing in it was acknowledged; a sound record says otherwise.
Result<void> Recovery::recover_spare(std::uint64_t number) {
    Result<std::unique_ptr<File>> file = load(number);
    if (!file) {
        return std::move(file).error();
    }
    if (const auto later = find_sound_record(bytes_, kSegmentHeaderBytes)) {
        return corrupt(number, 0,
                       "the segment's header is damaged, but a sound record follows at "
                       "byte " +
                           std::to_string(*later));
    }
    if (bytes_.size() < segment_min_bytes(options_.max_payload_bytes)) {
        return directory_.remove(segment_file_name(number));
    }
    if (written_end(bytes_) > 0) {
        if (Result<void> zeroed = zero(**file, number, 0); !zeroed) {
            return zeroed;
        }
        if (Result<void> synced = (*file)->datasync(); !synced) {
            return synced;
        }
    }
    recovered_.spare = std::move(*file);
    return {};
}

Result<Recovered> Recovery::run() {
    Result<std::vector<std::uint64_t>> numbers = find_segments();
    if (!numbers) {
        return std::move(numbers).error();
    }
    std::optional<std::uint64_t> spare;
    if (!numbers->empty()) {
        const Result<bool> in_use = has_header(numbers->back());
        if (!in_use) {
            return in_use.error();
        }
        if (!*in_use) {
            spare = numbers->back();
            numbers->pop_back();
        }
    }
    if (Result<void> done = recover_segments(*numbers); !done) {
        return std::move(done).error();
    }
    if (spare) {
        if (Result<void> done = recover_spare(*spare); !done) {
            return std::move(done).error();
        }
    }
    return std::move(recovered_);
}

}  // namespace

Result<Recovered> recover(Directory& directory, const LogOptions& options) {
    return Recovery(directory, options).run();
}

}  // namespace lowu::log
