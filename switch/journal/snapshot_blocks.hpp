// Numbers of the snapshot's format that writer and reader share; see snapshot.hpp. Pure functions,
// any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/log/little_endian.hpp"
#include "common/log/segment.hpp"
#include "switch/journal/snapshot.hpp"

namespace lowu::journal {

inline constexpr std::uint64_t kSnapshotMagic = 0x31504E53'55574F4C;  ///< "LOWUSNP1".
inline constexpr std::size_t kFileHeadBytes = 16;

// A block: hash 16, kind 4, section 4, number 8, payload's length 4, payload.
inline constexpr std::size_t kBlockHeadBytes = 36;
/// Content is cut into blocks of this size: what is checked before it is handed over.
inline constexpr std::size_t kContentBytes = std::size_t{256} << 10U;
/// No block is larger; the header's has the genesis of all participants in it.
inline constexpr std::size_t kBlockPayloadMaxBytes = std::size_t{4} << 20U;

inline constexpr std::uint32_t kHeaderBlock = 0x44414548;      ///< "HEAD".
inline constexpr std::uint32_t kContentBlock = 0x41544144;     ///< "DATA".
inline constexpr std::uint32_t kSectionEndBlock = 0x53444E45;  ///< "ENDS".
inline constexpr std::uint32_t kClosingBlock = 0x454E4F44;     ///< "DONE".

/// Bytes and hash of a section; of the file.
inline constexpr std::size_t kSectionEndBytes = 24;
inline constexpr std::size_t kClosingBytes = 24;

// The header's payload: rules version 4, length of the form 4, form, log id 16, last stamp 3 x 8,
// epoch 8, chain hash 16; then the genesis.
inline constexpr std::size_t kHeaderFormBytes = log::kFormIdMaxBytes;
inline constexpr std::size_t kHeaderLogAt = 8 + kHeaderFormBytes;
inline constexpr std::size_t kHeaderFixedBytes = kHeaderLogAt + 64;

/// Magic, format version and their check.
inline void encode_file_head(std::span<std::byte, kFileHeadBytes> head) {
    log::store<std::uint64_t>(head, 0, kSnapshotMagic);
    log::store<std::uint32_t>(head, 8, kSnapshotFormat);
    const std::uint64_t check = hash64(std::span<const std::byte>(head.first(12)));
    log::store<std::uint32_t>(head, 12, static_cast<std::uint32_t>(check));
}

}  // namespace lowu::journal
