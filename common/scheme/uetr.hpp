// Uetr: the unique end-to-end transaction reference of a payment. Exists so that payments are keyed
// by two words instead of 36 characters. Parsed and written on every message by the sessions, hence
// table-driven. Any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"

namespace lowu::scheme {

// The 16 bytes of the UUID, most significant first: `high` holds the first three groups.
struct Uetr {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr auto operator<=>(const Uetr&, const Uetr&) = default;
};

inline constexpr std::size_t kUetrLength = 36;

// ISO 20022 UUIDv4Identifier:
// [a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}. Strict: upper case, another
// version or braces are nullopt.
[[nodiscard]] std::optional<Uetr> parse_uetr(std::string_view text);

// What to tell the sender of a text that parse_uetr refused.
inline constexpr std::string_view kUetrRule =
    "must be a version 4 UUID in lower case, xxxxxxxx-xxxx-4xxx-[89ab]xxx-xxxxxxxxxxxx";

// Writes exactly kUetrLength characters, without a terminating zero.
void write_uetr(const Uetr& uetr, char* destination);
[[nodiscard]] std::string format_uetr(const Uetr& uetr);

// Whether the two words are a version 4 UUID; for values that come as integers.
[[nodiscard]] constexpr bool is_uetr(const Uetr& uetr) {
    return (uetr.high & 0xF000) == 0x4000 && (uetr.low >> 62) == 0b10;
}

// A UETR out of 128 random bits: sets version and variant. The caller owns the randomness.
[[nodiscard]] constexpr Uetr uetr_from_random(std::uint64_t high, std::uint64_t low) {
    return Uetr{(high & ~std::uint64_t{0xF000}) | 0x4000,
                (low & (~std::uint64_t{0} >> 2)) | (std::uint64_t{1} << 63)};
}

}  // namespace lowu::scheme

template <>
struct std::hash<lowu::scheme::Uetr> {
    using is_avalanching = void;  // tells boost::unordered_flat_map not to mix again
    [[nodiscard]] std::size_t operator()(const lowu::scheme::Uetr& uetr) const noexcept {
        return lowu::mix64(uetr.high, uetr.low);
    }
};
