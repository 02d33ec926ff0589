// A strict UTF-8 reader. Exists because names and texts come from other institutions and are passed
// on unchanged, so what we let in must be text everywhere. Called by validators and by whoever
// looks into a name. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lowu::scheme {

// What one pass over a text finds.
struct Utf8Scan {
    bool valid = false;           // well-formed by Unicode table 3-7: no overlong form, surrogate
                                  // or value above U+10FFFF
    bool has_control = false;     // a character of category Cc: U+0000-001F, U+007F-009F
    bool has_visible = false;     // a character that is neither a control nor a blank
    std::size_t code_points = 0;  // Unicode characters, up to the first ill-formed byte
};

[[nodiscard]] Utf8Scan scan_utf8(std::string_view text);

// One Unicode character and the bytes that it takes.
struct Utf8Character {
    std::uint32_t code_point = 0;
    std::size_t length = 0;  // 1 to 4; 0 when there is none or it is ill-formed
};

// The first character of a text.
[[nodiscard]] Utf8Character read_utf8(std::string_view text);

// Unicode category Zs: the blanks that people can type, the ideographic one among them.
[[nodiscard]] bool is_blank(std::uint32_t code_point);

// Fullwidth forms, as Chinese keyboards write them (U+FF01 to U+FF5E), become the ASCII that they
// stand for; anything else stays.
[[nodiscard]] std::uint32_t narrow(std::uint32_t code_point);

}  // namespace lowu::scheme
