// The record: how one batch (or one change of owner) stands in a segment, and how records follow
// each other. Exists so that writer, reader, recovery and the scripted log in tests agree on bytes
// and chain. Pure functions, any thread.
//
//   offset  bytes  little-endian
//        0     16  hash: XXH3-128 over everything from offset 16 to the end of the payload
//       16      4  check: low half of XXH3-64 over the header from offset 20 to 64
//       20      4  magic: a batch or an epoch
//       24      4  payload length
//       28      4  count of commands (0 for an epoch)
//       32      8  owner's epoch
//       40      8  first sequence (an epoch: of the batch that will follow)
//       48     16  hash of the record before (in segment 1's first: zero)
//       64         payload; the next record starts at the next multiple of 64
//
// Why 64: the header is 64 bytes and 64 divides a sector, so a header lies in one sector and is
// whole or absent after a crash. The header's own check tells a damaged length from a damaged
// payload: recovery trusts a length only when its check holds. Zeros where a header should be are
// the end of the log. The hash finds damage; it is no protection against somebody who forges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/base/hash.hpp"
#include "common/log/batch_log.hpp"

namespace lowu::log {

inline constexpr std::uint64_t kRecordHeaderBytes = 64;
inline constexpr std::uint64_t kRecordAlignmentBytes = 64;
static_assert(kRecordHeaderBytes == BatchBuffer::kHeaderRoomBytes);

enum class RecordKind { kBatch, kEpoch };

struct RecordHeader {
    RecordKind kind = RecordKind::kBatch;
    std::uint32_t payload_bytes = 0;
    std::uint32_t count = 0;
    std::uint64_t epoch = 0;
    std::uint64_t first_sequence = 0;
    Hash128 previous_hash{};
    Hash128 hash{};  // as stored; sealed() tells whether it holds
};

// Bytes from this record's start to the next one's.
[[nodiscard]] constexpr std::uint64_t record_stride_bytes(std::uint64_t payload_bytes) {
    return (kRecordHeaderBytes + payload_bytes + kRecordAlignmentBytes - 1) /
           kRecordAlignmentBytes * kRecordAlignmentBytes;
}

// Writes the header of a record whose payload is already in place behind it, and returns its hash.
// `header.payload_bytes` and `header.hash` are taken from `record`.
Hash128 seal_record(std::span<std::byte> record, const RecordHeader& header);

enum class HeaderState {
    kZero,     // nothing was ever written here
    kValid,    // the header's own check holds; nothing is said about the payload
    kDamaged,  // neither
};

// `bytes` holds at least a header. `header` is filled when the answer is kValid.
[[nodiscard]] HeaderState parse_record_header(std::span<const std::byte> bytes,
                                              RecordHeader& header);

// `record` is header and payload, no padding.
[[nodiscard]] bool sealed(std::span<const std::byte> record, const RecordHeader& header);

// Why `header` cannot be the record after `head`, or nullptr when it can.
[[nodiscard]] const char* fault_in_chain(const LogHead& head, const RecordHeader& header);

// The head after that record.
[[nodiscard]] LogHead head_after(const RecordHeader& header);

}  // namespace lowu::log
