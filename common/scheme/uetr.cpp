// Reading and writing UETRs; both run once or more for every message. See uetr.hpp.
#include "common/scheme/uetr.hpp"

#include <array>

namespace lowu::scheme {

namespace {

constexpr std::uint8_t kNotHex = 0xFF;

constexpr std::array<std::uint8_t, 256> make_nibble_table() {
    std::array<std::uint8_t, 256> table{};
    table.fill(kNotHex);
    for (std::uint8_t digit = 0; digit < 10; ++digit) {
        table[static_cast<std::size_t>('0') + digit] = digit;
    }
    for (std::uint8_t letter = 0; letter < 6; ++letter) {
        table[static_cast<std::size_t>('a') + letter] = static_cast<std::uint8_t>(10 + letter);
    }
    return table;
}

constexpr std::array<std::uint8_t, 256> kNibbles = make_nibble_table();

// Two characters for each byte value, one after the other.
constexpr std::array<char, 512> make_pair_table() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<char, 512> table{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        table[2 * byte] = kDigits[byte >> 4];
        table[2 * byte + 1] = kDigits[byte & 0xF];
    }
    return table;
}

constexpr std::array<char, 512> kPairs = make_pair_table();

// Where the two digits of byte 0, 1, ... stand in the text; the dashes are at 8, 13, 18, 23.
constexpr std::array<std::uint8_t, 16> kOffsets = {0,  2,  4,  6,  9,  11, 14, 16,
                                                   19, 21, 24, 26, 28, 30, 32, 34};

// Reads eight bytes from `first` on; `bad` collects bits above a nibble when a digit is none.
std::uint64_t read_word(std::string_view text, std::size_t first, std::uint8_t& bad) {
    std::uint64_t word = 0;
    for (std::size_t index = first; index < first + 8; ++index) {
        const std::size_t offset = kOffsets[index];
        const std::uint8_t high = kNibbles[static_cast<unsigned char>(text[offset])];
        const std::uint8_t low = kNibbles[static_cast<unsigned char>(text[offset + 1])];
        bad = static_cast<std::uint8_t>(bad | high | low);
        word = (word << 8) | (static_cast<std::uint64_t>(high & 0xF) << 4) | (low & 0xFU);
    }
    return word;
}

void write_word(std::uint64_t word, std::size_t first, char* destination) {
    for (std::size_t index = 0; index < 8; ++index) {
        const std::size_t byte = static_cast<std::size_t>((word >> (56 - 8 * index)) & 0xFF);
        const std::size_t offset = kOffsets[first + index];
        destination[offset] = kPairs[2 * byte];
        destination[offset + 1] = kPairs[2 * byte + 1];
    }
}

}  // namespace

std::optional<Uetr> parse_uetr(std::string_view text) {
    if (text.size() != kUetrLength || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
        text[23] != '-') {
        return std::nullopt;
    }
    std::uint8_t bad = 0;
    Uetr uetr;
    uetr.high = read_word(text, 0, bad);
    uetr.low = read_word(text, 8, bad);
    if (bad > 0xF || !is_uetr(uetr)) {
        return std::nullopt;
    }
    return uetr;
}

void write_uetr(const Uetr& uetr, char* destination) {
    write_word(uetr.high, 0, destination);
    write_word(uetr.low, 8, destination);
    destination[8] = '-';
    destination[13] = '-';
    destination[18] = '-';
    destination[23] = '-';
}

std::string format_uetr(const Uetr& uetr) {
    std::string text(kUetrLength, '\0');
    write_uetr(uetr, text.data());
    return text;
}

}  // namespace lowu::scheme
