// One pass over a text, checking each sequence as table 3-7 of the Unicode standard lists them. See
// utf8.hpp.
#include "common/scheme/utf8.hpp"

namespace lowu::scheme {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t position) {
    return static_cast<std::uint8_t>(text[position]);
}

bool is_control(std::uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

}  // namespace

Utf8Character read_utf8(std::string_view text) {
    if (text.empty()) {
        return Utf8Character{};
    }
    const std::uint8_t lead = byte_at(text, 0);
    if (lead < 0x80) {
        return Utf8Character{lead, 1};
    }
    std::size_t length = 0;
    std::uint32_t code_point = 0;
    std::uint32_t smallest = 0;  // below it the form would be overlong
    if ((lead & 0xE0) == 0xC0) {
        length = 2;
        code_point = lead & 0x1F;
        smallest = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
        length = 3;
        code_point = lead & 0x0F;
        smallest = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
        length = 4;
        code_point = lead & 0x07;
        smallest = 0x10000;
    }
    if (length == 0 || text.size() < length) {
        return Utf8Character{};
    }
    for (std::size_t position = 1; position < length; ++position) {
        const std::uint8_t next = byte_at(text, position);
        if ((next & 0xC0) != 0x80) {
            return Utf8Character{};
        }
        code_point = (code_point << 6) | (next & 0x3FU);
    }
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < smallest || surrogate || code_point > 0x10FFFF) {
        return Utf8Character{};
    }
    return Utf8Character{code_point, length};
}

bool is_blank(std::uint32_t code_point) {
    return code_point == 0x20 || code_point == 0xA0 || code_point == 0x1680 ||
           (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x202F ||
           code_point == 0x205F || code_point == 0x3000;
}

std::uint32_t narrow(std::uint32_t code_point) {
    return code_point >= 0xFF01 && code_point <= 0xFF5E ? code_point - 0xFEE0 : code_point;
}

Utf8Scan scan_utf8(std::string_view text) {
    Utf8Scan scan;
    while (!text.empty()) {
        const Utf8Character character = read_utf8(text);
        if (character.length == 0) {
            return scan;
        }
        const bool control = is_control(character.code_point);
        scan.has_control = scan.has_control || control;
        scan.has_visible = scan.has_visible || !(control || is_blank(character.code_point));
        ++scan.code_points;
        text.remove_prefix(character.length);
    }
    scan.valid = true;
    return scan;
}

}  // namespace lowu::scheme
