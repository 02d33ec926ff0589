// Fixed-width integers in little-endian bytes, the same on every machine. Exists for the log's
// headers. Called by record.cpp and segment.cpp; any thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include "common/base/hash.hpp"

namespace lowu::log {

// `offset + sizeof(Integer)` lies within `bytes`.
template <std::unsigned_integral Integer>
constexpr void store(std::span<std::byte> bytes, std::size_t offset, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        bytes[offset + i] = static_cast<std::byte>((value >> (8 * i)) & 0xFF);
    }
}

template <std::unsigned_integral Integer>
[[nodiscard]] constexpr Integer load(std::span<const std::byte> bytes, std::size_t offset) {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        value |= static_cast<Integer>(std::to_integer<Integer>(bytes[offset + i]) << (8 * i));
    }
    return value;
}

// 16 bytes: low word first.
constexpr void store_hash(std::span<std::byte> bytes, std::size_t offset, const Hash128& hash) {
    store(bytes, offset, hash.low);
    store(bytes, offset + 8, hash.high);
}

[[nodiscard]] constexpr Hash128 load_hash(std::span<const std::byte> bytes, std::size_t offset) {
    return Hash128{.high = load<std::uint64_t>(bytes, offset + 8),
                   .low = load<std::uint64_t>(bytes, offset)};
}

}  // namespace lowu::log
