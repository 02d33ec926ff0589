// What the bytes of one segment say: its records in order, where they end, and whether a sound one
// stands behind that end. Exists so that recovery (which repairs) and verification (which only
// looks) judge alike. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "common/log/record.hpp"
#include "common/log/segment.hpp"

namespace lowu::log {

// What the records of one segment say.
struct RecordScan {
    LogHead head;  // after the last sound record
    std::uint64_t batches = 0;
    std::uint64_t end_offset = kSegmentHeaderBytes;  // after the last sound record
    std::uint64_t last_record_offset = 0;            // 0: none was passed
    std::uint64_t last_record_bytes = 0;
    std::uint64_t search_from = 0;      // the first place where a record after the end could stand
    const char* chain_fault = nullptr;  // a sound record that does not follow the one before
};

// Gets every sound record in its place; false ends the scan behind it.
using RecordTaker = std::function<bool(const RecordHeader& header, std::uint64_t offset,
                                       std::span<const std::byte> payload)>;

// Goes over `segment`, header block included, from `from`, where the chain stands at `start`.
[[nodiscard]] RecordScan scan_records(std::span<const std::byte> segment, const LogHead& start,
                                      std::uint64_t from = kSegmentHeaderBytes,
                                      const RecordTaker& take = {});

// The first offset from `from` on where a sound record stands, whatever it follows.
[[nodiscard]] std::optional<std::uint64_t> find_sound_record(std::span<const std::byte> segment,
                                                             std::uint64_t from);

// One past the last byte that is not zero.
[[nodiscard]] std::uint64_t written_end(std::span<const std::byte> segment);

}  // namespace lowu::log
