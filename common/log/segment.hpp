// The segment: one preallocated file of the log; its name and its header block. Exists so that
// writer, reader and recovery agree on them. Pure functions, any thread.
//
//   offset  bytes  little-endian
//        0      8  magic "LOWULOG1"
//        8      4  format version
//       12      4  rules version
//       16      4  length of the form id
//       20     64  form id, such as "fps/0+ibps/0", zero-padded
//       88      8  segment number, from 1
//       96      8  size of this file in bytes
//      104      8  epoch of the owner before its first record
//      112      8  first sequence
//      120     16  hash of the last record before it (segment 1: zero)
//      136     16  log id, the same in every segment
//      152     16  XXH3-128 over offsets 0 to 152
//     4096         records
//
// The block is a page although a sector would hold it: it is written once and then no write of a
// record ever touches its page. A spare segment is all zeros, header included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/log/batch_log.hpp"
#include "common/log/record.hpp"

namespace lowu::log {

inline constexpr std::uint64_t kSegmentHeaderBytes = 4096;
inline constexpr std::uint32_t kFormatVersion = 2;  // 1 had no log id
inline constexpr std::size_t kFormIdMaxBytes = 64;
inline constexpr std::uint64_t kDefaultSegmentBytes = 64ULL * 1024 * 1024;

// Recovery reads a segment into memory as a whole.
inline constexpr std::uint64_t kSegmentMaxBytes = 1024ULL * 1024 * 1024;

static_assert(kSegmentHeaderBytes % kRecordAlignmentBytes == 0);

struct SegmentHeader {
    std::string form;
    std::uint32_t rules_version = 0;
    std::uint64_t number = 0;
    std::uint64_t segment_bytes = 0;
    LogId log{};
    LogHead start{};  // where the chain stands before the first record
};

// The smallest segment that holds any record of up to `max_payload_bytes`, since a record never
// spans segments.
[[nodiscard]] constexpr std::uint64_t segment_min_bytes(std::uint64_t max_payload_bytes) {
    return kSegmentHeaderBytes + record_stride_bytes(max_payload_bytes);
}

// "segment-0000000001.log"; names sort as their numbers do.
[[nodiscard]] std::string segment_file_name(std::uint64_t number);

// Nothing when the name is not a segment's.
[[nodiscard]] std::optional<std::uint64_t> segment_number(std::string_view file_name);

// `block` is kSegmentHeaderBytes long. `header.form` is at most kFormIdMaxBytes.
void encode_segment_header(const SegmentHeader& header, std::span<std::byte> block);

enum class SegmentState {
    kSpare,         // all zeros: not in use yet
    kValid,         // `header` is filled
    kOtherVersion,  // ours, of another format version
    kDamaged,
};

struct DecodedSegment {
    SegmentState state = SegmentState::kDamaged;
    std::uint32_t format_version = 0;
    SegmentHeader header;
};

// The refusal of kOtherVersion; `path` is the segment's.
[[nodiscard]] Error other_format_version(const std::string& path, std::uint32_t format_version);

// `block` is at least kSegmentHeaderBytes long.
[[nodiscard]] DecodedSegment decode_segment_header(std::span<const std::byte> block);

}  // namespace lowu::log
