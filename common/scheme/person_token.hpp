// PersonToken: how rails know a person without any document number: an HMAC under a key that the
// scheme gives to the banks of one side. Exists so that quotas can be counted across institutions.
// Made by banks, compared by cells. Any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/hash.hpp"
#include "common/scheme/party.hpp"

namespace lowu::scheme {

inline constexpr std::size_t kPersonTokenBytes = 16;

// The token's 16 bytes, most significant first. All zero stands for none.
struct PersonToken {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    [[nodiscard]] constexpr bool none() const { return high == 0 && low == 0; }
    friend constexpr auto operator<=>(const PersonToken&, const PersonToken&) = default;
};

// From and to the wire's 16 bytes; nullopt for any other number of bytes, or all zero.
[[nodiscard]] std::optional<PersonToken> parse_person_token(std::string_view bytes);
[[nodiscard]] std::array<char, kPersonTokenBytes> person_token_bytes(const PersonToken& token);

// 32 hexadecimal digits in lower case, as people see it, and back (in either case; nullopt for
// anything else, or all zero).
[[nodiscard]] std::string format_person_token(const PersonToken& token);
[[nodiscard]] std::optional<PersonToken> parse_person_token_hex(std::string_view text);

inline constexpr std::size_t kTokenKeyBytes = 32;
using TokenKey = std::array<std::uint8_t, kTokenKeyBytes>;

// 64 hexadecimal digits in either case; nullopt otherwise.
[[nodiscard]] std::optional<TokenKey> parse_token_key(std::string_view hex);

// HMAC-SHA256 (RFC 2104, FIPS 198-1) of one byte for the document's type and the number (blanks and
// round brackets left out, fullwidth forms made ASCII, letters in upper case, so that "A123456(7)"
// and "a1234567" are one), cut to its first 16 bytes. Never all zero.
[[nodiscard]] PersonToken person_token(const TokenKey& key, DocumentType document,
                                       std::string_view document_number);

}  // namespace lowu::scheme

template <>
struct std::hash<lowu::scheme::PersonToken> {
    using is_avalanching = void;
    [[nodiscard]] std::size_t operator()(const lowu::scheme::PersonToken& token) const noexcept {
        return lowu::mix64(token.high, token.low);
    }
};
