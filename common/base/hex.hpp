// Lower-case hexadecimal, fixed width, most significant digit first. Exists for people: digests,
// hashes and seeds on screens and in error messages. Any thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"

namespace lowu {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// Two digits for each byte of the type: to_hex(std::uint16_t{10}) is "000a".
template <std::unsigned_integral Integer>
[[nodiscard]] std::string to_hex(Integer value) {
    std::string text(sizeof(Integer) * 2, '0');
    for (std::size_t position = text.size(); position-- > 0;) {
        text[position] = kHexDigits[static_cast<std::size_t>(value & 0xF)];
        value = static_cast<Integer>(value >> 4);
    }
    return text;
}

// 32 digits.
[[nodiscard]] inline std::string to_hex(const Hash128& hash) {
    return to_hex(hash.high) + to_hex(hash.low);
}

[[nodiscard]] inline std::string to_hex(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += kHexDigits[std::to_integer<std::size_t>(byte >> 4)];
        text += kHexDigits[std::to_integer<std::size_t>(byte & std::byte{0xF})];
    }
    return text;
}

}  // namespace lowu
