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

#include "common/base/hex.hpp"
#include "common/log/record.hpp"
#include "common/log/scan.hpp"

namespace lowu::log {
namespace {

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

    [[nodiscard]] Result<void> take_start(const SegmentHeader& header, std::uint64_t previous_end);

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
                             const std::string& wanted, std::string_view advice) {
        return Error{Error::Kind::kInvalid, path(number) + " has " + std::string(field) + " " +
                                                found + ", but " + wanted + " is configured; " +
                                                std::string(advice)};
    };
    switch (decoded.state) {
        case SegmentState::kOtherVersion:
            return other_format_version(path(number), decoded.format_version);
        case SegmentState::kSpare:
        case SegmentState::kDamaged:
            return corrupt(number, 0, "the segment's header is damaged, but later segments exist");
        case SegmentState::kValid:
            break;
    }
    if (header.form != options_.form) {
        return refused("form", "\"" + header.form + "\"", "\"" + options_.form + "\"",
                       "this is the log of another kind of process: name another directory");
    }
    if (header.rules_version != options_.rules_version) {
        return refused("rules version", std::to_string(header.rules_version),
                       std::to_string(options_.rules_version),
                       "go on with the release that wrote it, or begin in an empty directory");
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

// The first segment says where the log begins, which is later than at 1 when segments have been
// removed; every other one goes on from the one before.
Result<void> Recovery::take_start(const SegmentHeader& header, std::uint64_t previous_end) {
    RecoveryReport& report = recovered_.report;
    if (report.segments == 0) {
        report.id = header.log;
        report.head = header.start;
        report.first_sequence = header.start.next_sequence;
    } else if (header.log != report.id) {
        return corrupt(header.number, 0,
                       "the segment belongs to log " + to_hex(header.log) +
                           ", those before it to " + to_hex(report.id));
    } else if (header.start != report.head) {
        return corrupt(header.number - 1, previous_end,
                       "a record is damaged or missing, but the next segment goes on from "
                       "sequence " +
                           std::to_string(header.start.next_sequence));
    }
    ++report.segments;
    recovered_.segments.push_back({header.number, header.start.next_sequence});
    return {};
}

Result<void> Recovery::recover_segments(std::span<const std::uint64_t> numbers) {
    RecoveryReport& report = recovered_.report;
    std::uint64_t previous_end = 0;
    recovered_.segments.reserve(numbers.size());
    for (const std::uint64_t number : numbers) {
        Result<std::unique_ptr<File>> file = load(number);
        if (!file) {
            return std::move(file).error();
        }
        const Result<SegmentHeader> header = check_header(number);
        if (!header) {
            return header.error();
        }
        if (Result<void> taken = take_start(*header, previous_end); !taken) {
            return taken;
        }
        const RecordScan scan = scan_records(bytes_, report.head);
        report.head = scan.head;
        report.batches += scan.batches;
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
    // The segment that is appended to is never removed, so a later one cannot stand alone.
    if (spare && numbers->empty() && *spare != 1) {
        return corrupt(*spare, 0, "the segment's header is damaged, and none stands before it");
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
