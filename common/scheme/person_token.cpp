// Making and writing persons' tokens; the one place that needs a cryptographic library. See
// person_token.hpp.
#include "common/scheme/person_token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>

#include "common/base/assert.hpp"
#include "common/base/hex.hpp"
#include "common/scheme/utf8.hpp"

namespace lowu::scheme {

namespace {

constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kSha256Bytes = 32;

// 0 to 15; nullopt when it is no hexadecimal digit.
std::optional<std::uint8_t> nibble_of(char character) {
    if (character >= '0' && character <= '9') {
        return static_cast<std::uint8_t>(character - '0');
    }
    if (character >= 'a' && character <= 'f') {
        return static_cast<std::uint8_t>(character - 'a' + 10);
    }
    if (character >= 'A' && character <= 'F') {
        return static_cast<std::uint8_t>(character - 'A' + 10);
    }
    return std::nullopt;
}

// Exactly two digits for each byte, in either case.
template <std::size_t Size>
std::optional<std::array<std::uint8_t, Size>> bytes_of_hex(std::string_view text) {
    if (text.size() != 2 * Size) {
        return std::nullopt;
    }
    std::array<std::uint8_t, Size> bytes{};
    for (std::size_t index = 0; index < Size; ++index) {
        const auto high = nibble_of(text[2 * index]);
        const auto low = nibble_of(text[2 * index + 1]);
        if (!high || !low) {
            return std::nullopt;
        }
        bytes[index] = static_cast<std::uint8_t>((*high << 4) | *low);
    }
    return bytes;
}

// The first 16 bytes as two words.
template <class Byte>
PersonToken token_of(const Byte* bytes) {
    PersonToken token;
    for (std::size_t index = 0; index < kWordBytes; ++index) {
        token.high = (token.high << 8) | static_cast<std::uint8_t>(bytes[index]);
        token.low = (token.low << 8) | static_cast<std::uint8_t>(bytes[kWordBytes + index]);
    }
    return token;
}

std::optional<PersonToken> unless_none(const PersonToken& token) {
    if (token.none()) {
        return std::nullopt;
    }
    return token;
}

// The type's byte, then the number in the one spelling that all its writings share.
std::string message_of(DocumentType document, std::string_view number) {
    std::string message(1, static_cast<char>(document));
    while (!number.empty()) {
        const Utf8Character character = read_utf8(number);
        const std::uint32_t code_point = narrow(character.code_point);
        const std::size_t length = character.length == 0 ? 1 : character.length;
        const bool left_out = is_blank(code_point) || code_point == '(' || code_point == ')';
        if (character.length != 0 && code_point < 0x80) {
            const bool lower = code_point >= 'a' && code_point <= 'z';
            if (!left_out) {
                message += static_cast<char>(lower ? code_point - 'a' + 'A' : code_point);
            }
        } else if (!left_out) {
            message += number.substr(0, length);
        }
        number.remove_prefix(length);
    }
    return message;
}

}  // namespace

std::optional<PersonToken> parse_person_token(std::string_view bytes) {
    if (bytes.size() != kPersonTokenBytes) {
        return std::nullopt;
    }
    return unless_none(token_of(bytes.data()));
}

std::array<char, kPersonTokenBytes> person_token_bytes(const PersonToken& token) {
    std::array<char, kPersonTokenBytes> bytes{};
    for (std::size_t index = 0; index < kWordBytes; ++index) {
        const std::size_t shift = 8 * (kWordBytes - 1 - index);
        bytes[index] = static_cast<char>((token.high >> shift) & 0xFF);
        bytes[kWordBytes + index] = static_cast<char>((token.low >> shift) & 0xFF);
    }
    return bytes;
}

std::string format_person_token(const PersonToken& token) {
    return to_hex(token.high) + to_hex(token.low);
}

std::optional<PersonToken> parse_person_token_hex(std::string_view text) {
    const auto bytes = bytes_of_hex<kPersonTokenBytes>(text);
    if (!bytes) {
        return std::nullopt;
    }
    return unless_none(token_of(bytes->data()));
}

std::optional<TokenKey> parse_token_key(std::string_view hex) {
    return bytes_of_hex<kTokenKeyBytes>(hex);
}

PersonToken person_token(const TokenKey& key, DocumentType document,
                         std::string_view document_number) {
    const std::string message = message_of(document, document_number);
    std::array<unsigned char, kSha256Bytes> digest{};
    unsigned int digest_bytes = 0;
    // An unsigned char is what OpenSSL calls a byte; text is read as such.
    const auto* const data = reinterpret_cast<const unsigned char*>(message.data());
    const unsigned char* const made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                           data, message.size(), digest.data(), &digest_bytes);
    LOWU_ASSERT(made != nullptr && digest_bytes == digest.size(),
                "HMAC-SHA256 is part of every OpenSSL 3");
    PersonToken token = token_of(digest.data());
    if (token.none()) {
        token.low = 1;
    }
    return token;
}

}  // namespace lowu::scheme
