// Records in the bytes of a segment: see scan.hpp.
#include "common/log/scan.hpp"

#include <algorithm>

namespace lowu::log {

RecordScan scan_records(std::span<const std::byte> segment, const LogHead& start,
                        std::uint64_t from, const RecordTaker& take) {
    RecordScan scan;
    scan.head = start;
    scan.end_offset = from;
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
        if (take && !take(header, offset, rest.subspan(kRecordHeaderBytes, header.payload_bytes))) {
            return scan;
        }
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

std::uint64_t written_end(std::span<const std::byte> segment) {
    const auto last = std::find_if(segment.rbegin(), segment.rend(),
                                   [](std::byte byte) { return byte != std::byte{0}; });
    return static_cast<std::uint64_t>(segment.rend() - last);
}

}  // namespace lowu::log
