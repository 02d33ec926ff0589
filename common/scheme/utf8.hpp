// A strict UTF-8 reader. Exists because names and texts come from other institutions and are passed
// on unchanged, so what we let in must be text everywhere. Any thread.
#pragma once

#include <cstddef>
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

}  // namespace lowu::scheme
