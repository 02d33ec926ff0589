// Svg: writes SVG elements. Exists so that escaping and numbers are right in one place. Numbers are
// pixels in tenths, so no floating point is printed. One owner, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lowu::report {

/// Tenths of a pixel.
using Px = std::int64_t;
[[nodiscard]] constexpr Px px(std::int64_t pixels) {
    return pixels * 10;
}
/// "12.3", "12"
[[nodiscard]] std::string px_text(Px tenths);

enum class Anchor : std::uint8_t { kStart, kMiddle, kEnd };

class Svg {
public:
    /// `variant`: a class of the element; `label`: what somebody hears who cannot see it.
    Svg(Px width, Px height, std::string_view variant, std::string_view label);

    void rect(std::string_view css, Px x, Px y, Px width, Px height, std::string_view title = "");
    void line(std::string_view css, Px x1, Px y1, Px x2, Px y2);
    void path(std::string_view css, std::string_view data);
    void dot(std::string_view css, Px x, Px y);
    void text(std::string_view css, Px x, Px y, Anchor anchor, std::string_view text);

    [[nodiscard]] std::string take();

private:
    std::string text_;
};

}  // namespace lowu::report
