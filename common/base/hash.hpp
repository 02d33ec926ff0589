// Hashes that are equal on every machine (XXH3), and Digest, which hashes a canonical list of
// fields and never serialised bytes: replay and live must agree on it. Used by journal, follower,
// cells. Not cryptographic. Any thread; a Digest belongs to one.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "common/base/strong.hpp"

namespace lowu {

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr auto operator<=>(const Hash128&, const Hash128&) = default;
};

[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
[[nodiscard]] std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);
[[nodiscard]] Hash128 hash128(std::span<const std::byte> bytes, std::uint64_t seed = 0);
[[nodiscard]] Hash128 hash128(std::string_view text, std::uint64_t seed = 0);

// Spreads every bit of two words over the result (multiply, fold, fix up): for hash tables whose
// keys are integers.
[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t left, std::uint64_t right = 0) {
    std::uint64_t mixed = (left ^ 0x9E3779B97F4A7C15ULL) * 0xBF58476D1CE4E5B9ULL;
    mixed ^= mixed >> 32;
    mixed = (mixed + right) * 0x94D049BB133111EBULL;
    mixed ^= mixed >> 29;
    mixed *= 0xBF58476D1CE4E5B9ULL;
    return mixed ^ (mixed >> 32);
}

// Streams fields in the order the caller fixes. Every integer, enum and strong type counts as eight
// little-endian bytes (signed ones sign-extended), so that the width of a member is not part of the
// digest; text and bytes count their length first.
class Digest {
public:
    Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    template <std::integral Integer>
    void add(Integer value) {
        if constexpr (std::is_signed_v<Integer>) {
            add_word(static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
        } else {
            add_word(static_cast<std::uint64_t>(value));
        }
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void add(Enum value) { add(static_cast<std::underlying_type_t<Enum>>(value)); }
    template <class Tag, class Rep>
    void add(Strong<Tag, Rep> value) {
        add(value.value);
    }
    void add(const Hash128& hash);
    void add_text(std::string_view text);
    void add_bytes(std::span<const std::byte> bytes);

    // The digest of everything added so far; more may be added afterwards.
    [[nodiscard]] Hash128 finish();

private:
    struct State;

    void add_word(std::uint64_t word);

    std::unique_ptr<State> state_;
};

}  // namespace lowu

template <>
struct std::hash<lowu::Hash128> {
    using is_avalanching = void;  // tells boost::unordered_flat_map not to mix again
    [[nodiscard]] std::size_t operator()(const lowu::Hash128& key) const noexcept {
        return lowu::mix64(key.high, key.low);
    }
};
